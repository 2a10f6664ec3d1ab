"""All the checks that one version of a file runs, and whether they can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._checks import Check, check
from pytest_selfmod_guard.rules.tamper._selecting import split
from pytest_selfmod_guard.rules.tamper._shell import runs

_SHELL = re.compile(r"\s*(?:\S*/)?(?:ba|z|da|)sh\s+(?:-\w+\s+)*-\w*c\s+")


class Running(NamedTuple):
    """One check, where it is run, and how."""

    check: Check
    place: str
    """The job, target or environment."""
    muted: str = ""
    """Why its failure does not count, or why it does not run."""
    is_soft: bool = False
    """Whether that may have a good reason."""

    @property
    def core(self) -> tuple[str, str]:
        """What is the same when only its failure stops to count."""
        return self.check.kind, self.check.text


def running(
    line: str, place: str, muted: str = "", *, is_soft: bool = False, piped: bool = False
) -> Iterator[Running]:
    """
    Give the checks of one line.

    :param muted: why nothing of it counts, or runs
    """
    for run in runs(line, piped=piped):
        inner = _handed_to_a_shell(run.text)
        if inner:
            yield from script(inner, place, muted or run.muted, strict=False, is_soft=is_soft)
            continue
        found = check(run.text)
        if found is None:
            continue
        why = muted or run.muted or ("" if found.can_fail else "it is told never to fail")
        soft = is_soft if muted else run.muted.startswith("only the last")
        yield Running(found, place, why, is_soft=soft)


def _handed_to_a_shell(text: str) -> str:
    """Give what ``bash -c`` is to run."""
    match = _SHELL.match(text)
    words = split(text[match.end() :]) if match else []
    return words[0] if words else ""


def script(text: str, place: str, muted: str = "", *, strict: bool, is_soft: bool = False,
           piped: bool = False) -> Iterator[Running]:  # fmt: skip
    """
    Give the checks of a script of several lines.

    :param strict: whether it ends at the first failure, as in most CI services
    """
    lines = _joined(text)
    last = len(lines) - 1
    for at, line in enumerate(lines):
        words = line.split()
        if words[:1] == ["set"]:
            strict = _strictness(words, strict=strict)
            piped = piped or "pipefail" in words
        if words[:1] == ["exit"] and words[1:2] in ([], ["0"]) and not muted:
            muted = "the script has ended before"
        rest = lines[at + 1 :]
        lost = muted
        if not muted and not strict and at < last and not _is_looked_at(rest):
            lost = "the script goes on after it fails"
        yield from running(line, place, lost, is_soft=is_soft, piped=piped)


def _joined(text: str) -> list[str]:
    """Give the lines of a script, continued ones as one, without comments."""
    lines: list[str] = []
    before = ""
    for part in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        line = f"{before} {part}".strip()
        before = ""
        if line.endswith(("||", "&&", "|")):
            before = line
        elif line and not line.startswith("#"):
            first, cut, rest = line.partition(";") if line.startswith("set ") else (line, "", "")
            lines += [first, rest.strip()] if cut else [line]
    return [*lines, before] if before else lines


def _strictness(words: list[str], *, strict: bool) -> bool:
    for word in words[1:]:
        if word.startswith("+") and "e" in word:
            strict = False
        elif (
            word.startswith("-") and not word.startswith("--") and "e" in word
        ) or word == "errexit":
            strict = True
    return strict


def _is_looked_at(rest: list[str]) -> bool:
    """Tell whether what follows asks how it went, or makes it count again."""
    return any("$?" in line or "PIPESTATUS" in line for line in rest[:3])
