"""SMG315: a hook makes a failed test look like something else."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG315",
    risk=Risk.HIGH,
    hint="leave outcomes to pytest: read the report in the hook, never write to it; a test that may"
    " fail for a known reason gets @pytest.mark.xfail(reason=..., strict=True) and an issue",
    triggers=(
        *REACHERS, b"outcome", b"wasxfail", b"longrepr", b"passed", b"failed", b"skipped",
        b"excinfo", b"_excinfo", b"_result", b"_exception", b"exception", b"force_result",
        b"force_exception", b"testreport", b"collectreport", b"setattr", b"__setattr__",
        b"runtest", b"obj", b"_obj", b"function", b"_testmethodname", b"_testcase", b"specname",
        b"pytest_pyfunc_call", b"pytest_runtest_protocol", b"pytest_runtest_setup",
        b"pytest_runtest_call", b"pytest_runtest_teardown", b"pytest_runtest_makereport",
        b"pytest_report_teststatus", b"pytest_runtestloop", b"pytest_cmdline_main",
        b"pytest_make_collect_report",
    ),
)  # fmt: skip
def outcome_rewritten(python: Python) -> Iterable[Sighting]:
    """
    A plugin changes what a test's result says, or swallows its failure.

    The test still runs, and nothing shows that it fails: its report is set to
    `passed`, its error is taken away, the hook around it catches what it raises,
    or its function is replaced by one that does nothing. Hooks are followed into
    the functions of their module.

    Making a result worse (`failed` because of a leak) and adding to what a
    report shows is silent.

    Flagged: the report says something else
        === conftest.py
        + import pytest
        + @pytest.hookimpl(hookwrapper=True)
        + def pytest_runtest_makereport(item, call):
        +     outcome = yield
        +     report = outcome.get_result()
        +     if report.when == "call" and report.failed:
        +         report.outcome = "passed"

    Flagged: by name, in a helper
        === tests/plugin.py
        + def polish(rep):
        +     setattr(rep, "out" + "come", "skipped")
        + def pytest_runtest_logreport(report):
        +     polish(report)

    Flagged: the error is taken away
        === conftest.py
        + def pytest_runtest_makereport(item, call):
        +     call.excinfo = None

    Flagged: caught on the way
        === conftest.py
        + import pytest
        + @pytest.hookimpl(wrapper=True)
        + def pytest_runtest_call(item):
        +     try:
        +         return (yield)
        +     except AssertionError:
        +         return None

    Flagged: the result is put in its place
        === conftest.py
        + import pytest
        + @pytest.hookimpl(hookwrapper=True)
        + def pytest_pyfunc_call(pyfuncitem):
        +     outcome = yield
        +     outcome.force_result(True)

    Flagged: another function runs in its place
        === conftest.py
        + def pytest_runtest_setup(item):
        +     item.obj = lambda **kwargs: None

    Flagged: shown as passed
        === conftest.py
        + def pytest_report_teststatus(report, config):
        +     if report.when == "call":
        +         return "passed", ".", "PASSED"

    Allowed: a picture is attached, and a leak is a failure
        === conftest.py
        + import pytest
        + @pytest.hookimpl(hookwrapper=True)
        + def pytest_runtest_makereport(item, call):
        +     outcome = yield
        +     report = outcome.get_result()
        +     report.extra = [screenshot(item)] if report.failed else []
        +     if leaks():
        +         report.outcome = "failed"
        +         report.longrepr = f"{item.name} leaks"

    Allowed: cleaning up, whatever happened
        === conftest.py
        + import pytest
        + @pytest.hookimpl(wrapper=True)
        + def pytest_runtest_call(item):
        +     try:
        +         return (yield)
        +     except Exception as error:
        +         log(error)
        +         raise
        +     finally:
        +         clean()

    Allowed: other letters
        === conftest.py
        + def pytest_report_teststatus(report):
        +     if report.passed and report.when == "call":
        +         return "passed", "+", "OK"
    """
    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)

    if not _plugins.is_plugin(python):
        return
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._outcomes import (  # noqa: PLC0415 (libcst)
        rewritten,
        swallowed,
    )

    name = basename(python.path)
    for step in _plugins.steps(python):
        for what in rewritten(step, python):
            where = f"{step.hook or 'the top'!r} of {name!r}"
            yield weighed(step, python, f"{where} {what}", real=None)
    for hook, node in _plugins.hooks(python):
        for place in swallowed(hook, node):
            code = python.code(place)
            what = f"{hook!r} of {name!r} catches the failures of tests and keeps them"
            yield Sighting(python.line(place), what, code, python.scope(node))
