"""The state as text: the same again when it is read, and nothing else is taken for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.state import START, State, as_state, as_text

if TYPE_CHECKING:
    from tests.state.conftest import System


def full(system: System) -> State:
    """Make a state in which no field is empty."""
    system.run(*["failure"] * 5, base="x")
    system.at += 300.125
    system.run(*["success"] * 3, base="é\udcff\x00'\"")
    system.run("other", base="y")
    system.run("success", base="z", is_bound=False)
    system.open("a", base="w", lease=77.7)
    system.happen("sampled", score=83.25, cpu=None, memory=1.5, disk=99)
    system.happen("settled", base="z")
    return system.happen("disabled", by="ada", reason="tests")


def test_a_state_that_was_read_is_the_one_that_was_written(system: System) -> None:
    """To the last value and type, so that it gives the same text again."""
    state = full(system)
    assert all(state), state
    for one in (START, state, system.folded.at_time(system.at + 400)):
        again = as_state(as_text(one))
        assert again == one
        assert as_text(again) == as_text(one)
        assert [type(value) for value in again] == [type(value) for value in one]
        assert as_text(one).isascii()
        assert "\n" not in as_text(one)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "null", "{}", "[]", "7", '"x"', "[[]]", "nonsense", "\udcff"),
        *("[" * 100_000, "[0.0]", "[0,0,0,0,0,0,0,0,0,0]", "1" * 5000),
        '["now",["closed",0.0,0,0,0,0.0,0.0,null],0,0,0.0,[],[],[],[],null]',
    ],
)
def test_what_is_no_state_is_refused(text: str) -> None:
    """With the beginning of it, and not all of it."""
    with pytest.raises(ValueError, match="this is no state") as caught:
        as_state(text)
    assert len(str(caught.value)) < 300


def spoilt(told: Any) -> Iterator[Any]:
    """Spoil each value, one at a time, and make each list longer and shorter."""
    if not isinstance(told, list):
        odd: dict[type, list[Any]] = {
            float: ["1", True],
            int: [1.5, True, -1],
            bool: [1],
            str: [5, None],
        }
        yield from odd.get(type(told), ["x"])
        yield [told]
        return
    is_record = not told or not isinstance(told[0], list)
    if is_record and told:
        yield told[:-1]
        yield [*told, 0]
    for index, value in enumerate(told):
        for wrong in spoilt(value):
            yield [*told[:index], wrong, *told[index + 1 :]]


def test_a_state_with_one_wrong_value_is_refused(system: System) -> None:
    """It could let everything through, such as a breaker in a phase that does not exist."""
    told = json.loads(as_text(full(system)))
    count = 0
    for wrong in spoilt(told):
        text = json.dumps(wrong)
        with pytest.raises(ValueError, match="this is no state"):
            as_state(text)
        count += 1
    assert count == 133


@pytest.mark.parametrize(
    ("place", "value"),
    [((1, 0), "Closed"), ((1, 0), ""), ((7, 0, 1), "none"), ((0,), float("nan")), ((0,), 1e300)],
)
def test_a_word_or_number_that_cannot_be_is_refused(
    system: System, place: tuple[int, ...], value: object
) -> None:
    """Of the right type, and yet none."""
    told = json.loads(as_text(full(system)))
    inner = told
    for index in place[:-1]:
        inner = inner[index]
    inner[place[-1]] = value
    with pytest.raises(ValueError, match="this is no state"):
        as_state(json.dumps(told))


def test_a_number_that_is_none_is_not_written() -> None:
    """Nobody could read it again."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_text(START._replace(at=float("nan")))
