"""What pytest would run is what was judged, or the pass is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.doors._launch.clean import judge
from pytest_selfmod_guard.doors._launch.ondisk import judged_as_on_disk
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Receipt, Risk

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo


def receipt(repo: Repo, *files: str, decision: str = "allowed") -> Receipt:
    """Make a receipt of a change to files that ends at HEAD."""
    return Receipt(
        attempt="a1", at=1.5, seconds=0.25, decision=decision, outcome=decision, enforced=False,
        risk=Risk.NONE, actor=UNKNOWN_ACTOR, source="--selfmod-guard", base="b" * 40,
        head=repo.git("rev-parse", "HEAD"), digest="d" * 64, files=files, findings=(), because=(),
        preflight=(), trial=None, layers=(), notes=("First.",),
    )  # fmt: skip


def judged(repo: Repo, *files: str, folder: str = "") -> Receipt:
    """Look at the work tree after a pass for a change to files."""
    return judged_as_on_disk(receipt(repo, *files), repo.at(folder))


def test_an_edit_of_a_touched_file_takes_the_pass_back(repo: Repo) -> None:
    """Wherever one stands, and whatever git was told to overlook; other files do not count."""
    repo.write("sub/other.py", "")
    repo.commit()
    assert judged(repo, "app.py", "README.md") == receipt(repo, "app.py", "README.md")
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.git("update-index", "--assume-unchanged", "app.py")
    assert judged(repo, "README.md").decision == "allowed"
    late = judged(repo, "README.md", "app.py", folder="sub")
    assert (late.decision, late.outcome, late.enforced) == ("undecided", "undecided", True)
    assert late.slug == "not-what-was-judged"
    assert late.reason.endswith('what is on disk: "app.py"')
    assert late.hint.endswith("selfmod-guard check --worktree")


@pytest.mark.parametrize("decision", ["denied", "undecided"])
def test_what_was_no_pass_stays_what_it_was(repo: Repo, decision: str) -> None:
    """It runs nothing, or is not enforced."""
    told = receipt(repo, "app.py", decision=decision)
    repo.write("app.py", "")
    assert judged_as_on_disk(told, repo.at()) == told


def test_line_ends_of_a_checkout_are_no_difference(repo: Repo) -> None:
    """As git itself writes them where it is told to, and whatever the blob has; words are one."""
    repo.write("both.txt", "one\r\ntwo\n")
    repo.commit()
    repo.write(".gitattributes", "* text eol=crlf\n")
    for name in ("app.py", "both.txt"):
        repo.remove(name)
        repo.git("checkout", "--", name)
        assert b"\r\n" in (repo.path / name).read_bytes()
    assert (repo.path / "both.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert judged(repo, "app.py", "both.txt").decision == "allowed"
    repo.write("app.py", "def answer():\r\n    return 43\r\n")
    assert judged(repo, "app.py").decision == "undecided"


def test_data_that_were_fetched_for_a_pointer_are_no_difference_and_code_is(repo: Repo) -> None:
    """A suite needs its data; what could be run is judged as it is in the commit."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
    for path in ("data/model.bin", "conftest.py"):
        repo.write(path, pointer)
    repo.commit()
    for path in ("data/model.bin", "conftest.py"):
        repo.write(path, "raw")
    assert judged(repo, "data/model.bin").decision == "allowed"
    assert judged(repo, "conftest.py").decision == "undecided"
    repo.write("README.md", "raw")
    assert judged(repo, "README.md").decision == "undecided", "it stands for nothing"


def test_a_checkout_in_another_encoding_is_another_file(repo: Repo, new_repo: NewRepo) -> None:
    """It looks like a comment in the commit, and is a program on disk; git sees no difference."""
    program = "{__import__('os').abort()}"
    repo.write("conftest.py", program.encode().decode("cp037"))
    repo.commit()
    repo.write(".gitattributes", "conftest.py working-tree-encoding=IBM037\n")
    repo.git("add", ".gitattributes")
    repo.git("commit", "--quiet", "-m", "Tell how to read it")
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", str(repo.path), "main")
    clone.git("checkout", "--quiet", "FETCH_HEAD")
    assert (clone.path / "conftest.py").read_text() == program
    assert clone.git("status", "--short") == ""
    assert '"conftest.py"' in judged(clone, "conftest.py", ".gitattributes").reason


def test_what_is_no_file_any_more_is_another_file(repo: Repo) -> None:
    """Gone, a pipe, a folder, or a link, even to the same bytes; a deleted file is not missed."""
    content = (repo.path / "app.py").read_bytes()
    repo.remove("app.py")
    assert judged(repo, "app.py").decision == "undecided"
    os.mkfifo(repo.path / "app.py")
    assert judged(repo, "app.py").decision == "undecided"
    (repo.path / "../elsewhere.py").write_bytes(content)
    repo.link("app.py", "../elsewhere.py")
    assert judged(repo, "app.py").decision == "undecided"
    repo.write("link", "app.py")
    repo.commit()
    repo.link("link", "app.py")
    assert judged(repo, "link").decision == "undecided"
    assert judged(repo, "never.py").decision == "allowed"


def test_what_a_checkout_leaves_out_is_not_missed(repo: Repo, new_repo: NewRepo) -> None:
    """In a sparse one, unless it is there after all; and a submodule that is not fetched."""
    part = new_repo("part")
    part.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part.path))
    repo.commit()
    repo.git("update-index", "--skip-worktree", "app.py")
    repo.remove("app.py")
    repo.git("submodule", "--quiet", "deinit", "--force", "part")
    assert judged(repo, "app.py", "part", ".gitmodules").decision == "allowed"
    (repo.path / "part").rmdir()
    assert judged(repo, "part").decision == "allowed"
    repo.write("app.py", "")
    assert judged(repo, "app.py").decision == "undecided"


def test_a_submodule_at_another_commit_is_another_one(repo: Repo, new_repo: NewRepo) -> None:
    """Its code runs as it is checked out."""
    part = new_repo("part")
    part.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part.path))
    repo.commit()
    assert judged(repo, "part").decision == "allowed"
    inside = ("-C", "part", "-c", "user.name=A", "-c", "user.email=a@b")
    repo.git(*inside, "commit", "--quiet", "--allow-empty", "-m", "More")
    assert judged(repo, "part").decision == "undecided"


def test_modes_and_links_as_some_disks_have_them_are_no_difference(repo: Repo) -> None:
    """Without the bit for programs, and without links, which are then files that hold a path."""
    repo.write("run.sh", "", 0o755)
    repo.link("link", "app.py")
    repo.commit()
    repo.write("run.sh", "")
    repo.remove("link")
    repo.write("link", "app.py")
    assert judged(repo, "run.sh", "link").decision == "allowed"


def test_at_most_five_are_named_and_odd_names_are_readable(repo: Repo) -> None:
    """The others are counted."""
    files = [os.fsdecode(b"0\xe9.py"), *(f"{at}.py" for at in range(1, 7))]
    for name in files:
        repo.write(name, "")
    repo.commit()
    for name in files:
        repo.write(name, "1\n")
    reason = judged(repo, *files).reason
    assert reason.endswith('"0\\xe9.py", "1.py", "2.py", "3.py", "4.py" and 2 more')


def test_a_head_that_cannot_be_read_is_no_pass(repo: Repo) -> None:
    """What cannot be compared is not known to be the same."""
    told = receipt(repo, "app.py")._replace(head="f" * 40)
    late = judged_as_on_disk(told, repo.at())
    assert (late.decision, late.slug) == ("undecided", "missing-object")


def test_both_doors_are_told_and_the_journal_too(repo: Repo) -> None:
    """They ask the same judge, which finds it out before it answers."""
    repo.git("switch", "--quiet", "--create", "feature")
    repo.write("app.py", "def answer():\n    return 2 * 21\n")
    repo.commit("Say it otherwise")
    repo.write("app.py", "def answer():\n    return 43\n")
    told = judge(str(repo.path), repo.environ, None)
    assert (told.decision, told.slug) == ("undecided", "not-what-was-judged")
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    assert told.slug in [event.body for event in journal.events()][-1]
    repo.git("checkout", "--quiet", "app.py")
    assert judge(str(repo.path), repo.environ, None).decision == "allowed"
