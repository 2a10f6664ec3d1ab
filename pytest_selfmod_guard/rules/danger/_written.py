"""Files that code writes and then runs, with what they were filled from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules.danger._foreign import HIDDEN, NETWORK, kinds_of
from pytest_selfmod_guard.rules.danger._naming import Names, names_of

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python
    from pytest_selfmod_guard.syntax.scopes import Scope

_OPENS = frozenset(
    ("builtins.open", "os.fdopen", "os.open", "tempfile.NamedTemporaryFile", "tempfile.mkstemp",
     "codecs.open", "*.open", "aiofiles.open", "tempfile.TemporaryFile")
)  # fmt: skip
_PATHS = ("*.write_bytes", "*.write_text", "pathlib.Path.write_bytes", "pathlib.Path.write_text")
_FETCHES = re.compile(
    r"(?:urllib\.(?:request\.)?|six\.moves\.urllib\.request\.|\*\.|urllib2\.)urlretrieve|wget\.download"
    r"|gdown\.download|\*\.(?:download_file|retrieve|fget_object)"
)
_COPIES = frozenset(("shutil.copyfileobj",))


class Written(NamedTuple):
    """A file that is filled from somewhere foreign."""

    line: int
    scope: str
    origin: str
    """One of the kinds of :mod:`._foreign`."""
    names: Names
    """What the file is called, in any of its spellings."""


def written(python: Python) -> list[Written]:
    """Give the files that are filled from the network, or with what was encoded."""
    found = []
    for call in python.calls:
        for origin, path in _filled(python, call):
            names = names_of(python, path)
            found.append(Written(python.line(call.node), call.scope, origin, names))
    return found


def _filled(python: Python, call: Call) -> Iterator[tuple[str, cst.BaseExpression]]:
    if any(_FETCHES.fullmatch(name) for name in call.names):
        path = call.arg(python, 1, "filename") or call.arg(python, None, "out")
        if path is not None:
            yield NETWORK, path
        return
    short = {name.rpartition(".")[2] for name in call.names}
    if call.names & _COPIES:
        content, holder = call.arg(python, 0, "fsrc"), call.arg(python, 1, "fdst")
    elif short & {"write", "writelines", "write_bytes", "write_text"}:
        content, holder = call.arg(python, 0), _owner(call.node)
    else:
        return
    if content is None or holder is None:
        return
    found = kinds_of(python, content)
    origin = NETWORK if NETWORK in found else HIDDEN if HIDDEN in found else ""
    if origin and (path := _path(python, holder, is_path="write" not in short)) is not None:
        yield origin, path


def _path(
    python: Python, holder: cst.BaseExpression, *, is_path: bool
) -> cst.BaseExpression | None:
    """Find the path behind a file object; a path that writes itself is its own."""
    import libcst as cst  # noqa: PLC0415 (a rule that asks has it already)

    if isinstance(holder, cst.Call):
        if python.names(holder.func) & _OPENS or _is_open(holder):
            return _opened(python, holder)
        return holder
    if isinstance(holder, cst.Name) and not is_path:
        for value in _values(python, holder):
            if isinstance(value, cst.Call) and (
                python.names(value.func) & _OPENS or _is_open(value)
            ):
                return _opened(python, value) or holder
    return holder


def read_from(python: Python, text: cst.BaseExpression) -> cst.BaseExpression | None:
    """Give the path of the file that a text is read from; also through ``compile``."""
    import libcst as cst  # noqa: PLC0415

    if isinstance(text, cst.Call) and "builtins.compile" in python.names(text.func) and text.args:
        text = text.args[0].value
    name = getattr(getattr(getattr(text, "func", None), "attr", None), "value", "")
    holder = _owner(text) if isinstance(text, cst.Call) and name in ("read", "read_text") else None
    return _path(python, holder, is_path=name == "read_text") if holder is not None else None


def _is_open(call: cst.Call) -> bool:
    return getattr(getattr(call.func, "attr", None), "value", "") == "open"


def _opened(python: Python, call: cst.Call) -> cst.BaseExpression | None:
    """Give the path of an ``open``: its first argument, or what it is a method of."""
    names = python.names(call.func)
    if names & {"builtins.open", "os.open", "codecs.open", "aiofiles.open"}:
        return call.args[0].value if call.args else None
    owner = _owner(call)
    return owner if any(name.startswith("*.") for name in names) else None


def _owner(call: cst.Call) -> cst.BaseExpression | None:
    """Give what a method is called on."""
    owner = getattr(call.func, "value", None)
    return None if isinstance(owner, str) else owner


def _values(python: Python, name: cst.Name) -> Iterator[object]:
    scope: Scope | None = python.place(name).scope
    while scope is not None:
        if name.value in scope.bindings:
            yield from (binding.value for binding in scope.bindings[name.value])
            return
        scope = scope.parent
