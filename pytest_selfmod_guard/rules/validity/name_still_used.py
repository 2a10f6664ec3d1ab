"""SMG506: something goes that the rest of the project still uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.validity._modules import Module, dotted_name, module_of
from pytest_selfmod_guard.rules.validity._resolving import Tree
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import File, View

_MOST_USERS = 200
"""Files that are read to see whether they use what goes."""
_MOST_NAMES = 200
_NAMED = 3


@change_rule(
    "SMG506",
    risk=Risk.HIGH,
    hint="change those who use it in the same change, or keep the old name for them",
)
def name_still_used(view: View) -> Iterable[Sighting]:
    """
    A module, or a name in it, goes while other files of the project still import it.

    Whoever imports it fails from then on. The files that the change leaves
    alone are searched for it. What they import under a condition, or inside
    of `try`, may fail and is silent.

    Flagged: a function goes, and a file that is not in the change imports it
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
        - def total(items):
        -     return sum(items)
          RATE = 2
        === shop/till.py
          from shop.cart import total

    Flagged: a module goes
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
        - def total(items):
        -     return sum(items)
        === shop/till.py
          from shop.cart import total

    Flagged: used as an attribute of the module
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
        - def total(items):
        -     return sum(items)
          RATE = 2
        === shop/till.py
          from shop import cart
          print(cart.total([1]))

    Allowed: those who use it go along
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
        - def total(items):
        + def grand_total(items):
              return sum(items)
        === shop/till.py
        - from shop.cart import total
        + from shop.cart import grand_total

    Allowed: the old name is kept
        === shop/__init__.py
          NAME = "shop"
        === shop/cart.py
        - def total(items):
        + def grand_total(items):
              return sum(items)
        + total = grand_total
        === shop/till.py
          from shop.cart import total
    """
    gone = [found for file in view.files if (found := _gone(file))]
    if not gone:
        return
    before, after = Tree(view, is_after=False), Tree(view, is_after=True)
    changed = {file.path for file in view.files if _is_edited(file)}
    for one in gone:
        users = list(_users(one, view, before, after, changed))
        if users:
            yield Sighting(
                0,
                f"{one.what}, and {_listed(users)} still {'uses' if len(users) == 1 else 'use'} it",
                path=one.file.path,
                risk=Risk.HIGH,
            )


class _Gone(NamedTuple):
    """What a file does not define any more."""

    file: File
    path: str
    """Where it was."""
    names: frozenset[str]
    is_module: bool

    @property
    def what(self) -> str:
        if self.is_module:
            return f"the module {dotted_name(self.path)!r} goes"
        some = sorted(self.names)[:_NAMED]
        return f"{', '.join(map(repr, some))} {'goes' if len(some) == 1 else 'go'}"


def _is_edited(file: File) -> bool:
    return file.old is None or file.new is None or file.old.blob.oid != file.new.blob.oid


def _gone(file: File) -> _Gone | None:
    """Tell what of a file cannot be imported any more; tests import one another rarely."""
    old = module_of(file.old)
    if old is None or file.old is None or paths.is_test(file.old.path):
        return None
    if file.new is None or file.change.old_path:
        return _Gone(file, file.old.path, old.names, is_module=True)
    new = module_of(file.new)
    if new is None or new.is_open:
        return None
    names = frozenset(sorted(old.names - new.names)[:_MOST_NAMES])
    return _Gone(file, file.old.path, names, is_module=False) if names else None


def _users(gone: _Gone, view: View, before: Tree, after: Tree, changed: set[str]) -> Iterator[str]:
    """Give the files whose imports led somewhere before and lead nowhere now."""
    last = dotted_name(gone.path).rpartition(".")[2]
    files = set(view.rest.mentioning([last]))
    if not gone.is_module:
        files &= set(view.rest.mentioning(sorted(gone.names)))
    python = sorted(path for path in files - changed - {gone.path} if paths.is_python(path))
    for path in python[:_MOST_USERS]:
        module = after.module(path)
        if module and not is_sample(path) and _is_broken(gone, module, path, before, after):
            yield path


def _is_broken(gone: _Gone, user: Module, path: str, before: Tree, after: Tree) -> bool:
    for imported in user.imports:
        if imported.is_guarded:
            continue
        if after.missing(imported, path) and not before.missing(imported, path):
            return True
    return not gone.is_module and _is_attribute_gone(gone, user)


def _is_attribute_gone(gone: _Gone, user: Module) -> bool:
    """Tell whether a file says ``module.name``, having imported exactly that module."""
    whole = dotted_name(gone.path)
    package, _, last = whole.rpartition(".")
    owners = {whole for one in user.imports if one.module == whole and not one.name}
    owners |= {
        last
        for one in user.imports
        if one.name == last and one.module and package.endswith(one.module.lstrip("."))
    }
    if last in user.names and not any(one.name == last for one in user.imports):
        owners.discard(last)
    return any(owner in owners for owner, _, _ in user.attributes(gone.names))


def _listed(users: list[str]) -> str:
    told = ", ".join(map(repr, users[:_NAMED]))
    return told if len(users) <= _NAMED else f"{told} and {len(users) - _NAMED} more"
