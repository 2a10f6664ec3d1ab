"""One look at the unknown part of a history: who is in it, what is judged, what is known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pytest_selfmod_guard.git import Commit, Git, Objects
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.model import Change, Origin, Receipt
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
)
from pytest_selfmod_guard.stages.record import Journal

_TOO_MANY = (
    f"More than {MOST:,} commits have no verdict: what they change in all was judged,"
    " and the older ones were not looked at one by one."
)


class Look:
    """Looks at the commits that lead to a tip, once."""

    def __init__(
        self, git: Git, objects: Objects, journal: Journal, stamp: Stamp, judge: Judge
    ) -> None:
        """Take what :func:`reconcile` was handed."""
        self._git = git
        self._objects = objects
        self._journal = journal
        self._known = Known(journal)
        self._stamp = stamp
        self._judge = judge

    def at(self, tip: str) -> Past:
        """Judge what is unknown, and write down what is known from now on."""
        history = unknown_part(self._git, self._objects, tip, self._known.tips())
        found = sort(self._git, self._objects, self._known, history)
        fetched = self._fetched(history, found)
        asked = self._parts(history, found)
        if asked and found.are_many and self._is_through(asked[0], found):
            found, asked = found._replace(left=(), accused=()), []
        told = [self._judge(part.change, _origins(part.commits, found)) for part in asked]
        blocked = _blocked(history, asked, told)
        self._journal.append(
            *self._landed(tip, history, found, blocked),
            *accusations(found, self._known, self._stamp, _decisions(asked, told)),
        )
        return _past(
            told or [one._replace(enforced=False) for one in fetched.receipts],
            self._net(history, asked, blocked),
            tuple(origin_of(commit) for commit in found.accused),
            (*fetched.notes, *warnings(told), *([_TOO_MANY] if asked and history.is_cut else [])),
        )

    def _fetched(self, history: History, found: Sorted) -> Fetched:
        is_ours = any(commit.oid in history.fetched for commit in found.accused)
        return look_at(
            self._git,
            self._objects,
            history,
            lambda change: self._judge(change, ()),
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
        self, history: History, asked: Sequence[Part], blocked: AbstractSet[str]
    ) -> Change | None:
        """Read what does not pass, with all that was built on it."""
        if not blocked:
            return None
        if asked[0].is_whole:
            return asked[0].change
        return net(self._git, last_known(history.ours, blocked), history.ours[-1].oid)

    def _landed(
        self, tip: str, history: History, found: Sorted, blocked: AbstractSet[str]
    ) -> Iterator[Entry]:
        if not history.ours and not history.fetched:
            yield self._stamp.entry(LANDED, tip, how="ancestor")
        for oid in reversed(history.tips):
            yield self._stamp.entry(LANDED, oid, how="fetched")
        judged = {commit.oid for commit in found.left}
        for commit in history.ours:
            if commit.oid not in blocked:
                how = "judged" if commit.oid in judged else "gated"
                yield self._stamp.entry(LANDED, commit.oid, how=how)


def _past(
    receipts: Sequence[Receipt],
    net_: Change | None,
    accused: tuple[Origin, ...],
    notes: tuple[str, ...],
) -> Past:
    if not receipts:
        return Past(None, net_, accused, notes)
    told = summary(receipts)
    said = told._replace(ungated=accused, notes=(*told.notes, *notes))
    return Past(said, net_, accused, notes)


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
