"""The embedded journal when its place is not as it should be: gone, taken, or not allowed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry, first_broken
from pytest_selfmod_guard.journals._sqlite_file import connect
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

MADE = Entry(1.0, "judged", "a", "{}", "s")
NOBODY = 65534
OTHER = 54321

VISITOR = """
import json, os, sys
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
import shlex
def told(ask):
    try:
        return ask()
    except JournalError as error:
        return [error.slug, str(error), error.hint]
if os.geteuid() == 0:  # whom nothing is forbidden
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
journal = SqliteJournal(sys.argv[1])
write = lambda: journal.append(Entry(1.0, "judged", "visitor", "{}", "s"))
print(json.dumps([told(lambda: len(journal.about("s"))), told(write)]))
"""


def journal_of(folder: Path) -> SqliteJournal:
    """Make a journal with an event, and forget who wrote it."""
    SqliteJournal(str(folder)).append(MADE)
    return SqliteJournal(str(folder))


@pytest.fixture
def public() -> Iterator[Path]:
    """Give a folder that every user can reach, and may write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o700)
    shutil.rmtree(folder)


def visit(folder: Path) -> list[object]:
    """Look and write as a user without rights; give what came of both."""
    command = [sys.executable, "-c", VISITOR, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return list(json.loads(done.stdout))


def owned(folder: Path, user: int = NOBODY) -> Path:
    """Make a journal that the visitor owns, or somebody else."""
    journal = journal_of(folder)
    if os.geteuid() == 0:
        for path in (journal.folder, journal.path, f"{journal.path}-journal"):
            os.chown(path, user, user)
    return folder


def forbidden(told: object, why: str) -> bool:
    """Tell whether something was refused for that reason."""
    assert isinstance(told, list)
    slug, message, hint = told
    return slug == "journal-forbidden" and why in message and "ls -la" in hint


def test_all_of_it_belongs_to_the_user_alone(tmp_path: Path) -> None:
    """Whatever the user's mask is: the folder, the file, and what SQLite puts beside it."""
    before = os.umask(0)
    try:
        journal = journal_of(tmp_path / "state")
    finally:
        os.umask(before)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in Path(journal.folder).iterdir()
    }
    assert stat.S_IMODE(os.stat(journal.folder).st_mode) == 0o700
    assert modes == {"journal.sqlite3": 0o600, "journal.sqlite3-journal": 0o600}


def test_a_read_only_file_can_be_looked_at(public: Path) -> None:
    """And what cannot be written down is said."""
    folder = owned(public / "state")
    (folder / "journal.sqlite3").chmod(0o400)
    look, write = visit(folder)
    assert look == 1
    assert forbidden(write, "its file is read-only")


def test_a_read_only_folder_can_be_looked_into(public: Path) -> None:
    """SQLite would need to put a file there, which only its user could make possible."""
    folder = owned(public / "state")
    folder.chmod(0o500)
    look, write = visit(folder)
    assert look == 1
    assert forbidden(write, "its folder is read-only")


def test_a_read_only_parent_has_no_journal(public: Path) -> None:
    """Where none can be made, none is there, and that is said as well."""
    (public / "project").mkdir(mode=0o555)
    look, write = visit(public / "project" / "state")
    assert look == 0
    assert isinstance(write, list)
    assert write[0] == "journal-forbidden"


def test_a_journal_that_one_may_not_read_is_not_taken_for_none(public: Path) -> None:
    """Otherwise it would seem that nothing has ever happened."""
    folder = owned(public / "state")
    for path, mode in ((folder / "journal.sqlite3", 0o000), (folder, 0o000)):
        path.chmod(mode)
        for told in visit(folder):
            assert forbidden(told, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to somebody else")
def test_a_journal_of_somebody_else_is_said_to_be(public: Path) -> None:
    """The way out is not the same as for one's own."""
    folder = owned(public / "state", OTHER)
    for told in visit(folder):
        assert forbidden(told, f"it belongs to user {OTHER}, and this is user {NOBODY}")
    folder.chmod(0o755)
    (folder / "journal.sqlite3").chmod(0o644)
    look, write = visit(folder)
    assert look == 1
    assert forbidden(write, f"it belongs to user {OTHER}, and this is user {NOBODY}")


def test_what_a_killed_writer_left_is_said_to_who_may_not_undo_it(public: Path) -> None:
    """What is in the file may be half of something, so it is not given."""
    folder = owned(public / "state")
    leave_unfinished(SqliteJournal(str(folder)))
    folder.chmod(0o500)
    (folder / "journal.sqlite3").chmod(0o400)
    assert forbidden(visit(folder)[0], "read-only")
    folder.chmod(0o700)
    (folder / "journal.sqlite3").chmod(0o600)
    assert visit(folder) == [1, None]


def test_what_a_killed_writer_left_is_undone_by_who_comes_next(tmp_path: Path) -> None:
    """By looking too; what was acknowledged before stays."""
    journal = journal_of(tmp_path / "state")
    leave_unfinished(journal)
    assert [event.attempt for event in journal.events()] == ["a"]
    journal.append(MADE)
    assert len(list(journal.events())) == 2
    assert first_broken(journal.events()) is None


def leave_unfinished(journal: SqliteJournal) -> None:
    """Die in the middle of a turn, when a part of it is in the file already."""
    spill = (
        "import os, signal, sys\n"
        "from pytest_selfmod_guard.journals import Entry\n"
        "from pytest_selfmod_guard.journals.sqlite import SqliteJournal\n"
        "with SqliteJournal(sys.argv[1]).turn() as turn:\n"
        "    turn.connection.execute('pragma cache_size = 1')\n"
        "    turn.append(*[Entry(1.0, 'judged', 'b', 'x' * 999, 's')] * 500)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    size = os.path.getsize(journal.path)
    killed = subprocess.run([sys.executable, "-c", spill, journal.folder], check=False, timeout=60)
    assert killed.returncode == -9
    assert os.path.getsize(journal.path) > size
    assert os.path.getsize(f"{journal.path}-journal") > 0


def link(path: Path) -> None:
    """Point elsewhere."""
    os.rename(path, f"{path}.real")
    path.symlink_to(f"{path}.real")


def nowhere(path: Path) -> None:
    """Point to what is not there."""
    path.unlink()
    path.symlink_to("nowhere")


def folder(path: Path) -> None:
    """Be a folder."""
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    """Be a pipe, which nobody will ever write to."""
    path.unlink()
    os.mkfifo(path)


def sock(path: Path) -> None:
    """Be a socket."""
    path.unlink()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


@pytest.mark.parametrize("place", [link, nowhere, folder, pipe, sock])
def test_something_else_in_its_place_is_a_clear_error(
    tmp_path: Path, place: Callable[[Path], None]
) -> None:
    """Nobody hangs, nothing is followed, and what the hint says makes room."""
    journal = journal_of(tmp_path / "state")
    place(Path(journal.path))
    for look in (journal.head, lambda: journal.append(MADE), lambda: list(journal.events())):
        with pytest.raises(JournalError) as caught:
            look()
        assert (caught.value.slug, caught.value.context) == ("journal-misplaced", journal.path)
    subprocess.run(caught.value.hint.rpartition(": ")[2], shell=True, check=True)  # noqa: S602
    journal.append(MADE)
    assert len(list(journal.events())) == 1


def test_a_file_in_the_place_of_its_folder_is_a_clear_error(tmp_path: Path) -> None:
    """What cannot be recorded is said, not ignored; by looking too."""
    (tmp_path / "state").write_text("in the way")
    journal = SqliteJournal(str(tmp_path / "state"))
    for look in (lambda: journal.append(MADE), journal.head):
        with pytest.raises(JournalError) as caught:
            look()
        assert caught.value.slug == "journal-misplaced"
        assert caught.value.context == str(tmp_path / "state")


@pytest.mark.parametrize("is_written", [True, False], ids=["after writing", "before writing"])
@pytest.mark.parametrize("is_replaced", [True, False], ids=["replaced", "removed"])
def test_what_is_taken_away_in_a_turn_is_not_acknowledged(
    tmp_path: Path, *, is_written: bool, is_replaced: bool
) -> None:
    """SQLite is content to write into a file that has no name any more."""
    journal = journal_of(tmp_path / "state")
    path = Path(journal.path)

    def write() -> None:
        with journal.turn() as turn:
            turn.append(*[MADE] if is_written else [])
            path.rename(f"{path}.gone")
            if is_replaced:
                shutil.copy(f"{path}.gone", path)
            turn.append(*[] if is_written else [MADE])

    with pytest.raises(JournalError) as caught:
        write()
    assert (caught.value.slug, caught.value.context) == ("journal-vanished", journal.path)
    assert len(list(journal.events())) == int(is_replaced)


def test_a_turn_that_only_looks_notices_it_too(tmp_path: Path) -> None:
    """What is decided by a journal that is gone is not decided."""
    journal = journal_of(tmp_path / "state")
    with pytest.raises(JournalError, match="taken away"), journal.turn():
        shutil.rmtree(journal.folder)
    assert not os.path.exists(journal.folder)


def test_a_journal_that_vanishes_between_two_calls_is_missed_once(tmp_path: Path) -> None:
    """Whoever wrote to it says so; whoever goes on after that begins a new one."""
    for ask in (SqliteJournal.head, lambda journal: journal.append(MADE)):
        journal = SqliteJournal(str(tmp_path / "state"))
        journal.append(MADE)
        shutil.rmtree(journal.folder)
        with pytest.raises(JournalError, match="there is none any more") as caught:
            ask(journal)
        assert caught.value.slug == "journal-vanished"
        assert journal.head() is None
        journal.append(MADE)


def test_an_older_copy_put_back_is_noticed(tmp_path: Path) -> None:
    """By whoever wrote what it lacks, before more is added to it."""
    journal = SqliteJournal(str(tmp_path / "state"))
    journal.append(MADE)
    shutil.copy(journal.path, tmp_path / "copy")
    journal.append(MADE)
    shutil.copy(tmp_path / "copy", journal.path)
    with pytest.raises(JournalError, match="event 2, which this process wrote") as caught:
        journal.append(MADE)
    assert caught.value.slug == "journal-vanished"
    assert len(list(journal.events())) == 1


def test_another_journal_of_the_same_length_is_noticed(tmp_path: Path) -> None:
    """It is not the number of an event that makes it known."""
    journal, other = (SqliteJournal(str(tmp_path / name)) for name in ("state", "other"))
    journal.append(MADE)
    other.append(MADE._replace(attempt="b"))
    shutil.copy(other.path, journal.path)
    with pytest.raises(JournalError, match="event 1, which this process wrote"):
        journal.append(MADE)
    journal.append(MADE)
    assert [event.attempt for event in journal.events()] == ["b", "a"]


def test_unfinished_work_of_a_lost_journal_gets_into_no_new_one(tmp_path: Path) -> None:
    """SQLite would take it for that of the new one, and put old pages into it."""
    journal = journal_of(tmp_path / "state")
    leave_unfinished(journal)
    os.unlink(journal.path)
    for look in (journal.head, lambda: journal.append(MADE)):
        with pytest.raises(JournalError, match="unfinished work is still there") as caught:
            look()
        assert caught.value.slug == "journal-vanished"
    os.unlink(f"{journal.path}-journal")
    assert journal.head() is None
    journal.append(MADE)
    assert len(list(journal.events())) == 1


def test_what_is_opened_is_never_created(tmp_path: Path) -> None:
    """Not even when it vanishes in the moment between the look and the opening."""
    path = tmp_path / "journal.sqlite3"
    with pytest.raises(sqlite3.OperationalError):
        connect(str(path))
    assert not path.exists()


def test_what_a_killed_maker_left_is_swept_away(tmp_path: Path) -> None:
    """Whatever is in it: it never was a journal."""
    (tmp_path / "state").mkdir()
    for name in ("journal.sqlite3.new", "journal.sqlite3.new-journal"):
        (tmp_path / "state" / name).write_bytes(b"half")
    journal_of(tmp_path / "state")
    names = sorted(path.name for path in (tmp_path / "state").iterdir())
    assert names == ["journal.sqlite3", "journal.sqlite3-journal"]


def test_a_path_may_have_any_name(tmp_path: Path) -> None:
    """Nothing in it is taken for an option, and it need not be UTF-8 or absolute."""
    for name in ("a?mode=memory", "b#c", "d%20e", "f g", "é", "\udcff"):
        journal = journal_of(Path(f"{tmp_path}/{name}"))
        assert os.path.isfile(journal.path)
        assert len(journal.about("s")) == 1
    assert SqliteJournal(f"/{tmp_path}/é").head() is not None
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        relative = journal_of(Path("relative"))
    finally:
        os.chdir(before)
    assert relative.head() is not None
