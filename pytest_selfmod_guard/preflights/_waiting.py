"""How long to wait where that hangs on somebody else."""

from __future__ import annotations

from pytest_selfmod_guard.preflights import Situation

_SOONEST = 1.0


def until_room(situation: Situation) -> float:
    """Guess in how many seconds something under way is done: as long as others took."""
    took = sorted(one.seconds for one in situation.state.outcomes)
    usual = took[len(took) // 2] if took else 0.0
    left = (lease.expires - situation.state.at for lease in situation.state.under_way())
    return max(_SOONEST, min(usual, min(left, default=usual)))
