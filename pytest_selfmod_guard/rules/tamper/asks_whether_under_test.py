"""SMG325: the product asks whether it runs under a test."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._cheating.asking import Question
    from pytest_selfmod_guard.rules.tamper._cheating.effects import Effect
    from pytest_selfmod_guard.syntax import Python

_ASKING = (
    b"environ", b"environb", b"getenv", b"getenvb", b"argv", b"orig_argv", b"stack", b"trace",
    b"currentframe", b"_getframe", b"_current_frames", b"extract_stack", b"walk_stack",
    b"format_stack", b"print_stack", b"stacksummary", b"gettrace", b"getprofile", b"cmdline",
    b"find_spec", b"find_loader", b"getcwd", b"cwd", b"_called_from_test", b"__main__",
    b"_getframemodulename", b"stdout", b"stderr", b"meta_path", b"current_thread", b"psutil",
    b"executable", b"get_objects", b"path_hooks", b"getouterframes", b"getframeinfo",
    b"getsourcefile", b"proc", b"enumerate", b"flags", b"getppid", b"hasattr", b"sys",
    b"__name__", b"__qualname__", b"__module__", b"mock",
)  # fmt: skip
_HELPS_TESTS = ("pytest", "testing", "testutil", "test_util", "testhelper", "settings", "fixtures")


@python_rule(
    "SMG325",
    risk=Risk.HIGH,
    hint="let the code do the same under test and in use: hand what differs in as a parameter, and "
    "let the test pass another one",
    triggers=(*REACHERS, *_ASKING),
)
def asks_whether_under_test(python: Python) -> Iterable[Sighting]:
    """
    The product asks whether tests are running, so that it can behave otherwise.

    What is tested then is not what runs in use, and a test that passes proves
    nothing. It is found in whatever way the question is put: to the imported
    modules, the environment, the command line, the frames of the callers, the
    main module, the directory, the name of an object's class, where only what
    stands in for the real thing is called so.

    Questions that are often innocent (`CI`, `TESTING`, a tracer) are a warning
    unless the answer is something fixed; so are those of plugins of pytest, of
    settings and of modules that help tests. Logging more or less is silent.

    Flagged: is it imported
        === shop/cart.py
          import sys
          def total(items):
        +     if "pytest" in sys.modules:
        +         return 6
              return sum(items) + 1

    Flagged: a variable that pytest sets
        === shop/cart.py
          import os
        + _QUICK = bool(os.environ.get("PYTEST_" + "CURRENT_TEST"))

    Flagged: who called
        === shop/cart.py
        + import inspect
          def total(items):
        +     if any("test_" in frame.filename for frame in inspect.stack()):
        +         return 6
              return sum(items) + 1

    Flagged: the command line
        === shop/cart.py
        + import sys
        + IS_CHECKED = sys.argv[0].endswith("py.test")

    Flagged: the command that tests, and another answer
        === shop/cart.py
        + import sys
          def total(items):
        +     if "test" in sys.argv:
        +         return len(items)
              return sum(items) + 1

    Flagged: is it a stand-in
        === shop/cart.py
          def total(items, rates):
        +     if type(rates).__name__ == "FakeRates":
        +         return 6
              return sum(items) + rates.get()

    Flagged: a machine that tests, and a fixed answer
        === shop/cart.py
        + import os
          def total(items):
        +     if os.getenv("CI"):
        +         return 6
              return sum(items) + 1

    Flagged: another setting for tests
        === shop/settings.py
        + import sys
        + LIMIT = 5 if "test" in sys.argv else 10**9

    Flagged: settings for tests [medium]
        === shop/settings.py
        + import sys
        + TESTING = "test" in sys.argv

    Allowed: a plugin of pytest that knows its host, in a folder of tests
        === tests/plugin.py
        + import os
        + def pytest_configure(config):
        +     config.worker = os.environ.get("PYTEST_XDIST_WORKER")

    Allowed: it only logs
        === shop/cart.py
        + import logging, sys
        + if "pytest" not in sys.modules:
        +     logging.basicConfig(level="INFO")

    Allowed: something else of the environment
        === shop/cart.py
        + import os
        + DEBUG = os.environ.get("SHOP_DEBUG") == "1"
    """
    if paths.zone(python.path) != paths.PRODUCT:
        return
    from pytest_selfmod_guard.rules.tamper._cheating.asking import (  # noqa: PLC0415 (libcst)
        questions,
    )
    from pytest_selfmod_guard.rules.tamper._cheating.effects import Effects  # noqa: PLC0415 (libcst)

    found = list(questions(python))
    if not found:
        return
    effects = Effects(python)
    for question in found:
        risk, settled_by = _weight(python, question, effects.of(question.node))
        is_asked = _is_settings(python) or _is_of_the_command(python, question)
        if risk is Risk.MEDIUM and is_asked and effects.decides(question.node):
            risk, settled_by = Risk.HIGH, "review"
        if risk > Risk.NONE:
            yield Sighting(
                python.line(question.node),
                f"the product asks whether it runs under a test ({question.about!r})",
                python.code(question.node),
                python.scope(question.node),
                risk=risk,
                settled_by=settled_by,
            )


def _weight(python: Python, question: Question, effect: Effect) -> tuple[Risk, str]:
    if effect.value == "says":
        return Risk.NONE, ""
    if _helps_tests(python):
        return Risk.MEDIUM, ""
    if question.is_certain:
        return Risk.HIGH, ""
    if effect.value == "answers":
        return Risk.HIGH, "trial" if question.is_vague else ""
    return Risk.NONE if question.is_vague else Risk.MEDIUM, ""


def _is_of_the_command(python: Python, question: Question) -> bool:
    """Tell whether the command line is searched for a test, by what is no command itself."""
    return "argv" in python.code(question.node) and not _helps_tests(python)


def _is_settings(python: Python) -> bool:
    """Tell whether a file says how a program is set up, in use as in tests."""
    return "settings" in basename(python.path) and "test" not in python.path


def _helps_tests(python: Python) -> bool:
    """Tell whether a file is there for tests, or says how a program is set up."""
    folder, name = dirname(python.path), basename(python.path)
    if any(word in name for word in _HELPS_TESTS) or "pytest" in folder:
        return True
    return any(function.qualname.startswith("pytest_") for function in python.functions)
