"""Functions that are carried out on plain values, within bounds."""

from __future__ import annotations

import ast
import builtins
import html
import json
import math
import operator
import string
import struct
import textwrap
import urllib.parse
from collections.abc import Callable

from .codecs_known import ARMOUR
from .formatting import format_value
from .operating import add, power
from .sizes import BITS, REPEATS, Plain, Unfoldable, at_most, weigh

# Plain values of any kind; a mismatch raises TypeError, which the folder expects.
Function = Callable[..., Plain]


def elements(value: Plain) -> list[Plain]:
    """Give what iterating over a plain value gives, where its order is certain."""
    if not isinstance(value, str | bytes | list | tuple | dict | frozenset):
        raise Unfoldable
    if isinstance(value, frozenset) and len(value) > 1:
        raise Unfoldable
    return list(value)


def _range(*args: int) -> list[int]:
    numbers = range(*args)
    at_most(len(numbers) if -(2**62) < numbers.stop - numbers.start < 2**62 else math.inf, REPEATS)
    return list(numbers)


def _bytes(*args: Plain, **named: Plain) -> bytes:
    if args and isinstance(args[0], int):
        at_most(args[0], REPEATS)
    return bytes(*args, **named)


def _sum(values: Plain, start: Plain = 0) -> Plain:
    numbers = [start, *values]
    if not all(isinstance(one, int | float) for one in numbers):
        raise Unfoldable
    return sum(numbers)


def _pow(base: Plain, exponent: Plain, modulus: Plain = None) -> Plain:
    if modulus is None:
        return power(base, exponent)
    at_most(max(abs(one).bit_length() for one in (base, exponent, modulus)), 4096)
    return pow(base, exponent, modulus)


def _str(value: Plain = "", *args: Plain, **named: Plain) -> str:
    weigh(value)
    return str(value, *args, **named)


def _int(value: Plain = 0, *args: Plain, **named: Plain) -> int:
    if isinstance(value, str | bytes):
        at_most(len(value), BITS // 4)
    return int(value, *args, **named)


def _from_bytes(*args: Plain, **named: Plain) -> int:
    at_most(len(args[0]), BITS // 8)
    return int.from_bytes(*args, **named)


def _format(value: object, spec: str = "") -> str:
    return format_value(value, "", spec)


def _maketrans(*args: Plain) -> Plain:
    kind = bytes if isinstance(args[0], bytes) else str
    return kind.maketrans(*args)


def _pack(form: str, *values: Plain) -> bytes:
    at_most(struct.calcsize(form), REPEATS)
    return struct.pack(form, *values)


def _unpack(form: str, data: bytes) -> Plain:
    at_most(struct.calcsize(form), REPEATS)
    return struct.unpack(form, data)


NESTED = 500
"""Characters or brackets that may hang on one another: native code recurses."""


def _array(code: str, values: Plain = b"") -> bytes:
    if code not in ("b", "B"):
        raise Unfoldable
    return bytes(value % 256 for value in elements(values))


def _literal(text: str) -> Plain:
    at_most(len(text), NESTED)
    found = ast.literal_eval(text)
    return frozenset(found) if isinstance(found, set) else found


def _loaded(text: str | bytes) -> Plain:
    text = text.decode() if isinstance(text, bytes) else text
    at_most(text.count("[") + text.count("{"), NESTED)
    at_most(len(text))
    return json.loads(text)


def known_text(name: str) -> str | None:
    """Give the text that a dotted name of Python's own certainly stands for."""
    owner, _, last = name.rpartition(".")
    if owner == "string" and last in TEXTS:
        return str(getattr(string, last))
    if last in ("__name__", "__qualname__") and owner.startswith("builtins."):
        return owner.removeprefix("builtins.")
    if last == "__doc__" and owner.startswith("builtins."):
        found = getattr(getattr(builtins, owner.removeprefix("builtins."), None), "__doc__", None)
        return found if isinstance(found, str) else None
    return None


TEXTS = {"ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits"}
TEXTS |= {"octdigits", "printable", "punctuation", "whitespace"}


def _sorted(value: Plain, *, reverse: bool = False) -> list[Plain]:
    ordered = value if isinstance(value, frozenset) else elements(value)
    return sorted(ordered, reverse=reverse)


def _reversed(value: Plain) -> list[Plain]:
    return elements(value)[::-1]


def _enumerate(value: Plain, start: int = 0) -> list[Plain]:
    return list(enumerate(elements(value), start))


def _zip(*values: Plain) -> list[Plain]:
    return list(zip(*map(elements, values), strict=False))


def _chain(*values: Plain) -> list[Plain]:
    at_most(sum(map(len, values)))
    return [one for value in values for one in elements(value)]


FUNCTIONS: dict[str, Function] = {
    **ARMOUR,
    "builtins.abs": abs,
    "builtins.all": lambda value: all(elements(value)),
    "builtins.any": lambda value: any(elements(value)),
    "builtins.ascii": ascii,
    "builtins.bin": bin,
    "builtins.bool": bool,
    "builtins.bytearray": _bytes,
    "builtins.bytes": _bytes,
    "builtins.bytes.fromhex": bytes.fromhex,
    "builtins.bytearray.fromhex": bytes.fromhex,
    "builtins.bytes.maketrans": bytes.maketrans,
    "builtins.chr": chr,
    "builtins.dict": dict,
    "builtins.divmod": divmod,
    "builtins.enumerate": _enumerate,
    "builtins.float": float,
    "builtins.format": _format,
    "builtins.frozenset": frozenset,
    "builtins.hex": hex,
    "builtins.int": _int,
    "builtins.int.from_bytes": _from_bytes,
    "builtins.iter": elements,
    "builtins.len": len,
    "builtins.list": lambda value=(): elements(value),
    "builtins.max": max,
    "builtins.memoryview": _bytes,
    "builtins.min": min,
    "builtins.oct": oct,
    "builtins.ord": ord,
    "builtins.pow": _pow,
    "builtins.range": _range,
    "builtins.repr": repr,
    "builtins.reversed": _reversed,
    "builtins.set": frozenset,
    "builtins.sorted": _sorted,
    "builtins.str": _str,
    "builtins.str.maketrans": _maketrans,
    "builtins.sum": _sum,
    "builtins.tuple": lambda value=(): tuple(elements(value)),
    "builtins.zip": _zip,
    "array.array": _array,
    "ast.literal_eval": _literal,
    "html.unescape": html.unescape,
    "itertools.chain": _chain,
    "json.loads": _loaded,
    "operator.add": add,
    "operator.xor": operator.xor,
    "operator.concat": add,
    "operator.getitem": lambda value, key: value[key],
    "os.fsdecode": lambda value: value if isinstance(value, str) else value.decode(),
    "struct.pack": _pack,
    "struct.unpack": _unpack,
    "textwrap.dedent": textwrap.dedent,
    "urllib.parse.quote": urllib.parse.quote,
    "urllib.parse.unquote": urllib.parse.unquote,
    "urllib.parse.unquote_plus": urllib.parse.unquote_plus,
    "urllib.parse.unquote_to_bytes": urllib.parse.unquote_to_bytes,
    "sys.intern": lambda value: value,
}
"""By dotted name."""
