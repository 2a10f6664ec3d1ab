"""SMG302: a test of the base is skipped, or expected to fail."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cases import Case
    from pytest_selfmod_guard.rules.tamper._comparison import Comparison
    from pytest_selfmod_guard.rules.tamper._marks import Skip

_NAMED = 4
_WAITED_FOR = re.compile(r"(?:importorskip|find_spec)\(\s*['\"]([\w.]+)['\"]")
_WORDS = re.compile(
    rb"skip|Skip|xfail|expectedFailure|getattr|[eE]xit|KeyboardInterrupt|parametrize"
    rb"|^[ \t]*(?:if|for|while)\b",
    re.MULTILINE,
)
"""One of these is in every file in which something does not run."""


@change_rule(
    "SMG302",
    risk=Risk.HIGH,
    hint="let the test run, and correct the code it tests; if it cannot run on some platform or "
    "version, say so with a condition: @pytest.mark.skipif(sys.platform == 'win32', reason=...)",
)
def test_skipped(view: View) -> Iterable[Sighting]:
    """
    A test that ran in the base is skipped now, or expected to fail.

    A skipped test is a deleted one that still looks alive. It does not matter
    whether a mark, a call, a fixture, a set-up method, the class or the whole
    module says so, nor under which name it was imported; a condition that
    always holds, or asks whether it runs in CI, is none.

    A real condition (platform, version, an optional package) is a warning,
    because the test still runs somewhere. A new test that is skipped from the
    start is a note. Moving a skip, or rewording its reason, is silent.

    Flagged: a mark
        === tests/test_cart.py
        + import pytest
          import cart

        + @pytest.mark.skip(reason="flaky")
          def test_total():
              assert cart.total([1, 2]) == 3

    Flagged: expected to fail
        === tests/test_cart.py
        + import pytest
          import cart

        + @pytest.mark.xfail
          def test_total():
              assert cart.total([1, 2]) == 3

    Flagged: a condition that always holds
        === tests/test_cart.py
          import sys
        + import pytest
          import cart

        + @pytest.mark.skipif(sys.version_info >= (3, 6), reason="old")
          def test_total():
              assert cart.total([1, 2]) == 3

    Flagged: a call before the first assertion
        === tests/test_cart.py
          import pytest
          import cart

          def test_total():
              items = [1, 2]
        +     pytest.skip("later")
              assert cart.total(items) == 3

    Flagged: the whole module
        === tests/test_cart.py
          import pytest
          import cart

        + pytestmark = [pytest.mark.skip(reason="being rewritten")]
        +
          def test_total():
              assert cart.total([1, 2]) == 3

    Flagged: a unittest class
        === tests/test_cart.py
          import unittest
          import cart

        + @unittest.skip("later")
          class CartTests(unittest.TestCase):
              def test_total(self):
                  self.assertEqual(cart.total([1, 2]), 3)

    Flagged: a conftest leaves the file out
        === tests/conftest.py (kept)
        + collect_ignore = ["test_cart.py"]

    Flagged: a hook of a conftest skips everything
        === tests/conftest.py (kept)
        + import pytest
        +
        + def pytest_collection_modifyitems(items):
        +     for item in items:
        +         item.add_marker(pytest.mark.skip(reason="slow"))

    Flagged: one case of several
        === tests/test_cart.py
          import pytest
          import cart

        - @pytest.mark.parametrize("items, expected", [([1, 2], 3), ([], 0)])
        + @pytest.mark.parametrize(
        +     "items, expected",
        +     [pytest.param([1, 2], 3, marks=pytest.mark.skip), ([], 0)],
        + )
          def test_total(items, expected):
              assert cart.total(items) == expected

    Flagged: only on Windows [medium]
        === tests/test_cart.py
          import sys
        + import pytest
          import cart

        + @pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
          def test_total():
              assert cart.total([1, 2]) == 3

    Allowed: a new test that waits for its code
        === tests/test_cart.py
          import pytest
          import cart

          def test_total():
              assert cart.total([1, 2]) == 3
        +
        + @pytest.mark.skip(reason="not written yet")
        + def test_discount():
        +     assert cart.discount(10) == 9

    Allowed: the reason is reworded
        === tests/test_cart.py
          import pytest
          import cart

        - @pytest.mark.skip(reason="flaky")
        + @pytest.mark.skip(reason="flaky, see issue 12")
          def test_total():
              assert cart.total([1, 2]) == 3

    Allowed: the mark moves from the tests to their class
        === tests/test_cart.py
          import pytest
          import cart

        + @pytest.mark.skip(reason="needs a printer")
          class TestPrinting:
        -     @pytest.mark.skip(reason="needs a printer")
              def test_receipt(self):
                  assert cart.receipt([1]) == "1"
    """
    if any(_may_skip(file) for file in view.files):
        from pytest_selfmod_guard.rules.tamper._comparison import (  # noqa: PLC0415 (libcst)
            comparison_of,
        )

        comparison = comparison_of(view)
        yield from _grouped(_newly_skipped(comparison, view))
        yield from _left_out(view)
        yield from _silenced_by_conftest(view)


class _Silenced(NamedTuple):
    """One test, or one case of it, that does not run as it did."""

    path: str
    line: int
    how: str
    risk: Risk
    settled_by: str
    name: str


def _may_skip(file: File) -> bool:
    """Tell whether a file has a word without which nothing is skipped."""
    side = file.new
    if side is None or not paths.is_test(side.path) or not side.is_python:
        return False
    is_conftest = basename(side.path) == "conftest.py"
    data = side.blob.data or b""
    return is_conftest or not data.isascii() or _WORDS.search(data) is not None


def _newly_skipped(comparison: Comparison, view: View) -> Iterator[_Silenced]:
    known = set()
    for old in comparison.cases.old:
        new = comparison.successor(old)
        if new is not None:
            known.add(new.place)
            for one in _difference(old, new):
                idle = one.risk is Risk.MEDIUM and (
                    _needs_nothing(new, view) or _has_no_excuse(new)
                )
                yield one._replace(risk=Risk.HIGH, settled_by="trial") if idle else one
    for case in comparison.cases.new:
        if case.place not in known and case.skip:
            yield _silenced(case, Risk.LOW)


def _difference(old: Case, new: Case) -> Iterator[_Silenced]:
    before = old.skip.reach if old.skip else 0
    if new.skip and new.skip.reach > before:
        yield _silenced(new, Risk.HIGH if new.is_silenced else Risk.MEDIUM)
    elif not new.is_silenced:
        for values, skip in new.skips.cases(new.contents.function):
            ran = f" {values} " in old.skips.values(old.contents.function)
            if ran and values not in dict(old.skips.cases(old.contents.function)):
                risk = Risk.HIGH if skip.reach > 1 else Risk.MEDIUM
                line = new.contents.suite.parsed.line(skip.node)
                name = f"{new.name}[{values}]"
                yield _Silenced(new.file.path, line, skip.how, risk, _settled_by(new, skip), name)


def _has_no_excuse(case: Case) -> bool:
    """Tell whether a test skips itself by what it sees, and not by where it runs."""
    from pytest_selfmod_guard.rules.tamper._asked import conditions  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._excuses import is_question  # noqa: PLC0415 (libcst)

    python = case.contents.suite.parsed
    asked = conditions(case.skip.node, python) if case.skip else []
    return bool(asked) and not any(map(is_question, asked))


def _needs_nothing(case: Case, view: View) -> bool:
    """Tell whether a test waits for a module of which nothing else is said in the project."""
    node = case.skip.node if case.skip else None
    told = case.contents.suite.parsed.code(node) if node is not None else ""
    name = _WAITED_FOR.search(told)
    if name is None or re.match(r"\w+\s*=[^=]", told):
        return False  # what is bound to a name is used
    word = name[1].partition(".")[0]
    text = (case.file.new.text if case.file.new else None) or ""
    said = len(re.findall(rf"\b{re.escape(word)}\b", text))
    elsewhere = set(view.rest.mentioning([word])) - {case.file.path}
    fresh = any(
        word in (file.new.text or "") for file in view.files if file.new and file is not case.file
    )
    waiting = sum(1 for one in _WAITED_FOR.findall(text) if one.partition(".")[0] == word)
    return said == waiting and not elsewhere and not fresh


def _silenced(case: Case, risk: Risk) -> _Silenced:
    how = case.skip.how if case.skip else ""
    settled_by = _settled_by(case, case.skip) if case.skip else ""
    return _Silenced(case.file.path, case.line_of_skip, how, risk, settled_by, case.name)


def _settled_by(case: Case, skip: Skip) -> str:
    """Leave a skip that says why to the trial: people skip what is flaky, and say so."""
    code = case.contents.suite.parsed.code(skip.node)
    return "trial" if '"' in code or "'" in code else ""


def _grouped(silenced: Iterable[_Silenced]) -> Iterator[Sighting]:
    """Report each mark once, however many tests it is for."""
    groups: dict[tuple[str, int, str, Risk, str], list[str]] = defaultdict(list)
    for one in silenced:
        groups[one[:5]].append(one.name)
    for (path, line, how, risk, settled_by), names in groups.items():
        what = _message(names, how, risk)
        yield Sighting(line, what, path=path, risk=risk, settled_by=settled_by)


def _message(names: list[str], how: str, risk: Risk) -> str:
    told = ", ".join(repr(name) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    does = "are" if len(names) > 1 else "is"
    verb = "expected to fail" if "xfail" in how or "expected" in how else "skipped"
    if risk is Risk.LOW:
        return f"{told}{more}, new in this change, {does} {verb} from the start by {how!r}"
    when = " under a condition" if risk is Risk.MEDIUM else ""
    return f"{how!r} newly makes {told}{more} {verb}{when}"


def _left_out(view: View) -> Iterator[Sighting]:
    """Report what a conftest newly leaves out of collection."""
    from pytest_selfmod_guard.rules.tamper._ignored import left_out  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._suite import Suite  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._trees import parsed  # noqa: PLC0415 (libcst)

    for file in view.files:
        tree = parsed(file.new)
        if tree is None or file.new is None or basename(file.new.path) != "conftest.py":
            continue
        before = parsed(file.old)
        known = {entry.path for entry in left_out(Suite(before))} if before else set()
        for entry in left_out(Suite(tree)):
            if entry.path not in known:
                yield Sighting(
                    entry.line,
                    f"{entry.path!r} is newly left out of collection",
                    path=file.path,
                    risk=_risk_of_leaving_out(entry.path, view, file, certain=entry.certain),
                )


def _silenced_by_conftest(view: View) -> Iterator[Sighting]:
    """Report the hooks and fixtures of a conftest that newly keep tests from running."""
    from pytest_selfmod_guard.rules.tamper._hooks import silences  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._suite import Suite  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._trees import parsed  # noqa: PLC0415 (libcst)

    for file in view.files:
        tree = parsed(file.new)
        if tree is None or file.new is None or basename(file.new.path) != "conftest.py":
            continue
        before = parsed(file.old)
        known = {(one.where, one.certain) for one in silences(Suite(before))} if before else set()
        served = {helper.name for helper in Suite(before).helpers.values()} if before else set()
        for one in silences(Suite(tree)):
            if one.is_asked_for and one.where not in served:
                continue  # nobody has asked for it so far
            if (one.where, one.certain) not in known and (one.where, True) not in known:
                yield Sighting(
                    one.line,
                    f"{one.where!r} newly keeps tests from running"
                    + ("" if one.certain else " under a condition"),
                    path=file.path,
                    risk=Risk.HIGH if one.certain or one.is_open else Risk.MEDIUM,
                    settled_by="trial" if one.is_open else "",
                )


def _risk_of_leaving_out(path: str, view: View, conftest: File, *, certain: bool) -> Risk:
    folder = dirname(conftest.path)
    whole = f"{folder}/{path}" if folder else path
    is_new = any(file.path == whole and file.old is None for file in view.files)
    is_new = is_new or not _has_tests(whole, view)
    return Risk.LOW if is_new else Risk.HIGH if certain else Risk.MEDIUM


def _has_tests(whole: str, view: View) -> bool:
    """Tell whether a path or a pattern is for any file that tests may be collected from."""
    known = view.rest.paths() | {file.old.path for file in view.files if file.old is not None}
    if whole.endswith(".py") and whole in known and not paths.is_test_module(whole):
        side = view.before(whole)
        return ">>>" in ((side.text if side else None) or "")
    return True
