"""SMG319: a file that Python takes for a tool of the tests, or runs before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

_TOOLS = frozenset(
    ("pytest", "_pytest", "unittest", "doctest", "coverage", "pluggy", "nose", "tox", "nox",
     "xdist", "pytest_cov", "pytest_mock", "pytest_asyncio", "hypothesis", "iniconfig", "assertpy",
     "testtools", "mypy", "flake8", "pylint", "bandit", "pytest_selfmod_guard")
)  # fmt: skip
_LIBRARY = frozenset(
    ("builtins", "operator", "math", "decimal", "traceback", "inspect", "ast", "importlib",
     "warnings", "difflib", "numbers", "re", "os", "sys", "json", "contextlib", "functools")
)  # fmt: skip
_START_UP = frozenset(("sitecustomize.py", "usercustomize.py"))
_ON_THE_PATH = re.compile(r"(src/|lib/|tests?/|testing/|python/)?")
_RUN_BY_PTH = re.compile(rb"^import[ \t]", re.MULTILINE)


@change_rule(
    "SMG319",
    risk=Risk.HIGH,
    hint="give the module a name that no tool has, inside the project's package; what has to be set"
    " up before tests belongs in a fixture of conftest.py",
)
def tool_shadowed(view: View) -> Iterable[Sighting]:
    """
    A new file is imported in the place of pytest, or runs whenever Python starts.

    The top of a project, `src` and the folder of a conftest come first when
    modules are looked for, so a file `pytest.py` there is the pytest that runs,
    and `coverage.py` the one that measures. A `sitecustomize.py` and a line of a
    `.pth` file that begins with `import` run before anything else.

    A project that is such a tool itself, and modules inside a package, are silent.

    Flagged: a pytest of one's own
        === pytest.py
        + def main(*args):
        +     return 0

    Flagged: a package of that name beside the tests
        === tests/unittest/__init__.py
        + class TestCase:
        +     pass

    Flagged: before anything else
        === sitecustomize.py
        + import shop.startup

    Flagged: by way of a path file
        === src/shop.pth
        + import shop.startup

    Allowed: a module inside a package
        === shop/pytest.py
        + def report(result):
        +     return str(result)

    Allowed: a path file that only names a folder
        === src/shop.pth
        + vendor
    """
    for file in view.files:
        if file.new is None or not file.new.blob.is_regular:
            continue
        if file.old is None or file.change.before != file.path:
            yield from _new_file(file, view)
        elif file.path.endswith(".pth"):
            yield from _path_file(file)


def _new_file(file: File, view: View) -> Iterator[Sighting]:
    name = basename(file.path)
    if name in _START_UP and _is_on_the_path(dirname(file.path)):
        yield Sighting(
            0, f"{file.path!r} runs whenever Python starts, before any test", path=file.path
        )
    elif file.path.endswith(".pth"):
        yield from _path_file(file)
    elif paths.is_python(file.path) or file.path.endswith((".so", ".pyd", ".pyc")):
        yield from _module(file, view)


def _path_file(file: File) -> Iterator[Sighting]:
    new = file.new.blob.data if file.new else None
    old = file.old.blob.data if file.old else None
    if _RUN_BY_PTH.search(new or b"") and not _RUN_BY_PTH.search(old or b""):
        yield Sighting(0, f"{file.path!r} runs code whenever Python starts", path=file.path)


def _module(file: File, view: View) -> Iterator[Sighting]:
    found = _shadowed(file.path)
    if found is None:
        return
    folder, name = found
    place = f"{folder}{name}"
    known = {f"{place}.py", f"{place}/__init__.py"} & view.rest.paths()
    if not known and _is_on_the_path(folder.rstrip("/")) and not _is_a_package(folder, view):
        message = f"{file.path!r} is imported in the place of {name!r}"
        yield Sighting(0, message, path=file.path)


def _shadowed(path: str) -> tuple[str, str] | None:
    """Give the folder in which modules are looked for, and the tool that a new file stands for."""
    match = _ON_THE_PATH.match(path)
    folder = match[0] if match else ""
    for start in (folder, ""):
        rest = path.removeprefix(start)
        top, _, inside = rest.partition("/")
        name = top.partition(".")[0]
        is_module = not inside or inside.partition(".")[0] == "__init__"
        if is_module and (name in _TOOLS or (name in _LIBRARY and not inside)):
            return start, name
    return None


def _is_on_the_path(folder: str) -> bool:
    return _ON_THE_PATH.fullmatch(f"{folder}/" if folder else "") is not None


def _is_a_package(folder: str, view: View) -> bool:
    """Tell whether a folder is a package, so that its modules have another name."""
    return bool(folder) and view.after(f"{folder}__init__.py") is not None
