"""Assertions that are calls: of unittest, pytest, numpy, mocks, and of helpers that say so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytest_selfmod_guard.rules.tamper._asserting import relations as kinds
from pytest_selfmod_guard.rules.tamper._asserting.inlining import text
from pytest_selfmod_guard.rules.tamper._asserting.relations import Relation, relations

_COMPARED: dict[str, type[ast.cmpop]] = {
    "assertEqual": ast.Eq, "assertEquals": ast.Eq, "assertNotEqual": ast.NotEq, "assertIs": ast.Is,
    "assertIsNot": ast.IsNot, "assertIn": ast.In, "assertNotIn": ast.NotIn,
    "assertGreater": ast.Gt, "assertGreaterEqual": ast.GtE, "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE, "assertListEqual": ast.Eq, "assertDictEqual": ast.Eq,
    "assertMultiLineEqual": ast.Eq, "assertSequenceEqual": ast.Eq, "assertTupleEqual": ast.Eq,
    "assertSetEqual": ast.Eq, "assert_equal": ast.Eq, "assert_array_equal": ast.Eq,
    "assert_string_equal": ast.Eq,
}  # fmt: skip
_KINDS = {
    "assertAlmostEqual": kinds.ALMOST, "assertAlmostEquals": kinds.ALMOST,
    "assert_allclose": kinds.ALMOST, "assert_almost_equal": kinds.ALMOST,
    "assert_approx_equal": kinds.ALMOST, "assert_array_almost_equal": kinds.ALMOST,
    "assertCountEqual": kinds.SAME_PARTS, "assertItemsEqual": kinds.SAME_PARTS,
    "assertDictContainsSubset": kinds.CONTAINS, "assertIsInstance": kinds.TYPE,
    "assertRegex": kinds.MATCHES, "assertNotAlmostEqual": kinds.DIFFERS,
    "assertNotIsInstance": kinds.DIFFERS, "assertNotRegex": kinds.ABSENT,
}  # fmt: skip
_RAISING = {
    "raises": kinds.RAISES, "assertRaises": kinds.RAISES, "assertRaisesRegex": kinds.RAISES,
    "assertRaisesMessage": kinds.RAISES, "warns": kinds.WARNS, "assertWarns": kinds.WARNS,
    "assertWarnsRegex": kinds.WARNS, "RaisesGroup": kinds.RAISES,
}  # fmt: skip
_PLAIN = frozenset(("deprecated_call", "assertLogs", "assertNoLogs"))
_LINES = frozenset(
    ("fnmatch_lines", "re_match_lines", "no_fnmatch_line", "no_re_match_line", "assert_outcomes",
     "fnmatch_lines_random", "re_match_lines_random")
)  # fmt: skip
_MOCKED = ("assert_called", "assert_any_call", "assert_has_calls", "assert_not_called",
           "assert_awaited", "assert_not_awaited")  # fmt: skip
_SAYS_SO = ("assert", "check", "verify", "expect", "_assert", "_check", "_verify", "ensure")
_RUNS = frozenset(("check_call", "check_output", "check_returncode", "ensure_future"))


def asserted(call: ast.Call) -> Iterator[Relation]:
    """Give what a call demands by itself; nothing if it is no assertion."""
    name, args = last(call.func), call.args
    if name in _COMPARED and len(args) >= 2:  # noqa: PLR2004 (a pair)
        yield from relations(ast.Compare(args[0], [_COMPARED[name]()], [args[1]]))
    elif name in {"assertTrue", "assertFalse"} and args:
        yield from relations(args[0], negated=name == "assertFalse")
    elif name in {"assertIsNone", "assertIsNotNone"} and args:
        operator = ast.Is() if name == "assertIsNone" else ast.IsNot()
        yield from relations(ast.Compare(args[0], [operator], [ast.Constant(None)]))
    elif name in _KINDS and len(args) >= 2:  # noqa: PLR2004 (a pair)
        yield _kept(_KINDS[name], call)
    elif name in _RAISING and len(args) >= 2 and not name.endswith(("Regex", "Message")):  # noqa: PLR2004
        yield Relation(_RAISING[name], args[1], args[0], _patterns(call))
    elif name.startswith(_MOCKED) and isinstance(call.func, ast.Attribute):
        yield Relation(kinds.CALLED, call.func.value, _arguments(call, name), (name,))
    elif name in _LINES and isinstance(call.func, ast.Attribute):
        yield Relation(kinds.SAYS, call.func.value, _arguments(call, name), (name,))
    elif name == "fail" or name.endswith(".fail"):
        yield Relation(kinds.FAILS, ast.Constant(name))
    elif name.startswith(_SAYS_SO) and name not in {*_RAISING, *_PLAIN, *_RUNS}:
        yield Relation(kinds.SAYS, _arguments(call, name), None, (name,))


def expected_errors(call: ast.expr, body: list[ast.stmt]) -> Iterator[Relation]:
    """Give what ``with`` such a call demands of its body."""
    if not isinstance(call, ast.Call):
        return
    name, args = last(call.func), call.args
    if name in _RAISING:
        kind = _RAISING[name]
        expected = args[0] if args else _keyword(call, "expected_exception")
        yield Relation(kind, _doing(body), expected, _patterns(call))
    elif name in _PLAIN:
        yield Relation(kinds.WARNS, _doing(body), ast.Constant(name))


def last(node: ast.expr) -> str:
    """Give ``c`` of ``a.b.c``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _kept(kind: str, call: ast.Call) -> Relation:
    """Take the arguments as they are; what follows the pair is tolerance."""
    first, second = call.args[:2]
    given = kinds.is_given(first) and not kinds.is_given(second)
    subject, expected = (second, first) if given or kind == kinds.CONTAINS else (first, second)
    slack = [*map(text, call.args[2:]), *map(text, call.keywords)]
    return Relation(kind, subject, expected, tuple(slack) if kind == kinds.ALMOST else ())


def _patterns(call: ast.Call) -> tuple[str, ...]:
    """Give what a message must match, as it is written."""
    found = [text(one) for one in call.keywords if one.arg in {"match", "check"}]
    if last(call.func).endswith(("Regex", "Message")):
        found += [f"match={text(one)}" for one in call.args[1:2]]
    return tuple(found)


def _arguments(call: ast.Call, name: str) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), call.args, call.keywords)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _doing(body: list[ast.stmt]) -> ast.expr:
    """Give what a block does, as the one expression that it mostly is."""
    values = [one.value for one in body if isinstance(one, ast.Expr | ast.Assign)]
    if len(values) == len(body) == 1:
        return values[0]
    return ast.Constant("; ".join(text(one) for one in body)[:500])
