"""``selfmod-guard audit verify``: whether the journal, or a copy, says what was written down."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from pytest_selfmod_guard.doors._audit.events import events_in
from pytest_selfmod_guard.doors._audit.progress import counted
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, ReadError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import as_json, inert
from pytest_selfmod_guard.stages.anchor import Anchor, anchors
from pytest_selfmod_guard.stages.verify import BEFORE_ALL, Verified, recount, verified

SCHEMA_VERSION = 1

_SHORT = 10
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
        type=int,
        metavar="SEQ",
        help="check only what came after this event, and take the event itself as it is",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to show it")


def main(args: argparse.Namespace, guard: Guard) -> int:
    """Check, say what was found, and map it to an exit code."""
    if args.export:
        events, anchored, name = events_in(args.export), _anchors_here(guard.git), "the copy"
    else:
        journal = guard.journal
        events = journal.events(BEFORE_ALL if args.since is None else args.since)
        anchored, name = anchors(guard.git), "the journal"
    found = verified(
        counted(events, sys.stderr), anchored, since=args.since or 0, is_copy=bool(args.export)
    )
    is_mended = not args.export and recount(guard.ledger, found)
    if args.format == "json":
        say(json.dumps(_told(found) | {"recounted": is_mended}, indent=2))
    else:
        say("\n  ".join((*_lines(found, name), *([_MENDED] if is_mended else []))))
    return EXIT_ALLOWED if found.holds else EXIT_DENIED


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
    if found.wrong:
        wrong = found.wrong
        yield f"{name} does not hold: event {wrong.seq} is the first that is wrong"
        yield inert(f"kind {wrong.kind}, attempt {wrong.attempt or '-'}: {wrong.what}")
        yield f"{found.events:,} events were read"
    elif not found.holds:
        yield f"{name} does not hold: something was anchored that is not in it any more"
        yield f"{found.events:,} events were read, and each follows from the one before"
    elif not found.events:
        yield "nothing was written down yet"
    else:
        yield f"{name} holds: {found.events:,} events, each as it was written down"
        if found.since:
            yield f"what came up to event {found.since} was taken as it is"
        yield f"event {found.last}, the last one, has the hash {found.head}"
    yield from _anchored(found)


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
