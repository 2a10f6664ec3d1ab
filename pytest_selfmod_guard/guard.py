"""
The guard: the one place where order exists.

::

    change --read--> Change --detect--> Finding* --decide--> Verdict --record--> Receipt
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.attribution import attribute
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import GuardError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import (
    LAYERS,
    UNKNOWN_ACTOR,
    Actor,
    Change,
    Denied,
    Evidence,
    Layer,
    Receipt,
    State,
    Undecided,
    Verdict,
)
from pytest_selfmod_guard.policy import Policy, Tightening
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.decide import decide, undecided
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.stages.record import Journal, receipt, record

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

    def policy(self) -> Policy:
        """Give the policy that HEAD holds."""
        return policies.load(read.staged(self.git).base, self.git.prefix())

    def _judge(self, reader: Reader, source: str, asked: Asked) -> tuple[Verdict, Receipt]:
        started, attempt = self.context.clock(), self.context.new_id()
        change: Change | None = None
        actor = UNKNOWN_ACTOR

        def tell(verdict: Verdict) -> Receipt:
            return receipt(
                verdict,
                attempt=attempt,
                at=started,
                seconds=self.context.clock() - started,
                source=source,
                change=change,
                actor=actor,
            )

        verdict: Verdict
        try:
            change = reader(self.git)
            actor = self._actor(change)
            verdict = self._verdict(change, actor, asked)
        except UsageError:
            raise
        except GuardError as error:
            verdict = undecided(_NOTHING, error)
        return self._recorded(verdict, tell)

    def _actor(self, change: Change) -> Actor:
        return attribute(self.context.environ, read.identities(self.git, change))

    def _verdict(self, change: Change, actor: Actor, asked: Asked) -> Verdict:
        policy = asked.tightening.of(policies.load(change.base, self._folder(change)))
        rules = tuple(rule for rule in all_rules() if not asked.only or rule.id in asked.only)
        found = detect(
            change,
            policy,
            rules,
            patterns=asked.tightening.patterns,
            exhaustive=asked.exhaustive,
        )
        evidence = Evidence(found.findings, (), (), (*change.notes, *found.notes))
        verdict = decide(evidence, actor, policy)
        return verdict._replace(evidence=evidence._replace(layers=_layers(verdict, rules)))

    def _folder(self, change: Change) -> str:
        """Give the folder whose policy judges: one's own only for what lies within it."""
        folder = self.git.prefix()
        paths = {path for file in change.files for path in (file.path, file.before)}
        return folder if all(path.startswith(f"{folder}/") for path in paths) else ""

    def _recorded(
        self, verdict: Verdict, tell: Callable[[Verdict], Receipt]
    ) -> tuple[Verdict, Receipt]:
        told = tell(verdict)
        try:
            record(told, self._journal or self._embedded())
        except GuardError as error:
            # What left no record is no pass. Why it could not be judged comes first.
            if not isinstance(verdict, Undecided):
                verdict = undecided(verdict.evidence, error)
                told = tell(verdict)
        return verdict, told

    def _embedded(self) -> Journal:
        return SqliteJournal(os.path.join(self.git.common_dir(), "selfmod-guard"))


def _layers(verdict: Verdict, rules: Iterable[Rule]) -> tuple[Layer, ...]:
    """Say what became of each of the ten protections in a judgement."""
    validity = {rule.id for rule in rules if rule.family == "validity"}
    states = {
        "anomaly detection": _state(verdict, lambda rule: rule not in validity),
        "code validation": _state(verdict, lambda rule: rule in validity)
        if validity
        else State.NOT_RUN,
        "automatic backup": State.NOT_APPLICABLE,
        "post-modification monitor": State.NOT_APPLICABLE,
        "automatic rollback": State.NOT_APPLICABLE,
    }
    return tuple(Layer(name, states.get(name, State.NOT_RUN)) for name in LAYERS)


def _state(verdict: Verdict, concerns: Callable[[str], bool]) -> State:
    because = verdict.because if isinstance(verdict, Denied) else ()
    if any(concerns(finding.rule) for finding in because):
        return State.FAILED
    if any(concerns(finding.rule) for finding in verdict.evidence.findings):
        return State.WARNED
    return State.PASSED
