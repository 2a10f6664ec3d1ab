"""What `init` writes into other people's files, and what it leaves alone."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors import init
from pytest_selfmod_guard.doors._setup import hooks
from pytest_selfmod_guard.doors._setup.entry import Source
from pytest_selfmod_guard.errors import GuardError, UsageError

if TYPE_CHECKING:
    from tests.conftest import Repo
    from tests.signers import Keys

CONFIG = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/selfmod-guard.yml"
ROOT = Path(__file__).parents[2]

Init = Callable[..., int]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make an empty git repository."""
    subprocess.run(["git", "init", "--quiet", tmp_path / "project"], check=True, env=_quiet())
    return tmp_path / "project"


@pytest.fixture
def run(repository: Path) -> Init:
    """Give `init` as a function of its arguments, run at the repository's top."""

    def call(*arguments: str, directory: Path = repository) -> int:
        parser = argparse.ArgumentParser()
        init.add_arguments(parser)
        return init.main(parser.parse_args(arguments), Context(str(directory), _quiet()))

    return call


def test_an_empty_repository_gets_policy_hook_and_ci(repository: Path, run: Init) -> None:
    """All three are there afterwards, and each means what it should."""
    assert run() == 0
    assert tomllib.loads(_text(repository, "selfmod-guard.toml")) == {"mode": "enforce"}
    (entry,) = yaml.safe_load(_text(repository, CONFIG))["repos"]
    ids = ["selfmod-guard", "selfmod-commit-msg", "selfmod-post-commit"]
    assert [hook["id"] for hook in entry["hooks"]] == ids
    assert _steps(repository) == ["install", "checkout", "check"]


def test_the_workflow_installs_a_pin_before_the_change_is_there(
    repository: Path, run: Init
) -> None:
    """What is checked out first could stand in for the judge."""
    run()
    workflow = yaml.safe_load(_text(repository, WORKFLOW))
    _, install, checkout, fetch, check = workflow["jobs"]["selfmod-guard"]["steps"]
    assert "python -I -m pip" in install["run"]
    assert "==" in install["run"]
    assert "WARNING: nobody owns this name" in _text(repository, WORKFLOW)
    assert checkout["with"]["fetch-depth"] == 0
    assert "refs/selfmod/approvals" in fetch["run"]
    assert "${{" not in fetch["run"]
    assert "${{" not in check["run"], "a branch name must not become shell"


def test_a_second_run_changes_nothing(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is not sure whether it ran can run it again."""
    (repository / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    run()
    before = _snapshot(repository)
    capsys.readouterr()
    assert run() == 0
    assert capsys.readouterr().out == "Nothing to do, already set up.\n"
    assert _snapshot(repository) == before


def test_a_dry_run_shows_and_writes_nothing(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looking must be free."""
    assert run("--dry-run") == 0
    assert "+repos:\n" in capsys.readouterr().out
    assert _snapshot(repository) == {}


def test_it_says_what_is_left_and_what_makes_a_wall(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hook nobody installed, and a check nobody requires, guard nothing."""
    (repository / "sub folder").mkdir()
    run(directory=repository / "sub folder")
    told = capsys.readouterr().out
    assert f"git add ../selfmod-guard.toml ../{CONFIG} ../{WORKFLOW}\n" in told
    assert "pre-commit install\n" in told
    assert all(f"  {number}. " in told for number in (1, 2, 3))


def test_outside_a_repository_it_says_so(tmp_path: Path, run: Init) -> None:
    """Hooks need git."""
    with pytest.raises(GuardError) as caught:
        run(directory=tmp_path)
    assert caught.value.slug == "not-a-repository"
    assert list(tmp_path.glob("*.toml")) == []


def test_one_odd_file_and_nothing_is_written(repository: Path, run: Init) -> None:
    """Half a set-up is worse than none."""
    (repository / CONFIG).write_text("- repo: local\n")
    with pytest.raises(GuardError):
        run()
    assert set(_snapshot(repository)) == {CONFIG}


def test_an_escape_in_somebodys_file_does_not_reach_the_terminal(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines around an addition are shown, and they are not ours."""
    (repository / CONFIG).write_text("repos: []  # \x7f\u202e\n")
    with pytest.raises(GuardError):
        run("--dry-run")
    (repository / CONFIG).write_text("repos: []  # \u202e\n")
    run("--dry-run")
    assert "repos: []  # \\u202e\n" in capsys.readouterr().out


def test_a_source_of_one_s_own_needs_no_warning(repository: Path, run: Init) -> None:
    """A warning that is always there is read by nobody."""
    run("--repo", "https://example.org/guard", "--rev", "v1")
    workflow = _text(repository, WORKFLOW)
    assert "@ git+https://example.org/guard@v1" in workflow
    assert "WARNING" not in workflow


@pytest.mark.parametrize("argument", [("--repo", "u"), ("--rev", "v1")])
def test_half_a_source_is_wrong_usage(run: Init, argument: tuple[str, str]) -> None:
    """A repository without a version would be whatever it holds tomorrow."""
    with pytest.raises(UsageError):
        run(*argument)


def test_gitlab_gets_its_job_in_words(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their CI is one file, so the job is printed and the file left alone."""
    (repository / ".gitlab-ci.yml").write_text("test: {script: make}\n")
    run()
    told = capsys.readouterr().out
    assert "selfmod-guard check --base" in told
    assert "    # WARNING: nobody owns this name" in told
    assert not (repository / ".github").exists()
    (repository / ".gitlab-ci.yml").write_text("selfmod-guard: {script: ...}\n")
    assert run() == 0
    assert capsys.readouterr().out == "Nothing to do, already set up.\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "written"),
    [("\n", True), ("y\n", True), ("n\n", False), ("what\n", False), ("", False)],
)
def test_on_a_terminal_it_asks(
    repository: Path, run: Init, monkeypatch: pytest.MonkeyPatch, typed: str, *, written: bool
) -> None:
    """Only a yes writes; the end of input is a no."""
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert run() == (0 if written else 1)
    assert bool(_snapshot(repository)) == written


def test_yes_does_not_ask(repository: Path, run: Init, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script on a terminal can go on."""
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert run("--yes") == 0
    assert _snapshot(repository)


@pytest.mark.parametrize("existing", ["", "repos: []\n", "fail_fast: true\nrepos:\n"])
def test_pre_commit_accepts_what_was_written(repository: Path, run: Init, existing: str) -> None:
    """Its own validator has the last word."""
    (repository / CONFIG).write_text(existing)
    run()
    validate = [sys.executable, "-m", "pre_commit", "validate-config", CONFIG]
    assert subprocess.run(validate, cwd=repository, check=False).returncode == 0


@pytest.mark.proof
def test_after_init_a_real_commit_is_judged(tmp_path: Path, repository: Path, run: Init) -> None:
    """The whole way: init, install, a commit that lands, and one that is refused."""
    environ = {**_quiet(), **_home(tmp_path), "PATH": _path_with_the_command(tmp_path)}
    run()

    def do(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=repository, env=environ, check=False, capture_output=True, text=True
        )

    assert do(sys.executable, "-m", "pre_commit", "install").returncode == 0
    do("git", "add", "--all")
    adopted = do("git", "commit", "-m", "Guard this repository")
    assert adopted.returncode == 0, adopted.stderr
    assert (repository / ".git/hooks/pre-push").exists()
    (repository / "a.py").write_text("def f(text: str) -> object:\n    return eval(text)\n")
    do("git", "add", "--all")
    refused = do("git", "commit", "-m", "Read formulas")
    assert refused.returncode == 1
    assert "- exit code: 1" in refused.stderr
    assert "a.py:2  SMG201" in refused.stderr


def test_the_second_hook_may_come_later_and_may_not_go(tmp_path: Path, repository: Path) -> None:
    """What `init` adds to an older set-up weakens nothing; the way back does."""
    environ = {**_quiet(), **_home(tmp_path)}

    def judged(config: str) -> subprocess.CompletedProcess[str]:
        (repository / CONFIG).write_text(config)
        subprocess.run(["git", "add", "--all"], cwd=repository, env=environ, check=True)
        return subprocess.run(
            [sys.executable, "-I", "-m", "pytest_selfmod_guard", "check", "--staged"],
            cwd=repository, env=environ, check=False, capture_output=True, text=True,
        )  # fmt: skip

    edit = hooks.plan(str(repository), Source())
    assert edit
    new = edit.new.decode()
    older = new[: new.index("      - id: selfmod-post-commit")].replace(", post-commit]", "]")
    for before, after, code in ((older, new, 0), (new, older, 1)):
        (repository / CONFIG).write_text(before)
        commit = ["git", "commit", "--quiet", "--no-verify", "--allow-empty", "-m", "Before"]
        subprocess.run(["git", "add", "--all"], cwd=repository, env=environ, check=True)
        subprocess.run(commit, cwd=repository, env=environ, check=True)
        # What is committed here is not asked about: a new journal takes it as it is.
        shutil.rmtree(repository / ".git" / "selfmod-guard", ignore_errors=True)
        told = judged(after)
        assert told.returncode == code, told.stdout
    assert "'selfmod-post-commit' is removed" in told.stdout
    assert "'default_install_hook_types' loses post-commit" in told.stdout


def _path_with_the_command(tmp_path: Path) -> str:
    """
    Put a `selfmod-guard` of this very source on the path.

    The console script need not be installed where these tests run, and an
    installed one could be of another version.
    """
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "selfmod-guard"
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    script.write_text(
        f"#!{sys.executable} -I\n{start}\nfrom pytest_selfmod_guard.doors.cli import run\nrun()\n"
    )
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def _quiet() -> dict[str, str]:
    """Give an environment in which nobody's settings or agent's markers act."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def _home(tmp_path: Path) -> dict[str, str]:
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Sam"), ("EMAIL", "sam@example.org"))
    }
    return {**who, "HOME": str(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}


def _text(repository: Path, name: str) -> str:
    return (repository / name).read_text(encoding="utf-8")


def _steps(repository: Path) -> list[str]:
    steps = yaml.safe_load(_text(repository, WORKFLOW))["jobs"]["selfmod-guard"]["steps"]
    words = {"install": "pip install", "checkout": "actions/checkout", "check": "guard check"}
    told = [step.get("run", step.get("uses", "")) for step in steps]
    return [name for line in told for name, sign in words.items() if sign in line]


def _snapshot(repository: Path) -> dict[str, bytes]:
    """Give every file but git's own, by its path."""
    return {
        str(path.relative_to(repository)): path.read_bytes()
        for path in repository.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(repository).parts
    }


def test_an_approver_is_listed_and_the_policy_names_the_file(
    repository: Path, run: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    """Added to what is there, in whatever form; a second time there is nothing to do."""
    (repository / "pyproject.toml").write_text("[tool.selfmod-guard]\nmode = 'enforce'")
    key = f"ssh-ed25519 AAAA{'b' * 64}"
    assert run("--approver", f"bob@example.org={key} bob@laptop") == 0
    assert _text(repository, ".allowed-signers") == f"bob@example.org {key}\n"
    table = tomllib.loads(_text(repository, "pyproject.toml"))["tool"]["selfmod-guard"]
    assert table == {"mode": "enforce", "approvals": {"allowed-signers": ".allowed-signers"}}
    before = _snapshot(repository)
    capsys.readouterr()
    assert run("--approver", f"bob@example.org={key}") == 0
    assert _snapshot(repository) == before
    (repository / "ada.pub").write_text(f"sk-ssh-ed25519@openssh.com AAAA{'a' * 64} ada\n")
    assert run("--approver", f"ada@example.org={repository / 'ada'}") == 0
    first, second = _text(repository, ".allowed-signers").splitlines()
    assert (first.split()[0], second.split()[0]) == ("bob@example.org", "ada@example.org")
    said = capsys.readouterr().out
    assert "SKIP=selfmod-guard git commit" in said
    assert "pre-commit install" not in said


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "it cannot be read"),
        ("nowhere.pub", "it cannot be read"),
        ("\0", "it cannot be read"),
        ("ssh-ed25519 nonsense", "it cannot be read"),
        ("{}/private.pub", "it is no public SSH key"),
        ("bob@example.org={}/private.pub", "it is no public SSH key"),
    ],
)
def test_what_is_no_public_key_is_not_listed(
    repository: Path, run: Init, given: str, why: str
) -> None:
    """Nothing is written, least of all a private key."""
    private = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n"
    (repository / "private.pub").write_text(private)
    before = _snapshot(repository)
    with pytest.raises(UsageError) as error:
        run(f"--approver={given.format(repository)}")
    assert (error.value.slug, why in error.value.message) == ("init-no-key", True)
    assert _snapshot(repository) == before


@pytest.mark.proof
@pytest.mark.parametrize("at_first", [True, False])
def test_the_first_approver_gets_in_as_it_says(repo: Repo, keys: Keys, *, at_first: bool) -> None:
    """At the first set-up, and where the hooks are at work already."""
    guard = (sys.executable, "-I", "-m", "pytest_selfmod_guard")
    hook = f'#!/bin/sh\n[ "$SKIP" ] || exec {" ".join(guard)} pre-commit selfmod-guard\n'
    public = str(keys.file("ada").with_suffix(".pub"))
    if not at_first:
        assert repo.guard("init").returncode == 0
        repo.commit("Guard it")
        repo.write(".git/hooks/pre-commit", hook, 0o755)
    done = repo.guard("init", "--approver", public)
    assert done.returncode == 0, done.stderr
    repo.write(".git/hooks/pre-commit", hook, 0o755)
    commands = [line[2:] for line in done.stdout.decode().splitlines() if line[:5] == "  git"]
    commands += [line[2:] for line in done.stdout.decode().splitlines() if line[:7] == "  SKIP="]
    for command in commands:
        told = repo.run("sh", "-c", command)
        assert told.returncode == 0, told.stderr
    repo.write("app.py", "def answer():\n    return eval(input())\n")
    repo.add()
    key = ("--key", str(keys.file("ada")))
    assert repo.guard("approve", "--staged", "--reason", "ours", *key).returncode == 0
    done = repo.guard("check", "--staged")
    assert done.returncode == 0, done.stdout
