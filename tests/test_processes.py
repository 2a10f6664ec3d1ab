"""Which process is dead: never one that is alive, whatever cannot be read."""

from __future__ import annotations

import builtins
import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_selfmod_guard.processes import here, is_gone, myself


class Living:
    """Another process, which is named as it would name itself."""

    def __init__(self) -> None:
        """Start it, and wait until it has told its name."""
        say = "import sys; from pytest_selfmod_guard.processes import myself; "
        self.process = subprocess.Popen(
            [sys.executable, "-c", say + "print(myself(), flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.name = self.process.stdout.readline().decode().strip()


@pytest.fixture
def living() -> Iterator[Living]:
    """Give a process that lives until the test ends."""
    one = Living()
    with one.process:
        yield one
        one.process.kill()


def fails(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let what is asked of /proc about processes fail."""
    real = builtins.open

    def refuse(path: Any, *how: Any, **more: Any) -> Any:
        if re.fullmatch(r"/proc/\d+/stat", str(path)):
            raise OSError(number, os.strerror(number), path)
        return real(path, *how, **more)

    monkeypatch.setattr(builtins, "open", refuse)


def refuses_signals(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let no signal through, not even the one that only asks."""

    def refuse(process: int, signal: int) -> None:
        assert (process > 0, signal) == (True, 0)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "kill", refuse)


def test_a_process_that_took_a_dead_ones_number_is_not_the_dead_one(living: Living) -> None:
    """The number comes back after a while, the time of the start does not."""
    for name in (myself(), living.name):
        assert not is_gone(name)
        assert is_gone(f"{name.rpartition('@')[0]}@1")
        assert not is_gone(f"elsewhere {name}")


def test_the_dead_are_seen_at_once(living: Living) -> None:
    """Also a corpse that nobody has looked after yet."""
    living.process.kill()
    os.waitid(os.P_PID, living.process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(living.name)
    living.process.wait()
    assert is_gone(living.name)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM])
def test_what_cannot_be_read_is_not_dead(
    living: Living, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Out of file descriptors, or another user's process: nobody can tell."""
    fails(monkeypatch, number)
    assert not is_gone(living.name)
    refuses_signals(monkeypatch, errno.ESRCH)
    assert not is_gone(living.name)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ESRCH])
def test_what_is_hidden_is_not_dead(
    living: Living, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Where /proc hides others' processes, only a signal that finds nobody is a proof."""
    fails(monkeypatch, number)
    assert not is_gone(living.name)
    refuses_signals(monkeypatch, errno.EPERM)
    assert not is_gone(living.name)
    refuses_signals(monkeypatch, errno.ESRCH)
    assert is_gone(living.name)


@pytest.mark.parametrize("process", ["", "@", "x@1", "1", f"{10**30}@1", f"{'9' * 5000}@1", "0@1"])
def test_a_name_that_is_none_is_nobodys(process: str) -> None:
    """A journal may say anything."""
    place = myself().rpartition(" ")[0]
    assert not is_gone(f"{place} {process}")
    assert not is_gone(process)


def test_a_machine_has_a_short_name(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for all who share its processes, and nobody can tell from it which it is."""
    assert re.fullmatch("[0-9a-f]{8}", here())
    say = "from pytest_selfmod_guard.processes import here; print(here())"
    told = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == here()
    assert here() not in living.name
    fails(monkeypatch, errno.EMFILE)
    assert myself() == ""
    assert not is_gone(myself())


def test_where_the_system_does_not_tell_there_is_no_name() -> None:
    """And nobody is called dead; once it tells again, there is one."""
    say = """
import os
from pytest_selfmod_guard.processes import here, is_gone, myself
real, os.readlink = os.readlink, lambda path: real("/proc/no/such")
print([here(), myself(), is_gone(" 1@1"), is_gone("")])
os.readlink = real
print(len(here()), is_gone(myself()))
"""
    told = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["['', '', False, False]", "8 False"]
