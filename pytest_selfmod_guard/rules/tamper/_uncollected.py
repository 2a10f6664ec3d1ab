"""Functions of deleted files that only the project's own configuration makes tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._nodes import is_fixture
from pytest_selfmod_guard.rules.tamper._statements import statements
from pytest_selfmod_guard.rules.tamper._suite import Function, Suite
from pytest_selfmod_guard.rules.tamper._trees import parsed, trees
from pytest_selfmod_guard.view import File, View

_CALLED_BY_OTHERS = ("_", "pytest_", "setup", "setUp", "teardown", "tearDown", "assert")


class Uncollected:
    """
    Finds functions that assert something and that nobody calls.

    Which names pytest collects may stand in files that are not read, such as
    a ``pytest.ini``; but who asserts without being called must be a test.
    """

    def __init__(self, view: View) -> None:
        """Look at the tests' side of a change."""
        self._view = view

    def of(self, file: File, *, is_module: bool) -> Iterator[Contents]:
        """
        Give what seems to have been collected from a file that is gone.

        :param is_module: whether its tests are known by their names already
        """
        tree = parsed(file.old)
        if tree is None or not is_lost(file):
            return
        suite = Suite(tree)
        every = [*suite.helpers.values(), *([] if is_module else suite.tests.values())]
        asserting = [Contents(one, suite) for one in every if _may_be_collected(one)]
        asserting = [one for one in asserting if one.checks]
        words = self._words() if asserting else Counter[str]()
        defined = Counter(map(_name, asserting))
        yield from (one for one in asserting if words[_name(one)] <= defined[_name(one)])

    def _words(self) -> Counter[str]:
        """Count the words of the tests' side, to see who is called."""
        found: Counter[str] = Counter()
        for side, tree in trees(self._view, "old"):
            if side.zone == paths.TEST:
                for line in statements(tree.module.code):
                    found.update(line)
        return found


def is_lost(file: File) -> bool:
    """Tell whether a Python file among the tests is one no more."""
    old, new = file.old, file.new
    if old is None or old.zone != paths.TEST or not old.path.endswith(".py"):
        return False
    return new is None or not new.is_python or new.zone != paths.TEST


def _may_be_collected(one: Function) -> bool:
    return not is_fixture(one.node) and not one.name.startswith(_CALLED_BY_OTHERS)


def _name(one: Contents) -> str:
    return one.function.name
