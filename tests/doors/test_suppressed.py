"""A suppression of the base, as people meet it at the doors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.testing import Project

if TYPE_CHECKING:
    from tests.conftest import Repo

ALLOW = '# selfmod: allow[{}] reason="checked by the parser above" expires=2030-01-01'
OLD = f"def table(text):\n    return eval(text)  {ALLOW.format('SMG201')}\n"
NEW = OLD.replace("eval(text)", "eval(text, {})")
SHELL = "rm -rf / --no-preserve-root"
RULE = '''
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule


@text_rule("SHOP001", risk=Risk.HIGH, hint="say please")
def rude(side):
    """
    It does not say please.

    Flagged: no word of it
        === a.sh
        + give

    Allowed: asked nicely
        === a.sh
        + please give
    """
    for number, line in enumerate(side.lines, 1):
        if line.startswith("give"):
            yield Sighting(number, "it is rude", line)
'''


def test_it_passes_and_says_why(repo: Repo) -> None:
    """In text and in JSON, from where it stands in the base to what is of no use beside it."""
    useless = f"x = 1  {ALLOW.format('SMG201')}\n"
    repo.write("shop/cart.py", f"\n{OLD}")
    repo.write("shop/till.py", useless)
    repo.commit("Suppress")
    repo.write("shop/cart.py", NEW)
    repo.write("shop/till.py", f"{useless}y = 2\n")
    repo.add()
    done = repo.guard("check", "--staged", "--format", "json", SELFMOD_GUARD_ACTOR="agent")
    told = json.loads(done.stdout)
    assert (done.returncode, told["decision"]) == (0, "allowed")
    (found,) = told["findings"]
    assert (found["rule"], found["risk"], found["line"]) == ("SMG201", "high", 2)
    assert found["waiver"] == {
        "kind": "suppression",
        "by": "base shop/cart.py:3",
        "reason": "checked by the parser above",
        "expires": 1893542399.0,
    }
    said = "the suppression at shop/till.py:1 is of no use: nothing that it names is seen there"
    assert told["notes"] == [f"{said}; take it away"]
    text = repo.guard("check", "--staged").stdout.decode()
    for part in ("shop/cart.py:2", "SMG201", "checked by the parser above", said):
        assert part in text


def test_from_every_source() -> None:
    """On disk and as a range; and where a hook asks some of the rules only."""
    script = f"{SHELL}  {ALLOW.format('SMG202')}\n:  # selfmod: allow[SMG202]\n"
    base = Project({"a.py": OLD, "b.sh": script}).commit()
    new = {"a.py": NEW, "b.sh": f"sudo {script}"}
    (note,) = base.write(new).check_worktree().allowed().receipt.notes
    assert note == 'the suppression at b.sh:2 does not count: it gives no reason="..."'
    base.branch("work").write(new).commit().check_range().allowed()
    one = base.propose(new).check(only="SMG202").allowed()
    assert [(found.path, bool(found.waiver)) for found in one.findings] == [("b.sh", True)]
    assert one.receipt.notes == ()


@pytest.mark.parametrize("has_it", [True, False])
def test_what_another_branch_brings_is_not_the_base_yet(repo: Repo, *, has_it: bool) -> None:
    """A merge of upstream begins with both, and only the one that it is made on is trusted."""
    repo.write("a.py", OLD if has_it else OLD.partition("  #")[0] + "\n")
    repo.commit("Begin")
    repo.git("switch", "--quiet", "--create", "other")
    repo.write("a.py", f"{OLD}x = 1\n")
    repo.commit("Suppress")
    repo.git("update-ref", "refs/remotes/origin/main", "other")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "other")
    repo.write("a.py", f"{NEW}x = 1\n")
    repo.add()
    guard = Guard(Context(str(repo.path), repo.environ))
    found = {one.rule: one for one in guard.judge(read.staged, "--staged").findings}
    assert bool(found["SMG201"].waiver) == has_it


def test_it_ends() -> None:
    """By the clock of the judgement, and a note says so."""
    project = Project({"a.py": OLD}).commit().propose({"a.py": NEW})
    later = project.guard.context._replace(clock=lambda: 1893542400.0)
    told = Guard(later).judge(read.staged, "--staged")
    assert told.decision == "denied"
    assert told.notes == ("the suppression at a.py:2 does not count: it ended on 2030-01-01",)


def test_a_rule_of_the_project_itself() -> None:
    """By its id and by its name."""
    policy = '[tool.selfmod-guard]\nrules.local = ["tools/rules"]\n'
    for handle in ("SHOP001", "rude"):
        text = f"give\n# so they are\n{ALLOW.format(handle)}\nplease\n"
        files = {"pyproject.toml": policy, "tools/rules/rude.py": RULE, "a.sh": text}
        base = Project(files).commit()
        told = base.propose({"a.sh": text.replace("please", "give it")}).check().allowed()
        assert [one.line for one in told.findings if one.waiver] == [4]
        base.propose({"a.sh": f"{text}give all\n"}).check().denied()


def test_nothing_is_said_of_a_rule_that_the_policy_switches_off() -> None:
    """What it would see is not known."""
    useless = f"x = 1  {ALLOW.format('SMG201')}\n"
    for policy, count in (("", 1), ('rules.off = ["SMG201"]\n', 2)):
        files = {"a.py": useless, "pyproject.toml": f"[tool.selfmod-guard]\n{policy}"}
        told = Project(files).commit().propose({"a.py": f"{useless}y = 2\n"}).check().allowed()
        said = " ".join(told.receipt.notes)
        assert ("is of no use" in said, "was not asked" in said) == (count == 1, count == 2)
