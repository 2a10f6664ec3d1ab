"""``selfmod-guard audit``: what happened is shown, copied and checked, whatever is in there."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import chdir, closing, contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.doors._audit import events as _audit_events
from pytest_selfmod_guard.doors._audit.events import as_line, events_in, source_of
from pytest_selfmod_guard.doors._audit.progress import counted
from pytest_selfmod_guard.doors.cli import main
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import START, Entry, Event, chained
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages._ledger import as_line as as_body
from pytest_selfmod_guard.stages.verify import verified
from pytest_selfmod_guard.state import KINDS, as_state, as_text

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

ROOT = Path(__file__).parents[2]
AUDIT = (sys.executable, "-I", "-B", "-m", "pytest_selfmod_guard", "audit")
BASIC = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}
OWN = {"sequence", "attempt", "prevhash", "hash", "epoch", "fold"}
OPENED = {
    "terms": [2, 1, 60.0, 300.0],
    "lease": 600.0,
    "bound": True,
    "base": "b",
    "who": "",
    "actor": "agent robot",
    "source": "--staged",
}
LAST_SECOND = 253402300799.0  # of the calendar that Python has
HOSTILE = "a\x1b[2J\u202e\n\t\u200bz"


@pytest.fixture
def journal(repo: Repo) -> SqliteJournal:
    """Give the journal of a repository in which some things happened."""
    made = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    clock = iter(range(1_750_000_000, 1_760_000_000, 60))
    ledger = Ledger(made, lambda: next(clock) + 0.1)
    judged = as_body({"decision": "denied", "actor": {"kind": "agent", "name": "robot"}})
    made.append(Entry(LAST_SECOND, "adopted", "a0", '{"tips":[]}'))
    with ledger.page() as page:
        page.add("opened", "a1", OPENED, "d" * 64)
        page.note(Entry(2.0, "judged", "a1", judged, "d" * 64))
    with ledger.page() as page:
        page.add("disabled", "", {"by": "Ada", "reason": HOSTILE})
        page.note(Entry(3.0, HOSTILE, HOSTILE, as_body({"outcome": HOSTILE}), HOSTILE))
        page.add("enabled", "", {"by": "Ada"})
    return made


def audit(repo: Repo, *arguments: str, code: int = 0) -> str:
    """Run it as the console script does, but in this process; give what it says, errors last."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(out),
        redirect_stderr(err),
        chdir(repo.path),
    ):
        patch.setattr(os, "environ", repo.environ)
        try:
            ended: object = main(["audit", *arguments])
        except SystemExit as left:
            ended = left.code
    assert ended == code, (out.getvalue(), err.getvalue())
    return out.getvalue() + err.getvalue()


def outcome(copy: Path) -> str:
    """Tell what checking a copy comes to: the first wrong event, or the error."""
    try:
        found = verified(events_in(str(copy)), is_copy=True)
    except JournalError as error:
        return f"{error.slug}: {error.message}"
    return f"event {found.wrong.seq}" if found.wrong else "holds"


def edit(journal: SqliteJournal, statement: str) -> None:
    """Change the table behind the journal's back."""
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.execute(statement)


def exported(path: Path, events: Iterable[Event]) -> Path:
    """Write events as an export does."""
    events = list(events)
    source = source_of(events[0])
    path.write_text("".join(as_line(event, source) for event in events))
    return path


# -- verify -----------------------------------------------------------------------------------


def test_where_nothing_was_written_down_nothing_is_wrong(repo: Repo) -> None:
    """And it is said, by all three; looking makes nothing."""
    assert audit(repo, "verify") == "nothing was written down yet\n"
    assert "nothing was written down yet" in audit(repo, "tail")
    assert "nothing was written down yet" in audit(repo, "export")
    assert "(nothing-to-anchor)" in audit(repo, "export", "--anchor", code=64)
    assert not (repo.path / ".git" / "selfmod-guard").exists()


def test_what_the_guard_itself_writes_holds(repo: Repo) -> None:
    """An agent's commit, judged as the hook does it."""
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.add()
    assert repo.guard("pre-commit", "selfmod-guard", AI_AGENT="robot").returncode == 0
    told = json.loads(audit(repo, "verify", "--format", "json"))
    assert (told["holds"], told["wrong"], told["anchors"]) == (True, None, [])
    assert re.search(r"judged .* agent robot +allowed ", audit(repo, "tail"))
    assert "nothing is anchored" in audit(repo, "verify")


def test_the_first_event_that_is_wrong_is_named(repo: Repo, journal: SqliteJournal) -> None:
    """For people and for programs, with what that may mean; other people's words are inert."""
    assert "the journal holds: 6 events" in audit(repo, "verify")
    edit(journal, "update events set body = '{}' where seq = 5")
    said = audit(repo, "verify", code=1)
    assert "event 5 is the first that is wrong" in said
    assert "it was edited" in said
    assert "\x1b" not in said
    edit(journal, "delete from events where seq = 2")
    told = json.loads(audit(repo, "verify", "--format", "json", code=1))
    assert (told["holds"], told["events"]) == (False, 5)
    assert told["wrong"] == {
        "seq": 3,
        "attempt": "a1",
        "kind": "judged",
        "what": "event 2 is missing before it: it was deleted",
    }
    assert "event 3 is the first" in audit(repo, "verify", code=1)


def test_what_cannot_be_read_is_no_answer(repo: Repo, journal: SqliteJournal) -> None:
    """It is an error of its own."""
    Path(journal.path).write_bytes(b"this is no database, but long enough to be read" * 99)
    for verb in ("verify", "tail", "export"):
        assert "(journal-" in audit(repo, verb, code=2)


def test_an_anchor_shows_what_the_chain_does_not(repo: Repo, journal: SqliteJournal) -> None:
    """What was cut off at the end, and a journal that is gone."""
    copy = repo.path / "copy.jsonl"
    said = audit(repo, "export", "--anchor", "--output", str(copy))
    assert "git push origin refs/notes/selfmod-guard" in said
    assert "anchored event 6" in said
    assert "1 anchored event is as anchored" in audit(repo, "verify")
    edit(journal, "delete from events where seq = 6")
    said = audit(repo, "verify", code=1)
    assert "event 6, anchored on commit " in said
    assert "the journal does not hold" in said
    assert "1 anchored event is as anchored" in audit(repo, "verify", "--export", str(copy))
    Path(journal.path).unlink()
    told = json.loads(audit(repo, "verify", "--format", "json", code=1))
    assert told["anchors"][0]["seq"] == 6
    assert told["anchors"][0]["what"].startswith("there is no such event")


def test_a_copy_is_checked_outside_of_any_repository(
    repo: Repo, journal: SqliteJournal, tmp_path: Path
) -> None:
    """By whoever got it, who has neither the journal nor the anchors."""
    copy = exported(tmp_path / "copy.jsonl", journal.events())
    line = (*AUDIT, "verify", "--export", str(copy))
    done = subprocess.run(
        line, cwd=tmp_path, env=repo.environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "the copy holds: 6 events" in done.stdout


def test_an_older_copy_is_no_journal_that_was_cut(
    repo: Repo, journal: SqliteJournal, tmp_path: Path
) -> None:
    """It cannot hold what came after it; that it may have been cut is said."""
    copy = exported(tmp_path / "copy.jsonl", list(journal.events())[:4])
    audit(repo, "export", "--anchor")
    said = audit(repo, "verify", "--export", str(copy))
    assert "1 of later events" in said
    assert "the copy holds: 4 events" in said


def test_a_part_is_checked_if_it_is_asked_for_as_one(
    repo: Repo, journal: SqliteJournal, tmp_path: Path
) -> None:
    """In a copy and in the journal; otherwise its beginning is missed."""
    copy = tmp_path / "part.jsonl"
    audit(repo, "export", "--since", "2", "--output", str(copy))
    assert len(copy.read_text().splitlines()) == 4
    assert "events 1 to 2 are missing" in audit(repo, "verify", "--export", str(copy), code=1)
    for where in (("--export", str(copy)), ()):
        said = audit(repo, "verify", *where, "--since", "2")
        assert "what came up to event 2 was taken as it is" in said
    edit(journal, "update events set attempt = 'x' where seq = 1")
    audit(repo, "verify", "--since", "2")
    audit(repo, "verify", code=1)


def test_a_part_begins_behind_an_event_that_is_there(repo: Repo, journal: SqliteJournal) -> None:
    """What was cut off does not hold; a number that no event can have is wrong usage."""
    last = journal.head()
    assert last is not None
    assert "nothing came after event 6\n" in audit(repo, "verify", "--since", "6")
    told = json.loads(audit(repo, "verify", "--since", "6", "--format", "json"))
    assert (told["holds"], told["events"], told["head"]) == (True, 0, last.hash)
    said = audit(repo, "verify", "--since", "9", code=1)
    assert said.startswith("the journal does not hold: the journal ends at event 6, event 9 is")
    told = json.loads(audit(repo, "verify", "--since", "9", "--format", "json", code=1))
    assert (told["holds"], told["last"]) == (False, 6)
    assert told["missing"] == "the journal ends at event 6, event 9 is missing"
    highest = str((1 << 63) - 1)
    assert f"event {highest} is missing" in audit(repo, "verify", "--since", highest, code=1)
    for odd in ("-1", "x", str(1 << 63)):
        assert "--since" in audit(repo, "verify", "--since", odd, code=64)
        assert "--since" in audit(repo, "verify", f"--since={odd}", code=64)
    assert audit(repo, "verify", "--since", "0") == audit(repo, "verify")


def forge(journal: SqliteJournal) -> None:
    """Add an event that carries another state, and has the right hash."""
    folded = journal.folded()
    assert folded is not None
    body = '{"by":"Ada"}'
    fold = as_text(as_state(folded.fold)._replace(attempts=99))
    journal.append(Entry(folded.at, "enabled", "", body, "", fold))


def test_a_forged_state_is_mended_and_shown(repo: Repo, journal: SqliteJournal) -> None:
    """In words once, in JSON for programs; it goes on not to hold."""
    forge(journal)
    assert "the events win" in audit(repo, "verify", code=1)
    told = json.loads(audit(repo, "verify", "--format", "json", code=1))
    assert (told["wrong"]["seq"], told["recounted"], told["reason"]) == (7, False, "")
    forge(journal)
    told = json.loads(audit(repo, "verify", "--format", "json", code=1))
    assert (told["wrong"]["seq"], told["recounted"], told["reason"]) == (7, True, "")
    assert as_state(getattr(journal.folded(), "fold", "")).attempts == 0


def test_what_was_found_is_shown_also_where_it_cannot_be_mended(
    repo: Repo, journal: SqliteJournal
) -> None:
    """Nothing can be written; a forgery stays one, and is no error of the journal's."""
    forge(journal)
    for form in ("text", "json"):
        done = subprocess.run(
            (*AUDIT, "verify", "--format", form),
            cwd=repo.path,
            env=repo.environ,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=small_files,
        )
        assert (done.returncode, done.stderr) == (1, "")
        if form == "text":
            lines = done.stdout.splitlines()
            assert lines[0] == "the journal does not hold: event 7 is the first that is wrong"
            assert re.match(r"  could not be mended: .+ \(journal-[a-z]+\)$", lines[-2])
        else:
            told = json.loads(done.stdout)
            assert (told["wrong"]["seq"], told["recounted"]) == (7, False)
            assert told["reason"].startswith("could not be mended: ")


def test_what_does_not_hold_ends_with_something_to_type(
    repo: Repo, journal: SqliteJournal, tmp_path: Path
) -> None:
    """Where to look: so far back that what is wrong is there, or with what was forgotten."""
    copy = tmp_path / "it is a copy.jsonl"
    audit(repo, "export", "--since", "2", "--output", str(copy))
    for number in range(100):
        journal.append(Entry(9.0, "judged", f"b{number}", "{}"))
    assert "look at it" not in audit(repo, "verify")
    edit(journal, "update events set body = 'x' where seq = 105")
    said = audit(repo, "verify", code=1).splitlines()[-1]
    assert said == "  look at it: selfmod-guard audit tail -n 50"
    edit(journal, "update events set body = '{}' where seq = 5")
    said = audit(repo, "verify", code=1).splitlines()[-1]
    count = re.fullmatch("  look at it: selfmod-guard audit tail -n ([0-9]+)", said)
    assert count
    assert "\n     5  " in audit(repo, "tail", "-n", count[1])
    said = audit(repo, "verify", "--since", "999", code=1).splitlines()[-1]
    assert said == "  look at it: selfmod-guard audit tail -n 50"

    said = audit(repo, "verify", "--export", str(copy), code=1).splitlines()[-1]
    before, _, line = said.partition("selfmod-guard audit ")
    assert before == "  a copy of what came later: "
    assert audit(repo, *shlex.split(line)).startswith("the copy holds: 4 events, each as it was")
    said = audit(repo, "verify", "--export", str(copy), "--since", "1", code=1).splitlines()[-1]
    assert said == "  ask the journal itself: selfmod-guard audit verify"


def test_one_event_is_no_events(repo: Repo) -> None:
    """Nor is each of one as it was written down."""
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    journal.append(Entry(1.0, "judged", "a", "{}"))
    assert audit(repo, "verify").startswith("the journal holds: 1 event, as it was written down\n")
    edit(journal, "update events set body = 'x'")
    assert "\n  1 event was read\n" in audit(repo, "verify", code=1)


def test_notes_about_the_journal_are_shown(repo: Repo, journal: SqliteJournal) -> None:
    """That another one is in use than the policy names, in both forms; not of a copy."""
    copy = exported(repo.path / "copy.jsonl", journal.events())
    repo.write("selfmod-guard.toml", 'journal = "postgresql://ada@localhost/guard"\n')
    repo.commit()
    note = "The policy names another journal; this clone stays with "
    assert f"\nnote: {note}" in audit(repo, "verify")
    assert json.loads(audit(repo, "verify", "--format", "json"))["notes"][0].startswith(note)
    assert "note: " not in audit(repo, "verify", "--export", str(copy))
    told = repo.guard("status").stdout.decode()
    assert told.splitlines()[1].startswith(f"note: {note}")


class Screen(io.StringIO):
    """What is written to, as a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        """Be one, or none."""
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


def test_who_waits_on_a_terminal_sees_how_far_it_is(journal: SqliteJournal) -> None:
    """Not in a pipe, not when it is quick, and nothing is left of it at the end."""
    many = list(journal.events()) * 500
    times = iter(range(1000))
    screen = Screen(is_terminal=True)
    assert list(counted(many, screen, lambda: next(times))) == many
    assert screen.getvalue().startswith("\r1,000 events read\r2,000 events read")
    assert screen.getvalue().endswith("\r" + " " * len("3,000 events read") + "\r")
    screen = Screen(is_terminal=True)
    assert list(counted(many, screen, lambda: 0.0)) == many
    assert screen.getvalue() == ""
    screen = Screen(is_terminal=False)
    assert list(counted(many, screen, lambda: next(times))) == many
    assert screen.getvalue() == ""


# -- tail -------------------------------------------------------------------------------------


def test_each_event_is_one_line(repo: Repo, journal: SqliteJournal) -> None:
    """When, in the reader's zone, what, by whom, and what became of it; nothing acts up."""
    done = repo.guard("audit", "tail", TZ="XYZ-3")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "5", "6"]
    told = [re.split(r" {2,}", line.strip()) for line in lines]
    when = "2025-06-15 18:06:40"
    assert told[0][1] == str(LAST_SECOND)
    assert told[1] == ["2", when, "opened", "a1", "agent robot", "--staged", "d" * 10]
    assert told[2][2:] == ["judged", "a1", "agent robot", "denied", "d" * 10]
    assert "Ada" in lines[3]
    assert r"a\x1b[2J\u202e\n\t\u200bz" in lines[4]
    assert all(line.isprintable() for line in lines)
    assert journal.place not in done.stdout.decode()


def test_what_an_agent_was_refused_is_told_with_its_marker(repo: Repo) -> None:
    """What it wanted, and by what it was known; that is somebody else's text."""
    for command in (("breaker", "reset"), ("disable",)):
        assert repo.guard(*command, CURSOR_AGENT="1").returncode == 1
    lines = audit(repo, "tail").splitlines()
    assert lines[0].endswith("breaker reset (environment CURSOR_AGENT)")
    assert lines[1].endswith("disable (environment CURSOR_AGENT)")
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    journal.append(Entry(1.0, "refused", "", as_body({"what": 3, "marker": HOSTILE})))
    assert audit(repo, "tail", "-n", "1").endswith(r"3 (a\x1b[2J\u202e\n\t\u200bz)" + "\n")


def test_as_many_are_shown_as_are_asked_for(repo: Repo, journal: SqliteJournal) -> None:
    """None, some, or more than there are; fewer than none is wrong usage."""
    assert len(list(journal.events())) == 6
    counts = {count: audit(repo, "tail", "-n", count) for count in ("0", "2", "99")}
    assert [len(said.splitlines()) for said in counts.values()] == [0, 2, 6]
    assert counts["2"].split()[0] == "5"
    for count in ("-1", "many"):
        assert "audit tail" in audit(repo, "tail", "-n", count, code=64)
    audit(repo, code=64)


def test_for_programs_the_lines_are_those_of_an_export(repo: Repo, journal: SqliteJournal) -> None:
    """So that one reader does for both."""
    whole = audit(repo, "export")
    assert audit(repo, "tail", "--format", "json", "-n", "2") == "".join(
        whole.splitlines(keepends=True)[-2:]
    )
    assert whole == exported(repo.path / "x", journal.events()).read_text()


def test_long_words_are_cut(repo: Repo, journal: SqliteJournal) -> None:
    """And what is no JSON, or has no time that a calendar knows, is shown all the same."""
    journal.append(
        Entry(5.0, "k" * 500, "a" * 500, json.dumps({"actor": "x" * 500, "how": "\0" * 500})),
        Entry(1e300, "odd", "a9", "nonsense"),
        Entry(6.0, "odd", "a9", "[]"),
    )
    lines = audit(repo, "tail", "-n", "3").splitlines()
    assert len(lines[0]) < 250
    assert all(re.search(r"odd +a9 +unreadable$", line) for line in lines[1:])
    assert "1e+300" in lines[1]


@contextmanager
def following(repo: Repo, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Follow the journal in a process that does not outlive the test."""
    line = (*AUDIT, "tail", "--follow", *arguments)
    pipe = subprocess.PIPE
    with subprocess.Popen(
        line, cwd=repo.path, env=repo.environ, stdout=pipe, stderr=pipe, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def read(running: subprocess.Popen[str]) -> str:
    """Read a line that it says."""
    assert running.stdout is not None
    return running.stdout.readline()


def test_what_happens_from_now_on_is_followed(repo: Repo, journal: SqliteJournal) -> None:
    """Each event once, until it is interrupted."""
    with following(repo, "-n", "1") as running:
        assert read(running).split()[0] == "6"
        journal.append(Entry(4.0, "judged", "a7", "{}"), Entry(4.0, "judged", "a8", "{}"))
        assert [read(running).split()[0] for _ in range(2)] == ["7", "8"]
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (130, "", "selfmod-guard: interrupted\n")


def test_nobody_follows_for_a_reader_who_has_gone(repo: Repo, journal: SqliteJournal) -> None:
    """Also when nothing happens any more, so that nothing has to be written."""
    assert journal.head() is not None
    with following(repo, "-n", "1") as running:
        assert read(running).split()[0] == "6"
        assert running.stdout is not None
        running.stdout.close()
        assert running.wait(timeout=10) == 2
        assert running.stderr is not None
        assert running.stderr.read() == ""


@pytest.mark.proof
def test_a_journal_that_gets_shorter_is_an_error(repo: Repo, journal: SqliteJournal) -> None:
    """Whoever follows it sees that something is taken away."""
    with following(repo, "-n", "1") as running:
        read(running)
        edit(journal, "delete from events where seq > 3")
        _, err = running.communicate(timeout=10)
    assert running.returncode == 2
    assert "ends before event 6" in err
    assert "(journal-shorter)" in err


# -- export -----------------------------------------------------------------------------------


def test_a_line_has_the_attributes_of_cloudevents(repo: Repo, journal: SqliteJournal) -> None:
    """Those that it must have, those that it may have, and ours in lower-case letters."""
    lines = [json.loads(line) for line in audit(repo, "export").splitlines()]
    for told, event in zip(lines, journal.events(), strict=True):
        assert {"specversion", "id", "source", "type"} <= set(told) <= BASIC | OWN
        assert told["specversion"] == "1.0"
        assert told["type"] == f"dev.selfmod-guard.{event.kind}"
        assert told.get("subject", "") == event.subject
        assert ("subject" in told, "fold" in told) == (bool(event.subject), bool(event.fold))
        assert (told["datacontenttype"], told["data"]) == (
            "application/json",
            json.loads(event.body),
        )
        assert float(told["epoch"]) == event.at
        assert told["time"].endswith("Z")
        assert abs(datetime.fromisoformat(told["time"]).timestamp() - event.at) < 1e-6
        assert (told["hash"], told["prevhash"]) == (event.hash, event.prev)
        assert (int(told["sequence"]), told["attempt"]) == (event.seq, event.attempt)
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in OWN)
    assert len({told["id"] for told in lines}) == len(lines)
    assert {told["source"] for told in lines} == {f"urn:selfmod-guard:{lines[0]['hash']}"}
    assert str(repo.path) not in json.dumps(lines)


BODIES = (
    *('{"n":1}', '{"n": 1}', '{"b":1,"a":2}', '{"a":1,"a":2}', '{"n":1.0}', '{"n":1e5}', "{}"),
    *('{"n":NaN}', '{"n":1e999}', "nonsense", "", "[1,2]", '"text"', '{"é":"\u202e"}'),
    *('{"n":"\\ud800"}', '{"n":"\\u00e9"}', "a\0b", "[" * 100_000, f'{{"n":{"9" * 5000}}}', "null"),
)


@pytest.mark.parametrize("subject", ["", "s", "\u202e\n"])
@pytest.mark.parametrize("fold", ["", '{"a": "é"}'])
def test_everything_comes_back_as_it_was(tmp_path: Path, subject: str, fold: str) -> None:
    """Every letter that the hash covers, also of what no guard would write."""
    times = (0.1, 1.0, 1_750_000_000.123456, 1e300, -5.5)
    entries = [Entry(at, "a\0k", "\x1b", body, subject, fold) for body in BODIES for at in times]
    events = list(chained(entries, 0, START))
    copy = exported(tmp_path / "copy.jsonl", events)
    assert list(events_in(str(copy))) == events
    assert copy.read_bytes().isascii()


def changes(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give every way to edit one attribute of a line, and the line."""
    other = {"data": {"n": 2}, "time": "2001-01-01T00:00:00.000000Z", "epoch": "7.5"}
    for name, value in told.items():
        yield f"{name} edited", json.dumps(told | {name: other.get(name, f"{value}0")})
        if name in ("subject", "fold", "time"):
            yield f"{name} left out", json.dumps({k: v for k, v in told.items() if k != name})
    for name in {"subject", "fold", "extra"} - set(told):
        yield f"{name} added", json.dumps(told | {name: "x"})
    yield "data as text", json.dumps(told | {"data": "x", "datacontenttype": "text/plain"})


def test_no_attribute_of_a_copy_can_be_edited(tmp_path: Path, journal: SqliteJournal) -> None:
    """Nor left out or added; of no line, and also where no hash covers it."""
    lines = exported(tmp_path / "whole.jsonl", journal.events()).read_text().splitlines()
    copy = tmp_path / "copy.jsonl"
    for at, line in enumerate(lines):
        for what, other in changes(json.loads(line)):
            copy.write_text("\n".join([*lines[:at], other, *lines[at + 1 :], ""]))
            came = outcome(copy)
            named = f"event {at + 1}" if "sequence" not in what else "event "
            assert came.startswith((named, "export-unreadable: ")), what


HOSTILE_LINES = {
    "empty": b"",
    "cut off": b'{"specversion":"1.0"}',
    "half a line": b'{"specversion":"1.0",\n',
    "binary": bytes(range(256)) * 40 + b"\n",
    "UTF-16": '{"a":1}\n'.encode("utf-16"),
    "no object": b"[]\n",
    "null": b"null\n",
    "deep": b"[" * 100_000 + b"\n",
    "another event": b'{"specversion":"1.0","id":"1","source":"x","type":"y"}\n',
    "blank": b"\n",
    "huge number": b'{"sequence":' + b"9" * 5000 + b"}\n",
}


@pytest.mark.parametrize("content", HOSTILE_LINES.values(), ids=HOSTILE_LINES)
def test_what_is_no_export_is_an_error(tmp_path: Path, content: bytes) -> None:
    """With the line, and not a crash or a pass."""
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(content)
    where = "line 1" if content else "it is empty"
    assert outcome(copy).startswith(
        f"export-unreadable: this is no export that can be checked: {where}"
    )


@pytest.mark.parametrize("value", [[], {}, None, "x", 1, 1.5, True, ["x"]], ids=repr)
def test_a_part_of_the_wrong_type_is_no_crash(
    tmp_path: Path, journal: SqliteJournal, value: object
) -> None:
    """JSON can hold anything where a text should be."""
    copy = exported(tmp_path / "copy.jsonl", journal.events())
    lines = copy.read_text().splitlines()
    for name in sorted((BASIC | OWN) - {"fold"}):
        edit = json.dumps(json.loads(lines[1]) | {name: value})
        copy.write_text("\n".join([lines[0], edit, *lines[2:], ""]))
        came = outcome(copy)
        assert came.startswith(("event 2", "event 1", "export-unreadable: ")), (name, came)


def test_a_line_without_an_end_does_not_fill_the_memory(
    tmp_path: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too long for an event is not read to its end."""
    monkeypatch.setattr(_audit_events, "_LONGEST", 5000)
    assert len(list(events_in(str(exported(tmp_path / "copy.jsonl", journal.events()))))) == 6
    (tmp_path / "copy.jsonl").write_bytes(b" " * 5001 + b"\n")
    assert "line 1 is longer than" in outcome(tmp_path / "copy.jsonl")


def test_a_copy_that_was_cut_off_is_an_error(tmp_path: Path, journal: SqliteJournal) -> None:
    """Wherever in its last line, and be it the end of the line alone."""
    copy = exported(tmp_path / "copy.jsonl", journal.events())
    text = copy.read_text()
    for left in (text[:-1], text[:-2], text[:-300], text + "{"):
        copy.write_text(left)
        assert re.search(r"export-unreadable: .* line [67] is cut off", outcome(copy))


def test_a_name_that_stands_there_twice_is_an_error(tmp_path: Path, journal: SqliteJournal) -> None:
    """One reader takes the first, another the last."""
    text = exported(tmp_path / "copy.jsonl", journal.events()).read_text()
    twice = text.replace('"attempt":"a1"', '"attempt":"a2","attempt":"a1"', 1)
    (tmp_path / "copy.jsonl").write_text(twice)
    assert "line 2 is no event" in outcome(tmp_path / "copy.jsonl")


def test_lines_of_two_journals_are_no_copy_of_one(tmp_path: Path, journal: SqliteJournal) -> None:
    """Not even where each line alone is right."""
    copy = exported(tmp_path / "copy.jsonl", journal.events())
    lines = copy.read_text().splitlines(keepends=True)
    other = lines[3].replace(json.loads(lines[3])["source"], f"urn:selfmod-guard:{'0' * 64}")
    copy.write_text("".join([*lines[:3], other, *lines[4:]]))
    assert outcome(copy) == "event 4"
    copy.write_text("".join(lines).replace(json.loads(lines[0])["source"], "urn:x"))
    assert outcome(copy) == "event 1"


def test_a_file_that_is_no_file_is_an_error(repo: Repo, journal: SqliteJournal) -> None:
    """To read from as to write to; what is there stays as it is."""
    assert journal.head() is not None
    for place in ("missing.jsonl", ".git"):
        assert "(export-unreadable)" in audit(repo, "verify", "--export", place, code=2)
    # A pipe stands for a device: a guard that is wrong here must not replace one of the machine's.
    os.mkfifo(repo.path / "pipe")
    for place in ("missing/x.jsonl", ".git", "pipe"):
        assert "(export-unwritable)" in audit(repo, "export", "--output", place, code=2)
    assert (repo.path / "pipe").is_fifo()


def small_files() -> None:
    """Let this process write no file of more than some bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def test_a_file_is_written_whole_or_not_at_all(repo: Repo, journal: SqliteJournal) -> None:
    """A full disk is an error, takes nothing away and leaves nothing behind."""
    before = sorted(path.name for path in repo.path.iterdir())
    for kept in (False, True):
        if kept:
            repo.write("copy.jsonl", "older")
        done = subprocess.run(
            (*AUDIT, "export", "--anchor", "--output", "copy.jsonl"),
            cwd=repo.path,
            env=repo.environ,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=small_files,
        )
        assert done.returncode == 2
        assert "(export-unwritable)" in done.stderr
        assert sorted(path.name for path in repo.path.iterdir()) == sorted(
            [*before, *["copy.jsonl"] * kept]
        )
    assert (repo.path / "copy.jsonl").read_text() == "older"
    assert repo.git("for-each-ref", "refs/notes") == ""
    audit(repo, "export", "--output", "copy.jsonl")
    assert list(events_in(str(repo.path / "copy.jsonl"))) == list(journal.events())


def test_an_export_that_nobody_can_take_is_an_error(repo: Repo, journal: SqliteJournal) -> None:
    """And nothing is anchored that was not handed out."""
    assert journal.head() is not None
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            (*AUDIT, "export", "--anchor"),
            cwd=repo.path,
            env=repo.environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert repo.git("for-each-ref", "refs/notes") == ""


def test_a_link_is_written_through(repo: Repo, journal: SqliteJournal) -> None:
    """What it leads to is replaced, not the link."""
    assert journal.head() is not None
    repo.write("copies/today.jsonl", "older")
    repo.link("copy.jsonl", "copies/today.jsonl")
    audit(repo, "export", "--output", "copy.jsonl")
    assert (repo.path / "copy.jsonl").is_symlink()
    assert len((repo.path / "copies/today.jsonl").read_text().splitlines()) == 6


def test_without_a_commit_nothing_is_anchored(new_repo: NewRepo) -> None:
    """But the export is there."""
    repo = new_repo("young")
    SqliteJournal(str(repo.path / ".git" / "selfmod-guard")).append(Entry(1.0, "k", "a", "{}"))
    said = audit(repo, "export", "--anchor", "--output", "copy.jsonl", code=64)
    assert "(nothing-to-anchor)" in said
    assert (repo.path / "copy.jsonl").exists()


# -- the page ---------------------------------------------------------------------------------


PAGE = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")


def test_every_kind_of_event_is_on_the_page() -> None:
    """With whether it carries a state."""
    table = PAGE.partition("| kind | when |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:]]
    told = {kind: row[3].strip() for row in rows for kind in re.findall(r"`(.+?)`", row[0])}
    assert {kind for kind, fold in told.items() if fold == "yes"} == KINDS
    assert set(told) - KINDS == {"judged", "refused", "approved", "adopted", "landed", "ungated"}


def stranger(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the lines of the page on a copy, without the guard."""
    (script,) = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE)
    assert len(script.split("\n")) < 20
    line = [sys.executable, "-I", "-S", "-c", script, str(path)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_a_stranger_can_check_a_copy_with_the_lines_of_the_page(
    tmp_path: Path, journal: SqliteJournal
) -> None:
    """Of events of every version; and what was edited, deleted or swapped shows."""
    kinds = [Entry(at / 7, "judged", "a", body) for at, body in enumerate(BODIES)]
    kinds += [entry._replace(subject="é") for entry in kinds]
    kinds += [entry._replace(fold='{"a":"é"}') for entry in kinds]
    head = journal.head()
    assert head is not None
    events = [*journal.events(), *chained(kinds, head.seq, head.hash)]
    whole = exported(tmp_path / "whole.jsonl", events)
    done = stranger(whole)
    assert (done.stderr, done.stdout) == (
        "",
        f"{len(events)} events, the last has the hash {events[-1].hash}\n",
    )
    lines = whole.read_text().splitlines(keepends=True)[:6]
    copy = tmp_path / "copy.jsonl"
    for first, edit in {
        3: [*lines[:2], lines[2].replace('"denied"', '"allowed"'), *lines[3:]],
        4: [*lines[:3], *lines[4:]],
        2: [lines[0], lines[2], lines[1], *lines[3:]],
        6: [*lines[:5], lines[5].replace("closed", "open")],
    }.items():
        copy.write_text("".join(edit))
        assert stranger(copy).stderr == f"event {first} is not what was written down\n"


@pytest.mark.proof
def test_memory_is_flat_and_everything_is_found_in_a_large_journal() -> None:
    """A hundred thousand events; the benchmark itself ends with 1 when it is not so."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "audit_verify.py"), "100000"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": exit 1, found") == 4
    assert done.stdout.count(": exit 0, ") == 2
