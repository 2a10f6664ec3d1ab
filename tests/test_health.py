"""What a look at the machine and the last modifications mean, at every edge."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import product

import pytest

from pytest_selfmod_guard.health import assess, sample
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.model import as_json
from pytest_selfmod_guard.policy import Health as Limits
from pytest_selfmod_guard.state import START, Breaker, Happening, Outcome, Sample, State, fold
from pytest_selfmod_guard.status import Check, Health

NOW = 1_000_000.0
POLICY = Limits()
WELL = (10.0, 60.0, 30.0)
"""Processor in use, memory available, disk in use."""


def reading(cpu: float | None = 10, memory: float | None = 60, disk: float | None = 30) -> Reading:
    """Give a look at a machine that is well, but for what is named."""
    return Reading(
        *(Measured(value, "here" if value is not None else "gone") for value in (cpu, memory, disk))
    )


def state(
    *results: str,
    took: Sequence[float] = (),
    scores: Sequence[float | None] = (),
    samples: Sequence[Sample] = (),
    phase: str = "closed",
) -> State:
    """Give a state after modifications that ended so, and took so many seconds each."""
    times = took or [1.0] * len(results)
    outcomes = [Outcome(NOW - 1, *one) for one in zip(results, times, strict=True)]
    told = [Sample(NOW - 30, score, *WELL) for score in scores]
    return State(
        NOW, Breaker(phase), outcomes=tuple(outcomes), samples=tuple(samples) or tuple(told)
    )


def results(*, failed: int = 0, other: int = 0, count: int = 20) -> list[str]:
    """Give how so many modifications ended."""
    return ["failure"] * failed + ["other"] * other + ["success"] * (count - failed - other)


def verdicts(health: Health) -> dict[str, bool | None]:
    """Give what each item says."""
    return {name: check.healthy for name, check in health.checks.items()}


@pytest.mark.parametrize(
    ("item", "fits", "fails"),
    [("cpu", 89.99, 90.0), ("memory", 20.01, 20.0), ("disk", 89.99, 90.0)],
)
def test_the_machine_at_each_edge(item: str, fits: float, fails: float) -> None:
    """The limit itself is too much, or too little."""
    assert assess(state(), POLICY, reading=reading(**{item: fits})).checks[item].healthy is True
    told = assess(state(), POLICY, reading=reading(**{item: fails}))
    assert told.checks[item].healthy is False
    assert [name for name, healthy in verdicts(told).items() if healthy is False] == [item]


@pytest.mark.parametrize(
    ("item", "limits", "value", "healthy"),
    [
        ("cpu", Limits(max_cpu_percent=50), 49.9, True),
        ("cpu", Limits(max_cpu_percent=50), 50.0, False),
        ("memory", Limits(min_memory_available_percent=50), 50.1, True),
        ("memory", Limits(min_memory_available_percent=50), 50.0, False),
        ("disk", Limits(max_disk_percent=50), 49.9, True),
        ("disk", Limits(max_disk_percent=50), 50.0, False),
    ],
)
def test_the_policy_sets_the_edges(item: str, limits: Limits, value: float, healthy: bool) -> None:  # noqa: FBT001 (what is expected)
    """Each item has a key of its own, and says its limit."""
    check = assess(state(), limits, reading=reading(**{item: value})).checks[item]
    assert (check.healthy, check.limit) == (healthy, 50)


def test_an_error_rate_at_its_edge() -> None:
    """One of twenty is five percent, which may be; others than failures are no errors."""
    fits = assess(state(*results(failed=1, other=1)), POLICY).checks["error_rate"]
    assert (fits.value, fits.limit, fits.healthy) == (0.05, 0.05, True)
    assert assess(state(*results(failed=2)), POLICY).checks["error_rate"].healthy is False
    assert assess(state(*results(failed=1, count=19)), POLICY).checks["error_rate"].healthy is None
    strict = POLICY._replace(max_error_rate=0.04)
    assert assess(state(*results(failed=1)), strict).checks["error_rate"].healthy is False


def test_a_success_rate_at_its_edge() -> None:
    """Eighteen of twenty may be; what neither succeeded nor failed did not succeed."""
    fits = assess(state(*results(failed=1, other=1)), POLICY).checks["success_rate"]
    assert (fits.value, fits.limit, fits.healthy) == (0.9, 0.9, True)
    assert assess(state(*results(other=3)), POLICY).checks["success_rate"].healthy is False
    strict = POLICY._replace(min_success_rate=0.95)
    assert assess(state(*results(other=2)), strict).checks["success_rate"].healthy is False


def test_a_response_time_at_its_edge() -> None:
    """Five seconds may be, and one of twenty may take as long as it likes."""
    fits = assess(state(*results(), took=[5.0] * 19 + [600.0]), POLICY).checks["response_time"]
    assert (fits.value, fits.limit, fits.healthy) == (5.0, 5.0, True)
    slow = assess(state(*results(), took=[600.0, 5.01, *[1.0] * 18]), POLICY)
    assert slow.checks["response_time"].value == 5.01
    assert slow.checks["response_time"].healthy is False
    strict = POLICY._replace(max_response_time="500ms")
    assert assess(state(*results()), strict).checks["response_time"].healthy is False


@pytest.mark.parametrize(("count", "rank"), [(20, 19), (21, 20), (39, 38), (40, 38), (100, 95)])
def test_the_95th_percentile_is_one_of_the_values(count: int, rank: int) -> None:
    """At least 95 of 100 took no longer, and no smaller value has that."""
    took = [float(second) for second in range(count, 0, -1)]
    told = assess(state(*results(count=count), took=took), POLICY)
    assert told.checks["response_time"].value == rank


def test_of_few_values_the_percentile_is_the_largest() -> None:
    """A policy may ask for less evidence than makes a percentile."""
    limits = Limits(min_evidence=1)
    assert assess(state("success", took=[7.0]), limits).checks["response_time"].value == 7.0
    told = assess(state(*results(count=19), took=[1.0] * 18 + [9.0]), limits)
    assert told.checks["response_time"].value == 9.0


def test_a_little_evidence_is_none() -> None:
    """Nineteen failures of nineteen may be chance, and the breaker counts them anyway."""
    few = assess(state(*results(failed=19, count=19), took=[60.0] * 19), POLICY)
    assert set(verdicts(few).values()) == {None}
    assert few.status == "healthy"
    assert "19 modifications in 15 minutes are too few" in few.checks["error_rate"].detail
    enough = assess(state(*results(failed=20), took=[60.0] * 20), POLICY)
    assert list(verdicts(enough).values()) == [None, None, None, False, False, False]
    assert (enough.status, enough.score) == ("unhealthy", 0.0)


def test_rates_of_an_outage_do_not_bind_the_probes_that_end_it() -> None:
    """Failures spoil the rates; if the rates blocked the recovery, they would do so for good."""
    spoilt = state(*results(failed=20), phase="half_open")
    told = assess(spoilt, POLICY, reading=reading())
    assert verdicts(told) == {
        "cpu": True, "memory": True, "disk": True,
        "response_time": True, "error_rate": None, "success_rate": None,
    }  # fmt: skip
    assert (told.status, told.score) == ("healthy", 100.0)
    assert "half-open" in told.checks["success_rate"].detail
    assert told.checks["error_rate"].limit == 0.05
    slow = spoilt._replace(outcomes=tuple(one._replace(seconds=9) for one in spoilt.outcomes))
    assert assess(slow, POLICY).checks["response_time"].healthy is False


@pytest.mark.parametrize("phase", ["closed", "open"])
def test_rates_bind_otherwise(phase: str) -> None:
    """Only what a probe is for may overlook the failures before it."""
    told = assess(state(*results(failed=20), phase=phase), POLICY)
    assert (told.checks["error_rate"].healthy, told.status) == (False, "unhealthy")


def test_the_score_counts_every_failing_item() -> None:
    """Of six items each combination: the failing ones are named, and the others make the score."""
    for failing in product((False, True), repeat=6):
        cpu, memory, disk, slow, errors, few = failing
        seen = reading(95 if cpu else 10, 10 if memory else 60, 95 if disk else 30)
        ended = results(failed=2 if errors else 0, other=(1 if errors else 3) if few else 0)
        told = assess(state(*ended, took=[9.0 if slow else 1.0] * 20), POLICY, reading=seen)
        assert tuple(not healthy for healthy in verdicts(told).values()) == failing
        assert told.score == 100 * (6 - sum(failing)) / 6
        assert told.status == ("healthy", "degraded", *["unhealthy"] * 5)[sum(failing)]
        assert told.blocks == (sum(failing) > 1)


@pytest.mark.parametrize(
    ("judged", "failing", "score", "status"),
    [
        (1, 0, 100, "healthy"), (1, 1, 0, "unhealthy"),
        (2, 0, 100, "healthy"), (2, 1, 50, "unhealthy"), (2, 2, 0, "unhealthy"),
        (3, 0, 100, "healthy"), (3, 1, 200 / 3, "unhealthy"), (3, 3, 0, "unhealthy"),
        (4, 0, 100, "healthy"), (4, 1, 75, "unhealthy"), (4, 2, 50, "unhealthy"),
        (5, 0, 100, "healthy"), (5, 1, 80, "degraded"), (5, 2, 60, "unhealthy"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_counts_neither_way(
    judged: int, failing: int, score: float, status: str
) -> None:
    """One failing of five is just good enough, and one of four is not."""
    machine = [95.0 if failing > 0 else 10.0, 10.0 if failing > 1 else 60.0, 30.0]
    machine[2] = 95.0 if failing > 2 else 30.0
    seen = reading(*(machine[:judged] + [None] * 3)[:3]) if judged < 4 else reading(*machine)
    if judged == 5:
        seen = seen._replace(disk=Measured(None, "gone"))
    ended = results() if judged > 3 else []
    phase = "half_open" if judged == 4 else "closed"
    told = assess(state(*ended, phase=phase), POLICY, reading=seen)
    assert sum(healthy is not None for healthy in verdicts(told).values()) == judged
    assert told.score == pytest.approx(score)
    assert told.status == status


def test_the_least_score_is_the_policys() -> None:
    """One of two is enough if the policy says so, and not if it asks for one percent more."""
    half = reading(cpu=95, disk=None)
    assert assess(state(), Limits(min_score=50), reading=half).status == "degraded"
    assert assess(state(), Limits(min_score=51), reading=half).status == "unhealthy"


@pytest.mark.parametrize(
    ("item", "fails", "critical"),
    [("memory", 5.0, 4.99), ("disk", 98.0, 98.01)],
)
def test_critical_at_each_edge(item: str, fails: float, critical: float) -> None:
    """One item is enough, however well everything else is."""
    well = state(*results())
    assert assess(well, POLICY, reading=reading(**{item: fails})).status == "degraded"
    told = assess(well, POLICY, reading=reading(**{item: critical}))
    assert told.status == "critical"
    assert told.blocks
    assert "; critical: " in told.checks[item].detail


def test_critical_whatever_the_policy_says() -> None:
    """A policy that would let it pass does not make memory, and the item to blame fails."""
    lenient = Limits(max_disk_percent=100, min_memory_available_percent=1, max_cpu_percent=100)
    told = assess(state(), lenient, reading=reading(memory=3.0, disk=99.0))
    assert told.status == "critical"
    assert told.score == pytest.approx(100 / 3)
    assert verdicts(told)["memory"] is verdicts(told)["disk"] is False


@pytest.mark.parametrize(
    ("samples", "newest", "status"),
    [
        ([98.1, 98.1], 98.1, "critical"),
        ([98.0, 98.1], 98.1, "degraded"),
        ([98.1, 98.0], 98.1, "degraded"),
        ([98.1, 98.1], 98.0, "degraded"),
        ([98.1], 98.1, "degraded"),
        ([98.1, 98.1], None, "healthy"),
        ([98.1, None], 98.1, "degraded"),
        ([10.0, 98.1, 98.1], 98.1, "critical"),
        ([98.1, 98.1, 98.1], 10.0, "healthy"),
    ],
)
def test_a_processor_is_critical_when_it_stays_so(
    samples: list[float | None], newest: float | None, status: str
) -> None:
    """Three samples in a row, the reading being the newest: one alone is only a moment."""
    seen = [Sample(NOW - 20, 80, cpu, 60, 30) for cpu in samples]
    told = assess(state(*results(), samples=seen), POLICY, reading=reading(cpu=newest))
    assert told.status == status


def test_samples_alone_can_be_critical_while_they_are_fresh() -> None:
    """What does not measure believes who measured a moment ago, and not who did an hour ago."""
    busy = [Sample(NOW - 50 - 10 * back, 80, 99, 60, 30) for back in (2, 1, 0)]
    told = assess(state(samples=busy), POLICY)
    assert told.status == "critical"
    assert assess(state(samples=busy[1:]), POLICY).status == "unhealthy"
    old = [one._replace(at=one.at - 10) for one in busy]
    assert assess(state(samples=old), POLICY).status == "healthy"


def test_a_sample_counts_for_a_minute() -> None:
    """At sixty seconds it says nothing any more, and names the command that asks anew."""
    full = Sample(NOW - 59.9, 0, 95, 10, 95)
    told = assess(state(samples=[full]), POLICY)
    assert (told.status, told.score) == ("unhealthy", 0.0)
    assert told.checks["cpu"].value == 95
    assert "(60 s ago)" in told.checks["disk"].detail
    stale = assess(state(samples=[full._replace(at=NOW - 60)]), POLICY)
    assert (stale.status, stale.score) == ("healthy", None)
    assert stale.checks["cpu"].detail == "not sampled within the last minute: selfmod-guard health"


def test_the_last_sample_counts_and_a_reading_before_it() -> None:
    """An older one says how the machine was."""
    both = [Sample(NOW - 20, 0, 95, 10, 95), Sample(NOW - 10, 100, *WELL)]
    assert assess(state(samples=both), POLICY).status == "healthy"
    assert assess(state(samples=both[::-1]), POLICY).status == "unhealthy"
    assert assess(state(samples=both[::-1]), POLICY, reading=reading()).status == "healthy"


def test_what_a_reading_lacks_is_not_taken_from_a_sample() -> None:
    """It was looked at just now and could not be read: how it was is not how it is."""
    told = assess(state(samples=[Sample(NOW, 100, *WELL)]), POLICY, reading=reading(memory=None))
    assert told.checks["memory"] == Check(None, 20, None, "memory could not be read (gone)")
    assert (told.status, told.score) == ("healthy", 100.0)


def test_a_hook_without_samples_and_evidence_is_let_through() -> None:
    """It measures nothing, and in a quiet repository nothing speaks against it."""
    told = assess(START, POLICY)
    assert (told.status, told.score, told.trend) == ("healthy", None, "stable")
    assert set(verdicts(told).values()) == {None}
    assert not told.blocks


def test_a_machine_of_which_nothing_can_be_read_is_not_well() -> None:
    """Somebody looked and saw nothing: that is no pass, now or a moment ago."""
    blind = reading(None, None, None)
    assert assess(START, POLICY, reading=blind).status == "unknown"
    assert assess(START, POLICY, reading=blind).score is None
    assert assess(START, POLICY, reading=blind).blocks
    before = state(samples=[Sample(NOW - 10, None, None, None, None)])
    assert assess(before, POLICY).status == "unknown"
    assert assess(state(*results()), POLICY, reading=blind).status == "healthy"


@pytest.mark.parametrize(
    ("scores", "trend"),
    [
        ([], "stable"),
        ([0, 100], "stable"),
        ([80, 82.5, 85], "stable"),
        ([80, 82.5, 85.1], "improving"),
        ([85, 82.5, 80], "stable"),
        ([85.1, 82.5, 80], "degrading"),
        ([100, 0, 100], "stable"),
        ([100, 100, 100, 50], "degrading"),
        ([50, None, 100, None, 100], "improving"),
        ([0, 100, None], "stable"),
        ([*[0.0] * 3, *[100.0] * 12], "stable"),
        ([*[0.0] * 4, *[100.0] * 11], "improving"),
    ],
)
def test_a_trend_is_more_than_five_points(scores: list[float | None], trend: str) -> None:
    """Over the last twelve samples that have a score, and three at least."""
    assert assess(state(scores=scores), POLICY).trend == trend


def test_five_points_are_stable_however_many_samples() -> None:
    """What is exactly five must not depend on how a third is rounded."""
    for count in range(3, 13):
        up = [70 + 5 * at / (count - 1) for at in range(count)]
        steeper = [70 + 5.001 * at / (count - 1) for at in range(count)]
        told = [assess(state(scores=one), POLICY).trend for one in (up, up[::-1])]
        assert told == ["stable", "stable"]
        assert assess(state(scores=steeper), POLICY).trend == "improving"
        assert assess(state(scores=steeper[::-1]), POLICY).trend == "degrading"


def test_the_trend_is_the_slope_and_not_the_two_ends() -> None:
    """One bad sample at the end says less than a steady fall."""
    # The best line through 100 (eleven times) and 89 falls by 2 * 11 * 11 * 11 / 572 = 4.7 points.
    ends = [100.0] * 11
    assert assess(state(scores=[*ends, 89.0]), POLICY).trend == "stable"
    assert assess(state(scores=[*ends, 88.0]), POLICY).trend == "degrading"


def test_a_reading_is_the_newest_point_of_the_trend() -> None:
    """So it is the same before and after the sample was written down."""
    before = state(scores=[50, 50])
    told = assess(before, POLICY, reading=reading())
    assert told.trend == "improving"
    after = fold(before, Happening(NOW, "sampled", "", sample(reading(), told, "")))
    assert assess(after, POLICY).trend == "improving"
    assert assess(before, POLICY).trend == "stable"


def test_a_sample_written_down_says_the_same_a_moment_later() -> None:
    """Through the journal's body and the fold, into who did not measure himself."""
    seen = reading(cpu=95, memory=None)
    told = assess(state(*results()), POLICY, reading=seen)
    body = sample(seen, told, "box")
    assert body == {
        "score": 80.0, "status": "degraded", "cpu": 95, "memory": None, "disk": 30, "where": "box",
    }  # fmt: skip
    after = fold(state(*results()), Happening(NOW, "sampled", "", json.loads(json.dumps(body))))
    again = assess(after.at_time(NOW + 5), POLICY, where="box")
    assert (again.status, again.score, verdicts(again)) == (told.status, 80.0, verdicts(told))
    assert again.checks["memory"].detail == "memory could not be read (5 s ago)"


def test_a_machine_is_not_judged_by_another() -> None:
    """A fleet has one journal: neither what is fresh, nor a trend, nor three busy samples."""
    full = Sample(NOW - 30, 0, 99, 2, 99, "here")
    well = Sample(NOW - 10, 100, *WELL, "there")
    both = state(samples=[full, well])
    told = assess(both, POLICY, where="here")
    assert (told.status, told.checks["memory"].value) == ("critical", 2)
    assert assess(both, POLICY, where="there").status == "healthy"
    for where in ("", "elsewhere"):
        unheard = assess(both, POLICY, where=where)
        assert (unheard.score, unheard.checks["disk"].healthy) == (None, None)
    busy = [Sample(NOW - 30, 50 * at, 99, 60, 30, "there") for at in range(3)]
    told = assess(state(samples=busy), POLICY, reading=reading(cpu=99), where="here")
    assert (told.status, told.trend) == ("unhealthy", "stable")
    told = assess(state(samples=busy), POLICY, where="there")
    assert (told.status, told.trend) == ("critical", "improving")


def test_a_score_is_kept_short() -> None:
    """Twelve of them are carried along by every event."""
    told = assess(state(*results()), POLICY, reading=reading(cpu=95))
    assert sample(reading(cpu=95), told, "")["score"] == 83.33
    blind = reading(None, None, None)
    assert sample(blind, assess(START, POLICY, reading=blind), "")["score"] is None


def test_details_are_sentences() -> None:
    """Whoever is woken at night reads the value, its limit and of what it is."""
    seen = Reading(
        Measured(97.04, "of the machine, 2 CPUs"),
        Measured(3.1, "limit of the container, 512 MiB"),
        Measured(91.0, "4.2 GiB free"),
    )
    told = assess(state(*results(failed=3, count=40)), POLICY, reading=seen)
    assert [check.detail for check in told.checks.values()] == [
        "CPU 97.0 % in use, less than 90 % wanted (of the machine, 2 CPUs)",
        (
            "memory 3.1 % available, more than 20 % wanted (limit of the container, 512 MiB); "
            "critical: less than 5 %"
        ),
        "disk 91.0 % in use, less than 90 % wanted (4.2 GiB free)",
        "19 of 20 modifications took 1.0 s or less, at most 5 s wanted",
        "3 of 40 modifications in 15 minutes (7.5 %) failed, at most 5 % wanted",
        "37 of 40 modifications in 15 minutes (92.5 %) succeeded, at least 90 % wanted",
    ]


def test_json_has_every_item_by_name() -> None:
    """What the API answers."""
    told = as_json(assess(state(), POLICY, reading=reading(memory=12.5)))
    assert {"status", "score", "trend", "checks"} <= set(told)
    assert list(told["checks"]) == [
        "cpu", "memory", "disk", "response_time", "error_rate", "success_rate",
    ]  # fmt: skip
    assert told["checks"]["memory"] == {
        "value": 12.5,
        "limit": 20,
        "healthy": False,
        "detail": "memory 12.5 % available, more than 20 % wanted (here)",
    }


def test_a_hook_does_not_pay_for_what_it_does_not_measure() -> None:
    """To judge by old samples neither psutil nor a look at cgroups is imported."""
    asked = "import sys, pytest_selfmod_guard.health; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pytest_selfmod_guard.machine" in done.stdout.split()
    assert not {"psutil", "pytest_selfmod_guard.machine._cgroup"} & set(done.stdout.split())
