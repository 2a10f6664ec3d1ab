"""Where `init` puts a policy, and which it leaves alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pytest_selfmod_guard.doors._setup import Edit
from pytest_selfmod_guard.doors._setup.policy import plan
from pytest_selfmod_guard.errors import GuardError, PolicyError


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("", "[tool.selfmod-guard]\n"),
        ("[project]\nname = 'x'\n", "\n[tool.selfmod-guard]\n"),
        ("[project]\nname = 'x'  # no newline", "\n\n[tool.selfmod-guard]\n"),
        ("[tool.ruff]\r\nline-length = 99\r\n", "\r\n[tool.selfmod-guard]\r\n"),
        ("tool.ruff.line-length = 99\n", "\n[tool.selfmod-guard]\n"),
    ],
    ids=["empty", "plain", "no-newline", "crlf", "dotted"],
)
def test_the_table_is_added_behind_what_is_there(tmp_path: Path, before: str, added: str) -> None:
    """Every byte of the author's stays, line ends included."""
    edit = _planned(tmp_path, "pyproject.toml", before.encode())
    assert edit
    assert edit.path == "pyproject.toml"
    after = edit.new.decode()
    assert after.startswith(before + added)
    assert tomllib.loads(after)["tool"]["selfmod-guard"] == {"mode": "enforce"}
    assert ("\r\n" in before) == after.endswith("\r\n")


@pytest.mark.parametrize(
    "closed", ["tool = { ruff = { line-length = 99 } }\n", "tool = 3\n", "[[tool]]\na = 1\n"]
)
def test_a_table_that_cannot_be_added_to_gets_a_file_beside_it(tmp_path: Path, closed: str) -> None:
    """TOML forbids adding to an inline table; the policy has a file of its own then."""
    edit = _planned(tmp_path, "pyproject.toml", closed.encode())
    assert edit
    assert (edit.path, edit.old) == ("selfmod-guard.toml", None)
    assert tomllib.loads(edit.new.decode()) == {"mode": "enforce"}


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("pyproject.toml", '[tool.selfmod-guard]\nmode = "warn"\n'),
        ("selfmod-guard.toml", 'mode = "warn"\n'),
    ],
)
def test_a_policy_that_is_there_is_left_alone(tmp_path: Path, name: str, policy: str) -> None:
    """Whoever chose `warn` keeps it."""
    assert _planned(tmp_path, name, policy.encode()) is None


@pytest.mark.parametrize("data", [b"a = ", b"\xff\n", b"\xef\xbb\xbfa = 1\n"])
def test_a_manifest_that_is_not_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    """The judge could not read the policy in it either."""
    with pytest.raises(GuardError, match=r"pyproject\.toml"):
        _planned(tmp_path, "pyproject.toml", data)


def test_a_policy_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """To say "already set up" of it would be a lie."""
    with pytest.raises(PolicyError, match="mod"):
        _planned(tmp_path, "selfmod-guard.toml", b"mod = 'enforce'\n")


def test_two_policies_are_refused(tmp_path: Path) -> None:
    """Which of them holds is the owner's to say."""
    (tmp_path / "selfmod-guard.toml").write_text("mode = 'warn'\n")
    with pytest.raises(PolicyError):
        _planned(tmp_path, "pyproject.toml", b"[tool.selfmod-guard]\nmode = 'warn'\n")


def _planned(folder: Path, name: str, data: bytes) -> Edit | None:
    (folder / name).write_bytes(data)
    return plan(str(folder))
