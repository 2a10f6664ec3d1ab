"""SMG504: a name that nothing defines."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import Side

_KNOWN = frozenset(("_", "reveal_type", "WindowsError", "get_ipython", "__tracebackhide__"))
"""Names that something outside of the file provides."""


@source_rule(
    "SMG504",
    risk=Risk.HIGH,
    hint="define or import the name, or correct its spelling; try it: python -m pyflakes FILE",
)
def undefined_name(side: Side) -> Iterable[Sighting]:
    """
    A Python file uses a name that nothing in it defines or imports.

    The line raises `NameError` when it runs, perhaps in the middle of the
    night. Names that a star import may bring are left alone, and so are those
    whose `NameError` is caught. pyflakes looks for them. A name that is bound
    too late, or listed in `__all__` and not there, is a warning.

    Flagged: a function that is not imported
        === shop/cart.py
          def total(items):
        +     return fsum(items)

    Flagged: a local that is used before it is bound [medium]
        === shop/cart.py
          RATE = 2

          def total(items):
        +     result = RATE * sum(items)
        +     RATE = 3
        +     return result

    Allowed: it is imported
        === shop/cart.py
        + from math import fsum
        +
          def total(items):
        +     return fsum(items)

    Allowed: a star may bring it
        === shop/cart.py
        + from math import *
        +
          def total(items):
        +     return fsum(items)

    Allowed: it was there before
        === shop/cart.py
          def total(items):
        -     return fsum(items)
        +     return fsum(list(items))
    """
    if side.unparsable:
        return  # SMG501 says so
    for line, name, what, risk in _problems(side):
        mild = is_sample(side.path)
        yield Sighting(line, what, f"{name}: {what}", risk=Risk.MEDIUM if mild else risk)


def _problems(side: Side) -> Iterator[tuple[int, str, str, Risk]]:
    for found in _messages(side):
        kind, told = type(found).__name__, found.message_args
        name = str(told[0]) if told else ""
        if name in _KNOWN:
            continue
        if kind == "UndefinedName":
            yield found.lineno, name, f"nothing defines the name {name!r}", Risk.HIGH
        elif kind == "UndefinedLocal":
            yield found.lineno, name, f"{name!r} is used before it is bound", Risk.MEDIUM
        elif kind == "UndefinedExport":
            what = f"`__all__` lists {name!r}, which is not there"
            yield found.lineno, name, what, Risk.MEDIUM


def _messages(side: Side) -> list[Any]:
    """Ask pyflakes, whose messages share no type but a base without fields."""
    from pyflakes.checker import Checker  # noqa: PLC0415 (20 ms)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(side.blob.data or b"")
            return list(Checker(tree, filename=side.path).messages)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Syntax newer than this Python, or nested beyond what can be walked;
            # what is known not to be Python is said by SMG501.
            return []
