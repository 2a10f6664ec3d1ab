"""Names are read in the form in which Python reads them, and nothing else changes."""

# ruff: noqa: RUF001 (letters that look alike are what this is about)

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python, Unparsable, parse

Read = Callable[[str], Python]

DISGUISED = [
    ("ｅval('1')", "builtins.eval"),
    ("𝐞𝐯𝐚𝐥('1')", "builtins.eval"),
    ("ℯval('1')", "builtins.eval"),
    ("_＿import_＿('os').system('x')", "os.system"),
    ("from builtins import ｅval\nｅval('1')", "builtins.eval"),
    ("from builtins import ｅval as run\nrun('1')", "builtins.eval"),
    ("from builtins import eval as ｒun\nrun('1')", "builtins.eval"),
    ("import ｏs\nos.system('x')", "os.system"),
    ("import os.ｐath\nos.ｓystem('x')", "os.system"),
    ("import builtins\nbuiltins.ｅxec('1')", "builtins.exec"),
    ("f'{ｅval(1)}'", "builtins.eval"),
    ("def ｆ():\n    return eval\nf()('1')", "builtins.eval"),
    ("class A:\n    ｒun = eval\nA.run('1')", "builtins.eval"),
    ("def g(ｆ=eval):\n    f('1')", "builtins.eval"),
    ("def g():\n    global ｈ\n    h = eval\nh('1')", "builtins.eval"),
    ("import os\nmatch os:\n    case object(ｓystem=f):\n        f('x')", "os.system"),
]
HONEST = [
    ("import größe\ngröße.messen()", {"größe.messen"}),
    ("import 变量\n变量.函数()", {"变量.函数"}),
    ("import моё\nмоё.еval()", {"моё.еval"}),
    ("еval('1')", set()),
]


@pytest.mark.parametrize(("source", "name"), DISGUISED)
def test_a_name_in_another_form_is_the_name_python_reads(
    read: Read, source: str, name: str
) -> None:
    """Full-width and mathematical letters hide nothing."""
    assert name in {name for call in read(source).calls for name in call.names}


def test_a_keyword_in_another_form_is_found(read: Read) -> None:
    """The name of an argument is a name as well."""
    python = read("import subprocess\nsubprocess.run('x', ｓhell=True)")
    assert python.calls[0].arg(python, None, "shell") is not None


@pytest.mark.parametrize(("source", "names"), HONEST)
def test_a_name_in_its_own_letters_stays_as_it_is(read: Read, source: str, names: set[str]) -> None:
    """Other alphabets are no disguise, not even where a letter looks alike."""
    assert read(source).calls[0].names == names


def test_strings_and_comments_keep_their_letters(read: Read) -> None:
    """Only names are read in another form; the text stays as it came."""
    source = "# ｅval ﬁ\nｆ('ｅval', \"ﬁ\", f'ﬁ{x}', 'größe', b'x')  # ½\n"
    python = read(source)
    call = python.calls[0].node
    assert [python.fold(arg.value) for arg in call.args[:2]] == ["ｅval", "ﬁ"]
    assert python.fold(call.args[3].value) == "größe"
    assert python.text == source


def test_lines_are_counted_as_they_are_written(read: Read) -> None:
    """A form that has more letters moves nothing to another line."""
    python = read("ﬁ = '''ﬁ\u2028\nｅ'''\n\nｅval(\n  ﬁ)\n")
    assert python.line(python.calls[0].node) == 4


def test_a_word_that_only_looks_like_a_keyword_is_a_name(read: Read) -> None:
    """Python takes keywords only in plain letters, and so is this read."""
    python = read("x.ｉf(1)")
    assert python.calls[0].names == {"*.if"}


def test_marks_piled_up_to_stall_python_are_refused() -> None:
    """Putting a hundred thousand marks in order takes Python minutes."""
    source = "\n\na" + "\u0315\u0300" * 300_000 + " = 1\n"
    begin = time.process_time()
    found = parse("x.py", source.encode())
    assert isinstance(found, Unparsable)
    assert (found.kind, found.line) == ("too-large", 3)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("text", ["e\u0301\u0323" * 500, "शक्ति" * 100, "文" * 5_000])
def test_writing_with_marks_is_not_refused(read: Read, text: str) -> None:
    """Marks on many characters are ordinary text."""
    assert read(f"f('{text}')").calls
