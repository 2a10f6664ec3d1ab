"""The files on disk, whatever they are and whatever git was told about them."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo


def _paths(repo: Repo, folder: str = "") -> list[str]:
    return [file.path for file in read.worktree(repo.at(folder)).files]


def test_untracked_files_count_and_ignored_ones_do_not(repo: Repo) -> None:
    """What `git add .` would take is read."""
    repo.write(".gitignore", "*.log\nbuild/\n")
    repo.commit()
    for name in ("new.py", "deep/er/new.py", "noise.log", "build/out.py"):
        repo.write(name, "x = 1\n")
    assert _paths(repo) == ["deep/er/new.py", "new.py"]


def test_from_a_folder_the_whole_tree_is_read(repo: Repo) -> None:
    """Untracked files beside the folder are not lost."""
    repo.write("sub/inner.py", "")
    repo.write("outer.py", "")
    assert _paths(repo, "sub") == ["outer.py", "sub/inner.py"]


def test_a_clean_tree_is_no_files(repo: Repo) -> None:
    """Nor is a file that was only touched."""
    assert _paths(repo) == []
    os.utime(repo.path / "app.py", (1, 1))
    assert _paths(repo) == []


def test_before_the_first_commit_every_file_is_new(new_repo: NewRepo) -> None:
    """Without a commit and without an index there are still files."""
    repo = new_repo("fresh")
    repo.write("a.py", "a = 1\n")
    assert _paths(repo) == ["a.py"]
    repo.add()
    assert _paths(repo) == ["a.py"]


def test_the_disk_counts_and_not_the_index(repo: Repo) -> None:
    """An edit that is staged and taken back on disk is none."""
    original = (repo.path / "app.py").read_bytes()
    repo.write("app.py", "staged = True\n")
    repo.add()
    repo.write("app.py", original)
    assert _paths(repo) == []


def test_a_file_dropped_from_the_index_is_still_there(repo: Repo) -> None:
    """`git rm --cached` deletes nothing on disk."""
    repo.git("rm", "--quiet", "--cached", "app.py")
    assert _paths(repo) == []
    repo.write(".gitignore", "app.py\n")
    assert _paths(repo) == [".gitignore"]
    repo.write("app.py", "edited = True\n")
    assert _paths(repo) == [".gitignore", "app.py"]


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree", "--fsmonitor-valid"])
def test_a_file_marked_as_unchanged_is_looked_at(repo: Repo, mark: str) -> None:
    """`git update-index` can tell git never to look again."""
    repo.git("update-index", mark, "app.py")
    assert _paths(repo) == []
    repo.write("app.py", "hidden = True\n")
    assert _paths(repo) == ["app.py"]


def test_a_deletion_marked_as_unchanged_is_seen(repo: Repo) -> None:
    """Only what a sparse checkout leaves out may be absent."""
    repo.git("update-index", "--assume-unchanged", "app.py")
    repo.remove("app.py")
    (file,) = read.worktree(repo.at()).files
    assert (file.path, file.new) == ("app.py", None)


@pytest.mark.proof
@pytest.mark.parametrize("setting", ["core.trustctime=false", "core.checkStat=minimal"])
def test_an_edit_with_its_time_put_back_is_seen(repo: Repo, setting: str) -> None:
    """Same size, same time: the change of the inode gives it away."""
    key, _, value = setting.partition("=")
    repo.config(key, value)
    path = repo.path / "app.py"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    repo.git("update-index", "--refresh")
    before = path.stat()
    time.sleep(1.1)  # git keeps whole seconds
    path.write_text(path.read_text().replace("42", "43"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    later = time.time() + 60
    os.utime(repo.path / ".git" / "index", (later, later))
    assert _paths(repo) == ["app.py"]


def test_an_intent_to_add_is_a_new_file(repo: Repo) -> None:
    """Its bytes are on disk, whatever the index knows."""
    repo.write("planned.py", "x = 1\n")
    repo.git("add", "--intent-to-add", "planned.py")
    (file,) = read.worktree(repo.at()).files
    assert file.old is None
    assert file.new is not None
    assert file.new.data == b"x = 1\n"


def test_a_moved_file_is_paired_by_its_bytes(repo: Repo) -> None:
    """The same bytes elsewhere are a move; empty files are all the same and are not."""
    repo.write("empty.py", "")
    repo.commit()
    (repo.path / "app.py").rename(repo.path / "core.py")
    (repo.path / "empty.py").rename(repo.path / "hollow.py")
    found = [(file.path, file.old_path) for file in read.worktree(repo.at()).files]
    assert found == [("core.py", "app.py"), ("empty.py", ""), ("hollow.py", "")]


def test_a_folder_that_became_a_link_is_not_followed(repo: Repo) -> None:
    """What lies behind the link is not the project's."""
    repo.write("sub/app.py", "x = 1\n")
    repo.commit()
    (repo.path / "sub").rename(repo.path.parent / "elsewhere")
    repo.link("sub", "../elsewhere")
    files = {file.path: file for file in read.worktree(repo.at()).files}
    assert sorted(files) == ["sub", "sub/app.py"]
    assert files["sub/app.py"].new is None
    assert files["sub"].new is not None
    assert files["sub"].new.data == b"../elsewhere"


def test_a_pipe_in_the_place_of_a_file_is_refused(repo: Repo) -> None:
    """It is never opened, so it cannot make the judge wait."""
    repo.remove("app.py")
    os.mkfifo(repo.path / "app.py")
    with pytest.raises(ReadError) as caught:
        read.worktree(repo.at())
    assert caught.value.slug == "unreadable-file"


def test_an_untracked_pipe_or_socket_is_left_out(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No commit can hold one."""
    os.mkfifo(repo.path / "pipe")
    monkeypatch.chdir(repo.path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert _paths(repo) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_a_file_without_permission_is_refused(repo: Repo) -> None:
    """What cannot be read cannot be judged."""
    repo.write("secret.py", "x = 1\n", mode=0)
    with pytest.raises(ReadError) as caught:
        read.worktree(repo.at())
    assert caught.value.slug == "unreadable-file"


def test_unresolved_conflicts_are_refused(repo: Repo) -> None:
    """Conflict markers are nobody's proposal."""
    blob = repo.git("rev-parse", "HEAD:app.py")
    lines = "".join(f"100644 {blob} {stage}\tapp.py\n" for stage in (1, 2, 3))
    repo.git("update-index", "--index-info", feed=lines.encode())
    with pytest.raises(ReadError) as caught:
        read.worktree(repo.at())
    assert caught.value.slug == "unmerged-paths"


def test_a_repository_within_is_said_and_not_read(repo: Repo, new_repo: NewRepo) -> None:
    """An untracked clone has its own history and its own judge."""
    inner = new_repo("project/inner")
    inner.write("evil.py", "")
    inner.commit()
    change = read.worktree(repo.at())
    assert change.files == ()
    (note,) = change.notes
    assert '"inner/"' in note


def test_a_split_index_is_read(repo: Repo) -> None:
    """Most of such an index lies in a second file."""
    repo.git("update-index", "--split-index")
    repo.write("app.py", "x = 1\n")
    assert _paths(repo) == ["app.py"]


def test_nothing_is_written(repo: Repo) -> None:
    """Looking does not refresh the user's index."""
    os.utime(repo.path / "app.py", (1, 1))
    index = repo.path / ".git" / "index"
    before = (index.read_bytes(), index.stat().st_mtime_ns, sorted(os.listdir(index.parent)))
    read.worktree(repo.at())
    after = (index.read_bytes(), index.stat().st_mtime_ns, sorted(os.listdir(index.parent)))
    assert after == before


def test_with_a_separate_git_directory_the_same_is_read(repo: Repo) -> None:
    """`GIT_DIR` and `GIT_WORK_TREE` may be given, relative to where one stands."""
    (repo.path / "sub").mkdir()
    (repo.path / ".git").rename(repo.path.parent / "store")
    repo.write("app.py", "x = 1\n")
    git = repo.at("sub", GIT_DIR="../../store", GIT_WORK_TREE="..")
    assert [file.path for file in read.worktree(git).files] == ["app.py"]
    assert git.common_dir() == str(repo.path.parent / "store")
    assert git.prefix() == "sub"
