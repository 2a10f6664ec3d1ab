"""Submodules, whose code nobody judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import SUBMODULE, SYMLINK, Blob, Risk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rules.conftest import Ask, Tree

RULE = "SMG405"
FILE = ".gitmodules"
ONE = Blob(SUBMODULE, "1" * 40, 0, None)
TWO = Blob(SUBMODULE, "2" * 40, 0, None)


def listed(path: str, url: str = "https://example.org/x.git", more: str = "") -> str:
    """Write a submodule down as git does."""
    return f'[submodule "x"]\n\tpath = {path}\n\turl = {url}\n{more}'


def test_a_new_one_and_another_commit(ask: Ask) -> None:
    """The message names the folder and the commit."""
    (new,) = ask(RULE, {}, {"lib/x": ONE, FILE: listed("lib/x")})
    assert (new.path, new.risk) == ("lib/x", Risk.HIGH)
    assert "'lib/x' is new, at 1111111111" in new.message
    (other,) = ask(RULE, {"lib/x": ONE}, {"lib/x": TWO})
    assert "moves from 1111111111 to 2222222222" in other.message


def test_one_in_the_place_of_code(ask: Ask) -> None:
    """A file that becomes a submodule is a new one."""
    assert ask(RULE, {"lib/x": "code"}, {"lib/x": ONE})
    assert ask(RULE, {"lib/x": ONE}, {"lib/x": "code"}) == []


@pytest.mark.parametrize("moves", [{}, {"new/x": "lib/x"}])
def test_a_move(ask: Ask, moves: dict[str, str]) -> None:
    """To lie elsewhere is silent, whether git sees the move or not; to change on the way is not."""
    old: Tree = {"lib/x": ONE, FILE: listed("lib/x")}
    assert ask(RULE, old, {"new/x": ONE, FILE: listed("new/x")}, moves) == []
    assert ask(RULE, old, {"new/x": ONE, FILE: listed("new/x", "https://e.com/y")}, moves)
    assert ask(RULE, old, {"new/x": TWO, FILE: listed("new/x")}, moves)


def test_a_copy(ask: Ask) -> None:
    """A second place for a commit is a new submodule, also when the first one moved."""
    assert ask(RULE, {"a": ONE}, {"a": ONE, "b": ONE})
    (found,) = ask(RULE, {"a": ONE}, {"b": ONE, "c": ONE})
    assert "'c' is new" in found.message


@pytest.mark.parametrize(
    "text",
    [
        listed("lib/x", "https://example.com/x.git"),
        listed("lib/x").replace("url", "URL").replace("example.org", "example.com"),
        listed("lib/x", more="\turl = https://example.com/x.git\n"),
        listed("lib/x", more='[submodule "y"]\npath = lib/x/\nurl = https://e.com/y\n'),
        listed("lib/x", more="[submodule.x]\n\turl = https://example.com/x.git\n"),
        listed("lib/x", more='[submodule "x"] url = https://example.com/x.git\n'),
        listed("lib/x").replace("x.git", "x.git\\\n/../y.git"),
        "\0",
    ],
)
def test_another_address(ask: Ask, text: str) -> None:
    """However it is written, a new address is denied, and so is what may be one."""
    found = ask(RULE, {FILE: listed("lib/x")}, {FILE: text})
    assert {item.path for item in found} == {FILE}
    assert found[0].risk is Risk.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "# ours\n" + listed("lib/x"),
        listed("lib/x/"),
        listed('"lib/x"').replace("\t", "    "),
        listed("lib/x", more="\tignore = dirty\n"),
        listed("lib/x").replace('"x"', '"lib"'),
        "",
    ],
)
def test_other_words_for_the_same_address(ask: Ask, text: str) -> None:
    """Layout, names and options bring no code."""
    assert ask(RULE, {FILE: listed("lib/x")}, {FILE: text}) == []


def test_a_list_that_nobody_can_read(ask: Ask, blob: Callable[..., Blob]) -> None:
    """It may say anything, so it is denied, even where the old one could not be read either."""
    assert ask(RULE, {FILE: listed("lib/x")}, {FILE: blob("elsewhere", SYMLINK)})
    assert ask(RULE, {FILE: "\0 old"}, {FILE: "\0 new"})
