"""Where a file writes, moves or links something to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_marks import Mark, of_text
from pytest_selfmod_guard.rules.danger._flow_texts import sketch

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call

_OPENERS = frozenset(
    ("builtins.open", "io.open", "codecs.open", "aiofiles.open", "os.fdopen", "pathlib.Path.open")
)
_METHODS = frozenset(("write_text", "write_bytes", "symlink_to", "hardlink_to", "touch"))
_MOVERS = frozenset(
    (
        "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move", "shutil.copytree",
        "os.symlink", "os.link",
        "os.rename", "os.replace", "urllib.request.urlretrieve", "os.chmod", "wget.download",
    )
)  # fmt: skip
_REGISTRY = frozenset(
    f"{module}.{name}"
    for module in ("winreg", "_winreg", "win32api")
    for name in (
        "SetValueEx",
        "SetValue",
        "CreateKey",
        "CreateKeyEx",
        "OpenKey",
        "OpenKeyEx",
        "RegSetValueEx",
        "RegOpenKeyEx",
    )
)
_WRITING = frozenset("wax+")


class Written(NamedTuple):
    """One call that writes somewhere."""

    call: Call
    marks: Mark
    """Of the place it writes to."""
    target: cst.BaseExpression


def writes(flow: Flow) -> Iterator[Written]:
    """Give every call of a file that writes to a place of which something is known."""
    for call in flow.python.calls:
        target = _target(flow, call)
        if target is not None:
            place = sketch(flow.python, target)
            content = [arg.value for arg in call.node.args if arg.value is not target]
            marks = flow.marks(target) | of_text(place)
            if marks & Mark.GIT and "hooks" in place:
                marks |= Mark.HOOK
            if place.endswith(".pth") and any(_imports(flow, node) for node in content):
                marks |= Mark.STARTUP
            yield Written(call, marks, target)


def _imports(flow: Flow, node: cst.BaseExpression) -> bool:
    """Tell whether a text begins as the lines of a ``.pth`` file do that are run."""
    return sketch(flow.python, node).startswith("import ")


def _target(flow: Flow, call: Call) -> cst.BaseExpression | None:
    names, python = flow.edges.names(call.node), flow.python
    if names & _OPENERS:
        return call.arg(python, 0, "file") if _is_writing(flow, call, 1) else None
    if "os.open" in names:
        return call.arg(python, 0, "path")
    if names & _MOVERS:
        return call.arg(python, 0 if "os.chmod" in names else 1, "dst")
    if names & _REGISTRY:
        return call.arg(python, 1, "sub_key")
    return _of_method(flow, call)


def _of_method(flow: Flow, call: Call) -> cst.BaseExpression | None:
    name = called_name(call.node)
    if name == "CreateShortCut":
        return call.arg(flow.python, 0)
    if name in ("rename", "replace") and len(call.node.args) == 1:
        return call.node.args[0].value
    if name in _METHODS or (name == "open" and _is_writing(flow, call, 0)):
        receiver: cst.BaseExpression | None = getattr(call.node.func, "value", None)
        return receiver if hasattr(call.node.func, "attr") else None
    return None


def _is_writing(flow: Flow, call: Call, position: int) -> bool:
    mode = call.arg(flow.python, position, "mode")
    folded = flow.python.fold(mode) if mode is not None else "r"
    return not isinstance(folded, str) or bool(_WRITING & set(folded))
