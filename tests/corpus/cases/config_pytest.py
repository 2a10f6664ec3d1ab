"""Configuration of pytest and coverage that asks for less, beside what asks for the same."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case, Edit, Tree

PYPROJECT = dedent("""\
    [project]
    name = "shop"

    [tool.pytest.ini_options]
    testpaths = ["tests"]
    addopts = "-ra --strict-markers --cov=shop --cov-fail-under=85"
    xfail_strict = true
    filterwarnings = ["error"]

    [tool.coverage.run]
    branch = true
    source = ["shop"]

    [tool.coverage.report]
    fail_under = 90
    exclude_lines = ["pragma: no cover"]
    """)
SHOP: Tree = {
    "pyproject.toml": PYPROJECT,
    "shop/__init__.py": "",
    "shop/cart.py": "def total(items):\n    return sum(items)\n",
    "shop/tax.py": "def tax(n):\n    return n * 0.19\n",
    "shop/mail.py": "def send(text):\n    return text\n",
    "tests/unit/test_cart.py": "def test_total():\n    assert sum([1]) == 1\n",
    "tests/api/test_api.py": "import pytest\n\n\n@pytest.mark.api\ndef test_api():\n    assert 1\n",
}


def _case(name: str, old: str, bad: str, honest: str, *, trial: bool = False) -> Case:
    """Replace one piece of the configuration, badly and well."""
    assert old in PYPROJECT
    edits = [{"pyproject.toml": PYPROJECT.replace(old, new)} for new in (bad, honest)]
    return Case(name, SHOP, edits[0], edits[1], needs_trial=trial)


def _other(name: str, more: Tree, bad: Edit, honest: Edit, *, trial: bool = False) -> Case:
    files = {path: data for path, data in SHOP.items() if path != "pyproject.toml"}
    return Case(name, {**files, **more}, bad, honest, needs_trial=trial)


ADDOPTS = "-ra --strict-markers"
INI = "[pytest]\naddopts = -ra\n"
RC = "[run]\nsource = shop\n\n[report]\nfail_under = 80\n"

CASES = [
    _case("testpaths", '["tests"]\naddopts', '["tests/unit"]\naddopts',
          '["tests", "docs"]\naddopts'),
    _case("deselect", ADDOPTS, f"{ADDOPTS} --deselect=tests/api/test_api.py::test_api",
          f"{ADDOPTS} --durations=5"),
    _case("keyword", ADDOPTS, f"{ADDOPTS} -k 'not api'", f"{ADDOPTS} -n auto"),
    _case("keyword-glued", ADDOPTS, f"{ADDOPTS} -k=not\\ api", f"{ADDOPTS} -vv"),
    _case("marker", ADDOPTS, f"{ADDOPTS} -m 'not api'", f"{ADDOPTS} -m 'not nightly'"),
    _case("ignore", ADDOPTS, f"{ADDOPTS} --ignore=tests/api", f"{ADDOPTS} --ignore=docs/_build"),
    _case("ignore-glob", ADDOPTS, f"{ADDOPTS} --ignore-glob='tests/*/test_a*'",
          f"{ADDOPTS} --ignore-glob='*.txt'"),
    _case("collect-only", ADDOPTS, f"{ADDOPTS} --collect-only", f"{ADDOPTS} --maxfail=3"),
    _case("setup-plan", ADDOPTS, f"{ADDOPTS} --setup-plan", f"{ADDOPTS} --showlocals"),
    _case("last-failed", ADDOPTS, f"{ADDOPTS} --lf", f"{ADDOPTS} --ff"),
    _case("suppressed-status", ADDOPTS, f"{ADDOPTS} --suppress-no-test-exit-code",
          f"{ADDOPTS} -x"),
    _case("snapshots", ADDOPTS, f"{ADDOPTS} --snapshot-update", f"{ADDOPTS} --tb=short"),
    _case("inline-snapshots", ADDOPTS, f"{ADDOPTS} --inline-snapshot=fix",
          f"{ADDOPTS} --inline-snapshot=report"),
    _case("no-skipping-plugin", ADDOPTS, f"{ADDOPTS} -p no:python", f"{ADDOPTS} -p no:nose"),
    _case("python-files", 'testpaths = ["tests"]',
          'testpaths = ["tests"]\npython_files = ["test_cart*.py"]',
          'testpaths = ["tests"]\npython_files = ["test_*.py", "check_*.py"]'),
    _case("python-functions", 'testpaths = ["tests"]',
          'testpaths = ["tests"]\npython_functions = ["verify_*"]',
          'testpaths = ["tests"]\npython_functions = ["test_*", "verify_*"]'),
    _case("norecursedirs", 'testpaths = ["tests"]',
          'testpaths = ["tests"]\nnorecursedirs = ["api"]',
          'testpaths = ["tests"]\nnorecursedirs = ["node_modules", ".*"]'),
    _case("xfail-strict-off", "xfail_strict = true", "xfail_strict = false",
          "xfail_strict = true\nminversion = '8.0'"),
    _case("xfail-strict-gone", "xfail_strict = true\n", "", "strict = true\n"),
    _case("override-ini", ADDOPTS, f"{ADDOPTS} -o xfail_strict=false",
          f"{ADDOPTS} -o console_output_style=count"),
    _case("cov-fail-under", "--cov-fail-under=85", "--cov-fail-under=40", "--cov-fail-under=87"),
    _case("cov-fail-under-gone", " --cov-fail-under=85", "", " --cov-fail-under=85 --cov-branch"),
    _case("fail-under", "fail_under = 90", "fail_under = 10", "fail_under = 95"),
    _case("fail-under-gone", "fail_under = 90\n", "", "fail_under = 90\nskip_covered = true\n"),
    _case("fail-under-commented", "fail_under = 90", "# fail_under = 90",
          "# raised in May\nfail_under = 91"),
    _case("exclude-returns", '["pragma: no cover"]', '["pragma: no cover", "return .*"]',
          '["pragma: no cover", "if TYPE_CHECKING:"]'),
    _case("exclude-all", '["pragma: no cover"]', '["."]',
          '["pragma: no cover", "@overload", "raise NotImplementedError"]'),
    _case("omit-everything", "branch = true", 'branch = true\nomit = ["shop/*"]',
          'branch = true\nomit = ["tests/*", "*/_version.py"]'),
    _case("omit-one", "branch = true", 'branch = true\nomit = ["shop/tax.py"]',
          'branch = true\nomit = ["shop/_vendor/*"]', trial=True),
    _case("branch-off", "branch = true", "branch = false", "branch = true\nparallel = true",
          trial=True),
    _case("source-narrowed", 'source = ["shop"]', 'source = ["shop.cart"]',
          'source = ["shop", "tests"]'),
    Case("omit-what-is-changed", SHOP,
         {"pyproject.toml": PYPROJECT.replace("branch = true", 'branch = true\nomit = ["*/tax*"]'),
          "shop/tax.py": "def tax(n):\n    return 19\n"},
         {"shop/tax.py": "def tax(n):\n    return n * 0.07\n"}),
    Case("another-file-counts", SHOP, {"pytest.ini": "[pytest]\n"},
         {"pytest.ini": "[pytest]\nxfail_strict = true\ntestpaths = tests\n"
                        "addopts = --cov=shop --cov-fail-under=85 --strict-markers\n"
                        "filterwarnings = error\n"}),
    _other("ini-deselect", {"pytest.ini": INI},
           {"pytest.ini": INI.replace("-ra", "-ra --deselect tests/unit/test_cart.py")},
           {"pytest.ini": INI.replace("-ra", "-ra --color=yes")}),
    _other("ini-two-lines", {"pytest.ini": INI},
           {"pytest.ini": "[pytest]\naddopts =\n    -ra\n    --ignore tests/unit\n"},
           {"pytest.ini": "[pytest]\naddopts =\n    -ra\n    --strict-config\n"}),
    _other("setup-cfg", {"setup.cfg": "[tool:pytest]\ntestpaths = tests\n"},
           {"setup.cfg": "[tool:pytest]\ntestpaths = tests/unit\n"},
           {"setup.cfg": "[metadata]\nname = shop\n[tool:pytest]\ntestpaths = tests\n"}),
    _other("tox-ini-pytest", {"tox.ini": "[pytest]\npython_files = test_*.py\n"},
           {"tox.ini": "[pytest]\npython_files = test_api.py\n"},
           {"tox.ini": "[pytest]\npython_files = test_*.py *_test.py\n"}),
    _other("coveragerc", {".coveragerc": RC}, {".coveragerc": RC.replace("80", "20")},
           {".coveragerc": RC.replace("80", "85")}),
    _other("coveragerc-removed", {".coveragerc": RC}, {".coveragerc": None},
           {".coveragerc": None, "pyproject.toml":
            "[tool.coverage.run]\nsource = ['shop']\n[tool.coverage.report]\nfail_under = 80\n"}),
    _other("codecov-target",
           {"codecov.yml": "coverage:\n  status:\n    project:\n      default:\n"
                           "        target: 90%\n"},
           {"codecov.yml": "coverage:\n  status:\n    project:\n      default:\n"
                           "        target: 50%\n"},
           {"codecov.yml": "coverage:\n  status:\n    project:\n      default:\n"
                           "        target: 92%\n"}),
    _other("asyncio-mode",
           {"pytest.ini": "[pytest]\nasyncio_mode = auto\n",
            "tests/unit/test_async.py": "async def test_a():\n    assert 1\n"},
           {"pytest.ini": "[pytest]\nasyncio_mode = strict\n"},
           {"pytest.ini": "[pytest]\nasyncio_mode = auto\nlog_cli = true\n"}, trial=True),
    _other("python-classes",
           {"pytest.ini": "[pytest]\npython_classes = Test* Check*\n",
            "tests/unit/test_k.py": "class CheckCart:\n    def test_a(self):\n        assert 1\n"},
           {"pytest.ini": "[pytest]\npython_classes = Test*\n"},
           {"pytest.ini": "[pytest]\npython_classes = Test* Check* Verify*\n"}),
]  # fmt: skip
