"""SMG232: a new dependency, and one whose name imitates another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._dependencies import dependencies, holds_dependencies
from pytest_selfmod_guard.rules.danger._popular import imitated, is_known
from pytest_selfmod_guard.view import Side, View

_FIXED = re.compile(r"@\s{0,9}git\+https://(?:github|gitlab)\.com/\S{1,200}@[0-9a-f]{40}\b")
"""It is named by the place and the hash of what was looked at."""


@change_rule(
    "SMG232",
    risk=Risk.HIGH,
    hint="look the package up on its index, compare the name letter by letter with the one that is "
    "meant, and use the well-known one",
)
def new_dependency(view: View) -> Iterable[Sighting]:
    """
    The project comes to depend on a package that is named almost like a popular one.

    One letter more, fewer, changed or swapped, a dash, `python-` or a digit:
    that is how imitations are found by slip and bring whatever they like. A new
    dependency that is not widely known is for a person to look at, and any
    other is a note: its code runs with the project's rights.

    Flagged: two letters swapped
        === requirements.txt
          click==8.1.7
        + reqeusts==2.32.0

    Flagged: among the project's own dependencies
        === pyproject.toml
          [project]
          name = "shop"
        + dependencies = ["python-requests", "click"]

    Flagged: in another table
        === pyproject.toml
          [tool.poetry.dependencies]
        + beautifulsoup = "^4"

    Flagged: one that hardly anybody knows
        === requirements.txt
          click==8.1.7
        + somepackage==1.0

    Flagged: a new one that many use [low]
        === requirements.txt
          click==8.1.7
        + rich==13.7.1

    Allowed: another version
        === requirements.txt
        - click==8.1.7
        + click==8.1.8

    Allowed: from one file to another
        === requirements.txt
        - reqeusts-of-ours==1.0
        === requirements-dev.txt
        + reqeusts-of-ours==1.0
    """
    known = {name for file in view.files for name in dependencies(file.old)}
    for file in view.files:
        if file.new is None or not holds_dependencies(file.path):
            continue
        for name in sorted(dependencies(file.new) - known):
            yield _sighting(file.new, name)
            known.add(name)


def _sighting(side: Side, name: str) -> Sighting:
    other = imitated(name)
    line = next((at for at, text in enumerate(side.lines, 1) if _has(text, name)), 0)
    if not other:
        is_told = _FIXED.search(side.lines[line - 1]) is not None if line else False
        if is_known(name) or is_told or side.zone == paths.TEST:
            return Sighting(line, f"a new dependency: {name!r}", path=side.path, risk=Risk.LOW)
        what = f"a new dependency that is not widely known: {name!r}"
        return Sighting(line, what, path=side.path, settled_by="review")
    return Sighting(
        line,
        f"the new dependency {name!r} is named almost like {other!r}",
        path=side.path,
        hint=f"if {other!r} is meant, name it so; else a person who has looked at {name!r} adds it",
        risk=Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH,
    )


def _has(text: str, name: str) -> bool:
    return name in text.lower().replace("_", "-").replace(".", "-")
