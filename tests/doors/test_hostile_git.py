"""A repository that lies to git changes no verdict and runs no command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repo

pytestmark = pytest.mark.proof  # each starts the command line

BAD = "def answer():\n    return eval(input())\n"
STRICT = "[tool.selfmod-guard]\nmode = 'enforce'\n"
LAX = "[tool.selfmod-guard]\nmode = 'warn'\n"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Give the file that a hostile command would make."""
    return tmp_path / "ran"


@pytest.fixture
def bad(repo: Repo) -> Repo:
    """Give a repository with a policy, and with a bad change staged."""
    repo.write("pyproject.toml", STRICT)
    repo.commit("Policy")
    repo.write("app.py", BAD)
    repo.add()
    return repo


def is_denied(repo: Repo) -> bool:
    """Judge what is staged, by every rule, and tell whether it is refused as it should be."""
    done = repo.guard("check", "--staged", "--format", "json")
    told = json.loads(done.stdout)
    return (done.returncode, told["decision"], told["enforced"]) == (1, "denied", True)


def test_a_replaced_policy_does_not_judge(bad: Repo) -> None:
    """``git replace`` swaps an object behind every command that does not say no."""
    old = bad.git("rev-parse", "HEAD:pyproject.toml")
    lax = bad.git("hash-object", "-w", "--stdin", feed=LAX.encode())
    bad.git("replace", old, lax)
    assert "warn" in bad.git("show", "HEAD:pyproject.toml")
    assert is_denied(bad)


def test_a_replaced_commit_is_not_the_base(bad: Repo) -> None:
    """Nor a replaced commit, whose whole tree would be another."""
    bad.git("stash", "--quiet")
    good = bad.git("rev-parse", "HEAD")
    bad.write("pyproject.toml", LAX)
    other = bad.commit("Lax")
    bad.git("reset", "--quiet", "--hard", good)
    bad.git("stash", "pop", "--quiet", "--index")
    bad.git("replace", good, other)
    assert is_denied(bad)


@pytest.mark.parametrize("attributes", ["*.py -diff\n", "*.py binary\n", "*.py -text diff=none\n"])
def test_attributes_do_not_hide_a_file(bad: Repo, attributes: str) -> None:
    """Staged with the change, or in the repository's own folder."""
    bad.write(".gitattributes", attributes)
    (bad.path / ".git" / "info").mkdir(exist_ok=True)
    (bad.path / ".git" / "info" / "attributes").write_text(attributes)
    bad.add()
    assert is_denied(bad)


@pytest.mark.parametrize(
    "key", ["core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv"]
)
def test_a_command_in_the_configuration_does_not_run(bad: Repo, marker: Path, key: str) -> None:
    """A monitor, an external diff, a diff driver and a text conversion."""
    script = bad.path.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\necho\n")
    script.chmod(0o755)
    bad.write(".gitattributes", "*.py diff=evil\n")
    bad.add()
    bad.config(key, str(script))
    assert is_denied(bad)
    assert not marker.exists()
    bad.raw("diff", "--cached", "--ext-diff", "--textconv", "HEAD")
    bad.raw("status")
    assert marker.exists(), "the trap itself does not work, so the test proves nothing"


def test_variables_of_the_environment_do_not_bend_it(bad: Repo, marker: Path) -> None:
    """Configuration and commands can come from the environment, too."""
    hostile = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": f"touch {marker}",
        "GIT_EXTERNAL_DIFF": f"touch {marker}",
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_ATTR_SOURCE": "HEAD",
        "SELFMOD_GUARD_ACTOR": "human",
    }
    bad.environ |= hostile
    assert is_denied(bad)
    assert not marker.exists()
