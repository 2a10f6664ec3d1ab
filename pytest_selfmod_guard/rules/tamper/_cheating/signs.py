"""What single answers look like: computed, translated, or a limit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from pytest_selfmod_guard.rules.tamper._cheating.answers import Answer
from pytest_selfmod_guard.rules.tamper._cheating.constants import (
    NOTHING,
    Weight,
    elements,
    weight,
)

_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_SAMPLE = re.compile(r"(?=.*[a-z])(?=.*[\d@!#$%])(?=.*[A-Z@!#$%]).{6,}")
_YES_AND_NO = frozenset(
    ("yes", "no", "on", "off", "true", "false", "y", "n", "t", "f", "enabled", "disabled", "auto")
)
_MANY = 3
_DEPTH = 6
_COUNTS: tuple[Callable[[str], int], ...] = (
    len,
    lambda text: len(set(text)),
    lambda text: sum(letter in "aeiouAEIOU" for letter in text),
    lambda text: sum(letter not in "aeiouAEIOU" for letter in text),
)
"""What exercises count in a word."""


def may_be_a_limit(answer: Answer) -> bool:
    """Tell whether an input may be a mark of its own: a text that means none, or all."""
    texts = all(isinstance(one, str) for one in answer.inputs)
    return texts and weight(answer.output) is Weight.TRIVIAL


def is_long(answer: Answer) -> bool:
    """Tell whether an input is a list of some length."""
    for one in answer.inputs:
        if isinstance(one, list | tuple) and len(one) >= _MANY:
            return any(isinstance(part, int | float) for part in one)
    return False


def is_number_for_number(answer: Answer) -> bool:
    """Tell whether numbers are answered by numbers, single ones or lists of them."""
    if not all(map(_is_number, _leaves([*answer.inputs, answer.output]))):
        return False
    return weight(answer.output) > Weight.TRIVIAL and answer.weight > Weight.TRIVIAL


def is_made_from(answer: Answer) -> bool:
    """Tell whether an answer looks computed from its input: reversed, sorted, a part of it."""
    given, output = answer.inputs[0], answer.output
    if not isinstance(given, str) or not isinstance(output, str):
        return False
    one, other = given.casefold(), output.casefold()
    if len(one) <= _MANY or one == other or not one.replace(" ", "").isalpha():
        return False
    return len(other) > 1 and not Counter(other) - Counter(one)


def is_shortened(answer: Answer) -> bool:
    """Tell whether an answer is the beginning of its input, as abbreviations are."""
    given, output = answer.inputs[0], answer.output
    return isinstance(given, str) and isinstance(output, str) and given.startswith(output)


def are_counts(answers: list[Answer]) -> bool:
    """Tell whether words are answered by how many letters of a kind they have."""
    pairs = [(answer.inputs[0], answer.output) for answer in answers]
    texts = [(text, count) for text, count in pairs if isinstance(text, str)]
    if len(texts) < len(pairs) or len({count for _, count in texts}) == 1:
        return False
    return any(all(made(text) == count for text, count in texts) for made in _COUNTS)


def are_pairs(answers: list[Answer]) -> bool:
    """Tell whether several words at a time are answered by something else than a word."""
    texts = [
        [one for one in _leaves(list(answer.inputs)) if isinstance(one, str)] for answer in answers
    ]
    return all(len(found) > 1 for found in texts) and not is_dispatch(answers)


def are_samples(answers: list[Answer]) -> bool:
    """Tell whether all inputs are made up, as passwords and addresses in tests are."""
    given = [answer.inputs[0] for answer in answers]
    return all(isinstance(one, str) and _SAMPLE.fullmatch(one) for one in given)


def is_yes_or_no(answer: Answer) -> bool:
    """Tell whether an input is a word for true or false."""
    return isinstance(answer.inputs[0], str) and answer.inputs[0].casefold() in _YES_AND_NO


def is_dispatch(asked: list[Answer]) -> bool:
    """Tell whether words are translated into words, as kinds, units and settings are."""
    return all(isinstance(one.output, str) or one.output is NOTHING for one in asked)


def _is_number(value: object) -> bool:
    if isinstance(value, str):  # as in Decimal("47.50")
        return _DECIMAL.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _leaves(values: list[object], depth: int = 0) -> Iterator[object]:
    for value in values:
        inner = list(elements(value)) if depth < _DEPTH else []
        if inner:
            yield from _leaves(inner, depth + 1)
        else:
            yield value
