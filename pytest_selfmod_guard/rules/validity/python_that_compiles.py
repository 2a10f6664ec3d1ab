"""SMG508: Python that parses and still cannot be loaded."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from posixpath import dirname

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import File, Side, View

_OLDEST = re.compile(r"(?:>=|~=|\^|>|==)\s*3\.(\d+)")
_FIRST, _LAST = 7, 13
"""Minor versions whose grammar the standard library can tell apart."""


@change_rule(
    "SMG508",
    risk=Risk.HIGH,
    hint="write it so that every Python of the project can load it; "
    "try it: python -m py_compile FILE",
)
def python_that_compiles(view: View) -> Iterable[Sighting]:
    """
    A Python file cannot be loaded, or not by every Python that the project supports.

    Some mistakes show only when a file is compiled: a `return` outside of a
    function, a parameter given twice, a `break` outside of a loop. And syntax
    that is newer than the oldest Python of `requires-python` stops the users
    of that one. What was so before is silent.

    Flagged: a return outside of a function
        === shop/cart.py
          total = 1
        + return total

    Flagged: syntax that one of the project's Pythons does not know
        === pyproject.toml
          [project]
          requires-python = ">=3.9"
        === shop/cart.py
        + def total(items):
        +     match items:
        +         case []:
        +             return 0
        +     return sum(items)

    Allowed: a project for newer Pythons
        === pyproject.toml
          [project]
          requires-python = ">=3.11"
        === shop/cart.py
        + def total(items):
        +     match items:
        +         case []:
        +             return 0
        +     return sum(items)

    Allowed: syntax that all of them know
        === pyproject.toml
          [project]
          requires-python = ">=3.9"
        === shop/cart.py
        + def total(items, /):
        +     if (count := len(items)) > 2:
        +         return count
        +     return sum(items)
    """
    for file in view.files:
        if file.new is not None and file.new.is_python and not file.new.unparsable:
            yield from _refused(file, file.new, view)


def _refused(file: File, new: Side, view: View) -> Iterator[Sighting]:
    risk = Risk.MEDIUM if is_sample(file.path) else Risk.HIGH
    problem = _problem(new, None)
    if problem:
        if not (file.old and _problem(file.old, None)):
            what = f"the file parses and does not compile: {problem.msg}"
            yield Sighting(problem.lineno or 0, what, path=file.path, risk=risk)
        return
    oldest = _oldest(file.path, view)
    problem = _problem(new, oldest) if oldest is not None else None
    if problem and not (file.old and _problem(file.old, oldest)):
        what = f"Python 3.{oldest}, which the project supports, cannot read it: {problem.msg}"
        yield Sighting(problem.lineno or 0, what, path=file.path, risk=risk)


def _problem(side: Side, minor: int | None) -> SyntaxError | None:
    """Tell what a version of Python minds; None for the one that runs the guard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(side.blob.data or b"")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # newer than this Python; SMG501 has looked at it
        try:
            if minor is None:
                compile(tree, "<source>", "exec", dont_inherit=True)
            else:
                ast.parse(side.blob.data or b"", feature_version=(3, minor))
        except SyntaxError as problem:
            return problem
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _oldest(path: str, view: View) -> int | None:
    """Give the minor version of the oldest Python of the project around a file."""
    folder = path
    while folder:
        folder = dirname(folder)
        side = view.after(f"{folder}/pyproject.toml" if folder else "pyproject.toml")
        found = _requires(side.text or "") if side else None
        if found is not None:
            return found if _FIRST <= found <= _LAST else None
    return None


def _requires(text: str) -> int | None:
    import tomllib  # noqa: PLC0415 (only where there is a table to read)

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    wanted = _under(table, "project", "requires-python")
    wanted = wanted or _under(table, "tool", "poetry", "dependencies", "python")
    found = [int(minor) for minor in _OLDEST.findall(wanted)] if isinstance(wanted, str) else []
    return min(found, default=None)


def _under(table: object, *keys: str) -> object:
    """Give what lies under some keys; None where a table of them is missing or is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table
