"""The hook that ``init`` adds to ``.pre-commit-config.yaml``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from pytest_selfmod_guard.doors import _yaml_text
from pytest_selfmod_guard.doors._setup import Edit, decode, read
from pytest_selfmod_guard.doors._yaml_text import Layout
from pytest_selfmod_guard.errors import GuardError

CONFIG = ".pre-commit-config.yaml"
HOOK = "selfmod-guard"
_TYPES_KEY = "default_install_hook_types"
_TYPES = ("pre-commit", "pre-merge-commit", "pre-push")
_LOCAL = (
    f"name: {HOOK}",
    f"entry: selfmod-guard pre-commit {HOOK}",
    "language: system",
    "pass_filenames: false",
    "always_run: true",
    "require_serial: true",
    "stages: [pre-commit, pre-merge-commit, pre-push, manual]",
)


class Source(NamedTuple):
    """Where pre-commit gets the hook from; empty means the installed command."""

    repo: str = ""
    rev: str = ""


def plan(top: str, source: Source) -> Edit | None:
    """
    Say what to write for pre-commit to run the hook, or None if it does.

    :raises GuardError: the file is not what pre-commit can read, or is written
        in a way that cannot be added to; the hint then says what to add
    """
    old = read(top, CONFIG)
    text = "" if old is None else decode(old, CONFIG)
    before = _parsed(text)
    try:
        new = _with_hook(_with_types(text), source)
        after = yaml.safe_load(new)
    except yaml.YAMLError:
        raise _by_hand(source) from None
    if after != _expected(before, source):
        raise _by_hand(source)
    return Edit(CONFIG, old, new.encode()) if new != text else None


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    # Impossible dates are a ValueError, and deep nesting runs out of stack.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _odd(f"it is not YAML ({str(error).splitlines()[0]})") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _odd(f"it holds a {type(found).__name__} where pre-commit needs a mapping")
    return _checked(found)


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    repos = found.get("repos") or []
    if not isinstance(repos, list) or not all(isinstance(repo, dict) for repo in repos):
        raise _odd('"repos" is not a list of mappings')
    types = found.get(_TYPES_KEY) or []
    if not isinstance(types, list) or not all(isinstance(item, str) for item in types):
        raise _odd(f'"{_TYPES_KEY}" is not a list of names')
    return found


def _odd(why: str) -> GuardError:
    return GuardError(
        "init-odd-pre-commit-config",
        f"the configuration of pre-commit cannot be added to: {why}",
        context=f'"{CONFIG}"',
        hint="see what pre-commit says: `pre-commit validate-config`",
    )


def _expected(before: Mapping[str, Any], source: Source) -> dict[str, Any]:
    types = list(before.get(_TYPES_KEY) or [])
    repos = list(before.get("repos") or [])
    types += [name for name in _TYPES if name not in types]
    repos += [] if _has_hook(repos) else yaml.safe_load("\n".join(_entry(source, Layout())))
    return {**before, _TYPES_KEY: types, "repos": repos}


def _has_hook(repos: list[Any]) -> bool:
    hooks = [hook for repo in repos for hook in repo.get("hooks") or []]
    return any(isinstance(hook, dict) and hook.get("id") == HOOK for hook in hooks)


def _by_hand(source: Source) -> GuardError:
    lines = [f"{_TYPES_KEY}: [{', '.join(_TYPES)}]", "repos:", *_entry(source, Layout())]
    return GuardError(
        "init-by-hand",
        "the file is written in a way that cannot be added to safely, so nothing was written",
        context=f'"{CONFIG}"',
        hint="Add this by hand and run `selfmod-guard init` again:\n\n" + "\n".join(lines),
    )


def _with_types(text: str) -> str:
    root = _yaml_text.root_of(text)
    node = _yaml_text.value_of(root, _TYPES_KEY)
    if node is None:
        index = len(text) if root is None else root.start_mark.index
        return _yaml_text.insert(text, index, [f"{_TYPES_KEY}: [{', '.join(_TYPES)}]"])
    present = [item.value for item in node.value]
    missing = [name for name in _TYPES if name not in present]
    if not missing:
        return text
    if _yaml_text.is_block(node):
        dash = " " * node.start_mark.column + "- "
        lines = [dash + name for name in missing]
        return _yaml_text.insert(text, _yaml_text.end_of(text, node), lines)
    index = node.value[-1].end_mark.index if present else node.start_mark.index + 1
    added = ", ".join([""] * bool(present) + missing)
    return text[:index] + added + text[index:]


def _with_hook(text: str, source: Source) -> str:
    node = _yaml_text.value_of(_yaml_text.root_of(text), "repos")
    if node is None:
        return _yaml_text.insert(text, len(text), ["repos:", *_entry(source, Layout())])
    if _has_hook(yaml.safe_load(text)["repos"] or []):
        return text
    if _yaml_text.is_empty(node):
        start = len(text[: node.start_mark.index].rstrip(" "))
        text = text[:start] + text[node.end_mark.index :]
        index = _yaml_text.end_of_line(text, start)
        return _yaml_text.insert(text, index, _entry(source, Layout()))
    if not _yaml_text.is_block(node):
        raise _by_hand(source)
    layout = _yaml_text.layout_of(node, "hooks")
    return _yaml_text.insert(text, _yaml_text.end_of(text, node), _entry(source, layout))


def _entry(source: Source, layout: Layout) -> list[str]:
    outer, dash = " " * layout.column, "-" + " " * (layout.gap - 1)
    keys = outer + " " * layout.gap
    inner = keys + " " * layout.nested
    hook = [f"{inner}{dash}id: {HOOK}"]
    if source.repo:
        pin = [f"{keys}rev: {_scalar(source.rev)}", f"{keys}hooks:"]
        return [f"{outer}{dash}repo: {_scalar(source.repo)}", *pin, *hook]
    settings = [inner + " " * layout.gap + line for line in _LOCAL]
    return [f"{outer}{dash}repo: local", f"{keys}hooks:", *hook, *settings]


def _scalar(text: str) -> str:
    """Write a string plainly where YAML reads it back as the same string."""
    plain = re.fullmatch(r"[\w./:@+~-]+", text) and yaml.safe_load(text) == text
    return text if plain else json.dumps(text)
