"""``selfmod-guard audit verify``: whether the journal, or a copy, says what was written down."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from itertools import chain
from shlex import quote

from pytest_selfmod_guard.doors._audit.events import events_in
from pytest_selfmod_guard.doors._audit.progress import counted
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, JournalError, ReadError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import as_json, inert
from pytest_selfmod_guard.stages.anchor import Anchor, anchors
from pytest_selfmod_guard.stages.verify import Verified, recount, verified, verify

SCHEMA_VERSION = 1

_SHORT = 10
_LOOKED_AT, _AROUND = 50, 10  # events
_HIGHEST = (1 << 63) - 1  # number that a store can be asked for
_UNANCHORED = (
    "nothing is anchored, so it would not show if all of it had been made anew;"
    " to anchor it: selfmod-guard audit export --anchor"
)

_MENDED = "the events win: the state was counted anew from them, and holds from now on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``audit verify`` understands."""
    parser.add_argument("--export", metavar="FILE", help="check a copy instead of the journal")
    parser.add_argument(
        "--since",
        type=_number,
        default=0,
        metavar="SEQ",
        help="check only what came after this event, and take the event itself as it is",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to show it")


def main(args: argparse.Namespace, guard: Guard) -> int:
    """Check, say what was found, and map it to an exit code."""
    found, first = _of_copy(args, guard.git) if args.export else (_of_journal(args, guard), 1)
    if args.format == "text":
        say("\n  ".join(_lines(found, "the copy" if args.export else "the journal")))
    is_mended, reason = (False, "") if args.export else _mended(guard, found)
    if args.format == "json":
        more = {"recounted": is_mended, "reason": reason, "notes": as_json(guard.notes)}
        say(json.dumps(_told(found) | more, indent=2))
    else:
        said = [_MENDED] if is_mended else [reason] if reason else []
        for line in (*said, *_next(args, found, first)):
            say(f"  {line}")
        for note in guard.notes:
            say(f"note: {inert(note)}")
    return EXIT_ALLOWED if found.holds else EXIT_DENIED


def _of_copy(args: argparse.Namespace, git: Git) -> tuple[Verified, int]:
    """Check a copy, and tell the number of the event with which it begins."""
    events = iter(counted(events_in(args.export), sys.stderr))
    first = next(events)  # an empty copy is an error
    anchored = _anchors_here(git)
    found = verified(chain([first], events), anchored, since=args.since, is_copy=True)
    return found, first.seq


def _of_journal(args: argparse.Namespace, guard: Guard) -> Verified:
    watch = partial(counted, stream=sys.stderr)
    return verify(guard.journal, anchors(guard.git), since=args.since, watch=watch)


def _mended(guard: Guard, found: Verified) -> tuple[bool, str]:
    """Tell whether the state was counted anew, or why it could not be."""
    try:
        return recount(guard.ledger, found), ""
    except JournalError as error:  # no reason to hide what was found, or to end as if it was not
        return False, inert(f"could not be mended: {error} ({error.slug})")


def _next(args: argparse.Namespace, found: Verified, first: int) -> Iterator[str]:
    """Say what to type next, where something is wrong."""
    if found.holds:
        return
    if not args.export:
        back = found.last - found.wrong.seq + _AROUND if found.wrong else 0
        yield f"look at it: selfmod-guard audit tail -n {max(_LOOKED_AT, back)}"
        return
    if first > 1 and not args.since:
        part = f"--export {quote(args.export)} --since {first - 1}"
        yield f"a copy of what came later: selfmod-guard audit verify {inert(part)}"
    else:
        yield "ask the journal itself: selfmod-guard audit verify"


def _many(found: Verified) -> str:
    return f"{found.events:,} {'event' if found.events == 1 else 'events'}"


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _HIGHEST:
        raise argparse.ArgumentTypeError(f"no event has the number {number}")
    return number


def _anchors_here(git: Git) -> tuple[Anchor, ...]:
    """Give the anchors of the repository one stands in; a copy may be checked outside of any."""
    try:
        return anchors(git)
    except ReadError as error:
        if error.slug != "not-a-repository":
            raise
        return ()


def _told(found: Verified) -> dict[str, object]:
    checked = [one.anchor._asdict() | {"what": one.what} for one in found.anchors]
    told = as_json(found) | {"anchors": checked, "holds": found.holds}
    del told["counted"]
    return {"schema_version": SCHEMA_VERSION, **told}


def _lines(found: Verified, name: str) -> Iterator[str]:
    if found.missing:
        yield f"{name} does not hold: {found.missing}"
    elif found.wrong:
        wrong = found.wrong
        yield f"{name} does not hold: event {wrong.seq} is the first that is wrong"
        yield inert(f"kind {wrong.kind}, attempt {wrong.attempt or '-'}: {wrong.what}")
        yield f"{_many(found)} {'was' if found.events == 1 else 'were'} read"
    elif not found.holds:
        yield f"{name} does not hold: something was anchored that is not in it any more"
        yield f"each of {_many(found)} follows from the one before"
    elif not found.events:
        yield _nothing(found)
    else:
        each = "" if found.events == 1 else "each "
        yield f"{name} holds: {_many(found)}, {each}as it was written down"
        if found.since:
            yield f"what came up to event {found.since} was taken as it is"
        yield f"event {found.last}, the last one, has the hash {found.head}"
    yield from _anchored(found)


def _nothing(found: Verified) -> str:
    if found.since:
        return f"nothing came after event {found.since}"
    return "nothing was written down yet"


def _anchored(found: Verified) -> Iterator[str]:
    for anchor, what in found.anchors:
        if what:
            yield f"event {anchor.seq}, anchored on commit {anchor.commit[:_SHORT]}: {what}"
    fine = sum(not one.what for one in found.anchors)
    if fine:
        yield f"{fine} anchored {'event is' if fine == 1 else 'events are'} as anchored"
    if found.later:
        yield f"{found.later} of later events: the copy is older than these anchors, or was cut"
    if found.holds and found.events and not found.anchors:
        yield _UNANCHORED
