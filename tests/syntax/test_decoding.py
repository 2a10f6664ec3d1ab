"""Bytes become text as Python would read them, or not at all."""

from __future__ import annotations

import codecs

import pytest

from pytest_selfmod_guard.syntax import Python, Unparsable, parse


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"# coding: latin-1\nx = '\xe9'\n", "# coding: latin-1\nx = 'é'\n"),
        (b"#!/bin/x\n# -*- coding: cp1252 -*-\n'\x80'", "#!/bin/x\n# -*- coding: cp1252 -*-\n'€'"),
        (b"# coding: gbk\n'\xc4\xe3'", "# coding: gbk\n'你'"),
        (codecs.BOM_UTF8 + b"x = 1", "x = 1"),
        (codecs.BOM_UTF8 + b"# coding: utf-8\nx", "# coding: utf-8\nx"),
        (b"# coding: utf-8\n# coding: ascii\n'\xc3\xa9'", "# coding: utf-8\n# coding: ascii\n'é'"),
        (b"x = 1\n\n# coding: no-such-thing\n", "x = 1\n\n# coding: no-such-thing\n"),
        (b"#\r#\r'\xc3\xa9 coding: latin-1'", "#\r#\r'é coding: latin-1'"),
        (b"", ""),
        (b"\x0cx = 1", "\x0cx = 1"),
    ],
)
def test_a_readable_file_is_read_as_python_reads_it(data: bytes, text: str) -> None:
    """Declarations in the first two lines count, others do not."""
    python = parse("x.py", data)
    assert isinstance(python, Python)
    assert python.text == text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"x = '\xff'\n", "encoding"),
        (b"# coding: no-such-thing\n", "encoding"),
        (b"# coding: utf-7\n", "encoding"),
        (b"# coding: utf-16\nab", "encoding"),
        (b"# coding: rot13\n", "encoding"),
        (b"# coding: hex\n", "encoding"),
        (b"# coding: unicode_escape\n", "encoding"),
        (b"# coding: raw_unicode_escape\n", "encoding"),
        (b"# coding: hz\n", "encoding"),
        (b"# coding: iso2022_jp\n", "encoding"),
        (b"# coding: undefined\n", "encoding"),
        (b"# coding: idna\n", "encoding"),
        (b"# coding: punycode\n", "encoding"),
        (b"# coding: cp037\n", "encoding"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "encoding"),
        (b"# coding: ascii\n'\xc3\xa9'", "encoding"),
        ("x = '\ud800'".encode("utf-8", "surrogatepass"), "encoding"),
        ("x = 1".encode("utf-16"), "null-bytes"),
        (b"x = 1\0", "null-bytes"),
        (b"x = 'a\0b'", "null-bytes"),
        (b"x = = 1", "syntax"),
        (b"print 'x'", "syntax"),
        (b"  x = 1\n y = 2", "syntax"),
        (b"x = '", "syntax"),
        (b"x" * (2 * 1024 * 1024 + 1), "too-large"),
    ],
)
def test_an_unreadable_file_says_why(data: bytes, kind: str) -> None:
    """Each refusal has its kind and a sentence."""
    refused = parse("x.py", data)
    assert isinstance(refused, Unparsable)
    assert refused.kind == kind
    assert refused.reason.endswith(".")


def test_a_syntax_error_knows_its_line() -> None:
    """A person can go there."""
    refused = parse("x.py", b"x = 1\ny = = 2\n")
    assert isinstance(refused, Unparsable)
    assert refused.line == 2


def test_newer_syntax_is_parsed_if_libcst_can() -> None:
    """A file may be written for a newer Python than the guard runs on."""
    python = parse("x.py", b"type A[T] = list[T]\ndef f[T](x: T) -> T: return eval('x')\n")
    assert isinstance(python, Python)
    assert python.calls[0].names == {"builtins.eval"}


def test_warnings_of_the_file_are_its_own() -> None:
    """Invalid escapes and odd comparisons stay silent here, where warnings are errors."""
    python = parse("x.py", b"x = '\\d'\ny = 1 is 1\nf('\\d')\n")
    assert isinstance(python, Python)
    assert python.fold(python.calls[0].node.args[0].value) == "\\d"


def test_a_long_first_line_is_not_cut_inside_a_character() -> None:
    """Where a declaration is looked for, whole lines are read."""
    source = "x = '" + "\u6587" * 5_000 + "'\n"
    found = parse("x.py", source.encode())
    assert isinstance(found, Python)
    assert found.text == source
