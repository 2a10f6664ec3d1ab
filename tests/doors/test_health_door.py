"""``selfmod-guard health`` as people and programs see it."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.journals.sqlite import SqliteJournal

if TYPE_CHECKING:
    from tests.conftest import Repo

CODE = """
import sys
from functools import partial
from pytest_selfmod_guard.doors import cli, health
from pytest_selfmod_guard.machine import Measured, Reading
reading = Reading(*(Measured(value, sys.argv[1]) for value in {values}))
health.Guard = partial(health.Guard, measure=lambda _: reading)
sys.exit(cli.main(['health', *sys.argv[2:]]))
"""
WELL, POOR, DIRE, NONE = (10.0, 50.0, 50.0), (99.0, 50.0, 50.0), (1.0, 2.0, 3.0), (None,) * 3


def health(
    repo: Repo, values: tuple[float | None, ...], *arguments: str, detail: str = "of the machine"
) -> subprocess.CompletedProcess[str]:
    """Ask how a machine is that is like this."""
    return repo.run(sys.executable, "-I", "-c", CODE.format(values=values), detail, *arguments)


@pytest.mark.parametrize(
    ("values", "code", "status"),
    [(WELL, 0, "healthy"), (POOR, 1, "unhealthy"), (DIRE, 1, "critical"), (NONE, 2, "unknown")],
)
def test_how_it_is_is_said_and_is_the_exit_code(
    repo: Repo, values: tuple[float | None, ...], code: int, status: str
) -> None:
    """So that a script can ask before it does something; and the look is kept."""
    done = health(repo, values, "--format", "json")
    assert (done.returncode, done.stderr) == (code, "")
    told = json.loads(done.stdout)
    assert list(told) == ["status", "score", "trend", "checks", "notes"]
    assert told["status"] == status
    assert [check["value"] for check in told["checks"].values()][:3] == list(values)
    text = health(repo, values)
    assert text.returncode == code
    assert text.stdout.startswith(f"health: {status}, ")
    assert ("; nothing is modified now\n" in text.stdout) == (code != 0)
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    kept = [json.loads(event.body)["status"] for event in journal.events()]
    assert kept == [status, status]


def test_a_degraded_machine_is_a_pass_with_a_word(repo: Repo) -> None:
    """By a policy that asks for less."""
    repo.write("selfmod-guard.toml", "[health]\nmin-score = 60\n")
    repo.commit()
    done = health(repo, POOR)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "health: degraded, score 67 of 100, stable"
    assert lines[1].startswith("  bad   CPU in use     CPU 99.0 % in use, less than 90 % wanted")
    assert lines[2].startswith("  ok    memory left    memory 50.0 % available")
    assert lines[4].startswith("  -     response time  0 modifications")
    assert len(lines) == 7


def test_whatever_the_system_says_comes_out_inert(repo: Repo) -> None:
    """The name of a container or a mount is somebody else's text."""
    done = health(repo, WELL, detail="\x1b[2J\n")
    assert r"\x1b[2J\n" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_notification_that_fails_is_shown(repo: Repo) -> None:
    """In both forms, and the exit code stays what it is."""
    repo.write("selfmod-guard.toml", 'notify = ["sh", "-c", "printf \'\\u001b[2J\'; exit 3"]\n')
    repo.commit()
    done = health(repo, DIRE)
    assert done.returncode == 1
    assert "note: notify: the command failed with exit 3; it said last: \\x1b[2J" in done.stdout
    assert health(repo, WELL).returncode == 0
    told = json.loads(health(repo, DIRE, "--format", "json").stdout)
    assert told["notes"][0].startswith("notify: the command failed with exit 3")


def no_files() -> None:
    """Let this process write nothing into a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize(("values", "code"), [(WELL, 0), (DIRE, 1), (NONE, 2)])
def test_a_look_that_cannot_be_kept_is_shown(
    repo: Repo, values: tuple[float | None, ...], code: int
) -> None:
    """It says that it was not kept, and why; the exit code is that of the health."""
    for shape in ("text", "json"):
        done = subprocess.run(
            (sys.executable, "-I", "-c", CODE.format(values=values), "x", "--format", shape),
            cwd=repo.path,
            env=repo.environ,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=no_files,
        )
        assert (done.returncode, done.stderr) == (code, "")
        if shape == "text":
            assert done.stdout.startswith("health: ")
            note = done.stdout.splitlines()[-1].removeprefix("note: ")
        else:
            (note,) = json.loads(done.stdout)["notes"]
        assert re.match(r"this look at the machine was not kept: .+ \(journal-[a-z]+\)$", note)
    assert list(SqliteJournal(str(repo.path / ".git" / "selfmod-guard")).events()) == []


def test_the_real_machine_can_be_measured(repo: Repo) -> None:
    """Whatever it is like just now, the answer fits itself."""
    done = repo.guard("health", "--format", "json")
    told = json.loads(done.stdout)
    codes = {"healthy": 0, "degraded": 0, "unhealthy": 1, "critical": 1, "unknown": 2}
    assert done.returncode == codes[told["status"]]
    assert told["checks"]["memory"]["value"] > 0
    assert done.stderr == b""
