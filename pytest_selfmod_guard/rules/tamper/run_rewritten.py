"""SMG316: a plugin changes the status, the counts or the options of the whole run."""

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
    "SMG316",
    risk=Risk.HIGH,
    hint="leave the exit status, the counts and the caller's options as they are; a default of the"
    " project belongs in its configuration, where everybody sees it",
    triggers=(
        *REACHERS, b"exitstatus", b"returncode", b"exit_status", b"testsfailed", b"testscollected",
        b"shouldstop", b"shouldfail", b"_numcollected", b"option", b"args", b"early_args",
        b"stats", b"setattr", b"__setattr__", b"inicfg", b"_inicache", b"addinivalue_line",
        b"unregister", b"set_blocked", b"namespace", b"config",
    ),
)  # fmt: skip
def run_rewritten(python: Python) -> Iterable[Sighting]:
    """
    A hook makes a run that failed look passed, or asks pytest for less than its caller did.

    Whoever started the run reads its exit status and its counts, and believes
    that what was asked for has run. A hook that sets the status to zero, forgets
    the failures, or changes `-k`, `-m` and the like behind the caller's back takes
    that away. A status that says failure, and a default where the caller chose
    nothing, are silent.

    Flagged: the exit status
        === conftest.py
        + def pytest_sessionfinish(session, exitstatus):
        +     session.exitstatus = 0

    Flagged: the count of failures, in a helper
        === tests/plugin.py
        + def forget(session):
        +     session.testsfailed = 0
        + def pytest_runtest_logfinish(nodeid, location):
        +     forget(SESSION)

    Flagged: what the terminal shows
        === conftest.py
        + def pytest_terminal_summary(terminalreporter):
        +     terminalreporter.stats.pop("failed", None)

    Flagged: a selection nobody asked for
        === conftest.py
        + def pytest_configure(config):
        +     config.option.keyword = "not refund"

    Flagged: arguments
        === conftest.py
        + def pytest_load_initial_conftests(early_config, parser, args):
        +     args.append("--deselect=tests/test_cart.py::test_total")

    Allowed: a leak fails the run
        === conftest.py
        + def pytest_sessionfinish(session, exitstatus):
        +     if leaked():
        +         session.exitstatus = 1

    Allowed: a default where the caller chose none
        === conftest.py
        + def pytest_configure(config):
        +     if not config.option.markexpr:
        +         config.option.markexpr = "not slow"
        +     config.addinivalue_line("markers", "slow: takes minutes")
    """
    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)

    if not _plugins.is_plugin(python):
        return
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._status import loosened  # noqa: PLC0415 (libcst)

    name = basename(python.path)
    for step in _plugins.steps(python, at_top=False):
        for what in loosened(step, python):
            yield weighed(step, python, f"{step.hook!r} of {name!r} {what}", real=None)
