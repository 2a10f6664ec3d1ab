"""
Shows the system again and again, and measures the machine each time.

On a terminal it has a screen of its own, which is given back on every way out;
elsewhere it writes one block, or one line of JSON, for each look.
"""

from __future__ import annotations

import json
import select
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.alternate import alternate_screen
from pytest_selfmod_guard.doors._system.screen import screen
from pytest_selfmod_guard.doors._system.words import clip, when, width, wrap
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.model import as_json as json_of
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.status import Status
from pytest_selfmod_guard.system import System

_SHORTEST = 0.1  # seconds between two looks, however long one takes
_PIECE = 0.5
_Show = Callable[[Status, str], None]


def watch(system: System, context: Context, interval: float, *, as_json: bool) -> NoReturn:
    """
    Show it until somebody ends that.

    :param interval: seconds from one look to the next
    :raises GuardError: it cannot be read to begin with; later that is shown, and no end
    """
    with ExitStack() as stack:
        on_screen = sys.stdout.isatty() and not as_json
        if on_screen:
            stack.enter_context(alternate_screen(sys.stdout))
        show = _on_screen(context) if on_screen else _as_stream(context, as_json=as_json)
        last: Status | None = None
        while True:
            began = context.clock()
            last = _look(system, last, show)
            spent = min(max(0.0, context.clock() - began), interval)
            _wait(max(_SHORTEST, interval - spent))


def _look(system: System, last: Status | None, show: _Show) -> Status:
    """Measure and show; a journal that is busy or away for a while is said, and not the end."""
    note = _sampled(system)
    try:
        last = system.status()
    except GuardError as error:
        if last is None:
            raise
        note = f"as it was, for now it cannot be read: {error}"
    show(last, note)
    return last


def _sampled(system: System) -> str:
    try:
        return "; ".join(system.health().notes)
    except GuardError as error:
        return f"this look at the machine was not kept: {error}"


def _on_screen(context: Context) -> _Show:
    pen = Pen(context.environ)

    def show(status: Status, note: str) -> None:
        size, now = shutil.get_terminal_size(), context.clock()
        columns = size.columns
        said = clip(f"looked at {when(now)}; Ctrl-C ends it", columns)
        end = wrap(inert(note), columns, 2)[: size.lines] if note else [said]
        lines = [*screen(status, now, columns, pen)[: size.lines - len(end)], *end]
        frame = "\n".join(f"{line}\x1b[K" for line in lines)
        sys.stdout.write(f"\x1b[H{_fit(frame)}\x1b[J")
        sys.stdout.flush()

    return show


def _as_stream(context: Context, *, as_json: bool) -> _Show:
    pen, columns = Pen(context.environ), width(context.environ)

    def show(status: Status, note: str) -> None:
        if as_json:
            say(json.dumps(json_of(status)))
        else:
            say("\n".join([*screen(status, context.clock(), columns, pen), ""]))
        if note:
            sys.stderr.write(f"selfmod-guard: {inert(note)}\n")

    return show


def _fit(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _wait(seconds: float) -> None:
    """Wait for the next look, or less if nobody reads any more."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        # In pieces: a signal that comes just before a wait is only seen after it.
        if _has_gone(min(left, _PIECE)):
            raise BrokenPipeError


def _has_gone(seconds: float) -> bool:
    """Tell whether the reader goes meanwhile."""
    if not hasattr(select, "poll"):
        time.sleep(seconds)
        return False
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    return bool(reader.poll(seconds * 1000))
