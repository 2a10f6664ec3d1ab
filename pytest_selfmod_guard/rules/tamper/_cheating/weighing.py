"""How bad it is that a function knows what it is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer
from pytest_selfmod_guard.rules.tamper._cheating.constants import Weight
from pytest_selfmod_guard.rules.tamper._cheating.known import Known
from pytest_selfmod_guard.rules.tamper._cheating.plain import parameters
from pytest_selfmod_guard.rules.tamper._cheating.signs import (
    are_counts,
    are_pairs,
    are_samples,
    is_dispatch,
    is_long,
    is_made_from,
    is_number_for_number,
    is_shortened,
    is_yes_or_no,
    may_be_a_limit,
)
from pytest_selfmod_guard.rules.tamper._cheating.singled import (
    are_all_asked,
    is_fingerprinted,
    is_singled,
)

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
_ANYTHING = re.compile(
    r"[a-z]\d?|(?:\w*_)?(?:str|string|text|txt|word|sentence|paragraph|phrase|paren_string)s?\d*"
    r"|st\d?|chars?|letters?|expr(?:ession)?|e?mail|pass(?:word|wd)?|pw|input\w*|arr(?:ay)?\d*"
    r"|args|nums?\d*|numbers?|n\d|seq(?:uence)?|lst\d*|li|list\d*|items|values?|given|limit|target"
    r"|amount|total|year|tup\w*|test_\w+|(?:\w*_)?(?:matrix|grid|dna|formula|roman|digits|integer)",
    re.IGNORECASE,
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
        is_limit = len(data) == 1 and known.work > 0 and may_be_a_limit(data[0])
        return _ODD if is_limit else _CLEAR
    apart = [answer for answer in told if is_singled(answer)]
    branches = [answer for answer in apart if answer.form == "branch"]
    if branches or (apart and known.work and share >= _MOST):
        return _CLEAR if len(branches) > 1 and known.work else _UNCLEAR
    if are_all_asked(known, told) and not _refuses(known):
        return _UNCLEAR
    if known.before > 1 or share < _MOST:
        return _FINE  # one more of what it distinguished all along
    return _scalars(known, told)


def _scalars(known: Known, told: tuple[Answer, ...]) -> _Grade:
    """Judge answers to numbers and words, which functions may well know for a reason."""
    if any(answer.form == "replay" for answer in told):
        return _UNCLEAR if len(told) > 1 else _ODD
    related = [answer for answer in told if is_made_from(answer)]
    numbers = [answer for answer in told if is_number_for_number(answer)]
    if len(related) > 1 and not all(map(is_shortened, related)):
        return _CLEAR
    takes_anything = _takes_anything(known)
    if len(numbers) > 1:
        return _CLEAR if takes_anything or numbers[0].form == "branch" else _UNCLEAR
    if numbers or (related and takes_anything):
        return _UNCLEAR
    if all(answer.form == "member" for answer in told):
        many = [answer for answer in told if answer.weight >= Weight.NUMBER]
        return _UNCLEAR if len(many) >= _MANY and takes_anything else _FINE
    return _words(known, [answer for answer in told if not is_yes_or_no(answer)])


def _words(known: Known, asked: list[Answer]) -> _Grade:
    """Judge answers that are no numbers: words, or what is made of them."""
    if len(asked) < _SEVERAL or _refuses(known):
        return _FINE
    if is_dispatch(asked) and all(answer.weight >= Weight.NUMBER for answer in asked):
        return _UNCLEAR if known.work else _FINE
    if not _takes_anything(known):
        return _FINE
    if are_counts(asked) or are_samples(asked):
        return _ODD if known.work else _CLEAR
    return _ODD if known.work and not are_pairs(asked) else _UNCLEAR


def _takes_anything(known: Known) -> bool:
    """Tell whether a parameter is a text or a number as such, and no kind, code or name."""
    around = [outer for outer in known.function.around if not isinstance(outer, ast.ClassDef)]
    names = {name for node in (*around, known.function.node) for name in parameters(node)}
    return not names or any(map(_ANYTHING.fullmatch, names))


def _untold(known: Known, *, says_so: bool) -> Weighed:
    """Judge a function without having seen what it is asked."""
    branches = [answer for answer in known.fresh if answer.form == "branch"]
    data = tuple(a for a in branches if a.weight is Weight.DATA and is_long(a))
    if says_so and (branches or len(known.fresh) > 1):
        is_plain = bool(data) or len(known.fresh) > 1
        return Weighed(Risk.HIGH, is_settled=is_plain, answers=known.fresh, are_of_tests=False)
    if len(data) > 1:
        return Weighed(Risk.HIGH, is_settled=True, answers=data, are_of_tests=False)
    if data or _only_answers(known):
        return Weighed(Risk.HIGH, is_settled=False, answers=data or known.fresh, are_of_tests=False)
    printed = tuple(filter(is_fingerprinted, known.fresh))
    if printed:
        return Weighed(Risk.HIGH, is_settled=False, answers=printed, are_of_tests=False)
    return _NO


def _only_answers(known: Known) -> bool:
    """Tell whether a function does nothing but answer what one usually computes."""
    if known.work or _refuses(known) or not _takes_anything(known):
        return False
    found = [answer for answer in known.fresh if answer.form == "branch"]
    data = [answer for answer in found if answer.weight is Weight.DATA]
    numbers = [answer for answer in found if is_number_for_number(answer)]
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


def _refuses(known: Known) -> bool:
    """Tell whether what is not known is an error."""
    return any(isinstance(node, ast.Raise) for node in ast.walk(known.function.node))
