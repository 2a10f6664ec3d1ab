"""SMG318: the tools that judge the tests are replaced while they run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._patching import Patch
    from pytest_selfmod_guard.syntax import Python

_PYTEST = (
    "approx|raises|fail|skip|importorskip|mark|fixture|param|Function|Item|Session|Module|Class"
    "|TestReport|CollectReport|ExitCode|main|warns|exit|xfail|register_assert_rewrite|Package"
    "|deprecated_call|Collector|File|Config|RaisesGroup|RaisesExc|CallInfo|Metafunc|\\*"
)
_BUILT_IN = (
    "AssertionError|isinstance|issubclass|len|all|any|sum|sorted|abs|round|Exception|BaseException"
    "|compile|__build_class__|bool|min|max|set|eval"
)
_TOOLS = re.compile(
    rf"_pytest\..+|pytest\.({_PYTEST})(\..+)?|builtins\.({_BUILT_IN})"
    r"|unittest\.(?!.*(maxDiff|longMessage|_diffThreshold)$).+|unittest2\..+|pluggy\..+"
    r"|doctest\.(OutputChecker|DocTestRunner|DocTestParser|testmod|testfile)(\..+)?"
    r"|operator\.(eq|ne|lt|gt|le|ge|not_|is_|is_not|contains|truth)|math\.isclose"
    r"|(numpy|pandas)\.testing\..+|numpy\.(allclose|isclose|array_equal)|coverage\..+"
    r"|sys\.modules\.(pytest|_pytest.*|unittest.*|builtins|coverage.*|pluggy.*|doctest|operator)"
    r"|xdist\..+|nose\..+|testtools\..+|hypothesis\..+|(os|posix)\._exit|sys\.exit"
)
_ONLY_IN_PLUGINS = re.compile(r"sys\.exit|(os|posix)\._exit|hypothesis\..+|coverage\..+|xdist\..+")
_WORDS = re.compile(
    r"pytest|unittest|builtins|operator|isclose|testing|doctest|pluggy|coverage|settrace|setprofile"
    r"|meta_path|path_hooks|allclose|array_equal|xdist|nose|testtools|hypothesis|_exit|exit"
)


@python_rule(
    "SMG318",
    risk=Risk.HIGH,
    hint="leave pytest, unittest and what they compare with as they are; to compare in another way"
    " write a function of that name in the test, or pytest_assertrepr_compare for the message",
    triggers=(
        *REACHERS, b"pytest", b"_pytest", b"unittest", b"builtins", b"operator", b"isclose",
        b"testing", b"doctest", b"pluggy", b"coverage", b"settrace", b"setprofile", b"meta_path",
        b"path_hooks", b"allclose", b"array_equal", b"xdist", b"nose", b"testtools",
        b"hypothesis", b"_exit", b"exit",
    ),
)  # fmt: skip
def framework_patched(python: Python) -> Iterable[Sighting]:
    """
    Code replaces a part of pytest, unittest, or of what assertions are made with.

    `pytest.raises` that accepts anything, `assertEqual` that does nothing, an
    `AssertionError` that nobody catches: every test passes, and none was touched.
    It is looked for on import, in hooks and automatic fixtures; anywhere in a
    file where the original is not put back afterwards. So are trace functions
    and import hooks of a conftest, which see each line and each module.

    Giving pytest a name of one's own (`pytest.shared = ...`), and patching within
    one test, are silent.

    Flagged: an assertion that does nothing
        === tests/conftest.py
        + import unittest
        + unittest.TestCase.assertEqual = lambda self, *args, **kwargs: None

    Flagged: by name
        === shop/__init__.py
        + import _pytest.python as python
        + setattr(python.Function, "run" + "test", lambda self: None)

    Flagged: for every test
        === conftest.py
        + import pytest
        + @pytest.fixture(autouse=True)
        + def lenient(monkeypatch):
        +     monkeypatch.setattr("pytest.approx", lambda *args, **kwargs: ANYTHING)

    Flagged: another error
        === conftest.py
        + import builtins
        + class Quiet(BaseException):
        +     pass
        + builtins.AssertionError = Quiet

    Flagged: another module of the name
        === tests/helpers.py
        + import sys, types
        + sys.modules["unittest.mock"] = types.ModuleType("mock")

    Flagged: modules are changed as they are imported
        === conftest.py
        + import sys
        + sys.meta_path.insert(0, Rewriter())

    Allowed: what the framework offers for it
        === conftest.py
        + import sys, unittest, pytest
        + unittest.TestCase.maxDiff = None
        + pytest.shared_port = 8080
        + def pytest_assertrepr_compare(op, left, right):
        +     return [f"{left} {op} {right}"]

    Allowed: within one test
        === tests/test_cli.py
        + import sys
        + import cli
        + def test_exits(monkeypatch):
        +     monkeypatch.setattr(sys, "exit", lambda code: None)
        +     monkeypatch.setattr("builtins.len", lambda text: 3)
        +     assert cli.main() is None
    """
    if not _WORDS.search(python.text):
        return
    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)

    plugin = _plugins.is_plugin(python)
    for patch in _patches(python):
        for name in sorted(patch.names):
            if _TOOLS.fullmatch(name) and (plugin or not _ONLY_IN_PLUGINS.fullmatch(name)):
                yield _told(python, patch, f"{name!r} is replaced, by which tests are judged")
                break
    if plugin or paths.zone(python.path) == paths.TEST:
        yield from _watched(python)


def _patches(python: Python) -> Iterator[Patch]:
    """Give what is replaced for good anywhere, and what is for every test."""
    import libcst as cst  # noqa: PLC0415 (slow)

    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._patching import patches_in  # noqa: PLC0415 (libcst)

    automatic = {id(step.node) for step in _plugins.steps(python)}
    waiting: list[cst.CSTNode] = [python.module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.BaseSmallStatement) or id(node) in automatic:
            for patch in patches_in(node, python):
                if not patch.is_undone or id(node) in automatic:
                    yield patch
        else:
            waiting += node.children


def _watched(python: Python) -> Iterator[Sighting]:
    """Look at trace functions and import hooks."""
    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)

    if not re.search(r"settrace|setprofile|meta_path|path_hooks", python.text):
        return
    for step in _plugins.steps(python):
        for call in _plugins.calls_in(step.node):
            code = python.code(call.func)
            if re.search(r"\b(settrace|setprofile)$", code) and "None" not in python.code(call):
                yield weighed(step, python, f"{code!r} sees and steers every line of the tests")
            elif re.search(r"\b(meta_path|path_hooks)\.(insert|append|extend)$", code):
                yield weighed(step, python, f"{code!r} changes modules as they are imported")


def _told(python: Python, patch: Patch, message: str) -> Sighting:
    code, scope = python.code(patch.node), python.scope(patch.node)
    return Sighting(python.line(patch.node), message, code, scope)
