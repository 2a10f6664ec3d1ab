"""SMG503: leftovers of a merge."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.validity._samples import is_sample
from pytest_selfmod_guard.view import Side


@text_rule(
    "SMG503",
    risk=Risk.HIGH,
    hint="finish the merge: keep one of the two versions and delete the three marker lines",
    triggers=(b"<<<<<<< ",),
)
def conflict_markers(side: Side) -> Iterable[Sighting]:
    """
    A file holds the marker lines of a merge that nobody finished.

    Both versions stand there at once, and whoever reads the file gets neither.
    All three markers must be there, in their order. In prose and in data for
    tests it is a warning. In Python it is SMG501, for such a file does not parse.

    Flagged: in a configuration file
        === config.yml
          name: shop
        + <<<<<<< HEAD
        + workers: 2
        + =======
        + workers: 4
        + >>>>>>> feature

    Flagged: in a page about merging [medium]
        === docs/merging.md
        + <<<<<<< HEAD
        + ours
        + =======
        + theirs
        + >>>>>>> feature

    Allowed: a heading
        === docs/index.rst
        + Welcome
        + =======
    """
    mild = paths.is_prose(side.path) or paths.is_test(side.path) or is_sample(side.path)
    start, middle = 0, False
    for number, line in enumerate(side.lines, 1):
        if line.startswith("<<<<<<< "):
            start, middle = number, False
        elif line.rstrip("\r") == "=======":
            middle = bool(start)
        elif line.startswith(">>>>>>> ") and start and middle:
            what = "both sides of an unfinished merge stand in the file"
            yield Sighting(start, what, "conflict", risk=Risk.MEDIUM if mild else Risk.HIGH)
            start, middle = 0, False
