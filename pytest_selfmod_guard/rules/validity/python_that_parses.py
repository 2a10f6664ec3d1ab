"""SMG501: Python that no longer parses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import File, Side, View

_TOO_MUCH = "keep tables of data in a data file, and write code that a reader can follow"


@change_rule(
    "SMG501",
    risk=Risk.HIGH,
    hint="correct it and try it: python -m py_compile FILE",
)
def python_that_parses(view: View) -> Iterable[Sighting]:
    """
    A Python file of the change does not parse, or cannot be looked at.

    A file that is no Python breaks whatever imports it, and no other rule can
    see what it does. Newer syntax than the guard's own Python is understood.
    A file that did not parse before either is only a warning, and so is a
    sample that the tests read.

    Flagged: a bracket is missing
        === shop/cart.py
          def total(items):
        -     return sum(items)
        +     return sum(items

    Flagged: leftovers of a merge
        === shop/cart.py
        + <<<<<<< HEAD
        + total = 1
        + =======
        + total = 2
        + >>>>>>> feature

    Flagged: a sample for tests [medium]
        === tests/data/broken.py
        + def total(:

    Allowed: a program
        === shop/cart.py
        + def total(items):
        +     return sum(items)

    Allowed: it is gone
        === shop/cart.py
        - def total(:
    """
    for file in view.files:
        yield from _unparsed(file)


def _unparsed(file: File) -> Iterator[Sighting]:
    if file.new is None or not file.new.is_python or not _is_touched(file):
        return
    problem = file.new.unparsable
    if problem is None:
        return
    mild = _is_unparsed(file.old) or is_sample(file.path)
    yield Sighting(
        problem.line,
        f"the file cannot be judged as Python: {problem.reason}",
        path=file.path,
        risk=Risk.MEDIUM if mild else Risk.HIGH,
        hint="" if problem.kind == "syntax" else _TOO_MUCH,
    )


def _is_touched(file: File) -> bool:
    return file.old is None or file.new is None or file.old.blob.oid != file.new.blob.oid


def _is_unparsed(side: Side | None) -> bool:
    return side is not None and side.is_python and side.unparsable is not None
