"""``python -m pytest_selfmod_guard``: the command line."""

from __future__ import annotations

from pytest_selfmod_guard.doors.cli import run

run()
