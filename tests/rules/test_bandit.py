"""bandit in process says what bandit's own command says."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import xmlrpc.client
from pathlib import Path

import pytest

from pytest_selfmod_guard.rules.danger._bandit import Unread, scan

REAL = [Path(str(module.__file__)) for module in (subprocess, tempfile, xmlrpc.client, json)]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_the_same_findings_as_the_command(path: Path) -> None:
    """On real modules: rule, line, severity and confidence."""
    line = [sys.executable, "-m", "bandit", "-q", "-f", "json", "--ignore-nosec", "-s", "B101"]
    done = subprocess.run([*line, str(path)], capture_output=True, check=False, timeout=120)
    theirs = [
        (item["test_id"], item["line_number"], item["issue_severity"], item["issue_confidence"])
        for item in json.loads(done.stdout)["results"]
    ]
    ours = [(i.id, i.line, i.severity, i.confidence) for i in scan(path.read_bytes())]
    assert sorted(ours) == sorted(theirs)


def test_a_suppression_in_the_file_has_no_effect() -> None:
    """Whether one counts is for the base to say."""
    assert [issue.id for issue in scan(b"import pickle  # nosec\n")] == ["B403"]


def test_code_and_scope_survive_reformatting() -> None:
    """A finding is known again by what it is about."""
    one = scan(b"import hashlib\ndef f(x):\n    return hashlib.md5(x)\n")
    other = scan(b"import hashlib\n\n\ndef f(x):\n    return hashlib.md5(\n        x,\n    )\n")
    assert [(i.code, i.scope) for i in one] == [(i.code, i.scope) for i in other]
    assert one[0].scope == "f"


def test_bandit_does_not_look_for_suppressions(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look at every line of a table for each line of it: minutes for 20,000."""

    def explodes(*_: object) -> None:
        raise AssertionError("looked")

    scan(b"")
    monkeypatch.setattr("bandit.core.utils.get_nosec", explodes)
    assert [issue.id for issue in scan(b"import pickle\n")] == ["B403"]
    assert sys.modules["bandit.core.utils"].get_nosec is explodes


def test_what_bandit_cannot_parse_is_said() -> None:
    """It is not taken for harmless."""
    with pytest.raises(Unread):
        scan(b"def (:\n")
