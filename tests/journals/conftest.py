"""Journals to test, each behind the same fixture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.stages._journal import open_journal as open_journal_at

if TYPE_CHECKING:
    from tests.postgres import Server


class OpenJournal(NamedTuple):
    """Opens the same store again, as another process would."""

    address: str
    folder: str

    def __call__(self) -> Journal:
        return open_journal_at(self.address, self.folder)


@pytest.fixture(params=["sqlite", "postgres"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> OpenJournal:
    """Give a way to open an empty store of each kind."""
    address = ""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.address(server.new())
    return OpenJournal(address, str(tmp_path / "state"))
