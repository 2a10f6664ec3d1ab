"""SMG505: an import of the project's own that leads nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.validity._modules import Imported, module_of
from pytest_selfmod_guard.rules.validity._resolving import Tree
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import File, View

_NAMED = 3


@change_rule(
    "SMG505",
    risk=Risk.HIGH,
    hint="import what is there, or bring along what is missing; try it: python -c 'import MODULE'",
)
def broken_import(view: View) -> Iterable[Sighting]:
    """
    A file newly imports something of the project that is not there.

    The import fails as soon as the module is loaded. Only imports of modules
    of the project itself are looked at. Those inside of `try` or of a
    condition may fail, and so they are silent. A name that a module may get
    otherwise (a star, `__getattr__`, a compiled module) is left alone.

    Flagged: a name that the module does not have
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
          def total(items):
              return sum(items)
        === shop/till.py
        + from shop.cart import subtotal

    Flagged: a module that is not there
        === shop/__init__.py
          NAME = "shop"
        === shop/till.py
        + from shop.basket import total

    Flagged: a relative one
        === shop/__init__.py
          NAME = "shop"
        === shop/till.py
        + from .basket import total

    Allowed: it is there
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
          def total(items):
              return sum(items)
        === shop/till.py
        + from shop.cart import total
        + from . import cart

    Allowed: somebody else's
        === shop/till.py
        + from basket import total

    Allowed: it may fail
        === shop/__init__.py
          NAME = "shop"
        === shop/till.py
        + try:
        +     from shop.fast import total
        + except ImportError:
        +     total = sum
    """
    tree = Tree(view, is_after=True)
    for file in view.files:
        missing: dict[str, int] = {}
        for imported in _new_imports(file):
            if what := tree.missing(imported, file.path):
                missing.setdefault(what, imported.line)
        if missing:
            yield Sighting(
                min(missing.values()),
                f"the file newly imports what is not there: {_listed(list(missing))}",
                path=file.path,
                risk=Risk.MEDIUM if is_sample(file.path) else Risk.HIGH,
            )


def _listed(missing: list[str]) -> str:
    told = ", ".join(missing[:_NAMED])
    return told if len(missing) <= _NAMED else f"{told} and {len(missing) - _NAMED} more"


def _new_imports(file: File) -> Iterator[Imported]:
    new = module_of(file.new)
    if new is None:
        return
    old = module_of(file.old) if not file.change.old_path else None
    known = Counter((one.module, one.name) for one in old.imports) if old else Counter()
    for imported in new.imports:
        if known[imported.module, imported.name]:
            known[imported.module, imported.name] -= 1
        elif not imported.is_guarded:
            yield imported
