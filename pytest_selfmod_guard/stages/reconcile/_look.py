"""One look at the unknown part of a history: who is in it, what is judged, what is known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.model import Actor, Change, Origin, Receipt
from pytest_selfmod_guard.stages.read._steps import origin_of
from pytest_selfmod_guard.stages.reconcile._accuse import accusations
from pytest_selfmod_guard.stages.reconcile._fetched import Fetched, look_at
from pytest_selfmod_guard.stages.reconcile._gated import Sorted, sort
from pytest_selfmod_guard.stages.reconcile._history import MOST, History, unknown_part
from pytest_selfmod_guard.stages.reconcile._known import LANDED, Known
from pytest_selfmod_guard.stages.reconcile._past import Judge, Past, Stamp
from pytest_selfmod_guard.stages.reconcile._summary import passes, summary, warnings
from pytest_selfmod_guard.stages.reconcile._unjudged import (
    Part,
    last_known,
    nearest_known,
    net,
    parts,
    with_merges,
)

_TOO_MANY = (
    f"More than {MOST:,} commits have no verdict: what they change in all was judged,"
    " and the older ones were not looked at one by one."
)


class Look:
    """Looks at the commits that lead to a tip, once."""

    def __init__(
        self,
        git: Git,
        objects: Objects,
        journal: Journal,
        stamp: Stamp,
        judge: Judge,
        *,
        is_new: bool,
    ) -> None:
        """Take what :func:`reconcile` was handed."""
        self._is_new = is_new
        self._git = git
        self._objects = objects
        self._journal = journal
        self._known = Known(journal)
        self._stamp = stamp
        self._judge = judge

    def at(self, tip: str) -> Past:
        """Judge what is unknown, and write down what is known from now on."""
        history = unknown_part(self._git, self._objects, tip, self._known)
        is_watched = self._is_new or self._known.has_gate()
        found = sort(self._git, self._objects, self._known, history, is_watched=is_watched)
        fetched = self._fetched(history, found)
        asked = self._parts(history, found)
        if asked and found.are_many and self._is_through(asked[0], found):
            found, asked = found._replace(left=(), accused=()), []
        agents = [self._agent(part.commits) for part in asked]
        told = [
            self._judge(part.change, _origins(part.commits, found), agent)
            for part, agent in zip(asked, agents, strict=True)
        ]
        blocked = _blocked(history, asked, told)
        self._write(
            *self._landed(tip, history, found, asked, blocked),
            *accusations(
                found,
                self._known,
                self._stamp,
                _decisions(asked, told),
                {tip: self._git.environ} if self._is_new else {},
            ),
        )
        return _past(
            told or [one._replace(enforced=False) for one in fetched.receipts],
            self._net(history, found, asked, blocked),
            tuple(origin_of(commit) for commit in found.accused),
            (*fetched.notes, *warnings(told), *([_TOO_MANY] if asked and history.is_cut else [])),
            next(filter(None, agents), None),
        )

    def _write(self, *entries: Entry) -> None:
        """Write down what another door has not said meanwhile about the same commits."""
        if entries:
            with self._journal.turn() as turn:
                said = {
                    (one.kind, one.subject) for new in entries for one in turn.about(new.subject)
                }
                turn.append(*(new for new in entries if (new.kind, new.subject) not in said))

    def _agent(self, commits: Sequence[Commit]) -> Actor | None:
        """Give the agent that was seen at one of some commits."""
        seen = (self._known.agent_at(commit.oid) for commit in reversed(commits))
        return next(filter(None, seen), None)

    def _fetched(self, history: History, found: Sorted) -> Fetched:
        is_ours = any(commit.oid in history.fetched for commit in found.accused)
        return look_at(
            self._git,
            self._objects,
            history,
            lambda change: self._judge(change, (), None),
            however_large=is_ours,
        )

    def _parts(self, history: History, found: Sorted) -> list[Part]:
        """Read what has no verdict, against the last known commit, which judges it."""
        if not found.left:
            return []
        if history.is_cut:
            tip, known = found.left[-1].oid, self._known.tips()
            base = nearest_known(self._git, self._objects, tip, known)
        else:
            base = last_known(history.ours, {commit.oid for commit in found.left})
        return parts(self._git, found.left, base, as_one=found.are_many)

    def _is_through(self, whole: Part, found: Sorted) -> bool:
        """Tell whether many commits were judged as one, and none of them in secret."""
        change, tip = whole.change, whole.commits[-1]
        return self._known.allows(change.base.commit, change.digest) and all(
            self._known.is_named(commit.oid) for commit in found.accused if commit != tip
        )

    def _net(
        self, history: History, found: Sorted, asked: Sequence[Part], blocked: AbstractSet[str]
    ) -> tuple[Change, Change] | None:
        """Read what does not pass, with all that was built on it; and the same as a line."""
        if not blocked:
            return None
        if asked[0].is_whole:
            return asked[0].change, asked[0].change
        # Not from one that was only let be: its policy must not judge what came after it.
        unknown = blocked | {commit.oid for commit in found.left}
        base, tip = last_known(history.ours, unknown), history.ours[-1].oid
        refused = [part for part in asked if part.commits[-1].oid in blocked]
        line = net(self._git, base, tip)
        return with_merges(self._git, line, refused, tip), line

    def _landed(
        self,
        tip: str,
        history: History,
        found: Sorted,
        asked: Sequence[Part],
        blocked: AbstractSet[str],
    ) -> Iterator[Entry]:
        """Give what is known from now on: not what passes only with what came after it."""
        if not history.ours and not history.fetched:
            yield self._stamp.entry(LANDED, tip, how="ancestor")
        for oid in reversed(history.tips):
            yield self._stamp.entry(LANDED, oid, how="fetched")
        judged = {commit.oid for commit in found.left}
        along = found.covered.union(*(part.along for part in asked))
        for commit in history.ours:
            if commit.oid not in blocked and commit.oid not in along:
                how = "judged" if commit.oid in judged else "gated"
                yield self._stamp.entry(LANDED, commit.oid, how=how)


def _past(
    receipts: Sequence[Receipt],
    net_: tuple[Change, Change] | None,
    accused: tuple[Origin, ...],
    notes: tuple[str, ...],
    agent: Actor | None,
) -> Past:
    whole, line = net_ or (None, None)
    if not receipts:
        return Past(None, whole, accused, notes, line, agent)
    told = summary(receipts)
    said = told._replace(ungated=accused, notes=(*told.notes, *notes))
    return Past(said, whole, accused, notes, line, agent)


def _origins(commits: Sequence[Commit], found: Sorted) -> tuple[Origin, ...]:
    return tuple(origin_of(commit) for commit in commits if commit in found.accused)


def _blocked(history: History, asked: Sequence[Part], told: Sequence[Receipt]) -> set[str]:
    """Give what does not pass, and what was built on it."""
    blocked = {
        commit.oid
        for part, receipt in zip(asked, told, strict=True)
        if not passes(receipt)
        for commit in part.commits
    }
    for commit in history.ours:
        if not blocked.isdisjoint(commit.parents):
            blocked.add(commit.oid)
    return blocked


def _decisions(asked: Sequence[Part], told: Sequence[Receipt]) -> dict[str, str]:
    return {
        commit.oid: receipt.decision
        for part, receipt in zip(asked, told, strict=True)
        for commit in part.commits
    }
