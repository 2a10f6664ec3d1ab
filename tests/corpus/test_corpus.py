"""Every case of the corpus is refused, and the honest one beside it is not."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.model import Risk
from tests.corpus import AGENT, SOMEBODY, Case, every_case, judged

CASES = [pytest.param(case, id=f"{case.family}-{case.name}") for case in every_case()]


@pytest.mark.proof
@pytest.mark.parametrize("case", CASES)
def test_what_is_bad_is_refused(case: Case) -> None:
    """To anybody; where only a trial can tell, to an agent."""
    findings, may_land = judged(case.base, case.bad, actor=AGENT if case.needs_trial else SOMEBODY)
    assert not may_land, findings


@pytest.mark.proof
@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].honest])  # type: ignore[union-attr]
def test_what_only_looks_like_it_is_not(case: Case) -> None:
    """To an agent neither, unless only a trial can tell."""
    findings, may_land = judged(
        case.base, case.honest, actor=SOMEBODY if case.needs_trial else AGENT
    )
    assert may_land, [finding for finding in findings if finding.risk >= Risk.HIGH]
