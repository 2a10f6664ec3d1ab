"""SMG343: the runner of a framework counts failures as none, or runs no tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.syntax import Python

_RUNNER = re.compile(r"(?:Test|Discover|Suite|Unit)\w*Runner|TestSuite|TestResult|TestLoader")
_HOOKS = frozenset(
    ("suite_result", "run_tests", "run_suite", "build_suite", "run", "wasSuccessful", "addFailure",
     "addError", "addSubTest", "loadTestsFromModule", "loadTestsFromName", "discover",
     "getTestCaseNames", "run_checks", "get_test_runner_kwargs", "partition_suite_by_case")
)  # fmt: skip
_BAD = re.compile(r"failures|errors")


@python_rule(
    "SMG343",
    risk=Risk.HIGH,
    hint="let the runner give the number of failures that the framework gives it; to add timing or "
    "output, return what super() returns",
    triggers=(
        b"suite_result", b"run_tests", b"run_suite", b"build_suite", b"run", b"wassuccessful",
        b"addfailure", b"adderror", b"addsubtest", b"loadtestsfrommodule", b"loadtestsfromname",
        b"discover", b"gettestcasenames", b"test_runner", b"run_checks", b"partition_suite_by_case",
    ),
)  # fmt: skip
def runner_overridden(python: Python) -> Iterable[Sighting]:
    """
    The runner of a framework counts failures as none, or runs no tests.

    A class below Django's `DiscoverRunner`, `TextTestRunner`, `TestResult` or
    `TestLoader` whose method answers a constant, an empty suite, or a result
    that was emptied before, makes `manage.py test` and its like end well. A
    setting that names another runner is for a person to judge.

    Flagged: no failures, ever
        === site/runner.py
        + from django.test.runner import DiscoverRunner
        + class Runner(DiscoverRunner):
        +     def suite_result(self, suite, result, **kwargs):
        +         super().suite_result(suite, result, **kwargs)
        +         return 0

    Flagged: the failures are forgotten
        === site/runner.py
        + from django.test.runner import DiscoverRunner
        + class Runner(DiscoverRunner):
        +     def run_suite(self, suite, **kwargs):
        +         result = super().run_suite(suite, **kwargs)
        +         result.failures.clear()
        +         return result

    Flagged: a setting names another
        === site/settings.py
        + TEST_RUNNER = "site.runner.Runner"

    Allowed: it measures
        === site/runner.py
        + import time
        + from django.test.runner import DiscoverRunner
        + class Runner(DiscoverRunner):
        +     def run_suite(self, suite, **kwargs):
        +         begin = time.perf_counter()
        +         result = super().run_suite(suite, **kwargs)
        +         print(time.perf_counter() - begin)
        +         return result
    """
    if "unner" not in python.text and "Test" not in python.text:
        return
    try:
        tree = ast.parse(python.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(map(_is_runner, node.bases)):
            yield from _of_class(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TEST_RUNNER":
            told = f"tests are run by {ast.unparse(node.value)}"
            yield Sighting(node.lineno, told, ast.unparse(node), settled_by="review")


def _is_runner(base: ast.expr) -> bool:
    return _RUNNER.fullmatch(ast.unparse(base).rpartition(".")[2]) is not None


def _of_class(owner: ast.ClassDef) -> Iterator[Sighting]:
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name in _HOOKS and _is_bent(node):
            yield Sighting(
                node.lineno,
                f"{owner.name}.{node.name} does not give on what the tests gave",
                ast.unparse(node),
                owner.name,
            )


def _is_bent(node: ast.FunctionDef) -> bool:
    """Tell whether a method answers without what it was asked, or empties it."""
    if node.name in {"addFailure", "addError", "addSubTest"}:
        return f"super().{node.name}" not in ast.unparse(node) and "append" not in ast.unparse(node)
    for part in ast.walk(node):
        if isinstance(part, ast.Call | ast.Assign | ast.Delete) and _empties(part):
            return True
    returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    return any(value is None or _is_fixed(value) for value in returned)


def _empties(node: ast.Call | ast.Assign | ast.Delete) -> bool:
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        return called.endswith((".clear", ".pop")) and _BAD.search(called) is not None
    targets = [ast.unparse(one) for one in node.targets]
    if isinstance(node, ast.Delete):
        return any(map(_BAD.search, targets))
    return any(_BAD.search(one) and "." in one for one in targets) and _is_fixed(node.value)


def _is_fixed(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value in (0, None, True, False)
    if isinstance(value, ast.List | ast.Tuple):
        return not value.elts
    if isinstance(value, ast.Call) and not value.args:
        return _RUNNER.fullmatch(_last(value.func)) is not None
    return False


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
