"""SMG321: by its configuration pytest finds fewer of the tests, or is content with less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._narrowing import Loss
    from pytest_selfmod_guard.rules.tamper._settings import Settings

_FILES = frozenset(
    ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini",
     "setup.cfg")
)  # fmt: skip
_NAMED = 3


@change_rule(
    "SMG321",
    risk=Risk.HIGH,
    hint="leave every test of the base collected: add to testpaths and patterns instead of"
    " narrowing them, and mend a failing test instead of leaving it out",
)
def collects_less(view: View) -> Iterable[Sighting]:
    """
    The configuration of pytest leaves out tests that were collected, or lets failures by.

    The file that pytest reads is found as pytest finds it, before and after: a new
    and empty `pytest.ini` takes the place of what `pyproject.toml` says. Then it is
    asked of each file of the base whether it is still collected: by `testpaths`,
    `python_files`, `norecursedirs` and `--ignore`; and of each test by its name.
    What follows a rename, or only adds, is silent.

    New options in `addopts` that select (`-k`, `-m`, `--deselect`), that run
    nothing, or rewrite what tests expect are denied; so are `xfail_strict`
    switched off, and asyncio tests that no mode runs any more. Warnings are no
    errors any more, a stricter check of marks dropped: that is a warning.

    Flagged: a test path less
        === pyproject.toml
          [tool.pytest.ini_options]
        - testpaths = ["tests"]
        + testpaths = ["tests/unit"]
        === tests/unit/test_a.py
          def test_a(): assert True
        === tests/api/test_b.py
          def test_b(): assert True

    Flagged: an option
        === setup.cfg
          [tool:pytest]
        - addopts = -ra
        + addopts = -ra --deselect tests/test_a.py::test_a
        === tests/test_a.py
          def test_a(): assert True

    Flagged: names that fit no more
        === pytest.ini
          [pytest]
        + python_functions = test_fast_*
        === tests/test_a.py
          def test_a(): assert True

    Flagged: another file counts
        === pyproject.toml
          [tool.pytest.ini_options]
          xfail_strict = true
        === pytest.ini
        + [pytest]

    Flagged: warnings are none any more [medium]
        === pyproject.toml
          [tool.pytest.ini_options]
        - filterwarnings = ["error"]
        + filterwarnings = []

    Allowed: what is collected stays
        === pyproject.toml
          [tool.pytest.ini_options]
        + testpaths = ["tests"]
        + addopts = "-ra --strict-markers -n auto --maxfail=5"
        === tests/test_a.py
          def test_a(): assert True

    Allowed: the settings move
        === setup.cfg
        - [tool:pytest]
        - addopts = -ra -m "not slow"
        - xfail_strict = true
        + [metadata]
        === pyproject.toml
        + [tool.pytest.ini_options]
        + addopts = ["-ra", "-m", "not slow"]
        + xfail_strict = true
    """
    touched: dict[str, str] = {}
    for file in view.files:
        for path in (file.path, file.change.before):
            if basename(path) in _FILES:
                touched.setdefault(path.removesuffix(basename(path)), file.path)
    for folder, path in sorted(touched.items()):
        yield from _compared(view, folder, path)


def _compared(view: View, folder: str, touched: str) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._settings import settings  # noqa: PLC0415 (rarely)

    old, new = settings(view.before, folder), settings(view.after, folder)
    if old.keys == new.keys:
        return
    path = new.path or old.path or touched
    if _shadows(old, new, view):
        told = f"{new.path!r} is newly read in the place of {old.path!r}"
        yield Sighting(0, told, path=path, settled_by="review")
    for loss in _losses(old, new, view):
        yield Sighting(0, loss.message, path=path, risk=loss.risk, settled_by=loss.settled_by)


def _shadows(old: Settings, new: Settings, view: View) -> bool:
    """Tell whether a new file keeps pytest from reading the settings that are still there."""
    from pytest_selfmod_guard.rules.tamper._settings import table, text_of  # noqa: PLC0415 (rarely)

    if not old.path or not old.keys or new.path == old.path or view.before(new.path) is not None:
        return False
    still = text_of(view.after(old.path))
    left = table(old.path, still) if still is not None else None
    return bool(left) and any(key not in new.keys for key in left or ())


def _losses(old: Settings, new: Settings, view: View) -> Iterator[Loss]:
    from pytest_selfmod_guard.rules.tamper._collected import (  # noqa: PLC0415 (rarely)
        lost_files,
        lost_names,
    )
    from pytest_selfmod_guard.rules.tamper._content import contented  # noqa: PLC0415 (rarely)
    from pytest_selfmod_guard.rules.tamper._narrowing import (  # noqa: PLC0415 (rarely)
        Loss,
        losses,
    )

    for what, lost in (("file", lost_files(old, new, view)),
                       ("test", list(lost_names(old, new, view)))):  # fmt: skip
        if lost:
            told = ", ".join(repr(path) for path in lost[:_NAMED])
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            does = "are" if len(lost) > 1 else "is"
            yield Loss(f"{told}{more} {does} not collected any more ({what})")
    yield from losses(old.options, new.options, view)
    yield from contented(old, new, view)
