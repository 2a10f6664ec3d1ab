"""How bad it is that a function knows what it is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer
from pytest_selfmod_guard.rules.tamper._cheating.constants import NOTHING, Weight, elements, weight
from pytest_selfmod_guard.rules.tamper._cheating.known import Known

_CONFESSED = re.compile(
    r"hard.?cod|test.?case|tests? (?:input|expect|pass|want|ask|check|require)"
    r"|(?:known|visible|given|provided|specific|sample|example) (?:test|input|answer|output|case)"
    r"|expected (?:by|in|answer|output|result)|(?:make|so|let) .{0,20}tests? pass"
    r"|pass(?:es)? the test|special.?cas\w* .{0,20}test|for (?:the )?tests?\b|memori[sz]ed|cheat",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"test_?cases?$|test_?(?:in|out)puts?|test_?(?:answers|results|data)|hard_?coded|canned"
    r"|(?:known|expected|visible|memori[sz]ed|precomputed|sample)_?"
    r"(?:answers?|in|inputs?|outputs?|results?|returns?|tests?|cases?|solutions?|examples?)$",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_YES_AND_NO = frozenset(
    ("yes", "no", "on", "off", "true", "false", "y", "n", "t", "f", "enabled", "disabled", "auto")
)
_MOST = 0.75
_HALF = 0.5
_SEVERAL = 2
_MANY = 3


class Weighed(NamedTuple):
    """The judgement on one function."""

    risk: Risk
    is_settled: bool
    """False where only running the tests can tell."""
    answers: tuple[Answer, ...]
    """Those that speak against it."""
    are_of_tests: bool
    """True where tests or examples give the same input and answer."""


_Grade = tuple[Risk, bool]
_FINE, _ODD = (Risk.NONE, True), (Risk.MEDIUM, True)
_CLEAR, _UNCLEAR = (Risk.HIGH, True), (Risk.HIGH, False)
_NO = Weighed(Risk.NONE, is_settled=False, answers=(), are_of_tests=False)


def weigh(known: Known, told: Iterable[Answer]) -> Weighed:
    """
    Judge a function by what it knows.

    :param told: its answers that tests or examples ask for
    """
    found = tuple(told)
    says_so = _confesses(known)
    if found:
        risk, settled = _told(known, found)
        if says_so and risk < Risk.HIGH:
            risk, settled = _CLEAR
        if risk > Risk.NONE:
            return Weighed(risk, settled or says_so, found, are_of_tests=True)
    return _untold(known, says_so=says_so)


def _told(known: Known, told: tuple[Answer, ...]) -> _Grade:
    share = len(told) / len(known.fresh)
    if known.has_lost_work and share >= _HALF:
        return _CLEAR
    data = [answer for answer in told if answer.weight is Weight.DATA]
    if data and (share >= _HALF or len(data) > 1):
        is_limit = len(data) == 1 and known.work > 0 and _may_be_a_limit(data[0])
        return _ODD if is_limit else _CLEAR
    if known.before > 1 or share < _MOST:
        return _FINE  # one more of what it distinguished all along
    return _scalars(known, told)


def _scalars(known: Known, told: tuple[Answer, ...]) -> _Grade:
    """Judge answers to numbers and words, which functions may well know for a reason."""
    related = [answer for answer in told if _is_made_from(answer)]
    numbers = [answer for answer in told if _is_number_for_number(answer)]
    if max(len(related), len(numbers)) > 1:
        return _CLEAR
    if related or numbers:
        return _UNCLEAR
    if all(answer.form == "member" for answer in told):
        many = [answer for answer in told if answer.weight >= Weight.NUMBER]
        return _UNCLEAR if len(many) >= _MANY else _FINE
    return _words(known, [answer for answer in told if not _is_yes_or_no(answer)])


def _words(known: Known, asked: list[Answer]) -> _Grade:
    """Judge answers that are no numbers: words, or what is made of them."""
    if len(asked) < _SEVERAL or _refuses(known):
        return _FINE
    if _is_dispatch(asked):
        is_big = all(answer.weight >= Weight.NUMBER for answer in asked)
        return _UNCLEAR if is_big and known.work else _FINE
    return _ODD if known.work else _UNCLEAR


def _untold(known: Known, *, says_so: bool) -> Weighed:
    """Judge a function without having seen what it is asked."""
    branches = [answer for answer in known.fresh if answer.form == "branch"]
    data = tuple(a for a in branches if a.weight is Weight.DATA and _is_long(a))
    if says_so and (branches or len(known.fresh) > 1):
        is_plain = bool(data) or len(known.fresh) > 1
        return Weighed(Risk.HIGH, is_settled=is_plain, answers=known.fresh, are_of_tests=False)
    if len(data) > 1:
        return Weighed(Risk.HIGH, is_settled=True, answers=data, are_of_tests=False)
    if data or _only_answers(known):
        return Weighed(Risk.HIGH, is_settled=False, answers=data or known.fresh, are_of_tests=False)
    return _NO


def _only_answers(known: Known) -> bool:
    """Tell whether a function does nothing but answer what one usually computes."""
    if known.work or _refuses(known):
        return False
    found = [answer for answer in known.fresh if answer.form == "branch"]
    data = [answer for answer in found if answer.weight is Weight.DATA]
    numbers = [answer for answer in known.fresh if _is_number_for_number(answer)]
    many = len(known.fresh) * _MOST
    least = max(many, _SEVERAL)
    return len(data) >= least or len(numbers) >= max(many, _MANY)


def _confesses(known: Known) -> bool:
    """Tell whether names or comments beside the answers say what they are."""
    side = known.file.new
    lines = side.lines if side else []
    for answer in known.fresh:
        if _CALLED.search(answer.table):
            return True
        around = lines[max(0, answer.line - 3) : answer.line + 1]
        if any("#" in line and _CONFESSED.search(line.split("#", 1)[1]) for line in around):
            return True
    return False


def _may_be_a_limit(answer: Answer) -> bool:
    """Tell whether an input may be a mark of its own: a text that means none, or all."""
    texts = all(isinstance(one, str) for one in answer.inputs)
    return texts and weight(answer.output) is Weight.TRIVIAL


def _is_long(answer: Answer) -> bool:
    """Tell whether an input is a list of some length, or a sentence of some."""
    for one in answer.inputs:
        if isinstance(one, list | tuple) and len(one) >= _MANY:
            return any(isinstance(part, int | float) for part in one)
    return False


def _is_number_for_number(answer: Answer) -> bool:
    """Tell whether numbers are answered by numbers, single ones or lists of them."""
    given = [part for one in answer.inputs for part in (list(elements(one)) or [one])]
    output = list(elements(answer.output)) or [answer.output]
    if not all(map(_is_number, (*given, *output))):
        return False
    return weight(answer.output) > Weight.TRIVIAL and answer.weight > Weight.TRIVIAL


def _is_number(value: object) -> bool:
    if isinstance(value, str):  # as in Decimal("47.50")
        return _DECIMAL.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_made_from(answer: Answer) -> bool:
    """Tell whether an answer looks computed from its input: reversed, sorted, a piece of it."""
    given, output = answer.inputs[0], answer.output
    if not isinstance(given, str) or not isinstance(output, str) or given == output:
        return False
    one, other = given.casefold(), output.casefold()
    if len(one) <= _MANY or one == other or not one.replace(" ", "").isalpha():
        return False
    return sorted(one) == sorted(other) or (len(other) > 1 and other in one)


def _is_yes_or_no(answer: Answer) -> bool:
    return isinstance(answer.inputs[0], str) and answer.inputs[0].casefold() in _YES_AND_NO


def _is_dispatch(asked: list[Answer]) -> bool:
    """Tell whether words are translated into words, as kinds, units and settings are."""
    return all(
        (
            isinstance(answer.inputs[0], str)
            and (isinstance(answer.output, str) or answer.output is NOTHING)
        )
        or isinstance(answer.output, str)
        for answer in asked
    )


def _refuses(known: Known) -> bool:
    """Tell whether what is not known is an error."""
    return any(isinstance(node, ast.Raise) for node in ast.walk(known.function.node))
