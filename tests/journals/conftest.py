"""Journals to test, each behind the same fixture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages.record import Journal

OpenJournal = Callable[[], Journal]
"""Opens the same store again, as another process would."""


@pytest.fixture(params=["sqlite"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> OpenJournal:
    """Give a way to open an empty store of each kind."""
    assert request.param == "sqlite"
    return lambda: SqliteJournal(str(tmp_path / "state"))
