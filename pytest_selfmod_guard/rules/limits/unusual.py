"""SMG105: the change is far outside what is usual here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_selfmod_guard.history import Done, History, extent, is_ahead
from pytest_selfmod_guard.model import Confidence, Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.limits._outliers import distance, median, strange
from pytest_selfmod_guard.view import View

_FEW = 20
"""Of fewer modifications nothing can be said."""
_MANY = 50
"""Of fewer it can neither be said that something is extreme nor that a folder is new."""
_UNUSUAL, _EXTREME = 2.5, 3.5
_LEAST_CHARS, _LEAST_FILES = 2_000, 8
_NAMED = 3  # folders


@change_rule(
    "SMG105",
    risk=Risk.LOW,
    confidence=Confidence.LOW,
    hint="look whether it does only what was asked for, and split it where it does more",
)
def unusual_for_this_project(view: View) -> Iterator[Sighting]:
    """
    The change is far outside what this actor or this project usually does.

    An agent that is confused or led astray stops doing what it always did. So
    a change is compared with the last 200 modifications that passed, in
    characters and in files: with the actor's own where there are 20 of them,
    else with everybody's, and with fewer than 20 not at all. What is usual is
    the median, and how far from it is usual is the median distance, so that a
    few odd ones in the past move neither. Sizes differ by factors, so it is
    their logarithms that are compared. At a modified z-score of 2.5 a change
    is unusual, at 3.5 it is extreme, which is a medium risk. The distance is
    never taken for less than a factor of 1.65, or whoever always does the same
    could do nothing else: what is unusual is more than six times the median,
    and 2,000 characters or 8 files at least.

    A folder is unusual when none of those modifications touched it, nor one
    above or below it. That is said only with 50 in evidence, and only then is
    anything extreme: in a young history most things are new.

    The numbers are measured, on 4,000 commits of seven projects such as Flask
    and pytest. There 3 in 100 are unusual, 5 in 100 with no more than 20 in
    evidence, and not 1 in 100 is extreme. People's commits differ so much that
    ten times the median is nothing special among them; of an actor who always
    does much the same, ten times as much is unusual and thirty times as much
    extreme.

    Flagged: long, after 20 modifications of 200 characters in shop [low]
        === shop/cart.py
        + {2001}

    Flagged: as long, after 50 modifications of 20 characters in shop [medium]
        === shop/cart.py
        + {2001}

    Flagged: where nobody ever was, after 50 modifications of 200 characters in shop [low]
        === deploy/keys/notes.txt
        + {200}

    Allowed: five times as long, after 50 modifications of 600 characters in shop [low]
        === shop/cart.py
        + {3001}

    Allowed: a new folder below a known one, after 50 modifications of 9 characters in shop [low]
        === shop/till/cash.py
        + total = 1

    Allowed: long, after 19 modifications of 200 characters in shop [low]
        === shop/cart.py
        + {9000}
    """
    history = view.history
    if history is None or not is_ahead(view.change):
        return
    past, whose = _evidence(history)
    if len(past) < _FEW:
        return
    chars, files, folders = extent(view.change, view.files)
    if chars >= _LEAST_CHARS:
        yield from _outlier("characters", chars, [one.chars for one in past], whose)
    if files >= _LEAST_FILES:
        yield from _outlier("files", files, [one.files for one in past], whose)
    new = strange(folders, {folder for one in past for folder in one.folders})
    if len(past) >= _MANY and new:
        yield Sighting(0, f"{_listed(new)}: not touched by the last {len(past)} {whose}")


def _evidence(history: History) -> tuple[Sequence[Done], str]:
    """Give what it is compared with, and say whose that is."""
    own = [one for one in history.done if one.actor == history.actor != ""]
    if len(own) >= _FEW:
        return own, f"modifications by {history.actor}"
    return history.done, "modifications"


def _outlier(what: str, size: int, sizes: Sequence[int], whose: str) -> Iterator[Sighting]:
    far = distance(size, sizes)
    if far >= _UNUSUAL:
        is_extreme = far >= _EXTREME and len(sizes) >= _MANY
        yield Sighting(
            0,
            f"{size:,} {what} changed; the median of the last {len(sizes)} {whose} "
            f"is {median(sizes):,.0f}",
            risk=Risk.MEDIUM if is_extreme else None,
        )


def _listed(folders: Sequence[str]) -> str:
    more = f" and {len(folders) - _NAMED} more" if len(folders) > _NAMED else ""
    return ", ".join(folders[:_NAMED]) + more
