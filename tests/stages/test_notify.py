"""Notifications by real commands: what they are told, and how they can go wrong."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import pytest

from pytest_selfmod_guard.model import Origin
from pytest_selfmod_guard.stages import notify as module
from pytest_selfmod_guard.stages.notify import notify

TOLD: Mapping[str, object] = {
    "event": "ungated",
    "at": 12.5,
    "attempt": "a1",
    "commits": (Origin("1" * 40, "Speed up \x1b[2J\udce9", "Ada <ada@example.org>"),),
}
PATH = {"PATH": os.environ.get("PATH", os.defpath)}


def run(folder: Path, *command: str, told: Mapping[str, object] = TOLD) -> str:
    """Notify by a command in a folder."""
    return notify(command, told, folder=str(folder), environ=PATH)


def shell(folder: Path, script: str, **environ: str) -> str:
    """Notify by a shell script."""
    line = ("sh", "-c", script)
    return notify(line, TOLD, folder=str(folder), environ={**PATH, **environ})


def is_alive(process: int) -> bool:
    """Tell whether a process is there and no corpse."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def assert_dies(process: int) -> None:
    """See a process end, which takes the system a moment."""
    for _ in range(100):
        if not is_alive(process):
            return
        time.sleep(0.02)
    raise AssertionError(process)


def test_the_command_gets_one_document_in_the_projects_folder(tmp_path: Path) -> None:
    """All that is told is in it, in a fixed order, and fit for any reader."""
    assert shell(tmp_path, "cat > told.json") == ""
    text = (tmp_path / "told.json").read_text(encoding="ascii")
    document = json.loads(text)
    assert text.count("\n") == 1
    assert list(document) == ["schema_version", "event", "at", "project", "attempt", "details"]
    assert [document[name] for name in list(document)[:-1]] == [
        *(1, "ungated", 12.5, str(tmp_path), "a1")
    ]
    (commit,) = document["details"].pop("commits")
    assert commit["subject"] == "Speed up \x1b[2J\\xe9"
    assert document["details"] == {}


def test_an_event_without_an_attempt_has_an_empty_one(tmp_path: Path) -> None:
    """So that a reader finds the same names in each."""
    assert run(tmp_path, "sh", "-c", "cat > it", told={"event": "e", "at": 1}) == ""
    document = json.loads((tmp_path / "it").read_text())
    assert (document["attempt"], document["details"]) == ("", {})


def test_the_variables_of_a_running_commit_stay_here(tmp_path: Path) -> None:
    """A git that the command runs must not write into the index of the commit; the rest it has."""
    script = 'echo "${GIT_DIR-none} ${GIT_INDEX_FILE-none} $OTHER" > seen'
    assert shell(tmp_path, script, GIT_DIR="x", GIT_INDEX_FILE="y", OTHER="z") == ""
    assert (tmp_path / "seen").read_text() == "none none z\n"


def test_no_command_is_no_fault(tmp_path: Path) -> None:
    """Where nobody is to be told, nothing is to be said."""
    assert run(tmp_path) == ""


@pytest.mark.parametrize(
    ("command", "note"),
    [
        (("sh", "-c", "echo heard; exit 3"), "failed with exit 3; it said last: heard"),
        (("sh", "-c", "printf 'a\\033[2J\\n\\n' >&2; exit 1"), r"exit 1; it said last: a\x1b[2J"),
        (("sh", "-c", "kill -9 $$"), "was killed by signal 9"),
        (("no-such-command",), "'no-such-command' could not be started ("),
        (("a\0b",), r"'a\\x00b' could not be started ("),
        (("/",), "'/' could not be started ("),
    ],
)
def test_a_command_that_fails_is_said(tmp_path: Path, command: tuple[str, ...], note: str) -> None:
    """On one line, safe to show, with what it said last."""
    said = run(tmp_path, *command)
    assert said.startswith("notify: the command ")
    assert note in said
    assert said.isprintable()


def test_a_folder_that_has_gone_is_said(tmp_path: Path) -> None:
    """The project can be removed while it is watched."""
    assert "could not be started" in shell(tmp_path / "gone", "true")


def test_a_command_that_hangs_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has ten seconds, for which a commit may have to wait."""
    assert module.PATIENCE == 10
    monkeypatch.setattr(module, "PATIENCE", 0.4)
    began = time.monotonic()
    said = shell(tmp_path, "sleep 60 & echo $! > child; echo $$ > own; echo so far; wait")
    assert said.startswith("notify: the command took longer than 0.4 seconds, and was ended")
    assert said.endswith("it said last: so far")
    assert 0.3 < time.monotonic() - began < 5
    for name in ("child", "own"):
        assert_dies(int((tmp_path / name).read_text()))


def test_nobody_waits_for_what_a_command_leaves_behind(tmp_path: Path) -> None:
    """It may hold on to what it was given to write to; and it is not killed."""
    began = time.monotonic()
    assert shell(tmp_path, "sleep 20 & echo $! > child") == ""
    assert time.monotonic() - began < 5
    child = int((tmp_path / "child").read_text())
    assert is_alive(child)
    os.kill(child, signal.SIGKILL)


def test_a_command_that_talks_without_end_is_stopped(tmp_path: Path) -> None:
    """Before it has filled the disk."""
    began = time.monotonic()
    said = run(tmp_path, "yes", "x" * 300)
    assert "said more than 1048576 bytes, and was ended" in said
    assert len(said) < 400
    assert time.monotonic() - began < 5


def test_a_command_that_does_not_listen_is_no_fault(tmp_path: Path) -> None:
    """However much there is to tell."""
    told = {**TOLD, "much": "x" * 1_000_000}
    assert run(tmp_path, "true", told=told) == ""


def test_no_room_for_the_document_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one of the things that there is to tell of."""

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    assert "no room for what is to be told" in shell(tmp_path, "true")


def test_an_interrupt_ends_the_command_too(tmp_path: Path) -> None:
    """It has a process group of its own, which Ctrl-C does not reach."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            shell(tmp_path, "echo $$ > own; sleep 60")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert_dies(int((tmp_path / "own").read_text()))
