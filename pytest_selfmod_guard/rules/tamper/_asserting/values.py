"""What an expectation amounts to, in however many words it is written."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, DecimalException
from fractions import Fraction
from functools import lru_cache

from pytest_selfmod_guard.rules.tamper._asserting.inlining import text

_LONGEST = 4000
_LARGEST = 10**12
_MOST = 2000  # elements
_DEEPEST = 30


class _Unknown(Exception):
    """Something in an expression is not to be known from it."""


@lru_cache(maxsize=2000)
def valued(code: str) -> str:
    """Write the value of a pure expression; any other expression stays as it is."""
    if len(code) > _LONGEST:
        return code
    try:
        return _written(value(ast.parse(code, mode="eval").body))
    except (_Unknown, SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def is_same_value(one: str, other: str) -> bool:
    """Tell whether two expectations amount to the same."""
    return one == other or valued(one) == valued(other)


def is_written(code: str) -> bool:
    """Tell whether the value of an expression shows without running anything else."""
    try:
        value(ast.parse(code[:_LONGEST], mode="eval").body)
    except (_Unknown, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def number(code: str) -> float | None:
    """Give the number that a pure expression amounts to."""
    try:
        found = value(ast.parse(code[:_LONGEST], mode="eval").body)
        return float(found) if isinstance(found, int | float | Decimal | Fraction) else None
    except (_Unknown, SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def constants(code: str) -> frozenset[str]:
    """Give every constant in what an expression amounts to, truths and None included."""
    try:
        tree = ast.parse(valued(code), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(repr(one.value) for one in ast.walk(tree) if isinstance(one, ast.Constant))


def value(node: ast.expr, depth: int = 0) -> object:
    """
    Compute a pure expression of moderate size.

    :raises _Unknown: where it is none
    """
    if depth > _DEEPEST:
        raise _Unknown
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return _collected(node, depth)
    if isinstance(node, ast.Dict) and None not in node.keys:
        keys = [value(one, depth + 1) for one in node.keys if one is not None]
        return _made(lambda: dict(zip(keys, _all(node.values, depth), strict=True)))
    if isinstance(node, ast.UnaryOp):
        return _signed(node.op, value(node.operand, depth + 1))
    if isinstance(node, ast.BinOp):
        return _reckoned(node.op, value(node.left, depth + 1), value(node.right, depth + 1))
    if isinstance(node, ast.Call) and not node.keywords:
        return _called(node, depth)
    raise _Unknown


def _all(nodes: Iterable[ast.expr], depth: int) -> list[object]:
    return [value(one, depth + 1) for one in nodes]


def _collected(node: ast.List | ast.Tuple | ast.Set, depth: int) -> object:
    parts = _all(node.elts, depth)
    if isinstance(node, ast.Set):
        return _made(lambda: frozenset(parts))
    return parts if isinstance(node, ast.List) else tuple(parts)


def _signed(sign: ast.unaryop, operand: object) -> object:
    if isinstance(sign, ast.Not):
        return not operand
    if not isinstance(operand, _NUMBERS) or isinstance(sign, ast.Invert):
        raise _Unknown
    return -operand if isinstance(sign, ast.USub) else operand


def _reckoned(sign: ast.operator, left: object, right: object) -> object:
    compute = _OPERATORS.get(type(sign))
    if compute is None or not (_is_small(left) and _is_small(right)):
        raise _Unknown
    if isinstance(sign, ast.Pow) and not (isinstance(right, int) and abs(right) <= _DEEPEST):
        raise _Unknown
    if isinstance(sign, ast.Mult) and not (_is_number(left) and _is_number(right)):
        raise _Unknown
    return _made(lambda: compute(left, right))


def _called(node: ast.Call, depth: int) -> object:
    name = text(node.func).rpartition(".")[2]
    make = _FUNCTIONS.get(name)
    parts = _all(node.args, depth)
    if make is None or (name == "range" and not all(_is_small(one) for one in parts)):
        raise _Unknown
    found = _made(lambda: make(*parts))
    if isinstance(found, range) and len(found) > _MOST:
        raise _Unknown
    return found


def _made(make: Callable[[], object]) -> object:
    try:
        return make()
    except (TypeError, ValueError, ArithmeticError, DecimalException) as error:
        raise _Unknown from error


def _is_number(one: object) -> bool:
    return isinstance(one, _NUMBERS)


def _is_small(one: object) -> bool:
    if isinstance(one, float | Decimal | Fraction):
        return True
    if isinstance(one, int):
        return abs(one) <= _LARGEST
    return isinstance(one, str | bytes | list | tuple | frozenset) and len(one) <= _MOST


def _written(found: object) -> str:
    """Write a value in one way, whatever the order of what has none."""
    if isinstance(found, frozenset):
        return f"{{{', '.join(sorted(map(_written, found)))}}}" if found else "set()"
    if isinstance(found, dict):
        pairs = sorted(f"{_written(key)}: {_written(one)}" for key, one in found.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(found, list):
        return f"[{', '.join(map(_written, found))}]"
    if isinstance(found, tuple):
        return f"({', '.join(map(_written, found))}{',' if len(found) == 1 else ''})"
    return repr(found)


_NUMBERS = (int, float, complex, Decimal, Fraction)
_OPERATORS: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.BitOr: operator.or_,
}  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "range": range, "set": frozenset, "frozenset": frozenset, "list": list, "tuple": tuple,
    "sorted": sorted, "dict": dict, "Decimal": Decimal, "Fraction": Fraction, "float": float,
    "sum": sum, "len": len, "abs": abs,
}  # fmt: skip
