"""What a change makes of the checks in CI."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.tamper import _lost_checks
from pytest_selfmod_guard.rules.tamper._checks import LINT, OPAQUE, SECURITY, TESTS, TYPES
from pytest_selfmod_guard.rules.tamper._ci_files import is_ci, tree_of
from pytest_selfmod_guard.rules.tamper._ci_trees import checks
from pytest_selfmod_guard.rules.tamper._ci_triggers import empty_matrices, needs, triggers
from pytest_selfmod_guard.rules.tamper._lost_checks import Lost, Where, live_kinds
from pytest_selfmod_guard.rules.tamper._settings import text_of
from pytest_selfmod_guard.view import File, View


def losses(view: View) -> Iterator[Lost]:
    """Give everything that CI checked before the change and does not after it."""
    pairs = [_Pair(file) for file in view.files if is_ci(file.path) or is_ci(file.change.before)]
    unread = [pair for pair in pairs if pair.is_unread]
    if unread:
        # Its service cannot read it either, and starts nothing.
        if live_kinds(unread[0].before):
            yield Lost(unread[0].path, "the definition cannot be read, so none of its checks runs")
        return
    old = [one for pair in pairs for one in pair.before]
    new = [one for pair in pairs for one in pair.after]
    quiet = list(_lost_checks.muted(old, new))
    yield from quiet
    if not quiet:
        yield from _gone(old, new, pairs, view)
    yield from _lost_checks.narrowed(old, new, view, [])
    for pair in pairs:
        yield from _lost_checks.by_variable(*pair.texts, pair.path, view)
        yield from pair.around()


class _Pair:
    """One definition, before and after."""

    def __init__(self, file: File) -> None:
        self.path = file.path
        self.old, self.new = tree_of(file.old), tree_of(file.new)
        self.is_unread = file.new is not None and self.new is None
        self.is_kept = file.new is not None
        self.texts = text_of(file.old) or "", text_of(file.new) or ""
        self.before = _found(self.path, self.old)
        self.after = _found(self.path, self.new)

    @property
    def places(self) -> set[tuple[str, str]]:
        jobs = self.new.get("jobs", self.new) if isinstance(self.new, dict) else {}
        return {(self.path, name) for name in jobs} if isinstance(jobs, dict) else set()

    def around(self) -> Iterator[Lost]:
        """Look at when the checks run, and at what waits for them."""
        if self.old is None or self.new is None or not live_kinds(self.before):
            return
        if self.path.startswith(".github/"):
            yield from triggers(self.path, self.old, self.new)
        checking = {one.running.place for one in self.before if one.running.check.kind == TESTS}
        yield from needs(self.path, self.old, self.new, checking)
        yield from empty_matrices(self.path, self.old, self.new)


def _found(path: str, tree: Tree | None) -> list[Where]:
    return [Where(path, one) for one in checks(tree, path)] if tree is not None else []


def _gone(old: list[Where], new: list[Where], pairs: list[_Pair], view: View) -> Iterator[Lost]:
    before, after = live_kinds(old), live_kinds(new)
    opaque = after[OPAQUE] > before[OPAQUE]
    for kind in (TESTS, LINT, TYPES, SECURITY):
        if not before[kind] or after[kind]:
            continue
        path = next(one.path for one in old if one.running.check.kind == kind)
        told = next(one.running.check.text for one in old if one.running.check.kind == kind)
        is_else = kind in _elsewhere(pairs, view)
        is_warning = opaque or is_else
        yield Lost(
            path,
            f"{told!r} does not run any more, and nothing else checks {kind} in its stead",
            Risk.MEDIUM if is_warning else Risk.HIGH,
            "" if kind == TESTS else "trial",
        )
    for one in _lost_checks.tools_gone(old, new):
        kind, told = one.running.check.kind, one.running.check.text
        if after[kind] and not opaque:
            yield Lost(one.path, f"{told!r} does not run any more", settled_by="trial")
    if after[TESTS] and before[TESTS] > after[TESTS] and not opaque:
        places = {place for pair in pairs for place in pair.places}
        for one in _lost_checks.hollow(old, new, places):
            told = f"the job {one.running.place!r} runs no tests any more"
            yield Lost(one.path, told, settled_by="trial")


def _elsewhere(pairs: list[_Pair], view: View) -> set[str]:
    """Give what definitions check that the change leaves alone."""
    changed = {pair.path for pair in pairs}
    found: set[str] = set()
    for path in sorted(view.rest.paths() - changed):
        if is_ci(path) and not path.lower().startswith("taskfile"):
            tree = tree_of(view.after(path))
            found |= {kind for kind, count in live_kinds(_found(path, tree)).items() if count}
    return found
