"""
The pytest door.

So far it only answers ``--selfmod-guard``, and it answers that it cannot judge
yet: a flag that asks for a judgement must never be quietly without one. Off,
it imports nothing and costs nothing.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that asks for a judgement before the suite runs."""
    group = parser.getgroup("selfmod-guard", "judging changes before their tests run")
    group.addoption(
        "--selfmod-guard",
        action="store_true",
        help="refused in this version: use 'selfmod-guard check --base REF' before pytest",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run where a judgement was asked for and cannot be given."""
    if config.getoption("selfmod_guard"):
        raise pytest.UsageError(
            "--selfmod-guard: this version cannot judge inside pytest yet, and does not pretend to;"
            " judge first with: selfmod-guard check --base origin/main"
        )
