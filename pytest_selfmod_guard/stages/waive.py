"""
Waive: what a person whom the base trusts has approved does not deny.

An approval is for one change, known by its digest: what is staged, a commit, or
a range as a whole. It holds for what it was given for and nothing else. So in
a range, where only some commits are approved, a finding is waived only if
nobody else touched its file, and if the approved commits bring it by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from pytest_selfmod_guard.approvals import Terms
from pytest_selfmod_guard.model import (
    Change,
    Denied,
    Evidence,
    Finding,
    Step,
    Verdict,
    Waiver,
)
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._approved import Approved
from pytest_selfmod_guard.stages._attempt import Case
from pytest_selfmod_guard.stages._looking import Looking
from pytest_selfmod_guard.stages.decide import decide

_SHOWN = 10  # digits of a commit id
_NO_BASE = (
    "No approval counts, because the base is empty and so names nobody who may approve:"
    " push the commit that names them first, and then the rest."
)
_MOST = 500
"""Commits of a range that are asked about one by one."""


def weigh(evidence: Evidence, case: Case, approved: Approved, looking: Looking) -> Verdict:
    """
    Decide; and where that denies, once more without what was approved.

    :param looking: how an approved commit is judged by itself
    """
    verdict = decide(evidence, case.actor, looking.policy)
    if isinstance(verdict, Denied):
        waived = _waive(evidence, case, approved, looking)
        verdict = decide(waived, case.actor, looking.policy)
    if isinstance(verdict, Denied):
        told = verdict.evidence
        notes = (*told.notes, *_way_through(case, approved))
        return verdict._replace(evidence=told._replace(notes=notes))
    return verdict


def _waive(evidence: Evidence, case: Case, approved: Approved, looking: Looking) -> Evidence:
    """Wave through what was approved, and say which approvals do not count."""
    if not approved.are_any:
        return evidence
    if terms := approved.of(case.change.digest) or approved.of(case.digest):
        findings = tuple(_waved(one, terms) for one in evidence.findings)
    else:
        findings = _Parts(case, approved, looking).waive(evidence.findings)
    return evidence._replace(findings=findings, notes=(*evidence.notes, *approved.refusals))


def _way_through(case: Case, approved: Approved) -> tuple[str, ...]:
    """Say how a person lets a change pass that is right all the same, where somebody may."""
    change = case.change
    if approved.wait_for_a_base:
        return (_NO_BASE,)
    if not approved.is_possible or case.past.net:
        return ()
    is_one = len(change.steps) == 1 and change.steps[0].origin.commit == change.head
    if change.head == "index":
        target = "--staged"
    elif is_one:
        target = change.head[:_SHOWN]
    elif change.steps and change.base.commit:
        target = f"{change.base.commit[:_SHOWN]}..{change.head[:_SHOWN]}"
    else:
        return ()
    command = f"selfmod-guard approve {target} --reason TEXT"
    return (f"If it is right all the same, let somebody who may approve sign it: {command}",)


class _Part(NamedTuple):
    """A commit, or what is not committed yet."""

    step: Step
    change: Change | None
    """None where it cannot be told apart, and so nobody can have approved it."""
    terms: Terms | None

    @property
    def paths(self) -> set[str]:
        """Every path that it has a hand in."""
        files = self.change.files if self.change else ()
        names = {name for file in files for name in (file.path, file.before)}
        return names | {file.path for file in self.step.files}


class _Parts:
    """What a change is made of, and who has approved what of it."""

    def __init__(self, case: Case, approved: Approved, looking: Looking) -> None:
        self._change = case.change
        self._asked = case.asked
        self._approved = approved
        self._looking = looking
        self._seen: dict[str, tuple[Finding, ...]] = {}

    def waive(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        if not any(part.terms for part in self._parts):
            return findings
        if all(part.terms for part in self._parts):
            return tuple(self._by_commit(one) for one in findings)
        return tuple(self._waived(one) for one in findings)

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        steps = self._change.steps
        return tuple(self._read(steps)) if len(steps) <= _MOST else ()

    def _read(self, steps: Iterable[Step]) -> Iterator[_Part]:
        for step in steps:
            commit = step.origin.commit
            change = read.merged(self._looking.git, commit) if commit else self._asked
            if change is None or change.files:  # a merge that adds nothing has no say
                yield _Part(step, change, self._terms(commit, change))

    def _terms(self, commit: str, change: Change | None) -> Terms | None:
        """Give who has approved a part; of a merge also by what it is against its first parent."""
        terms = self._approved.of(change.digest) if change else None
        if terms or not commit:
            return terms
        return self._approved.of(read.committed(self._looking.git, commit).digest)

    def _by_commit(self, finding: Finding) -> Finding:
        """Wave one through where all is approved: by who approved the commit that brought it."""
        terms = [part.terms for part in self._parts if part.step.origin.commit == finding.commit]
        return _waved(finding, next(filter(None, (*terms, self._parts[-1].terms))))

    def _waived(self, finding: Finding) -> Finding:
        brought = [part for part in self._parts if self._touches(part, finding)]
        terms = [part.terms for part in brought if part.terms]
        if not terms or len(terms) < len(brought) or _key(finding) not in self._brought(brought):
            return finding
        return _waved(finding, terms[-1])

    def _touches(self, part: _Part, finding: Finding) -> bool:
        """Tell whether a commit has a hand in what a finding is about."""
        if not finding.path:
            return finding.commit in ("", part.step.origin.commit)
        files = self._change.files
        names = {finding.path, *(file.before for file in files if file.path == finding.path)}
        return bool(names & part.paths)

    def _brought(self, parts: Iterable[_Part]) -> set[tuple[str, ...]]:
        return {_key(one) for part in parts for one in self._alone(part)}

    def _alone(self, part: _Part) -> tuple[Finding, ...]:
        """Judge a commit by itself, once."""
        commit = part.step.origin.commit
        if commit not in self._seen:
            self._seen[commit] = self._looking.alone(part.change) if part.change else ()
        return self._seen[commit]


def _key(finding: Finding) -> tuple[str, ...]:
    """Know a finding again where other lines stand before it."""
    return (finding.rule, finding.path, finding.message, finding.code)


def _waved(finding: Finding, terms: Terms) -> Finding:
    if finding.waiver:
        return finding
    waiver = Waiver("approval", terms.approver, terms.reason, terms.expires)
    return finding._replace(waiver=waiver)
