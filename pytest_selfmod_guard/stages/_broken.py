"""What is wrong with one event of a journal, and what that may mean, in a sentence."""

from __future__ import annotations

import math

from pytest_selfmod_guard.journals import Event

NO_OBJECT = "what it says is no JSON object: it was not written by the guard"
NO_STATE = "it changes the state and carries none: another program wrote it"
ODD_STATE = "it carries a state that nothing of its kind changes: another program wrote it"
WRONG_STATE = (
    "the state that it carries is not what the events up to it lead to: the state was forged and"
    " the hashes made anew, or a version of the guard wrote it that counts otherwise"
)

_TYPES = [int, float, *[str] * 7]
_NEAR = 1000  # numbers up and down in which the old place of a moved event is looked for


def broken(event: Event, seq: int, prev: str | None) -> str:
    """
    Say what is wrong with an event behind another; empty where nothing is.

    :param seq: the number of the one before
    :param prev: its hash; None where that is not known and any will do
    """
    if event.seq != seq + 1:
        return _misplaced(event.seq, seq)
    if _is_odd(event):
        return "a part of it is of the wrong type: another program wrote it"
    if event.hash != event.follows:
        return _altered(event)
    if prev not in (None, event.prev):
        return f"it does not follow from event {seq}: that one was exchanged, or all from here on"
    return ""


def _misplaced(found: int, seq: int) -> str:
    if found < 1:
        return "no event has a number below 1: it was put in by hand"
    if found <= seq:
        return f"it stands behind event {seq}: events were put in twice, or out of order"
    if found == seq + 2:
        return f"event {seq + 1} is missing before it: it was deleted"
    return f"events {seq + 1} to {found - 1} are missing before it: they were deleted"


def _is_odd(event: Event) -> bool:
    """Tell whether a store kept something that is no text where there has to be one."""
    return [type(part) for part in event] != _TYPES or not math.isfinite(event.at)


def _altered(event: Event) -> str:
    near = range(max(1, event.seq - _NEAR), event.seq + _NEAR)
    was = next((seq for seq in near if event._replace(seq=seq).follows == event.hash), None)
    if was is None:
        return "its hash is not that of what it says: it was edited, or the disk is failing"
    return f"it was written as event {was}: it was swapped with another one, or moved"
