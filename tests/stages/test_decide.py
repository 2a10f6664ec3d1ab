"""From the evidence to a verdict: the table of authors and families, cell by cell."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.model import (
    Actor,
    Allowed,
    Confidence,
    Denied,
    Evidence,
    Finding,
    Risk,
    Undecided,
)
from pytest_selfmod_guard.policy import Actors, Policy
from pytest_selfmod_guard.stages.decide import decide, undecided

AGENT, HUMAN, UNKNOWN = Actor("agent"), Actor("human"), Actor("unknown")
RULES = {
    "limits": "SMG101", "danger": "SMG201", "tamper": "SMG301", "selfguard": "SMG401",
    "validity": "SMG501", "bandit": "B602", "project": "SHOP001",
}  # fmt: skip


def finding(family: str, risk: Risk = Risk.HIGH) -> Finding:
    """Make a finding of a family."""
    return Finding(RULES[family], "name", risk, Confidence.HIGH, "a.py", 1, "what", "hint")


def evidence(*findings: Finding) -> Evidence:
    """Make evidence of findings alone."""
    return Evidence(findings, (), (), ())


@pytest.mark.parametrize(
    ("family", "agent", "unknown", "human"),
    [
        ("limits", Denied, Allowed, Allowed),
        ("danger", Denied, Denied, Denied),
        ("tamper", Denied, Denied, Denied),
        ("selfguard", Denied, Denied, Allowed),
        ("validity", Denied, Denied, Denied),
        ("bandit", Denied, Denied, Denied),
        ("project", Denied, Denied, Denied),
    ],
)
def test_the_table(family: str, agent: type, unknown: type, human: type) -> None:
    """Each author and each family, at the risk that denies."""
    found = evidence(finding(family))
    assert isinstance(decide(found, AGENT, Policy()), agent)
    assert isinstance(decide(found, UNKNOWN, Policy()), unknown)
    assert isinstance(decide(found, HUMAN, Policy()), human)


@pytest.mark.parametrize("family", ["danger", "tamper", "validity", "selfguard"])
@pytest.mark.parametrize("who", ["trial", "review"])
def test_what_only_a_trial_or_a_person_can_settle_binds_agents(family: str, who: str) -> None:
    """Of any family, and only at a risk that denies."""
    found = evidence(finding(family)._replace(settled_by=who))
    strict = Policy(actors=Actors(unknown="agent"))
    assert isinstance(decide(found, AGENT, Policy()), Denied)
    assert isinstance(decide(found, UNKNOWN, strict), Denied)
    assert isinstance(decide(found, UNKNOWN, Policy()), Allowed)
    assert isinstance(decide(found, HUMAN, Policy()), Allowed)
    mild = evidence(finding(family, Risk.MEDIUM)._replace(settled_by=who))
    assert isinstance(decide(mild, AGENT, Policy()), Allowed)


def test_an_unknown_author_can_be_held_to_an_agents_limits() -> None:
    """The base's policy says what an unknown author counts as."""
    strict = Policy(actors=Actors(unknown="agent"))
    assert isinstance(decide(evidence(finding("limits")), UNKNOWN, strict), Denied)
    assert isinstance(decide(evidence(finding("limits")), HUMAN, strict), Allowed)


@pytest.mark.parametrize("risk", list(Risk))
@pytest.mark.parametrize("block_at", ["none", "low", "medium", "high", "critical"])
def test_only_findings_at_or_over_the_threshold_deny(risk: Risk, block_at: str) -> None:
    """The threshold itself denies, what is below it warns."""
    policy = Policy(block_at=block_at)  # type: ignore[arg-type]  # one of the five words
    verdict = decide(evidence(finding("danger", risk)), AGENT, policy)
    assert isinstance(verdict, Denied) == (risk >= Risk[block_at.upper()])


def test_nothing_found_is_allowed() -> None:
    """No findings, no denial."""
    assert decide(evidence(), AGENT, Policy()) == Allowed(evidence())


def test_only_what_denies_is_named_as_the_cause() -> None:
    """Warnings stay in the evidence."""
    bad, mild = finding("danger"), finding("tamper", Risk.MEDIUM)
    verdict = decide(evidence(mild, bad), AGENT, Policy())
    assert isinstance(verdict, Denied)
    assert verdict.because == (bad,)
    assert verdict.evidence.findings == (mild, bad)


def test_a_policy_that_only_warns_still_says_denied() -> None:
    """It is shown and recorded as what it is, and not enforced."""
    verdict = decide(evidence(finding("danger")), AGENT, Policy(mode="warn"))
    assert isinstance(verdict, Denied)
    assert not verdict.enforced


def test_a_question_that_could_not_be_asked_is_no_pass() -> None:
    """The error's handle, words and hint are kept."""
    verdict = undecided(evidence(), ReadError("s", "it broke", context="a.py", hint="mend it"))
    assert verdict == Undecided(evidence(), "s", "it broke: a.py", "mend it")
