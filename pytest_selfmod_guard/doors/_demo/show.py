"""How the demonstration looks: one block an act, and a table at the end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

from pytest_selfmod_guard.doors._demo.acts import Act
from pytest_selfmod_guard.doors._demo.stage import Outcome
from pytest_selfmod_guard.doors._terminal import Pen, has_unicode, say

_FRAME = ("- hook id:", "- exit code:", "- duration:")
"""What pre-commit says around a hook's own words."""
_MOST_LINES = 16
_WIDEST = 100


class Glyphs(NamedTuple):
    """The signs that go with words, so that nothing rests on colour alone."""

    landed: str
    refused: str
    wrong: str
    bar: str
    rule: str


_UNICODE = Glyphs("✓", "✗", "!", "│", "─")
_ASCII = Glyphs("+", "x", "!", "|", "-")


class Look(NamedTuple):
    """How things are shown to this reader."""

    pen: Pen
    glyphs: Glyphs
    width: int


class Played(NamedTuple):
    """An act, how it ended, and what is wrong with that; empty if nothing is."""

    act: Act
    outcome: Outcome
    fault: str


def look(environ: Mapping[str, str], *, plain: bool) -> Look:
    """Choose what this reader's terminal can show."""
    glyphs = _UNICODE if has_unicode(environ) and not plain else _ASCII
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    return Look(Pen(environ, plain=plain), glyphs, width)


def opening(seen: Look) -> None:
    """Say what is going to happen."""
    say(seen.pen("bold", "An agent works on a small shop, and a hook judges what it commits."))
    say("The policy: at most 10,000 changed characters and 5 files; danger and tampering never;")
    say("and after four refusals in a row nothing for five seconds.")


def intention(number: int, act: Act, summary: Sequence[str], seen: Look) -> None:
    """Say what the agent is about to try."""
    title = f"{number}. {act.title} "
    say()
    say(seen.pen("bold", title) + seen.pen("dim", seen.glyphs.rule * (seen.width - len(title))))
    for line in wrap(act.wants, seen.width - 3):
        say(f"   {line}")
    for line in summary:
        say(seen.pen("dim", f"  {line}"))


def waiting(seconds: float, seen: Look) -> None:
    """Say that the agent waits."""
    say(seen.pen("dim", f"   (it waits as it was told to: {seconds:.1f} s)"))


def approval(act: Act, said: str, seen: Look) -> None:
    """Show how somebody approves what is staged."""
    say(f'   $ selfmod-guard approve --staged --reason "{act.approved}"')
    say(f"   {seen.pen('dim', seen.glyphs.bar)} {said}")


def command(act: Act) -> None:
    """Say what the agent runs."""
    words = (f'"{word}"' if word == act.subject else word for word in act.command)
    say(f"   $ {' '.join(words).replace('--message', '-m')}")


def result(played: Played, seen: Look) -> None:
    """Show what the guard said, and the verdict."""
    for line in _trimmed(_words(played.act, played.outcome), seen.width - 5):
        say(f"   {seen.pen('dim', seen.glyphs.bar)} {line}".rstrip())
    say(f"   {_verdict(played, seen)}, {played.outcome.seconds:.1f} s")
    if played.fault:
        warning = f"{seen.glyphs.wrong} NOT AS IT SHOULD BE: {played.fault}"
        say(f"   {seen.pen('yellow', warning)}")
    if played.outcome.breaker:
        say("   $ selfmod-guard breaker status")
        say(f"   {seen.pen('dim', seen.glyphs.bar)} {played.outcome.breaker}")


def ending(played: Sequence[Played], seen: Look) -> None:
    """Sum all acts up, a line each."""
    widest = max(len(one.act.title) for one in played)
    say()
    say(seen.pen("dim", seen.glyphs.rule * seen.width))
    for number, one in enumerate(played, 1):
        wrong = seen.pen("yellow", f"  {seen.glyphs.wrong} {one.fault}") if one.fault else ""
        seconds = f"{one.outcome.seconds:4.1f} s"
        say(f"{number:>2}. {one.act.title:<{widest}}  {seconds}  {_verdict(one, seen)}{wrong}")
    total = sum(one.outcome.seconds for one in played)
    good = sum(not one.fault for one in played)
    say()
    say(f"{good} of {len(played)} acts ended as they should, in {total:.1f} s of committing.")
    say("Everything above was a real git commit in a real repository.")
    say("Guard your own: selfmod-guard init")


def _words(act: Act, outcome: Outcome) -> Sequence[str]:
    """Give what was said, without pre-commit's frame where there is more than that."""
    if outcome.landed and not act.named_by:
        return [line for line in outcome.words if line.strip()][:3]
    inner = [line for line in outcome.words[1:] if not line.startswith(_FRAME)]
    return "\n".join(inner).strip("\n").splitlines()


def _trimmed(words: Sequence[str], width: int) -> Iterator[str]:
    # pre-commit fills its line with dots, to the width of a terminal that it does not know.
    for line in (re.sub(r"\.{12,}", "." * 12, word) for word in words[:_MOST_LINES]):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        yield from wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    if len(words) > _MOST_LINES:
        yield f"(and {len(words) - _MOST_LINES} lines more)"


def _verdict(played: Played, seen: Look) -> str:
    act, outcome = played.act, played.outcome
    if outcome.landed:
        color = "yellow" if played.fault or act.named_by else "green"
        named = f", and NAMED for {' and '.join(act.named_by)}" if act.named_by else ""
        return seen.pen(color, f"{seen.glyphs.landed} LANDED") + f" as {outcome.landed}{named}"
    if played.fault:
        return seen.pen("yellow", f"{seen.glyphs.refused} NOT LANDED")
    return seen.pen("red", f"{seen.glyphs.refused} REFUSED") + f" by {' and '.join(act.refusers)}"
