"""Which files and names pytest still looks at, by its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from posixpath import basename, normpath

from pytest_selfmod_guard.rules.tamper._settings import Settings
from pytest_selfmod_guard.view import View

_NOT_ENTERED = (
    "*.egg",
    ".*",
    "_darcs",
    "build",
    "CVS",
    "dist",
    "node_modules",
    "venv",
    "{arch}",
    "__pycache__",
)
_FILES = ("test_*.py", "*_test.py")
_DEFINED = re.compile(r"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)(.*)", re.MULTILINE)
_CASES = re.compile(r"\b\w*(TestCase|Case|TestBase)\b")
_MOST = 400  # files that are read for the names in them


class Collecting:
    """Tells what is collected in one version."""

    def __init__(self, found: Settings, known: Iterable[str]) -> None:
        """
        Take the settings.

        :param known: every path there is
        """
        self._files = found.words("python_files") or list(_FILES)
        self._classes = found.words("python_classes") or ["Test"]
        self._functions = found.words("python_functions") or ["test"]
        not_entered = found.words("norecursedirs")
        self._not_entered = not_entered if "norecursedirs" in found.keys else list(_NOT_ENTERED)
        asked = found.options
        self._ignored = [normpath(o.text) for o in asked if o.kind == "ignore"]
        self._ignored_globs = [o.text for o in asked if o.kind == "ignore-glob"]
        self._roots = _existing(found.words("testpaths"), known)

    def has(self, path: str) -> bool:
        """Tell whether a file is collected."""
        name = basename(path)
        return (
            any(_fits(path if "/" in one else name, one) for one in self._files)
            and self._enters(path)
            and not any(path == one or path.startswith(f"{one}/") for one in self._ignored)
            and not any(fnmatchcase(path, one) or fnmatchcase(f"/{path}", one)
                        for one in self._ignored_globs)
        )  # fmt: skip

    def names(self, text: str) -> Iterator[str]:
        """Give the names of the tests that are collected from a module's text."""
        inside_class = False
        cases = _heirs(text)
        for indent, kind, name, rest in _DEFINED.findall(text):
            if kind == "class" and not indent:
                is_case = name in cases or bool(_CASES.search(rest))
                inside_class = is_case or self._is_named(name, self._classes)
            elif (not indent or inside_class) and self._is_named(name, self._functions):
                yield name

    def _enters(self, path: str) -> bool:
        if self._roots and not any(
            root in (path, ".") or path.startswith(f"{root}/") for root in self._roots
        ):
            return False
        folders = path.split("/")[:-1]
        told = [one for one in self._not_entered if one not in _NOT_ENTERED]
        if any(fnmatchcase(folder, one) for folder in folders for one in told):
            return False
        root_depth = max(
            (len(root.split("/")) for root in self._roots if path.startswith(f"{root}/")), default=0
        )
        return not any(
            fnmatchcase(folder, one) or ("/" in one and _within(path, one))
            for folder in folders[root_depth:]
            for one in self._not_entered
        )

    def _is_named(self, name: str, patterns: list[str]) -> bool:
        return any(
            name.startswith(one) or (re.search(r"[*?\[]", one) and fnmatchcase(name, one))
            for one in patterns
        )


def lost_files(old: Settings, new: Settings, view: View) -> list[str]:
    """Give the files that stay, and from which no test is collected any more."""
    staying = _staying(view, old.folder)
    fresh = {file.path.removeprefix(new.folder) for file in view.files if file.new is not None}
    before, after = Collecting(old, staying), Collecting(new, staying | fresh)
    lost = (path for path in staying if before.has(path) and not after.has(path))
    return sorted(f"{old.folder}{path}" for path in lost)


def lost_names(old: Settings, new: Settings, view: View) -> Iterator[str]:
    """Give the tests whose names fit no more."""
    keys = ("python_classes", "python_functions")
    if all(old.words(key) == new.words(key) for key in keys):
        return
    staying = _staying(view, old.folder)
    before, after = Collecting(old, staying), Collecting(new, staying)
    for path in [path for path in sorted(staying) if before.has(path)][:_MOST]:
        side = view.before(f"{old.folder}{path}")
        text = (side.text if side else None) or ""
        gone = set(before.names(text)) - set(after.names(text))
        yield from (f"{old.folder}{path}::{name}" for name in sorted(gone))


def test_files(settings: Settings, view: View) -> Iterator[tuple[str, str]]:
    """Give the test files of the base that are collected, with their texts."""
    staying = _staying(view, settings.folder)
    before = Collecting(settings, staying)
    for path in [path for path in sorted(staying) if before.has(path)][:_MOST]:
        side = view.before(f"{settings.folder}{path}")
        yield path, (side.text if side else None) or ""


def _staying(view: View, folder: str) -> frozenset[str]:
    """Give the Python files below a folder that are in both versions, at the same place."""
    gone = {file.change.before for file in view.files if file.new is None or file.change.old_path}
    here = {file.path for file in view.files if file.old is not None and file.new is not None}
    every = (view.rest.paths() | here) - gone
    return frozenset(
        path.removeprefix(folder)
        for path in every
        if path.endswith(".py") and path.startswith(folder)
    )


def _heirs(text: str) -> set[str]:
    """Give the classes of a module that inherit from a test case of the same module."""
    defined = [(name, rest) for _, kind, name, rest in _DEFINED.findall(text) if kind == "class"]
    found = {name for name, rest in defined if _CASES.search(rest)}
    for name, rest in defined:
        if not found.isdisjoint(re.findall(r"\w+", rest)):
            found.add(name)
    return found


def _existing(roots: list[str], known: Iterable[str]) -> list[str]:
    """Give those of the test paths that exist; where none does pytest takes everything."""
    found = []
    for root in map(normpath, roots):
        if root == "." or any(path == root or path.startswith(f"{root}/") for path in known):
            found.append(root)
        elif re.search(r"[*?\[]", root):
            depth = root.count("/") + 1
            tops = {"/".join(path.split("/")[:depth]) for path in known}
            found += sorted(top for top in tops if fnmatchcase(top, root))
    return found


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(f"/{name}", f"*/{pattern}")


def _within(path: str, pattern: str) -> bool:
    return fnmatchcase(f"/{path}", f"*/{pattern}/*") or fnmatchcase(path, f"{pattern}/*")
