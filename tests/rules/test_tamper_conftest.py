"""Plugins that change what becomes of tests, judged by their effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

TREE = {
    "shop/cart.py": "def total(items):\n    return sum(items)\n",
    "shop/mail.py": "def send(text):\n    return text\n",
    "tests/test_cart.py": "from shop import cart\n\n\ndef test_total():\n    cart.total([1])\n",
}
ITEMS = "import os, sys, pytest\ndef pytest_collection_modifyitems(config, items):\n"
RESULT = (
    "import pytest\n@pytest.hookimpl(hookwrapper=True)\n"
    "def pytest_runtest_makereport(item, call):\n"
)


def worst(ask: Ask, rule: str, code: str, path: str = "tests/conftest.py") -> tuple[Risk, str]:
    """Give the highest risk that a rule sees in a new file, and what settles it."""
    found = ask(rule, TREE, {**TREE, path: code})
    return max(((one.risk, one.settled_by) for one in found), default=(Risk.NONE, ""))


@pytest.mark.parametrize(
    ("body", "risk", "settled"),
    [
        ("    items *= 0\n", Risk.NONE, ""),
        ("    items[:] = items[::-1]\n", Risk.NONE, ""),
        ("    items[:] = items[::2]\n", Risk.HIGH, ""),
        ("    items[:] = [*items]\n", Risk.NONE, ""),
        ("    items += []\n", Risk.NONE, ""),
        ("    items[:] += [items[0]]\n", Risk.NONE, ""),
        ("    items[:] *= 0\n", Risk.HIGH, ""),
        ("    items[:] = (i for i in items if i.name)\n", Risk.HIGH, ""),
        ("    items[:] = sorted(i for i in items if i.name)\n", Risk.HIGH, ""),
        ("    kept = items[:2]\n    items[:] = kept\n", Risk.HIGH, ""),
        ("    list.clear(items)\n", Risk.HIGH, ""),
        (
            "    for i in items:\n        i.own_markers.append(pytest.mark.skip.mark)\n",
            Risk.HIGH,
            "",
        ),
        ("    for i in items:\n        i.add_marker('xfail')\n", Risk.HIGH, ""),
        (
            (
                "    for i in items:\n"
                "        i.add_marker(pytest.mark.skipif(sys.platform == 'win32'))\n"
            ),
            Risk.NONE,
            "",
        ),
        ("    if 'conversion' in items[0].name:\n        items.clear()\n", Risk.HIGH, ""),
        ("    if items and sys.version_info > (3, 8):\n        items.clear()\n", Risk.HIGH, ""),
        ("    if sys.version_info > (3, 12):\n        items.clear()\n", Risk.MEDIUM, ""),
        ("    if not config.getoption('--slow'):\n        items.clear()\n", Risk.MEDIUM, ""),
        (
            "    slow = config.getoption('--slow')\n    if slow:\n        del items[:]\n",
            Risk.MEDIUM,
            "",
        ),
        ("    if not os.environ.get('SLOW'):\n        items.clear()\n", Risk.HIGH, "trial"),
        ("    if os.environ.get('CI'):\n        items.clear()\n", Risk.HIGH, ""),
        ("    if False:\n        items.clear()\n", Risk.NONE, ""),
    ],
)
def test_takes_tests_away(ask: Ask, body: str, risk: Risk, settled: str) -> None:
    """What shortens the list is found, an honest question makes it a warning, order is silent."""
    assert worst(ask, "SMG317", ITEMS + body) == (risk, settled)


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("def pytest_ignore_collect(path):\n    return 'orders' in str(path)\n", "trial"),
        ("def pytest_ignore_collect(path):\n    return path.ext == 'pyx' or '.git' in path\n", ""),
        ("def pytest_ignore_collect(path):\n    return path.basename in ('test_a.py',)\n", "high"),
        ("def pytest_ignore_collect(path):\n    return False\n", ""),
        ("def pytest_collection(session):\n    return True\n", "high"),
        ("def pytest_collection(session):\n    session.perform_collect()\n    return True\n", ""),
        ("import pytest\npytest.skip('no', allow_module_level=True)\n", "high"),
        ("def pytest_cmdline_main(config):\n    return 1\n", ""),
        ("import pytest\n@pytest.fixture\ndef db():\n    pytest.skip('no database')\n", ""),
    ],
)
def test_answers_for_pytest(ask: Ask, code: str, risk: str) -> None:
    """A hook may answer where it has done what pytest would have."""
    found = worst(ask, "SMG317", code)
    assert (found[1] or ("high" if found[0] >= Risk.HIGH else "")) == risk


@pytest.mark.parametrize(
    ("body", "is_bad"),
    [
        ("    o = yield\n    o.get_result().outcome = 'pass' + 'ed'\n", True),
        ("    o = yield\n    o.get_result().outcome = 'failed'\n", False),
        ("    o = yield\n    a, o.get_result().outcome = 1, 'passed'\n", True),
        ("    o = yield\n    r = o.get_result()\n    r.wasxfail = r.wasxfail\n", False),
        ("    o = yield\n    r = o.get_result()\n    r.longrepr = 'see the log'\n", False),
        ("    o = yield\n    r = o.get_result()\n    r.longrepr = None\n", True),
        ("    o = yield\n    del o.get_result().longrepr\n", True),
        ("    o = yield\n    o.force_result(o.get_result())\n", False),
        ("    o = yield\n    o.force_result(True)\n", True),
        ("    o = yield\n    if item.config.getoption('--x'):\n        o.force_result(0)\n", True),
        ("    try:\n        yield\n    except ValueError:\n        pass\n", False),
        ("    try:\n        yield\n    except Exception as e:\n        item.error = e\n", False),
        ("    try:\n        yield\n    except Exception:\n        pass\n", True),
        ("    try:\n        yield\n    finally:\n        return None\n", True),
        ("    try:\n        yield\n    except Exception:\n        raise ValueError\n", False),
        ("    try:\n        yield\n    except Exception:\n        raise pytest.skip.X()\n", True),
        ("    call.outcome = None\n    yield\n", True),
        ("    self.outcome = None\n    yield\n", False),
    ],
)
def test_rewrites_an_outcome(ask: Ask, body: str, is_bad: bool) -> None:  # noqa: FBT001 (a case)
    """A result may get worse, never better."""
    assert (worst(ask, "SMG315", RESULT + body)[0] is Risk.HIGH) == is_bad


def test_an_option_is_no_reason_to_rewrite_outcomes(ask: Ask) -> None:
    """Behind an option it still needs the trial, because CI may give it."""
    body = "    o = yield\n    if item.config.getoption('x'):\n        o.get_result().outcome = 1\n"
    assert worst(ask, "SMG315", RESULT + body) == (Risk.HIGH, "trial")


@pytest.mark.parametrize(
    ("code", "is_bad"),
    [
        ("def pytest_sessionfinish(session):\n    session.exitstatus = 1\n", False),
        ("def pytest_sessionfinish(session):\n    session.exitstatus = False\n", True),
        (
            (
                "def pytest_sessionfinish(session, exitstatus):\n"
                "    if exitstatus == 5:\n        session.exitstatus = 0\n"
            ),
            False,
        ),
        ("def pytest_sessionfinish(session):\n    session.testsfailed -= 1\n", True),
        ("def pytest_sessionfinish(session):\n    session.testsfailed += 1\n", False),
        ("def pytest_sessionstart(session):\n    session.shouldstop = 'x'\n", True),
        (
            (
                "def pytest_runtest_logreport(report):\n"
                "    if report.failed:\n        SESSION.shouldstop = 'x'\n"
            ),
            False,
        ),
        ("def pytest_terminal_summary(tr):\n    tr.stats['failed'].clear()\n", True),
        ("def pytest_terminal_summary(tr):\n    tr.stats.pop('deselected')\n", False),
        ("def pytest_configure(config):\n    config.option.maxfail = 1\n", False),
        ("def pytest_configure(config):\n    config.option.keyword += 'x'\n", False),
        ("def pytest_configure(config):\n    config.addinivalue_line('addopts', '-k x')\n", True),
        ("def pytest_configure(config):\n    config.inicfg['addopts'] = '-k x'\n", True),
        ("def pytest_configure(config):\n    config.pluginmanager.set_blocked('runner')\n", True),
        ("def pytest_configure(config):\n    config.pluginmanager.set_blocked('mine')\n", False),
        ("def pytest_load_initial_conftests(args):\n    args[:] = ['-n4', *args]\n", False),
        ("def pytest_load_initial_conftests(args):\n    args[:] = ['-kx', *args]\n", True),
        ("def pytest_load_initial_conftests(args):\n    args.insert(0, '--co')\n", True),
    ],
)
def test_rewrites_the_run(ask: Ask, code: str, is_bad: bool) -> None:  # noqa: FBT001 (a case)
    """The status, the counts and the options are the caller's."""
    assert (worst(ask, "SMG316", code)[0] is Risk.HIGH) == is_bad


@pytest.mark.parametrize(
    ("path", "code", "is_bad"),
    [
        ("shop/x.py", "import pytest\npytest.raises = None\n", True),
        ("shop/x.py", "import pytest\npytest.colour = None\n", False),
        ("shop/x.py", "import unittest\nvars(unittest.TestCase)['run'] = None\n", True),
        ("shop/x.py", "import unittest as u\nu.TestCase.longMessage = True\n", False),
        ("shop/x.py", "import sys\nsys.exit = print\n", False),
        ("conftest.py", "import sys\nsys.exit = print\n", True),
        ("conftest.py", "import operator\noperator.eq = lambda a, b: True\n", True),
        ("conftest.py", "__builtins__['AssertionError'] = ValueError\n", True),
        ("conftest.py", "import sys\nsys.setprofile(print)\n", True),
        ("tests/test_a.py", "def test_a(mocker):\n  mocker.patch('pytest.fail', 1)\n", False),
    ],
)
def test_patches_the_framework(ask: Ask, path: str, code: str, is_bad: bool) -> None:  # noqa: FBT001
    """For good it is denied anywhere; what one test puts back is its own matter."""
    assert (worst(ask, "SMG318", code, path)[0] is Risk.HIGH) == is_bad


@pytest.mark.parametrize(
    ("path", "code", "is_bad"),
    [
        ("_pytest/runner.py", "", False),
        ("_pytest/__init__.py", "x = 1\n", True),
        ("src/coverage/__init__.py", "x = 1\n", True),
        ("src/shop/coverage.py", "x = 1\n", False),
        ("tests/conftest_helpers.py", "x = 1\n", False),
        ("lib/sitecustomize.py", "x = 1\n", True),
        ("docs/sitecustomize.py", "x = 1\n", False),
        ("a.pth", "import os\n", True),
        ("a.pth", "lib\n", False),
    ],
)
def test_shadows_a_tool(ask: Ask, path: str, code: str, is_bad: bool) -> None:  # noqa: FBT001
    """Only where Python looks for modules."""
    assert (worst(ask, "SMG319", code, path)[0] is Risk.HIGH) == is_bad


def test_a_module_of_a_package_of_tests(ask: Ask) -> None:
    """Where the tests are a package, a module beside them has its name before its own."""
    old = {**TREE, "tests/__init__.py": ""}
    assert ask("SMG319", old, {**old, "tests/coverage.py": "x = 1\n"}) == []
    assert ask("SMG319", TREE, {**TREE, "tests/coverage.py": "x = 1\n"})


FIXTURE = "import pytest\n@pytest.fixture(autouse=True)\ndef f(monkeypatch):\n    "


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import shop.cart\nshop.cart.total = lambda x: 3\n", (Risk.HIGH, "")),
        ("from unittest.mock import patch\npatch('shop.cart.total').start()\n", (Risk.HIGH, "")),
        (FIXTURE + "monkeypatch.setattr('shop.cart.total', f)\n", (Risk.HIGH, "trial")),
        (FIXTURE + "monkeypatch.setattr('shop.cart.LIMIT', 3)\n", (Risk.NONE, "")),
        (FIXTURE + "monkeypatch.setattr('shop.mail.send', f)\n", (Risk.NONE, "")),
        (FIXTURE.replace("autouse=True", "") + "monkeypatch.setattr('shop.cart.total', f)\n",
         (Risk.NONE, "")),
        ("import os\nos.remove('tests/test_cart.py')\n", (Risk.HIGH, "")),
        ("text = 'test_cart.py'.replace('.py', '')\n", (Risk.NONE, "")),
        ("def pytest_unconfigure():\n    open('out/junit.xml').read()\n", (Risk.NONE, "")),
        ("def pytest_unconfigure():\n    open('out/junit.xml', 'a').write('')\n", (Risk.HIGH, "")),
    ],
)  # fmt: skip
def test_replaces_the_project(ask: Ask, code: str, found: tuple[Risk, str]) -> None:
    """What tests call, and files of the project, stay as they are."""
    assert worst(ask, "SMG320", code) == found


@pytest.mark.parametrize("rule", ["SMG315", "SMG316", "SMG317", "SMG318", "SMG320"])
def test_what_was_there_is_no_news(ask: Ask, rule: str) -> None:
    """An old hook that moves within its file is silent."""
    bad = (
        "import sys, pytest, shop.cart\n"
        "shop.cart.total = lambda x: 3\npytest.raises = None\n"
        "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
        "def pytest_collection_modifyitems(items):\n    items.clear()\n"
        "def pytest_runtest_logreport(report):\n    report.outcome = 'passed'\n"
    )
    old = {**TREE, "conftest.py": bad, "tests/conftest.py": ""}
    assert ask(rule, old, {**old, "conftest.py": "import os\n\n" + bad}) == []
    assert ask(rule, TREE, {**TREE, "conftest.py": bad})


@pytest.mark.parametrize("rule", ["SMG315", "SMG316", "SMG317", "SMG318", "SMG320"])
@pytest.mark.parametrize(
    "code",
    [
        "def pytest_configure():\n    if a:\n        pass\n" + "    elif b:\n        x = 1\n" * 400,
        "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(500))
        + "def pytest_configure():\n    f0()\n",
        (
            "x = [x]\ny = z\nz = y\ndef pytest_collection_modifyitems(items):\n"
            "    items[:] = y\n    items[0].add_marker(x)\n    items[0].add_marker(y)\n"
        ),
    ],
)
def test_hostile_code_ends(ask: Ask, rule: str, code: str) -> None:
    """Long chains and circles are followed no further than they lead."""
    words = "# outcome setattr exit open =\n"
    assert isinstance(ask(rule, {}, {"conftest.py": code + words}), list)
