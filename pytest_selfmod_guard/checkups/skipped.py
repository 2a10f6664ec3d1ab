"""Variables that let a hook be left out, in the shell one stands in."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.checkups._types import listed
from pytest_selfmod_guard.status import Line

ORDER = 12
NAME = "skipped"

_NO_CONFIG = "PRE_COMMIT_ALLOW_NO_CONFIG"


def ask(facts: Facts) -> Iterator[Line]:
    """Look for ``SKIP``, and for what lets pre-commit run without a configuration."""
    lines = [*_skip(facts), *_without(facts)]
    yield from lines or [Line(NAME, "ok", "nothing in this shell leaves a hook of the guard out")]


def _skip(facts: Facts) -> Iterator[Line]:
    names = [name.strip() for name in facts.environ.get("SKIP", "").split(",")]
    ours = {hook.id for hook in facts.in_head.hooks} if facts.in_head else set()
    left = [name for name in names if name in ours or name.startswith("selfmod-")]
    if left:
        message = f"SKIP is set in this shell and leaves out {listed(left)}"
        yield Line(NAME, "broken", message, "unset SKIP")


def _without(facts: Facts) -> Iterator[Line]:
    if facts.environ.get(_NO_CONFIG):
        message = f"{_NO_CONFIG} is set, so no hook runs once the configuration is gone"
        yield Line(NAME, "warning", message, f"unset {_NO_CONFIG}")
