"""
The guard: the one place where order exists.

::

    change --read--> Change --reconcile--> Change --preflight--> PreflightResult*
        --detect--> Finding* --decide--> Verdict --record--> Receipt
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.attribution import attribute
from pytest_selfmod_guard.ci import is_ci
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import GuardError, ReadError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.history import NOTHING, is_ahead
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.machine import Reading, measure
from pytest_selfmod_guard.model import (
    Actor,
    Base,
    Change,
    Evidence,
    Layer,
    Origin,
    PreflightResult,
    Receipt,
    Undecided,
    Verdict,
)
from pytest_selfmod_guard.policy import Policy, Tightening
from pytest_selfmod_guard.rules import Rule, all_rules, rules_called
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._approved import Approved
from pytest_selfmod_guard.stages._attempt import Attempt, Case
from pytest_selfmod_guard.stages._before import agent_before
from pytest_selfmod_guard.stages._judge import policy_for, spare, unless_disabled, waiving_policy
from pytest_selfmod_guard.stages._keeping import Keeping
from pytest_selfmod_guard.stages._layers import layers_of
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages._local import local_rules
from pytest_selfmod_guard.stages._looking import Looking
from pytest_selfmod_guard.stages._signed import known_author
from pytest_selfmod_guard.stages.decide import refused, undecided
from pytest_selfmod_guard.stages.notify import notify
from pytest_selfmod_guard.stages.preflight import Flight, base_on, careful, look, settle, tidy
from pytest_selfmod_guard.stages.read._combine import combine, remaining
from pytest_selfmod_guard.stages.reconcile import Past, Stamp, head_of, last_known, reconcile
from pytest_selfmod_guard.stages.record import record
from pytest_selfmod_guard.stages.wait import wait
from pytest_selfmod_guard.stages.waive import weigh

Reader = Callable[[Git], Change]
"""Something that reads a proposed change, such as ``read.staged``."""

_NOTHING = Evidence((), (), (), ())


class Asked(NamedTuple):
    """How a caller wants a change judged; the defaults are the policy's own."""

    tightening: Tightening = Tightening()
    only: frozenset[str] = frozenset()
    """Ids of the rules to ask; empty for all of them."""
    exhaustive: bool = False
    """Ask every rule about every file, even where it provably cannot fire."""
    modifies: bool = False
    """It lands if it passes: so the pre-flight has to let it, and it is counted."""


class Guard:
    """Judges proposed changes to one project by the policy of their base."""

    def __init__(
        self,
        context: Context,
        *,
        journal: Journal | None = None,
        measure: Callable[[str], Reading] = measure,
    ) -> None:
        """
        Guard the project around a directory.

        :param journal: where attempts are written down; by default what the
            policy says, and that is a file in the repository's git folder
        :param measure: how to find out how the machine is, where that is asked
        """
        self.context = context
        self.git = Git(context.directory, context.environ)
        self.measure = measure
        self._keeping = Keeping(context, self.git, journal)

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
            tip = head_of(self.git)
            past = self._reconciled(tip, is_new=is_new)
            if is_new:
                settle(self.git, self.ledger, tip)
        except GuardError as error:
            return self._judge(partial(_fail, error), "reconcile", Asked())[1]
        return past.receipt

    def wait_until_allowed(self, timeout: float | None = None) -> tuple[PreflightResult, ...]:
        """
        Wait until the pre-flight lets something be modified.

        It begins nothing: whoever is faster may still be let through first.

        :param timeout: seconds to wait at most; None for as long as it takes
        :returns: what the pre-flight said at last
        :raises NotNow: it still lets nothing through, and why
        :raises CouldNotJudge: that cannot be told
        """
        return wait(self._look_now, self.context, timeout)

    def note(self, told: Receipt) -> None:
        """
        Write down what a door made of a judgement, or of one that did not end.

        :param told: no pass: a door can take one back, and cannot give one
        :raises JournalError: it cannot be kept
        """
        if told.decision == "allowed":
            raise ValueError("only the guard itself allows a change")
        record(told, self.journal)

    @property
    def journal(self) -> Journal:
        """
        Where attempts are written down.

        :raises CouldNotJudge: it cannot be told where that is, or be opened
        """
        return self._keeping.journal()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said about the journal, once it was opened."""
        return self._keeping.notes

    @property
    def ledger(self) -> Ledger:
        """The state of the system, as the journal tells it."""
        return self._keeping.ledger()

    def rules(self) -> tuple[Rule, ...]:
        """Give every rule that judges here: ours, and those that HEAD's policy names."""
        try:
            own = local_rules(self.policy(), read.rest(self.git, read.trusted(self.git)))
        except ReadError:
            own = ()  # outside of a repository there are only ours
        return (*all_rules(), *own)

    def policy(self) -> Policy:
        """Give the policy that HEAD holds."""
        return policies.load(read.trusted(self.git), self.git.prefix())

    def base_in_force(self) -> Base | None:
        """Give the last commit that came through a door, which is HEAD if it did; None for none."""
        commit = last_known(self.git, self.journal, head_of(self.git))
        return None if commit is None else read.trusted(self.git, commit)

    def policy_in_force(self) -> Policy:
        """Give the policy of the last commit that came through a door: HEAD's, if it did."""
        base = self.base_in_force()
        return policies.load(base, self.git.prefix()) if base else Policy()

    def _look_now(self) -> Flight:
        policy = self.policy_in_force()
        if tidy(self.ledger, policy):
            self._tell("breaker-opened", policy)
        state = self.ledger.state()
        policy, _ = self._enforced(policy)
        flight = look(state, policy, reading=self.measure(self.context.directory))
        return flight if policy.mode == "enforce" else flight._replace(refusal=None)

    def _enforced(self, policy: Policy) -> tuple[Policy, tuple[str, ...]]:
        """Let a policy only warn where the guard is turned off, and say so; never in CI."""
        if is_ci(self.context.environ):  # whose answer must not hang on what is kept there
            return policy, ()
        return unless_disabled(policy, self.ledger.state())

    def _judge(self, reader: Reader, source: str, asked: Asked) -> tuple[Verdict, Receipt]:
        return self._attempt(lambda: self._with_past(reader(self.git), asked), source, asked)

    def _with_past(self, change: Change, asked: Asked) -> Case:
        """Reconcile first: what came past the doors is judged with what is asked about."""
        self._keeping.journal(change.base)
        if asked.only:  # some rules are no gate, and leave the history to one that is
            return self._case(change, Past())
        is_next = is_ahead(change)
        past = self._reconciled(change.base.commit if is_next else head_of(self.git))
        if past.net and is_next:
            # What a merge adds is no continuation of what is there, and an amendment is no merge.
            if change.head == "index" and change.base.commit == head_of(self.git):
                change = read.staged(self.git, is_whole=True)._replace(why=change.why)
            case = self._case(remaining(combine(past.net, change)), past)
            digest = combine(past.line or past.net, change).digest
            return case._replace(digest=digest, asked=change)
        return self._case(change, past._replace(net=None))

    def _reconciled(self, tip: str, *, is_new: bool = False) -> Past:
        stamp = Stamp(self.context.clock(), self.context.new_id())
        named = self.journal.last("ungated")
        past = reconcile(self.git, self.journal, tip, stamp, self._judge_past, is_new=is_new)
        if past.accused and self.journal.last("ungated") != named:
            past = past._replace(notes=(*past.notes, *self._tell_of(past.accused)))
        return past

    def _tell_of(self, accused: tuple[Origin, ...]) -> tuple[str, ...]:
        """Tell of commits that went round, by a policy that none of them has made."""
        try:
            return self._tell("ungated", self.policy_in_force(), commits=accused)
        except GuardError as error:
            return (f"Nobody was told of what went round the hook ({error}).",)

    def _judge_past(self, net: Change, accused: tuple[Origin, ...], agent: Actor | None) -> Receipt:
        past = Past(net=net, accused=accused, agent=agent)
        return self._attempt(lambda: self._case(remaining(net), past), net.source, Asked())[1]

    def _case(self, change: Change, past: Past) -> Case:
        actor = attribute(self.context.environ, read.identities(self.git, change))
        seen = past.agent or actor if past.net else actor
        return Case(change, seen, past, by=actor)

    def _attempt(
        self, read_case: Callable[[], Case], source: str, asked: Asked
    ) -> tuple[Verdict, Receipt]:
        attempt = Attempt(self.context, source)
        try:
            verdict = self._judged(attempt, read_case, asked)
            return self._recorded(attempt, verdict, asked)
        except BaseException as error:
            is_wanted = isinstance(error, KeyboardInterrupt | UsageError)
            self._give_up(attempt, "interrupted" if is_wanted else "crashed")
            raise

    def _judged(self, attempt: Attempt, read_case: Callable[[], Case], asked: Asked) -> Verdict:
        try:
            attempt.case = read_case()
            return self._verdict(attempt, attempt.case, asked)
        except UsageError:
            raise
        except GuardError as error:
            return undecided(_NOTHING._replace(preflight=attempt.flight.results), error)

    def _give_up(self, attempt: Attempt, outcome: str) -> None:
        """Close what has begun, so that nobody waits for it; why it ends is known already."""
        if attempt.is_open:
            with suppress(GuardError):
                if attempt.abandon(self.ledger, outcome):
                    self._tell("breaker-opened", attempt.policy)

    def _verdict(self, attempt: Attempt, case: Case, asked: Asked) -> Verdict:
        change, past = case.change, case.past
        of_base, notes = policy_for(change, self.git.prefix(), is_past=past.net is not None)
        waiving = waiving_policy(self.git, change.base, of_base)
        actor, said = self._author(case, waiving)
        attempt.case = case = case._replace(actor=actor)
        policy = asked.tightening.of(of_base)
        policy, off = self._enforced(policy)
        attempt.policy = policy
        notes = (*change.notes, *notes, *said, *off, *past.notes, *self._keeping.notes)
        rules = self._rules(asked, of_base, change)
        is_next = is_ahead(change) and not asked.only
        if is_next:
            attempt.case = case = case._replace(base=base_on(self.git, change.base.commit))
        if is_next and (refusal := attempt.fly(self.ledger, modifies=asked.modifies)):
            told = Evidence((), attempt.flight.results, (), notes)
            verdict: Verdict = refused(told, refusal)
            return _with_layers(verdict, layers_of(verdict, (), attempt.flight.layers))
        if attempt.flight.is_open and attempt.flight.with_caution:
            policy = careful(policy)
        looking = Looking(self.git, policy, rules, asked.tightening.patterns, asked.exhaustive)
        usual, now = attempt.history(self.ledger) if is_next else NOTHING, self.context.clock()
        findings, more = looking.over(change, usual, now, is_whole=not asked.only)
        evidence = Evidence(findings, attempt.flight.results, (), (*notes, *more))
        approved = Approved(self.git, change.base, waiving, now)
        verdict = weigh(evidence, case, approved, looking)
        if past.net:
            committed = past.receipt.findings if past.receipt else findings
            verdict = spare(verdict, committed, actor, of_base)
        return _with_layers(verdict, layers_of(verdict, rules, attempt.flight.layers))

    def _rules(self, asked: Asked, policy: Policy, change: Change) -> tuple[Rule, ...]:
        if asked.only:
            return rules_called(asked.only)
        return (*all_rules(), *local_rules(policy, read.rest(self.git, change.base)))

    def _author(self, case: Case, policy: Policy) -> tuple[Actor, tuple[str, ...]]:
        """Take for a known human whose commits are all signed, unless an agent's mark is there."""
        if case.actor.kind != "unknown":
            return case.actor, ()
        now = self.context.clock()
        known, notes = known_author(self.git, case.change, policy, now)
        if known is None and is_ahead(case.change):
            known = agent_before(self.journal, case.change, now)
        return known or case.actor, notes

    def _recorded(
        self, attempt: Attempt, verdict: Verdict, asked: Asked
    ) -> tuple[Verdict, Receipt]:
        told = attempt.tell(verdict)
        try:
            if attempt.close(self.ledger, told, verdict, asked.only):
                said = self._tell("breaker-opened", attempt.policy, attempt=told.attempt)
                told = told._replace(notes=(*told.notes, *said))
        except GuardError as error:
            # What left no record is no pass. Why it could not be judged comes first.
            if not isinstance(verdict, Undecided):
                verdict = undecided(verdict.evidence, error)
                told = attempt.tell(verdict)
            self._give_up(attempt, "undecided")
            with suppress(GuardError):
                record(told, self.journal, asked.only)
        return verdict, told

    def _tell(self, event: str, policy: Policy, **details: object) -> tuple[str, ...]:
        """Tell whoever the policy names; give a note where that did not get through."""
        told = {"event": event, "at": self.context.clock(), **details}
        if not policy.notify:
            return ()
        folder, environ = self.git.top(), self.context.environ
        said = notify(policy.notify, told, folder=folder, environ=environ)
        return (said,) if said else ()


def _with_layers(verdict: Verdict, layers: tuple[Layer, ...]) -> Verdict:
    return verdict._replace(evidence=verdict.evidence._replace(layers=layers))


def _fail(error: GuardError, _: Git) -> Change:
    raise error
