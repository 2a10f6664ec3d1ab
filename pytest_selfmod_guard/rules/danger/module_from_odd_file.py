"""SMG262: a module is loaded from a file that is no source."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._wording import GAP, said

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_BLIND = ("SourcelessFileLoader",)
_LOADERS = ("SourceFileLoader", "load_source", "load_compiled", "spec_from_file_location")
_SOURCES = frozenset((".py", ".pyi", ".pyw", ".so", ".pyd"))
_LONGEST = 9
"""Letters, beyond which what follows the last full stop is no extension."""


@python_rule(
    "SMG262",
    risk=Risk.HIGH,
    hint="name the file .py, commit it as source, and import it",
    triggers=(
        *REACHERS,
        b"sourcelessfileloader",
        b"sourcefileloader",
        b"load_source",
        b"load_compiled",
        b"spec_from_file_location",
    ),
)
def module_from_odd_file(python: Python) -> Iterable[Sighting]:
    """
    A module is loaded from byte code, or from a file whose name says that it is data.

    No reviewer opens `kernels.dat` to read code. Tests, and files whose name
    has no extension at all (programs are called that), are silent.

    Flagged: byte code
        === shop/fast.py
          from importlib.machinery import SourcelessFileLoader
        + module = SourcelessFileLoader("fast", PATH).load_module()

    Flagged: data
        === shop/fast.py
          import os
          from importlib.machinery import SourceFileLoader
        + HERE = os.path.dirname(__file__)
        + loader = SourceFileLoader("fast", os.path.join(HERE, "data", "kernels.dat"))

    Allowed: source, and a path that somebody chooses
        === shop/plugins.py
          from importlib.util import spec_from_file_location
          from importlib.machinery import SourceFileLoader
        + def load(name, path):
        +     yield spec_from_file_location(name, path)
        +     yield spec_from_file_location(name, f"plugins/{name}.py")
        +     yield SourceFileLoader("tool", "bin/tool")
    """
    if paths.zone(python.path) == paths.TEST:
        return
    for call in python.calls:
        path = call.arg(python, 1, "path") or call.arg(python, 1, "location")
        if any(name.endswith(_BLIND) for name in call.names):
            what = "this runs byte code, which nobody can read"
        elif path is not None and any(name.endswith(_LOADERS) for name in call.names):
            extension = _extension(python, path)
            if not extension or extension in _SOURCES:
                continue
            what = f"this runs a file as Python whose name says otherwise ({extension})"
        else:
            continue
        yield Sighting(python.line(call.node), what, python.code(call.node), call.scope)


def _extension(python: Python, path: cst.BaseExpression) -> str:
    """Give what the name of a file ends with, where that can be read."""
    extension = splitext(said(python, path).replace(GAP, "/").rstrip())[1].lower()
    return extension if 1 < len(extension) < _LONGEST and extension[1:].isalnum() else ""
