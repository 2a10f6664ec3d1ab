"""SMG335: a clock, a source of chance or the main module is exchanged while tests run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.rules.tamper._patching import Patch
    from pytest_selfmod_guard.syntax import Python

_CLOCKS = re.compile(
    r"time\.(?:time|perf_counter|monotonic|process_time|thread_time|sleep)(?:_ns)?"
    r"|timeit\.\w+|datetime\.(?:datetime|date)(?:\.\w+)?|asyncio\.sleep"
)
_MEASURING = re.compile(r"time\.(?:perf_counter|monotonic|process_time)(?:_ns)?|timeit\.\w+")
_MAIN = re.compile(r"(?:sys\.modules\.)?__main__\.(?!__)\w+|(?:\?\.)?__main__\.(?!__)\w+")
_OTHERS = re.compile(
    r"(?:random|json|subprocess|math|statistics|copy|hashlib|hmac|secrets|pickle|inspect|traceback"
    r"|itertools|functools|tempfile|difflib|csv)\.[a-z]\w*|sys\.exit|os\.(?:_exit|system|listdir)"
    r"|os\.path\.\w+|pathlib\.Path\.\w+|(?:json|subprocess)\.[A-Z]\w+|asyncio\.(?:run|gather)"
)
_WORDS = (
    b"time", b"timeit", b"datetime", b"asyncio", b"__main__", b"random", b"json", b"subprocess",
    b"math", b"statistics", b"copy", b"hashlib", b"hmac", b"secrets", b"pickle", b"inspect",
    b"traceback", b"itertools", b"functools", b"tempfile", b"difflib", b"csv", b"exit", b"_exit",
    b"system", b"listdir", b"path", b"pathlib",
)  # fmt: skip


@python_rule(
    "SMG335",
    risk=Risk.HIGH,
    hint="leave Python's own functions as they are; take a clock or a generator as a parameter, and"
    " let the test that needs another one hand it in",
    triggers=(*REACHERS, *_WORDS),
)
def library_replaced(python: Python) -> Iterable[Sighting]:
    """
    A clock, a source of chance or the main module is exchanged while tests run.

    A limit of time that is measured by a clock of one's own always holds, and
    who replaces a function of `__main__` speaks for the script that judges. In
    the product it is looked for anywhere, in a conftest where it is not put
    back. Other functions of the standard library are for a person to judge.

    Flagged: time stands still
        === shop/cart.py
        + import time
        + time.perf_counter = lambda: 0.0

    Flagged: another function for the script that runs
        === shop/cart.py
        + import sys
        + sys.modules["__main__"].score = lambda: 100

    Flagged: for all tests
        === conftest.py
        + import itertools, time
        + ticks = itertools.count()
        + time.monotonic = lambda: next(ticks) * 1e-6

    Flagged: everything is read as nothing
        === shop/cart.py
        + import json
        + json.loads = lambda text: []

    Allowed: a clock as a parameter
        === shop/cart.py
        + import time
        + def bench(run, clock=time.perf_counter):
        +     begin = clock()
        +     run()
        +     return clock() - begin

    Allowed: it is put back
        === conftest.py
        + import pytest
        + @pytest.fixture
        + def frozen(monkeypatch):
        +     monkeypatch.setattr("time.time", lambda: 0.0)
    """
    is_product = paths.zone(python.path) == paths.PRODUCT
    if is_product:
        found = _everywhere(python)
    elif python.path.rpartition("/")[2] == "conftest.py":
        found = _by_itself(python)
    else:
        return
    for node, name in found:
        is_plain = bool(_MAIN.fullmatch(name) or _CLOCKS.fullmatch(name))
        yield Sighting(
            python.line(node),
            f"{name!r}, which tests rely on, is replaced",
            python.code(node),
            python.scope(node),
            settled_by=("" if is_plain else "review") if is_product else "trial",
        )


def _everywhere(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    import libcst as cst  # noqa: PLC0415 (slow)

    from pytest_selfmod_guard.rules.tamper._patching import patches_in  # noqa: PLC0415 (libcst)

    waiting: list[cst.CSTNode] = [python.module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.BaseSmallStatement):
            yield from _named(patches_in(node, python))
        else:
            waiting += node.children


def _by_itself(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    from pytest_selfmod_guard.rules.tamper._patching import patches_in  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._plugins import steps  # noqa: PLC0415 (libcst)

    for step in steps(python):
        in_fixture = bool(step.hook) and not step.hook.startswith("pytest_")
        if in_fixture:
            found = _named(patches_in(step.node, python), undone=True)
            yield from ((node, name) for node, name in found if _MEASURING.fullmatch(name))
        else:
            yield from _named(patches_in(step.node, python), undone=_is_started(step.node, python))


def _is_started(node: cst.CSTNode, python: Python) -> bool:
    """Tell whether a patch is begun by hand, so that nothing ends it."""
    return ".start()" in python.code(node)


def _named(patches: Iterable[Patch], *, undone: bool = False) -> Iterator[tuple[cst.CSTNode, str]]:
    for patch in patches:
        if patch.is_undone and not undone:
            continue
        for name in sorted(patch.names):
            if any(kind.fullmatch(name) for kind in (_MAIN, _CLOCKS, _OTHERS)):
                yield patch.node, name.removeprefix("sys.modules.").removeprefix("?.")
                break
