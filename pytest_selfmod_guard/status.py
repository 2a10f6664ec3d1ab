"""
How the system stands: the frozen values behind ``status``, ``health`` and ``breaker status``.

Apart from the model because no hook needs them. As JSON they are what the HTTP
API answers, so a name here is a promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pytest_selfmod_guard.model import Layer, Receipt

SCHEMA_VERSION = 1


class Check(NamedTuple):
    """One item of health."""

    value: float | None
    """In the unit that its name says; None where it could not be judged."""
    limit: float
    healthy: bool | None
    """None where it could not be judged, which counts neither way."""
    detail: str
    """The value and its limit as a person reads them, or why there is none."""


class Health(NamedTuple):
    """Whether it is safe to modify anything just now."""

    status: str
    """``healthy degraded unhealthy critical``, or ``unknown`` when nothing could be judged."""
    score: float | None
    """100 times the share of passing items among those that could be judged."""
    trend: str
    """``improving``, ``degrading`` or ``stable``."""
    checks: Mapping[str, Check]
    """By name: ``cpu memory disk response_time error_rate success_rate``."""
    notes: tuple[str, ...] = ()
    """What went wrong besides: the look was not kept, or whoever was to be told was not."""

    @property
    def blocks(self) -> bool:
        """True where nothing should be modified."""
        return self.status not in ("healthy", "degraded")


class Metrics(NamedTuple):
    """What the breaker has counted since the journal began."""

    total_attempts: int
    """Attempts that succeeded or failed; a denied change is neither."""
    total_successes: int
    success_rate: float | None
    """``total_successes / total_attempts``; None before the first attempt."""
    consecutive_failures: int
    time_to_recovery: float | None
    """Seconds from the last opening to the closing after it; None where there was none."""


class Past(NamedTuple):
    """One attempt, in a line."""

    attempt: str
    at: float
    outcome: str
    actor: str
    source: str
    files: int
    why: str = ""
    """What failed: the first finding's rule and file, or a handle or words for
    what went wrong; empty where it succeeded or nobody knows."""


class CircuitBreaker(NamedTuple):
    """Whether repeated failures have stopped all modification."""

    state: str
    """``closed``, ``open`` or ``half_open``."""
    since: float | None
    """Seconds since the epoch; None if it was never anything else."""
    retry_after: float | None
    """Seconds until an open breaker lets probes through."""
    probes_left: int | None
    """How many attempts a half-open breaker still lets through; None otherwise."""
    metrics: Metrics
    failures: tuple[Past, ...] = ()
    """The last of those in a row, the newest first, 5 at most."""
    notes: tuple[str, ...] = ()
    """What is to be said about the journal; a whole status says it itself."""


class RateLimit(NamedTuple):
    """How many modifications there were of late, and how many there may be."""

    max_per_window: int
    window: float
    """Seconds."""
    current_count: int
    """Those of the last window, and those under way."""
    retry_after: float | None
    """Seconds until there is room again; None where there is room now."""


class Switch(NamedTuple):
    """Who turned the guard off, when and why."""

    at: float
    by: str
    reason: str


class Turned(NamedTuple):
    """What a person has turned by hand."""

    action: str
    """The kind of its event: ``reset``, ``disabled`` or ``enabled``."""
    changed: bool
    """False where it was like that already; it is written down all the same."""
    by: str
    reason: str
    message: str
    notes: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION


class Approval(NamedTuple):
    """What somebody has just approved."""

    what: str
    """In words."""
    change: str
    """Its digest."""
    approver: str
    """As the base's allowed signers name whose signature it is."""
    expires: int
    """Seconds since the epoch."""
    reason: str
    key: str
    """The kind and fingerprint of the key, ``ED25519 SHA256:...``."""
    ref: str
    """Where it is kept."""
    receipt: Receipt | None
    """What the guard said of the change before it was approved; None where it could not look."""
    schema_version: int = SCHEMA_VERSION


class Head(NamedTuple):
    """The journal, and its last event."""

    place: str
    events: int
    hash: str


class Status(NamedTuple):
    """Everything ``status`` shows."""

    enabled: bool
    """A denial is enforced here, as far as it is not the policy that only warns."""
    mode: str
    """The policy's: ``enforce``, or ``warn``."""
    disabled: Switch | None
    """Set also in a CI job, which ignores it."""
    layers: tuple[Layer, ...]
    circuit_breaker: CircuitBreaker
    rate_limit: RateLimit
    frequency: RateLimit
    health: Health
    attempts: tuple[Past, ...]
    """The last ones, the newest first."""
    backups: Mapping[str, int]
    """``count``: how many ways back there are."""
    journal: Head
    schema_version: int = SCHEMA_VERSION
    notes: tuple[str, ...] = ()
    """What is to be said about the journal, in sentences."""


class Line(NamedTuple):
    """One answer of ``doctor``."""

    name: str
    """What it is about."""
    state: str
    """``ok``; ``warning``; ``broken``; ``unknown``, which nobody can tell from here;
    or ``unasked``, where the question could not be asked."""
    message: str
    mend: str = ""
    """The command, or what to do, where it is not in order."""


class Diagnosis(NamedTuple):
    """Everything that ``doctor`` says."""

    state: str
    """The worst of its lines, where what is unknown does not count."""
    lines: tuple[Line, ...]
    schema_version: int = SCHEMA_VERSION
