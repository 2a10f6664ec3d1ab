"""The state as values, and what time alone does to it."""

from __future__ import annotations

from typing import NamedTuple

EVIDENCE = 15 * 60.0
"""Seconds for which outcomes and samples count."""
MOST_OUTCOMES = 200
MOST_SAMPLES = 12
"""Of one machine."""
MOST_SAMPLES_IN_ALL = 120
MOST_LANDED = 1001
"""How many modifications are kept, of those whom the limits bind and of others:
as many as the highest limit, and one that the next may replace."""


class Terms(NamedTuple):
    """The policy's numbers that were in force at an event."""

    failures: int
    """So many in a row open the breaker."""
    successes: int
    """So many probes that succeed close it."""
    recovery: float
    """Seconds that it stays open."""
    horizon: float
    """Seconds for which a modification counts against some limit."""


class Breaker(NamedTuple):
    """The circuit breaker."""

    phase: str = "closed"
    """``closed``, ``open`` or ``half_open``."""
    since: float = 0.0
    """When this phase began."""
    turn: int = 0
    """How often the phase has changed: what began in another one counts no more."""
    failures: int = 0
    """In a row."""
    successes: int = 0
    """Of probes, while half-open."""
    recovery: float = 0.0
    """Seconds that it stays open, as the policy was when it opened."""
    down_since: float = 0.0
    """When it opened first since it was closed last; 0 while it is closed."""
    time_to_recovery: float | None = None


class Lease(NamedTuple):
    """An attempt under way."""

    attempt: str
    at: float
    expires: float
    turn: int
    """The breaker's, when it was opened."""
    is_bound: bool
    """The limits hold for it; otherwise they only warn."""
    base: str
    who: str = ""
    """The process that does it, so that others can see it die."""


class Landed(NamedTuple):
    """A modification that counts."""

    at: float
    base: str
    """What it was a change of: of two that are not known to have landed on the
    same base, only the last one can have."""
    is_bound: bool
    is_settled: bool
    """It is known to have landed."""


class Outcome(NamedTuple):
    """How an attempt ended."""

    at: float
    result: str
    """``success``, ``failure`` or ``other``."""
    seconds: float
    """How long our own stages took, without the trial."""


class Sample(NamedTuple):
    """One look at the machine."""

    at: float
    score: float | None
    cpu: float | None
    """Percent in use; None where it could not be read."""
    memory: float | None
    """Percent available."""
    disk: float | None
    """Percent in use."""
    where: str = ""
    """Which machine, as :func:`processes.here` names it."""


class Disabled(NamedTuple):
    """Who turned the guard off."""

    at: float
    by: str
    reason: str


class State(NamedTuple):
    """Everything that counts."""

    at: float = 0.0
    """When it was like this; no later thing counts as later than its own event."""
    breaker: Breaker = Breaker()
    attempts: int = 0
    """That succeeded or failed, ever."""
    successes: int = 0
    horizon: float = 0.0
    leases: tuple[Lease, ...] = ()
    landed: tuple[Landed, ...] = ()
    """Oldest first."""
    outcomes: tuple[Outcome, ...] = ()
    samples: tuple[Sample, ...] = ()
    disabled: Disabled | None = None

    def at_time(self, now: float) -> State:
        """
        Tell what time alone makes of it: what is too old is gone, an open breaker gets half-open.

        A clock that was set back must not keep anything for longer than from
        now on: what lies in the future counts as of now.
        """
        now = float(now)
        state = self if now >= self.at else _not_after(self, now)
        return state._replace(
            at=now,
            breaker=_recovering(state.breaker, now),
            landed=tuple(one for one in state.landed if now < one.at + state.horizon),
            outcomes=tuple(one for one in state.outcomes if now < one.at + EVIDENCE),
            samples=tuple(one for one in state.samples if now < one.at + EVIDENCE),
        )

    def under_way(self, *, is_bound: bool = True) -> tuple[Lease, ...]:
        """Give the attempts whose leases have not expired."""
        return tuple(
            one for one in self.leases if one.expires > self.at and one.is_bound == is_bound
        )

    def expired(self) -> tuple[Lease, ...]:
        """Give the attempts that should have been closed."""
        return tuple(one for one in self.leases if one.expires <= self.at)

    def recent(
        self, seconds: float, *, is_bound: bool = True, but_on: str = ""
    ) -> tuple[Landed, ...]:
        """
        Give the modifications of the last so many seconds.

        :param but_on: a base; what is not settled on it will have been replaced
        """
        return tuple(
            one
            for one in self.landed
            if self.at < one.at + seconds
            and one.is_bound == is_bound
            and (one.is_settled or not but_on or one.base != but_on)
        )


START = State()


def _recovering(breaker: Breaker, now: float) -> Breaker:
    begins = breaker.since + breaker.recovery
    if breaker.phase != "open" or now < begins:
        return breaker
    return breaker._replace(phase="half_open", since=begins, turn=breaker.turn + 1, successes=0)


def _not_after(state: State, now: float) -> State:
    breaker = state.breaker
    return state._replace(
        breaker=breaker._replace(
            since=min(breaker.since, now), down_since=min(breaker.down_since, now)
        ),
        leases=tuple(
            one._replace(at=min(one.at, now), expires=min(one.expires, now + one.expires - one.at))
            for one in state.leases
        ),
        landed=tuple(one._replace(at=min(one.at, now)) for one in state.landed),
        outcomes=tuple(one._replace(at=min(one.at, now)) for one in state.outcomes),
        samples=tuple(one._replace(at=min(one.at, now)) for one in state.samples),
    )
