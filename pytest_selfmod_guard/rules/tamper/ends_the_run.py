"""SMG303: code that ends the test run from within."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._exits import Exit
    from pytest_selfmod_guard.rules.tamper._running import Spot
    from pytest_selfmod_guard.syntax import Python

_RUNNERS = frozenset(("conftest.py", "sitecustomize.py", "usercustomize.py"))
_KINDS = (b"l", b"le", b"lp", b"lpe", b"v", b"ve", b"vp", b"vpe")
_TESTS = ("test", "setup", "setUp", "asyncSetUp", "teardown", "tearDown")


@python_rule(
    "SMG303",
    risk=Risk.HIGH,
    hint="let the run come to its end; where it cannot go on, say so with"
    " pytest.exit(reason, returncode=1) under a condition",
    triggers=(
        *REACHERS, b"_exit", b"exit", b"quit", b"systemexit", b"kill", b"killpg", b"abort",
        b"raise_signal", *(b"exec" + kind for kind in _KINDS),
    ),
)  # fmt: skip
def ends_the_run(python: Python) -> Iterable[Sighting]:
    """
    Code that runs by itself ends the test run, which may then look passed.

    After `os._exit(0)` no test runs, no failure counts, and the status is that
    of success. It is looked for in what runs on import and in the hooks and
    fixtures of `conftest.py`, `sitecustomize.py`, `usercustomize.py` and of any
    module with a hook of pytest, with the functions that these call; in tests
    and in modules that they may import only the ends that nothing survives, be
    they handed to a thread or a timer.

    An end that shows as a failure is a warning, and silent under a condition:
    `pytest.exit` without a status, `sys.exit` with one or with a message.

    Flagged: on import
        === tests/conftest.py
        + import os
        + os._exit(0)

    Flagged: handed on, to have the last word
        === conftest.py
        + import atexit, os
        + atexit.register(os._exit, 0)

    Flagged: a hook that leaves with success
        === conftest.py
        + import pytest
        + def pytest_configure(config):
        +     if config.option.verbose == 0:
        +         pytest.exit("done", returncode=0)

    Flagged: an automatic fixture, by way of a helper
        === conftest.py
        + import os, pytest
        + def leave():
        +     os._exit(0)
        + @pytest.fixture(autouse=True)
        + def setup():
        +     leave()

    Flagged: before anything else of Python
        === sitecustomize.py
        + raise SystemExit

    Flagged: a plugin
        === shop/plugin.py
        + import sys
        + def pytest_sessionfinish(session):
        +     sys.exit(0)

    Flagged: a test that nothing comes after
        === tests/test_cart.py
        + import os
        + def test_total():
        +     os._exit(0)

    Flagged: a set-up that leaves with success
        === tests/test_cart.py
          import unittest
        + def setUpModule():
        +     try:
        +         import fastcart
        +     except ImportError:
        +         raise SystemExit(0)

    Flagged: a little later
        === shop/cart.py
        + import os, threading
        + threading.Timer(1, os._exit, (0,)).start()

    Flagged: by a signal [medium]
        === conftest.py
        + import os, signal
        + os.kill(os.getpid(), signal.SIGTERM)

    Allowed: a condition without which no test makes sense
        === conftest.py
        + import pytest, shutil, sys
        + if sys.version_info < (3, 9):
        +     sys.exit("Python 3.9 or newer is needed")
        + def pytest_configure(config):
        +     if not shutil.which("git"):
        +         pytest.exit("git is needed", returncode=1)

    Allowed: a program
        === tests/server.py
        + import os, sys
        + def main():
        +     os._exit(0)
        + if __name__ == "__main__":
        +     sys.exit(main())

    Allowed: a test of what exits
        === tests/test_cli.py
        + import sys, pytest
        + def test_version():
        +     with pytest.raises(SystemExit):
        +         sys.exit(0)
    """
    from pytest_selfmod_guard.rules.tamper._running import Running  # noqa: PLC0415 (libcst)

    runner, test = _is_runner(python), paths.zone(python.path) == paths.TEST
    starts = ("pytest_",) if runner else _TESTS if test else ()
    if not runner and not test and not _is_imported(python):
        return
    for spot in Running(python, starts, hands_on=runner).spots():
        found = _end(spot, python, runner=runner)
        if found and (runner or _is_final(found, test=test)):
            yield from _told(spot, found, python)
        elif found and found.is_green and test and _is_before_tests(spot, python):
            for told in _told(spot, found, python):
                yield told._replace(settled_by="trial")


def _is_runner(python: Python) -> bool:
    """Tell whether Python or pytest loads a module by itself, as far as it shows."""
    if basename(python.path) in _RUNNERS:
        return True
    return any(function.qualname.startswith("pytest_") for function in python.functions)


def _is_imported(python: Python) -> bool:
    is_program = python.text.startswith("#!") or basename(python.path) == "__main__.py"
    return not is_program and paths.zone(python.path) == paths.PRODUCT


def _is_final(found: Exit, *, test: bool) -> bool:
    """Tell whether nothing around it, be it pytest itself, turns it into a failure."""
    return found.is_green and (found.name.startswith("os.") or (test and "pytest" in found.name))


def _is_before_tests(spot: Spot, python: Python) -> bool:
    """Tell whether tests wait for it: unittest ends, with success, where that leaves politely."""
    name = spot.scope.rpartition(".")[2]
    if not name or name.lower().startswith(("setup", "teardown", "asyncsetup")):
        return True
    if name.startswith("test") or "aises(" in python.text:
        return False
    marks = (
        python.code(mark.decorator)
        for one in python.functions
        if one.name == name
        for mark in one.node.decorators
    )
    is_helper = name.startswith("_") and re.search(r"def set_?[uU]p", python.text) is not None
    return is_helper or any("fixture" in mark for mark in marks)


def _end(spot: Spot, python: Python, *, runner: bool) -> Exit | None:
    import libcst as cst  # noqa: PLC0415 (slow)

    from pytest_selfmod_guard.rules.tamper import _exits  # noqa: PLC0415 (libcst)

    if isinstance(spot.node, cst.Call):
        found = _exits.of_call(spot.node, python)
        found = found or (None if runner else _exits.of_later(spot.node, python))
        forks = found and not runner and "fork" in python.text
        return found._replace(risk=Risk.MEDIUM) if found and forks else found
    if isinstance(spot.node, cst.Raise):
        return _exits.of_raise(spot.node, python)
    if runner and isinstance(spot.node, cst.Arg):
        return _exits.of_reference(spot.node.value, python)
    return None


def _told(spot: Spot, found: Exit, python: Python) -> Iterator[Sighting]:
    if found.is_green or spot.is_certain:
        how = "and may look passed" if found.is_green else "for everyone"
        yield Sighting(
            python.line(spot.node),
            f"{found.name!r} ends the test run {how}",
            python.code(spot.node),
            spot.scope,
            risk=found.risk,
        )
