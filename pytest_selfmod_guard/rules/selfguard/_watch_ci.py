"""Which tools that keep watch a CI definition runs, so that what they report makes it fail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from posixpath import splitext
from typing import NamedTuple

from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.selfguard._ci import is_ci, is_ci_text, tree_of
from pytest_selfmod_guard.rules.selfguard._hooks import as_list
from pytest_selfmod_guard.rules.selfguard._sides import text_of
from pytest_selfmod_guard.rules.selfguard._watch import TESTS, kind, never_fails, tools
from pytest_selfmod_guard.view import Side, View

_COMMANDS = frozenset(
    ("run", "script", "uses", "command", "commands", "before_script", "bash", "cmd", "cmds",
     "entry", "args", "pwsh")
)  # fmt: skip
_FOLDERS = ("scripts/", "script/", "bin/", "ci/", ".ci/", "tools/", ".github/scripts/")
_NO_COMMAND = re.compile(r"\s*(?:#|//|echo\b|printf\b|@?echo\b)|.*\.install\(")
_IGNORED = re.compile(
    r"\s*-(?=[\w$@])|.*\bsuccess_codes\s*=|\s*ignore_(?:outcome|errors)\s*=\s*true"
)
_RUNNERS = re.compile(
    r"\b(?:make|tox|nox|just|task|invoke|inv|poe|hatch|pre-commit|prek|rake|doit|pdm|scripts/[\w-]+"
    r"|reusable|workflows/[\w-]+\.ya?ml)\b"
)
_OFF = re.compile(
    r"(?:\$\{\{\s*)?(?:false|0|''|never)(?:\s*\}\})?|\$\{\{\s*!?always\(\)\s*==\s*false.*"
)

_ALLOWED = re.compile(r"(?i)true|yes|on|\$\{\{(?!.*\bmatrix\.)(?!\s*false).*\}\}")
"""What lets a job or step fail; what depends on the matrix holds for some of it alone."""
_OTHERS = 40  # definitions that are read to see whether a tool still runs somewhere


class Runs(NamedTuple):
    """What one version of a definition runs."""

    firm: frozenset[str] = frozenset()
    """Tools whose findings make it fail."""
    idle: frozenset[str] = frozenset()
    """Tools that are run, or written down, without effect."""
    runners: frozenset[str] = frozenset()
    """What it leaves to other files: ``make``, ``tox``, a script."""


def is_watching(path: str) -> bool:
    """Tell whether a path may name a file of commands that CI runs."""
    is_script = path.startswith(_FOLDERS) and splitext(path)[1] in ("", ".sh", ".bash")
    return is_ci(path) or is_ci_text(path) or is_script


def runs_of(side: Side | None) -> Runs:
    """Read one version of a definition."""
    text = text_of(side)
    if side is None or not text:
        return Runs()
    tree = tree_of(text) if is_ci(side.path) else None
    commands = list(_commands(tree, idle=False)) if tree is not None else list(_lines(text))
    firm: set[str] = set()
    idle: set[str] = set()
    runners: set[str] = set()
    for command, is_idle in commands:
        named = {tool for tool in tools(command) if kind(tool) != TESTS}
        (idle if is_idle else firm).update(named)
        runners.update(_RUNNERS.findall(command))
    return Runs(frozenset(firm), frozenset(idle - firm), frozenset(runners))


def together(many: Iterable[Runs]) -> Runs:
    """Add up what several definitions run; what one of them runs firmly is not idle."""
    known = list(many)
    firm = frozenset(tool for runs in known for tool in runs.firm)
    idle = frozenset(tool for runs in known for tool in runs.idle)
    return Runs(firm, idle - firm, frozenset(name for runs in known for name in runs.runners))


def runs_elsewhere(touched: Collection[str], view: View) -> frozenset[str]:
    """Give the tools that those definitions run which the change leaves alone."""
    others = sorted(path for path in view.rest.paths() if path not in touched and is_ci(path))
    return together(runs_of(view.before(path)) for path in others[:_OTHERS]).firm


def _commands(tree: Tree, *, idle: bool) -> Iterator[tuple[str, bool]]:
    """Give each command, and whether what it reports has no effect."""
    if isinstance(tree, list):
        for part in tree:
            yield from _commands(part, idle=idle)
    elif isinstance(tree, dict):
        idle = idle or _is_off(tree)
        for key, part in tree.items():
            if key.lower() in _COMMANDS and not isinstance(part, dict):
                for text in as_list(part) if isinstance(part, str) else map(_joined, part):
                    yield from ((line, idle or off) for line, off in _lines(text))
            else:
                yield from _commands(part, idle=idle)


def _joined(part: Tree) -> str:
    return " ".join(as_list(part)) if not isinstance(part, dict) else "\n".join(_run(part))


def _run(part: dict[str, Tree]) -> Iterator[str]:
    for key in ("run", "command", "cmd"):
        yield from as_list(part.get(key))


def _is_off(part: dict[str, Tree]) -> bool:
    """Tell whether a job or step may fail without effect, or never runs."""
    allowed = (part.get("continue-on-error"), part.get("allow_failure"), part.get("allow-failure"),
               part.get("continueOnError"), part.get("soft_fail"))  # fmt: skip
    if any(isinstance(told, str) and _ALLOWED.fullmatch(told.strip()) for told in allowed):
        return True
    condition, when = part.get("if", part.get("condition")), part.get("when")
    return (isinstance(condition, str) and bool(_OFF.fullmatch(condition.strip()))) or when in (
        "manual",
        "never",
    )


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Give the lines of a script; after ``set +e`` none of them can fail it."""
    idle = False
    for line in filter(str.strip, text.replace("\\\n", " ").split("\n")):
        if re.search(r"set\s+\+e\b", line):
            idle = True
        if not _NO_COMMAND.match(line):
            yield line, idle or never_fails(line) or bool(_IGNORED.match(line))
