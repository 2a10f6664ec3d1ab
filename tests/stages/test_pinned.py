"""A clone stays with the journal that it began with."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages._pinned import pinned_journal

HERE, THERE = "postgresql://here/x", "postgresql://ada:secret@there/x"


def test_the_first_address_is_the_one_that_stays(tmp_path: Path) -> None:
    """The note names neither the password of the one nor that of the other."""
    folder = str(tmp_path / "state")
    first, note = pinned_journal(THERE, folder)
    assert note == ""
    assert "there" in first.place
    pin = tmp_path / "state" / "journal"
    assert stat.S_IMODE(pin.stat().st_mode) == 0o600
    again, note = pinned_journal(HERE, folder)
    assert again.place == first.place
    assert f"rm {pin}" in note
    assert "secret" not in note
    assert pinned_journal(THERE, folder)[1] == ""
    assert "rm " in pinned_journal("", folder)[1]


def test_an_embedded_one_that_is_in_use_stays(tmp_path: Path) -> None:
    """In use is one that knows a history; a mere record of a failure does not bind."""
    folder = str(tmp_path / "state")
    embedded = SqliteJournal(folder)
    embedded.append(Entry(1.0, "judged", "a", "{}"))
    assert pinned_journal("", folder)[1] == ""
    embedded.append(Entry(1.0, "adopted", "a", "{}", "c"))
    journal, note = pinned_journal(HERE, folder)
    assert journal.place == embedded.place
    assert f"mv {embedded.path}" in note
    assert not (tmp_path / "state" / "journal").exists()


def test_a_person_can_move_it(tmp_path: Path) -> None:
    """By what the note says."""
    folder = str(tmp_path / "state")
    pinned_journal(THERE, folder)
    (tmp_path / "state" / "journal").unlink()
    journal, note = pinned_journal(HERE, folder)
    assert ("here" in journal.place, note) == (True, "")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_pin_that_cannot_be_read_is_no_pass(tmp_path: Path, content: bytes | None) -> None:
    """It is not taken for a clone that has not begun."""
    pin = tmp_path / "journal"
    if content is None:
        pin.mkdir()
    else:
        pin.write_bytes(content)
    with pytest.raises(JournalError) as caught:
        pinned_journal("", str(tmp_path))
    assert caught.value.slug == "journal-unusable"
