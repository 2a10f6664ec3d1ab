"""Tokens whose signature nobody checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_settings import called, option
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_DECODE = re.compile(
    r"(?:jose\.|authlib\.\w+\.)?jwt\.(?:\w+\.)?decode(?:_complete)?|jose\.jws\.verify"
    r"|jwt\.PyJWT\.decode"
)
_ENCODE = re.compile(r"(?:jose\.)?jwt\.(?:\w+\.)?encode|jose\.jws\.sign")
_BLIND = re.compile(r"python_jwt\.process_jwt|(?:jose\.)?jwt\.process_jwt")
_PEEK = re.compile(r"jose\.jw[ts]\.get_unverified_claims|(?:\*|itsdangerous\.[\w.]+)\.loads_unsafe")
_NO_KEY = "the token is read without checking its signature, so anybody may have written it"


def unverified(python: Python) -> Iterator[Sighting]:
    """Say where a token is read, or made, without a signature."""
    for call, _ in called(python, _DECODE):
        if _is_blind(python, call):
            yield sighting(python, call.node, call.scope, _NO_KEY)
        elif "none" in _algorithms(python, call):
            what = "a token without a signature is taken too, so anybody may have written it"
            yield sighting(python, call.node, call.scope, what)
    for call, _ in called(python, _ENCODE):
        if "none" in _algorithms(python, call):
            what = "the token is made without a signature, so anybody may change it"
            yield sighting(python, call.node, call.scope, what)
    for call, _ in called(python, _BLIND):
        yield sighting(python, call.node, call.scope, _NO_KEY)
    for call, _ in called(python, _PEEK):
        yield sighting(python, call.node, call.scope, _NO_KEY, Risk.MEDIUM)


def _is_blind(python: Python, call: Call) -> bool:
    verify = call.arg(python, 2, "verify")
    if verify is not None and python.fold(verify) is False:
        return True
    options = call.arg(python, None, "options")
    signature = option(python, options, "verify_signature")
    return signature is not None and python.fold(signature) is False


def _algorithms(python: Python, call: Call) -> set[str]:
    found: set[str] = set()
    for position, keyword in ((2, "algorithm"), (2, "algorithms")):
        node = call.arg(python, position, keyword)
        value = python.fold(node) if node is not None else ()
        values = value if isinstance(value, list | tuple | frozenset) else (value,)
        found |= {one.lower() for one in values if isinstance(one, str)}
        if node is not None and keyword == "algorithm" and value is None:
            found.add("none")
    return found
