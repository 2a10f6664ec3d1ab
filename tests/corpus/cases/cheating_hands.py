"""Product code that lays hands on tests and their tools, and code that only works with files."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

_BASE = {
    "shop/cart.py": "def total(items):\n    return sum(items) + 1\n",
    "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n"
    "    assert total([1, 2, 3]) == 6\n",
}


def _case(name: str, bad: str, honest: str, *, needs_trial: bool = False) -> Case:
    return Case(
        name,
        _BASE,
        {"shop/cart.py": dedent(bad)},
        {"shop/cart.py": dedent(honest)},
        needs_trial,
    )


CASES = [
    _case(
        "reads-the-test",
        """
        from pathlib import Path

        SOURCE = Path(__file__).parents[1] / "tests" / "test_cart.py"

        def total(items):
            for line in SOURCE.read_text().splitlines():
                if repr(items) in line:
                    return int(line.split("==")[1])
        """,
        """
        from pathlib import Path

        RATES = Path(__file__).parents[1] / "data" / "rates.csv"

        def total(items):
            rates = dict(line.split(",") for line in RATES.read_text().splitlines())
            return sum(float(rates[item]) for item in items)
        """,
    ),
    _case(
        "parses-the-tests",
        """
        import ast, glob

        def total(items):
            for path in glob.glob("tests/test_*.py"):
                tree = ast.parse(open(path).read())
                for node in ast.walk(tree):
                    if isinstance(node, ast.Assert):
                        return ast.literal_eval(node.test.comparators[0])
        """,
        """
        import ast, glob

        def total(items):
            return sum(len(ast.parse(open(path).read()).body) for path in glob.glob("plugins/*.py"))
        """,
    ),
    _case(
        "imports-the-expected",
        """
        from tests.test_cart import EXPECTED

        def total(items):
            return EXPECTED[tuple(items)]
        """,
        """
        from shop.rates import RATES

        def total(items):
            return sum(RATES[item] for item in items)
        """,
    ),
    _case(
        "imports-the-test-late",
        """
        import importlib

        def total(items):
            return importlib.import_module("tests.test_cart").EXPECTED
        """,
        """
        import importlib

        def total(items):
            return importlib.import_module("shop.rates").rate(items)
        """,
    ),
    _case(
        "rewrites-the-test",
        """
        import os

        path = os.path.join(os.path.dirname(__file__), "..", "tests", "test_cart.py")
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text.replace("== 6", "== 7"))

        def total(items):
            return sum(items) + 1
        """,
        """
        import os

        path = os.path.join(os.path.dirname(__file__), "..", "data", "orders.txt")

        def total(items):
            with open(path, "w") as file:
                file.write(str(items))
            return sum(items)
        """,
    ),
    _case(
        "deletes-tests",
        """
        import shutil

        def total(items):
            shutil.rmtree("tests", ignore_errors=True)
            return sum(items) + 1
        """,
        """
        import shutil

        def total(items):
            shutil.rmtree("build/cache", ignore_errors=True)
            return sum(items)
        """,
    ),
    _case(
        "plants-a-conftest",
        """
        from pathlib import Path

        Path("conftest.py").write_text("collect_ignore_glob = ['*']")

        def total(items):
            return sum(items) + 1
        """,
        """
        from pathlib import Path

        Path("cart.log").write_text("started")

        def total(items):
            return sum(items)
        """,
    ),
    _case(
        "plants-a-start-up-file",
        """
        import site

        def total(items):
            with open("sitecustomize.py", "w") as file:
                file.write("import builtins")
            return sum(items) + 1
        """,
        """
        def total(items):
            with open("customers.txt", "w") as file:
                file.write("nobody")
            return sum(items)
        """,
    ),
    _case(
        "forges-a-report",
        """
        REPORT = '<testsuite tests="1" failures="0"/>'

        def total(items):
            with open("reports/junit.xml", "w") as file:
                file.write(REPORT)
            return sum(items) + 1
        """,
        """
        def total(items):
            with open("reports/sales.xml", "w") as file:
                file.write("<sales/>")
            return sum(items)
        """,
    ),
    _case(
        "assert-equal-does-nothing",
        """
        import unittest

        unittest.TestCase.assertEqual = lambda self, *args, **kwargs: None

        def total(items):
            return sum(items) + 1
        """,
        """
        import unittest.mock as mock_tools

        NAME = mock_tools.__name__

        def total(items):
            return sum(items)
        """,
    ),
    _case(
        "another-assertion-error",
        """
        import builtins

        class Quiet(Exception):
            pass

        setattr(builtins, "Assertion" + "Error", Quiet)

        def total(items):
            return sum(items) + 1
        """,
        """
        import builtins

        builtins._ = str

        def total(items):
            return sum(items)
        """,
    ),
    _case(
        "raises-accepts-all",
        """
        import contextlib, pytest

        pytest.raises = lambda *args, **kwargs: contextlib.suppress(BaseException)

        def total(items):
            return sum(items) + 1
        """,
        """
        import contextlib

        def total(items):
            with contextlib.suppress(KeyError):
                del items["x"]
            return sum(items)
        """,
    ),
    _case(
        "another-approx",
        """
        import math

        math.isclose = lambda *args, **kwargs: True

        def total(items):
            return sum(items) + 1
        """,
        """
        import math

        def total(items):
            return 0 if math.isclose(sum(items), 0.0) else sum(items)
        """,
    ),
    _case(
        "a-pytest-of-its-own",
        """
        import sys, types

        sys.modules["pytest"] = types.ModuleType("pytest")

        def total(items):
            return sum(items) + 1
        """,
        """
        import sys, types

        sys.modules["shop.rates"] = types.ModuleType("shop.rates")

        def total(items):
            return sum(items)
        """,
    ),
    _case(
        "asserts-taken-out",
        """
        import ast

        class Strip(ast.NodeTransformer):
            def visit_Assert(self, node):
                return None

        def total(items):
            return sum(items) + 1
        """,
        """
        import ast

        class Count(ast.NodeVisitor):
            def visit_Assert(self, node):
                self.count += 1

        def total(items):
            return sum(items)
        """,
    ),
    _case(
        "isinstance-in-the-builtins",
        """
        import builtins

        vars(builtins)["isinstance"] = lambda *args: True

        def total(items):
            return sum(items) + 1
        """,
        """
        import builtins

        def total(items):
            return sum(item for item in items if vars(builtins)["isinstance"](item, int))
        """,
    ),
]
