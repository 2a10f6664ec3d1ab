"""What coverage measures, by the configuration of a project in one version of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._settings import Look, ini, text_of, toml, within
from pytest_selfmod_guard.view import View

ROOT_FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")
_TABLES = ("run", "report")
_LONGEST = 120
_SAMPLES = (
    "    return total", "    x = 1", "def total(items):", "class Cart:", "    if x:", "    pay(x)",
    "    raise ValueError(x)", "    else:", "    for x in y:", "import shop",
)  # fmt: skip
"""Lines of ordinary code: whoever excludes one of them excludes nearly everything."""


class Measured(NamedTuple):
    """The keys that decide what counts."""

    path: str
    omit: frozenset[str] = frozenset()
    source: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    is_branch: bool = False
    has_threshold: bool = False

    def leaves_out(self, path: str) -> bool:
        """Tell whether a file is not measured."""
        names = (path, f"/{path}")
        if any(fnmatchcase(name, one.removeprefix("./")) for one in self.omit for name in names):
            return True
        return bool(self.source) and not any(_is_of(path, one) for one in self.source)


def measured(look: Look) -> Measured:
    """Read what coverage would: the first file that has something for it."""
    for path in ROOT_FILES:
        text = text_of(look(path))
        found = _tables(path, text) if text is not None else None
        if found:
            return _measured(path, found)
    return Measured("")


def left_out(old: Measured, new: Measured, view: View) -> list[str]:
    """Give the files of the product that were measured and are not."""
    return [path for path in product(view) if new.leaves_out(path) and not old.leaves_out(path)]


def product(view: View) -> list[str]:
    """Give the files of the product."""
    here = {file.path for file in view.files if file.new is not None}
    every = (view.rest.paths() | here) - {file.path for file in view.files if file.new is None}
    return sorted(
        path for path in every if path.endswith(".py") and paths.zone(path) == paths.PRODUCT
    )


def excludes_code(pattern: str) -> bool:
    """Tell whether a pattern of lines to leave out fits ordinary code."""
    if len(pattern) > _LONGEST or re.search(r"[+*}]\)[+*{]", pattern):
        return True
    try:
        found = re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return any(found.search(line) for line in _SAMPLES)


def _tables(path: str, text: str) -> dict[str, Mapping[str, object]]:
    if path.endswith(".toml"):
        tree = toml(text)
        names = ("tool", "coverage") if path == "pyproject.toml" else ()
        found = {name: within(tree, *names, name) for name in _TABLES}
    else:
        prefix = "" if path == ".coveragerc" else "coverage:"
        sections = ini(text)
        found = {name: sections.get(f"{prefix}{name}") for name in _TABLES}
    return {name: table for name, table in found.items() if table is not None}


def _measured(path: str, tables: Mapping[str, Mapping[str, object]]) -> Measured:
    run, report = tables.get("run", {}), tables.get("report", {})
    excluded = [*_list(report, "exclude_lines"), *_list(report, "exclude_also")]
    return Measured(
        path,
        frozenset([*_list(run, "omit"), *_list(report, "omit")]),
        frozenset([*_list(run, "source"), *_list(run, "source_pkgs"), *_list(run, "include")]),
        frozenset(excluded),
        str(run.get("branch", "")).lower() in {"true", "1", "yes", "on"},
        "fail_under" in report,
    )


def _list(table: Mapping[str, object], key: str) -> Iterator[str]:
    value = table.get(key, "")
    if isinstance(value, list):
        yield from map(str, value)
    else:
        separator = "\n" if "exclude" in key else r"[\n,]"
        yield from filter(None, (one.strip() for one in re.split(separator, str(value))))


def _is_of(path: str, source: str) -> bool:
    """Tell whether a file is of a source, which is a folder, a pattern or a package."""
    source = source.removeprefix("./").rstrip("/") or "."
    if source == ".":
        return True
    if re.search(r"[*?\[]", source):
        return fnmatchcase(path, source) or fnmatchcase(f"/{path}", source)
    folder = source.replace(".", "/")
    return any(
        path.removeprefix(root).startswith((f"{one}/", f"{one}.py"))
        for one in (source, folder)
        for root in ("", "src/", "lib/")
    )
