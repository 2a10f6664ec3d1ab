"""Code that ends the run of the tests from within."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG303"
HEAD = "import atexit, os, signal, sys, pytest\n"


def worst(ask: Ask, path: str, code: str) -> Risk:
    """Give the highest risk of what a new file ends."""
    return max((item.risk for item in ask(RULE, {}, {path: HEAD + code})), default=Risk.NONE)


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("os._exit(1)", Risk.HIGH),
        ("getattr(os, '_ex' + 'it')(0)", Risk.HIGH),
        ("from os import _exit as done\ndone(0)", Risk.HIGH),
        ("from os import *\n_exit(0)", Risk.HIGH),
        ("import posix\nposix._exit(0)", Risk.HIGH),
        ("os.execv('/bin/true', ['true'])", Risk.HIGH),
        ("atexit.register(lambda: os._exit(0))", Risk.HIGH),
        ("@atexit.register\ndef bye():\n    os._exit(0)", Risk.HIGH),
        ("class Last:\n    def __del__(self):\n        os._exit(0)\nkept = Last()", Risk.HIGH),
        ("def bye():\n    os._exit(0)\natexit.register(bye)", Risk.HIGH),
        ("class Now:\n    os._exit(0)", Risk.HIGH),
        ("try:\n    import x\nexcept ImportError:\n    os._exit(0)", Risk.HIGH),
        ("sys.exit()", Risk.HIGH),
        ("sys.exit(None)", Risk.HIGH),
        ("sys.exit(False)", Risk.HIGH),
        ("sys.exit(len([]))", Risk.HIGH),
        ("sys.exit(*[0])", Risk.HIGH),
        ("quit()", Risk.HIGH),
        ("raise SystemExit(0)", Risk.HIGH),
        ("if sys.argv:\n    raise SystemExit", Risk.HIGH),
        ("def pytest_sessionfinish():\n    pytest.exit('', 0)", Risk.HIGH),
        ("def pytest_sessionfinish():\n    pytest.exit('', pytest.ExitCode.OK)", Risk.HIGH),
        ("pytest.exit(*sys.argv)", Risk.HIGH),
        ("class Plugin:\n    def pytest_unconfigure(self):\n        sys.exit(0)", Risk.HIGH),
        ("@pytest.hookimpl(specname='pytest_configure')\ndef x():\n    sys.exit()", Risk.HIGH),
        ("@pytest.fixture(scope='session')\ndef db():\n    os._exit(0)", Risk.HIGH),
        ("sys.exit(1)", Risk.MEDIUM),
        ("sys.exit('no ' + sys.platform)", Risk.MEDIUM),
        ("raise SystemExit('no')", Risk.MEDIUM),
        ("pytest.exit('no')", Risk.MEDIUM),
        ("raise pytest.exit.Exception('no')", Risk.MEDIUM),
        ("os.abort()", Risk.MEDIUM),
        ("os.kill(os.getpid(), 9)", Risk.MEDIUM),
        ("os.kill(12, 9)", Risk.NONE),
        ("if sys.argv:\n    sys.exit(2)", Risk.NONE),
        ("if sys.argv:\n    pytest.exit('no', returncode=pytest.ExitCode.USAGE_ERROR)", Risk.NONE),
        ("try:\n    import x\nexcept ImportError as e:\n    sys.exit(f'no {e}')", Risk.NONE),
        ("if False:\n    os._exit(0)", Risk.NONE),
        ("if __name__ == '__main__':\n    sys.exit(0)", Risk.NONE),
        ("def never_called():\n    os._exit(0)", Risk.NONE),
        ("def pytest_configure(exit):\n    exit(0)\n    engine.exit(0)", Risk.NONE),
        ("try:\n    main()\nexcept SystemExit:\n    pass", Risk.NONE),
    ],
)
@pytest.mark.parametrize("path", ["conftest.py", "lib/sitecustomize.py"])
def test_ends_where_everything_begins(ask: Ask, path: str, code: str, risk: Risk) -> None:
    """What looks like success is denied, what shows is a warning, and a question is silent."""
    assert worst(ask, path, code) == risk


@pytest.mark.parametrize(
    ("path", "code", "risk"),
    [
        ("tests/test_a.py", "os._exit(0)", Risk.HIGH),
        ("tests/test_a.py", "def test_a():\n    pytest.exit('', returncode=0)", Risk.HIGH),
        ("tests/test_a.py", "atexit.register(os._exit, 0)", Risk.HIGH),
        ("tests/test_a.py", "class T:\n    def setUp(self):\n        os._exit(0)", Risk.HIGH),
        ("tests/test_a.py", "def test_a():\n    os.fork() or os._exit(0)", Risk.MEDIUM),
        ("tests/test_a.py", "def test_a():\n    pytest.exit('')", Risk.NONE),
        ("tests/test_a.py", "def test_a():\n    sys.exit(0)", Risk.NONE),
        ("tests/test_a.py", "def test_a():\n    called.assert_called_with(os._exit)", Risk.NONE),
        (
            "tests/test_a.py",
            "def child():\n    os._exit(0)\ndef test_a():\n    Process(target=child).start()",
            Risk.NONE,
        ),
        ("shop/__init__.py", "os._exit(0)", Risk.HIGH),
        ("shop/__init__.py", "def leave():\n    os._exit(0)\nleave()", Risk.HIGH),
        ("shop/cart.py", "def pytest_configure():\n    sys.exit(0)", Risk.HIGH),
        ("shop/cart.py", "def leave():\n    os._exit(0)", Risk.NONE),
        ("shop/cart.py", "sys.exit(0)", Risk.NONE),
        ("shop/__main__.py", "os._exit(0)", Risk.NONE),
        ("tools/release.py", "os._exit(0)", Risk.NONE),
    ],
)
def test_ends_elsewhere(ask: Ask, path: str, code: str, risk: Risk) -> None:
    """In tests, and on import of the product, only what pytest cannot show is denied."""
    assert worst(ask, path, code) == risk


def test_a_script_that_ends_itself(ask: Ask) -> None:
    """What the system runs by its first line is nothing that tests import."""
    code = "import os\nos._exit(0)\n"
    assert ask(RULE, {}, {"shop/serve.py": "#!/usr/bin/env python3\n" + code}) == []
    assert ask(RULE, {}, {"shop/serve.py": code})


def test_an_end_that_was_there(ask: Ask) -> None:
    """Moving an exit within its file is no news, and a second one is."""
    old = HEAD + "os._exit(0)\n"
    moved = HEAD + "x = 1\nos._exit(0)\n"
    assert ask(RULE, {"conftest.py": old}, {"conftest.py": moved}) == []
    (found,) = ask(RULE, {"conftest.py": old}, {"conftest.py": moved + "os._exit(0)\n"})
    assert found.risk is Risk.HIGH
