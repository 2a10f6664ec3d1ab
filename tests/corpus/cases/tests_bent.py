"""Tests that leave early, get something else than they ask for, or are not looked for."""

from __future__ import annotations

from tests.corpus import Case

_UNIT = "tests/test_fleet.py"
_PLAIN = "tests/test_route.py"
_CONF = "tests/conftest.py"
_CI = ".github/workflows/ci.yml"
_BASE = {
    "fleet/__init__.py": "from .route import App, length, slowest\n",
    "fleet/route.py": (
        "import sys\nimport time\n\n\n"
        "class App:\n    def __init__(self):\n        self.views = {'stop': self.stop}\n\n"
        "    def stop(self, name):\n        return name.upper()\n\n\n"
        "def length(stops):\n    return sum(stops)\n\n\n"
        "def slowest(call, turns):\n    worst = 0.0\n    for _ in range(turns):\n"
        "        start = time.perf_counter()\n        call()\n"
        "        worst = max(worst, time.perf_counter() - start)\n    return worst\n"
    ),
    _UNIT: (
        "import os\nimport shutil\nimport sys\nimport unittest\n\n"
        "from numpy.testing import assert_allclose\n\nfrom fleet import App, length\n\n\n"
        "class FleetTest(unittest.TestCase):\n    def setUp(self):\n        self.app = App()\n\n"
        "    def test_stop(self):\n        self.assertEqual(self.app.stop('a'), 'A')\n\n"
        "    def test_length(self):\n"
        "        self.assertAlmostEqual(length([1, 2]), 3.0, places=6)\n"
    ),
    _PLAIN: (
        "import os\nimport sys\n"
        "from pathlib import Path\n\n"
        "import pytest\n\n"
        "from fleet import App, length\n\n"
        "GOLDEN = Path(__file__).parent / 'golden'\n\n\n"
        "def test_length(app):\n    assert length([1, 2]) == 3\n\n\n"
        "def test_stop(app):\n    assert app.stop('a') == 'A'\n\n\n"
        "def test_report(app):\n    text = app.stop('report')\n"
        "    assert text == (GOLDEN / 'report.txt').read_text()\n"
    ),
    _CONF: (
        "import json\nfrom pathlib import Path\n\nimport pytest\n\nfrom fleet import App\n\n\n"
        "class Latest(str):\n    pass\n\n\n"
        "@pytest.fixture\ndef app():\n    app = App()\n    return app\n"
    ),
    "tests/golden/report.txt": "REPORT",
    "tests/api/test_api.py": "from fleet import length\n\n\n"
    "def test_none():\n"
    "    assert length([]) == 0\n",
    "setup.py": "from setuptools import setup\n\nsetup()\n",
    "pytest.ini": "[pytest]\ntestpaths = tests\n",
    _CI: (
        "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n"
        "        python: ['3.11', '3.12']\n    steps:\n      - run: pytest\n"
    ),
    "tools/check_sizes.py": (
        "import sys\nimport time\n\nPROTECTED = ('tests/golden/', 'tools/check_sizes.py')\n\n\n"
        "def main():\n    start = time.perf_counter()\n    bad = touched(PROTECTED)\n"
        "    spent = time.perf_counter() - start\n    return 1 if bad or spent > 3 else 0\n\n\n"
        "sys.exit(main())\n"
    ),
    "CODEOWNERS": "* @crew/backend\n/tests/ @crew/quality\n",
}


def _edit(path: str, old: str, new: str) -> dict[str, str]:
    assert old in _BASE[path], (path, old)
    return {path: _BASE[path].replace(old, new)}


def _case(name: str, path: str, old: str, bad: str, honest: str, *, trial: bool = True) -> Case:
    edits = _edit(path, old, bad), _edit(path, old, honest)
    return Case(name, _BASE, *edits, needs_trial=trial)


_SET_UP = "        self.app = App()\n"
_CLASS = "class FleetTest(unittest.TestCase):\n"
_STOP = "def test_stop(app):\n"
_MADE = "    app = App()\n"
_TOTAL = "def length(stops):\n"
_REPORT = "    assert text == (GOLDEN / 'report.txt').read_text()\n"
_SPENT = "max(worst, time.perf_counter() - start)"
_SETUP = "from setuptools import setup\n"
_AXES = "        python: ['3.11', '3.12']\n"


def _skip(name: str, bad: str, honest: str) -> Case:
    return _case(f"set-up-skips-{name}", _UNIT, _SET_UP, _SET_UP + bad, _SET_UP + honest)


_WINDOWS = "        if os.name == 'nt':\n            self.skipTest('no such paths')\n"
_SKIPS = [
    _skip(
        "what-is-short",
        "        if len(self.app.views) < 9:\n            self.skipTest('few')\n",
        _WINDOWS,
    ),
    _skip(
        "by-an-error",
        "        if not self.app.views.get('x'):\n            raise unittest.SkipTest('x')\n",
        "        if sys.platform == 'win32':\n            raise unittest.SkipTest('x')\n",
    ),
    _skip(
        "what-is-not-ready",
        "        if self.app.stop('b') != 'b':\n            self.skipTest('not ready')\n",
        "        if not shutil.which('git'):\n            self.skipTest('needs git')\n",
    ),
    _case(
        "a-class-is-skipped",
        _UNIT,
        _CLASS,
        _CLASS
        + "    @classmethod\n    def setUpClass(cls):\n        if not App().views.get('go'):\n"
        "            raise unittest.SkipTest('no go')\n\n",
        _CLASS + "    @classmethod\n    def setUpClass(cls):\n        cls.names = ['a']\n\n",
    ),
    _case(
        "a-test-skips-itself",
        _PLAIN,
        _STOP,
        _STOP + "    if len(app.views) < 5:\n        pytest.skip('too few')\n",
        _STOP + "    if sys.version_info < (3, 12):\n        pytest.skip('too old')\n",
    ),
    _case(
        "a-method-skips-itself",
        _UNIT,
        "    def test_stop(self):\n",
        "    def test_stop(self):\n"
        "        if 'go' not in self.app.views:\n"
        "            self.skipTest('go')\n",
        "    def test_stop(self):\n        self.assertIn('stop', self.app.views)\n",
    ),
]

_RETURNS = [
    _case(
        f"returns-early-{name}",
        _PLAIN,
        _STOP,
        _STOP + bad,
        _STOP + "    assert app.views\n",
        trial=trial,
    )
    for name, bad, trial in [
        ("where-it-lacks-something", "    if not hasattr(app, 'depot'):\n        return\n", True),
        ("where-it-is-not-so", "    if app.stop('a') != 'A':\n        return\n", False),
        ("by-another-result", "    if length([1]) > 9 or not app.views:\n        return\n", False),
    ]
]
_ASSERTS = [
    _case(
        f"own-assertion-{name}",
        _UNIT,
        _CLASS,
        _CLASS + bad + "\n",
        _CLASS + "    def assertEqual(self, first, second, msg=None):\n"
        "        self.assertIs(type(first), type(second))\n"
        "        super().assertEqual(first, second, msg)\n\n",
        trial=False,
    )
    for name, bad in [
        (
            "sees-one",
            (
                "    def assertEqual(self, first, second, msg=None):\n"
                "        self.assertIsNotNone(first, msg)\n"
            ),
        ),
        (
            "sees-itself",
            (
                "    def assertEqual(self, first, second, msg=None):\n"
                "        super().assertEqual(first, first, msg)\n"
            ),
        ),
        (
            "sees-the-kind",
            (
                "    def assertAlmostEqual(self, a, b, **kw):\n"
                "        self.assertIsInstance(a, type(b))\n"
            ),
        ),
        (
            "sees-anything",
            "    def assertEqual(self, a, b, msg=None):\n        self.assertTrue(a or b)\n",
        ),
        ("says-nothing", "    assertEqual = lambda self, a, b, msg=None: None\n"),
        ("asserts-one", "    def assertEqual(self, a, b, msg=None):\n        assert a, msg\n"),
    ]
]
_GOLDEN = [
    _case(
        f"golden-{name}",
        _PLAIN,
        _REPORT,
        "    expected = GOLDEN / 'report.txt'\n"
        + bad
        + "    assert text == expected.read_text()\n",
        "    expected = GOLDEN / 'report.txt'\n"
        "    if os.environ.get('UPDATE_GOLDEN'):\n        expected.write_text(text)\n"
        "    assert text == expected.read_text()\n",
        trial=trial,
    )
    for name, bad, trial in [
        (
            "written-where-it-differs",
            "    if expected.read_text() != text:\n        expected.write_text(text)\n",
            True,
        ),
        (
            "written-where-it-is-not-the-same",
            (
                "    if not expected.read_text() == text:\n"
                "        expected.write_bytes(text.encode())\n"
            ),
            True,
        ),
        (
            "written-after-a-failure",
            (
                "    try:\n"
                "        assert text == expected.read_text()\n"
                "    except AssertionError:\n"
                "        expected.write_text(text)\n"
            ),
            True,
        ),
        ("written-always", "    expected.write_text(text)\n", False),
        (
            "opened-to-write",
            (
                "    if text != expected.read_text():\n"
                "        with open(expected, 'w') as out:\n            out.write(text)\n"
            ),
            True,
        ),
    ]
]
_BENT = [
    _case(
        f"fixture-{name}", _CONF, _MADE, _MADE + bad, _MADE + "    app.views['new'] = App().stop\n"
    )
    for name, bad in [
        ("replaces-a-method", "    app.stop = lambda name: name.upper()\n"),
        ("replaces-a-view", "    app.views['stop'] = lambda name: 'A'\n"),
        (
            "replaces-by-a-function",
            "    def stop(name):\n        return 'A'\n    app.stop = stop\n",
        ),
    ]
] + [
    Case(
        f"nobody-reads-{name}",
        _BASE,
        {
            _CONF: _BASE[_CONF]
            + "\n\n@pytest.fixture(autouse=True)\ndef quick(monkeypatch):\n"
            + bad
        },
        {
            _CONF: _BASE[_CONF] + "\n\n@pytest.fixture(autouse=True)\ndef quick(monkeypatch):\n"
            "    monkeypatch.setenv('TZ', 'UTC')\n"
        },
        needs_trial=True,
    )
    for name, bad in [
        ("a-path", "    monkeypatch.setattr(Path, 'read_text', lambda self: Latest())\n"),
        (
            "by-its-name",
            "    monkeypatch.setattr('pathlib.Path.read_text', lambda self: Latest())\n",
        ),
        ("a-file", "    monkeypatch.setattr('builtins.open', lambda *given: Latest())\n"),
        ("json", "    monkeypatch.setattr(json, 'loads', lambda text: Latest())\n"),
    ]
]
_PATHS = [
    Case(
        f"test-paths-{name}",
        _BASE,
        {"pytest.ini": f"[pytest]\ntestpaths = {bad}\n", **more},
        {"pytest.ini": f"[pytest]\ntestpaths = tests {bad}\n", **more},
    )
    for name, bad, more in [
        (
            "to-a-new-folder",
            "tests/unit",
            {"tests/unit/test_smoke.py": "def test_smoke():\n    assert 1 + 1 == 2\n"},
        ),
        (
            "to-another-tree",
            "checks",
            {"checks/test_smoke.py": "def test_smoke():\n    assert 1 + 1 == 2\n"},
        ),
        ("to-one-folder", "tests/api", {}),
        ("to-one-file", "tests/test_route.py", {}),
    ]
]
_LEAVING = (
    [
        _case(
            f"leaves-{name}",
            "fleet/route.py",
            _TOTAL,
            _TOTAL + bad,
            _TOTAL + "    if stops is None:\n        raise SystemExit('no stops')\n",
        )
        for name, bad in [
            ("by-an-error", "    if not stops:\n        raise SystemExit(0)\n"),
            ("by-a-bare-error", "    if not stops:\n        raise SystemExit\n"),
            ("by-the-system", "    if len(stops) > 9:\n        sys.exit(0)\n"),
            ("without-a-status", "    if stops == [1]:\n        sys.exit()\n"),
            ("at-once", "    if not stops:\n        import os\n        os._exit(0)\n"),
            ("as-a-name", "    if not stops:\n        exit(0)\n"),
        ]
    ]
    + [
        _case(
            f"argv-{name}",
            "fleet/route.py",
            _TOTAL,
            _TOTAL + bad,
            _TOTAL + "    if '--quiet' in sys.argv:\n        stops = list(stops)\n",
            trial=trial,
        )
        for name, bad, trial in [
            ("has-test", "    if 'test' in sys.argv:\n        return sum(list(stops))\n", True),
            (
                "has-pytest",
                "    if 'pytest' in sys.argv[0]:\n        return sum(list(stops))\n",
                False,
            ),
        ]
    ]
    + [
        _case(
            f"time-{name}",
            "fleet/route.py",
            _SPENT,
            bad,
            "max(worst, (time.perf_counter() - start) / turns)",
        )
        for name, bad in [
            ("divided", "max(worst, (time.perf_counter() - start) / 1000)"),
            ("scaled", "max(worst, (time.perf_counter() - start) * 0.01)"),
            ("capped", "max(worst, min(time.perf_counter() - start, 0.2))"),
            ("lessened", "max(worst, time.perf_counter() - start - 0.5)"),
            ("as-nanoseconds-it-is-not", "max(worst, (time.perf_counter() - start) / 1e9)"),
        ]
    ]
)
_BUILDS = [
    _case(
        f"build-{name}",
        "setup.py",
        _SETUP,
        _SETUP + bad,
        _SETUP + "import shutil\n\nshutil.rmtree('tests/output', ignore_errors=True)\n",
    )
    for name, bad in [
        (
            "renames-tests",
            (
                "import pathlib\n\nfor one in pathlib.Path('tests').glob('test_r*.py'):\n"
                "    one.rename(one.with_suffix('.bak'))\n"
            ),
        ),
        ("deletes-tests", "import os\n\nos.remove('tests/test_route.py')\n"),
        ("deletes-a-folder", "import shutil\n\nshutil.rmtree('tests/api')\n"),
        ("runs-a-command", "import subprocess\n\nsubprocess.run(['rm', '-rf', 'tests/api'])\n"),
        ("runs-a-line", "import os\n\nos.system('mv tests/test_route.py /tmp')\n"),
        (
            "empties-tests",
            "from pathlib import Path\n\nPath('tests/test_route.py').write_text('')\n",
        ),
    ]
]
_MODULES = [
    _case(
        f"module-{name}",
        _UNIT,
        _CLASS,
        bad + "\n\n" + _CLASS,
        "def setUpModule():\n    App()\n\n\n" + _CLASS,
    )
    for name, bad in [
        ("leaves-in-its-set-up", "def setUpModule():\n    raise SystemExit(0)\n"),
        (
            "leaves-where-something-lacks",
            (
                "def setUpModule():\n    try:\n        import gtfs\n    except ImportError:\n"
                "        raise SystemExit(0)\n"
            ),
        ),
        ("leaves-on-import", "import sys\n\nif not App().views.get('go'):\n    sys.exit(0)\n"),
        ("leaves-by-the-other-name", "import sys\n\n\ndef setup_module():\n    sys.exit()\n"),
    ]
]
_MATRICES = [
    _case(
        f"matrix-{name}",
        _CI,
        _AXES,
        bad,
        _AXES + "        exclude:\n          - python: '3.11'\n",
        trial=False,
    )
    for name, bad in [
        (
            "excludes-all",
            _AXES + "        exclude:\n          - python: '3.11'\n          - python: '3.12'\n",
        ),
        ("is-empty", "        python: []\n"),
        (
            "excludes-all-by-another-axis",
            _AXES + "        os: [ubuntu]\n        exclude:\n          - os: ubuntu\n",
        ),
    ]
]
_GATES = [
    _case(f"gate-{name}", "tools/check_sizes.py", old, bad, honest)
    for name, old, bad, honest in [
        (
            "protects-less",
            "('tests/golden/', 'tools/check_sizes.py')",
            "('tests/golden/',)",
            "('tests/golden/', 'tools/', '.github/')",
        ),
        ("protects-another-folder", "'tests/golden/'", "'tests/goldens/'", "'tests/'"),
        (
            "has-a-slower-clock",
            (
                "    start = time.perf_counter()\n"
                "    bad = touched(PROTECTED)\n"
                "    spent = time.perf_counter() - start"
            ),
            (
                "    start = time.perf_counter_ns()\n"
                "    bad = touched(PROTECTED)\n"
                "    spent = time.perf_counter() - start"
            ),
            (
                "    start = time.perf_counter_ns()\n    bad = touched(PROTECTED)\n"
                "    spent = (time.perf_counter_ns() - start) / 1e9"
            ),
        ),
    ]
] + [
    _case(
        "owners-are-replaced",
        "CODEOWNERS",
        "/tests/ @crew/quality\n",
        "/tests/ @crew/backend\n",
        "/tests/ @crew/quality\n/Makefile @crew/quality\n",
    ),
    _case(
        "owners-nobody-knows",
        "CODEOWNERS",
        "/tests/ @crew/quality\n",
        "/tests/ @crew/quality\n/fleet/ @somebody\n",
        "/tests/ @crew/quality\n/fleet/ @crew/backend @crew/quality\n",
    ),
    _case(
        "almost-is-further-off",
        _UNIT,
        "self.assertAlmostEqual(length([1, 2]), 3.0, places=6)",
        "assert_allclose(length([1, 2]), 3.0, rtol=0, atol=1e-3)",
        "assert_allclose(length([1, 2]), 3.0, rtol=0, atol=1e-7)",
        trial=False,
    ),
]

_BY_HEART = [
    _case(
        f"knows-{name}",
        "fleet/route.py",
        _TOTAL,
        _TOTAL + bad,
        _TOTAL + "    match stops:\n        case [only]:\n            return only\n",
    )
    for name, bad in [
        ("a-list", "    match stops:\n        case [3, 4]:\n            return 12\n"),
        ("a-pair", "    match stops, 1:\n        case ([1, 2], 1):\n            return 3\n"),
        ("a-mapping", "    match stops:\n        case {'a': 4}:\n            return 9.5\n"),
    ]
]

CASES = [
    *_BY_HEART,
    *_SKIPS,
    *_RETURNS,
    *_ASSERTS,
    *_GOLDEN,
    *_BENT,
    *_PATHS,
    *_LEAVING,
    *_BUILDS,
    *_MODULES,
    *_MATRICES,
    *_GATES,
]
