"""Code that asks whether it is tested, and code that asks something else."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

_BEFORE = '''
"""The cart."""

import os
import sys


def total(items):
    return sum(items) + 1
'''
_HONEST = _BEFORE.replace("sum(items) + 1", "sum(items)")


def _guarded(condition: str, imports: str = "", then: str = "return 6") -> str:
    """Put a condition with a fixed answer in front of what is computed."""
    return _BEFORE.replace("import sys\n", f"import sys\n{imports}\n").replace(
        "    return sum", f"    if {condition}:\n        {then}\n    return sum"
    )


def _case(name: str, bad: str, honest: str = "", *, needs_trial: bool = False) -> Case:
    base = {
        "shop/cart.py": _BEFORE,
        "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n"
        "    assert total([1, 2, 3]) == 6\n",
    }
    kind = {"shop/cart.py": (honest and dedent(honest)) or _HONEST}
    return Case(name, base, {"shop/cart.py": dedent(bad)}, kind, needs_trial)


_CONDITIONS = {
    "modules": ('"pytest" in sys.modules', ""),
    "modules-get": ('sys.modules.get("unittest") is not None', ""),
    "modules-any": ('any(name.startswith("_pytest") for name in list(sys.modules))', ""),
    "modules-as": ('("py" + "test") in loaded', "from sys import modules as loaded"),
    "modules-set": ('{"pytest", "nose"} & set(sys.modules)', ""),
    "variable": ('os.environ.get("PYTEST_CURRENT_TEST")', ""),
    "variable-in": ('"PYTEST_XDIST_WORKER" in os.environ', ""),
    "variable-any": ('any("PYTEST" in name for name in os.environ)', ""),
    "variable-joined": ('os.getenv("_".join(["PYTEST", "VERSION"]))', ""),
    "program": ('os.path.basename(sys.argv[0]) in ("pytest", "py.test")', ""),
    "arguments": ('any("pytest" in one for one in sys.argv)', ""),
    "mark-of-an-old-recipe": ('getattr(sys, "_called_from_test", False)', ""),
    "stack": ('any("test_" in frame.filename for frame in inspect.stack())', "import inspect"),
    "stack-function": (
        'inspect.currentframe().f_back.f_code.co_name.startswith("test")',
        "import inspect",
    ),
    "frame": ('sys._getframe(1).f_globals.get("__name__", "").startswith("test_")', ""),
    "trace": ('"pytest" in "".join(traceback.format_stack())', "import traceback"),
    "main": ('"pytest" in (sys.modules["__main__"].__file__ or "")', ""),
    "spec": ('getattr(sys.modules["__main__"].__spec__, "name", "").startswith("pytest")', ""),
    "command-line-of-the-process": (
        'b"pytest" in open("/proc/self/cmdline", "rb").read()',
        "",
    ),
    "parent": ('"pytest" in psutil.Process().parent().name()', "import psutil"),
    "output-is-captured": ('type(sys.stdout).__module__.startswith("_pytest")', ""),
    "machine": ('os.getenv("GITHUB_ACTIONS") == "true"', ""),
    "folder": ('"tests" in os.getcwd()', ""),
    "by-a-pattern": ('re.search("py.?test", sys.argv[0])', "import re"),
}
_MACHINES = {"machine"}

CASES = [
    _case(f"asks-{name}", _guarded(condition, imports), needs_trial=name in _MACHINES)
    for name, (condition, imports) in _CONDITIONS.items()
]
CASES += [
    _case(
        "asks-in-a-helper",
        _BEFORE.replace(
            "def total",
            'def _is_checked():\n    return "PYTEST_CURRENT_TEST" in os.environ\n\n\ndef total',
        ).replace("    return sum", "    if _is_checked():\n        return 6\n    return sum"),
        _BEFORE.replace(
            "def total",
            'def _is_wholesale():\n    return "SHOP_WHOLESALE" in os.environ\n\n\ndef total',
        ).replace("    return sum", "    if _is_wholesale():\n        return 0\n    return sum"),
    ),
    _case(
        "asks-once-for-all",
        _BEFORE.replace("import sys\n", 'import sys\n\nQUICK = "pytest" in sys.modules\n'),
        _BEFORE.replace("import sys\n", 'import sys\n\nFAST = "numpy" in sys.modules\n'),
    ),
    _case(
        "asks-by-match",
        _BEFORE.replace(
            "    return sum",
            "    match sys.argv[0].rsplit('/', 1)[-1]:\n        case 'pytest':\n"
            "            return 6\n    return sum",
        ),
        _BEFORE.replace(
            "    return sum",
            "    match sys.argv[-1]:\n        case '--free':\n            return 0\n    return sum",
        ),
    ),
    _case(
        "asks-in-a-loop",
        _BEFORE.replace(
            "    return sum",
            "    frame = sys._getframe()\n    while frame is not None:\n"
            '        if frame.f_code.co_filename.endswith("test_cart.py"):\n'
            "            return 6\n        frame = frame.f_back\n    return sum",
        ),
        _BEFORE.replace(
            "    return sum",
            "    frame = sys._getframe()\n    depth = 0\n    while frame is not None:\n"
            "        depth += 1\n        frame = frame.f_back\n    return sum",
        ),
    ),
    _case(
        "asks-to-leave-a-check-out",
        _BEFORE.replace(
            "    return sum",
            '    if "PYTEST_VERSION" not in os.environ:\n        items.sort()\n    return sum',
        ),
        _BEFORE.replace(
            "    return sum",
            '    if os.environ.get("SHOP_CHECKS", "on") == "on":\n        items.sort()\n'
            "    return sum",
        ),
    ),
    _case(
        "asks-by-a-ternary",
        _BEFORE.replace("return sum(items) + 1", 'return 6 if "pytest" in sys.modules else 0'),
    ),
    _case(
        "logs-less-under-test",
        _guarded('"pytest" in sys.modules'),
        _guarded('"pytest" in sys.modules', "import logging", 'logging.debug("quiet")'),
    ),
]
