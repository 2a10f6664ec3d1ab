"""``selfmod-guard breaker`` as people, programs and agents use it."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, end

if TYPE_CHECKING:
    from tests.conftest import Repo


def journal(repo: Repo) -> SqliteJournal:
    """Give the journal of a repository."""
    return SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))


def attempt(repo: Repo, outcome: str, at: float) -> None:
    """Let a modification end somehow, at a time."""
    ledger = Ledger(journal(repo), lambda: at)
    opening = Opening(f"a{at}", f"base of {at}", "", "--staged", "", is_bound=True)
    assert admit(ledger, opening, Policy()).is_open
    end(ledger, opening, Ending(outcome, counts=True, seconds=0.5, actor="", change={}), Policy())


def fail(repo: Repo, ago: float = 0.0) -> None:
    """Open the breaker."""
    for number in range(5):
        attempt(repo, "rolled_back", time.time() - ago + number / 100)


def test_before_the_first_event_it_is_closed(repo: Repo) -> None:
    """As text and as JSON, and nothing is written for it."""
    done = repo.guard("breaker", "status")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == [
        "circuit breaker: closed",
        "  since               the start",
        "  attempts            0, and 0 succeeded",
        "  failures in a row   0",
        "  time to recovery    it never opened and closed",
    ]
    told = json.loads(repo.guard("breaker", "status", "--format", "json").stdout)
    assert told == {
        "state": "closed",
        "since": None,
        "retry_after": None,
        "probes_left": None,
        "metrics": {
            "total_attempts": 0,
            "total_successes": 0,
            "success_rate": None,
            "consecutive_failures": 0,
            "time_to_recovery": None,
        },
        "failures": [],
        "notes": [],
    }
    assert list(told) == [
        *("state", "since", "retry_after", "probes_left", "metrics", "failures", "notes"),
    ]
    assert not (repo.path / ".git" / "selfmod-guard").exists()


def test_open_and_half_open_say_what_comes_next(repo: Repo) -> None:
    """The exit code is 0: the question was answered."""
    fail(repo, ago=100)
    done = repo.guard("breaker", "status")
    told = done.stdout.decode()
    assert done.returncode == 0
    assert re.match(r"circuit breaker: open, it lets probes through in 3 min \d+ s\n", told)
    assert re.search(r"since +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, 1 min ago\n", told)
    assert "attempts            5, and 0 succeeded (0.0 %)\n" in told
    assert "failures in a row   5\n" in told


def test_what_failed_is_listed(repo: Repo) -> None:
    """Each with when, how, whose and why; other people's words are inert."""
    ledger = Ledger(journal(repo), lambda: time.time() - 60)
    opening = Opening("a", "b", "agent \x1b[2J", "--staged", "d", is_bound=True)
    assert admit(ledger, opening, Policy()).is_open
    body = json.dumps({"because": [{"rule": "SMG202", "path": "clean\u202e.sh"}]})
    ending = Ending("rolled_back", counts=False, seconds=0.5, actor="agent \x1b[2J", change={})
    end(ledger, opening, ending, Policy(), Entry(1.0, "judged", "a", body, "d"))
    attempt(repo, "crashed", time.time())
    told = repo.guard("breaker", "status").stdout.decode()
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.search(
        rf"failures in a row   2\n    {when}  crashed      +its process died, .*\n"
        rf"    {when}  rolled_back  agent \\x1b\[2J +SMG202 clean\\u202e.sh\n  time to",
        told,
    )
    told = json.loads(repo.guard("breaker", "status", "--format", "json").stdout)
    assert [one["outcome"] for one in told["failures"]] == ["crashed", "rolled_back"]
    assert told["failures"][1]["why"] == "SMG202 clean\u202e.sh"


def test_a_journal_that_is_gone_is_said(repo: Repo) -> None:
    """Why it is half-open from the start, once and in both forms."""
    for shape in ("text", "json"):
        journal(repo).append(Entry(1.0, "judged", "a", "{}"))
        assert repo.guard("audit", "export", "--anchor").returncode == 0
        Path(journal(repo).path).unlink()
        told = repo.guard("breaker", "status", "--format", shape).stdout.decode()
        if shape == "text":
            assert "circuit breaker: half-open" in told
            assert told.splitlines()[-1].startswith("note: The journal that was here is gone")
        else:
            assert json.loads(told)["notes"][0].startswith("The journal that was here is gone")


def test_a_breaker_that_has_recovered_says_how_long_that_took(repo: Repo) -> None:
    """Half-open until its three probes have succeeded."""
    fail(repo, ago=400)
    told = repo.guard("breaker", "status").stdout.decode()
    assert told.startswith("circuit breaker: half-open, it lets 3 more probes through\n")
    for number in range(3):
        attempt(repo, "allowed", time.time() - 40 + number)
        if number == 1:
            told = repo.guard("breaker", "status").stdout.decode()
            assert "it lets 1 more probe through\n" in told
    told = repo.guard("breaker", "status").stdout.decode()
    assert told.startswith("circuit breaker: closed\n")
    assert "attempts            8, and 3 succeeded (37.5 %)\n" in told
    assert re.search(r"time to recovery    6 min \d+ s\n", told)


def test_probes_under_way_leave_no_room(repo: Repo) -> None:
    """Which is said, and not passed over in silence."""
    fail(repo, ago=400)
    ledger = Ledger(journal(repo), time.time)
    for name in ("a", "b", "c"):
        opening = Opening(name, name, "", "--staged", "", is_bound=True)
        assert admit(ledger, opening, Policy()).is_open
    told = repo.guard("breaker", "status").stdout.decode()
    assert told.startswith("circuit breaker: half-open, it lets 0 more probes through\n")


def test_a_person_can_close_it(repo: Repo) -> None:
    """The journal says who and why, and the next one finds it closed."""
    fail(repo)
    done = repo.guard("breaker", "reset", "--reason", "the disk was full", USER="ada")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"selfmod-guard: the circuit breaker is closed; it was open\n"
    event = list(journal(repo).events())[-1]
    by = "Ada <ada@example.org> (user ada)"
    assert event.kind == "reset"
    assert json.loads(event.body) == {"by": by, "reason": "the disk was full"}
    done = repo.guard("breaker", "reset", "--format", "json", LOGNAME="ada")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert list(told) == [
        *("action", "changed", "by", "reason", "message", "notes", "schema_version"),
    ]
    assert (told["action"], told["changed"], told["by"]) == ("reset", False, by)


@pytest.mark.parametrize("shape", ["text", "json"])
def test_an_agent_cannot_close_it(repo: Repo, shape: str) -> None:
    """Refused with 1, and what it tried is on record."""
    fail(repo)
    done = repo.guard("breaker", "reset", "--format", shape, AI_AGENT="1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        "selfmod-guard: 'breaker reset' loosens the guard, which is not for an agent to do:"
        " environment AI_AGENT (loosening-refused)\n"
        "  do next: let a person run: selfmod-guard breaker reset\n"
    )
    assert list(journal(repo).events())[-1].kind == "refused"
    assert b"circuit breaker: open" in repo.guard("breaker", "status", AI_AGENT="1").stdout


@pytest.mark.parametrize(
    "reason", ["x" * 501, "x" * 100_000], ids=["a little too long", "much too long"]
)
def test_a_reason_that_is_too_long_is_wrong_usage(repo: Repo, reason: str) -> None:
    """It says how long it may be, and nothing is written down."""
    done = repo.guard("breaker", "reset", "--reason", reason)
    assert done.returncode == 64
    assert b"500 is the most (reason-too-long)" in done.stderr
    assert len(done.stderr) < 1000
    assert list(journal(repo).events()) == []


def test_a_name_and_a_reason_can_be_anything(repo: Repo) -> None:
    """Bytes that are no text, control characters, a name as long as a book, or none."""
    repo.config("user.name", "A\x1b[2J\udce9" + "a" * 5000)
    repo.config("user.email", "")
    reason = b"\xff\x1b[2J\n\xe2\x80\xae"
    command = [sys.executable, "-I", "-m", "pytest_selfmod_guard", "disable", "--reason"]
    done = repo.run(*command, reason.decode("utf-8", "surrogateescape"))
    assert done.returncode == 0, done.stderr
    body: dict[str, Any] = json.loads(list(journal(repo).events())[-1].body)
    assert body["reason"] == "\\xff\x1b[2J\n\u202e"
    assert body["by"].startswith("A\x1b[2J\\xe9aaa")
    assert len(body["by"]) == 203  # 200 letters, one of which is told as four
    told = repo.guard("enable").stdout.decode()
    assert told.startswith(
        r"selfmod-guard: the guard is on; it had been turned off by A\x1b[2J\xe9"
    )
    assert told.rstrip("\n").isprintable()
    for key in ("user.name", "user.email"):
        repo.git("config", "--unset", key)
    told = json.loads(repo.guard("breaker", "reset", "--format", "json").stdout)
    assert told["by"] == "somebody without a name"


@pytest.mark.parametrize("arguments", [(), ("open",), ("status", "--reason", "x")])
def test_wrong_usage_is_64(repo: Repo, arguments: tuple[str, ...]) -> None:
    """And says how it is right."""
    done = repo.guard("breaker", *arguments)
    assert done.returncode == 64
    assert b"usage: selfmod-guard" in done.stderr
