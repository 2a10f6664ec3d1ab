"""What a change makes of the checks in the files of task runners."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper import _lost_checks
from pytest_selfmod_guard.rules.tamper._checks import OPAQUE, TESTS
from pytest_selfmod_guard.rules.tamper._ci_files import is_ci, tree_of
from pytest_selfmod_guard.rules.tamper._ci_trees import checks
from pytest_selfmod_guard.rules.tamper._lost_checks import Lost, Where, live_kinds
from pytest_selfmod_guard.rules.tamper._settings import text_of
from pytest_selfmod_guard.rules.tamper._task_files import is_task_file, task_checks
from pytest_selfmod_guard.view import View


def losses(view: View) -> Iterator[Lost]:
    """Give everything that a task checked before the change and does not after it."""
    old: list[Where] = []
    new: list[Where] = []
    places: set[tuple[str, str]] = set()
    for file in view.files:
        before, after = file.change.before, file.path
        if not is_task_file(before) and not is_task_file(after):
            continue
        found, _ = task_checks(file.old)
        old += [Where(after, one) for one in found]
        found, names = task_checks(file.new)
        new += [Where(after, one) for one in found]
        places |= {(after, name) for name in names}
        said = text_of(file.old), text_of(file.new)
        yield from _lost_checks.by_variable(said[0] or "", said[1] or "", after, view)
    if old:
        quiet = list(_lost_checks.muted(old, new))
        yield from quiet
        if not quiet:
            yield from _gone(old, new, places)
        yield from _lost_checks.narrowed(old, new, view, list(_in_ci(view)))


def _in_ci(view: View) -> Iterator[Where]:
    """Give the checks that definitions of CI in the change run after it."""
    for file in view.files:
        tree = tree_of(file.new) if is_ci(file.path) else None
        if tree is not None:
            yield from (Where(file.path, one) for one in checks(tree, file.path))


def _gone(old: list[Where], new: list[Where], places: set[tuple[str, str]]) -> Iterator[Lost]:
    before, after = live_kinds(old), live_kinds(new)
    if before[TESTS] <= after[TESTS]:
        return
    opaque = after[OPAQUE] > before[OPAQUE]
    hollow = list(_lost_checks.hollow(old, new, places))
    for one in hollow:
        told = f"{one.running.place or one.path!r} does not run {one.running.check.text!r} any more"
        yield Lost(one.path, told, Risk.MEDIUM if opaque else Risk.HIGH)
    if not hollow and not after[TESTS]:
        one = next(one for one in old if one.running.check.kind == TESTS)
        told = f"{one.running.check.text!r} is gone, and no task runs tests any more"
        yield Lost(one.path, told, Risk.MEDIUM)
