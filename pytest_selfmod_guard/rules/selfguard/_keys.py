"""The settings of a tool by one name each, however its file spells and nests them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pytest_selfmod_guard.rules._yaml import Tree

Settings = Mapping[str, tuple[str, ...]]
"""Key to values: one for a switch or a number, any number of them for a list."""

PER_FILE = "per-file-ignores:"
PER_MODULE = "module:"

_BETWEEN = re.compile(r"[,\s]+")
_PAIR = re.compile(r"(\S+?)\s*:\s*((?:[A-Z]+\d*)(?:\s*,\s*[A-Z]+\d*)*)")
_LISTS = frozenset(
    ("ignore", "extend-ignore", "select", "extend-select", "disable", "enable", "skips", "tests",
     "exclude", "extend-exclude", "exclude-dirs", "disable-error-code", "enable-error-code",
     "files", "ignore-paths", "ignore-patterns", "targets", "packages", "skip")
)  # fmt: skip


def settings(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Give every value of a tool's table by its key."""
    return dict(_flat(tree, ()))


def _flat(tree: Tree, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    last = parts[-1] if parts else ""
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from _flat(part, (*parts, key))
    elif last == "overrides":
        yield from _overrides(tree)
    elif "per-file" in "".join(parts).replace("_", "-"):
        yield from _per_file(tree, last)
    else:
        yield _key(parts), _values(tree, _key(parts))


def _key(parts: tuple[str, ...]) -> str:
    """Name a setting by its last part, and the group it is in where it may be in several."""
    name = parts[-1].lower().replace("_", "-") if parts else ""
    return f"{parts[-2].lower()}.{name}" if len(parts) > 1 and parts[-2] == "rules" else name


def _values(tree: Tree, key: str) -> tuple[str, ...]:
    if isinstance(tree, str):
        return tuple(filter(None, _BETWEEN.split(tree))) if key in _LISTS else (tree.strip(),)
    found = [str(part) for part in tree if isinstance(part, str)]
    return tuple(found)


def _overrides(tables: Tree) -> Iterator[tuple[str, tuple[str, ...]]]:
    for table in tables if isinstance(tables, list) else ():
        if not isinstance(table, dict):
            continue
        named = table.get("module", "*")
        for module in _BETWEEN.split(named) if isinstance(named, str) else map(str, named):
            for key, values in settings({**table, "module": ""}).items():
                yield f"{PER_MODULE}{module} {key}", values


def _per_file(tree: Tree, pattern: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read codes by pattern: from a table, or from the lines of one text."""
    if isinstance(tree, str):
        for found in _PAIR.finditer(tree):
            yield PER_FILE + found[1].strip(","), tuple(_BETWEEN.split(found[2]))
    else:
        yield PER_FILE + pattern, tuple(str(code) for code in tree)
