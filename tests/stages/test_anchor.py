"""What is anchored in git notes is found again, whatever else is in there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals import START, Entry, chained
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.stages.anchor import REF, Anchor, anchor, anchors, lost

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

EVENTS = list(chained([Entry(float(n), "judged", f"a{n}", "{}") for n in range(3)], 0, START))


def note(repo: Repo, text: bytes, on: str = "HEAD") -> None:
    """Put something into a note, as anybody can."""
    repo.git("notes", "--ref", REF, "add", "--force", "--file", "-", on, feed=text)


def counting(repo: Repo, tmp_path: Path) -> tuple[Git, Path]:
    """Give git behind a script that writes each call down."""
    log, folder = tmp_path / "calls", tmp_path / "bin"
    folder.mkdir()
    real = shutil.which("git", path=repo.environ["PATH"])
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >>{log}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    log.touch()
    return repo.at(PATH=f"{folder}{os.pathsep}{repo.environ['PATH']}"), log


def test_an_anchor_is_found_again(repo: Repo) -> None:
    """One line on HEAD's commit, with nothing of where the journal is."""
    made = anchor(repo.at(), EVENTS[1])
    head = repo.git("rev-parse", "HEAD")
    assert made == Anchor(2, EVENTS[1].hash, head)
    assert anchors(repo.at()) == (made,)
    assert repo.git("notes", "--ref", REF, "show") == f"2 {EVENTS[1].hash}"


def test_no_anchor_replaces_another(repo: Repo) -> None:
    """On one commit or on several, and people may write beside them."""
    anchor(repo.at(), EVENTS[0])
    anchor(repo.at(), EVENTS[1])
    repo.commit("More")
    note(repo, b"Checked by Ada.\n")
    anchor(repo.at(), EVENTS[2])
    assert [(one.seq, one.hash) for one in anchors(repo.at())] == [
        (event.seq, event.hash) for event in EVENTS
    ]
    assert "Checked by Ada." in repo.git("notes", "--ref", REF, "show")


def test_nobody_has_to_be_known_to_git(repo: Repo) -> None:
    """As in a job of CI, where no name is set and none may be guessed."""
    repo.git("config", "--unset", "user.name")
    repo.git("config", "--unset", "user.email")
    repo.config("user.useConfigOnly", "true")
    anchor(repo.at(), EVENTS[0])
    assert len(anchors(repo.at())) == 1


def test_the_hash_of_what_it_says_is_anchored(repo: Repo) -> None:
    """Not one that somebody wrote beside it, which could be anything."""
    made = anchor(repo.at(), EVENTS[0]._replace(hash="f" * 64))
    assert made.hash == EVENTS[0].hash


def test_no_hook_and_no_editor_runs(repo: Repo, tmp_path: Path) -> None:
    """Nor anything else that the repository or the environment names."""
    ran = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch {ran}\n"
    for name in ("reference-transaction", "post-commit", "pre-commit", "prepare-commit-msg"):
        repo.write(f".git/hooks/{name}", script, 0o755)
    editor = repo.write("editor", script, 0o755)
    repo.config("core.editor", str(editor))
    repo.config("core.notesRef", "refs/notes/elsewhere")
    repo.config("core.pager", str(editor))
    git = repo.at(GIT_EDITOR=str(editor), GIT_NOTES_REF="refs/notes/elsewhere")
    anchor(git, EVENTS[0])
    assert len(anchors(git)) == 1
    assert not ran.exists()
    repo.git("notes", "add", "-m", "by hand")
    assert ran.exists(), "the hook does run when git is asked by hand"


def test_lines_that_are_no_anchors_say_nothing(repo: Repo) -> None:
    """Text, bytes, numbers too long or in other digits, hashes too short, and more on a line."""
    good = f"7 {'a' * 64}".encode()
    lines = [
        *(b"", b"hello", b"\xff\xfe\x00", b"7", b"-1 " + b"a" * 64, b"7  " + b"a" * 64),
        *(b"9" * 40 + b" " + b"a" * 64, b"7 " + b"a" * 63, b"7 " + b"A" * 64, good + b" x"),
        b"\xd9\xa7 " + b"a" * 64,
    ]
    note(repo, b"\n".join([*lines, b"  " + good + b"\r", *lines]))
    assert [(one.seq, one.hash) for one in anchors(repo.at())] == [(7, "a" * 64)]


def test_a_note_that_is_huge_says_nothing(repo: Repo) -> None:
    """It is not read into memory, and hides no other one."""
    note(repo, b"x\n" * (1 << 20))
    repo.commit("More")
    made = anchor(repo.at(), EVENTS[0])
    assert anchors(repo.at()) == (made,)


def test_anchors_of_many_commits_are_found(repo: Repo) -> None:
    """Git keeps many notes in folders, by the first letters of the commit."""
    blob = repo.git("hash-object", "-w", "--stdin", feed=f"5 {'b' * 64}\n".encode())
    head = repo.git("rev-parse", "HEAD")
    tree = repo.git("mktree", feed=f"100644 blob {blob}\t{head[2:]}\n".encode())
    top = repo.git("mktree", feed=f"040000 tree {tree}\t{head[:2]}\n".encode())
    repo.git("update-ref", REF, repo.git("commit-tree", "-m", "notes", top))
    assert anchors(repo.at()) == (Anchor(5, "b" * 64, head),)


def test_without_a_commit_there_is_nothing_to_hold_on_to(new_repo: NewRepo) -> None:
    """Which is said, with what to do."""
    with pytest.raises(UsageError) as caught:
        anchor(new_repo("empty").at(), EVENTS[0])
    assert caught.value.slug == "nothing-to-anchor"


def test_without_a_repository_it_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    """And not an answer that nothing was anchored."""
    git = Git(str(tmp_path), environ)
    for ask in (lambda: anchor(git, EVENTS[0]), lambda: anchors(git)):
        with pytest.raises(ReadError) as caught:
            ask()
        assert caught.value.slug == "not-a-repository"


def test_a_forged_note_is_an_error(repo: Repo) -> None:
    """What was swapped on disk does not have its own id any more."""
    anchor(repo.at(), EVENTS[0])
    listed = repo.git("notes", "--ref", REF, "list").split()[0]
    other = repo.git("hash-object", "-w", "--stdin", feed=f"1 {'c' * 64}\n".encode())
    store = repo.path / ".git" / "objects"
    swapped = store / listed[:2] / listed[2:]
    swapped.chmod(0o644)
    swapped.write_bytes((store / other[:2] / other[2:]).read_bytes())
    with pytest.raises(ReadError):
        anchors(repo.at())


def test_a_lost_journal_is_told_from_a_new_one(repo: Repo, tmp_path: Path) -> None:
    """By the anchored event that came last, in whatever order they were anchored."""
    journal = SqliteJournal(str(tmp_path / "state"))
    assert lost(repo.at(), journal) == ""
    anchor(repo.at(), EVENTS[2])
    anchor(repo.at(), EVENTS[0])
    assert lost(repo.at(), journal) == EVENTS[2].hash
    journal.append(Entry(1.0, "judged", "a", "{}"))
    assert lost(repo.at(), journal) == ""


def test_looking_for_a_loss_costs_nothing_while_there_is_a_journal(
    repo: Repo, tmp_path: Path
) -> None:
    """No git at all; one when nothing was anchored, and two when something was."""
    git, log = counting(repo, tmp_path)
    empty, journal = (SqliteJournal(str(tmp_path / name)) for name in ("empty", "full"))
    journal.append(Entry(1.0, "judged", "a", "{}"))
    anchor(repo.at(), EVENTS[0])
    assert lost(git, journal) == ""
    assert log.read_text() == ""
    assert lost(git, empty) == EVENTS[0].hash
    assert len(log.read_text().splitlines()) == 2
    repo.git("update-ref", "-d", REF)
    assert lost(git, empty) == ""
    assert len(log.read_text().splitlines()) == 3
