"""``selfmod-guard audit export``: a copy of the journal that anybody can check."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress

from pytest_selfmod_guard.doors._audit.events import as_line, source_of
from pytest_selfmod_guard.errors import EXIT_ALLOWED, JournalError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals import Event, Journal
from pytest_selfmod_guard.stages import anchor
from pytest_selfmod_guard.stages.verify import BEFORE_ALL

_SHORT = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``audit export`` understands."""
    parser.add_argument("--output", metavar="FILE", help="where to; standard output without")
    parser.add_argument("--since", type=int, metavar="SEQ", help="only what came after this event")
    parser.add_argument(
        "--anchor",
        action="store_true",
        help="also write the last hash into a git note on HEAD, to be pushed elsewhere",
    )


def main(args: argparse.Namespace, journal: Journal, git: Git) -> int:
    """Export, then anchor what was exported last."""
    since = BEFORE_ALL if args.since is None else args.since
    if args.output:
        last = _to_file(args.output, lambda write: _export(journal, since, write))
    else:
        last = _export(journal, since, sys.stdout.write)
        sys.stdout.flush()
    if args.anchor:
        _anchor(git, last or journal.head())
    elif last is None:
        sys.stderr.write("selfmod-guard: nothing was written down yet behind that\n")
    return EXIT_ALLOWED


def _export(journal: Journal, since: int, write: Callable[[str], object]) -> Event | None:
    source = source_of(next(journal.events(BEFORE_ALL), None))
    last = None
    for last in journal.events(since):
        write(as_line(last, source))
    return last


def _anchor(git: Git, event: Event | None) -> None:
    if event is None:
        raise anchor.nothing("nothing was written down yet")
    made = anchor.anchor(git, event)
    # Standard output may be the export itself.
    sys.stderr.write(
        f"selfmod-guard: anchored event {made.seq} ({made.hash[:_SHORT]}) in a note on commit "
        f"{made.commit[:_SHORT]}\n  to keep it where nobody here can change it: "
        f"git push origin {anchor.REF}\n"
    )


def _to_file(path: str, export: Callable[[Callable[[str], object]], Event | None]) -> Event | None:
    """Write a file that is there whole or not at all."""
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise _unwritable(path, "it is there, and is no regular file")
    part = ""
    try:
        handle, part = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".selfmod-guard-")
        with open(handle, "w", encoding="ascii") as file:
            last = export(file.write)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            os.unlink(part)
    return last


def _unwritable(path: str, why: str) -> JournalError:
    return JournalError(
        "export-unwritable",
        f"the export cannot be written ({why})",
        context=path,
        hint="make room, or name another file: selfmod-guard audit export --output FILE",
    )
