"""SMG504: a name that nothing defines."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.validity._pyflakes import Remark, remarks
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import Side

_KNOWN = frozenset(("_", "reveal_type", "WindowsError", "get_ipython"))
"""Names that something outside of the file provides."""
_WORDS = {
    "UndefinedName": "nothing defines the name {!r}",
    "UndefinedLocal": "{!r} is used before it is bound",
    "UndefinedExport": "`__all__` lists {!r}, which is not there",
}


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
    too late, that is listed in `__all__` and not there, or that stands in an
    annotation is a warning.

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

    Flagged: in an annotation [medium]
        === shop/cart.py
        + def total(items: Items):
              return sum(items)

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
    for one in remarks(side):
        if one.kind in _WORDS and one.name not in _KNOWN:
            what = _WORDS[one.kind].format(one.name)
            yield Sighting(one.line, what, what, risk=_risk(one, side))


def _risk(one: Remark, side: Side) -> Risk:
    is_certain = one.kind == "UndefinedName" and not one.is_annotation
    return Risk.HIGH if is_certain and not is_sample(side.path) else Risk.MEDIUM
