"""The fold: what it reads of an event, and what it refuses to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.state import KINDS, START, Disabled, Happening, Sample, as_text, fold

if TYPE_CHECKING:
    from tests.state.conftest import System

TERMS = [5, 3, 300, 300]
BODIES: dict[str, dict[str, Any]] = {
    "opened": {"terms": TERMS, "lease": 60, "bound": True, "base": "x", "who": "me"},
    "closed": {"terms": TERMS, "result": "success", "counts": True, "seconds": 1.5},
    "settled": {"base": "x"},
    "reset": {"by": "ada", "reason": ""},
    "disabled": {"by": "ada", "reason": "a rebase"},
    "enabled": {"by": "ada"},
    "sampled": {"score": 100, "cpu": 5.5, "memory": None, "disk": 40, "where": "0a1b2c3d"},
    "clock-set-back": {"seconds": 3600},
    "recounted": {"since": 9},
}
MAY_LACK = {("opened", "who"), ("reset", "reason"), ("sampled", "where")}


def test_every_kind_is_tried_here() -> None:
    """Of a journal that was lost nothing has to be said."""
    assert {*BODIES, "journal-lost"} == KINDS


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind, body in BODIES.items() for key in body]
)
def test_an_event_that_lacks_something_is_none(kind: str, key: str) -> None:
    """It is not guessed what it would have said."""
    body = {name: value for name, value in BODIES[kind].items() if name != key}
    if (kind, key) in MAY_LACK:
        fold(START, Happening(1.0, kind, "a", body))
        return
    with pytest.raises(ValueError, match=f"no {kind} event says this: KeyError"):
        fold(START, Happening(1.0, kind, "a", body))


WRONG: dict[tuple[str, str], list[Any]] = {
    ("opened", "terms"): [
        *(None, "5333", [5, 3, 300], [5, 3, 300, 300, 1]),
        *([5.5, 3, 1, 1], ["5", 3, 1, 1], [True, 3, 1, 1], [5, 3, "1", 1], [5, 3, 1, None]),
        *([0, 3, 1, 1], [5, 0, 1, 1], [-5, 3, 1, 1], [5, 3, -1, 1], [5, 3, 1, -1]),
    ],
    ("opened", "lease"): ["60", None, True, [], float("nan"), float("inf"), 10**400],
    ("opened", "bound"): [1, 0, "true", None],
    ("opened", "base"): [None, 7, ["x"]],
    ("opened", "who"): [None],
    ("closed", "terms"): [[0, 1, 1, 1]],
    ("closed", "result"): ["failed", "", None, ["success"], {}],
    ("closed", "counts"): [1, "yes", None],
    ("closed", "seconds"): ["1", None, float("nan")],
    ("settled", "base"): [None],
    ("reset", "by"): [None],
    ("disabled", "by"): [7],
    ("disabled", "reason"): [None],
    ("enabled", "by"): [None],
    ("sampled", "score"): ["5"],
    ("sampled", "cpu"): ["5", float("nan")],
    ("sampled", "memory"): [True],
    ("sampled", "disk"): [[5]],
    ("sampled", "where"): [5, None],
    ("clock-set-back", "seconds"): [None],
    ("recounted", "since"): ["9"],
}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [(*place, value) for place, values in WRONG.items() for value in values],
)
def test_an_event_that_says_something_odd_is_none(kind: str, key: str, value: Any) -> None:
    """Nothing of another type gets into the state, where it would count as something."""
    with pytest.raises(ValueError, match=f"no {kind} event says this"):
        fold(START, Happening(1.0, kind, "a", BODIES[kind] | {key: value}))


@pytest.mark.parametrize("body", [None, [], "x", 7])
@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_body_that_is_no_body_is_none(kind: str, body: Any) -> None:
    """JSON may be anything."""
    with pytest.raises(ValueError, match="event says this"):
        fold(START, Happening(1.0, kind, "a", body))


@pytest.mark.parametrize("at", [float("nan"), float("inf"), "1", None, True])
def test_an_event_of_no_time_is_none(at: Any) -> None:
    """A state as of never would let everything through for ever."""
    with pytest.raises(ValueError, match="no settled event says this"):
        fold(START, Happening(at, "settled", "a", {"base": "x"}))


def test_an_event_that_is_none_leaves_the_state_as_it_was(system: System) -> None:
    """Half of it would be worse than nothing."""
    system.run(*["failure"] * 4)
    system.open("a", base="x")
    before, written = system.folded, as_text(system.folded)
    system.at += 1000
    with pytest.raises(ValueError, match="no closed event"):
        system.happen("closed", "a", terms=TERMS, result="failure", counts=True)
    with pytest.raises(ValueError, match="no closed event"):
        system.happen("closed", "nobody", terms=TERMS)
    assert (system.folded, as_text(before)) == (before, written)


@pytest.mark.parametrize("kind", ["judged", "landed", "adopted", "ungated", "", "Closed", "x"])
def test_what_is_not_about_the_state_does_not_change_it(system: System, kind: str) -> None:
    """Not even its time: it carries no state that could be told again."""
    system.run("failure")
    before = system.folded
    system.at += 1000
    assert system.happen(kind, "a", by="ada", reason="", terms=TERMS) is before


def test_numbers_are_of_one_kind_whoever_wrote_them() -> None:
    """Or the same story would give two texts, and one of them would look forged."""
    for kind, body in BODIES.items():
        whole, broken = (
            {name: number(value) for name, value in body.items()} for number in (_whole, _broken)
        )
        first = fold(fold(START, Happening(7, kind, "a", whole)), Happening(9, "settled", "", OF_X))
        second = fold(
            fold(START, Happening(7.0, kind, "a", broken)).at_time(9),
            Happening(9.0, "settled", "", OF_X),
        )
        assert as_text(first) == as_text(second)


OF_X = {"base": "x"}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value


def _broken(value: Any) -> Any:
    if isinstance(value, list):
        return [*value[:2], float(value[2]), float(value[3])]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(int(value)) if is_number else value


def test_the_guard_is_turned_off_and_on(system: System) -> None:
    """With who did it, when and why; and nothing else changes by it."""
    system.run(*["failure"] * 4)
    before = system.folded
    system.happen("disabled", by="ada", reason="a rebase")
    assert system.state.disabled == Disabled(system.at, "ada", "a rebase")
    assert system.state._replace(disabled=None) == before
    system.at += 1e6
    assert system.state.disabled is not None
    system.happen("enabled", by="ada")
    assert system.state.disabled is None


@pytest.mark.parametrize("kind", ["clock-set-back", "recounted"])
def test_what_only_says_that_it_was_looked_at_changes_nothing(system: System, kind: str) -> None:
    """Beside what time does."""
    system.run(*["failure"] * 5)
    system.open("a", base="x")
    for passed in (10, 300, -5000, 901):
        system.at += passed
        expected = system.state
        assert system.happen(kind, **BODIES[kind]) == expected


def test_the_last_samples_are_kept(system: System) -> None:
    """Twelve, for a quarter of an hour; what could not be read is none."""
    for number in range(20):
        system.at += 10
        system.happen("sampled", score=None, cpu=number, memory=50.5, disk=None)
    assert [one.cpu for one in system.state.samples] == list(range(8, 20))
    assert system.state.samples[-1] == Sample(system.at, None, 19.0, 50.5, None, "")
    system.at += 899
    assert len(system.state.samples) == 1
    system.at += 1
    assert len(system.state.samples) == 0


def test_the_samples_of_a_machine_are_kept_however_often_others_are_looked_at(
    system: System,
) -> None:
    """Twelve of each, and not without end in a large fleet."""
    system.happen("sampled", score=0, cpu=99, memory=2, disk=99, where="full")
    for number in range(20):
        system.happen("sampled", score=100, cpu=number, memory=60, disk=30, where="well")
    assert [one.where for one in system.state.samples] == ["full", *["well"] * 12]
    assert system.state.samples[1].cpu == 8
    for number in range(200):
        system.happen("sampled", score=100, cpu=1, memory=60, disk=30, where=f"{number:08x}")
    assert len(system.state.samples) == 120


def test_outcomes_count_for_a_quarter_of_an_hour(system: System) -> None:
    """Those of agents that came to an end, good or bad or odd; not what was denied."""
    system.run("success", "none", "failure", "other")
    system.run("failure", is_bound=False)
    assert [one.result for one in system.state.outcomes] == ["success", "failure", "other"]
    assert {(one.at, one.seconds) for one in system.state.outcomes} == {(system.at, 2.0)}
    system.at += 899
    assert len(system.state.outcomes) == 3
    system.at += 1
    assert len(system.state.outcomes) == 0


def test_the_rates_start_anew_when_the_breaker_closes(system: System) -> None:
    """By itself or by hand: the failures of the outage would block what is well again."""
    system.run("success", *["failure"] * 5)
    system.at += 300
    system.run("success", "success")
    assert outcomes(system) == 8
    system.run("success")
    assert outcomes(system) == 0
    system.run("success", "failure")
    assert outcomes(system) == 2
    system.happen("reset", by="ada")
    assert outcomes(system) == 0


def outcomes(system: System) -> int:
    """Count what the rates are told from."""
    return len(system.state.outcomes)
