"""Every example in a rule's docstring says the truth about the rule."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.model import Finding, Risk
from pytest_selfmod_guard.policy import load
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.stages.detect import detect

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{'flagged' if example.flagged else 'allowed'}-{at}")
    for rule in all_rules()
    for at, example in enumerate(rulebook.examples(rule))
]


def found(rule: Rule, example: rulebook.Example, *, exhaustive: bool) -> list[Finding]:
    """Ask one rule about one example."""
    policy = load(example.change.base)
    detection = detect(
        example.change,
        policy,
        (rule,),
        patterns=example.patterns,
        exhaustive=exhaustive,
        history=example.history,
        rest=example.rest,
    )
    return list(detection.findings)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_example_is_true(rule: Rule, example: rulebook.Example) -> None:
    """A flagged example is found at its risk, an allowed one is not."""
    worst = max((item.risk for item in found(rule, example, exhaustive=False)), default=Risk.NONE)
    if example.flagged:
        assert worst >= example.risk, example.title
    else:
        assert worst < example.risk, example.title


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_gate_lets_nothing_by(rule: Rule, example: rulebook.Example) -> None:
    """With and without the gate the findings are the same."""
    assert found(rule, example, exhaustive=False) == found(rule, example, exhaustive=True)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_the_rule_proves_itself(rule: Rule) -> None:
    """Every rule has prose, a hint, and an example of either kind."""
    kinds = {example.flagged for example in rulebook.examples(rule)}
    assert kinds == {True, False}
    assert rulebook.summary(rule).endswith(".")
    assert rule.hint
