"""SMG347: the product or its build deletes tests, or moves them aside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TAKES = frozenset(
    ("unlink", "remove", "rename", "replace", "rmtree", "rmdir", "truncate", "move", "renames",
     "removedirs", "write_text", "write_bytes")
)  # fmt: skip
_TESTS = re.compile(
    r"^(?:\./|\.\./|\*\*/)*(?:tests?(?:/.*|$)|(?:.*/)?(?:test_[\w*]*|[\w*]+_test|conftest)(?:\.py)?$)"
)
_MADE = re.compile(
    r"(?i)cache|out(put)?s?\b|te?mp|build|report|dist|__pycache__|\.pyc|scratch|generated"
)
_COMMAND = re.compile(
    r"\b(?:rm|mv|truncate|shred|git rm|find)\b[^;|&]*\btests?(?:/|\b)(?![\w.-]*(?:cache|tmp))"
)
_RUNNERS = frozenset(("system", "run", "call", "check_call", "check_output", "Popen", "popen"))
_RUINS = ("shutil.", "os.")


@python_rule(
    "SMG347",
    risk=Risk.HIGH,
    hint="leave the tests where they are; what a distribution should not have is left out in its "
    "configuration (exclude, MANIFEST.in), not deleted",
    triggers=(
        *(word.lower().encode() for word in sorted({*_TAKES, *_RUNNERS, "open"})),
    ),
)  # fmt: skip
def tests_moved_aside(python: Python) -> Iterable[Sighting]:
    """
    A build or the product deletes tests of the project, renames or overwrites them.

    What is run once, to install or to prepare, then decides which tests there
    are. It is found where one function, or the top of a module, names tests and
    deletes, moves or overwrites something. What tests and caches leave behind is
    silent.

    Flagged: on install
        === setup.py
        + import pathlib
          from setuptools import setup
        + for extra in pathlib.Path("tests").glob("test_p*.py"):
        +     extra.rename(extra.with_suffix(".bak"))
          setup()

    Flagged: by a command
        === setup.py
        + import subprocess
        + subprocess.run(["rm", "-rf", "tests/slow"])
          setup()

    Flagged: by the product
        === shop/cart.py
        + import os
        + def tidy():
        +     for name in os.listdir("tests"):
        +         os.remove(os.path.join("tests", name))

    Allowed: what is left behind
        === setup.py
        + import shutil
        + shutil.rmtree("tests/output", ignore_errors=True)
        + shutil.rmtree(".pytest_cache", ignore_errors=True)

    Allowed: a text
        === shop/cart.py
          def name(path):
        +     if path.startswith("test_"):
        +         path = path.replace("test_", "")
              return path
    """
    if paths.zone(python.path) not in {paths.PRODUCT, paths.BUILD} or "test" not in python.text:
        return
    try:
        tree = ast.parse(python.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    constants = {
        target.id: _strings(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for scope, body in _units(tree, ""):
        yield from _seen(scope, body, constants)


def _units(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Give the functions and methods, and what stands around them, each by itself."""
    rest: list[ast.stmt] = []
    for one in node.body:
        if isinstance(one, ast.ClassDef):
            yield from _units(one, f"{prefix}{one.name}.")
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{one.name}", one.body
        else:
            rest.append(one)
    yield prefix.rstrip("."), rest


def _seen(
    scope: str, body: list[ast.stmt], constants: Mapping[str, list[str]]
) -> Iterator[Sighting]:
    inside = [one for statement in body for one in ast.walk(statement)]
    calls = [one for one in inside if isinstance(one, ast.Call)]
    used = {one.id for one in inside if isinstance(one, ast.Name)}
    known = [text for name, texts in constants.items() if name in used for text in texts]
    known += [text for call in calls for text in _texts(call)]
    told = next((text for text in known if _names_tests(text)), "")
    for call in calls:
        what = _command(call) or (told if told and _takes(call) else "")
        if what:
            code = ast.unparse(call)
            message = f"{what!r}, tests of the project, are changed by {code[:60]!r}"
            yield Sighting(call.lineno, message, code, scope, settled_by="review")


def _names_tests(text: str) -> bool:
    return _TESTS.match(text) is not None and not _MADE.search(text)


def _takes(call: ast.Call) -> bool:
    func = call.func
    if isinstance(func, ast.Name) and func.id == "open" and len(call.args) > 1:
        return _names_tests((_texts(call) or [""])[0]) and "r" not in _texts(call)[-1]
    if not isinstance(func, ast.Attribute) or func.attr not in _TAKES:
        return False
    texts = [one for one in _texts(call) if "/" in one or "test" in one]
    if any(_MADE.search(one) for one in texts) and not any(map(_names_tests, texts)):
        return False
    owner = ast.unparse(func.value)
    if f"{owner}." in _RUINS:
        return True
    # A text has a ``replace`` with two arguments, a list a ``remove`` of something.
    if func.attr == "replace":
        return len(call.args) == 1
    return func.attr != "remove"


def _command(call: ast.Call) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    said = " ".join(_texts(call)) if name in _RUNNERS else ""
    return said if _COMMAND.search(said) else ""


def _texts(call: ast.Call) -> list[str]:
    arguments = [*call.args, *(one.value for one in call.keywords)]
    return [text for argument in arguments for text in _strings(argument)]


def _strings(node: ast.expr) -> list[str]:
    return [
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
