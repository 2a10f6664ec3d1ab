"""What the next commit would change, in every state a repository can be in."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_selfmod_guard
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import LIMIT
from pytest_selfmod_guard.model import REGULAR, SUBMODULE
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

PROJECT = Path(pytest_selfmod_guard.__file__).parents[1]

HOOK = f"""#!/bin/sh
PYTHONPATH={PROJECT} exec {sys.executable} - <<'END'
import os
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages import read
change = read.staged(Git(os.getcwd(), os.environ))
with open("{{told}}", "w") as told:
    for file in change.files:
        print(file.path, file.new and file.new.data.decode(), file=told)
END
"""


@pytest.fixture
def told(repo: Repo, tmp_path: Path) -> Path:
    """Give the file in which a real pre-commit hook writes down what it read."""
    told = tmp_path / "told"
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK.format(told=told))
    hook.chmod(0o755)
    return told


def _paths(repo: Repo, folder: str = "") -> list[str]:
    return [file.path for file in read.staged(repo.at(folder)).files]


def test_two_git_processes_are_enough(repo: Repo, tmp_path: Path) -> None:
    """A hook pays for each process, so there are two, however many files changed."""
    log = tmp_path / "log"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {_git()} "$@"\n')
    wrapper.chmod(0o755)
    repo.write("pyproject.toml", "[project]\n")
    for number in range(5):
        repo.write(f"sub/file_{number}.py", f"x = {number}\n")
    repo.add()
    path = f"{wrapper.parent}{os.pathsep}{repo.environ['PATH']}"
    change = read.staged(repo.at("sub", PATH=path))
    assert len(change.files) == 6
    assert len(log.read_text().splitlines()) == 2


def test_nothing_staged_is_no_files(repo: Repo) -> None:
    """What is only on disk is not staged, and an empty change is still a change."""
    repo.write("app.py", "changed = True\n")
    repo.write("untracked.py", "")
    change = read.staged(repo.at())
    assert change.files == ()
    assert (change.head, change.source) == ("index", "--staged")


def test_the_index_counts_and_not_the_disk(repo: Repo) -> None:
    """Bytes that were staged are judged, even if the file on disk is innocent again."""
    repo.write("app.py", "staged = True\n")
    repo.add()
    repo.write("app.py", "innocent = True\n")
    (file,) = read.staged(repo.at()).files
    assert file.new is not None
    assert file.new.data == b"staged = True\n"


def test_before_the_first_commit_everything_is_new(new_repo: NewRepo) -> None:
    """Without a HEAD the base is empty: no commit, no documents, only additions."""
    repo = new_repo("fresh")
    repo.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    repo.add()
    change = read.staged(repo.at())
    assert [(file.path, file.old) for file in change.files] == [("pyproject.toml", None)]
    assert change.base.commit == ""
    assert change.base.documents == {}


def test_an_empty_repository_has_nothing_staged(new_repo: NewRepo) -> None:
    """Neither a commit nor an index is no error."""
    assert read.staged(new_repo("fresh").at()).files == ()


@pytest.mark.parametrize("content", ["", "garbage\n", "1" * 40 + "\n"])
def test_a_damaged_head_is_not_taken_for_no_commit(repo: Repo, content: str) -> None:
    """A ref that lost its commit must not turn into "there is no policy yet"."""
    (repo.path / ".git" / "refs" / "heads" / "main").write_text(content)
    with pytest.raises(ReadError) as caught:
        read.staged(repo.at())
    assert caught.value.slug in {"missing-object", "not-a-repository", "git-failed"}


def test_documents_are_the_base_s_own(repo: Repo) -> None:
    """A change cannot bring the policy that it is judged by."""
    repo.write("pyproject.toml", "old = true\n")
    repo.write(".gitattributes", "*.py text\n")
    head = repo.commit()
    repo.write("pyproject.toml", "new = true\n")
    repo.write("selfmod-guard.toml", "mode = 'warn'\n")
    repo.add()
    base = read.staged(repo.at()).base
    assert base.commit == head
    assert base.documents == {"pyproject.toml": b"old = true\n", ".gitattributes": b"*.py text\n"}


def test_a_project_in_a_folder_brings_its_documents_too(repo: Repo) -> None:
    """Both the top's and the folder's are read, under their paths from the top."""
    repo.write("pyproject.toml", "top = true\n")
    repo.write("services/api/pyproject.toml", "api = true\n")
    repo.write("services/other/pyproject.toml", "other = true\n")
    repo.commit()
    expected = {"pyproject.toml": b"top = true\n", "services/api/pyproject.toml": b"api = true\n"}
    assert read.staged(repo.at("services/api")).base.documents == expected
    assert read.staged(repo.at(), project="services/api").base.documents == expected
    assert list(read.staged(repo.at()).base.documents) == ["pyproject.toml"]


def test_from_a_folder_the_whole_change_is_read(repo: Repo) -> None:
    """Paths count from the top, and changes beside the folder are not lost."""
    repo.write("sub/inner.py", "")
    repo.write("top.py", "")
    repo.add()
    assert _paths(repo, "sub") == ["sub/inner.py", "top.py"]


def test_a_policy_that_is_a_link_is_refused(repo: Repo) -> None:
    """To take it for absent would be to judge by the defaults."""
    repo.link("pyproject.toml", "app.py")
    repo.commit()
    with pytest.raises(ReadError) as caught:
        read.staged(repo.at())
    assert caught.value.slug == "unusable-document"


def test_a_file_of_which_only_the_intent_is_staged_is_not_seen(repo: Repo) -> None:
    """`git add -N` puts a name in the index that no commit would hold."""
    repo.write("planned.py", "x = 1\n")
    repo.git("add", "--intent-to-add", "planned.py")
    assert _paths(repo) == []


def test_unresolved_conflicts_are_refused(repo: Repo) -> None:
    """There is no single content to judge."""
    _conflict(repo)
    with pytest.raises(ReadError) as caught:
        read.staged(repo.at())
    assert caught.value.slug == "unmerged-paths"
    assert '"app.py"' in str(caught.value)
    assert "git add" in caught.value.hint


def test_a_merge_in_progress_is_what_it_adds_to_head(repo: Repo) -> None:
    """The resolution and what comes from the other side both count."""
    _conflict(repo)
    repo.write("app.py", "resolved = True\n")
    repo.add()
    assert _paths(repo) == ["app.py", "side.py"]


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(repo: Repo) -> None:
    """Absent from disk is not absent from the index, folded into one entry or not."""
    for name in ("kept/a.py", "out/b.py", "out/deep/c.py"):
        repo.write(name, f"name = {name!r}\n")
    repo.commit()
    for more in ((), ("--sparse-index",)):
        repo.git("sparse-checkout", "set", "--cone", *more, "kept")
        assert not (repo.path / "out" / "b.py").exists()
        assert _paths(repo) == []
        assert read.worktree(repo.at()).files == ()
    blob = repo.git("hash-object", "-w", "--stdin", feed=b"hidden = True\n")
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},out/deep/c.py")
    assert _paths(repo) == ["out/deep/c.py"]


def test_a_shallow_clone_reads_as_the_whole_one(repo: Repo, new_repo: NewRepo) -> None:
    """Only HEAD is needed."""
    repo.write("app.py", "second = True\n")
    repo.commit()
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{repo.path}", "main")
    clone.git("checkout", "--quiet", "-B", "main", "FETCH_HEAD")
    clone.write("app.py", "third = True\n")
    clone.add()
    (file,) = read.staged(clone.at()).files
    assert file.old is not None
    assert file.old.data == b"second = True\n"


def test_a_linked_worktree_has_its_own_index(repo: Repo) -> None:
    """Each worktree is judged by its own HEAD and index."""
    repo.git("worktree", "add", "--quiet", "../linked", "-b", "topic")
    repo.write("here.py", "")
    repo.add()
    linked = repo.at()._replace(directory=str(repo.path.parent / "linked"))
    assert read.staged(linked).files == ()
    assert _paths(repo) == ["here.py"]


def test_a_sha256_repository_is_read(new_repo: NewRepo) -> None:
    """Ids are longer there, from the first commit on."""
    repo = new_repo("modern", "--object-format=sha256")
    repo.write("a.py", "a = 1\n")
    repo.add()
    assert _paths(repo) == ["a.py"]
    repo.write("pyproject.toml", "x = 1\n")
    repo.commit()
    repo.write("a.py", "a = 2\n")
    repo.add()
    change = read.staged(repo.at())
    (file,) = change.files
    assert file.new is not None
    assert len(file.new.oid) == 64
    assert change.base.documents == {"pyproject.toml": b"x = 1\n"}
    patch = repo.raw("diff", "--cached")
    assert read.diff(repo.at(), patch).digest == change.digest
    assert read.worktree(repo.at()).digest == change.digest
    assert read.mapping(repo.at(), {"a.py": "a = 2\n"}).digest == change.digest


def test_a_submodule_is_a_commit_without_bytes(repo: Repo, new_repo: NewRepo) -> None:
    """Added and moved to another commit, it is an entry that names the commit."""
    inner = new_repo("inner")
    first = inner.commit("First")
    second = inner.commit("Second")
    allow = ("-c", "protocol.file.allow=always")
    repo.git(*allow, "submodule", "--quiet", "add", f"file://{inner.path}", "vendor")
    added = {file.path: file for file in read.staged(repo.at()).files}["vendor"]
    assert (added.old, added.new) == (None, (SUBMODULE, second, 0, None))
    assert read.worktree(repo.at()).digest == read.staged(repo.at()).digest
    repo.commit()
    repo.git("-C", "vendor", "checkout", "--quiet", first)
    assert [file.new for file in read.worktree(repo.at()).files] == [(SUBMODULE, first, 0, None)]
    repo.add()
    (moved,) = read.staged(repo.at()).files
    assert (moved.old, moved.new) == ((SUBMODULE, second, 0, None), (SUBMODULE, first, 0, None))
    assert read.diff(repo.at(), repo.raw("diff", "--cached")).files == (moved,)


def test_a_blob_over_the_limit_is_an_entry_without_bytes(repo: Repo) -> None:
    """It is named with its size and said in a note, and the rest is read."""
    repo.write("huge.bin", b"\0" * (LIMIT + 1))
    repo.write("zz.py", "x = 1\n")
    repo.add()
    change = read.staged(repo.at())
    huge, after = change.files
    assert huge.new is not None
    assert (huge.new.size, huge.new.data) == (LIMIT + 1, None)
    assert after.new is not None
    assert after.new.data == b"x = 1\n"
    (note,) = change.notes
    assert '"huge.bin"' in note
    assert read.worktree(repo.at()).notes == change.notes


def test_a_missing_blob_of_a_partial_clone_is_not_fetched(repo: Repo, new_repo: NewRepo) -> None:
    """The judge does not talk to the network; it says what is missing."""
    repo.config("uploadpack.allowFilter", "true")
    clone = new_repo("partial")
    clone.git("remote", "add", "origin", f"file://{repo.path}")
    clone.git("fetch", "--quiet", "--filter=blob:none", "origin", "main")
    clone.git("config", "remote.origin.promisor", "true")
    clone.git("update-ref", "refs/heads/main", "FETCH_HEAD")
    clone.git("read-tree", "HEAD")
    clone.git("rm", "--quiet", "--cached", "app.py")
    before = _snapshot(clone.path / ".git" / "objects")
    with pytest.raises(ReadError) as caught:
        read.staged(clone.at())
    assert caught.value.slug == "missing-object"
    assert "git fetch --refetch" in caught.value.hint
    assert _snapshot(clone.path / ".git" / "objects") == before


def test_a_folder_with_a_document_s_name_is_none(repo: Repo) -> None:
    """What is in it is not the policy."""
    repo.write("pyproject.toml/inner", "")
    repo.commit()
    assert read.staged(repo.at()).base.documents == {}


def test_a_hook_sees_what_commit_a_will_commit(repo: Repo, told: Path) -> None:
    """`git commit -a` hands its hook another index."""
    repo.write("app.py", "everything = True\n")
    repo.git("commit", "--quiet", "-a", "-m", "All")
    assert told.read_text() == "app.py everything = True\n\n"


def test_a_hook_sees_what_commit_only_will_commit(repo: Repo, told: Path) -> None:
    """`git commit --only` leaves out what else was staged."""
    repo.write("app.py", "only = True\n")
    repo.write("README.md", "Left out\n")
    repo.add("README.md")
    repo.git("commit", "--quiet", "-m", "One", "--only", "app.py")
    assert told.read_text() == "app.py only = True\n\n"


def test_a_hook_of_a_linked_worktree_sees_its_own(repo: Repo, told: Path) -> None:
    """There git hands its hook a git directory as well."""
    repo.git("worktree", "add", "--quiet", "../linked", "-b", "topic")
    linked = repo.path.parent / "linked"
    (linked / "app.py").write_text("linked = True\n")
    repo.git("-C", str(linked), "commit", "--quiet", "-a", "-m", "There")
    assert told.read_text() == "app.py linked = True\n\n"


def test_the_root_commit_s_hook_sees_everything(new_repo: NewRepo, told: Path) -> None:
    """The first commit of all is judged like any other."""
    fresh = new_repo("fresh")
    hook = fresh.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes((told.parent / "project" / ".git" / "hooks" / "pre-commit").read_bytes())
    hook.chmod(0o755)
    fresh.write("first.py", "first = True\n")
    fresh.commit()
    assert told.read_text() == "first.py first = True\n\n"


def test_two_identical_reads_are_equal(repo: Repo) -> None:
    """Reading is a function of the repository, and writes nothing to it."""
    repo.write("app.py", "x = 1\n")
    repo.write("new.py", "y = 1\n")
    repo.add()
    before = _snapshot(repo.path)
    assert read.staged(repo.at()) == read.staged(repo.at())
    assert _snapshot(repo.path) == before


def test_an_index_entry_without_its_blob_is_refused(repo: Repo) -> None:
    """A name in the index whose bytes nobody has cannot be judged."""
    repo.git("update-index", "--add", "--cacheinfo", f"{REGULAR:o},{'12' * 20},ghost.py")
    with pytest.raises(ReadError) as caught:
        read.staged(repo.at())
    assert caught.value.slug == "missing-object"


def _conflict(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("app.py", "side = True\n")
    repo.write("side.py", "new = True\n")
    repo.commit("Side")
    repo.git("checkout", "--quiet", "main")
    repo.write("app.py", "main = True\n")
    repo.commit("Main")
    repo.git("merge", "--quiet", "side", fails=True)


def _git() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return next(path for folder in folders if os.access(path := f"{folder}/git", os.X_OK))


def _snapshot(folder: Path) -> dict[str, tuple[int, float, int]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            found[str(path)] = (status.st_size, status.st_mtime, status.st_ino)
    return found


HOOKS = [".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml", "Makefile"]


@pytest.mark.parametrize("path", HOOKS)
def test_what_runs_the_guard_is_read_from_the_base(repo: Repo, path: str) -> None:
    """A change that leaves the hook alone is judged by what the hook was."""
    repo.write(path, "old\n")
    repo.write(f"sub/{path}", "below\n")
    repo.commit()
    repo.write(path, "new\n")
    repo.add()
    assert read.staged(repo.at()).base.documents == {path: b"old\n"}
    assert read.staged(repo.at("sub")).base.documents[f"sub/{path}"] == b"below\n"


@pytest.mark.parametrize("path", HOOKS)
def test_a_hook_configuration_that_is_a_link_does_not_stop_the_judgement(
    repo: Repo, path: str
) -> None:
    """It holds no policy; that it is there is all that is known of it."""
    repo.link(path, "app.py")
    repo.commit()
    repo.write("more.py", "x = 1\n")
    repo.add()
    change = read.staged(repo.at())
    assert [file.path for file in change.files] == ["more.py"]
    assert change.base.documents == {path: b""}


def test_a_hook_configuration_over_the_limit_does_not_stop_the_judgement(repo: Repo) -> None:
    """Nor does one that nobody wrote by hand, and a folder of that name is none."""
    repo.write("prek.toml", b"#" * (LIMIT + 1))
    repo.write("Makefile/inner", "")
    repo.commit()
    assert read.staged(repo.at()).base.documents == {"prek.toml": b""}
