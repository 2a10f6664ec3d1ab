"""SMG350: a fixture computes, or empties, what tests expect."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._plain_functions import Function, kept
from pytest_selfmod_guard.view import View

_EXPECTED = re.compile(
    r"(?i)expect|golden|reference|truth|wanted|answer|baseline|snapshot|solution|correct|oracle"
)


@change_rule(
    "SMG350",
    risk=Risk.HIGH,
    hint="leave what is expected written out in the fixture; where it really is another, say why, "
    "and let a person confirm it",
)
def expectation_supplied(view: View) -> Iterable[Sighting]:
    """
    A fixture that wrote out what tests expect gives something else.

    What the product itself computes is always equal to what the product
    computes, and nothing is equal to nothing. It is found where a fixture whose
    name says that it is expected gave plain values, or read them from a file, and
    now calls something in their place, or gives fewer or other values. More values
    are silent.

    Flagged: by the product
        === tests/test_cart.py
          import pytest
          from shop import total
          @pytest.fixture
          def expected():
        -     return {"a": 3}
        +     return {"a": total([1, 2])}

    Flagged: nothing is expected
        === tests/conftest.py
          import pytest
          @pytest.fixture
          def golden_rows():
        -     return [1, 2, 3]
        +     return []

    Allowed: more is expected
        === tests/conftest.py
          import pytest
          @pytest.fixture
          def golden_rows():
        -     return [1, 2, 3]
        +     return [1, 2, 3, 4]

    Allowed: what is no expectation
        === tests/conftest.py
          import pytest
          @pytest.fixture
          def cart():
        -     return []
        +     return make()
    """
    for file in view.files:
        if file.new and file.new.zone == paths.TEST and file.new.is_python:
            for name, old, new in kept(file):
                if _is_expected(name, old) and _is_supplied(old, new):
                    told = f"{name!r} gives something else than what tests expected of it"
                    yield Sighting(new.lineno, told, path=file.path, scope=name, settled_by="trial")


def _is_expected(name: str, node: Function) -> bool:
    marks = " ".join(ast.unparse(one) for one in node.decorator_list)
    return "fixture" in marks and _EXPECTED.search(name) is not None


def _is_supplied(old: Function, new: Function) -> bool:
    before, after = list(_given(old)), list(_given(new))
    if not before or [ast.dump(one) for one in before] == [ast.dump(one) for one in after]:
        return False
    if all(map(_is_plain, before)):
        return bool(_literals(before) - _literals(after)) or len(_calls(after)) > len(
            _calls(before)
        )
    reads = any("read" in call or "load" in call or "open" in call for call in _calls(before))
    still = any("read" in call or "load" in call or "open" in call for call in _calls([new]))
    return reads and not still


def _given(node: Function) -> Iterator[ast.expr]:
    for one in ast.walk(node):
        if isinstance(one, ast.Return | ast.Yield) and one.value is not None:
            yield one.value


def _is_plain(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _literals(nodes: Iterable[ast.AST]) -> set[str]:
    every = (one for node in nodes for one in ast.walk(node))
    return {repr(one.value) for one in every if isinstance(one, ast.Constant)}


def _calls(nodes: Iterable[ast.AST]) -> list[str]:
    every = (one for node in nodes for one in ast.walk(node))
    return [ast.unparse(one.func) for one in every if isinstance(one, ast.Call)]
