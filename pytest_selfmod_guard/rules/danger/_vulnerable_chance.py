"""Secrets that can be guessed, because they were drawn from what is not random."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_settings import target_name
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_DRAWS = re.compile(
    r"random\.(?:random|randint|randrange|choice|choices|sample|getrandbits|randbytes|uniform"
    r"|shuffle)|random\.Random\.\w+|numpy\.random\.\w+"
)
_GUESSED = re.compile(r"time\.time|uuid\.uuid1|datetime\.datetime\.now")
_SECRET = re.compile(
    r"token|secret|password|passwd|passphrase|api_?key|crypto|session_?(?:id|key|token)|session$"
    r"|otp\b|_otp|otp_|one_?time|nonce|salt|"
    r"reset_?(?:code|link|key)|csrf|verification|activation|confirm\w*_?code|captcha"
    r"|auth_?(?:code|key)|pin_?code|license_?key|"
    r"encryption_?key|private_?key|secret_?key|invite_?(?:code|token)|coupon|voucher|cookie"
    r"|signature|(?:^|_)iv$|(?:^|_)pin$|pwd",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"tokens$|tokeniz|token_?(?:ids?|count|len|size|idx|index|num|type|pos|embed|mask|limit"
    r"|budget)|(?:num|max|min|n|next|prev|eos|bos|pad|mask|input|output|stop|special"
    r"|special)_?token|"
    r"batch|sample|shuffle|train|jitter|backoff|test|fake|mock|demo|sleep|delay|retry|seed",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"string\.(?:ascii\w*|digits|letters|hexdigits|printable|punctuation)|ascii_letters"
    r"|ascii_uppercase|ascii_lowercase"
)


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where something that should be a secret can be guessed."""
    names = _purposes(python)
    for call in python.calls:
        if not any(_DRAWS.fullmatch(name) for name in call.names):
            continue
        purpose = names.get(id(call.node)) or _of_scope(call.scope)
        if purpose:
            what = (
                f"{purpose} can be guessed: it is drawn by a generator that is made to be repeated"
            )
            yield sighting(python, call.node, call.scope, what)
        elif _draws_letters(python, call):
            what = (
                "text that looks like a secret is drawn by a generator that is made to be repeated"
            )
            yield sighting(python, call.node, call.scope, what, Risk.MEDIUM)


def _draws_letters(python: Python, call: Call) -> bool:
    first = call.arg(python, 0, "seq") or call.arg(python, 0, "population")
    return first is not None and _LETTERS.search(python.code(first)) is not None


def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None and _NO_SECRET.search(name) is None


def _of_scope(scope: str) -> str:
    function = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", scope.rpartition(".")[2])
    return (
        function
        if _is_secret(function)
        and re.search(r"gen|make|create|new|get|random|build|issue|$", function)
        else ""
    )


def _purposes(python: Python) -> dict[int, str]:
    """Say, by the id of each call, what its value is called."""
    found: dict[int, str] = {}
    for target, value in facts(python).assignments:
        name = target_name(python, target)
        if name and _is_secret(name.rpartition(".")[2]):
            found |= dict.fromkeys(_calls(value), name)
    for call in python.calls:
        for arg in call.node.args:
            if arg.keyword and _is_secret(arg.keyword.value):
                found |= dict.fromkeys(_calls(arg.value), arg.keyword.value)
    return found


def _calls(node: cst.CSTNode) -> Iterator[int]:
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, cst.Call):
            yield id(here)
        waiting.extend(children(here))
