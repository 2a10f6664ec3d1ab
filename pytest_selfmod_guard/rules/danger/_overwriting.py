"""When what is written over a file is worth nothing to who owns it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_texts import sketch
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_writes import Written
    from pytest_selfmod_guard.syntax import Call, Python

_DISK = re.compile(
    r"(?i)^(?:/dev/(?:r?(?:sd|hd|vd|xvd)[a-z]|nvme\d|mmcblk|disk\d"
    r"|mem$)|//\./(?:physicaldrive|[a-z]:))"
)
_REMOVING = frozenset(("remove", "unlink", "rename", "replace", "move", "rmtree"))
_READING = frozenset(("read_bytes", "read_text", "open"))
_ENCRYPTING = frozenset(
    ("encrypt", "encrypt_and_digest", "encryptFile", "encrypt_file", "update", "encryptor")
)


def is_disk(flow: Flow, call: Call) -> bool:
    """Tell whether what a call opens is a whole disk."""
    return any(
        _DISK.match(sketch(flow.python, arg.value).replace("\\", "/")) for arg in call.node.args[:1]
    )


def spoilt(flow: Flow, written: Written) -> str:
    """Say how files that were found are spoilt where one of them is written; empty if not."""
    nearby = [call for call in flow.python.calls if call.scope == written.call.scope]
    if any(flow.own(call.node) & Mark.RANDOM for call in nearby):
        return "files that were found are overwritten with random bytes"
    if not any(_encrypts(flow, call) for call in nearby):
        return ""
    gone = any(called_name(call.node) in _REMOVING for call in flow.python.calls)
    return (
        "files that were found are encrypted in place"
        if gone or _is_in_place(flow, written, nearby)
        else ""
    )


def _encrypts(flow: Flow, call: Call) -> bool:
    if flow.own(call.node) & Mark.CIPHER:
        return True
    receiver = getattr(call.node.func, "value", None)
    named = called_name(call.node) in _ENCRYPTING - {"update"}
    return named or (
        called_name(call.node) == "update" and bool(flow.marks(receiver) & Mark.CIPHER)
    )


def _is_in_place(flow: Flow, written: Written, nearby: list[Call]) -> bool:
    """Tell whether the same path is also read."""
    target = flow.python.code(written.target)
    others = [call.node for call in nearby if call.node is not written.call.node]
    return any(flow.python.code(node) == target for call in others for node in _touched(call))


def _touched(call: cst.Call) -> list[cst.BaseExpression]:
    """Give what a call reads or opens, if it does: what it is of, or its first argument."""
    if isinstance(call.func, cst.Attribute) and call.func.attr.value in _READING:
        return [call.func.value]
    is_open = called_name(call) == "open" and call.args
    return [call.args[0].value] if is_open else []


def in_endless_loop(python: Python, wanted: cst.Call) -> bool:
    """Tell whether a call stands in a `while` that is always true."""
    todo: list[tuple[cst.CSTNode, bool]] = [(python.module, False)]
    while todo:
        node, inside = todo.pop()
        if node is wanted:
            return inside
        if isinstance(node, cst.While):
            inside = inside or bool(python.fold(node.test) is True or python.fold(node.test) == 1)
        todo += [(child, inside) for child in children(node)]
    return False
