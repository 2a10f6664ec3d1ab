"""A project's own rules: from the base, in the guard's process, and never silently left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import RuleError
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.rules._local import is_rule_file, load
from pytest_selfmod_guard.stages.prove import prove

if TYPE_CHECKING:
    from tests.conftest import Repo

RULE = '''
"""No printing in the product."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule


@python_rule("SHOP001", risk=Risk.HIGH, hint="log it", triggers=(b"print",))
def prints_in_the_product(python) -> Iterator[Sighting]:
    """
    The product prints, and nobody reads it there.

    Flagged: a print
        === shop/cart.py
        + print("paid")

    Allowed: a method of that name
        === shop/cart.py
        + page.print()
    """
    for call in python.calls:
        if "builtins.print" in call.names:
            yield Sighting(python.line(call.node), "it prints", python.code(call.node))
'''
POLICY = '[tool.selfmod-guard.rules]\nlocal = ["tools/rules"]\n'


def adopt(repo: Repo, rule: str = RULE) -> None:
    """Commit a policy and a rule."""
    repo.write("pyproject.toml", POLICY)
    repo.write("tools/rules/printing.py", rule)
    repo.commit("rules of our own")


def test_a_rule_of_the_base_judges(repo: Repo) -> None:
    """It denies like one of ours, is listed, and is explained."""
    adopt(repo)
    repo.write("shop/cart.py", "print('paid')\n")
    repo.add()
    done = repo.guard("check", "--staged")
    assert done.returncode == 1
    assert b"shop/cart.py:1  SHOP001 prints-in-the-product, high risk" in done.stdout
    assert b"why: selfmod-guard explain SHOP001" in done.stdout
    assert b"SHOP001  prints-in-the-product" in repo.guard("rules").stdout
    assert b"nobody reads it there" in repo.guard("explain", "SHOP001").stdout


def test_a_change_cannot_rewrite_the_rule_that_judges_it(repo: Repo) -> None:
    """The base's version is asked, whatever the change makes of the file."""
    adopt(repo)
    repo.write("tools/rules/printing.py", RULE.replace("builtins.print", "builtins.nothing"))
    repo.write("shop/cart.py", "print('paid')\n")
    repo.add()
    done = repo.guard("check", "--staged")
    assert done.returncode == 1
    assert b"SHOP001" in done.stdout


def test_nothing_of_the_head_is_run(repo: Repo) -> None:
    """A rule that the change brings is not a rule yet, and its code does not run."""
    adopt(repo)
    repo.write("tools/rules/evil.py", "open('ran', 'w').close()\n")
    repo.add()
    repo.guard("check", "--staged")
    assert not (repo.path / "ran").exists()


@pytest.mark.parametrize(
    "rule",
    [
        "raise ValueError('no')\n",
        "def f(:\n",
        "x = 1\n",
        RULE.replace("SHOP001", "SMG201"),
        RULE.replace("SHOP001", "B102"),
        RULE.replace("SHOP001", "shop"),
        RULE.replace("prints_in_the_product", "runs_text_as_code"),
        "import a_package_that_is_not_there\n",
    ],
)
def test_what_cannot_be_asked_is_undecided(repo: Repo, rule: str) -> None:
    """A rule that fails to load, or takes the place of another, is never a pass."""
    adopt(repo, rule)
    repo.write("README.md", "innocent\n")
    repo.add()
    done = repo.guard("check", "--staged")
    assert done.returncode == 2
    assert b"selfmod-guard" in done.stdout + done.stderr


def test_a_folder_that_is_not_there_is_undecided(repo: Repo) -> None:
    """The policy promises rules that nobody can ask."""
    repo.write("pyproject.toml", POLICY)
    repo.commit("a promise")
    repo.write("README.md", "innocent\n")
    repo.add()
    done = repo.guard("check", "--staged")
    assert done.returncode == 2
    assert b"rules.local" in done.stdout + done.stderr


def test_a_rule_that_crashes_is_undecided(repo: Repo) -> None:
    """As one of ours would be."""
    adopt(repo, RULE.replace("for call in python.calls:", "for call in python.no_such_thing:"))
    repo.write("shop/cart.py", "print('paid')\n")
    repo.add()
    assert repo.guard("check", "--staged").returncode == 2


def test_the_examples_are_tried(repo: Repo) -> None:
    """The door says what holds and what does not, and exits so."""
    repo.write("rules/printing.py", RULE)
    done = repo.guard("test-rules", "rules")
    assert (done.returncode, done.stdout) == (
        0,
        b"SHOP001 prints-in-the-product: 1 flagged, 1 allowed, as its page says\n",
    )
    repo.write("rules/printing.py", RULE.replace("page.print()", "print()"))
    done = repo.guard("test-rules", "rules/printing.py")
    assert done.returncode == 1
    assert b"is to be allowed; found: it prints (high)" in done.stdout
    assert repo.guard("test-rules", "nowhere").returncode == 64
    repo.write("rules/printing.py", "1/0\n")
    assert repo.guard("test-rules", "rules").returncode == 2


@pytest.mark.parametrize(
    ("edit", "flaw"),
    [
        (("Flagged: a print", "A print"), "no example that begins with `Flagged:`"),
        (('hint="log it"', 'hint=""'), "no hint"),
        (("reads it there.", "reads it there"), "does not begin with a sentence"),
        (('+ print("paid")', 'print("paid")'), "cannot be read"),
        (('b"print"', 'b"printf"'), "a trigger is missing"),
        (('+ print("paid")', '+ pprint("paid")'), "found: nothing"),
    ],
)
def test_a_page_that_is_not_true_is_a_flaw(edit: tuple[str, str], flaw: str) -> None:
    """Each promise of a page is tried."""
    (rule,) = load({"rules/printing.py": RULE.replace(*edit).encode()})
    assert any(flaw in found.what for found in prove(rule)), list(prove(rule))


def test_loading_leaves_the_rule_book_alone() -> None:
    """Even twice, and even when it fails."""
    before = all_rules()
    assert [rule.id for rule in load({"a.py": RULE.encode()})] == ["SHOP001"]
    assert [rule.id for rule in load({"a.py": RULE.encode()})] == ["SHOP001"]
    with pytest.raises(RuleError):
        load({"a.py": f"{RULE}\n1/0\n".encode()})
    all_rules.cache_clear()
    assert all_rules() == before


@pytest.mark.parametrize(
    ("path", "folder", "is_one"),
    [
        ("tools/rules/a.py", "tools/rules", True),
        ("tools/rules/a.py", "./tools/rules/", True),
        ("tools/rules/deep/a.py", "tools/rules", True),
        ("tools/rules/a.py", "tools/rules/a.py", True),
        ("tools/rules/_a.py", "tools/rules", False),
        ("tools/rules/test_a.py", "tools/rules", False),
        ("tools/rules/a.txt", "tools/rules", False),
        ("tools/rules2/a.py", "tools/rules", False),
    ],
)
def test_which_files_hold_rules(path: str, folder: str, is_one: bool) -> None:  # noqa: FBT001
    """A folder or a file; helpers and tests are none."""
    assert is_rule_file(path, [folder]) is is_one
