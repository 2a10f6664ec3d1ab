"""The hooks that ``init`` adds to ``.pre-commit-config.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from pytest_selfmod_guard.doors._setup import Edit, decode, read, yaml_text
from pytest_selfmod_guard.doors._setup.entry import STAGES, TYPES, Source, entry, hook
from pytest_selfmod_guard.doors._setup.yaml_text import Layout
from pytest_selfmod_guard.errors import GuardError

CONFIG = ".pre-commit-config.yaml"
_MAIN = next(iter(STAGES))
_TYPES_KEY = "default_install_hook_types"


def plan(top: str, source: Source) -> Edit | None:
    """
    Say what to write for pre-commit to run the hook, or None if it does.

    :raises GuardError: the file is not what pre-commit can read, or is written
        in a way that cannot be added to; the hint then says what to add
    """
    old = read(top, CONFIG)
    text = "" if old is None else decode(old, CONFIG)
    before = _parsed(text)
    new = _added(text, before, source)
    if new is None:
        raise _by_hand(before.get("repos") or [], source)
    return Edit(CONFIG, old, new.encode()) if new != text else None


def _added(text: str, before: Mapping[str, Any], source: Source) -> str | None:
    """Give the text as it shall be; None where adding to it would not mean just that."""
    try:
        new = _with_hooks(_with_types(text), before.get("repos") or [], source)
        is_meant = new is not None and yaml.safe_load(new) == _expected(before, source)
    except yaml.YAMLError:
        return None
    return new if is_meant else None


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
    types += [name for name in TYPES if name not in types]
    return {**before, _TYPES_KEY: types, "repos": _extended(before.get("repos") or [], source)}


def _extended(repos: Sequence[dict[str, Any]], source: Source) -> list[dict[str, Any]]:
    """Give the repositories as they shall be."""
    missing, at = _missing(repos, source), _place(repos)
    if not missing:
        return list(repos)
    if at is None:
        return [*repos, *yaml.safe_load("\n".join(entry(source, Layout(), missing)))]
    (added,) = yaml.safe_load("\n".join(entry(_source(repos[at]), Layout(), missing)))
    whole = {**repos[at], "hooks": [*repos[at]["hooks"], *added["hooks"]]}
    return [*repos[:at], whole, *repos[at + 1 :]]


def _missing(repos: Sequence[dict[str, Any]], source: Source) -> list[str]:
    """Name our hooks that are not there, and can be."""
    missing = [name for name in STAGES if not any(_has(repo, name) for repo in repos)]
    at = _place(repos)
    # The version that is pinned may know less hooks, and moving a pin is its owner's.
    if at is not None and _source(repos[at]) not in (Source(), source):
        return []
    return missing


def _place(repos: Sequence[dict[str, Any]]) -> int | None:
    """Find the repository that has our first hook, to which the others belong."""
    return next((at for at, repo in enumerate(repos) if _has(repo, _MAIN)), None)


def _has(repo: dict[str, Any], name: str) -> bool:
    hooks = repo.get("hooks")
    items = hooks if isinstance(hooks, list) else []
    return any(isinstance(item, dict) and item.get("id") == name for item in items)


def _source(repo: dict[str, Any]) -> Source:
    if repo.get("repo") == "local":
        return Source()
    return Source(str(repo.get("repo", "")), str(repo.get("rev", "")))


def _by_hand(repos: Sequence[dict[str, Any]], source: Source) -> GuardError:
    missing, at = _missing(repos, source), _place(repos)
    lines = [f"{_TYPES_KEY}: [{', '.join(TYPES)}]"]
    if missing:
        whose = source if at is None else _source(repos[at])
        lines += ["repos:", *entry(whose, Layout(), missing)]
    return GuardError(
        "init-by-hand",
        "the file is written in a way that cannot be added to safely, so nothing was written",
        context=f'"{CONFIG}"',
        hint="Add this by hand and run `selfmod-guard init` again:\n\n" + "\n".join(lines),
    )


def _with_types(text: str) -> str:
    root = yaml_text.root_of(text)
    node = yaml_text.value_of(root, _TYPES_KEY)
    if node is None:
        index = len(text) if root is None else root.start_mark.index
        return yaml_text.insert(text, index, [f"{_TYPES_KEY}: [{', '.join(TYPES)}]"])
    present = [item.value for item in node.value]
    missing = [name for name in TYPES if name not in present]
    if not missing:
        return text
    if yaml_text.is_block(node):
        dash = " " * node.start_mark.column + "- "
        lines = [dash + name for name in missing]
        return yaml_text.insert(text, yaml_text.end_of(text, node), lines)
    index = node.value[-1].end_mark.index if present else node.start_mark.index + 1
    added = ", ".join([""] * bool(present) + missing)
    return text[:index] + added + text[index:]


def _with_hooks(text: str, repos: Sequence[dict[str, Any]], source: Source) -> str | None:
    """Add our hooks that are missing; None where that cannot be done as text."""
    missing, at = _missing(repos, source), _place(repos)
    node = yaml_text.value_of(yaml_text.root_of(text), "repos")
    if not missing:
        return text
    if node is None:
        lines = ["repos:", *entry(source, Layout(), missing)]
        return yaml_text.insert(text, len(text), lines)
    if yaml_text.is_empty(node):
        return _with_first(text, node, entry(source, Layout(), missing))
    if not yaml_text.is_block(node):
        return None
    if at is not None:
        return _beside(text, node.value[at], _source(repos[at]), missing)
    lines = entry(source, yaml_text.layout_of(node, "hooks"), missing)
    return yaml_text.insert(text, yaml_text.end_of(text, node), lines)


def _with_first(text: str, node: yaml.Node, lines: Sequence[str]) -> str:
    start = len(text[: node.start_mark.index].rstrip(" "))
    text = text[:start] + text[node.end_mark.index :]
    return yaml_text.insert(text, yaml_text.end_of_line(text, start), lines)


def _beside(text: str, repo: yaml.Node, source: Source, missing: Sequence[str]) -> str | None:
    """Add hooks to the repository that has one of ours already."""
    hooks = yaml_text.value_of(repo, "hooks")
    if hooks is None or not yaml_text.is_block(hooks):
        return None
    column = hooks.start_mark.column
    gap = hooks.value[-1].start_mark.column - column
    lines = [line for name in missing for line in hook(name, source, column, gap)]
    return yaml_text.insert(text, yaml_text.end_of(text, hooks), lines)
