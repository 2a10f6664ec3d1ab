"""SMG317: a hook or an automatic fixture keeps tests from being found or run."""

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
    "SMG317",
    risk=Risk.HIGH,
    hint="let pytest find and run every test; to leave slow ones out by default, put it behind an"
    " option: if not config.getoption('--runslow'): skip those that are marked slow",
    triggers=(
        *REACHERS, b"pytest_collection_modifyitems", b"pytest_ignore_collect", b"pytest_collection",
        b"pytest_runtest_protocol", b"pytest_pyfunc_call", b"pytest_runtestloop", b"items",
        b"pytest_runtest_call", b"pytest_pycollect_makeitem", b"pytest_pycollect_makemodule",
        b"pytest_make_collect_report", b"pytest_collect_directory", b"pytest_cmdline_main",
        b"pytest_generate_tests", b"add_marker", b"own_markers", b"specname", b"skip",
    ),
    supersedes=("SMG302",),
)  # fmt: skip
def tests_taken_away(python: Python) -> Iterable[Sighting]:
    """
    A hook of pytest drops, marks or answers for tests, so that they do not run.

    It does not matter in which module: a conftest, a plugin, or a helper that
    a hook calls. What counts is the effect on the list of the tests: sorting it
    or adding to it is silent, taking away is not, by whatever statement. Which
    test it is, by name, file or mark, is no reason.

    Behind an option, a platform, a version or something to be installed it is a
    warning. Where a variable of the environment has to be set for the tests to
    run, only a trial can tell whether they did before.

    Flagged: only the first tests
        === tests/conftest.py
        + def pytest_collection_modifyitems(session, config, items):
        +     items[:] = items[:3]

    Flagged: those of one name
        === conftest.py
        + def pytest_collection_modifyitems(items):
        +     kept = []
        +     for item in items:
        +         if "refund" not in item.nodeid:
        +             kept.append(item)
        +     items[:] = kept

    Flagged: marked, by way of a helper
        === shop/plugin.py
        + import pytest
        + def relax(tests):
        +     for test in tests:
        +         if test.get_closest_marker("db"):
        +             test.add_marker(pytest.mark.xfail(strict=False))
        + def pytest_collection_modifyitems(config, items):
        +     relax(items)

    Flagged: a file that is not looked into
        === conftest.py
        + def pytest_ignore_collect(collection_path, config):
        +     return collection_path.name == "test_refunds.py"

    Flagged: answered for
        === conftest.py
        + def pytest_pyfunc_call(pyfuncitem):
        +     return True

    Flagged: where nobody sets a variable
        === conftest.py
        + import os, pytest
        + def pytest_collection_modifyitems(items):
        +     if not os.environ.get("RUN_ALL"):
        +         items[:] = [item for item in items if "api" not in item.keywords]

    Flagged: behind an option [medium]
        === conftest.py
        + import pytest
        + def pytest_collection_modifyitems(config, items):
        +     if config.getoption("--runslow"):
        +         return
        +     for item in items:
        +         if "slow" in item.keywords:
        +             item.add_marker(pytest.mark.skip(reason="needs --runslow"))

    Allowed: another order
        === conftest.py
        + def pytest_collection_modifyitems(items):
        +     unit = [item for item in items if "unit" in item.keywords]
        +     rest = [item for item in items if "unit" not in item.keywords]
        +     items[:] = unit + rest
        +     items.sort(key=lambda item: item.fspath)

    Allowed: a mark that skips nothing
        === conftest.py
        + import pytest
        + def pytest_collection_modifyitems(items):
        +     for item in items:
        +         if "async" in item.name:
        +             item.add_marker(pytest.mark.asyncio)

    Allowed: a folder that holds no tests
        === conftest.py
        + def pytest_ignore_collect(collection_path):
        +     return "node_modules" in collection_path.parts or None
    """
    from pytest_selfmod_guard.rules.tamper import _plugins  # noqa: PLC0415 (libcst)

    if not _plugins.is_plugin(python):
        return
    from pytest_selfmod_guard.rules.tamper._answers import MAYBE, answered  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._marks import Marks  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._suite import Suite  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._taking import taken  # noqa: PLC0415 (libcst)

    marks = Marks(Suite(python), {})
    for step in _plugins.steps(python):
        for what in (*taken(step, marks, python), *answered(step, python)):
            where = f"{step.hook or 'the top'!r} of {basename(python.path)!r}"
            seen = weighed(step, python, f"{where} {what}")
            yield seen._replace(settled_by="trial") if what is MAYBE else seen
