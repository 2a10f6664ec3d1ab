"""What is found out of real repositories: hooks folder, configuration, journal, files."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.checkups._facts import Installed
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import CouldNotJudge, JournalError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.anchor import anchor
from pytest_selfmod_guard.system._examined import Examined
from pytest_selfmod_guard.system._examined._hook_config import wanted
from pytest_selfmod_guard.system._examined._installed import _hashes, compare, installed
from pytest_selfmod_guard.system._examined._namespaces import can_make_namespaces

if TYPE_CHECKING:
    from tests.conftest import Repo

RAN = "#!/bin/sh\nexec selfmod-guard pre-commit selfmod-guard\n"


def examined(repo: Repo, folder: str = "", **environ: str) -> Examined:
    """Look at a repository, from a folder of it."""
    path = str(repo.path / folder) if folder else str(repo.path)
    return Examined(Context(path, {**repo.environ, **environ}, time.time))


def judge(repo: Repo) -> None:
    """Ask as the hook of a commit does."""
    Guard(Context(str(repo.path), repo.environ)).judge(read.staged, "--staged")


def test_the_usual_folder_is_that_of_all_worktrees(repo: Repo) -> None:
    """A linked worktree has no hooks of its own."""
    repo.write(".git/hooks/pre-push", RAN, 0o755)
    repo.git("worktree", "add", "-q", "../linked")
    for folder in ("", "../linked"):
        found = examined(repo, folder).hook_folder
        assert found.path == str(repo.path / ".git/hooks")
        assert found.scripts["pre-push"].is_executable
        assert list(found.scripts) == ["pre-push"]
        assert found.set_in == ()


def test_a_hooks_path_is_taken_from_the_top_wherever_one_stands(repo: Repo) -> None:
    """So git takes a relative one."""
    repo.write("hooks/pre-push", RAN)
    repo.config("core.hooksPath", "hooks")
    repo.write("deep/er/x", "")
    found = examined(repo, "deep/er").hook_folder
    assert found.path == str(repo.path / "hooks")
    assert found.set_in == (str(repo.path / ".git/config"),)
    assert not found.scripts["pre-push"].is_executable


def test_a_hooks_path_from_every_place_is_found(repo: Repo) -> None:
    """The user's configuration, what it includes under a condition, and the environment."""
    home = Path(repo.environ["HOME"])
    (home / "extra").write_text("[core]\n hooksPath = ~/mine\n")
    condition = f'[includeIf "gitdir:{repo.path}/"]\n path = extra\n'
    (home / ".gitconfig").write_text(condition)
    found = examined(repo).hook_folder
    assert (found.path, found.set_in) == (str(home / "mine"), (str(home / "extra"),))
    shell = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hookspath"}
    found = examined(repo, GIT_CONFIG_VALUE_0="/dev/null", **shell).hook_folder
    assert (found.path, found.set_in) == ("/dev/null", (str(home / "extra"), ""))
    found = examined(repo, GIT_CONFIG_PARAMETERS="'core.hookspath'='/x'").hook_folder
    assert found.path == "/x"


def test_a_worktrees_own_hooks_path_counts_there_only(repo: Repo) -> None:
    """It is one of the known ways round."""
    repo.git("worktree", "add", "-q", "../linked")
    repo.config("extensions.worktreeConfig", "true")
    repo.git("-C", "../linked", "config", "--worktree", "core.hooksPath", "/dev/null")
    assert examined(repo).hook_folder.set_in == ()
    assert examined(repo, "../linked").hook_folder.path == "/dev/null"


def test_a_git_dir_elsewhere_is_where_the_hooks_are(repo: Repo) -> None:
    """Whoever sets it commits with these."""
    repo.write(".git/hooks/pre-push", RAN, 0o755)
    repo.path.joinpath(".git").rename(repo.path / "../moved.git")
    moved = {"GIT_DIR": "../moved.git", "GIT_WORK_TREE": "."}
    found = examined(repo, **moved).hook_folder
    assert os.path.realpath(found.path) == str(repo.path.parent / "moved.git/hooks")
    assert "pre-push" in found.scripts


def test_a_hooks_path_that_git_cannot_read_is_no_answer(repo: Repo) -> None:
    """It must not look like the usual folder."""
    repo.config("core.hooksPath", "~nobody-at-all/hooks")
    with pytest.raises(CouldNotJudge):
        examined(repo).hook_folder  # noqa: B018 (it asks)


def test_odd_files_in_the_place_of_hooks_are_no_crash(repo: Repo) -> None:
    """A folder, a broken link, bytes that are no text, and a huge one."""
    (repo.path / ".git/hooks/pre-commit").mkdir(parents=True)
    repo.link(".git/hooks/pre-push", "/nowhere")
    repo.write(".git/hooks/post-commit", b"\xff\0\xfe" * 1_000_000)
    repo.write(".git/hooks/commit-msg", "INSTALL_PYTHON='unclosed\n")
    found = examined(repo).hook_folder.scripts
    assert sorted(found) == ["commit-msg", "post-commit"]
    assert len(found["post-commit"].text) <= 65_536
    assert not found["commit-msg"].python


def test_a_pipe_in_the_place_of_a_file_is_waited_for_by_nobody(repo: Repo) -> None:
    """Whoever asks the doctor would sit there for ever."""
    repo.write(".git/hooks/pre-push", RAN)
    for place in (".pre-commit-config.yaml", ".git/hooks/pre-commit", ".git/hooks/pre-push.legacy"):
        os.mkfifo(repo.path / place)
    found = examined(repo)
    assert found.on_disk is None
    assert list(found.hook_folder.scripts) == ["pre-push"]
    assert found.hook_folder.scripts["pre-push"].aside == ""


def test_a_python_that_is_a_script_is_known_from_a_binary(repo: Repo) -> None:
    """Also behind a link, as in a virtual environment; and one that is gone starts nothing."""
    fake = repo.write("bin/python3", "#!/bin/sh\nexit 0\n", 0o755)
    repo.link("bin/python", sys.executable)
    repo.link("bin/fake", str(fake))
    places = {
        "pre-commit": sys.executable,
        "pre-push": str(repo.path / "bin/python"),
        "post-commit": str(repo.path / "bin/fake"),
        "commit-msg": "/nowhere/python3",
    }
    for name, python in places.items():
        repo.write(f".git/hooks/{name}", f"INSTALL_PYTHON={shlex.quote(python)}\n")
    found = examined(repo).hook_folder.scripts
    assert [name for name, one in found.items() if not one.is_program] == ["post-commit"]
    assert [name for name, one in found.items() if not one.python] == ["commit-msg"]


def test_the_configuration_of_head_and_the_one_on_disk_are_told_apart(repo: Repo) -> None:
    """Each is read from its own place."""
    hook = "{id: selfmod-guard, stages: [pre-commit]}"
    repo.write(".pre-commit-config.yaml", f"repos: [{{repo: local, hooks: [{hook}]}}]\n")
    repo.commit()
    repo.write(".pre-commit-config.yaml", "repos: []\n")
    found = examined(repo)
    assert found.in_head
    assert [hook.id for hook in found.in_head.hooks] == ["selfmod-guard"]
    assert found.on_disk
    assert found.on_disk.hooks == ()
    repo.remove(".pre-commit-config.yaml")
    assert examined(repo).on_disk is None


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"a: [", "is not YAML"),
        (b"[1, 2]", "is no mapping"),
        (b"a: " + b"[" * 100, "is nested too deep"),
        (b"repos: {x: y}", ""),
        (b"repos: [x, {hooks: [y, {id: [z]}]}]", ""),
    ],
)
def test_a_hostile_configuration_is_a_problem_and_no_crash(data: bytes, problem: str) -> None:
    """It comes out as words, or as no hook of ours."""
    found = wanted(data)
    assert found
    assert found.problem.startswith(problem)
    assert found.hooks == ()


def test_default_stages_count_for_local_hooks_only() -> None:
    """A hook of a repository has stages of its own, which win."""
    local = "{repo: local, hooks: [{id: selfmod-guard}]}"
    far = "{repo: url, rev: v1, hooks: [{id: selfmod-size}]}"
    found = wanted(f"default_stages: [pre-push]\nrepos: [{local}, {far}]\n".encode())
    assert found
    assert [hook.stages for hook in found.hooks] == [("pre-push",), ()]


def test_a_commit_round_the_hook_is_found_until_it_is_mended(repo: Repo) -> None:
    """At once without a verdict, then accused, and mended by the command that doctor prints."""
    repo.write("one.txt", "1\n")
    repo.add()
    judge(repo)
    assert repo.git("commit", "-qm", "One") == ""
    assert examined(repo).record.unjudged == ()
    repo.write("clean.sh", "rm -rf / --no-preserve-root\n")
    commit = repo.commit("Speed up")
    record = examined(repo).record
    assert ([one.subject for one in record.unjudged], record.ungated) == (["Speed up"], ())
    judge(repo)
    record = examined(repo).record
    assert [(one.oid, one.author) for one in record.ungated] == [(commit, "Ada <ada@example.org>")]
    assert record.last is not None
    assert abs(record.last - time.time()) < 120
    repo.git("revert", "--no-edit", commit)
    judge(repo)
    record = examined(repo).record
    assert (record.unjudged, record.ungated) == ((), ())


def test_looking_pins_no_journal_and_writes_none(repo: Repo) -> None:
    """Also where the policy names one of its own."""
    repo.write("selfmod-guard.toml", 'journal = "postgresql://nobody@127.0.0.1:1/none"\n')
    repo.commit()
    with pytest.raises(JournalError):
        examined(repo).kept  # noqa: B018 (it asks)
    assert not (repo.path / ".git/selfmod-guard").exists()


def test_a_journal_that_is_gone_is_noticed_and_not_begun_anew(repo: Repo) -> None:
    """To begin it is for a door that judges, which writes the loss down."""
    judge(repo)
    guard = Guard(Context(str(repo.path), repo.environ, time.time))
    head = guard.journal.head()
    assert head
    anchor(guard.git, head)
    assert not examined(repo).kept.is_lost
    for file in (repo.path / ".git/selfmod-guard").iterdir():
        file.unlink()
    assert examined(repo).kept.is_lost
    assert list((repo.path / ".git/selfmod-guard").iterdir()) == []


def test_definitions_of_ci_are_read_from_head_only(repo: Repo) -> None:
    """What is only on disk judges nobody; a link and a broken one are named."""
    repo.write(".github/workflows/a.yml", "jobs: {}\n")
    repo.write(".github/workflows/b.yaml", "jobs: [\n")
    repo.write(".github/workflows/deep/c.yml", "jobs: {}\n")
    repo.link(".gitlab-ci.yml", "a")
    repo.commit()
    repo.write(".github/workflows/later.yml", "jobs: {}\n")
    found = examined(repo).pipelines
    assert list(found.files) == [".github/workflows/a.yml"]
    assert list(found.unreadable) == [".github/workflows/b.yaml", ".gitlab-ci.yml"]
    assert found.branch == "main"
    repo.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert examined(repo).pipelines.branch == "trunk"


def test_a_signers_file_counts_only_where_head_holds_it(repo: Repo) -> None:
    """A file on disk is whoever's."""
    repo.write("signers", "x\n")
    assert not examined(repo).has("signers")
    assert examined(repo).lies("signers")
    repo.commit()
    repo.remove("signers")
    assert examined(repo).has("signers")
    assert not examined(repo).lies("signers")


def test_each_kind_of_tampering_with_the_guards_files_is_found(tmp_path: Path) -> None:
    """Changed, gone, or added; byte code in the cache follows from its source."""
    files = {"a.py": "1", "b.py": "2", "deep/c.py": "3", "py.typed": ""}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    there = dict(_hashes(str(tmp_path)))
    recorded = {f"pytest_selfmod_guard/{name}": value for name, value in there.items()}
    fine = Installed("1", str(tmp_path), "", "", is_editable=False, is_recorded=True)
    assert compare(fine, recorded, there) == fine
    (tmp_path / "a.py").write_text("4")
    (tmp_path / "b.py").unlink()
    (tmp_path / "deep/c.abi3.so").write_text("")
    (tmp_path / "d.pyc").write_text("")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/a.pyc").write_text("")
    found = compare(fine, recorded, dict(_hashes(str(tmp_path))))
    assert found.modified == ("a.py",)
    assert found.missing == ("b.py",)
    assert found.extra == ("d.pyc", "deep/c.abi3.so")


def test_a_hash_is_what_an_installer_writes(tmp_path: Path) -> None:
    """SHA-256 in URL-safe base64 without padding, as of a file known to everybody."""
    (tmp_path / "empty.py").write_text("")
    expected = {"empty.py": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}
    assert dict(_hashes(str(tmp_path))) == expected


def test_the_running_guard_is_found() -> None:
    """Wherever these tests run it is the package that they import."""
    found = installed()
    assert Path(found.place, "system/_examined/_installed.py").exists()
    assert found.is_editable or (found.is_recorded and not found.modified)


def test_bubblewrap_is_believed_only_when_it_works(tmp_path: Path) -> None:
    """One that fails, or is none, makes no namespace."""
    for code, expected in ((0, True), (1, False)):
        program = tmp_path / f"bwrap{code}"
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
        assert can_make_namespaces(str(program)) is expected
    assert can_make_namespaces(str(tmp_path / "none")) is False
