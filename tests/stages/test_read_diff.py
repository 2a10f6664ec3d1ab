"""Unified diffs, good and bad, applied where nothing is left behind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.model import EXECUTABLE, SYMLINK
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.read._inside import why_outside

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

PATCH = b"""\
--- a/app.py
+++ b/app.py
@@ -1,2 +1,2 @@
 def answer():
-    return 42
+    return 43
"""

ADDS = b"--- /dev/null\n+++ %s\n@@ -0,0 +1 @@\n+x = 1\n"
GIT_ADDS = b"diff --git %s %s\nnew file mode 100644\n--- /dev/null\n+++ %s\n@@ -0,0 +1 @@\n+x = 1\n"


def _refused(repo: Repo, patch: bytes) -> ReadError:
    before = _snapshot(repo.path)
    with pytest.raises(ReadError) as caught:
        read.diff(repo.at(), patch)
    assert _snapshot(repo.path) == before
    assert caught.value.hint
    return caught.value


def _new_bytes(repo: Repo, patch: bytes) -> dict[str, bytes | None]:
    files = read.diff(repo.at(), patch).files
    return {file.path: file.new.data if file.new else None for file in files}


def test_a_plain_diff_is_applied_to_head(repo: Repo) -> None:
    """Old and new bytes are whole files, and head and source say it is a diff."""
    change = read.diff(repo.at(), PATCH)
    (file,) = change.files
    assert file.old is not None
    assert file.new is not None
    assert file.old.data == b"def answer():\n    return 42\n"
    assert file.new.data == b"def answer():\n    return 43\n"
    assert (change.head, change.source, change.notes) == ("diff", "--diff", ())
    assert change.base.commit == repo.git("rev-parse", "HEAD")


def test_neither_disk_nor_index_count(repo: Repo) -> None:
    """What the user has half done is not the diff's business."""
    repo.write("app.py", "staged = True\n")
    repo.add()
    repo.write("app.py", "on_disk = True\n")
    assert _new_bytes(repo, PATCH) == {"app.py": b"def answer():\n    return 43\n"}


def test_nothing_is_left_in_the_repository(repo: Repo, tmp_path: Path) -> None:
    """No object, no index, no lock and no folder in the temporary place."""
    before = _snapshot(repo.path)
    read.diff(repo.at(), PATCH + ADDS % b"b/new.py")
    assert _snapshot(repo.path) == before
    assert "new.py" not in os.listdir(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\n", b"  \r\n\t\n"])
def test_an_empty_diff_is_no_files(repo: Repo, data: bytes) -> None:
    """Nothing to change is a change of nothing."""
    change = read.diff(repo.at(), data)
    assert change.files == ()
    assert change.base.commit


@pytest.mark.parametrize(
    "data",
    [
        b"hello\n",
        b"\x00\x01\x02\xff" * 1000,
        bytes(range(256)) * 20_000,
        b"diff --git a/app.py b/app.py\n",
        b"@@ -1 +1 @@\n-a\n+b\n",
        b"--- a/app.py\n+++ b/app.py\n",
        PATCH[:-20],
        PATCH.replace(b"-1,2 +1,2", b"-1,9 +1,9"),
        PATCH.replace(b"-1,2 +1,2", b"-1,1 +1,2"),
        PATCH.replace(b"@@ -1,2", b"@@ -x,2"),
        (b"diff --git a/new.bin b/new.bin\nnew file mode 100644\nindex "
        + b"0" * 40 + b".." + b"1" * 40 + b"\nGIT binary patch\nliteral 5\nMc$garbage\n\n"),
    ],
)  # fmt: skip
def test_what_is_not_a_diff_is_refused(repo: Repo, data: bytes) -> None:
    """Garbage, a piece of a diff, and hunks that lie about their length."""
    assert _refused(repo, data).slug == "not-a-diff"


def test_a_diff_that_does_not_apply_says_where(repo: Repo) -> None:
    """Path and line are in the message."""
    error = _refused(repo, PATCH.replace(b"return 42", b"return 41"))
    assert error.slug == "diff-does-not-apply"
    assert "app.py:1" in str(error)


@pytest.mark.parametrize(
    "patch",
    [
        ADDS % b"b/app.py",
        GIT_ADDS % (b"a/app.py", b"b/app.py", b"b/app.py"),
        PATCH.replace(b"app.py", b"missing.py"),
        ADDS % b"b/app.py/inner.py",
        b"diff --git a/app.py b/app.py\nold mode 100755\nnew mode 100644\n" + PATCH * 2,
        (
            b"diff --git a/gone.py b/app2.py\nsimilarity index 100%\n"
            b"rename from gone.py\nrename to app2.py\n"
        ),
        (
            b"diff --git a/x.bin b/x.bin\nnew file mode 100644\nindex 0000000..1234567\n"
            b"Binary files /dev/null and b/x.bin differ\n"
        ),
    ],
)
def test_what_cannot_be_applied_is_refused(repo: Repo, patch: bytes) -> None:
    """Files that exist or do not, clashes, the same hunk twice, and binaries without bytes."""
    assert _refused(repo, patch).slug == "diff-does-not-apply"


def test_a_file_that_exists_is_not_added_under_its_prefix(repo: Repo) -> None:
    """Reading a/ and b/ as folders would turn a refusal into another file."""
    assert "b/app.py" not in str(_refused(repo, ADDS % b"b/app.py").context)


@pytest.mark.parametrize(
    "name",
    [
        b"../evil.py",
        b"b/../evil.py",
        b"b/../../evil.py",
        b"b/sub/../../evil.py",
        b"/etc/evil.py",
        b"b//etc/evil.py",
        b"b/.git/config",
        b"b/.GIT/config",
        b"b/.Git/hooks/pre-commit",
        b"b/sub/.git/config",
        b"b/.git\xe2\x80\x8c/config",
        b"b/.g\xe2\x80\x8dit/config",
        b"b/GIT~1/config",
        b"b/git~1",
        b"b/.git./config",
        b"b/.git /config",
        b"b/.git::$INDEX_ALLOCATION/config",
        b"b/.git\\config",
        b'"b/\\056git/config"',
        b'"b/\\056\\056/evil.py"',
        b"b/./evil.py",
    ],
)
def test_a_path_out_of_the_project_is_refused(repo: Repo, name: bytes) -> None:
    """In every spelling that some file system takes for the same."""
    for patch in (ADDS % name, GIT_ADDS % (name, name, name)):
        assert _refused(repo, patch).slug in {"diff-outside-project", "not-a-diff"}
    assert _refused(repo, ADDS % name).slug == "diff-outside-project"


@pytest.mark.parametrize("verb", [b"rename", b"copy"])
def test_a_move_out_of_the_project_is_refused(repo: Repo, verb: bytes) -> None:
    """The names of a move stand in lines of their own."""
    head = b"diff --git a/app.py b/../evil.py\nsimilarity index 100%\n"
    patch = head + b"%s from app.py\n%s to ../evil.py\n" % (verb, verb)
    assert _refused(repo, patch).slug == "diff-outside-project"


def test_a_diff_through_a_link_is_refused(repo: Repo) -> None:
    """A link in the base, and one that the same diff makes."""
    repo.link("out", "../..")
    repo.commit()
    assert _refused(repo, ADDS % b"b/out/evil.py").slug == "diff-outside-project"
    link = b"diff --git a/in b/in\nnew file mode 120000\n--- /dev/null\n+++ b/in\n@@ -0,0 +1 @@\n"
    link += b"+../..\n\\ No newline at end of file\n"
    assert _refused(repo, link + ADDS % b"b/in/evil.py").slug == "diff-outside-project"


def test_a_comment_that_looks_like_a_header_is_not_one(repo: Repo) -> None:
    """A removed SQL comment reads "--- /..." in a diff."""
    repo.write("q.sql", "-- /old/path\n-- keep\n")
    repo.commit()
    repo.write("q.sql", "++ ../new\n-- keep\n")
    repo.add()
    patch = repo.raw("diff", "--cached")
    assert _new_bytes(repo, patch) == {"q.sql": b"++ ../new\n-- keep\n"}


def test_a_staged_file_is_found_in_the_index(repo: Repo) -> None:
    """What builds on the index is judged with all that is staged, and that is said."""
    repo.write("staged.py", "one = 1\n")
    repo.add()
    patch = b"--- a/staged.py\n+++ b/staged.py\n@@ -1 +1 @@\n-one = 1\n+one = 2\n"
    change = read.diff(repo.at(), patch)
    (file,) = change.files
    assert file.old is None
    assert file.new is not None
    assert file.new.data == b"one = 2\n"
    (note,) = change.notes
    assert "index" in note


@pytest.mark.parametrize(
    ("setting", "noted"),
    [("diff.noprefix=true", True), ("diff.mnemonicPrefix=true", False), ("diff.context=1", False)],
)
def test_the_author_s_settings_for_diffs_are_understood(
    repo: Repo, setting: str, *, noted: bool
) -> None:
    """Other prefixes than a/ and b/, or none at all."""
    repo.write("sub/deep.py", "".join(f"{number}\n" for number in range(20)))
    repo.commit()
    repo.write("sub/deep.py", "".join(f"{number}\n" for number in range(20)).replace("7", "70"))
    repo.write("app.py", "x = 1\n")
    patch = repo.raw("-c", setting, "diff")
    repo.add()
    change = read.diff(repo.at(), patch)
    assert change.digest == read.staged(repo.at()).digest
    assert bool(change.notes) == noted


def test_a_diff_without_context_is_refused(repo: Repo) -> None:
    """Nothing in it says where its lines belong."""
    repo.write("long.py", "".join(f"{number}\n" for number in range(20)))
    repo.commit()
    repo.write("long.py", "".join(f"{number}\n" for number in range(1, 20)))
    assert _refused(repo, repo.raw("diff", "-U0")).slug == "diff-does-not-apply"


def test_the_same_file_twice_is_both_edits(repo: Repo) -> None:
    """Git applies one after the other."""
    second = PATCH.replace(b"43", b"44").replace(b"42", b"43")
    assert _new_bytes(repo, PATCH + second) == {"app.py": b"def answer():\n    return 44\n"}


def test_added_and_deleted_again_is_what_git_makes_of_it(repo: Repo) -> None:
    """Where an order matters, it is the order in which git writes."""
    deletes = b"--- a/new.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n"
    change = read.diff(repo.at(), ADDS % b"b/new.py" + deletes)
    repo.git("apply", "--index", feed=ADDS % b"b/new.py" + deletes)
    assert change.digest == read.staged(repo.at()).digest


def test_words_around_a_diff_are_ignored(repo: Repo) -> None:
    """People and models put prose and fences around it."""
    text = b"Here is the fix:\n\n```diff\n" + PATCH + b"```\nEnjoy.\n"
    assert _new_bytes(repo, text) == {"app.py": b"def answer():\n    return 43\n"}


def test_a_diff_with_null_bytes_in_its_lines_is_read(repo: Repo) -> None:
    """`git diff --text` prints them as they are."""
    assert _new_bytes(repo, (ADDS % b"b/n.txt").replace(b"x = 1", b"a\0b")) == {"n.txt": b"a\0b\n"}


def test_a_null_byte_in_a_name_names_no_other_file(repo: Repo) -> None:
    """What git makes of it is what is judged."""
    error = _refused(repo, ADDS % b'"b/.git\\000/config"')
    assert error.slug in {"diff-outside-project", "diff-does-not-apply"}


def test_windows_line_ends_of_the_file_are_kept(repo: Repo) -> None:
    """The carriage returns belong to the lines."""
    repo.write("dos.txt", b"one\r\ntwo\r\n")
    repo.commit()
    patch = b"--- a/dos.txt\n+++ b/dos.txt\n@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n"
    assert _new_bytes(repo, patch) == {"dos.txt": b"one\r\n2\r\n"}
    everywhere = patch.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert _new_bytes(repo, everywhere) == {"dos.txt": b"one\r\n2\r\n"}


def test_odd_modes_of_a_diff_are_git_s(repo: Repo) -> None:
    """An executable, and a link whose target is never looked at."""
    head = b"diff --git a/%s b/%s\nnew file mode %s\n--- /dev/null\n+++ b/%s\n@@ -0,0 +1 @@\n+%s\n"
    tail = b"\\ No newline at end of file\n"
    tool = head % (b"tool", b"tool", b"100755", b"tool", b"#!/bin/sh")
    link = head % (b"link", b"link", b"120000", b"link", b"/etc/passwd") + tail
    files = {file.path: file.new for file in read.diff(repo.at(), tool + link).files}
    assert files["tool"] is not None
    assert files["link"] is not None
    assert files["tool"].mode == EXECUTABLE
    assert (files["link"].mode, files["link"].data) == (SYMLINK, b"/etc/passwd")


def test_five_megabytes_are_read(repo: Repo) -> None:
    """A large diff is a large change, not an error."""
    lines = 100_000
    body = b"".join(b"+%049d\n" % number for number in range(lines))
    patch = b"--- /dev/null\n+++ b/big.txt\n@@ -0,0 +1,%d @@\n" % lines + body
    (file,) = read.diff(repo.at(), patch).files
    assert file.new is not None
    assert file.new.size == 50 * lines


def test_too_much_is_refused_unread(repo: Repo) -> None:
    """There is an end to what is handed to git."""
    assert _refused(repo, PATCH + b" " * (64 * 1024 * 1024)).slug == "diff-too-large"


def test_from_a_folder_paths_still_count_from_the_top(repo: Repo) -> None:
    """Git would otherwise skip, without a word, what lies outside the folder."""
    (repo.path / "sub").mkdir()
    change = read.diff(repo.at("sub"), PATCH + ADDS % b"b/sub/new.py")
    assert [file.path for file in change.files] == ["app.py", "sub/new.py"]


def test_before_the_first_commit_a_diff_only_adds(new_repo: NewRepo) -> None:
    """The empty tree is a base too."""
    fresh = new_repo("fresh")
    assert _new_bytes(fresh, ADDS % b"b/first.py") == {"first.py": b"x = 1\n"}


def test_odd_folders_do_not_matter(new_repo: NewRepo) -> None:
    """The repository's own path may hold what lists of paths are made of."""
    odd = new_repo('a:b "c" \\d\ne')
    odd.write("app.py", "def answer():\n    return 42\n")
    odd.commit()
    assert _new_bytes(odd, PATCH) == {"app.py": b"def answer():\n    return 43\n"}


@pytest.mark.parametrize("path", ["a\\b", "c:\\x", "C:/x", "a:stream"])
def test_where_backslashes_separate_they_are_refused(path: str) -> None:
    """One system's file name is the other's way out."""
    assert why_outside(path, separator="\\")


@pytest.mark.parametrize("path", ["a.py", ".gitignore", ".github/x", "git/x", "a..b", "...", "x~1"])
def test_ordinary_names_are_inside(path: str) -> None:
    """What only looks odd is let through."""
    assert why_outside(path) == ""


def _snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir()]
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in paths}
