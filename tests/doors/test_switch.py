"""``selfmod-guard disable`` and ``enable``, and what they do to a real judgement."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.journals.sqlite import SqliteJournal

if TYPE_CHECKING:
    from tests.conftest import Repo

GUARD = f'"{sys.executable}" -I -m pytest_selfmod_guard'


def test_off_means_that_nothing_is_enforced_until_it_is_on(repo: Repo) -> None:
    """A denial is shown all the same; and CI takes no notice."""
    repo.write("clean.sh", "rm -rf / --no-preserve-root\n")
    repo.add()
    assert repo.guard("check", "--staged").returncode == 1
    done = repo.guard("disable", "--reason", "the release of tonight")
    assert done.returncode == 0
    assert done.stdout == (
        b"selfmod-guard: the guard is off: it judges, and enforces nothing;"
        b" on again: selfmod-guard enable\n"
    )
    told = repo.guard("check", "--staged")
    assert told.returncode == 0
    assert b"denied" in told.stdout
    assert b"the release of tonight" in told.stdout
    assert repo.guard("check", "--staged", CI="true").returncode == 1
    done = repo.guard("enable")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"selfmod-guard: the guard is on; it had been turned off by Ada")
    assert repo.guard("check", "--staged").returncode == 1


def test_both_can_be_asked_for_json(repo: Repo) -> None:
    """With the same names for both."""
    off = json.loads(repo.guard("disable", "--reason", "why", "--format", "json").stdout)
    on = json.loads(repo.guard("enable", "--format", "json").stdout)
    assert list(off) == list(on)
    assert (off["action"], off["changed"], off["reason"]) == ("disabled", True, "why")
    assert (on["action"], on["changed"], on["reason"]) == ("enabled", True, "")
    assert on["schema_version"] == 1


def test_an_agent_cannot_turn_it_off_and_can_turn_it_on(repo: Repo) -> None:
    """Whatever the name of the agent, which may be hostile, too."""
    done = repo.guard("disable", AI_AGENT="\x1b[2J")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"(loosening-refused)" in done.stderr
    assert b"\x1b" not in done.stderr
    assert repo.guard("disable", SELFMOD_GUARD_ACTOR="agent").returncode == 1
    assert b"selfmod-guard: on\n" in repo.guard("status").stdout
    assert repo.guard("disable").returncode == 0
    assert repo.guard("enable", AI_AGENT="1").returncode == 0


def test_ci_says_that_it_takes_no_notice(repo: Repo) -> None:
    """The switch is written down, for those who are not CI."""
    done = repo.guard("disable", CI="true")
    assert done.returncode == 0
    assert b"note: This is a CI job, and CI ignores it" in done.stdout
    told = repo.guard("status", CI="1").stdout.splitlines()
    assert told[0] == b"selfmod-guard: on"
    assert told[1].endswith(b"ago by Ada <ada@example.org>, which CI ignores")
    assert b"selfmod-guard: OFF" in repo.guard("status").stdout


def test_a_journal_that_cannot_be_written_turns_nothing(repo: Repo) -> None:
    """Said with a way out, and not with 0."""
    folder = repo.path / ".git" / "selfmod-guard"
    folder.write_text("a file in its place\n")
    for verb in ("disable", "enable"):
        done = repo.guard(verb)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"do next: " in done.stderr


@pytest.mark.parametrize("verb", ["status", "breaker status", "breaker reset", "disable", "enable"])
def test_streams_that_are_closed_or_full_are_no_crash(repo: Repo, verb: str) -> None:
    """A closed one has nobody to tell; a full one is an answer that nobody got."""
    done = repo.run("sh", "-c", f"{GUARD} {verb} >&-; echo $?; {GUARD} {verb} >/dev/full; echo $?")
    assert done.stdout == "0\n2\n"
    assert "Traceback" not in done.stderr
    assert done.stderr.count("could not be written") == 1


def test_both_are_written_down_in_order(repo: Repo) -> None:
    """Also where nothing changes."""
    for verb in ("enable", "disable", "disable", "enable"):
        assert repo.guard(verb).returncode == 0
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    assert [event.kind for event in journal.events()] == [
        *("enabled", "disabled", "disabled", "enabled"),
    ]
