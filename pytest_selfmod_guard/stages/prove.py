"""Prove: run a rule's own examples, as the guard would judge them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.model import Finding, Risk
from pytest_selfmod_guard.policy import load
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.stages.detect import detect


class Flaw(NamedTuple):
    """Why a rule does not do what its page says."""

    what: str
    example: str = ""
    """The diff of the example that shows it; empty where it is about the page."""


def prove(rule: Rule) -> Iterator[Flaw]:
    """Give what is wrong with a rule: nothing, if its page is true and complete."""
    try:
        examples = rulebook.examples(rule)
    except ValueError as error:
        yield Flaw(f"an example cannot be read: {error}")
        return
    for kind, word in ((True, "Flagged"), (False, "Allowed")):
        if not any(example.flagged is kind for example in examples):
            yield Flaw(f"there is no example that begins with `{word}:`")
    if not rulebook.summary(rule).endswith("."):
        yield Flaw("its docstring does not begin with a sentence")
    if not rule.hint:
        yield Flaw("it has no hint, so nobody learns what to do instead")
    for example in examples:
        yield from _tried(rule, example)


def ask(rule: Rule, example: rulebook.Example, *, exhaustive: bool = False) -> tuple[Finding, ...]:
    """Give what one rule finds in one example."""
    found = detect(
        example.change,
        load(example.change.base),
        (rule,),
        patterns=example.patterns,
        exhaustive=exhaustive,
        history=example.history,
        rest=example.rest,
    )
    return found.findings


def _tried(rule: Rule, example: rulebook.Example) -> Iterator[Flaw]:
    try:
        quick, slow = ask(rule, example), ask(rule, example, exhaustive=True)
    except GuardError as error:
        yield Flaw(f"example {example.title!r}: {error}", example.diff)
        return
    if quick != slow:
        yield Flaw(
            f"example {example.title!r} is found only without the gate: a trigger is missing",
            example.diff,
        )
    worst = max((finding.risk for finding in slow), default=Risk.NONE)
    if (worst >= example.risk) is not example.flagged:
        seen = "; ".join(f"{finding.message} ({finding.risk})" for finding in slow)
        wanted = f"flagged as {example.risk}" if example.flagged else "allowed"
        what = f"example {example.title!r} is to be {wanted}; found: {seen or 'nothing'}"
        yield Flaw(what, example.diff)
