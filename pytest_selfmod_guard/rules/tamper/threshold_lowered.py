"""SMG322: the coverage below which a run fails is lower, or less is measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._coverage import Measured

_CONFIGURING = re.compile(r"\.coveragerc(\.toml)?|setup\.cfg|tox\.ini|pyproject\.toml")
_NUMBERED = re.compile(
    rb"fail[-_]under|min(imum)?[-_]?cov|cov(erage)?[-_](min|threshold)|(mutation|kill)[-_]"
    rb"(score|threshold)|(target|range)\s*:",
    re.IGNORECASE,
)
_HALF = 0.5


@change_rule(
    "SMG322",
    risk=Risk.HIGH,
    hint="leave the threshold and what is measured as they are, and add the tests that are missing;"
    " to leave one line out say '# pragma: no cover' beside it, with the reason",
)
def threshold_lowered(view: View) -> Iterable[Sighting]:
    """
    A threshold for coverage falls or goes, or the configuration measures less.

    A number that only moves to another file, or rises, is silent. What is newly
    omitted is compared with the files there are: tests and what does not exist
    may be left out by anybody; most of the product, or a file that this very
    change touches, by nobody; about the rest an agent has to ask. Patterns that
    exclude lines are tried on ordinary code.

    Flagged: the number falls
        === pyproject.toml
          [tool.coverage.report]
        - fail_under = 90
        + fail_under = 60

    Flagged: it goes
        === tox.ini
          [testenv]
        - commands = pytest --cov=shop --cov-fail-under=85
        + commands = pytest --cov=shop

    Flagged: what the change touches is not measured
        === .coveragerc
          [run]
        + omit = shop/cart.py
        === shop/cart.py
          def total(items):
        -     return sum(items)
        +     return sum(items) + 0

    Flagged: lines of ordinary code are not
        === setup.cfg
          [coverage:report]
          exclude_lines =
              pragma: no cover
        +     return

    Allowed: the number rises, and moves
        === setup.cfg
        - [coverage:report]
        - fail_under = 85
        + [metadata]
        === pyproject.toml
        + [tool.coverage.report]
        + fail_under = 90

    Allowed: what nobody runs
        === .coveragerc
          [run]
        + omit = tests/*
        + [report]
        + exclude_lines =
        +     pragma: no cover
        +     if TYPE_CHECKING:
        +     raise NotImplementedError
        === shop/cart.py
          total = sum
    """
    if any(_speaks(side.blob.data) for file in view.files for side in (file.old,) if side):
        yield from _fallen(view)
    if any(_CONFIGURING.fullmatch(basename(file.path)) for file in view.files):
        yield from _measures_less(view)


def _speaks(data: bytes | None) -> bool:
    return data is not None and _NUMBERED.search(data) is not None


def _fallen(view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._thresholds import fallen  # noqa: PLC0415 (rarely)

    found = fallen(view)
    if found is not None:
        path, number, other = found
        instead = f"falls to {other:g}" if other >= 0 else "is gone"
        yield Sighting(0, f"the threshold of {number:g} {instead}", path=path)


def _measures_less(view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper import _coverage  # noqa: PLC0415 (rarely)

    old, new = _coverage.measured(view.before), _coverage.measured(view.after)
    if old == new:
        return
    yield from _omitted(old, new, view)
    for pattern in sorted(new.exclude - old.exclude):
        if _coverage.excludes_code(pattern):
            told = f"{pattern!r} leaves lines of ordinary code out of what is measured"
            yield Sighting(0, told, path=new.path)
    if old.is_branch and not new.is_branch:
        yield Sighting(0, "branches are not measured any more", path=new.path or old.path,
                       settled_by="trial")  # fmt: skip


def _omitted(old: Measured, new: Measured, view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper import _coverage  # noqa: PLC0415 (rarely)

    lost = _coverage.left_out(old, new, view)
    if not lost:
        return
    touched = {file.path for file in view.files if file.old is not None}
    every = _coverage.product(view)
    broad = len(lost) > _HALF * len(every) and len(every) > 1
    told = f"{lost[0]!r}" + (f" and {len(lost) - 1} more" if lost[1:] else "")
    settled = "" if broad or not touched.isdisjoint(lost) else "trial"
    yield Sighting(
        0, f"{told} of the product: not measured any more", path=new.path, settled_by=settled
    )
