"""What a refused change is told by: pytest items that fail, one for each file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

import pytest

from pytest_selfmod_guard.model import Finding, Receipt, inert
from pytest_selfmod_guard.reports._commits import brought_by

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr
    from _pytest._io import TerminalWriter

SCOPE = "selfmod-guard"
"""What the ids of all items start with."""


class Explanation(NamedTuple):
    """Why a change is refused, as far as one of its files goes."""

    name: str
    path: str
    """Relative to the repository's top; empty when it is about the whole change."""
    line: int
    """1-based; 0 when it is about the file as a whole."""
    text: str
    """Lines that are safe to show; the first one says most."""


def items(session: pytest.Session, told: Receipt, top: str) -> list[pytest.Item]:
    """Make the items that take the place of the suite."""
    return [_item(session, why, top) for why in explained(told)]


def explained(told: Receipt) -> list[Explanation]:
    """Say why a change is refused, by file; there is at least one reason."""
    if told.decision == "undecided":
        return [_stuck(told)]
    files: dict[str, list[Finding]] = {}
    for finding in told.because:
        files.setdefault(finding.path, []).append(finding)
    return [_about(path, found, told) for path, found in files.items()] or [_about("", [], told)]


def _stuck(told: Receipt) -> Explanation:
    why = inert(f"not judged: {told.reason} ({told.slug})")
    hint = f"\n    do next: {inert(told.hint)}" if told.hint else ""
    return Explanation("undecided", "", 0, why + hint)


def _about(path: str, findings: list[Finding], told: Receipt) -> Explanation:
    # Two colons would begin another part of the id.
    name = inert(path).replace("::", ":") or "the whole change"
    line = next((finding.line for finding in findings if finding.line), 0)
    lines = [line for finding in findings for line in _lines(finding, told)]
    return Explanation(name, inert(path), line, "\n".join(lines) or "the change is denied")


def _lines(finding: Finding, told: Receipt) -> Iterator[str]:
    path = inert(finding.path) or "the whole change"
    place = f"{path}:{finding.line}" if finding.line else path
    title = f"{inert(finding.rule)} {inert(finding.name)}, {finding.risk} risk"
    yield f"{place}: {title}: {inert(finding.message)}"
    if finding.code:
        yield f"    {inert(finding.code)}"
    if origin := brought_by(finding, told):
        yield f"    brought by {origin}"
    yield f"    do instead: {inert(finding.hint)}"


def _item(session: pytest.Session, why: Explanation, top: str) -> pytest.Item:
    made: GuardItem = GuardItem.from_parent(session, name=why.name, nodeid=f"{SCOPE}::{why.name}")
    made.why, made.place = why, os.path.join(top, why.path)
    return made


class Refused(Exception):
    """What a guard item fails with."""


class GuardItem(pytest.Item):
    """Fails, and says why the change is refused."""

    why: Explanation
    place: str

    def runtest(self) -> NoReturn:
        raise Refused(self.why.text)

    def repr_failure(self, excinfo: object, style: object = None) -> TerminalRepr:
        del excinfo, style  # our own traceback tells nobody anything
        return cast("TerminalRepr", Failure(Crash(self.place, self.why.line, self.why.text)))

    def reportinfo(self) -> tuple[str, int | None, str]:
        return self.place, self.why.line - 1 if self.why.line else None, f"{SCOPE}: {self.name}"


class Crash(NamedTuple):
    """Where and why, by the names that reporters look for."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return self.message.split("\n")[0]


class Failure:
    """What a failed item shows: for every reporter, whatever the style of tracebacks."""

    def __init__(self, crash: Crash) -> None:
        self.reprcrash = crash

    def toterminal(self, tw: TerminalWriter) -> None:
        for line in self.reprcrash.message.split("\n"):
            tw.line(line, red=not line.startswith(" "))

    def __str__(self) -> str:
        return self.reprcrash.message
