"""Where something is sent, and whether it is of the kind that is nobody else's business."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_back import behind, texts_behind
from pytest_selfmod_guard.rules.danger._flow_marks import Mark

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_sends import Send

_QUIET = frozenset(("auth", "cert", "verify", "timeout", "headers", "context", "ssl", "proxies"))
_PRIVATE = re.compile(
    r"(?i)passw(?:or)?d|passphrase|\bpwd\b|(?:^|[._])(?:token|secret|cookies?|credentials?|api_?key"
    r"|card(?:_?(?:number|no))?|cvv|cvc|iban|ssn|pin|e?mail|phone|session_?id)s?\b"
    r"|access_?(?:token|key)|request\.(?:form|json|data|body|POST|values|cookies|headers|get_json)"
    r"|\bos\.environ\b|\.(?:authorization|cookies|META)\b|getpass|keyring|\b(?:username|user)\b"
    r"|message\[|\bmessages?\b|private_?key|clipboard"
)
_SENT = (0, 3)  # the address and the data; between them where it is saved to
_ABOUT_MACHINE = Mark.USER | Mark.HOST | Mark.MAC | Mark.FOLDER | Mark.OUTPUT
_FROM_MACHINE = Mark.FILE | Mark.ENVIRONMENT | Mark.KEYS | Mark.VAULT | Mark.TREE


def addresses(flow: Flow, send: Send) -> Iterator[str]:
    """Give the texts that may be the address to which something is sent."""
    call = send.call.node
    parts: list[cst.BaseExpression] = [arg.value for arg in call.args[:2]]
    parts += [arg.value for arg in call.args[2:] if _name(arg) in ("url", "uri", "host")]
    for part in parts:
        for _, text in texts_behind(flow, part):
            yield text


def kept_private(flow: Flow, send: Send, *, test: bool) -> str:
    """Say what of people or of the machine is sent; nothing where it is nobody's."""
    args = [arg for arg in send.call.node.args if _name(arg) not in _QUIET]
    if any(name.endswith(".urlretrieve") for name in send.call.names):
        args = [arg for at, arg in enumerate(args) if at in _SENT or _name(arg) in ("url", "data")]
    if send.loud & _FROM_MACHINE:
        return "a file or the environment of the machine"
    if test and not flow.python.path.endswith("conftest.py"):
        return ""
    if test and send.loud & _ABOUT_MACHINE:
        return "what the tests know of the machine"
    for arg in args:
        for part in behind(flow, arg.value):
            if isinstance(part, cst.Name | cst.Attribute | cst.Subscript | cst.Call):
                code = flow.python.code(part)
                if _PRIVATE.search(code[:200]):
                    return f"{code[:60]!r}"
    return ""


def _name(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword is not None else ""
