"""Every rule's page says the truth about the rule."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.stages.prove import ask, prove

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{'flagged' if example.flagged else 'allowed'}-{at}")
    for rule in all_rules()
    for at, example in enumerate(rulebook.examples(rule))
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_example_is_true(rule: Rule, example: rulebook.Example) -> None:
    """A flagged example is found at its risk, an allowed one is not; the gate lets nothing by."""
    quick, whole = ask(rule, example), ask(rule, example, exhaustive=True)
    worst = max((item.risk for item in whole), default=Risk.NONE)
    assert (worst >= example.risk) is example.flagged, example.title
    assert quick == whole


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_the_rule_proves_itself(rule: Rule) -> None:
    """Every rule has prose, a hint, and an example of either kind."""
    assert [flaw.what for flaw in prove(rule) if not flaw.example] == []
