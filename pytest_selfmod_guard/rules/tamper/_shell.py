"""A line for a shell, cut into the programs it runs, and whether their failure counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CUT = re.compile(r"\|\||&&|\|&|;;|[;|\n]|(?<![>&\d])&(?![>&\d])")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|\$\{\{.{0,300}?\}\}", re.DOTALL)
_FAILS = re.compile(
    r"\bexit\s+(?:[1-9]|\$|\"\$)|\bfalse\b|\breturn\s+(?:[1-9]|\$)|\bexit\b\s*[)};]?\s*$"
)
_SUCCEEDS = re.compile(r"(?:/bin/)?true\b|:(?:\s|$)|exit\s+0|return\s+0|set\s+-\S*e\S*")
_LONGEST = 20_000
_FOLLOWED = 20  # parts of a line that may say that it failed


class Run(NamedTuple):
    """One program that a line runs."""

    text: str
    muted: str
    """Why its failure does not count; empty where it does."""


def runs(line: str, *, piped: bool = False) -> Iterator[Run]:
    """
    Give the programs of one line, or of a few that are joined.

    :param piped: whether a failure counts although another program reads the output
    """
    line = line[:_LONGEST]
    parts = _parts(line)
    ends_well = _ends_well(parts)
    for place, (text, after) in enumerate(parts):
        muted = ends_well if after else ""
        if after == "||" and not _may_fail(parts[place + 1 : place + 1 + _FOLLOWED]):
            muted = "'|| ...' keeps its failure from counting"
        elif after in {"|", "|&"} and not piped:
            muted = "only the last program of a pipe counts"
        elif after == "&":
            muted = "it runs in the background"
        told, why = _head(text, line)
        yield Run(told, why or muted)


def _parts(line: str) -> list[tuple[str, str]]:
    """Give each part of a line with the operator behind it, quotes left whole."""
    hidden = _QUOTED.sub(lambda match: "\x01" * len(match[0]), line)
    hidden = re.sub(r"(^|\s)#[^\n]*", lambda match: "\x02" * len(match[0]), hidden)
    found, start = [], 0
    for cut in [*_CUT.finditer(hidden), None]:
        end = cut.start() if cut else len(line)
        text = "".join(
            letter for letter, mark in zip(line[start:end], hidden[start:end], strict=True)
            if mark != "\x02"
        )  # fmt: skip
        if text.strip(" \t(){}"):
            found.append((text.strip(), cut[0] if cut else ""))
        elif found and cut and cut[0] != "\n":
            found[-1] = (found[-1][0], found[-1][1] if found[-1][1] != "\n" else cut[0])
        start = cut.end() if cut else end
    return found


def _may_fail(rest: list[tuple[str, str]]) -> bool:
    """Tell whether what runs instead says that something failed."""
    until = next((at for at, (_, after) in enumerate(rest) if after == "\n"), len(rest))
    alternative = [text for text, _ in rest[: until + 1]]
    return any(_FAILS.search(text) or _is_a_check(text) for text in alternative)


def _is_a_check(text: str) -> bool:
    return (
        not text.startswith("echo")
        and re.search(r"\b(pytest|tox|nox|unittest)\b", text) is not None
    )


def _ends_well(parts: list[tuple[str, str]]) -> str:
    """Say why a line as a whole never fails."""
    last = parts[-1][0].strip(" (){}") if parts else ""
    joined = len(parts) > 1 and parts[-2][1] in {";", "\n"}
    if joined and _SUCCEEDS.fullmatch(last.strip()):
        return f"what comes last is {last!r}"
    return ""


def _head(text: str, line: str) -> tuple[str, str]:
    """Take the words of the shell off the beginning of a command."""
    told = text.lstrip("({ \t").rstrip(")} \t")
    for word in ("then ", "do ", "else "):
        told = told.removeprefix(word)
    if told.startswith("! "):
        return told[2:], "its failure is taken for success"
    if told.startswith(("if ", "while ", "until ", "elif ")):
        told = told.partition(" ")[2].removeprefix("! ")
        return told, "" if _FAILS.search(line) else "it is only a condition"
    return told, ""
