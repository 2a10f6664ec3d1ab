"""
The guard: the one place where order exists.

::

    change --read--> Change --reconcile--> Change --detect--> Finding*
        --decide--> Verdict --record--> Receipt
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.attribution import attribute
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import GuardError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import (
    UNKNOWN_ACTOR,
    Actor,
    Change,
    Evidence,
    Origin,
    Receipt,
    Undecided,
    Verdict,
)
from pytest_selfmod_guard.policy import Policy, Tightening
from pytest_selfmod_guard.rules import rules_called
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._judge import policy_for, spare
from pytest_selfmod_guard.stages._layers import layers_of
from pytest_selfmod_guard.stages.decide import decide, undecided
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.stages.read._combine import combine, remaining
from pytest_selfmod_guard.stages.reconcile import Past, Stamp, head_of, reconcile
from pytest_selfmod_guard.stages.record import Journal, receipt, record
from pytest_selfmod_guard.stages.trace import trace

Reader = Callable[[Git], Change]
"""Something that reads a proposed change, such as ``read.staged``."""

_NOTHING = Evidence((), (), (), ())
_ON_HEAD = frozenset(("index", "worktree", "diff", "mapping"))
"""What a change that is based on HEAD leads to."""


class Asked(NamedTuple):
    """How a caller wants a change judged; the defaults are the policy's own."""

    tightening: Tightening = Tightening()
    only: frozenset[str] = frozenset()
    """Ids of the rules to ask; empty for all of them."""
    exhaustive: bool = False
    """Ask every rule about every file, even where it provably cannot fire."""


class _Case(NamedTuple):
    """A question, as far as it was read."""

    change: Change
    actor: Actor
    past: Past
    """What leads to it; with a net when that is a part of the change."""
    digest: str = ""
    """Of what a commit of it will change, where the change holds more than that."""


class Guard:
    """Judges proposed changes to one project by the policy of their base."""

    def __init__(self, context: Context, *, journal: Journal | None = None) -> None:
        """
        Guard the project around a directory.

        :param journal: where attempts are written down; by default embedded,
            in the repository's git folder
        """
        self.context = context
        self.git = Git(context.directory, context.environ)
        self._journal = journal

    @classmethod
    def for_project(cls, path: str | os.PathLike[str] = ".") -> Guard:
        """Guard the project at a path, with this process's environment and clock."""
        return cls(Context.here(os.fspath(path)))

    def staged(self) -> Change:
        """Read what the next commit would change."""
        return read.staged(self.git)

    def between(self, old: str, new: str) -> Change:
        """Read what a range of commits changes in all."""
        return read.between(self.git, old, new)

    def worktree(self) -> Change:
        """Read what the files on disk change."""
        return read.worktree(self.git)

    def diff(self, patch: bytes) -> Change:
        """Read what a unified diff would change."""
        return read.diff(self.git, patch)

    def proposal(self, files: Mapping[str, bytes | str | None]) -> Change:
        """Read what writing these files would change; None deletes one."""
        return read.mapping(self.git, files)

    def check(self, change: Change, asked: Asked = Asked()) -> Verdict:
        """
        Judge a change without touching anything.

        :returns: ``Allowed``, ``Denied``, or ``Undecided`` when a question
            could not be asked; it is recorded in any case
        """
        verdict, _ = self._judge(lambda _: change, change.source, asked)
        return verdict

    def judge(self, reader: Reader, source: str, asked: Asked = Asked()) -> Receipt:
        """
        Read a change, judge it, and write down what became of it.

        :param source: how a person would ask for it, for the record
        :raises UsageError: the question itself is wrong; nothing is recorded
        """
        _, told = self._judge(reader, source, asked)
        return told

    def reconcile(self, *, is_new: bool = False) -> Receipt | None:
        """
        Judge those commits of HEAD's history that the journal does not know.

        They got there without this guard: past its hook (``--no-verify``), by
        plumbing, or from elsewhere (pull, rebase, cherry-pick, merge). What
        passes is known from now on. Every other question does the same first.

        :param is_new: HEAD was committed just now, so that even the first look
            at a repository, which takes what it finds for known, asks about it
        :returns: the receipt of that judgement, whose ``ungated`` are the
            commits that went past the hook; None when there was nothing to judge
        """
        try:
            return self._reconciled(head_of(self.git), is_new=is_new).receipt
        except GuardError as error:
            return self._judge(partial(_fail, error), "reconcile", Asked())[1]

    def note(self, told: Receipt) -> None:
        """
        Write down what a door made of a judgement, or of one that did not end.

        :param told: no pass: a door can take one back, and cannot give one
        :raises JournalError: it cannot be kept
        """
        if told.decision == "allowed":
            raise ValueError("only the guard itself allows a change")
        record(told, self._open(), ())

    def policy(self) -> Policy:
        """Give the policy that HEAD holds."""
        return policies.load(read.staged(self.git).base, self.git.prefix())

    def _judge(self, reader: Reader, source: str, asked: Asked) -> tuple[Verdict, Receipt]:
        return self._attempt(lambda: self._with_past(reader(self.git), asked), source, asked)

    def _with_past(self, change: Change, asked: Asked) -> _Case:
        """Reconcile first: what came past the doors is judged with what is asked about."""
        if asked.only:  # some rules are no gate, and leave the history to one that is
            return self._case(change, Past())
        is_next = change.head in _ON_HEAD
        past = self._reconciled(change.base.commit if is_next else head_of(self.git))
        if past.net and is_next:
            if change.head == "index":  # what a merge adds is no continuation of what is there
                change = read.staged(self.git, is_whole=True)
            case = self._case(remaining(combine(past.net, change)), past)
            return case._replace(digest=combine(past.line or past.net, change).digest)
        return self._case(change, past._replace(net=None))

    def _reconciled(self, tip: str, *, is_new: bool = False) -> Past:
        stamp = Stamp(self.context.clock(), self.context.new_id())
        return reconcile(self.git, self._open(), tip, stamp, self._judge_past, is_new=is_new)

    def _judge_past(self, net: Change, accused: tuple[Origin, ...], agent: Actor | None) -> Receipt:
        past = Past(net=net, accused=accused, agent=agent)
        return self._attempt(lambda: self._case(remaining(net), past), net.source, Asked())[1]

    def _case(self, change: Change, past: Past) -> _Case:
        actor = attribute(self.context.environ, read.identities(self.git, change))
        return _Case(change, past.agent or actor if past.net else actor, past)

    def _attempt(
        self, read_case: Callable[[], _Case], source: str, asked: Asked
    ) -> tuple[Verdict, Receipt]:
        started, attempt = self.context.clock(), self.context.new_id()
        case: _Case | None = None

        def tell(verdict: Verdict) -> Receipt:
            told = receipt(
                verdict,
                attempt=attempt,
                at=started,
                seconds=self.context.clock() - started,
                source=source,
                change=case.change if case else None,
                actor=case.actor if case else UNKNOWN_ACTOR,
            )
            if case is None:
                return told
            return told._replace(ungated=case.past.accused, digest=case.digest or told.digest)

        verdict: Verdict
        try:
            case = read_case()
            verdict = self._verdict(case, asked)
        except UsageError:
            raise
        except GuardError as error:
            verdict = undecided(_NOTHING, error)
        return self._recorded(verdict, tell, asked)

    def _verdict(self, case: _Case, asked: Asked) -> Verdict:
        change, actor, past, _ = case
        of_base, notes = policy_for(change, self.git.prefix(), is_past=past.net is not None)
        policy = asked.tightening.of(of_base)
        rules = rules_called(asked.only)
        found = detect(
            change,
            policy,
            rules,
            patterns=asked.tightening.patterns,
            exhaustive=asked.exhaustive,
        )
        findings = trace(self.git, change, found.findings)
        notes = (*change.notes, *notes, *found.notes, *past.notes)
        verdict = decide(Evidence(findings, (), (), notes), actor, policy)
        if past.net:
            committed = past.receipt.findings if past.receipt else findings
            verdict = spare(verdict, committed, actor, of_base)
        layers = layers_of(verdict, rules)
        return verdict._replace(evidence=verdict.evidence._replace(layers=layers))

    def _recorded(
        self, verdict: Verdict, tell: Callable[[Verdict], Receipt], asked: Asked
    ) -> tuple[Verdict, Receipt]:
        told = tell(verdict)
        try:
            record(told, self._open(), asked.only)
        except GuardError as error:
            # What left no record is no pass. Why it could not be judged comes first.
            if not isinstance(verdict, Undecided):
                verdict = undecided(verdict.evidence, error)
                told = tell(verdict)
        return verdict, told

    def _open(self) -> Journal:
        if self._journal is None:
            state = os.path.join(self.git.common_dir(), "selfmod-guard")
            self._journal = SqliteJournal(state)
        return self._journal


def _fail(error: GuardError, _: Git) -> Change:
    raise error
