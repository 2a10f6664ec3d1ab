"""SMG213: somebody else, or nobody that can be read, names what is imported or called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._foreign import HIDDEN, NETWORK, REQUEST, kinds_of, worst
from pytest_selfmod_guard.rules.danger._pieces import is_in_pieces

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_IMPORTS = frozenset(
    ("builtins.__import__", "importlib.import_module", "pkgutil.resolve_name", "pydoc.locate",
     "importlib.__import__", "django.utils.module_loading.import_string",
     "werkzeug.utils.import_string", "importlib.util.find_spec")
)  # fmt: skip
_SPACES = re.compile(r"builtins\.(?:globals|locals|vars)|.*\.__(?:globals|dict|builtins)__")
_ANYBODY = frozenset((NETWORK, REQUEST, HIDDEN))
_MODULES = frozenset(
    ("os", "builtins", "subprocess", "sys", "shutil", "importlib", "ctypes", "pickle")
)
_COMPUTED = frozenset(("os.*", "subprocess.*", "ctypes.*", "builtins.*"))
_BUILTINS = "builtins.__dict__"
_CALLING = frozenset(
    ("builtins.map", "builtins.filter", "functools.partial", "functools.reduce", "atexit.register",
     "threading.Thread", "threading.Timer", "multiprocessing.Process", "*.submit", "*.map")
)  # fmt: skip
"""Functions that call what they are handed."""
_UP = re.compile(r"__bases?__|__mro__|^object$|\bmro\(\)")
_GETS = frozenset(("builtins.getattr",))


class _Named(NamedTuple):
    call: cst.Call
    scope: str
    name: cst.BaseExpression
    what: str
    by: frozenset[str] = _ANYBODY
    """Who must not name it."""


@python_rule(
    "SMG213",
    risk=Risk.HIGH,
    hint="write the import and the call out: import os; os.remove(path). Where one of several "
    "is to be chosen, look it up in a dictionary of the functions that are meant",
    triggers=(*REACHERS, b"locate", b"import_string", b"find_spec", b"__subclasses__"),
)
def computed_import(python: Python) -> Iterable[Sighting]:
    """
    The name of a module, or of what is called in it, is hidden or foreign.

    A request, the network or encoded text decides what is imported, or a name
    that could have been written was put together from pieces, reversed or
    decoded, which serves only to hide it; or the way leads up to all classes
    there are. Plugin loaders, whose names come
    from configuration, and names with a fixed prefix are silent.

    Flagged: put together from pieces
        === shop/cart.py
        + loader = __import__("o" + "s")

    Flagged: a decoded name
        === shop/cart.py
          import base64
        + def go(table):
        +     return getattr(__import__("os"), base64.b64decode(table[0]).decode())()

    Flagged: a table of the builtins, and a name nobody can read
        === shop/cart.py
          import builtins
        + table = {name[::-1]: one for name, one in vars(builtins).items()}
        + def go(key, text):
        +     return table[key](text)

    Flagged: a request names the function
        === shop/views.py
          from flask import request
        + def act():
        +     return globals()[request.args["action"]]()

    Allowed: plugins
        === shop/plugins.py
          import importlib
        + def load(names):
        +     return [importlib.import_module(f"shop.plugins.{name}") for name in names]
        + def handler(self, verb):
        +     return getattr(self, "do_" + verb)

    Allowed: the type that a name stands for
        === shop/types.py
          import builtins
        + def is_of(value, name):
        +     return isinstance(value, getattr(builtins, name))
    """
    is_test = paths.zone(python.path) == paths.TEST
    for call, what in _climbing(python):
        risk = Risk.MEDIUM if is_test else None
        yield Sighting(python.line(call.node), what, python.code(call.node), call.scope, risk=risk)
    for found in _named(python):
        origin = worst(kinds_of(python, found.name) & found.by)
        pieces = is_in_pieces(python, found.name)
        if origin or pieces:
            why = "is put together from pieces" if pieces else f"comes from {origin}"
            yield Sighting(
                python.line(found.call),
                f"the name of {found.what} {why}",
                python.code(found.call),
                found.scope,
                risk=Risk.MEDIUM if is_test else None,
            )


def _named(python: Python) -> Iterator[_Named]:
    for call in python.calls:
        if call.names & _IMPORTS and (name := call.arg(python, 0, "name")) is not None:
            yield _Named(call.node, call.scope, name, "a module")
        elif call.names & _GETS and (name := call.arg(python, 1)) is not None:
            owner = call.arg(python, 0)
            is_module = owner is not None and bool(python.names(owner) & _MODULES)
            by = _ANYBODY if is_module else frozenset((HIDDEN,))
            yield _Named(call.node, call.scope, name, "what is looked up", by)
        yield from _of_space(python, call)


def _climbing(python: Python) -> Iterator[tuple[Call, str]]:
    """Calls of whatever a loop finds in a module, and ways up to all classes there are."""
    for call in python.calls:
        owner = getattr(call.node.func, "value", None)
        if hit := call.names & _COMPUTED:
            yield call, f"what is called in {min(hit).removesuffix('.*')!r} is computed"
        elif _is_of_builtins(python, call) or _hands_on_builtins(python, call):
            yield call, "what is called in 'builtins' is computed"
        elif any(name.endswith("__subclasses__") for name in call.names) and owner is not None:
            if isinstance(owner, str) or not _UP.search(python.code(owner)):
                continue
            yield call, "every class of the program is looked through"


def _is_of_builtins(python: Python, call: Call) -> bool:
    """Tell whether something is called out of a table that was made of the builtins."""
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    function = call.node.func
    if call.names or not isinstance(function, cst.Subscript):
        return False
    return _BUILTINS in python.origins(function.value)


def _hands_on_builtins(python: Python, call: Call) -> bool:
    """Tell whether something is handed on for others to call: ``map(vars(builtins)[x], y)``."""
    return bool(call.names & _CALLING) and any(
        "builtins.*" in python.names(arg.value) for arg in call.node.args
    )


def _of_space(python: Python, call: Call) -> Iterator[_Named]:
    """``globals()[name]()`` and ``globals().get(name)``."""
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    function = call.node.func
    if isinstance(function, cst.Subscript) and _is_space(python, function.value):
        index = function.slice[0].slice
        if isinstance(index, cst.Index):
            yield _Named(call.node, call.scope, index.value, "what is called")
    elif isinstance(function, cst.Attribute) and function.attr.value in ("get", "__getitem__"):
        name = call.arg(python, 0)
        if name is not None and _is_space(python, function.value):
            yield _Named(call.node, call.scope, name, "what is looked up")


def _is_space(python: Python, node: cst.BaseExpression) -> bool:
    return any(_SPACES.fullmatch(name) for name in python.origins(node))
