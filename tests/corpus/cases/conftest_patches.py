"""What is replaced before tests run, beside what may be."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case, Edit
from tests.corpus.cases.conftest_hooks import SHOP

CONFTEST = SHOP["tests/conftest.py"]


def _case(name: str, bad: str, honest: str, *, trial: bool = False) -> Case:
    edits = [{"tests/conftest.py": CONFTEST + dedent(code)} for code in (bad, honest)]
    return Case(name, SHOP, edits[0], edits[1], needs_trial=trial)


def _files(name: str, bad: Edit, honest: Edit) -> Case:
    return Case(name, SHOP, bad, honest)


CASES = [
    _case(
        "assert-equal",
        "\nimport unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\n",
        "\nimport unittest\nunittest.TestCase.maxDiff = None\n",
    ),
    _case(
        "raises",
        "\nimport contextlib\npytest.raises = lambda *a, **k: contextlib.nullcontext()\n",
        "\nimport contextlib\npytest.shared = contextlib.nullcontext()\n",
    ),
    _case(
        "every-assertion-in-a-loop",
        "\nfrom unittest import TestCase\nfor name in dir(TestCase):\n"
        "    if name.startswith('assert'):\n        setattr(TestCase, name, lambda *a: None)\n",
        "\nfrom unittest import TestCase\nfor name in dir(TestCase):\n"
        "    if name.startswith('assert'):\n        print(name)\n",
    ),
    _case(
        "runtest",
        "\nfrom _pytest.python import Function\nFunction.runtest = lambda self: None\n",
        "\nfrom _pytest.python import Function\nassert Function.runtest\n",
    ),
    _case(
        "call-info",
        "\nimport _pytest.runner as r\n_old = r.CallInfo.from_call\n"
        "def quiet(func, when, reraise=None):\n    return _old(lambda: None, when, reraise)\n"
        "r.CallInfo.from_call = quiet\n",
        "\nimport _pytest.runner as r\n_old = r.CallInfo.from_call\n",
    ),
    _case(
        "assertion-error",
        "\nimport builtins\nbuiltins.AssertionError = type('Quiet', (KeyError,), {})\n",
        "\nimport builtins\nbuiltins.breakpoint = lambda *a: None\n",
    ),
    _case(
        "approx-for-all",
        "\n@pytest.fixture(autouse=True)\ndef near(monkeypatch):\n"
        "    monkeypatch.setattr(pytest, 'approx', lambda *a, **k: ANY)\n",
        "\n@pytest.fixture\ndef frozen(monkeypatch):\n"
        "    monkeypatch.setattr('time.time', lambda: 0.0)\n",
    ),
    _case(
        "sys-exit",
        "\nimport sys\nsys.exit = lambda code=0: None\n",
        "\nimport sys\nsys.path.insert(0, 'src')\n",
    ),
    _case(
        "settrace",
        "\nimport sys\ndef skipper(frame, event, arg):\n    return None\nsys.settrace(skipper)\n",
        "\nimport sys\nsys.settrace(None)\n",
    ),
    _case(
        "meta-path",
        "\nimport sys\nclass Finder:\n    def find_spec(self, name, path, target=None):\n"
        "        return None\nsys.meta_path.insert(0, Finder())\n",
        "\nimport sys\nassert sys.meta_path\n",
    ),
    _case(
        "modules-framework",
        "\nimport sys, types\nsys.modules['unittest'] = types.ModuleType('unittest')\n",
        "\nimport sys, types\nsys.modules['RPi'] = types.ModuleType('RPi')\n",
    ),
    _case(
        "product-on-import",
        "\nfrom shop import cart\ncart.total = lambda items: 3\n",
        "\nfrom shop import settings\nsettings.DEBUG = True\n",
    ),
    _case(
        "product-in-a-hook",
        "\nimport shop.cart\ndef fake(n):\n    return 19\n"
        "def pytest_configure(config):\n    setattr(shop.cart, 'tax', fake)\n",
        "\nimport shop.mail\ndef fake(text):\n    return None\n"
        "def pytest_configure(config):\n    setattr(shop.mail, 'send', fake)\n",
    ),
    _case(
        "product-module-replaced",
        "\nimport sys\nfrom unittest.mock import Mock\nsys.modules['shop.cart'] = Mock()\n",
        "\nimport sys\nfrom unittest.mock import MagicMock\nsys.modules['stripe'] = MagicMock()\n",
    ),
    _case(
        "product-by-autouse",
        "\n@pytest.fixture(autouse=True)\ndef easy(monkeypatch):\n"
        "    monkeypatch.setattr('shop.cart.total', lambda items: 3)\n",
        "\n@pytest.fixture(autouse=True)\ndef offline(monkeypatch):\n"
        "    monkeypatch.setattr('shop.mail.send', lambda text: None)\n",
        trial=True,
    ),
    _case(
        "product-by-patch-object",
        "\nfrom unittest import mock\nfrom shop import cart\n"
        "@pytest.fixture(autouse=True, scope='session')\ndef easy():\n"
        "    with mock.patch.object(cart, 'tax', return_value=19):\n        yield\n",
        "\nfrom unittest import mock\nfrom shop import mail\n"
        "@pytest.fixture(autouse=True, scope='session')\ndef easy():\n"
        "    with mock.patch.object(mail, 'send', return_value=None):\n        yield\n",
        trial=True,
    ),
    _case(
        "writes-a-test",
        "\nfrom pathlib import Path\ndef pytest_configure(config):\n"
        "    Path(__file__).with_name('test_cart.py').write_text('def test_total(): pass')\n",
        "\nfrom pathlib import Path\n@pytest.fixture\ndef script(tmp_path):\n"
        "    (tmp_path / 'run.py').write_text('x = 1')\n",
    ),
    _case(
        "writes-the-report",
        "\nimport os\ndef pytest_unconfigure(config):\n"
        "    with open(os.path.join('build', 'junit.xml'), 'w') as f:\n"
        "        f.write('<testsuite/>')\n",
        "\nimport os\ndef pytest_unconfigure(config):\n"
        "    with open(os.path.join('build', 'timings.txt'), 'w') as f:\n"
        "        f.write('ok')\n",
    ),
    _files(
        "own-pytest",
        {"pytest.py": "def main(*a):\n    return 0\n"},
        {"shop/pytest.py": "def main(*a):\n    return 0\n"},
    ),
    _files(
        "own-unittest-in-tests",
        {"tests/unittest.py": "class TestCase:\n    pass\n"},
        {"tests/unit_helpers.py": "class Helper:\n    pass\n"},
    ),
    _files(
        "sitecustomize",
        {"sitecustomize.py": "import shop\n"},
        {"shop/customize.py": "import shop\n"},
    ),
    _files(
        "path-file",
        {"src/local.pth": "import shop.boot\n"},
        {"src/local.pth": "vendor\n"},
    ),
]
