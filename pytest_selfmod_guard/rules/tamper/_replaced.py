"""What of the product a plugin replaces before tests run, and whether tests are about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._bindings import bound
from pytest_selfmod_guard.rules.tamper._nodes import last_name
from pytest_selfmod_guard.rules.tamper._patching import Patch, patches_in
from pytest_selfmod_guard.rules.tamper._plugins import Step, calls_in, steps
from pytest_selfmod_guard.syntax import Python
from pytest_selfmod_guard.view import View

_MOST = 60  # files of tests that are looked into
_ROOTS = ("", "src/", "lib/")
_WRITERS = frozenset(
    ("write_text", "write_bytes", "unlink", "remove", "rename", "replace", "move", "copy", "copy2",
     "copyfile", "rmtree", "truncate", "symlink_to", "symlink", "link", "touch")
)  # fmt: skip
_OURS = re.compile(
    r"\.py$|junit|coverage\.xml|\.coverage|lastfailed|(test|pytest|result|report)s?[\w-]*\.xml$"
    r"|^(pyproject\.toml|setup\.cfg|tox\.ini|\.?pytest\.ini|pytest\.toml)$|results\.json$"
)
_ELSEWHERE = re.compile(r"tmp|temp|pytester|testdir|sandbox|cache|fixture", re.IGNORECASE)


class Replaced(NamedTuple):
    """Something of the product that is not what it was when tests run."""

    name: str
    step: Step
    patch: Patch
    is_tested: bool

    @property
    def is_put_back(self) -> bool:
        """True in a fixture; what a hook or the module itself patches stays so."""
        in_fixture = bool(self.step.hook) and not self.step.hook.startswith("pytest_")
        return self.patch.is_undone and in_fixture


def replaced(python: Python, view: View) -> Iterator[Replaced]:
    """Give what of the product a plugin replaces on import, in hooks and automatic fixtures."""
    for step in steps(python):
        for patch in patches_in(step.node, python):
            for name in sorted(patch.names):
                module = module_of(name, view)
                if module and (
                    name.startswith("sys.modules.") or not _is_plain(patch.value, python)
                ):
                    told = name.removeprefix("sys.modules.")
                    whole = name == f"sys.modules.{told}" and not _is_real(patch.value, python)
                    is_tested = whole or is_called(told, module, python.path, view)
                    yield Replaced(told, step, patch, is_tested)
                    break


def rewrites(python: Python) -> Iterator[tuple[Step, str]]:
    """Give what a plugin does to source, configuration and reports on disk."""
    for step in steps(python):
        for call in calls_in(step.node):
            path = _written(call, python)
            if path:
                yield step, path


def module_of(name: str, view: View) -> str:
    """Give the file of the product that a dotted name leads into; empty for none."""
    parts = name.removeprefix("sys.modules.").split(".")
    ends = len(parts) + (1 if name.startswith("sys.modules.") else 0)
    for end in range(min(ends, len(parts) + 1) - 1, 0, -1):
        stem = "/".join(parts[:end])
        for root in _ROOTS:
            for path in (f"{root}{stem}.py", f"{root}{stem}/__init__.py"):
                if paths.zone(path) == paths.PRODUCT and view.before(path) is not None:
                    return path
    return ""


def is_called(name: str, module: str, conftest: str, view: View) -> bool:
    """Tell whether tests of the base call by itself what is replaced, and so are about it."""
    last = name.rpartition(".")[2]
    if not last.isidentifier():
        return False
    owner = _owner(name)
    direct = re.compile(
        rf"(?<![\w.]){last}\(|\b\w+\.{last}\(|\.{last}\b|import [^#\n]*\b{last}\b"
        + (rf"|\b{owner}\b" if owner else "")
    )
    folder = conftest.rpartition("/")[0]
    ways = re.compile(rf"\b(?:{'|'.join(map(re.escape, _ways(name, module)))})\b")
    seen = 0
    for path in _mentioning(owner or last, view):
        if path.startswith(folder) and path != conftest and paths.is_test_module(path):
            side = view.before(path)
            text = (side.text if side else None) or ""
            seen += 1
            if direct.search(text) and ways.search(text):
                return True
        if seen > _MOST:
            return True
    return False


def _owner(name: str) -> str:
    """Give the class of a public method: who tests the class, tests what it can do."""
    parts = name.split(".")
    owner = parts[-2] if len(parts) > 1 else ""
    is_public = not parts[-1].startswith("_") or parts[-1].endswith("__")
    return owner if is_public and owner.isidentifier() and owner[:1].isupper() else ""


def _ways(name: str, module: str) -> list[str]:
    """Give the words by which a test may import something: its module, and those around it."""
    stem = module.removesuffix("/__init__.py").removesuffix(".py")
    return sorted({*stem.split("/"), *name.split(".")[:-1]} - {"src", "lib", "sys", "modules", ""})


def _mentioning(word: str, view: View) -> list[str]:
    changed = [file.old.path for file in view.files if file.old is not None]
    return [*view.rest.mentioning([word]), *changed]


def _is_real(value: cst.BaseExpression | None, python: Python) -> bool:
    """Tell whether a module is put there under its name that was imported from a file."""
    return value is not None and any(
        word in python.code(value) for word in ("import_module", "module_from_spec", "sys.modules")
    )


def _is_plain(value: cst.BaseExpression | None, python: Python) -> bool:
    """Tell whether a setting gets another value, and not a function another body."""
    if value is None:
        return False
    if isinstance(value, cst.Lambda | cst.Call):
        return last_name(value) in {"Path", "str", "int", "Decimal", "timedelta", "join"}
    functions = {one.name for one in python.functions}
    return last_name(value) not in functions | {one.name for one in python.classes}


def _written(call: cst.Call, python: Python) -> str:
    """Give the path that a call writes to, where it belongs to the project."""
    name = last_name(call.func)
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    target: cst.BaseExpression | None = None
    if name == "open":
        is_method = owner is not None and not isinstance(owner, cst.Name)
        mode = python.argument(call, 0 if is_method else 1, "mode")
        value = python.fold(mode) if mode is not None else "r"
        if isinstance(value, str) and re.search("[wax+]", value):
            target = owner if is_method else python.argument(call, 0, "file")
    elif name in _WRITERS and owner is not None:
        at_end = name in {"copy", "copy2", "copyfile", "move", "rename", "replace"}
        names = python.names(call.func)
        is_module = any(one.startswith(("os.", "shutil.")) for one in names)
        target = call.args[-1 if at_end else 0].value if is_module and call.args else owner
        if not is_module and name == "replace" and len(call.args) > 1:
            return ""  # of a string
    return _project_path(target, python) if target is not None else ""


def _project_path(node: cst.BaseExpression, python: Python) -> str:
    if _ELSEWHERE.search(f"{python.code(node)} {' '.join(python.origins(node))}"):
        return ""
    for text in _texts(node, python):
        if _OURS.search(text.rpartition("/")[2]):
            return text
    return ""


def _texts(node: cst.BaseExpression, python: Python) -> Iterator[str]:
    waiting: list[cst.CSTNode] = [node]
    for _ in range(200):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, cst.Name) and one.value == "__file__":
            yield python.path
        if isinstance(one, cst.BaseExpression):
            value = python.fold(one)
            if isinstance(value, str):
                yield value
        waiting += one.children
        if isinstance(one, cst.Name):
            waiting += bound(one, python)
