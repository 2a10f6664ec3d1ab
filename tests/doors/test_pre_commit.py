"""The hooks, through the real pre-commit and the real ``git commit``."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repo

BAD = 'def answer(x):\n    return getattr(__import__("builtins"), "ev" + "al")(x)\n'

CONFIG = """
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: local
    hooks:
      - id: {hook}
        name: {hook}
        entry: '"{python}" -I -m pytest_selfmod_guard pre-commit {hook}'
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
        stages: [pre-commit, pre-merge-commit, pre-push, manual]
        args: {arguments}
"""


@pytest.fixture
def guarded(repo: Repo) -> Repo:
    """Give a repository with the hook installed, and a test to tamper with."""
    repo.write("tests/test_app.py", "def test_answer():\n    assert 6 * 7 == 42\n")
    repo.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'enforce'\n")
    configure(repo)
    repo.commit("Guard it")
    repo.environ["PRE_COMMIT_HOME"] = str(repo.path.parent / "pre-commit")
    pre_commit(repo, "install")
    return repo


def configure(repo: Repo, hook: str = "selfmod-guard", *arguments: str) -> None:
    """Write the configuration of one hook."""
    text = CONFIG.format(hook=hook, python=sys.executable, arguments=list(arguments))
    repo.write(".pre-commit-config.yaml", text)


def pre_commit(repo: Repo, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the real pre-commit."""
    return repo.run(sys.executable, "-m", "pre_commit", *arguments, **environ)


def commit(repo: Repo, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Make a real commit of everything, hooks and all."""
    repo.add()
    return repo.run("git", "commit", "-m", "Try it", *arguments, **environ)


@pytest.mark.proof
def test_an_innocent_commit_passes(guarded: Repo) -> None:
    """Unnoticed."""
    guarded.write("app.py", "def answer():\n    return 43\n")
    done = commit(guarded)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.proof
def test_a_disguised_eval_is_refused(guarded: Repo) -> None:
    """With rule, file, line and hint."""
    guarded.write("app.py", BAD)
    done = commit(guarded)
    assert done.returncode == 1
    for part in ("SMG201", "app.py:2", "do instead:", "ast.literal_eval"):
        assert part in done.stdout + done.stderr


@pytest.mark.proof
def test_a_commit_that_only_deletes_a_test_is_refused(guarded: Repo) -> None:
    """pre-commit would skip a hook that wants file names."""
    guarded.remove("tests/test_app.py")
    done = commit(guarded)
    assert done.returncode == 1
    assert "SMG301" in done.stdout + done.stderr


def test_weakening_the_policy_is_refused_by_the_old_policy(guarded: Repo) -> None:
    """Even together with the change that the new policy would let through."""
    guarded.write("pyproject.toml", "[tool.selfmod-guard]\nmode = 'warn'\n")
    guarded.write("app.py", BAD)
    done = commit(guarded)
    assert done.returncode == 1
    assert "SMG401" in done.stdout + done.stderr
    assert "not enforced" not in done.stdout + done.stderr


@pytest.mark.proof
def test_a_hook_that_would_run_less_often_is_refused(guarded: Repo) -> None:
    """The configuration as staged decides what runs; ours still runs, and says so."""
    config = (guarded.path / ".pre-commit-config.yaml").read_text()
    guarded.write(
        ".pre-commit-config.yaml", config.replace("always_run: true", "always_run: false")
    )
    done = commit(guarded)
    assert done.returncode == 1
    assert "SMG402" in done.stdout + done.stderr


@pytest.mark.proof
def test_loosened_arguments_change_nothing(guarded: Repo) -> None:
    """A number larger than the policy's has no effect on an agent's commit."""
    configure(guarded, "selfmod-size", "--max-chars", "99999999")
    guarded.git("commit", "-qam", "Other arguments", "--no-verify")
    guarded.write("story.txt", "x" * 10_001)
    done = commit(guarded, AI_AGENT="robot")
    assert done.returncode == 1
    assert "SMG101" in done.stdout + done.stderr


@pytest.mark.proof
@pytest.mark.parametrize(
    ("hook", "arguments", "rule"),
    [
        ("selfmod-size", ("--max-chars", "50"), "SMG101"),
        ("selfmod-files", ("--max-files", "1"), "SMG102"),
        ("selfmod-patterns", ("--pattern", "DO NOT LAND"), "SMG103"),
    ],
)
def test_the_hooks_of_one_limit_each(
    guarded: Repo, hook: str, arguments: tuple[str, ...], rule: str
) -> None:
    """Tighter arguments bind whoever commits, and only their own limit is asked."""
    configure(guarded, hook, *arguments)
    guarded.git("commit", "-qam", "Other hook", "--no-verify")
    guarded.write(
        "story.txt", "DO NOT LAND this, it is longer than fifty characters, as one sees\n"
    )
    guarded.write("other.txt", "short\n")
    done = commit(guarded)
    assert done.returncode == 1
    text = done.stdout + done.stderr
    assert rule in text
    assert {name for name in ("SMG101", "SMG102", "SMG103") if name in text} == {rule}


@pytest.mark.proof
def test_commit_a_and_commit_only_are_judged_by_what_they_commit(guarded: Repo) -> None:
    """Git hands the hook an index of its own."""
    guarded.write("app.py", BAD)
    guarded.write("README.md", "Other words.\n")
    for arguments, code in ((("-a",), 1), (("--only", "README.md"), 0), (("--only", "app.py"), 1)):
        done = subprocess.run(
            ["git", "commit", "-m", "Try it", *arguments],
            cwd=guarded.path, env=guarded.environ, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, (arguments, done.stdout, done.stderr)


@pytest.mark.proof
def test_all_files_with_nothing_staged_says_so(guarded: Repo) -> None:
    """It is no silent success."""
    done = pre_commit(guarded, "run", "--all-files", "--verbose")
    assert done.returncode == 0
    assert "nothing to judge" in done.stdout


@pytest.mark.proof
def test_a_range_from_pre_commit_is_honoured(guarded: Repo) -> None:
    """As in CI: from-ref and to-ref."""
    guarded.write("app.py", BAD)
    guarded.add()
    guarded.git("commit", "-qm", "Slip past", "--no-verify")
    good = pre_commit(guarded, "run", "--from-ref", "HEAD~2", "--to-ref", "HEAD~1", "--verbose")
    bad = pre_commit(guarded, "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert "allowed" in good.stdout
    assert bad.returncode == 1
    assert "SMG201" in bad.stdout


@pytest.mark.proof
def test_an_empty_range_in_the_environment_does_not_hide_a_commit(guarded: Repo) -> None:
    """Anybody can set those variables; inside a commit, what is staged is judged."""
    guarded.write("app.py", BAD)
    done = commit(guarded, PRE_COMMIT_FROM_REF="HEAD", PRE_COMMIT_TO_REF="HEAD")
    assert done.returncode == 1
    assert "SMG201" in done.stdout + done.stderr


@pytest.mark.proof
def test_a_module_of_the_tree_cannot_shadow_the_guard(guarded: Repo) -> None:
    """The hook runs isolated: the repository's folder is not on its path."""
    guarded.write("pytest_selfmod_guard/__init__.py", "raise SystemExit(0)\n")
    guarded.write("pytest_selfmod_guard/__main__.py", "raise SystemExit(0)\n")
    guarded.write("app.py", BAD)
    done = commit(guarded, PYTHONPATH=str(guarded.path))
    assert done.returncode == 1
    assert "SMG201" in done.stdout + done.stderr


@pytest.mark.proof
def test_a_push_is_judged_as_a_range(guarded: Repo) -> None:
    """Also the first push of a whole history, for which pre-commit names no range."""
    bare = guarded.path.parent / "bare.git"
    guarded.git("init", "--quiet", "--bare", str(bare))
    guarded.git("remote", "add", "origin", str(bare))
    guarded.git("push", "--quiet", "origin", "main")
    guarded.write("app.py", BAD)
    guarded.add()
    guarded.git("commit", "-qm", "Slip past", "--no-verify")
    guarded.git("push", "--quiet", "origin", "main", fails=True)
    guarded.git("push", "--quiet", str(bare), "main:other", fails=True)
