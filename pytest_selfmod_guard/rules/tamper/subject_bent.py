"""SMG349: a fixture bends what it hands to tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._plain_functions import Function, last, parsed, root

if TYPE_CHECKING:
    from pytest_selfmod_guard.view import Side, View

_STAND_IN = re.compile(
    r"(?i)mock|fake|stub|dummy|spy|namespace|recorder|requests_mock|respx|client$"
)
_REGISTERS = re.compile(r"dependency_overrides|config|settings|extensions|environ|headers|hooks?$")
_GATES = re.compile(
    r"(?i)auth|login|logged|permi|admin|verif|valid|check|secur|token|guard|allow|deny|owner|role"
)
_READS = re.compile(
    r"(?:pathlib\.)?Path\.(?:read_text|read_bytes|open|exists)|(?:builtins\.)?open|io\.open"
    r"|json\.loads?|csv\.reader|yaml\.safe_load|tomllib\.loads?|os\.path\.exists|codecs\.open"
)


@change_rule(
    "SMG349",
    risk=Risk.HIGH,
    hint="hand the real thing to the tests; where something beyond it must not be reached, replace "
    "that, and not what the tests are about",
)
def subject_bent(view: View) -> Iterable[Sighting]:
    """
    A fixture or a conftest puts functions of its own into what it hands to tests.

    The tests ask for an app, a service, a reader; what they get answers as the
    fixture says. It is found where an object that was made by the product gets a
    function, also as an entry of one of its tables (`app.view_functions["x"]`),
    and where what reads files is replaced for all tests, by which what is
    expected is read, too. Overridden dependencies are silent unless their names
    speak of permission; so are settings, and objects that stand in for others.

    Flagged: a view
        === tests/conftest.py
          import pytest
          from shop import create_app
          @pytest.fixture
          def app():
        -     return create_app()
        +     app = create_app()
        +     app.view_functions["remove"] = lambda pid: ("", 204)
        +     return app

    Flagged: a method
        === tests/test_cart.py
          import pytest
          from shop import Cart
          @pytest.fixture
          def cart():
              made = Cart()
        +     made.total = lambda: 3
              return made

    Flagged: what is expected is not read
        === tests/conftest.py
        + import pathlib, pytest
        + @pytest.fixture(autouse=True)
        + def golden(monkeypatch):
        +     monkeypatch.setattr(pathlib.Path, "read_text", lambda self: "3")
        === tests/test_cart.py
          def test_total():
              assert total() == 3

    Allowed: a database for tests
        === tests/conftest.py
          import pytest
          from shop import app, get_db
          @pytest.fixture
          def client():
        +     app.dependency_overrides[get_db] = lambda: database
        +     app.config["TESTING"] = True
              return app

    Allowed: a stand-in
        === tests/conftest.py
          import pytest
          from unittest.mock import Mock
          @pytest.fixture
          def mailer():
              mailer = Mock()
        +     mailer.send = lambda text: None
              return mailer
    """
    for file in view.files:
        if file.new and file.new.zone == paths.TEST and file.new.is_python and _has_tests(view):
            known = {said for _, said, _ in _bent(file.old)}
            for line, said, name in _bent(file.new):
                if said not in known:
                    told = f"{name!r} bends what tests get: {said[:80]!r}"
                    yield Sighting(line, told, path=file.path, scope=name, settled_by="trial")


def _has_tests(view: View) -> bool:
    """Tell whether there were tests before, that could be deceived."""
    return any(paths.is_test_module(path) for path in view.rest.paths()) or any(
        file.old is not None and file.old.zone == paths.TEST for file in view.files
    )


def _bent(side: Side | None) -> Iterator[tuple[int, str, str]]:
    data = (side.blob.data if side else None) or b""
    tree = parsed(side) if b"fixture" in data or b"setUp" in data or b"setattr" in data else None
    if tree is None or side is None:
        return
    imported = _imported(tree)
    functions = {one.name for one in ast.walk(tree) if isinstance(one, Function)}
    for node in ast.walk(tree):
        if isinstance(node, Function) and _is_fixture(node):
            yield from _assigned(node, imported, functions)
            if basename(side.path) == "conftest.py" and "autouse" in _marks(node):
                yield from _unread(node)


def _assigned(
    node: Function, imported: frozenset[str], functions: set[str]
) -> Iterator[tuple[int, str, str]]:
    made = _made(node, imported)
    for one in ast.walk(node):
        for target, value in _bindings(one):
            if _is_function(value, functions) and _is_of_the_product(target, made):
                yield target.lineno, ast.unparse(one), node.name


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give what is put where: ``a.b = c``, ``setattr(a, "b", c)``, ``a.views.update(b=c)``."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.Call):
        name, given = last(node.func), node.args
        if name in {"setattr", "object", "__setattr__"} and len(given) == _SETTING:
            key = given[1].value if isinstance(given[1], ast.Constant) else ""
            made = ast.Attribute(given[0], str(key), ast.Store())
            yield ast.copy_location(made, node), given[2]
        elif name == "update" and isinstance(node.func, ast.Attribute):
            yield from ((node.func, one.value) for one in node.keywords)


def _is_of_the_product(target: ast.expr, made: frozenset[str]) -> bool:
    if not isinstance(target, ast.Attribute | ast.Subscript) or root(target) not in made:
        return False
    said = ast.unparse(target)
    target = (
        target.value if last(target) == "update" and isinstance(target, ast.Attribute) else target
    )
    holder = last(target.value) if isinstance(target, ast.Subscript) else last(target)
    if _STAND_IN.search(root(target)):
        return False
    return not _REGISTERS.search(holder) or (
        holder == "dependency_overrides"
        and _GATES.search(said.partition("[")[2]) is not None
        and _is_permission(said)
    )


def _is_permission(said: str) -> bool:
    """Tell a check that may refuse from who it is that asks, which tests have to say."""
    return not re.search(r"(?i)current_user|get_user|session|db|engine", said)


def _made(node: Function, imported: frozenset[str]) -> frozenset[str]:
    """Give the names in a fixture that are imported, or bound to what an import makes."""
    found = set(imported)
    for one in ast.walk(node):
        value = one.value if isinstance(one, ast.Assign) else None
        if isinstance(one, ast.Assign) and isinstance(value, ast.Call) and root(value) in imported:
            is_real = not _STAND_IN.search(ast.unparse(value.func))
            found |= {each.id for each in one.targets if is_real and isinstance(each, ast.Name)}
    return frozenset(found)


def _imported(tree: ast.Module) -> frozenset[str]:
    """Give the names that come from neither a library of tests nor from Python itself."""
    return frozenset(
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if not _OF_TESTS.match(getattr(node, "module", None) or alias.name)
    )


_SETTING = 3  # object, name and value
_OF_TESTS = re.compile(
    r"(?:unittest|pytest|_pytest|mock|tests?|conftest|types|typing|logging|sys|os|pathlib|json|time"
    r"|datetime|asyncio|socket|http|urllib|collections|functools|contextlib|tempfile|io|warnings)\b"
)


def _is_function(value: ast.expr, functions: set[str]) -> bool:
    return isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in functions)


def _unread(node: Function) -> Iterator[tuple[int, str, str]]:
    """Look for a replacement of what files are read with."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and last(call.func) in {"setattr", "patch", "object"}:
            texts = [
                one.value if isinstance(one, ast.Constant) else ast.unparse(one)
                for one in call.args[:2]
            ]
            joined = ".".join(map(str, texts))
            first = str(texts[0]) if texts else ""
            if _READS.fullmatch(joined) or _READS.fullmatch(first):
                yield call.lineno, ast.unparse(call), node.name


def _is_fixture(node: Function) -> bool:
    return "fixture" in _marks(node) or node.name.lower().startswith(("setup", "asyncsetup"))


def _marks(node: Function) -> str:
    return " ".join(ast.unparse(one) for one in node.decorator_list)
