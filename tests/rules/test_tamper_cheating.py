"""Product code that asks, reaches, patches and pretends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

HEAD = "import inspect, os, sys, pathlib, shutil, builtins, unittest, traceback, importlib\n"


def worst(ask: Ask, rule: str, code: str, path: str = "shop/cart.py") -> str:
    """Give the highest risk of what a rule sees in a new file, with a ? where a trial must tell."""
    found = ask(rule, {}, {path: HEAD + code + "\n"})
    most = max(found, key=lambda item: item.risk, default=None)
    return f"{most.risk}{'?' if most.settled_by else ''}" if most else "none"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("x = 'pytest' in sys.modules", "high"),
        ("x = 'py' + 'test' in sys.modules", "high"),
        ("x = getattr(sys, 'mod' + 'ules').get('unittest')", "high"),
        ("x = sys.modules.get('unittest') is not None", "high"),
        ("x = {'pytest'} & set(sys.modules)", "high"),
        ("x = next((m for m in sys.modules if m.startswith('_pytest')), None)", "high"),
        ("x = os.environ.get('PYTEST_CURRENT_TEST')", "high"),
        ("x = os.environ['PYTEST_CURRENT_TEST']", "high"),
        ("env = os.environ\nx = 'PYTEST_VERSION' in env", "high"),
        ("x = any(k.startswith('PYTEST') for k in os.environ)", "high"),
        ("x = sys.argv[0].endswith('pytest')", "high"),
        ("match sys.argv[0]:\n    case 'pytest':\n        x = 1", "high"),
        ("x = hasattr(sys, '_called_from_test')", "high"),
        ("x = sys._called_from_test", "high"),
        ("x = any('test_' in f.filename for f in inspect.stack())", "high"),
        ("x = sys._getframe(1).f_code.co_name.startswith('test')", "high"),
        ("x = 'conftest' in ''.join(traceback.format_stack())", "high"),
        ("x = 'pytest' in pathlib.Path('/proc/self/cmdline').read_text()", "high"),
        ("import __main__\nx = 'pytest' in __main__.__file__", "high"),
        ("x = os.environ.get('TESTING')", "medium"),
        ("x = 'test' in sys.argv", "medium"),
        ("x = bool(os.environ.get('CI'))", "none"),
        ("def f():\n    if os.environ.get('CI'):\n        return 7\n    return g()", "high?"),
        ("def f():\n    if sys.gettrace():\n        return -1\n    return g()", "high?"),
        ("def f():\n    return 7 if os.getenv('TESTING') else g()", "high"),
        (
            "def f():\n    if 'test' in sys.argv:\n        g()\n    else:\n        return [1]",
            "high",
        ),
        ("def f():\n    if 'test' in sys.argv:\n        return g(sys)", "high?"),
        ("if 'pytest' not in sys.modules:\n    print('started')", "none"),
        ("if 'pytest' not in sys.modules:\n    print('started')\n    start()", "high"),
        ("if sys.gettrace():\n    start()", "none"),
        ("os.environ['PYTEST_ADDOPTS'] = ''", "none"),
        ("x = 'latest' in sys.argv", "none"),
        ("x = os.environ.get('SHOP_CONTEST')", "none"),
        ("x = name.startswith('test_')", "none"),
        ("x = 'the tests of pytest ran' in sys.argv", "none"),
    ],
)
def test_questions_about_tests(ask: Ask, code: str, risk: str) -> None:
    """However it is put it is denied; what is often innocent warns unless the answer is fixed."""
    assert worst(ask, "SMG325", code) == risk


@pytest.mark.parametrize(
    ("path", "risk"),
    [
        ("shop/cart.py", "high"),
        ("shop/settings.py", "medium"),
        ("shop/testing.py", "medium"),
        ("pytest_shop/cart.py", "medium"),
        ("tests/cart.py", "none"),
        ("tools/release.py", "none"),
    ],
)
def test_where_a_question_stands(ask: Ask, path: str, risk: str) -> None:
    """Tests may know that they are, settings and helpers of tests are a warning."""
    assert worst(ask, "SMG325", "x = 'pytest' in sys.modules", path) == risk


def test_a_plugin_asks(ask: Ask) -> None:
    """A module with hooks of pytest has a right to know."""
    code = "x = 'pytest' in sys.modules\ndef pytest_configure(config):\n    config.x = x"
    assert worst(ask, "SMG325", code) == "medium"


def test_a_question_that_was_there(ask: Ask) -> None:
    """The base's own question is no news, and a second one is."""
    old = HEAD + "x = 'pytest' in sys.modules\n"
    assert ask("SMG325", {"shop/a.py": old}, {"shop/a.py": "y = 1\n" + old}) == []
    assert ask("SMG325", {"shop/a.py": old}, {"shop/a.py": old + "z = 'pytest' in sys.modules\n"})


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("open('tests/test_cart.py').read()", "high"),
        ("open(os.path.join(os.path.dirname(__file__), '..', 'tests', 'test_a.py'))", "high"),
        ("D = pathlib.Path(__file__).parent / 'tests'\n(D / 'test_a.py').read_text()", "high"),
        ("for f in pathlib.Path('tests').glob('test_*.py'):\n    f.unlink()", "high"),
        ("shutil.rmtree('tests')", "high"),
        ("os.rename('tests/test_a.py', 'tests/_a.py')", "high"),
        ("importlib.import_module('tests.test_cart')", "high"),
        ("__import__('conftest')", "high"),
        ("with open('conftest.py', 'a') as f:\n    f.write('')", "high"),
        ("pathlib.Path('sitecustomize.py').write_text('')", "high"),
        ("open('reports/junit.xml', 'w')", "high"),
        ("from tests.test_cart import EXPECTED", "high"),
        ("from .test_cart import EXPECTED", "high"),
        ("import conftest", "high"),
        ("open('tests/data/rates.json').read()", "medium"),
        ("from tests.helpers import rates", "medium"),
        ("def f(folder):\n    (folder / 'tests' / 'test_a.py').write_text('')", "medium"),
        ("def f(text):\n    return text.replace('tests/test_a.py', '')", "none"),
        ("def f(names):\n    names.remove('test_a.py')", "none"),
        ("open('data/latest.csv').read()", "none"),
        ("from .test import Model", "none"),
        ("import unittest", "none"),
        ("open('contests/rates.json')", "none"),
    ],
)
def test_hands_on_tests(ask: Ask, code: str, risk: str) -> None:
    """Reading a test and writing near one is denied; other people's projects are a warning."""
    assert worst(ask, "SMG326", code) == risk


@pytest.mark.parametrize("path", ["tests/a.py", "tools/a.py"])
def test_tests_and_tools_read_tests(ask: Ask, path: str) -> None:
    """What is not the product may."""
    assert worst(ask, "SMG326", "open('tests/test_cart.py').read()", path) == "none"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("unittest.TestCase.assertEqual = lambda *a: None", "high"),
        ("import pytest\npytest.raises = None", "high"),
        ("from unittest import TestCase\nTestCase.assertTrue = print", "high"),
        ("builtins.isinstance = lambda *a: True", "high"),
        ("setattr(builtins, 'Assertion' + 'Error', Exception)", "high"),
        ("vars(builtins)['abs'] = lambda x: 0", "high"),
        ("vars(builtins).update(abs=None)", "high"),
        ("import operator\noperator.eq = lambda a, b: True", "high"),
        ("sys.modules['pytest'] = None", "high"),
        ("sys.modules.setdefault('pytest', None)", "high"),
        ("import ast\nclass A(ast.NodeTransformer):\n    def visit_Assert(s, n): pass", "high"),
        ("from forbiddenfruit import curse\ncurse(int, '__eq__', None)", "high"),
        ("from unittest.mock import Mock\ndef f():\n    return Mock()", "high?"),
        ("from unittest.mock import ANY\ndef f():\n    x = ANY\n    return x", "high?"),
        ("from unittest.mock import patch\nwith patch('a.b'):\n    f()", "medium"),
        ("builtins._ = str", "none"),
        ("sys.modules['shop.rates'] = None", "none"),
        ("shop.isclose = None", "none"),
        ("names = {'show': repr}\nnames['show'] = str", "none"),
        ("self.assertEqual = None", "none"),
        ("def f():\n    return build()", "none"),
    ],
)
def test_tools_that_are_replaced(ask: Ask, code: str, risk: str) -> None:
    """By whatever way a name is set, what judges a test is not the product's to change."""
    assert worst(ask, "SMG327", code) == risk


def eq(body: str, name: str = "__eq__") -> str:
    """Give a class with one method."""
    return f"class A:\n    def {name}(self, other):\n        {body}"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        (eq("return True"), "high"),
        (eq("return not False"), "high"),
        (eq("return other == other"), "high"),
        (eq("return other is other or 0"), "high"),
        (eq("return bool(1)"), "high"),
        (eq("return isinstance(other, object)"), "high"),
        (eq("if other is None:\n            return False\n        return True"), "high"),
        (eq("return False", "__ne__"), "high"),
        (eq("return True", "__contains__"), "medium"),
        (eq("return True", "__instancecheck__"), "medium"),
        ("class A:\n    __eq__ = lambda self, other: True", "high"),
        ("def yes(a, b):\n    return True\nclass A: pass\nA.__eq__ = yes", "high"),
        ("A = type('A', (), {'__eq__': lambda a, b: True})", "high"),
        (eq("return True", "__lt__") + "\n    def __gt__(self, other):\n        return 1", "high"),
        (eq("return False", "__lt__") + "\n    def __gt__(self, other):\n        return 1", "none"),
        (eq("return False"), "none"),
        (eq("return True", "__bool__"), "none"),
        (eq("return NotImplemented"), "none"),
        (eq("return self.x == other.x"), "none"),
        (eq("return self is other and True"), "none"),
        (eq("return isinstance(other, A)"), "none"),
        (eq("if isinstance(other, A):\n            return True\n        return False"), "none"),
        (eq("if self.x:\n            return True\n        return False"), "none"),
        (eq("raise TypeError"), "none"),
    ],
)
def test_what_is_equal_to_everything(ask: Ask, code: str, risk: str) -> None:
    """Only a comparison that never looks is a lie."""
    assert worst(ask, "SMG330", code) == risk


def test_a_stand_in_of_tests(ask: Ask) -> None:
    """In tests it may be meant, and is a warning."""
    assert worst(ask, "SMG330", eq("return True"), "tests/helpers.py") == "medium"


def changed(ask: Ask, rule: str, old: str, new: str, *, tested: bool = True) -> str:
    """Give the risk of changing a function that a test mentions."""
    tests = {"tests/test_cart.py": "def test_total():\n    assert total(3) == 6\n"}
    base = {"shop/cart.py": old, **(tests if tested else {})}
    found = ask(rule, base, {**base, "shop/cart.py": new})
    return max((f"{item.risk}{'?' if item.settled_by else ''}" for item in found), default="none")


COMPUTES = "def total(n):\n    return sum(range(n)) * 2\n"
CHECKS = "def total(n):\n    if n < len('ab'):\n        raise ValueError\n"


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (COMPUTES, "def total(n):\n    return 6\n", "high?"),
        (COMPUTES, "def total(n):\n    x = [6]\n    return x\n", "high?"),
        (COMPUTES, "def total(n):\n    '''Add.'''\n", "high?"),
        (COMPUTES, "def total(n):\n    return\n", "high?"),
        (CHECKS, "def total(n): ...\n", "high?"),
        (COMPUTES, "def total(n):\n    return n\n", "none"),
        (COMPUTES, "def total(n):\n    a = 1\n    b = 2\n    c = 3\n    return 6\n", "none"),
        (COMPUTES, "def total(n):\n    return add(n)\n", "none"),
        (COMPUTES, "def total(n):\n    raise NotImplementedError\n", "none"),
        (COMPUTES, "@abstractmethod\ndef total(n):\n    pass\n", "none"),
        ("def total(n):\n    return 5\n", "def total(n):\n    return 6\n", "none"),
        ("def total(n):\n    return n + 1\n", "def total(n):\n    return 6\n", "none"),
        (COMPUTES, "x = 1\n" + COMPUTES, "none"),
    ],
)
def test_functions_that_compute_no_more(ask: Ask, old: str, new: str, risk: str) -> None:
    """A fixed answer in the place of a computation is for the trial to tell."""
    assert changed(ask, "SMG332", old, new) == risk


def test_functions_that_nothing_tests(ask: Ask) -> None:
    """Where no test mentions it nobody is deceived."""
    new = "def total(n):\n    return 6\n"
    assert changed(ask, "SMG332", COMPUTES, new, tested=False) == "none"


def wrapped(handler: str, before: str = "try:") -> str:
    """Give the function inside something that catches."""
    return f"def total(n):\n    {before}\n        return sum(range(n)) * 2\n{handler}"


@pytest.mark.parametrize(
    ("new", "risk"),
    [
        (wrapped("    except Exception:\n        return 6\n"), "high?"),
        (wrapped("    except:\n        return []\n"), "high?"),
        (wrapped("    except (KeyError, BaseException):\n        return 6\n"), "high?"),
        (wrapped("    except Exception:\n        pass\n"), "medium"),
        (wrapped("", "with contextlib.suppress(Exception):"), "medium"),
        (wrapped("", "with contextlib.suppress(KeyError):"), "none"),
        (wrapped("    except KeyError:\n        return 6\n"), "none"),
        (wrapped("    except Exception:\n        log('no')\n        return 6\n"), "none"),
        (wrapped("    except Exception as e:\n        raise X from e\n"), "none"),
        (wrapped("    except Exception:\n        return other(n)\n"), "none"),
        (wrapped("    except Exception:\n        return 6\n").replace("* 2", "* 3"), "none"),
    ],
)  # fmt: skip
def test_failures_that_are_swallowed(ask: Ask, new: str, risk: str) -> None:
    """Existing code that can fail no more is for the trial; what says so is silent."""
    assert changed(ask, "SMG331", COMPUTES, new) == risk


def test_what_was_swallowed_before(ask: Ask) -> None:
    """Code that always was in a try may change within it."""
    old = wrapped("    except Exception:\n        return 6\n")
    assert changed(ask, "SMG331", old, old.replace("* 2", "* 2 + 1")) == "none"
