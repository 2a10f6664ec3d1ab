"""Keys and passwords that code is handed by people: who gets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_back import behind
from pytest_selfmod_guard.rules.danger._flow_texts import sketch

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_sends import Send

_PHRASE = re.compile(
    r"(?i)^_{0,2}(?:\w{0,40}_)?(?:priv(?:ate)?_?key|mnemonic|(?:seed|secret|recovery)_?(?:phrase|words)"
    r"|wallet_?seed)(?:_(?:hex|bytes|pem|b64|str))?$"
)
_MENTIONED = re.compile(r"(?i)priv(?:ate)?_?key|mnemonic|_?phrase|seed|getpass|keyring")
_TYPED = frozenset(("getpass.getpass", "pwinput.pwinput", "maskpass.askpass", "stdiomask.getpass"))
_KEPT = frozenset(("keyring.get_password", "keyring.get_credential"))
_OTHERS = re.compile(
    r"(?i)github|^gh:|gitlab|\baws\b|amazon|twine|pypi|npm|docker|azure|gcloud|google|chrome"
    r"|firefox|slack|login\b|wallet|vault"
)
"""Services whose passwords are not this program's own."""
_QUIET = frozenset(("auth", "cert", "pkey", "private_key", "password", "key_filename", "timeout"))
_OPEN = re.compile(r"^https?://[^\n]{0,300}\?")


def phrase_sent(flow: Flow, send: Send) -> str:
    """Say which key or password of people stands in what is sent to a written-down host."""
    if not _MENTIONED.search(flow.python.text):
        return ""
    args = [arg for arg in send.call.node.args if _name(arg) not in _QUIET]
    parts = [part for arg in args for part in behind(flow, arg.value)]
    if any(_PHRASE.search(_written(part)) for part in parts):
        return "a private key or the words of a wallet"
    calls = [part for part in parts if isinstance(part, cst.Call)]
    if any(_is_of_others(flow, call) for call in calls):
        return "another program's password, which a keyring keeps,"
    return "a password, in an address," if _is_in_address(flow, args) else ""


def has_password(flow: Flow, send: Send) -> bool:
    """Tell whether a password that was typed, or is kept, is in what is sent."""
    if not _MENTIONED.search(flow.python.text):
        return False
    return any(_is_password(flow, arg.value) for arg in send.call.node.args)


def _is_in_address(flow: Flow, args: list[cst.Arg]) -> bool:
    addresses = (arg.value for arg in args if _OPEN.match(sketch(flow.python, arg.value)))
    return any(_is_password(flow, node) for node in addresses)


def _is_password(flow: Flow, node: cst.BaseExpression) -> bool:
    calls = (part for part in behind(flow, node) if isinstance(part, cst.Call))
    return any(flow.edges.names(call) & (_TYPED | _KEPT) for call in calls)


def _is_of_others(flow: Flow, call: cst.Call) -> bool:
    if not flow.edges.names(call) & _KEPT or not call.args:
        return False
    services = flow.python.folds(call.args[0].value)
    return any(isinstance(name, str) and _OTHERS.search(name) for name in services)


def _name(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword is not None else ""


def _written(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""
