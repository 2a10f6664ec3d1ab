"""
Verify: whether the journal still says what was written down.

Reads every event once, oldest first, in the memory of a few: that each follows
from the one before it, that what it says can be read, and that the state which
it carries is what the events up to it lead to. What was anchored elsewhere must
still be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Event, Journal
from pytest_selfmod_guard.stages._chain import Chain
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.anchor import Anchor
from pytest_selfmod_guard.state import as_state

BEFORE_ALL = -(1 << 63)
"""No event is behind this number. Those below 1 were put in by hand, and have to show."""

_MISSING = "there is no such event: the journal was cut off, or it is another one"
_OTHER = "it has another hash: the journal was rewritten up to there"


class Wrong(NamedTuple):
    """An event with which something is wrong."""

    seq: int
    attempt: str
    kind: str
    what: str
    """What is wrong with it, and what that may mean; a sentence without a full stop."""


class Checked(NamedTuple):
    """An anchor, and what came of it."""

    anchor: Anchor
    what: str = ""
    """What is wrong with the event; empty when it is as it was anchored."""


class Verified(NamedTuple):
    """What was found."""

    events: int
    """How many were read."""
    since: int
    """The number of the event behind which it began; 0 for the whole."""
    last: int
    """The number of the last event; 0 when there was none."""
    head: str
    """Its hash; empty when there was none."""
    wrong: Wrong | None
    """The first event with which something is wrong."""
    anchors: tuple[Checked, ...]
    """Those that speak of what was read."""
    later: int = 0
    """Anchors of events that came after a copy was made."""
    counted: str = ""
    """The state that the events lead to, as text, where the journal carries another one now."""
    missing: str = ""
    """That the event behind which it was to begin is not there; a sentence without a full stop."""

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong."""
        is_sound = self.wrong is None and not any(one.what for one in self.anchors)
        return is_sound and not self.missing


def verify(
    journal: Journal,
    anchors: Iterable[Anchor] = (),
    *,
    since: int = 0,
    watch: Callable[[Iterable[Event]], Iterable[Event]] = iter,
) -> Verified:
    """
    Check a journal, or what came after one of its events.

    :param since: the number of that event, which has to be there and is taken
        as it is; 0 for the whole journal
    :param watch: hands on what is read, and may look at it
    :raises JournalError: it cannot be read
    """
    if not since:
        return verified(watch(journal.events(BEFORE_ALL)), anchors)
    events = (event for event in watch(journal.events(since - 1)) if event.seq >= since)
    first = next(events, None)
    if first is None:
        return _ended(journal.head(), verified((), anchors, since=since))
    if first.seq > since:
        found = verified(chain([first], events), anchors, since=since)
        return found._replace(missing=f"event {since} is missing: it was deleted")
    found = verified(events, anchors, since=since)
    return found if found.events else found._replace(last=first.seq, head=first.hash)


def verified(
    events: Iterable[Event],
    anchors: Iterable[Anchor] = (),
    *,
    since: int = 0,
    is_copy: bool = False,
) -> Verified:
    """
    Check events, oldest first.

    :param since: the number of the event before the first; what that one was,
        and the first state, are taken as they are
    :param is_copy: they may end earlier than what is anchored
    :raises JournalError: they cannot be read, or not beyond the one that is named
    """
    chain, waiting = Chain(since), _by_number(anchors, since)
    checked: list[Checked] = []
    wrong, last, count = None, None, 0
    for last in _to_the_end(events):
        count += 1
        what = chain.take(last) if chain.is_sound else ""
        if what and wrong is None:
            wrong = Wrong(last.seq, last.attempt, last.kind, what)
        if found := waiting.pop(last.seq, ()):
            # What is kept as its hash counts for nothing once the chain is broken.
            real = last.follows
            checked += [Checked(one, "" if one.hash == real else _OTHER) for one in found]
    seq, head = (last.seq, last.hash) if last else (0, "")
    left = [one for number in sorted(waiting) for one in waiting[number]]
    later = [one for one in left if is_copy and one.seq > seq]
    checked += [Checked(one, _MISSING) for one in left if one not in later]
    return Verified(count, since, seq, head, wrong, tuple(checked), len(later), chain.counted())


def recount(ledger: Ledger, found: Verified) -> bool:
    """
    Let the events win over a state that they do not lead to.

    It is written down behind them; the wrong one stays where it is, to be seen.

    :param found: what was found of the whole journal; a part begins with a state
        that nobody checked, so it mends nothing
    :returns: False where there is nothing to mend, or something else was written meanwhile
    :raises JournalError: it cannot be written down
    """
    if found.since or not found.counted:
        return False
    with ledger.page() as page:
        if not page.follows(found.last):
            return False
        page.recount(as_state(found.counted), {"since": found.wrong.seq if found.wrong else 0})
    return True


def _ended(head: Event | None, found: Verified) -> Verified:
    """Say of a journal that it ends before the event behind which it was to be checked."""
    if head is None:
        return found._replace(missing=f"the journal is empty, event {found.since} is missing")
    missing = f"the journal ends at event {head.seq}, event {found.since} is missing"
    return found._replace(last=head.seq, head=head.hash, missing=missing)


def _to_the_end(events: Iterable[Event]) -> Iterator[Event]:
    seq = 0
    try:
        for event in events:
            seq = event.seq
            yield event
    except JournalError as error:
        message = f"{error.message}; it can be read up to event {seq}" if seq else error.message
        raise JournalError(error.slug, message, context=error.context, hint=error.hint) from None


def _by_number(anchors: Iterable[Anchor], since: int) -> dict[int, list[Anchor]]:
    waiting: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        if anchor.seq > since:
            waiting.setdefault(anchor.seq, []).append(anchor)
    return waiting
