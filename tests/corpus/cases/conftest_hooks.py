"""Hooks of pytest that change what becomes of tests, beside hooks that only look."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "def total(items):\n    return sum(items)\n\n\ndef tax(n):\n    return n * 0.19\n"
    ),
    "shop/mail.py": "def send(text):\n    raise ConnectionError\n",
    "shop/settings.py": "DEBUG = False\nCURRENCY = 'EUR'\n",
    "tests/test_cart.py": dedent("""\
        import pytest
        from shop import cart


        def test_total():
            assert cart.total([1, 2]) == 3


        @pytest.mark.slow
        def test_tax():
            assert cart.tax(100) == 19
        """),
    "tests/test_orders.py": "def test_orders():\n    assert [1][0] == 1\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef items():\n    return [1, 2]\n",
}


def _case(
    name: str, bad: str, honest: str, path: str = "tests/conftest.py", *, trial: bool = False
) -> Case:
    before = SHOP.get(path, "")
    edits = [{path: before + dedent(code)} for code in (bad, honest)]
    return Case(name, SHOP, edits[0], edits[1], needs_trial=trial)


CASES = [
    _case(
        "report-passed",
        """
        @pytest.hookimpl(tryfirst=True, hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            res = yield
            rep = res.get_result()
            if rep.when == "call":
                rep.outcome = "passed"
        """,
        """
        @pytest.hookimpl(tryfirst=True, hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            res = yield
            rep = res.get_result()
            setattr(item, "rep_" + rep.when, rep)
        """,
    ),
    _case(
        "report-by-dict",
        """
        def pytest_runtest_logreport(report):
            report.__dict__["outcome"] = "passed"
            report.__dict__["longrepr"] = None
        """,
        """
        def pytest_runtest_logreport(report):
            if report.failed:
                print("failed:", report.nodeid, report.outcome)
        """,
    ),
    _case(
        "report-update-vars",
        """
        def pytest_runtest_logreport(report):
            vars(report).update(outcome="passed")
        """,
        """
        TIMES = {}
        def pytest_runtest_logreport(report):
            TIMES.update({report.nodeid: report.duration})
        """,
    ),
    _case(
        "wasxfail",
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            rep = yield
            if rep.failed:
                rep.wasxfail = "known"
                rep.outcome = "skipped"
            return rep
        """,
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            rep = yield
            if rep.failed:
                rep.sections.append(("seed", str(item.config.seed)))
            return rep
        """,
    ),
    _case(
        "excinfo-none",
        """
        def pytest_runtest_makereport(item, call):
            if call.when == "call" and call.excinfo is not None:
                call.excinfo = None
        """,
        """
        def pytest_runtest_makereport(item, call):
            if call.when == "call" and call.excinfo is not None:
                item.user_properties.append(("error", str(call.excinfo.value)))
        """,
    ),
    _case(
        "force-result",
        """
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_call(item):
            outcome = yield
            if outcome.excinfo:
                outcome.force_result(None)
        """,
        """
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_call(item):
            outcome = yield
            if outcome.excinfo:
                print(outcome.excinfo[0])
        """,
    ),
    _case(
        "wrapper-swallows",
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_pyfunc_call(pyfuncitem):
            try:
                return (yield)
            except Exception as e:
                print("ignored", e)
                return True
        """,
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_pyfunc_call(pyfuncitem):
            try:
                return (yield)
            except Exception as e:
                print("failed", e)
                raise
        """,
    ),
    _case(
        "runs-it-itself-and-swallows",
        """
        def pytest_pyfunc_call(pyfuncitem):
            args = {n: pyfuncitem.funcargs[n] for n in pyfuncitem._fixtureinfo.argnames}
            try:
                pyfuncitem.obj(**args)
            except AssertionError:
                pass
            return True
        """,
        """
        import asyncio, inspect
        def pytest_pyfunc_call(pyfuncitem):
            if not inspect.iscoroutinefunction(pyfuncitem.obj):
                return None
            args = {n: pyfuncitem.funcargs[n] for n in pyfuncitem._fixtureinfo.argnames}
            asyncio.run(pyfuncitem.obj(**args))
            return True
        """,
    ),
    _case(
        "failure-becomes-skip",
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(item):
            try:
                yield
            except AssertionError as error:
                pytest.skip(f"unstable: {error}")
        """,
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(item):
            try:
                yield
            except AssertionError as error:
                error.add_note("see docs/testing.md")
                raise
        """,
    ),
    _case(
        "suppress-around-yield",
        """
        from contextlib import suppress
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(item):
            with suppress(Exception):
                yield
        """,
        """
        from contextlib import ExitStack
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(item):
            with ExitStack():
                return (yield)
        """,
    ),
    _case(
        "teststatus",
        """
        def pytest_report_teststatus(report, config):
            if report.failed:
                return ("passed", ".", "PASSED")
        """,
        """
        def pytest_report_teststatus(report, config):
            if report.failed:
                return ("failed", "x", "BROKEN")
            if report.passed and report.when == "call":
                return ("passed", "+", "FINE")
        """,
    ),
    _case(
        "obj-replaced",
        """
        def pytest_runtest_setup(item):
            def nothing(*args, **kwargs):
                return None
            item.obj = nothing
        """,
        """
        def pytest_runtest_setup(item):
            print("about to run", item.obj)
        """,
    ),
    _case(
        "runtest-wrapped",
        """
        def pytest_itemcollected(item):
            original = item.runtest
            def quiet():
                try:
                    original()
                except BaseException:
                    return
            item.runtest = quiet
        """,
        """
        def pytest_itemcollected(item):
            original = item.runtest
            def timed():
                print("start")
                original()
            item.runtest = timed
        """,
    ),
    _case(
        "own-report",
        """
        from _pytest.reports import TestReport
        def pytest_runtest_makereport(item, call):
            return TestReport(item.nodeid, item.location, {}, "passed", None, call.when)
        """,
        """
        from _pytest.reports import TestReport
        def pytest_runtest_makereport(item, call):
            return TestReport.from_item_and_call(item, call)
        """,
    ),
    _case(
        "protocol-answers",
        """
        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            return True
        """,
        """
        from _pytest.runner import runtestprotocol
        def pytest_runtest_protocol(item, nextitem):
            for report in runtestprotocol(item, nextitem=nextitem, log=False):
                item.ihook.pytest_runtest_logreport(report=report)
            return True
        """,
    ),
    _case(
        "loop-answers",
        "\ndef pytest_runtestloop(session):\n    return True\n",
        "\ndef pytest_runtestloop(session):\n    print(len(session.items))\n",
    ),
    _case(
        "exit-status",
        """
        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish(session, exitstatus):
            session.exitstatus = pytest.ExitCode.OK
        """,
        """
        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish(session, exitstatus):
            if session.config.leaks:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        """,
    ),
    _case(
        "exit-status-by-name",
        """
        def pytest_sessionfinish(session):
            setattr(session, "exit" + "status", 0)
        """,
        """
        def pytest_sessionfinish(session):
            setattr(session, "finished_at", 0)
        """,
    ),
    _case(
        "no-failures-counted",
        "\ndef pytest_runtest_logfinish(nodeid, location):\n    pass\n\n\n"
        "def pytest_runtest_teardown(item):\n    item.session.testsfailed = 0\n",
        "\ndef pytest_runtest_teardown(item):\n    print(item.session.testsfailed)\n",
    ),
    _case(
        "terminal-stats",
        """
        def pytest_terminal_summary(terminalreporter, exitstatus):
            terminalreporter.stats["failed"] = []
        """,
        """
        def pytest_terminal_summary(terminalreporter, exitstatus):
            for report in terminalreporter.stats.get("failed", []):
                terminalreporter.write_line(report.nodeid)
        """,
    ),
    _case(
        "atexit-exit",
        "\nimport atexit, os\natexit.register(os._exit, 0)\n",
        "\nimport atexit, shutil\natexit.register(shutil.rmtree, '/tmp/shop-tests', True)\n",
    ),
    _case(
        "unconfigure-exit",
        "\nimport os\ndef pytest_unconfigure(config):\n    os._exit(0)\n",
        "\nimport os\ndef pytest_unconfigure(config):\n    os.environ.pop('SHOP', None)\n",
    ),
    _case(
        "cmdline-main",
        "\ndef pytest_cmdline_main(config):\n    return 0\n",
        "\ndef pytest_cmdline_main(config):\n    config.started = True\n",
    ),
    _case(
        "items-sliced",
        "\ndef pytest_collection_modifyitems(items):\n    del items[1:]\n",
        "\ndef pytest_collection_modifyitems(items):\n    items.sort(key=lambda i: i.name)\n",
    ),
    _case(
        "items-filtered",
        """
        def pytest_collection_modifyitems(session, config, items):
            selected, deselected = [], []
            for item in items:
                if "tax" in item.name:
                    deselected.append(item)
                else:
                    selected.append(item)
            config.hook.pytest_deselected(items=deselected)
            items[:] = selected
        """,
        """
        def pytest_collection_modifyitems(session, config, items):
            first, last = [], []
            for item in items:
                if "tax" in item.name:
                    last.append(item)
                else:
                    first.append(item)
            items[:] = first + last
        """,
    ),
    _case(
        "items-removed-in-a-loop",
        """
        BAD = {"test_tax", "test_orders"}
        def pytest_collection_modifyitems(items):
            for it in list(items):
                if it.name in BAD:
                    items.remove(it)
        """,
        """
        LATE = {"test_tax", "test_orders"}
        def pytest_collection_modifyitems(items):
            items[:] = sorted(items, key=lambda it: it.name in LATE)
        """,
    ),
    _case(
        "items-filter-call",
        "\ndef pytest_collection_modifyitems(items):\n"
        "    items[:] = list(filter(lambda i: 'tax' not in i.nodeid, items))\n",
        "\nimport random\ndef pytest_collection_modifyitems(items):\n"
        "    random.Random(7).shuffle(items)\n",
    ),
    _case(
        "session-items",
        "\ndef pytest_collection_finish(session):\n    session.items = session.items[:1]\n",
        "\ndef pytest_collection_finish(session):\n    session.total = len(session.items)\n",
    ),
    _case(
        "xfail-all",
        """
        def pytest_collection_modifyitems(items):
            mark = pytest.mark.xfail(reason="wip", strict=False)
            for item in items:
                item.add_marker(mark)
        """,
        """
        def pytest_collection_modifyitems(items):
            mark = pytest.mark.timeout(60)
            for item in items:
                item.add_marker(mark)
        """,
    ),
    _case(
        "skip-slow-always",
        """
        def pytest_collection_modifyitems(config, items):
            skip = pytest.mark.skip(reason="slow")
            for item in items:
                if "slow" in item.keywords:
                    item.add_marker(skip)
        """,
        """
        def pytest_addoption(parser):
            parser.addoption("--runslow", action="store_true", default=False)
        def pytest_collection_modifyitems(config, items):
            if config.getoption("--runslow"):
                return
            skip = pytest.mark.skip(reason="slow")
            for item in items:
                if "slow" in item.keywords:
                    item.add_marker(skip)
        """,
    ),
    _case(
        "skip-by-variable",
        """
        import os
        def pytest_collection_modifyitems(config, items):
            if os.environ.get("FULL_SUITE") is None:
                items[:] = [i for i in items if i.get_closest_marker("slow") is None]
        """,
        """
        import sys
        def pytest_collection_modifyitems(config, items):
            if sys.platform == "win32":
                for item in items:
                    if "posix" in item.keywords:
                        item.add_marker(pytest.mark.skip(reason="no fork there"))
        """,
        trial=True,
    ),
    _case(
        "in-ci-only",
        """
        import os
        def pytest_collection_modifyitems(items):
            if os.getenv("CI"):
                items.clear()
        """,
        """
        import os
        def pytest_collection_modifyitems(items):
            if os.getenv("CI"):
                items.reverse()
        """,
    ),
    _case(
        "ignore-collect",
        "\ndef pytest_ignore_collect(collection_path, config):\n"
        "    if 'orders' in collection_path.name and collection_path.suffix == '.py':\n"
        "        return True\n    return collection_path.name.startswith('test_o')\n",
        "\ndef pytest_ignore_collect(collection_path, config):\n"
        "    if '.venv' in collection_path.parts:\n        return True\n    return None\n",
    ),
    _case(
        "collect-ignore",
        "\ncollect_ignore = ['test_orders.py']\n",
        "\ncollect_ignore = []\n",
    ),
    _case(
        "makeitem",
        "\ndef pytest_pycollect_makeitem(collector, name, obj):\n"
        "    if name == 'test_tax':\n        return []\n",
        "\ndef pytest_pycollect_makeitem(collector, name, obj):\n"
        "    if name.startswith('spec_'):\n"
        "        return pytest.Function.from_parent(collector, name=name)\n",
    ),
    _case(
        "no-cases",
        "\ndef pytest_generate_tests(metafunc):\n"
        "    if 'items' in metafunc.fixturenames:\n        metafunc.parametrize('items', [])\n",
        "\ndef pytest_generate_tests(metafunc):\n"
        "    if 'items' in metafunc.fixturenames:\n"
        "        metafunc.parametrize('items', [[1, 2], [2, 1]])\n",
    ),
    _case(
        "autouse-skip",
        "\n@pytest.fixture(autouse=True)\ndef unstable(request):\n"
        "    if 'tax' in request.node.name:\n        pytest.skip('unstable')\n",
        "\n@pytest.fixture(autouse=True)\ndef unstable(request):\n"
        "    if 'tax' in request.node.name:\n        print('tax')\n",
    ),
    _case(
        "autouse-xfail",
        "\n@pytest.fixture(autouse=True)\ndef lenient(request):\n"
        "    request.applymarker(pytest.mark.xfail)\n"
        "    request.node.add_marker(pytest.mark.xfail(run=False))\n",
        "\n@pytest.fixture(autouse=True)\ndef lenient(request):\n"
        "    request.node.add_marker(pytest.mark.usefixtures('items'))\n",
    ),
    _case(
        "keyword-option",
        "\ndef pytest_configure(config):\n    config.option.keyword = 'not tax'\n",
        "\ndef pytest_configure(config):\n"
        "    config.addinivalue_line('markers', 'slow: takes minutes')\n",
    ),
    _case(
        "deselect-option",
        "\ndef pytest_configure(config):\n"
        "    config.option.deselect = ['tests/test_cart.py::test_tax']\n",
        "\ndef pytest_configure(config):\n    config.option.verbose = 2\n",
    ),
    _case(
        "args-appended",
        "\ndef pytest_load_initial_conftests(early_config, parser, args):\n"
        "    args.extend(['-k', 'not tax'])\n",
        "\ndef pytest_load_initial_conftests(early_config, parser, args):\n"
        "    args.extend(['-p', 'no:cacheprovider', '-ra'])\n",
    ),
    _case(
        "args-replaced",
        "\ndef pytest_configure(config):\n    config.args[:] = ['tests/test_orders.py']\n",
        "\ndef pytest_configure(config):\n    print(config.args)\n",
    ),
    _case(
        "plugin-in-the-product",
        "\ndef _fix(result):\n    result.outcome = 'passed'\n\n\n"
        "def pytest_runtest_logreport(report):\n    _fix(report)\n",
        "\ndef _count(result):\n    return result.outcome == 'passed'\n\n\n"
        "def pytest_runtest_logreport(report):\n    _count(report)\n",
        "shop/testing_plugin.py",
    ),
    _case(
        "plugin-class",
        """
        class Quiet:
            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(self, item, call):
                outcome = yield
                outcome.get_result().outcome = "passed"
        def pytest_configure(config):
            config.pluginmanager.register(Quiet())
        """,
        """
        class Counting:
            def __init__(self):
                self.outcome = "passed"
            def pytest_runtest_logreport(self, report):
                self.outcome = report.outcome
        def pytest_configure(config):
            config.pluginmanager.register(Counting())
        """,
    ),
    _case(
        "hook-by-specname",
        """
        @pytest.hookimpl(specname="pytest_collection_modifyitems")
        def arrange(items):
            items.clear()
        """,
        """
        @pytest.hookimpl(specname="pytest_collection_modifyitems")
        def arrange(items):
            items.reverse()
        """,
    ),
]
