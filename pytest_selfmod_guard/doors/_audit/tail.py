"""``selfmod-guard audit tail``: what happened last."""

from __future__ import annotations

import argparse
import select
import sys
import time
from collections.abc import Iterator

from pytest_selfmod_guard.doors._audit.events import as_line, source_of
from pytest_selfmod_guard.doors._audit.line import for_people
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, JournalError
from pytest_selfmod_guard.journals import Event, Journal
from pytest_selfmod_guard.stages.verify import BEFORE_ALL

_PAUSE = 1.0  # seconds between two looks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``audit tail`` understands."""
    parser.add_argument(
        "-n", "--count", type=_count, default=20, metavar="N", help="so many events; 20 without"
    )
    parser.add_argument("--follow", action="store_true", help="go on with what happens from now on")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: the lines of an export"
    )


def main(args: argparse.Namespace, journal: Journal) -> int:
    """Print the last events, and if asked each new one, until the reader goes."""
    head = journal.head()
    if head is None:
        sys.stderr.write("selfmod-guard: nothing was written down yet\n")
    shown = max(BEFORE_ALL, head.seq - args.count) if head else BEFORE_ALL
    source = ""
    for event in _events(journal, shown, follow=args.follow):
        if args.format == "json":
            source = source or source_of(next(journal.events(BEFORE_ALL), None))
            say(as_line(event, source).rstrip("\n"))
        else:
            say(for_people(event))
    return EXIT_ALLOWED


def _events(journal: Journal, shown: int, *, follow: bool) -> Iterator[Event]:
    while True:
        for event in journal.events(shown):
            yield event
            shown = event.seq
        if not follow:
            return
        _pause()
        head = journal.head()
        if shown > 0 and (head is None or head.seq < shown):
            raise JournalError(
                "journal-shorter",
                f"the journal ends before event {shown}, which was there just now",
                context=journal.place,
                hint="see what is left of it: selfmod-guard audit verify",
            )


def _pause() -> None:
    """Wait for the next look, or less if nobody reads any more."""
    if not hasattr(select, "poll"):
        time.sleep(_PAUSE)
        return
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    if reader.poll(_PAUSE * 1000):
        raise BrokenPipeError


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise ValueError(text)
    return count
