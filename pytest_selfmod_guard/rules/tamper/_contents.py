"""What a test does and asserts, in a form that survives renaming, moving and parametrizing."""

from __future__ import annotations

from functools import cached_property
from keyword import iskeyword
from math import prod

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import parameter_names
from pytest_selfmod_guard.rules.tamper._shape import (
    as_assert,
    bound,
    foreign,
    is_about_something,
    is_check,
    with_locals_alike,
)
from pytest_selfmod_guard.rules.tamper._statements import (
    Statement,
    is_literal,
    split_at_commas,
    statements,
)
from pytest_selfmod_guard.rules.tamper._suite import Function, Suite

_NOISE = frozenset(
    ("self", "cls", "pytest", "mark", "parametrize", "unittest", "mock", "len", "str", "int",
     "list", "dict", "isinstance", "set", "tuple", "repr", "type", "range", "print", "raises")
)  # fmt: skip
_SAYS_NOTHING = frozenset(
    ("def", "async", "class", "@", "import", "from", "pass", "global", "nonlocal", "...")
)
_SKIPS = frozenset(("skip", "skipTest", "SkipTest"))


class Contents:
    """The statements of one test or helper."""

    def __init__(self, function: Function, suite: Suite) -> None:
        """Look at a function of a suite."""
        self.function = function
        self.suite = suite

    @cached_property
    def code(self) -> str:
        """The source, decorators included."""
        return self.suite.code(self.function.node)

    @cached_property
    def exact(self) -> tuple[Statement, ...]:
        """The statements, with local names made alike and without those that do nothing."""
        return tuple(with_locals_alike(line, self._locals) for line in self._lines)

    @cached_property
    def checks(self) -> tuple[Statement, ...]:
        """Those of the statements that can fail the test by what they say."""
        return tuple(line for line in self.exact if is_check(line) and is_about_something(line))

    @cached_property
    def cases(self) -> int:
        """How often parametrize runs it, as far as that can be read."""
        return prod(max(1, _listed(line)) for line in self._marks if "parametrize" in line)

    @cached_property
    def literals(self) -> frozenset[str]:
        """Every literal in it, its parameters included."""
        pieces = (piece for line in [*self._lines, *self._marks] for piece in line)
        return frozenset(piece for piece in pieces if is_literal(piece))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names it uses and does not bind itself: what it is about."""
        words = {word for line in self._lines for word in foreign(line, self._locals)}
        words |= set(parameter_names(self.function.node)) - self._parameters
        return frozenset(
            word
            for word in words - _NOISE
            if len(word) > 1 and not iskeyword(word) and not word.lower().startswith("assert")
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """Everything it may call, names of fixtures included."""
        return self.names | {piece for line in self.exact for piece in line}

    @cached_property
    def _lines(self) -> list[Statement]:
        lines = (as_assert(line) for line in self._written)
        return [line for line in lines if line[0] not in _SAYS_NOTHING and not _is_skip(line)]

    @cached_property
    def _written(self) -> list[Statement]:
        return statements(self.suite.code(without_docstring(self.function.node.body)))

    @cached_property
    def _marks(self) -> list[Statement]:
        marks = [mark for owner in self.function.owners for mark in owner.decorators]
        marks += self.function.node.decorators
        return statements("\n".join(self.suite.code(mark.decorator) for mark in marks))

    @cached_property
    def _locals(self) -> frozenset[str]:
        return self._parameters | {name for line in self._written for name in bound(line)}

    @cached_property
    def _parameters(self) -> frozenset[str]:
        """The arguments that are filled by parametrize; the other ones are fixtures."""
        marks = [line for line in self._marks if "parametrize" in line]
        texts = [piece.strip("\"'") for line in marks for piece in line if piece[-1] in "\"'"]
        named = {name.strip() for text in texts for name in text.split(",")}
        return frozenset(named & set(parameter_names(self.function.node)))


def _listed(mark: Statement) -> int:
    """Count the cases in a mark's list of them; 0 where it has none to read."""
    arguments = split_at_commas(mark[mark.index("parametrize") + 2 : -1])
    if not arguments[1:] or arguments[1][0] not in {"[", "("}:
        return 0
    return len(split_at_commas(arguments[1][1:-1]))


def _is_skip(line: Statement) -> bool:
    """Tell whether a statement skips, which is no part of what a test says."""
    return not _SKIPS.isdisjoint(line[:4])


def without_docstring(body: cst.BaseSuite) -> cst.CSTNode:
    """Give a body without what it says about itself."""
    if not isinstance(body, cst.IndentedBlock) or not body.body:
        return body
    first = body.body[0]
    spoken = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
    if isinstance(spoken, cst.Expr) and isinstance(
        spoken.value, cst.SimpleString | cst.ConcatenatedString
    ):
        return body.with_changes(body=body.body[1:])
    return body
