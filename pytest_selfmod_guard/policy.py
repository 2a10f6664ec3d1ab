"""
The policy: ``[tool.selfmod-guard]`` of the base revision, typed.

The tables below are the only place where a key, its type and its default
stand. The checks, the JSON schema and the reference are made from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.model import Base, Risk

TABLE_FILE = "pyproject.toml"
OWN_FILE = "selfmod-guard.toml"

Count = Annotated[int, {"ge": 1, "le": 1_000_000_000}]
Kept = Annotated[int, {"ge": 1, "le": 1000}]
"""How many there may be in a window; the journal carries each of them along."""
Percent = Annotated[int, {"ge": 1, "le": 100}]
Share = Annotated[float, {"ge": 0, "le": 1}]
Duration = Annotated[str, {"pattern": r"^[0-9]{1,9}(ms|s|m|h|d)$"}]
Size = Annotated[str, {"pattern": r"^[0-9]+(B|KiB|MiB|GiB)$"}]
Failure = Literal["denied", "trial-failed", "apply-failed", "rolled-back", "crashed", "conflict"]
RiskName = Literal["none", "low", "medium", "high", "critical"]
Names = tuple[str, ...]


class Limits(NamedTuple):
    """How large a change may be, and how many may come."""

    max_changed_chars: Count = 10_000
    max_files: Count = 5
    range_factor: Count = 10
    max_modifications: Kept = 5
    modifications_window: Duration = "5m"


class Rate(NamedTuple):
    """How fast modifications may come."""

    max_per_window: Kept = 10
    window: Duration = "1m"


class Breaker(NamedTuple):
    """When repeated failures stop all modification, and for how long."""

    failure_threshold: Count = 5
    success_threshold: Count = 3
    half_open_probes: Count = 3
    recovery_timeout: Duration = "5m"
    failures: tuple[Failure, ...] = ("trial-failed", "apply-failed", "rolled-back", "crashed")


class Health(NamedTuple):
    """What the machine must have left for a modification to be safe."""

    max_cpu_percent: Percent = 90
    min_memory_available_percent: Percent = 20
    max_disk_percent: Percent = 90
    min_score: Percent = 80
    max_error_rate: Share = 0.05
    min_success_rate: Share = 0.90
    min_evidence: Count = 20
    max_response_time: Duration = "5s"


class Backups(NamedTuple):
    """How long the way back is kept."""

    keep_for: Duration = "7d"
    keep_at_most: Count = 50


class Trial(NamedTuple):
    """How the project's suite is run on the changed code."""

    enabled: bool = True
    command: Names = ("{python}", "-m", "pytest")
    python: str = "auto"
    require: Literal["sealed", "boxed", "fenced", "watched", "none"] = "watched"
    accept: Literal["full", "quick"] = "full"
    timeout: Duration = "10m"
    memory: Size = "4GiB"
    processes: Count = 512
    disk: Size = "2GiB"
    allow: Names = ()
    environment: Names = ()
    protected: Names = ()


class Monitor(NamedTuple):
    """How a modification is watched after it was applied."""

    duration: Duration = "10s"
    probe: Names = ()
    probe_url: str = ""


class Protect(NamedTuple):
    """Paths that only an approved change may touch, besides our own."""

    paths: Names = ()


class Rules(NamedTuple):
    """Which rules judge, and how heavily."""

    off: Names = ()
    risk: Mapping[str, RiskName] = {}
    local: Names = ()


class Api(NamedTuple):
    """The HTTP API's own settings."""

    generator: Names = ()


class Actors(NamedTuple):
    """How authors are told apart."""

    unknown: Literal["human", "agent"] = "human"
    trailers: Literal["require", "forbid", "ignore"] = "ignore"


class Approvals(NamedTuple):
    """Who may wave a change through."""

    allowed_signers: str = ""
    revoked_keys: str = ""


class Policy(NamedTuple):
    """The whole of ``[tool.selfmod-guard]``."""

    mode: Literal["enforce", "warn"] = "enforce"
    block_at: RiskName = "high"
    journal: str = ""
    notify: Names = ()
    limits: Limits = Limits()
    rate: Rate = Rate()
    breaker: Breaker = Breaker()
    health: Health = Health()
    backups: Backups = Backups()
    trial: Trial = Trial()
    monitor: Monitor = Monitor()
    protect: Protect = Protect()
    rules: Rules = Rules()
    api: Api = Api()
    actors: Actors = Actors()
    approvals: Approvals = Approvals()

    @property
    def denies_at(self) -> Risk:
        """The lowest risk that denies."""
        return Risk[self.block_at.upper()]


class Tightening(NamedTuple):
    """
    What a caller asks for beyond the base's policy; it can only make it stricter.

    Hooks take their arguments from the tree under judgement, so a larger
    number than the policy's has no effect.
    """

    max_changed_chars: int | None = None
    max_files: int | None = None
    patterns: Names = ()
    """Regular expressions that no new line may match."""

    def of(self, policy: Policy) -> Policy:
        """Give the stricter of both; a limit set by hand holds for every author."""
        limits = policy.limits._replace(
            max_changed_chars=_smaller(policy.limits.max_changed_chars, self.max_changed_chars),
            max_files=_smaller(policy.limits.max_files, self.max_files),
        )
        if limits == policy.limits and not self.patterns:
            return policy
        return policy._replace(limits=limits, actors=policy.actors._replace(unknown="agent"))


def _smaller(ours: int, asked: int | None) -> int:
    return ours if asked is None else min(ours, asked)


_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def seconds(duration: str) -> float:
    """Turn ``"5m"`` into 300.0."""
    number, unit = _split(duration)
    return number * _UNITS[unit]


def size_in_bytes(size: str) -> int:
    """Turn ``"4GiB"`` into 4294967296."""
    number, unit = _split(size)
    return number * _SIZES[unit]


def _split(text: str) -> tuple[int, str]:
    digits = re.match("[0-9]+", text)
    if digits is None:
        raise ValueError(f"not a number with a unit: {text!r}")
    return int(digits[0]), text[digits.end() :]


def load(base: Base, folder: str = "") -> Policy:
    """
    Read the policy of a trusted revision.

    :param base: the revision, with its documents
    :param folder: the project's folder inside the repository, ``""`` for the
        top; where it has no policy of its own, the top's holds
    :raises PolicyError: the policy exists and is not usable
    """
    for place in dict.fromkeys((folder, "")):
        table, name = _table_at(base, f"{place}/" if place else "")
        if table is not None:
            return check(table, name)
    return Policy()


def _table_at(base: Base, prefix: str) -> tuple[dict[str, Any] | None, str]:
    own = base.documents.get(prefix + OWN_FILE)
    shared = base.documents.get(prefix + TABLE_FILE)
    table = own_table(shared, prefix + TABLE_FILE) if shared is not None else None
    if own is None:
        return table, prefix + TABLE_FILE
    if table is not None:
        raise PolicyError(
            "policy-twice",
            f"the policy stands in both {prefix + OWN_FILE!r} and {prefix + TABLE_FILE!r}",
            hint=f"keep one of them, for example: git rm {prefix + OWN_FILE}",
        )
    return _toml(own, prefix + OWN_FILE), prefix + OWN_FILE


def own_table(pyproject: bytes, name: str) -> dict[str, Any] | None:
    """
    Find our table in the bytes of a ``pyproject.toml``.

    :raises PolicyError: the file mentions us and is not TOML
    """
    if b"selfmod" not in pyproject:
        return None
    tool = _toml(pyproject, name).get("tool", {})
    named = tool.items() if isinstance(tool, dict) else ()
    tables = {key: table for key, table in named if "selfmod" in key}
    for key in tables.keys() - {"selfmod-guard"}:
        raise PolicyError(
            "policy-unknown-key",
            f"there is no table 'tool.{key}'",
            context=name,
            hint="did you mean 'tool.selfmod-guard'?",
        )
    table = tables.get("selfmod-guard")
    if table is not None and not isinstance(table, dict):
        raise PolicyError("policy-invalid", "'tool.selfmod-guard' is not a table", context=name)
    return table


def _toml(data: bytes, name: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 (5 ms, and most runs of a hook have it cached)

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError(
            "policy-not-toml",
            f"the policy cannot be read, it is not TOML ({error})",
            context=name,
            hint=f"let a person correct {name!r} in the base (the messages explain how)",
        ) from None


def check(table: Mapping[str, Any], name: str) -> Policy:
    """
    Check a table and fill in the defaults.

    :param table: the content of ``[tool.selfmod-guard]``
    :param name: the file it stands in, for messages
    :raises PolicyError: an unknown key (named with its nearest neighbour), or
        a value of the wrong type or out of its range
    """
    from pytest_selfmod_guard.policy_schema import convert  # noqa: PLC0415 (imports msgspec)

    return convert(table, name, Policy)
