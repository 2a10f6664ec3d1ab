"""
A project's own rules: Python files of the base, run in the guard's own process.

They are trusted as the base is, and need nothing but the guard: each file
stands for itself, and imports what it takes from ``pytest_selfmod_guard.rules``.
So they work where the project itself is not installed, as in pre-commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from types import ModuleType

from pytest_selfmod_guard.errors import RuleError
from pytest_selfmod_guard.rules import Rule, all_rules, made_by, refuse_doubles

_ID = re.compile(r"(?!SMG)[A-Z]{2,12}[0-9]{1,6}")
_TRY = "try them: selfmod-guard test-rules {}"


def load(files: Mapping[str, bytes]) -> tuple[Rule, ...]:
    """
    Make the rules that some files hold.

    :param files: path to source
    :raises RuleError: a file cannot be run, holds no rule, or a rule has an id
        that is not its own
    """
    found = [rule for path, source in sorted(files.items()) for rule in _load(path, source)]
    if found:
        refuse_doubles((*all_rules(), *found))
    return tuple(found)


def is_rule_file(path: str, folders: Iterable[str]) -> bool:
    """Tell whether a path is, or lies in, what a policy names under ``rules.local``."""
    name = path.rpartition("/")[2]
    if not name.endswith(".py") or name.startswith(("_", "test_")):
        return False
    return any(path == one or path.startswith(f"{one}/") for one in map(_clean, folders))


def _clean(folder: str) -> str:
    return folder.removeprefix("./").rstrip("/")


def _load(path: str, source: bytes) -> tuple[Rule, ...]:
    try:
        found = made_by(partial(_run, path, source))
    except Exception as error:  # a rule file may fail as any program may, and is then no pass
        raise RuleError(
            "rules-unusable",
            f"the project's rules in {path!r} cannot be loaded: {type(error).__name__}: {error}",
            hint=_TRY.format(path),
        ) from error
    if not found:
        raise RuleError(
            "rules-unusable",
            f"{path!r} is named by `rules.local` and holds no rule",
            hint="give it one, or begin its name with an underscore",
        )
    for rule in found:
        if not _ID.fullmatch(rule.id):
            raise RuleError(
                "rules-unusable",
                f"{rule.id!r} in {path!r} is no id for a project's rule",
                hint="take capital letters of your own and a number, such as SHOP001",
            )
    return found


def _run(path: str, source: bytes) -> None:
    module = ModuleType(f"selfmod_guard_rules.{path.removesuffix('.py').replace('/', '.')}")
    module.__file__ = path
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (of the base)
