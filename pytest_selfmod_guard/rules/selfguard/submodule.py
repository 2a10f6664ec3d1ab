"""SMG405: a submodule that is new, or is another one now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._modules import FILE, Addresses, addresses
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs
from pytest_selfmod_guard.view import Side, View

_SHOWN = 10  # characters of a commit id
_LONGEST = 80


@change_rule(
    "SMG405",
    risk=Risk.HIGH,
    hint="let a person approve it, or copy the code into the project so that it is judged",
)
def submodule(view: View) -> Iterable[Sighting]:
    """
    A submodule is new, stands at another commit, or comes from another address.

    Its code is in another repository, so nothing of it is in the change and
    nobody judged it. To remove one is silent, and so is to move it to another
    folder, as long as its commit and its address in `.gitmodules` stay.

    Flagged: a new one
        === vendor/cart (mode 160000)
        + Subproject commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a

    Flagged: another commit
        === vendor/cart (mode 160000)
        - Subproject commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a
        + Subproject commit 9bd1dc1bc28ed1c0b1bc10d1e9d8a3e1c8d3a7f0

    Flagged: another address
        === .gitmodules
          [submodule "cart"]
              path = vendor/cart
        -     url = https://example.org/cart.git
        +     url = https://example.com/cart.git

    Allowed: it is removed
        === vendor/cart (mode 160000)
        - Subproject commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a
        === .gitmodules
        - [submodule "cart"]
        -     path = vendor/cart
        -     url = https://example.org/cart.git

    Allowed: it moves to another folder
        === vendor/cart (mode 160000)
        - Subproject commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a
        === third_party/cart (mode 160000)
        + Subproject commit 1f7a7a472abf3dd9643fd615f6da379c4acb3e3a
        === .gitmodules
          [submodule "cart"]
        -     path = vendor/cart
        +     path = third_party/cart
              url = https://example.org/cart.git

    Allowed: an option that brings no code
        === .gitmodules
          [submodule "cart"]
              path = vendor/cart
              url = https://example.org/cart.git
        +     shallow = true
    """
    touched = tuple(pairs(view))
    listed = next((pair for pair in touched if pair.path == FILE), None)
    old, new = addresses(listed.old if listed else None), addresses(listed.new if listed else None)
    if odd := new.odd - (old.odd - {FILE}):
        yield Sighting(0, f"{min(odd)[:_LONGEST]!r} cannot be understood", path=FILE)
    moved = _moved(touched, old, new)
    said: set[str] = set()
    for pair in touched:
        commit, before = _commit(pair.new), _commit(pair.old)
        said |= {pair.path} if not commit or commit != before else set()
        if commit and commit != before and pair.path not in moved:
            was = f"moves from {before[:_SHOWN]} to" if before else "is new, at"
            told = f"the submodule {pair.path!r} {was} {commit[:_SHOWN]}, which nobody judged"
            yield Sighting(0, told, path=pair.path)
    yield from _readdressed(old, new, said)


def _moved(touched: Iterable[Pair], old: Addresses, new: Addresses) -> set[str]:
    """Give the places of submodules that were elsewhere before, and are otherwise the same."""
    gone = [(pair.path, _commit(pair.old)) for pair in touched if not _commit(pair.new)]
    found = set()
    for pair in touched:
        commit = "" if _commit(pair.old) else _commit(pair.new)
        for place, was in gone if commit else ():
            if was == commit and new.of(pair.path) <= old.of(place):
                found.add(pair.path)
                gone.remove((place, was))
                break
    return found


def _readdressed(old: Addresses, new: Addresses, said: set[str]) -> Iterator[Sighting]:
    for path in sorted(new.by_path.keys() - said):
        for url in sorted(new.of(path) - old.of(path)):
            yield Sighting(0, f"the submodule {path!r} comes from {url!r} now", path=FILE)


def _commit(side: Side | None) -> str:
    return side.blob.oid if side is not None and side.blob.is_submodule else ""
