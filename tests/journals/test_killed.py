"""
Writers that are killed: what they had acknowledged is there, and nothing by halves.

A kill takes the process and leaves the system: what was written, though not
yet on the disk, survives it. So these tests cannot show that a commit outlives
a power cut; that it waits for the disk is asserted in test_sqlite.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WRITERS = Path(__file__).with_name("writers.py")


@pytest.fixture
def quick() -> Iterator[Path]:
    """Give a folder in memory, where there is one: a kill leaves the same there as on a disk."""
    memory = "/dev/shm"  # noqa: S108
    folder = tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None)
    yield Path(folder)
    shutil.rmtree(folder)


def run(verb: str, folder: Path, *numbers: object) -> Any:
    """Let a process without threads start, and kill, those that write."""
    command = [sys.executable, str(WRITERS), verb, str(folder), json.dumps(numbers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return json.loads(done.stdout)


@pytest.mark.parametrize("writers", [1, 3])
def test_what_was_acknowledged_survives_a_kill(quick: Path, writers: int) -> None:
    """Batches are whole or not there, the chain holds, and whoever comes next goes on."""
    found = run("kill", quick, 20, writers, "sound")
    assert found["wrong"] == []
    assert found["acknowledged"] > 20


@pytest.mark.parametrize("writers", [1, 4])
def test_a_kill_while_the_journal_is_made_does_no_harm(quick: Path, writers: int) -> None:
    """It is there with its table or not at all, one for all, and whoever comes next goes on."""
    assert run("birth", quick, 8, writers)["wrong"] == []


@pytest.mark.parametrize(
    ("way", "problem"),
    [("hasty", "was acknowledged, and is not there"), ("torn", "is not whole")],
)
def test_kills_would_show_a_store_that_loses_or_tears(quick: Path, way: str, problem: str) -> None:
    """One that acknowledges before it has committed, and one that commits twice, are caught."""
    campaigns = (run("kill", quick / str(n), 20, 1, way)["wrong"] for n in range(10))
    assert any(problem in wrong for found in campaigns for wrong in found)


@pytest.mark.proof
def test_five_hundred_kills_of_one_who_waits_for_a_disk(tmp_path: Path) -> None:
    """The same, often enough to hit every moment of a commit; about half of them do."""
    found = run("kill", tmp_path, 500, 1, "sound")
    assert found["wrong"] == []
    assert found["acknowledged"] > 500
    assert found["unfinished"] > 50


@pytest.mark.proof
def test_five_hundred_kills_of_one_among_four(quick: Path) -> None:
    """The same while others wait for their turn, and undo at once what was not finished."""
    found = run("kill", quick, 500, 4, "sound")
    assert found["wrong"] == []
    assert found["acknowledged"] > 1000


@pytest.mark.proof
@pytest.mark.parametrize("writers", [1, 4])
def test_a_hundred_kills_of_who_makes_the_journal(quick: Path, writers: int) -> None:
    """The same at every moment of its first event."""
    found = run("birth", quick, 100, writers)
    assert found["wrong"] == []
    assert writers > 1 or 10 < found["unborn"] < 100
