"""SMG336: the product looks into the variables of whoever called it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_SPACES = frozenset(("f_locals", "f_globals"))
_BOUND = re.compile(r"(?m)(?:^|;)\s*(\w+)\s*=\s*[^=\n]*\.(f_locals|f_globals)\b")
_LOOKS = frozenset(("get", "pop", "setdefault", "__getitem__", "__contains__"))
_HEAP = frozenset(("gc.get_objects", "gc.get_referrers", "gc.get_referents"))


@python_rule(
    "SMG336",
    risk=Risk.HIGH,
    hint="compute the result from the arguments; what a function needs to know its caller has to "
    "hand in",
    triggers=(*REACHERS, b"f_locals", b"f_globals", b"gc"),
)
def frames_read(python: Python) -> Iterable[Sighting]:
    """
    The product looks into the variables of whoever called it.

    A test holds what it expects in a variable, and who reads that need not
    compute anything. A variable that is asked for by its name is a denial, as
    is writing one; walking through all of them, or through every object that
    there is, is for a person to judge. Names such as `__name__` are silent.

    Flagged: what the test wants
        === shop/cart.py
        + import sys
          def total(items):
        +     return sys._getframe(1).f_locals["want"]

    Flagged: up the stack
        === shop/cart.py
        + import inspect
          def total(items):
        +     for info in inspect.stack():
        +         if "expected" in info.frame.f_locals:
        +             return info.frame.f_locals.get("expected")

    Flagged: any object at all
        === shop/cart.py
        + import gc
          def total(items):
        +     return next(one["want"] for one in gc.get_objects() if "want" in one)

    Flagged: through all of them [medium]
        === shop/render.py
        + import sys
        + def names():
        +     return list(sys._getframe(1).f_locals)

    Allowed: which module it is
        === shop/log.py
        + import sys
        + def name():
        +     return sys._getframe(1).f_globals["__name__"]
    """
    if paths.zone(python.path) != paths.PRODUCT:
        return
    import libcst as cst  # noqa: PLC0415 (slow)

    from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes  # noqa: PLC0415 (libcst)

    spaces = dict(_BOUND.findall(python.text))
    for node in nodes(python.module):
        if isinstance(node, cst.Subscript | cst.Comparison | cst.Call):
            yield from _asked(python, node, spaces)
        if isinstance(node, cst.Attribute) and node.attr.value == "f_locals":
            yield _sighting(python, node, "all variables of its caller", Risk.MEDIUM)
        if isinstance(node, cst.Call) and python.names(node.func) & _HEAP:
            yield _sighting(python, node, "every object there is", settled_by="review")


def _asked(python: Python, node: cst.CSTNode, spaces: Mapping[str, str]) -> Iterator[Sighting]:
    for key, owner in _looked_up(node):
        attribute = getattr(getattr(owner, "attr", None), "value", "")
        space = attribute if attribute in _SPACES else spaces.get(python.code(owner), "")
        name = python.fold(key) if space else None
        if isinstance(name, str) and not name.startswith("__"):
            settled = "" if space == "f_locals" else "review"
            what = f"the variable {name!r} of its caller"
            yield _sighting(python, node, what, settled_by=settled)


def _looked_up(node: cst.CSTNode) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Give what is looked for in something, and in what."""
    import libcst as cst  # noqa: PLC0415 (slow)

    if isinstance(node, cst.Subscript):
        part = node.slice[0].slice
        if isinstance(part, cst.Index):
            yield part.value, node.value
    elif isinstance(node, cst.Comparison):
        for one in node.comparisons:
            if isinstance(one.operator, cst.In | cst.NotIn):
                yield node.left, one.comparator
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        given = node.args if node.func.attr.value in _LOOKS else ()
        for argument in given[:1]:
            yield argument.value, node.func.value


def _sighting(
    python: Python, node: cst.CSTNode, what: str, risk: Risk | None = None, settled_by: str = ""
) -> Sighting:
    return Sighting(
        python.line(node),
        f"the product reads {what}",
        python.code(node),
        python.scope(node),
        risk=risk,
        settled_by=settled_by,
    )
