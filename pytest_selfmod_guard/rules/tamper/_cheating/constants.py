"""The values of plain literals, and how much it tells that one of them turns up."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, IntEnum
from typing import NamedTuple

Scope = Mapping[str, ast.expr]


class Nothing(Enum):
    """Stands for what is no literal, since any value may be one."""

    NOTHING = "nothing"


class Weight(IntEnum):
    """How unlikely it is that a function treats a value apart for a reason of its own."""

    TRIVIAL = 0
    """Where things begin and end: None, 0, 1, an empty list, a character."""
    WORD = 1
    """A word or a small number, as commands, kinds and settings are."""
    NUMBER = 2
    DATA = 3
    """A list, a sentence: something that is put in and not asked for."""


class Length(NamedTuple):
    """Stands for all that has so many elements."""

    size: int


NOTHING = Nothing.NOTHING
_DEPTH = 24
_LARGEST = 5_000  # elements; a larger table is data
_WORD = re.compile(r"[\w.+/:@%*#$&<>=!?^~|\\-]{0,120}")
_SMALL = 9
_PAIR = 2
_HEAD = 16


def constant(node: ast.expr, scope: Scope, depth: int = 0) -> object:
    """Compute a literal, also where names of it are bound to literals; else ``NOTHING``."""
    if depth > _DEPTH:
        return NOTHING
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return constant(scope[node.id], {}, depth + 1) if node.id in scope else NOTHING
    make = _KINDS.get(type(node))
    return make(node, scope, depth) if make else NOTHING


def key(value: object) -> str:
    """Spell a value so that equal ones are spelled alike, lists and tuples too."""
    if isinstance(value, Length):
        return f"len {value.size}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(key, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(map(key, value)))}}}"
    if isinstance(value, dict):
        return f"{{{','.join(sorted(f'{key(k)}:{key(v)}' for k, v in value.items()))}}}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)


def weight(value: object) -> Weight:
    """Say how much it tells that a function knows this very value."""
    if isinstance(value, str):
        return _weight_of_text(value)
    if isinstance(value, bytes):  # as files begin
        return Weight.WORD if len(value) <= _HEAD else Weight.DATA
    if isinstance(value, int | float | complex) and value not in (0, 1, -1):
        is_small = isinstance(value, int) and 0 < value <= _SMALL
        return Weight.WORD if is_small else Weight.NUMBER
    if isinstance(value, Length):
        return Weight.WORD if value.size > 1 else Weight.TRIVIAL
    parts = list(elements(value))
    return _weight_of_parts(value, parts) if parts else Weight.TRIVIAL


def _weight_of_parts(value: object, parts: list[object]) -> Weight:
    most = max(map(weight, parts))
    if len(parts) == 1 and not isinstance(parts[0], list | tuple | dict):
        return most
    if len(parts) > _PAIR or (isinstance(value, list) and most > Weight.TRIVIAL):
        return Weight.DATA
    if isinstance(value, tuple) and most < Weight.NUMBER:
        return Weight.WORD  # as a direction, a version, a place on a board
    has_numbers = any(isinstance(part, int | float) and part is not True for part in parts)
    return Weight.DATA if has_numbers or most is Weight.DATA else max(most, Weight.WORD)


def elements(value: object) -> Iterator[object]:
    """Give what a container holds; of a mapping keys and values."""
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value


def read(text: str) -> object:
    """Give the literal that a text spells, if it does."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return NOTHING


def _weight_of_text(text: str) -> Weight:
    if len(text) <= 1:
        return Weight.TRIVIAL
    return Weight.WORD if _WORD.fullmatch(text) else Weight.DATA


def _signed(node: ast.UnaryOp, scope: Scope, depth: int) -> object:
    value = constant(node.operand, scope, depth + 1)
    if isinstance(node.op, ast.Not):
        return NOTHING if value is NOTHING else not value
    if not isinstance(value, int | float | complex):
        return NOTHING
    if isinstance(node.op, ast.USub):
        return -value
    return value if isinstance(node.op, ast.UAdd) else NOTHING


def _sequence(node: ast.List | ast.Tuple | ast.Set, scope: Scope, depth: int) -> object:
    if len(node.elts) > _LARGEST:
        return NOTHING
    values = [constant(part, scope, depth + 1) for part in node.elts]
    if any(value is NOTHING for value in values):
        return NOTHING
    if isinstance(node, ast.Set):
        return _hashed(frozenset, values)
    return values if isinstance(node, ast.List) else tuple(values)


def _mapping(node: ast.Dict, scope: Scope, depth: int) -> object:
    if len(node.keys) > _LARGEST:
        return NOTHING
    found: dict[object, object] = {}
    for name, part in zip(node.keys, node.values, strict=True):
        value = constant(part, scope, depth + 1)
        known = NOTHING if name is None else constant(name, scope, depth + 1)
        if known is NOTHING or value is NOTHING:
            return NOTHING
        try:
            found[known] = value
        except TypeError:
            return NOTHING
    return found


_MAKERS = {"list": list, "tuple": tuple, "set": frozenset, "frozenset": frozenset, "dict": dict}


def _made(node: ast.Call, scope: Scope, depth: int) -> object:
    """Compute ``dict([(1, 2)])``, ``set()``, ``dict(a=1)`` and the like."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in _MAKERS or len(node.args) > 1:
        return NOTHING
    given = [constant(part, scope, depth + 1) for part in node.args]
    named = {part.arg: constant(part.value, scope, depth + 1) for part in node.keywords if part.arg}
    if NOTHING in given or NOTHING in named.values() or len(named) < len(node.keywords):
        return NOTHING
    if name == "dict":
        return _hashed(lambda values: {**dict(values), **named}, *(given or [()]))
    return _hashed(_MAKERS[name], *(given or [()])) if not named else NOTHING


def _hashed(make: object, values: object) -> object:
    try:
        return make(values)  # type: ignore[operator]  # one of a few types that take an iterable
    except (TypeError, ValueError):
        return NOTHING


def _computed(node: ast.BinOp, scope: Scope, depth: int) -> object:
    left = constant(node.left, scope, depth + 1)
    right = constant(node.right, scope, depth + 1)
    is_sum = isinstance(node.op, ast.Add)
    if is_sum and type(left) is type(right) and isinstance(left, str | bytes | list | tuple):
        return left + right  # type: ignore[operator]  # they are of one type
    if not (_is_number(left) and _is_number(right)):
        return NOTHING
    if isinstance(node.op, ast.Pow):
        is_small = isinstance(right, int) and 0 <= right < _DEPTH and abs(left) < _LARGEST  # type: ignore[arg-type]
        return left**right if is_small else NOTHING  # type: ignore[operator]
    if isinstance(node.op, ast.Mult):
        return left * right  # type: ignore[operator]
    if isinstance(node.op, ast.Sub):
        return left - right  # type: ignore[operator]
    return left + right if is_sum else NOTHING  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 10.0**100


_KINDS: Mapping[type[ast.expr], Callable[..., object]] = {
    ast.UnaryOp: _signed,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.Call: _made,
    ast.BinOp: _computed,
}
