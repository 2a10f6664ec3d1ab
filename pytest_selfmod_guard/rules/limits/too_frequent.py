"""SMG104: modifications come too fast."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.history import is_ahead
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.spoken import nth, span
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG104",
    risk=Risk.HIGH,
    hint="make fewer, larger-grained commits, or wait",
)
def too_frequent(view: View) -> Iterator[Sighting]:
    """
    There were as many modifications of late as the policy allows, and here is one more.

    An agent that goes in circles changes the project every few seconds, and
    nobody can follow what it does. `limits.max-modifications` may land in any
    `limits.modifications-window`, and what others are about to land counts as
    landed. What is only judged does not count, nor does what was tried again
    on the same base. A range of commits, as in CI, was made when it was made:
    about that the rule says nothing. Agents are denied, people are warned, and
    the ones are not counted with the others.

    Flagged: the sixth within five minutes, after 5 modifications in the window
        === notes.txt
        + one more

    Allowed: the fifth, after 4 modifications in the window
        === notes.txt
        + one more
    """
    history, limits = view.history, view.policy.limits
    if history and history.recent >= limits.max_modifications and is_ahead(view.change):
        which = nth(history.recent + 1)
        wait = span(history.retry_after)
        yield Sighting(
            0,
            f"{which} modification in {limits.modifications_window}, "
            f"the limit is {limits.max_modifications}; come back in {wait}",
        )
