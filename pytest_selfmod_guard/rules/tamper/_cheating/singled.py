"""Inputs that look like test data and nothing else, and what leaves out a default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer, Inputs
from pytest_selfmod_guard.rules.tamper._cheating.constants import (
    NOTHING,
    Weight,
    constant,
    elements,
    key,
    weight,
)
from pytest_selfmod_guard.rules.tamper._cheating.known import Known
from pytest_selfmod_guard.rules.tamper._cheating.plain import Plain, parameters

_SPELLED = re.compile(r"(?=.*\d)(?=.*[^\w\s]).{4,}", re.DOTALL)
"""A date, a range, an expression; kinds and settings have no digits and signs at once."""
_DIGEST = re.compile(r"[0-9a-fA-F]{32,128}")
_KIND = re.compile(
    r"(?:\w*_)?(?:status|code|kind|type|level|id|key|name|port|version|errno|signal|sig|state"
    r"|mode|flag|char|bits?|severity|priority|month|year|number_of|pin|channel|tag|op|opcode)s?"
)
_PAIR = 2


def is_singled(answer: Answer) -> bool:
    """Tell whether one spelled-out input is answered by a result of some weight."""
    if answer.form not in ("branch", "table"):
        return False
    given = [part for one in answer.inputs for part in (one, *elements(one))]
    return any(map(_is_spelled, given)) and _is_result(answer.output)


def is_fingerprinted(answer: Answer) -> bool:
    """Tell whether a branch knows its input by a digest, and answers something of weight."""
    prints = (one for one in answer.inputs if isinstance(one, str) and _DIGEST.fullmatch(one))
    return answer.form == "branch" and any(prints) and weight(answer.output) >= Weight.NUMBER


def are_all_asked(known: Known, told: Sequence[Answer]) -> bool:
    """Tell whether a function writes out numbers, and knows only those that it is asked for."""
    if known.work or known.before or len(told) < len(known.fresh) or len(told) < _PAIR:
        return False
    if any(map(_KIND.fullmatch, parameters(known.function.node))):
        return False  # codes and levels have names, and a test may go through all
    texts = [one.output for one in told if isinstance(one.output, str)]
    numbers = [one for one in told if all(isinstance(v, int | float) for v in one.inputs)]
    if len(texts) < len(told) or len(numbers) < len(told):
        return False
    are_big = all(answer.weight >= Weight.NUMBER for answer in told)
    return are_big and (len(told) > _PAIR or all(map(_is_spelled, texts)))


def spellings(function: Plain, inputs: Inputs) -> Iterator[Inputs]:
    """Give the ways to ask for some inputs: as they are, and with defaults left out."""
    yield inputs
    names = _names(function)
    given = inputs
    if len(inputs) == 1 and isinstance(inputs[0], tuple):
        given = tuple(elements(inputs[0]))
    defaults = _defaults(function)
    if len(given) == len(names) and defaults:
        pairs = zip(names, given, strict=True)
        fewer = tuple(value for name, value in pairs if defaults.get(name) != key(value))
        if fewer and len(fewer) < len(given):
            yield fewer


def _is_spelled(value: object) -> bool:
    return isinstance(value, str) and _SPELLED.fullmatch(value) is not None


def _is_result(value: object) -> bool:
    return weight(value) >= Weight.NUMBER or _is_spelled(value)


def _names(function: Plain) -> list[str]:
    every = function.node.args
    plain = [one.arg for one in (*every.posonlyargs, *every.args)]
    return plain[1:] if plain[:1] in (["self"], ["cls"]) else plain


def _defaults(function: Plain) -> dict[str, str]:
    every = function.node.args
    plain = [one.arg for one in (*every.posonlyargs, *every.args)]
    found: dict[str, ast.expr] = dict(zip(reversed(plain), reversed(every.defaults), strict=False))
    known = {name: constant(default, {}) for name, default in found.items()}
    return {name: key(value) for name, value in known.items() if value is not NOTHING}
