"""For each key of the policy: which of two values is the stricter one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.policy import Policy, seconds, size_in_bytes

Stricter = Callable[[Any, Any], bool]
"""Tells whether the second value is at least as strict as the first."""


class Difference(NamedTuple):
    """One key whose value changes."""

    key: str
    old: object
    new: object
    is_tighter: bool
    is_laxer: bool
    """Neither is true where nobody can say, such as for a command."""

    def __str__(self) -> str:
        return f"{self.key} from {_shown(self.old)} to {_shown(self.new)}"


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Compare two policies key by key, with their defaults filled in."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    return [
        Difference(
            key,
            before[key],
            after[key],
            is_tighter=_is_stricter(key, before[key], after[key]),
            is_laxer=_is_stricter(key, after[key], before[key]),
        )
        for key in before
        if before[key] != after[key]
    ]


def _is_stricter(key: str, old: object, new: object) -> bool:
    return key in STRICTER and STRICTER[key](old, new)


class _Table(Protocol):
    """A named tuple of the policy."""

    def _asdict(self) -> dict[str, object]: ...


def _leaves(table: _Table, prefix: str = "") -> Iterator[tuple[str, object]]:
    for field, value in table._asdict().items():
        key = prefix + field.replace("_", "-")
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            yield from _leaves(value, f"{key}.")
        else:
            yield key, value


def _smaller(old: float, new: float) -> bool:
    return new <= old


def _larger(old: float, new: float) -> bool:
    return new >= old


def _longer(old: str, new: str) -> bool:
    return seconds(new) >= seconds(old)


def _shorter(old: str, new: str) -> bool:
    return seconds(new) <= seconds(old)


def _less_room(old: str, new: str) -> bool:
    return size_in_bytes(new) <= size_in_bytes(old)


def _more_of_them(old: Collection[str], new: Collection[str]) -> bool:
    return set(old) <= set(new)


def _fewer_of_them(old: Collection[str], new: Collection[str]) -> bool:
    return set(new) <= set(old)


def _lower_risk(old: str, new: str) -> bool:
    return Risk[new.upper()] <= Risk[old.upper()]


def _in_order(*values: object) -> Stricter:
    """Make a comparison from the values themselves, the laxest first."""

    def at_least(old: object, new: object) -> bool:
        return values.index(new) >= values.index(old)

    return at_least


def _heavier(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Compare the weights of rules; a rule's own weight is unknown here, but the ends are not."""
    return all(
        Risk[new.get(rule, "none").upper()] >= Risk[old.get(rule, "critical").upper()]
        or (rule not in new and old[rule] == "none")
        for rule in old.keys() | new.keys()
    )


STRICTER: Mapping[str, Stricter] = {
    "mode": _in_order("warn", "enforce"),
    "block-at": _lower_risk,
    "limits.max-changed-chars": _smaller,
    "limits.max-files": _smaller,
    "limits.range-factor": _smaller,
    "limits.max-modifications": _smaller,
    "limits.modifications-window": _longer,
    "rate.max-per-window": _smaller,
    "rate.window": _longer,
    "breaker.failure-threshold": _smaller,
    "breaker.success-threshold": _larger,
    "breaker.half-open-probes": _smaller,
    "breaker.recovery-timeout": _longer,
    "breaker.failures": _more_of_them,
    "health.max-cpu-percent": _smaller,
    "health.min-memory-available-percent": _larger,
    "health.max-disk-percent": _smaller,
    "health.min-score": _larger,
    "health.max-error-rate": _smaller,
    "health.min-success-rate": _larger,
    "health.min-evidence": _smaller,
    "health.max-response-time": _shorter,
    "backups.keep-for": _longer,
    "backups.keep-at-most": _larger,
    "trial.enabled": _in_order(False, True),  # noqa: FBT003 (the values themselves)
    "trial.require": _in_order("none", "watched", "fenced", "boxed", "sealed"),
    "trial.accept": _in_order("quick", "full"),
    "trial.timeout": _shorter,
    "trial.memory": _less_room,
    "trial.processes": _smaller,
    "trial.disk": _less_room,
    "trial.allow": _fewer_of_them,
    "trial.environment": _fewer_of_them,
    "trial.protected": _more_of_them,
    "monitor.duration": _longer,
    "protect.paths": _more_of_them,
    "rules.off": _fewer_of_them,
    "rules.risk": _heavier,
    "actors.unknown": _in_order("human", "agent"),
}

UNDIRECTED = frozenset(
    (
        "journal", "notify", "trial.command", "trial.python", "monitor.probe", "monitor.probe-url",
        "rules.local", "api.generator", "actors.trailers", "approvals.allowed-signers",
        "approvals.revoked-keys",
    )
)  # fmt: skip
"""Keys that name a command, a place or a person; to change one is never merely stricter."""


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(repr(item) for item in value) + "]"
    return repr(value)
