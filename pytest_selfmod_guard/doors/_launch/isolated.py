"""
An interpreter that nothing of the project under judgement can reach.

It is started with ``-I -S``: no variable of Python's, no current folder, no
user's folder, no ``.pth`` file and no ``sitecustomize``. What it may import
besides the standard library is named: this package, and the folders that hold
its dependencies.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from importlib.machinery import PathFinder
from itertools import islice

import pytest_selfmod_guard
from pytest_selfmod_guard.interpreter import normal, requirements

_BOOT = """\
import importlib, importlib.util, json, os, sys
told = json.loads(sys.argv.pop(1))
sys.prefix, sys.exec_prefix = told["prefixes"]
sys.path += told["folders"]
name, start = "pytest_selfmod_guard", told["package"]
where = [os.path.dirname(start)]
spec = importlib.util.spec_from_file_location(name, start, submodule_search_locations=where)
sys.modules[name] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
try:
    code = importlib.import_module(told["door"]).inside(told["question"])
except Exception as error:
    if not told["otherwise"]:
        raise
    code = f"{told['otherwise']} (not shown by pytest: {error!r})"
sys.exit(code)
"""
# The package comes by its file and not by its folder: of an editable install that
# folder is a whole repository, perhaps the one under judgement.

_US = "pytest-selfmod-guard"
_NEEDED = ("bandit", "libcst", "msgspec", "pluggy", "pyflakes", "pytest", "stevedore", "yaml")


def command(door: str, question: object, top: str, *words: str, otherwise: str = "") -> list[str]:
    """
    Return the command line that calls a module's function ``inside``.

    :param door: the module's full name
    :param question: what the function is handed, anything that JSON can carry;
        what it returns is the exit code
    :param top: the repository under judgement; nothing in it is importable
    :param words: what follows in its ``sys.argv``
    :param otherwise: what is said on standard error in the place of a traceback,
        when it crashes; the exit code is 1 either way
    """
    told = {
        "door": door,
        "question": question,
        "otherwise": otherwise,
        "folders": folders(top),
        "package": os.path.realpath(pytest_selfmod_guard.__file__),
        "prefixes": [sys.prefix, sys.exec_prefix],
    }
    return [sys.executable, "-I", "-S", "-c", _BOOT, json.dumps(told), *words]


def folders(top: str) -> list[str]:
    """
    Return the folders that hold our dependencies, this environment's own first.

    None is in the repository but an environment's own, none is the current one
    and none comes from ``PYTHONPATH``.
    """
    own = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    candidates = [*own, *_others(top)]
    found = (PathFinder.find_spec(name, candidates) for name in _NEEDED)
    holders = [
        os.path.dirname(os.path.dirname(spec.origin)) for spec in found if spec and spec.origin
    ]
    return list(dict.fromkeys([*own, *holders, *_of_requirements(candidates)]))


def is_within(path: str, folder: str) -> bool:
    """Tell whether a path is in a folder, or is it; both without symbolic links."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _of_requirements(candidates: list[str]) -> Iterator[str]:
    """Give the folders of what our dependencies need in their turn."""
    waiting, seen = [_US, *_NEEDED], set[str]()
    while waiting:
        name = normal(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        for found in islice(metadata.distributions(name=name, path=candidates), 1):
            yield str(found.locate_file("")).rstrip(os.sep)
            waiting += requirements(found)


def _others(top: str) -> Iterator[str]:
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    unwanted = {os.path.realpath(folder) for folder in (*named, os.curdir)}
    for folder in sys.path:
        real = os.path.realpath(folder)
        if folder and real not in unwanted and not is_within(real, os.path.realpath(top)):
            yield folder
