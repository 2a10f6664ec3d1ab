"""SMG314: an example that doctest runs is taken out, skipped, or may give anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_CONFIGURATION = ("pyproject.toml", "setup.cfg", "pytest.ini", "tox.ini", "conftest.py", "Makefile")


@change_rule(
    "SMG314",
    risk=Risk.HIGH,
    hint="restore the example with its exact result and correct the code until it gives it",
)
def doctest_weakened(view: View) -> Iterable[Sighting]:
    """
    An example in a docstring or a page does not test any more what it did.

    doctest runs what follows `>>>` and compares what comes out. `+SKIP` keeps
    it from running, `...` in the result lets anything pass, and an example that
    is taken out is a test that is taken out. Where the project runs its
    examples, dropping one or changing its result is settled by the base's
    tests; elsewhere these are documentation.

    Flagged: an example is skipped
        === shop/cart.py
          def total(items):
              '''Add up.

        -     >>> total([1, 2])
        +     >>> total([1, 2])  # doctest: +SKIP
              3
              '''
              return sum(items)

    Flagged: the result may be anything
        === shop/cart.py
          def total(items):
              '''Add up.

        -     >>> total([1, 2])
        -     {'total': 3}
        +     >>> total([1, 2])  # doctest: +ELLIPSIS
        +     {...}
              '''
              return {'total': sum(items)}

    Flagged: another result, in a project that runs its examples
        === pyproject.toml (kept)
          [tool.pytest.ini_options]
          addopts = "--doctest-modules"
        === shop/cart.py
          def total(items):
              '''Add up.

              >>> total([1, 2])
        -     3
        +     4
              '''
              return sum(items)

    Allowed: an example more
        === shop/cart.py
          def total(items):
              '''Add up.

              >>> total([1, 2])
              3
        +     >>> total([])
        +     0
              '''
              return sum(items)

    Allowed: it becomes a test
        === shop/cart.py
          def total(items):
              '''Add up.
        -
        -     >>> total([1, 2])
        -     3
              '''
              return sum(items)
        === tests/test_cart.py
          import doctest
          from shop.cart import total
        + def test_total():
        +     assert total([1, 2]) == 3

    Allowed: the example goes with its function
        === shop/cart.py
        - def discount(price):
        -     '''Give the price.
        -
        -     >>> discount(10)
        -     9
        -     '''
        -     return price - 1
        -
          NAME = "cart"
    """
    for file in view.files:
        if file.old is not None and b">>>" in (file.old.blob.data or b""):
            yield from _compared(file, view)


def _compared(file: File, view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._asserting.examples import Examples  # noqa: PLC0415 (doctest)

    if file.old is None or file.new is None:
        return
    old, new = Examples(file.old), Examples(file.new)
    for one, line in old.silenced_in(new):
        yield Sighting(line, f"the example {one!r} tests nothing any more", path=file.path)
    lost = [*old.lost_in(new)]
    if lost and _runs_examples(view, file.old):
        for one, line, what in lost:
            if _is_tested_now(one, view):
                continue
            yield Sighting(line, f"the example {one!r} {what}", path=file.path, settled_by="trial")


def _is_tested_now(example: str, view: View) -> bool:
    """Tell whether a test newly asserts something of what an example called."""
    said = "".join(example.split())
    for file in view.files:
        if file.new is not None and file.new.is_python and paths.is_test_module(file.path):
            known = set(file.old.lines) if file.old else set()
            fresh = ("".join(line.split()) for line in file.new.lines if line not in known)
            if any("assert" in line and said in line for line in fresh):
                return True
    return False


def _runs_examples(view: View, side: Side) -> bool:
    """Tell whether the project's configuration, or a test of it, speaks of doctest."""
    if b"doctest" in (side.blob.data or b""):
        return True
    known = (view.before(path) for path in _CONFIGURATION)
    if any(one is not None and b"doctest" in (one.blob.data or b"") for one in known):
        return True
    return bool(view.rest.mentioning(["testmod", "DocTestSuite", "doctest_modules", "testfile"]))
