"""Files of a repository that `init` reads and writes: inside it only, and all or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_selfmod_guard.doors._setup import Edit, read, write
from pytest_selfmod_guard.errors import GuardError

EDITS = (Edit("a", b"old", b"new"), Edit("b", None, b"b"), Edit("deep/er/c", None, b"c"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Make a folder with one file in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a").write_bytes(b"old")
    return folder


def test_everything_is_written(top: Path) -> None:
    """Files are made with their folders, and none is left beside them."""
    write(str(top), EDITS)
    assert _files(top) == {"a": b"new", "b": b"b", "deep/er/c": b"c"}


def test_permissions_stay_and_new_files_have_the_usual_ones(top: Path) -> None:
    """A temporary file's own mode would lock the team out."""
    (top / "a").chmod(0o640)
    write(str(top), EDITS)
    (top / "usual").touch()
    assert _mode(top / "a") == 0o640
    assert _mode(top / "b") == _mode(top / "usual")


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_failure_half_way_leaves_everything_as_it_was(
    top: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """Whichever file cannot be put in place, none of them is."""
    calls = iter(range(1, 9))
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if next(calls) == fails_at:
            raise OSError(28, "No space left on device", target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(GuardError, match="No space left") as caught:
        write(str(top), EDITS)
    assert caught.value.slug == "init-unwritable"
    assert _files(top) == {"a": b"old"}
    assert not (top / "deep").exists()


def test_an_edit_made_meanwhile_is_not_lost(top: Path) -> None:
    """Between the question and the answer the file may be saved in an editor."""
    (top / "a").write_bytes(b"theirs")
    with pytest.raises(GuardError) as caught:
        write(str(top), reversed(EDITS))
    assert caught.value.slug == "init-file-changed"
    assert _files(top) == {"a": b"theirs"}


@pytest.mark.parametrize("path", ["link", "linked/file", "../outside/file"])
def test_nothing_outside_is_read_or_written(tmp_path: Path, top: Path, path: str) -> None:
    """Somebody else's files are not ours, however a link or a name leads there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    (top / "link").symlink_to(outside / "file")
    (top / "linked").symlink_to(outside)
    with pytest.raises(GuardError, match="outside the repository"):
        read(str(top), path)
    with pytest.raises(GuardError, match="outside the repository"):
        write(str(top), [Edit(path, None, b"x")])
    assert (outside / "file").read_bytes() == b"theirs"


def test_a_link_inside_stays_a_link(top: Path) -> None:
    """Only the file behind it changes."""
    (top / "link").symlink_to("a")
    write(str(top), [Edit("link", b"old", b"new")])
    assert (top / "link").is_symlink()
    assert (top / "a").read_bytes() == b"new"


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("gone")],
    ids=["folder", "pipe", "dangling-link"],
)
def test_what_is_no_file_is_refused(top: Path, make: Callable[[Path], None]) -> None:
    """A pipe would hang, and a folder has no text."""
    make(top / "odd")
    with pytest.raises(GuardError) as caught:
        read(str(top), "odd")
    assert caught.value.slug == "init-unusable-file"


def test_a_file_where_a_folder_should_be_is_refused(top: Path) -> None:
    """`.github` may be anything in somebody else's repository."""
    with pytest.raises(GuardError) as caught:
        read(str(top), "a/workflows/b.yml")
    assert caught.value.slug == "init-unusable-file"


def _files(top: Path) -> dict[str, bytes]:
    return {str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file()}


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
