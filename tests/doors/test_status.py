"""``selfmod-guard status`` as people and programs see it, and ``--watch`` on a real terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pytest

from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, end

if TYPE_CHECKING:
    from tests.conftest import Repo

pytestmark = pytest.mark.proof  # each starts the command line

GUARD = (sys.executable, "-I", "-m", "pytest_selfmod_guard")
WATCH = (*GUARD, "status", "--watch")
HOSTILE = "\x1b[2J\n\x9b\u202e\udce9 " + "字" * 400
# Starts a command with its standard input as its controlling terminal, as a shell does.
ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.argv[1], sys.argv[1:])"
)
# Lets a command write nothing into a file.
NO_FILES = ("/bin/sh", "-c", 'ulimit -f 0 && exec "$0" "$@"')
TAKEN, GIVEN_BACK = "\x1b[?1049h", "\x1b[?25h\x1b[?1049l"


def journal(repo: Repo) -> SqliteJournal:
    """Give the journal of a repository."""
    return SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))


def fail(repo: Repo, times: int, actor: str = "agent robot", source: str = "--staged") -> None:
    """Let modifications be made and rolled back."""
    ledger = Ledger(journal(repo), time.time)
    for number in range(times):
        name = f"attempt{number}"
        opening = Opening(name, f"base{number}", actor, source, "", is_bound=True)
        assert admit(ledger, opening, Policy()).is_open
        ending = Ending("rolled_back", counts=True, seconds=0.5, actor=actor, change={"files": 2})
        end(ledger, opening, ending, Policy())


def text(repo: Repo, *arguments: str, **environ: Any) -> str:
    """Ask for the status, which has to be told."""
    done = repo.guard("status", *arguments, **environ)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def columns(line: str) -> int:
    """Tell how wide a line is on a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def test_before_the_first_event_everything_is_told(repo: Repo) -> None:
    """Nothing is written for it, and nothing claimed that is not there."""
    told = text(repo)
    assert told.startswith("selfmod-guard: on\n")
    assert "ok    circuit breaker            closed, 0 of 5 failures in a row\n" in told
    assert re.search(r"- +automatic backup +not built in yet\n", told)
    assert "attempts  none yet\n" in told
    assert "nothing is written yet" in told
    assert not (repo.path / ".git" / "selfmod-guard").exists()


def test_the_worst_day_is_told_whole(repo: Repo) -> None:
    """24 lines, without colour, whatever anybody wrote into the journal; in a pipe uncut."""
    fail(repo, 5, actor=f"agent {HOSTILE}", source=HOSTILE)
    assert repo.guard("disable", "--reason", "字" * 500, USER=HOSTILE).returncode == 0
    told = text(repo)
    lines = told.splitlines()
    assert len(lines) <= 24
    assert "..." not in told
    assert all(line.isprintable() for line in lines)
    assert all(line.endswith("字" * 400) for line in lines if "rolled_back" in line)
    assert lines[1].endswith("字" * 500)
    assert lines[0] == "selfmod-guard: OFF, nothing is enforced: selfmod-guard enable"
    assert re.match(r"  turned off \d+ s ago by Ada <ada@example.org> \(user \\x1b\[2J", lines[1])
    assert re.search(
        r"circuit breaker +open after 5 failures, probes in (5 min 0|4 min \d+) s", told
    )
    assert "care  pre-flight checks          an agent would be warned, and let through" in told
    assert len([line for line in lines if "rolled_back" in line]) == 5
    assert re.search(r"attempts +\d+ s ago  rolled_back +agent \\x1b.*2 files +\\x1b", told)
    assert re.search(r"journal +11 events, the last is [0-9a-f]{12}, in /", told)


def test_wide_letters_and_a_hostile_reason_fit_too(repo: Repo) -> None:
    """A line of 90 letters may take 120 columns; it goes on below."""
    assert repo.guard("disable", "--reason", "\x1b[2J\n" + "字" * 60).returncode == 0
    first, second, third = text(repo, COLUMNS="100").splitlines()[1:4]
    assert r":\x1b[2J\n字字" in first + second.strip()
    assert max(map(columns, (first, second, third))) <= 100
    assert second.startswith("    ")
    assert second.endswith("字")
    assert (first + second + third).count("字") == 60


def test_json_says_the_same_and_all_of_it(repo: Repo) -> None:
    """In a fixed order, and uncut."""
    fail(repo, 5)
    assert repo.guard("disable", "--reason", "é" * 300).returncode == 0
    status: dict[str, Any] = json.loads(text(repo, "--format", "json"))
    assert list(status) == [
        "enabled", "mode", "disabled", "layers", "circuit_breaker", "rate_limit", "frequency",
        "health", "attempts", "backups", "journal", "schema_version", "notes",
    ]  # fmt: skip
    assert status["enabled"] is False
    assert status["disabled"]["reason"] == "é" * 300
    assert status["circuit_breaker"]["state"] == "open"
    assert 200 < status["circuit_breaker"]["retry_after"] <= 300
    assert list(status["circuit_breaker"]["metrics"]) == [
        "total_attempts", "total_successes", "success_rate", "consecutive_failures",
        "time_to_recovery",
    ]  # fmt: skip
    assert status["rate_limit"]["current_count"] == 0  # people's, who are not bound meanwhile
    assert len(status["layers"]) == 10
    assert status["attempts"][0]["attempt"] == "attempt4"
    assert status["journal"]["events"] == 11


@pytest.mark.parametrize(
    ("told", "widest"),
    [("1", 20), ("48", 48), ("80", 80), ("100", 100), ("9" * 5000, 999), ("-5", 999)],
    ids=["tiny", "small", "usual", "large", "no number", "negative"],
)
def test_lines_fit_what_the_reader_has(repo: Repo, told: str, widest: int) -> None:
    """And nothing is left out; a number that is none is no crash."""
    fail(repo, 5)
    lines = text(repo, COLUMNS=told).splitlines()
    assert max(map(len, lines)) <= widest
    wanted, unsure = "".join(text(repo).split()), re.compile(r"\d+min\d+s|\d+s?ago")
    assert unsure.sub("", "".join("".join(lines).split())) == unsure.sub("", wanted)
    if told == "80":
        at = next(at for at, line in enumerate(lines) if "pre-flight checks" in line)
        assert re.match(r" {35}\S.*s$", lines[at + 1])


def test_a_usual_day_fits_on_a_usual_screen(repo: Repo) -> None:
    """24 lines of 80 columns, and the prompt among them; also with a denial, and why it was."""
    with Ledger(journal(repo), time.time).page() as page:
        sample = {"score": 100.0, "status": "healthy", "cpu": 10.5, "memory": 50.5, "disk": 50.5}
        page.add("sampled", "", {**sample, "where": here()})
    fail(repo, 4)
    body = json.dumps({"because": [{"rule": "SMG202", "path": "clean.sh"}]})
    ledger = Ledger(journal(repo), time.time)
    opening = Opening("a", "b", "agent robot", "--staged", "d", is_bound=True)
    assert admit(ledger, opening, Policy()).is_open
    ending = Ending("denied", counts=False, seconds=0.5, actor="agent robot", change={"files": 1})
    end(ledger, opening, ending, Policy(), Entry(1.0, "judged", "a", body, "d"))
    lines = text(repo, COLUMNS="80").splitlines()
    assert max(map(len, lines)) <= 80
    assert next(at for at, line in enumerate(lines) if "events" in line) <= 21
    cells = "  health    ok CPU in use 10.5 %, below 90 %  ok memory left 50.5 %, above 20 %"
    assert cells in lines
    (line,) = [line for line in lines if "denied" in line]
    assert re.search(r" [0-9] s ago  denied +agent robot +1 file +SMG202 clean.sh$", line)


def test_colour_is_for_those_who_ask_for_it(repo: Repo) -> None:
    """The words are the same."""
    plain, colored = text(repo), text(repo, FORCE_COLOR="1")
    assert "\x1b" not in plain
    assert "\x1b[32mok\x1b[0m    circuit breaker" in colored
    ago = re.compile(r"\x1b\[\d+m")
    assert ago.sub("", colored) == plain


def test_a_terminal_that_knows_only_ascii_is_no_crash(repo: Repo) -> None:
    """What it lacks comes out escaped."""
    assert repo.guard("disable", "--reason", "müde").returncode == 0
    command = (sys.executable, "-m", "pytest_selfmod_guard", "status")
    done = repo.run(*command, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert r"m\xfcde" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("status",), ("status", "--watch"), ("health",), ("breaker", "status"), ("breaker", "reset"),
     ("disable",), ("enable",)],
)  # fmt: skip
def test_what_cannot_be_read_is_2_and_says_why(
    repo: Repo, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """A damaged journal, and a folder that is no repository: never "all is well"."""
    folder = repo.path / ".git" / "selfmod-guard"
    folder.mkdir()
    (folder / "journal.sqlite3").write_bytes(b"this is no journal\n" * 100)
    done = repo.guard(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"(journal-damaged)\n  do next: " in done.stderr
    assert b"Traceback" not in done.stderr
    repo.path = tmp_path / "elsewhere"
    repo.path.mkdir()
    done = repo.guard(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"not-a-repository" in done.stderr


def test_a_repository_without_a_commit_has_a_status(repo: Repo, tmp_path: Path) -> None:
    """The defaults are in force."""
    repo.git("init", "--quiet", str(tmp_path / "new"))
    repo.path = tmp_path / "new"
    assert "0 of 10 in 1m" in text(repo)


@pytest.mark.parametrize("interval", ["0s", "500ms", "10", "-1s", "25h"])
def test_an_interval_that_makes_no_sense_is_wrong_usage(repo: Repo, interval: str) -> None:
    """It would measure without end, or never."""
    done = repo.guard("status", "--watch", f"--interval={interval}")
    assert done.returncode == 64
    assert b"--interval" in done.stderr


@contextmanager
def watching(repo: Repo, *command: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Watch in a process, which is ended with this."""
    environ = {**repo.environ, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=repo.path, env=environ, **streams) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.proof
def test_without_a_terminal_it_writes_a_line_of_json_a_look(repo: Repo) -> None:
    """Each look is kept; and when the reader goes, it ends without a word."""
    command = (*WATCH, "--interval", "1s", "--format", "json")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with watching(repo, *command, **streams) as process:
        assert process.stdout
        assert process.stderr
        seen = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert [status["journal"]["events"] for status in seen] == [1, 2]
        assert seen[0]["health"]["checks"]["memory"]["value"] > 0
        process.stdout.close()
        assert process.wait(10) == 2
        assert process.stderr.read() == b""
    with watching(repo, *WATCH, "--interval", "1h", **streams) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 2  # at once, and not when there is something to say again
    assert {event.kind for event in journal(repo).events()} == {"sampled"}


@pytest.mark.proof
def test_without_a_terminal_it_writes_a_block_a_look(repo: Repo) -> None:
    """As plain as the screen, and Ctrl-C is 130."""
    command = (*WATCH, "--interval", "1s")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with watching(repo, *command, **streams) as process:
        assert process.stdout
        assert process.stderr
        lines = [process.stdout.readline().decode() for _ in range(30)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b"selfmod-guard: interrupted\n"
    assert lines.count("selfmod-guard: on\n") == 2
    assert not any("\x1b" in line for line in lines)


@pytest.mark.proof
def test_a_busy_journal_is_said_and_not_the_end(repo: Repo) -> None:
    """The looks of that time are lost, the ones after it are not."""
    fail(repo, 1)
    code = (
        "import sys\n"
        "from functools import partial\n"
        "from pytest_selfmod_guard.doors import cli, status\n"
        "from pytest_selfmod_guard.journals.sqlite import SqliteJournal\n"
        f"journal = SqliteJournal({journal(repo).folder!r}, patience=0.1)\n"
        "status.Guard = partial(status.Guard, journal=journal)\n"
        "sys.exit(cli.main(['status', '--watch', '--interval', '1s', '--format', 'json']))\n"
    )
    command = (sys.executable, "-I", "-c", code)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with watching(repo, *command, **streams) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["journal"]["events"] == 3
        with journal(repo).turn():
            said = process.stderr.readline().decode()
        assert said.startswith("selfmod-guard: this look at the machine was not kept: ")
        assert "keeps the journal to itself" in said
        found = [json.loads(process.stdout.readline())["journal"]["events"] for _ in range(3)]
        assert found[-1] > 3
        process.terminate()


class Terminal:
    """A terminal with a watch on it, as a person has one."""

    def __init__(
        self, repo: Repo, rows: int = 24, columns: int = 100, through: tuple[str, ...] = ()
    ) -> None:
        """Start to watch, and wait until there is something to see."""
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        command = (sys.executable, "-I", "-c", ON_TERMINAL, *through, *WATCH)
        self.process = subprocess.Popen(
            command,
            cwd=repo.path,
            env={**repo.environ, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.said = ""
        self.read_until("\x1b[J")

    def read_until(self, sign: str) -> None:
        """Read what is on the terminal until something is there; "" until the end."""
        ends = time.monotonic() + 20
        while not sign or sign not in self.said:
            assert time.monotonic() < ends, self.said
            if select([self.ours], [], [], 0.1)[0]:
                try:
                    read = os.read(self.ours, 65536)
                except OSError:  # nobody holds the other side any more
                    return
                self.said += read.decode()

    def close(self) -> None:
        """Take the terminal away."""
        with suppress(OSError):
            os.close(self.ours)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Give a place for terminals, which are cleared away at the end."""
    made: list[Terminal] = []
    yield made
    for terminal in made:
        terminal.close()
        terminal.process.kill()
        terminal.process.wait()


@pytest.mark.parametrize(
    ("how", "code"), [("ctrl-c", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_screen_is_given_back_on_every_way_out(
    repo: Repo, terminals: list[Terminal], how: str | signal.Signals, code: int
) -> None:
    """It is one of its own, so that what was on the terminal before is there again."""
    terminal = Terminal(repo)
    terminals.append(terminal)
    assert terminal.said.startswith(f"{TAKEN}\x1b[?25l")
    assert "selfmod-guard: \x1b[32mon\x1b[0m" in terminal.said
    assert "Ctrl-C ends it" in terminal.said
    assert GIVEN_BACK not in terminal.said
    if isinstance(how, signal.Signals):
        terminal.process.send_signal(how)
    else:
        os.write(terminal.ours, b"\x03")
    terminal.read_until("")
    assert terminal.process.wait(10) == code
    after = terminal.said.partition(GIVEN_BACK)[2]
    assert "Traceback" not in terminal.said
    assert after.strip() == ("selfmod-guard: interrupted" if how == "ctrl-c" else "")
    assert terminal.said.count(GIVEN_BACK) == 1


def test_why_a_look_was_not_kept_is_never_cut(repo: Repo, terminals: list[Terminal]) -> None:
    """It is longer than a line, and what is above it makes room."""
    terminals.append(terminal := Terminal(repo, rows=12, columns=40, through=NO_FILES))
    frame = terminal.said.rpartition("\x1b[H")[2]
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frame).splitlines()
    assert len(lines) == 12
    assert max(map(len, lines)) <= 40
    said = " ".join(line.strip() for line in lines)
    assert re.search(r"this look at the machine was not kept: .*\(journal-[a-z]+\)$", said)


def test_a_small_terminal_will_do_and_one_that_goes_ends_it(
    repo: Repo, terminals: list[Terminal]
) -> None:
    """What does not fit is left out, but not when it was looked at."""
    terminal = Terminal(repo, rows=10, columns=40)
    terminals.append(terminal)
    frame = terminal.said.rpartition("\x1b[H")[2]
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frame).splitlines()
    assert len(lines) == 10
    assert max(map(len, lines)) <= 40
    assert lines[-1].startswith("looked at ")
    terminal.close()
    assert terminal.process.wait(10) == 129
