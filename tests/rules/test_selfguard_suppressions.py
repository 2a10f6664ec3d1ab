"""Comments that switch off what keeps watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Finding, Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

LINE, FILE = "SMG406", "SMG407"
CODE = "import os\nos.remove(path)\n"


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings to people: what binds agents only warns them."""
    assert all(item.risk == Risk.HIGH for item in found if item.settled_by)
    risks = (Risk.MEDIUM if item.settled_by else item.risk for item in found)
    return max(risks, default=Risk.NONE)


def test_agents_are_held_for_what_people_are_warned_of(ask: Ask) -> None:
    """A bare comment, one for a whole file; not in tests, and not for a note."""
    for rule, path, text, held in (
        (LINE, "shop/a.py", marked("# noqa"), ["review"]),
        (FILE, "shop/a.py", f"# mypy: disallow-untyped-defs=False\n{CODE}", ["review"]),
        (LINE, "tests/test_a.py", marked("# noqa"), [""]),
        (LINE, "shop/a.py", marked("# noqa: E501"), [""]),
    ):
        assert [item.settled_by for item in ask(rule, {path: CODE}, {path: text})] == held, text


def marked(comment: str) -> str:
    """Put a comment behind the second line."""
    return CODE.replace("(path)", f"(path)  {comment}")


@pytest.mark.parametrize(
    ("comment", "risk"),
    [
        ("# nosec", Risk.HIGH),
        ("#nosec:B602", Risk.HIGH),
        ("# why not # NOSEC", Risk.HIGH),
        ("# nosec B311", Risk.MEDIUM),
        ("# nosec because B is fine", Risk.HIGH),
        ("# noqa: S602", Risk.HIGH),
        ("# noqa:E501, S602", Risk.HIGH),
        ("# noqa : s602", Risk.HIGH),
        ("# noqa: S101", Risk.MEDIUM),
        ("# noqa", Risk.MEDIUM),
        ("# noqa: because", Risk.MEDIUM),
        ("# noqa: C901", Risk.MEDIUM),
        ("# noqa: F821", Risk.MEDIUM),
        ("# noqa: E501", Risk.LOW),
        ("# nosemgrep", Risk.HIGH),
        ("# nosem: a.b.c", Risk.HIGH),
        ("# gitleaks:allow", Risk.HIGH),
        ("# pragma: allowlist secret", Risk.HIGH),
        ("# selfmod: allow[SMG201] reason='x'", Risk.HIGH),
        ("# selfmod-guard: ignore", Risk.HIGH),
        ("# type: ignore", Risk.MEDIUM),
        ("# type:ignore[attr-defined]", Risk.LOW),
        ("# pyright: ignore[reportCall]", Risk.LOW),
        ("# pylint: disable=no-member", Risk.LOW),
        ("# pylint: disable=all", Risk.MEDIUM),
        ("# pragma: no cover", Risk.MEDIUM),
        ("# noqa is a word", Risk.MEDIUM),
        ("# nothing to say about security", Risk.NONE),
        ("# the type: ignored", Risk.NONE),
    ],
)
def test_a_new_comment(ask: Ask, comment: str, risk: Risk) -> None:
    """A comment weighs as much as what it switches off."""
    assert worst(ask(LINE, {"shop/a.py": CODE}, {"shop/a.py": marked(comment)})) == risk


def test_in_a_test_security_is_a_warning(ask: Ask) -> None:
    """Tests do odd things; only the guard's own word weighs as much there."""
    new = {"tests/test_a.py": marked("# nosec")}
    assert worst(ask(LINE, {"tests/test_a.py": CODE}, new)) == Risk.MEDIUM
    new = {"tests/test_a.py": marked("# selfmod: allow[SMG201]")}
    assert worst(ask(LINE, {"tests/test_a.py": CODE}, new)) == Risk.HIGH


def test_a_second_one_like_the_first(ask: Ask) -> None:
    """Two equal lines with the comment are one more than one."""
    once = marked("# nosec")
    assert worst(ask(LINE, {"a.py": once}, {"a.py": once + "os.remove(path)  # nosec\n"})) == 3


def test_moving_is_silent(ask: Ask) -> None:
    """Within a file, to another one, and with another indentation."""
    old, moved = marked("# nosec"), "import os\nif path:\n    os.remove( path )  # nosec\n"
    assert ask(LINE, {"a.py": old}, {"a.py": moved}) == []
    assert ask(LINE, {"a.py": old}, {"b.py": old}) == []


def test_from_the_tests_into_the_product(ask: Ask) -> None:
    """What a test may have is new in the product."""
    assert (
        worst(ask(LINE, {"tests/a.py": marked("# nosec")}, {"shop/a.py": marked("# nosec")})) == 3
    )


def test_our_own_is_known_by_all_that_it_says_and_by_its_scope(ask: Ask) -> None:
    """Edited code in its place is silent; other words, another scope or zone are not."""
    ours = '# selfmod: allow[SMG201] reason="x" expires=2030-01-01'
    old, below = marked(ours), f"def f(path):\n    os.unlink(path)  {ours}\n"
    moved = {"b.py": "tests/a.py"}
    assert ask(LINE, {"a.py": old}, {"a.py": old.replace("remove", "unlink")}) == []
    assert (
        ask(LINE, {"a.py": old}, {"b.py": old.replace("remove", "unlink")}, {"b.py": "a.py"}) == []
    )
    assert worst(ask(LINE, {"a.py": old}, {"a.py": old.replace("2030", "2031")})) == Risk.HIGH
    assert worst(ask(LINE, {"a.py": old}, {"a.py": CODE + below})) == Risk.MEDIUM
    edited = old.replace("remove", "unlink")
    assert worst(ask(LINE, {"a.py": old}, {"a.py": edited, "b.py": old})) == Risk.HIGH
    assert worst(ask(LINE, {"tests/a.py": old}, {"b.py": old}, moved)) == Risk.HIGH


def test_it_goes_over_to_other_code(ask: Ask) -> None:
    """The same comment beside other code is a warning; what it hides now is found by itself."""
    other = marked("# nosec").replace("remove", "unlink")
    assert worst(ask(LINE, {"a.py": marked("# nosec")}, {"a.py": other})) == Risk.MEDIUM


def test_one_word_wider(ask: Ask) -> None:
    """To name the rule is silent; to name none any more is not."""
    wide, narrow = {"a.py": marked("# nosec")}, {"a.py": marked("# nosec B602")}
    assert ask(LINE, wide, narrow) == []
    assert worst(ask(LINE, narrow, wide)) == Risk.HIGH


def test_text_is_no_comment(ask: Ask) -> None:
    """A string, however long, only speaks of it."""
    text = 'HELP = """\n# nosec\nx = 1  # selfmod: allow[SMG201]\n"""\n'
    assert ask(LINE, {"a.py": ""}, {"a.py": text}) == []


def test_coverage_of_new_code(ask: Ask) -> None:
    """New code that is not covered is a note, old code that is covered no more a warning."""
    new = CODE + "def other():  # pragma: no cover\n    pass\n"
    assert worst(ask(LINE, {"a.py": CODE}, {"a.py": new})) == Risk.LOW


def test_files_that_do_not_parse(ask: Ask) -> None:
    """An unfinished file, a NUL and a line without end are looked at line by line."""
    assert worst(ask(LINE, {}, {"a.py": "x = (\ny  # nosec\n"})) == Risk.HIGH
    assert worst(ask(LINE, {}, {"run.sh": "ls  # nosemgrep\n"})) == Risk.HIGH
    assert ask(LINE, {}, {"a.py": "x = '" + "#" * 200_000}) == []


@pytest.mark.parametrize("path", ["README.md", "docs/a.rst", "uv.lock", "a.json"])
def test_files_without_such_comments(ask: Ask, path: str) -> None:
    """Prose and data may speak of it."""
    assert ask(LINE, {}, {path: "run it  # nosec\n"}) == []


@pytest.mark.parametrize(
    ("comment", "risk"),
    [
        ("# ruff: noqa", Risk.HIGH),
        ("#flake8:noqa", Risk.HIGH),
        ("# ruff: noqa: E501", Risk.MEDIUM),
        ("# ruff: noqa: S602", Risk.HIGH),
        ("# mypy: ignore-errors", Risk.HIGH),
        ("# mypy: ignore_errors=True", Risk.HIGH),
        ("# mypy: ignore-errors=false", Risk.NONE),
        ("# mypy: disallow-untyped-defs=False", Risk.MEDIUM),
        ("# mypy: strict", Risk.NONE),
        ("# type: ignore", Risk.HIGH),
        ("# pylint: skip-file", Risk.HIGH),
        ("# pylint: disable=all", Risk.HIGH),
        ("# pylint: disable=line-too-long", Risk.MEDIUM),
        ("# pyright: basic", Risk.MEDIUM),
        ("# pyright: strict", Risk.NONE),
        ("# pyre-ignore-all-errors", Risk.HIGH),
    ],
)
def test_a_whole_file(ask: Ask, comment: str, risk: Risk) -> None:
    """What holds for a file is found by its own rule, and by no other."""
    new = {"shop/a.py": f"{comment}\n{CODE}"}
    assert worst(ask(FILE, {"shop/a.py": CODE}, new)) == risk
    assert ask(LINE, {"shop/a.py": CODE}, new) == []
    assert (
        worst(ask(FILE, {"tests/test_a.py": CODE}, {"tests/test_a.py": new["shop/a.py"]})) <= risk
    )


def test_a_line_s_comment_is_not_for_the_file(ask: Ask) -> None:
    """Two tools on one line are two marks for that line."""
    new = marked("# type: ignore[x]  # pyright: ignore")
    assert ask(FILE, {"a.py": CODE}, {"a.py": new}) == []


def test_below_the_first_statement(ask: Ask) -> None:
    """There, a comment of its own is for the next line."""
    new = {"a.py": CODE.replace("os.rem", "# type: ignore\nos.rem")}
    assert ask(FILE, {"a.py": CODE}, new) == []
    assert worst(ask(LINE, {"a.py": CODE}, new)) == Risk.MEDIUM


def test_a_file_that_is_renamed(ask: Ask) -> None:
    """It takes its comment along; another file does not inherit it."""
    whole = f"# ruff: noqa\n{CODE}"
    assert ask(FILE, {"a.py": whole}, {"b.py": whole}, {"b.py": "a.py"}) == []
    assert worst(ask(FILE, {"a.py": whole, "b.py": CODE}, {"a.py": CODE, "b.py": whole})) == 3
