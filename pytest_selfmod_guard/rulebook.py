"""
The rule book: a rule's docstring as a page, and its examples as changes.

An example is a small diff. ``=== path`` starts a file; options follow in
parentheses. Below it each line starts with ``+ `` (new only), ``- `` (old
only) or two blanks (both)::

    Flagged: a name built from pieces
        === shop/cart.py
          import ast
        + getattr(__import__("builtins"), "ev" + "al")(text)

Options: ``kept`` (the file exists on both sides), ``was old/path.py``,
``mode 100755``, ``binary``. With ``mode 160000`` it is a submodule, and its
only line ends with the commit. A line ``{10001}`` stands for so many
characters, and ``--pattern '...'`` in a title is handed to the rule. A file that
stays the same lies beside the change. So is handed over what happened before:
``after 5 modifications in the window``, or ``after 50 modifications of 200
characters in shop``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha1
from inspect import cleandoc
from textwrap import dedent
from typing import NamedTuple

from pytest_selfmod_guard.history import Done, History
from pytest_selfmod_guard.model import (
    BLOB_LIMIT,
    REGULAR,
    SUBMODULE,
    Base,
    Blob,
    Change,
    FileChange,
    Risk,
)
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.surroundings import Given

_CASE = re.compile(r"^(Flagged|Allowed):[ ]*(.*)$")
_FILE = re.compile(r"^=== (\S+)(?: \((.*)\))?$")
_PATTERN = re.compile(r"--pattern '([^']*)'")
_RECENT = re.compile(r"after (\d+) modifications in the window")
_USUAL = re.compile(r"after (\d+) modifications of (\d+) characters in (\S+)")
_LONG = re.compile(r"^\{(\d+)\}$")
_RISK = re.compile(r"^(.*?)\s*\[(low|medium|high|critical)\]$")


class Example(NamedTuple):
    """One small change, and what the rule must say about it."""

    rule: str
    title: str
    flagged: bool
    risk: Risk
    """The least risk of a flagged one; what an allowed one stays below."""
    diff: str
    change: Change
    patterns: tuple[str, ...]
    history: History
    rest: Given
    """What lies beside the change."""


def prose(rule: Rule) -> str:
    """Give a rule's page without its examples."""
    lines = cleandoc(rule.prose).splitlines()
    first = next((at for at, line in enumerate(lines) if _CASE.match(line)), len(lines))
    return "\n".join(lines[:first]).strip()


def examples(rule: Rule) -> tuple[Example, ...]:
    """
    Read the examples out of a rule's docstring.

    :raises ValueError: one is not written as it should be
    """
    return tuple(_examples(rule))


def _examples(rule: Rule) -> Iterator[Example]:
    lines = cleandoc(rule.prose).splitlines()
    starts = [at for at, line in enumerate(lines) if _CASE.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        case = _CASE.match(lines[start])
        if case is None:
            continue
        flagged = case[1] == "Flagged"
        title, risk = _title(case[2], flagged=flagged)
        diff = dedent("\n".join(lines[start + 1 : end])).strip("\n")
        patterns = tuple(_PATTERN.findall(title))
        before = _history(title)
        change, rest = _change(diff)
        yield Example(rule.id, title, flagged, risk, diff, change, patterns, before, rest)


def _title(text: str, *, flagged: bool) -> tuple[str, Risk]:
    graded = _RISK.match(text)
    if graded:
        return graded[1], Risk[graded[2].upper()]
    return text, Risk.HIGH if flagged else Risk.MEDIUM


def _history(title: str) -> History:
    recent, usual = _RECENT.search(title), _USUAL.search(title)
    done = [Done("", int(usual[2]), 1, (usual[3],))] * int(usual[1]) if usual else ()
    return History(tuple(done), int(recent[1]) if recent else 0)


def _change(diff: str) -> tuple[Change, Given]:
    files = sorted(_files(diff.splitlines()), key=lambda file: file.path)
    held = {file.before: file.old.data or b"" for file in files if file.old}
    edited = tuple(file for file in files if file.old != file.new or file.old_path)
    return Change(edited, Base("0" * 40, held), "diff", "example"), Given(held)


def _files(lines: list[str]) -> Iterator[FileChange]:
    starts = [at for at, line in enumerate(lines) if _FILE.match(line)]
    if not starts or starts[0]:
        raise ValueError("an example starts with a line '=== path'")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        head = _FILE.match(lines[start])
        if head is not None:
            yield _file(head[1], _options(head[2] or ""), lines[start + 1 : end])


def _options(text: str) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in text.split(",") if part.strip()]
    return {name: value for name, _, value in parts}


def _file(path: str, options: dict[str, str], lines: list[str]) -> FileChange:
    old = [line[2:] for line in lines if line[:2] in ("- ", "-", "  ", "")]
    new = [line[2:] for line in lines if line[:2] in ("+ ", "+", "  ", "")]
    odd = next((line for line in lines if line[:2] not in ("- ", "-", "+ ", "+", "  ", "")), None)
    if odd is not None:
        raise ValueError(f"a line of an example starts with '+ ', '- ' or two blanks: {odd!r}")
    was = options.get("was", "")
    both = "kept" in options or was
    is_new = not both and not any(line.strip() for line in old)
    is_gone = not both and not any(line.strip() for line in new)
    return FileChange(
        path,
        None if is_new else _blob(old, options),
        None if is_gone else _blob(new, options),
        was,
    )


def _blob(lines: list[str], options: dict[str, str]) -> Blob:
    mode = int(options.get("mode", f"{REGULAR:o}"), 8)
    if mode == SUBMODULE:
        return Blob(mode, " ".join(lines).split()[-1], 0, None)
    data = "".join(f"{_LONG.sub(_repeated, line)}\n" for line in lines).encode()
    if "binary" in options:
        data = b"\x7f\0" + data
    oid = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    kept = data if len(data) <= BLOB_LIMIT else None
    return Blob(mode, oid, len(data), kept)


def _repeated(long: re.Match[str]) -> str:
    return "x" * int(long[1])


def page(rule: Rule) -> str:
    """Give a rule's page of the rule book, as Markdown."""
    parts = [
        f"### {rule.id} {rule.name}",
        f"Risk **{rule.risk}**, confidence {rule.confidence}.",
        prose(rule),
        f"*Do instead:* {rule.hint}",
    ]
    for example in examples(rule):
        word = "Flagged" if example.flagged else "Allowed"
        parts.append(f"{word}: {example.title}".rstrip(": "))
        parts.append(f"```diff\n{_as_diff(example.diff)}\n```")
    return "\n\n".join(parts) + "\n"


def _as_diff(diff: str) -> str:
    return "\n".join(line.rstrip() for line in diff.splitlines())


def markdown(rules: Iterable[Rule]) -> str:
    """Give the whole rule book, as Markdown."""
    rules = tuple(rules)
    text = [
        "<!-- Made by `make docs` from the rules' docstrings. Do not edit. -->\n",
        "# The rules\n",
        "| id | name | risk | what it flags |\n|---|---|---|---|",
    ]
    text += [f"| {rule.id} | {rule.name} | {rule.risk} | {summary(rule)} |" for rule in rules]
    families = dict.fromkeys(rule.family for rule in rules)
    for family in families:
        text.append(f"\n## {family}\n")
        text += [page(rule) for rule in rules if rule.family == family]
    return "\n".join(text)


def summary(rule: Rule) -> str:
    """Give the first sentence of a rule's page."""
    return " ".join(prose(rule).split("\n\n")[0].split())
