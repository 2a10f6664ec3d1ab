"""
Breaker, limiter and leases against a model that keeps everything and forgets nothing.

The model shares no code with the fold: it keeps the list of all events and
tells from it, by the definitions in words, how things stand at any moment.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pytest_selfmod_guard.model import PreflightResult
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation, breaker, rate
from pytest_selfmod_guard.state import START, Happening, as_state, as_text, fold
from pytest_selfmod_guard.status import Health

HEALTHY = Health("healthy", 100.0, "stable", {})
BEGIN = 1_700_000_000.0
QUARTER_HOUR = 900
GUESS = 1.0
"""Seconds to wait for something under way, where everything has taken so long."""


class Numbers(NamedTuple):
    """A policy, as far as it is about how fast things may go."""

    failures: int
    successes: int
    probes: int
    recovery: int
    most: int
    window: int
    longer: int
    """By so many seconds the window of the other limit is longer."""
    crash: str
    """What an attempt that crashed counts as."""

    @property
    def horizon(self) -> int:
        return self.window + self.longer

    @property
    def terms(self) -> list[float]:
        return [self.failures, self.successes, self.recovery, self.horizon]

    @property
    def policy(self) -> Policy:
        default = Policy()
        return default._replace(
            rate=default.rate._replace(max_per_window=self.most, window=f"{self.window}s"),
            breaker=default.breaker._replace(
                failure_threshold=self.failures,
                success_threshold=self.successes,
                half_open_probes=self.probes,
                recovery_timeout=f"{self.recovery}s",
            ),
        )


class Event(NamedTuple):
    """What both are told."""

    at: float
    kind: str
    attempt: str
    body: dict[str, Any]


class Period:
    """A time for which the breaker stays as it is."""

    def __init__(self, phase: str, begins: float, index: int, recovery: float = 0) -> None:
        """Begin at a time that was told at the event with an index."""
        self.phase, self.begins, self.index, self.recovery = phase, begins, index, recovery
        self.results: list[str] = []


class End(NamedTuple):
    """How an attempt ended, and how it began."""

    at: int
    """Which event it was."""
    began: int
    attempt: str
    told: dict[str, Any]
    opened: dict[str, Any]


class Now:
    """The model: the list of all events as it looks at a moment, and nothing else."""

    def __init__(self, events: list[Event], now: float) -> None:
        """Look at a list of events."""
        self.events, self.now, self.last = events, now, len(events)
        self.readings = [event.at for event in events] + [now]
        """Of the clock, at each event, and now."""

    def seen(self, time: float, index: int, last: int | None = None) -> float:
        """Tell when something was that was told at an event, by the clock as it was ever since."""
        last = self.last if last is None else last
        return min([time, *self.readings[index + 1 : last + 1]])

    @cached_property
    def ends(self) -> dict[int, End]:
        """Every closing of what was under way."""
        begun: dict[str, int] = {}
        found: dict[int, End] = {}
        for index, event in enumerate(self.events):
            if event.kind == "opened":
                begun[event.attempt] = index
            if event.kind == "closed" and event.attempt in begun:
                began = begun.pop(event.attempt)
                opened = self.events[began].body
                found[index] = End(index, began, event.attempt, event.body, opened)
        return found

    @cached_property
    def horizons(self) -> list[float]:
        """The longest window that anybody had named before each event."""
        named = [event.body["terms"][3] if event.kind == "opened" else 0 for event in self.events]
        return [0, *accumulate(named, max)]

    def lasts(self, index: int, last: int, spans: list[float]) -> bool:
        """Tell whether an event was never too old, whenever anybody looked."""
        at = self.events[index].at
        for reading, span in list(zip(self.readings, spans, strict=True))[index + 1 : last + 1]:
            at = min(at, reading)
            if reading >= at + span:
                return False
        return True

    def under_way(self, *, is_bound: bool) -> list[str]:
        """Give the attempts that were opened, were not closed and have not expired."""
        closed = {end.began for end in self.ends.values()}
        return [
            event.attempt
            for index, event in enumerate(self.events)
            if event.kind == "opened" and index not in closed and event.body["bound"] == is_bound
            if self.seen(event.at, index) + event.body["lease"] > self.now
        ]

    @cached_property
    def landed(self) -> list[tuple[float, str, bool, bool]]:
        """When, on which base, by whom and how certainly anything landed."""
        found: list[tuple[int, str, bool, bool]] = []
        for index, event in enumerate(self.events):
            if event.kind == "settled":
                on_it = [one for one in found if one[1] == event.body["base"] and not one[3]]
                known = [one for one in on_it if self.lasts(one[0], index, self.horizons)]
                if known:
                    found[found.index(known[-1])] = (*known[-1][:3], True)
            if index in self.ends and event.body["counts"]:
                base, is_bound = (self.ends[index].opened[name] for name in ("base", "bound"))
                found = [one for one in found if not base or one[1:] != (base, is_bound, False)]
                found.append((index, base, is_bound, False))
        return [
            (self.seen(self.events[index].at, index), base, is_bound, is_settled)
            for index, base, is_bound, is_settled in found
            if self.lasts(index, self.last, self.horizons)
        ]

    @cached_property
    def outcomes(self) -> list[tuple[float, str]]:
        """What counts for the rates."""
        spans = [float(QUARTER_HOUR)] * len(self.readings)
        return [
            (self.seen(self.events[end.at].at, end.at), end.told["result"])
            for end in self.ends.values()
            if end.at > self.story.anew and end.opened["bound"] and end.told["result"] != "none"
            if self.lasts(end.at, self.last, spans)
        ]

    @cached_property
    def story(self) -> Story:
        """What became of the breaker."""
        story = Story(self)
        for index, event in enumerate(self.events):
            story.pass_time(index)
            story.happen(index, event)
        story.pass_time(self.last)
        return story

    def breaker(self, numbers: Numbers) -> tuple[str, float | None]:
        """Decide by the definition: the slug, empty where it allows, and how long to wait."""
        story, period = self.story, self.story.period
        if period.phase == "open":
            begins = self.seen(period.begins, period.index)
            return "breaker-open", begins + period.recovery - self.now
        busy = sum(story.began_in[one] is period for one in self.under_way(is_bound=True))
        if period.phase == "closed":
            has_room = story.run + busy < numbers.failures
        else:
            done = period.results.count("success")
            has_room = busy < numbers.probes and busy + done < numbers.successes
        return ("", None) if has_room or not busy else ("busy", None)

    def rate(
        self, numbers: Numbers, base: str, *, is_bound: bool, with_caution: bool
    ) -> tuple[str, float | None]:
        """Decide by the definition, as before."""
        most = max(1, numbers.most // 2) if with_caution else numbers.most
        times = [
            at
            for at, where, whose, is_settled in self.landed
            if whose == is_bound and (is_settled or not base or where != base)
        ]
        busy = len(self.under_way(is_bound=is_bound))

        def has_room(then: float) -> bool:
            return sum(then < at + numbers.window for at in times) + busy < most

        if has_room(self.now):
            return "", None
        leaves = (at + numbers.window for at in sorted(times))
        return "rate-limited", next((then - self.now for then in leaves if has_room(then)), None)


class Story:
    """What became of the breaker, event by event."""

    def __init__(self, now: Now) -> None:
        """Begin where it is closed."""
        self.now = now
        self.period = Period("closed", 0, -1)
        self.began_in: dict[str, Period] = {}
        self.run, self.attempts, self.successes = 0, 0, 0
        """Run: failures in a row since it was closed last."""
        self.anew = -1
        """The last event that does not count for the rates any more."""
        self.down = (0.0, -1)
        self.recovered_in: float | None = None

    def pass_time(self, index: int) -> None:
        """See whether it has been open for long enough, at the time of an event."""
        begins = self.now.seen(self.period.begins, self.period.index, index)
        begins += self.period.recovery
        if self.period.phase == "open" and begins <= self.now.readings[index]:
            self.period = Period("half_open", begins, index)

    def happen(self, index: int, event: Event) -> None:
        """See what an event makes of it."""
        if event.kind == "opened":
            self.began_in[event.attempt] = self.period
        elif event.kind == "reset":
            self.close(index)
        elif event.kind == "journal-lost":
            self.period, self.run = Period("half_open", event.at, index), 0
            self.down, self.recovered_in = (event.at, index), None
        elif index in self.now.ends:
            self.end(index, self.now.ends[index])

    def end(self, index: int, end: End) -> None:
        """See what the end of an attempt makes of it."""
        result = end.told["result"]
        if not end.opened["bound"] or result not in ("success", "failure"):
            return
        self.attempts += 1
        self.successes += result == "success"
        if self.began_in[end.attempt] is self.period and self.period.phase != "open":
            self.period.results.append(result)
            self.run = self.run + 1 if result == "failure" else 0
            self.turn(index, *end.told["terms"])

    def turn(self, index: int, failures: int, successes: int, recovery: int, _: int) -> None:
        """Open or close it after a result, where that is due."""
        at, results = self.now.readings[index], self.period.results
        is_probing = self.period.phase == "half_open"
        if results[-1] == "failure" and (is_probing or self.run >= failures):
            self.down = self.down if is_probing else (at, index)
            self.period = Period("open", at, index, recovery)
        elif is_probing and results.count("success") >= successes:
            self.close(index)

    def close(self, index: int) -> None:
        """Close it, whatever it was."""
        at = self.now.readings[index]
        if self.period.phase != "closed":
            self.recovered_in = at - self.now.seen(*self.down, index)
        self.period, self.run, self.anew = Period("closed", at, index), 0, index


NUMBERS = st.builds(
    Numbers,
    failures=st.integers(1, 4),
    successes=st.integers(1, 3),
    probes=st.integers(1, 3),
    recovery=st.integers(1, 30),
    most=st.integers(1, 5),
    window=st.integers(1, 20),
    longer=st.integers(0, 20),
    crash=st.sampled_from(["failure", "failure", "other"]),
)


class Landing(NamedTuple):
    """What really changed a project."""

    at: float
    """By a clock that nobody sets."""
    base: str
    is_settled: bool


class Machine(RuleBasedStateMachine):
    """What agents, people, time and the policy do, in any order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.events: list[Event] = []
        self.state = START
        self.clock, self.true_time = BEGIN, 0.0
        self._now = Now([], BEGIN)
        self.alive: list[str] = []
        """Attempts that can still end by themselves."""
        self.outdated: set[str] = set()
        """Attempts whose base has been modified by another: git will refuse them."""
        self.landings: list[Landing] = []
        self.failed: dict[Period, int] = {}
        """By the period in which they began: failures in a row, whenever they ended."""
        self.count = 0

    @initialize(numbers=NUMBERS)
    def begin(self, numbers: Numbers) -> None:
        """Take a policy."""
        self.numbers, self.all_numbers = numbers, [numbers]

    @rule(
        many=st.integers(1, 3),
        base=st.sampled_from(["x", "x", "y", "z", ""]),
        is_bound=st.sampled_from([True, True, True, False]),
        with_caution=st.sampled_from([False, False, False, True]),
        lease=st.integers(1, 30),
    )
    def admit(
        self, many: int, base: str, *, is_bound: bool, with_caution: bool, lease: int
    ) -> None:
        """Some ask at once, and begin unless refused; whom no limit binds begins anyway."""
        for _ in range(many):
            self.admit_one(base, lease, is_bound=is_bound, with_caution=with_caution)

    @rule(
        many=st.integers(2, 6),
        result=st.sampled_from(["success", "failure", "failure"]),
        pause=st.sampled_from([0.25, 5.0, 15.0, 30.0]),
    )
    def try_in_a_row(self, many: int, result: str, pause: float) -> None:
        """One agent tries again and again, and each time it ends in the same way."""
        for number in range(many):
            self.admit_one(f"{self.count} {number}", 20, is_bound=True, with_caution=False)
            if self.alive:
                self.close(self.alive[-1], result, counts=result == "success")
            self.wait(pause)

    @precondition(lambda self: self.alive)
    @rule(
        many=st.integers(1, 4),
        which=st.integers(0, 9),
        result=st.sampled_from(["success", "failure", "failure", "failure", "none", "other"]),
        counts=st.sampled_from([False, False, True]),
    )
    def finish(self, many: int, which: int, result: str, *, counts: bool) -> None:
        """Some end by themselves, though perhaps somebody has taken them for dead."""
        first = which % len(self.alive)
        for attempt in self.alive[first : first + many]:
            self.close(attempt, result, counts=counts or result == "success")

    @precondition(lambda self: self.alive)
    @rule(which=st.integers(0, 9))
    def kill(self, which: int) -> None:
        """An attempt is killed and says nothing any more."""
        del self.alive[which % len(self.alive)]

    @rule(base=st.sampled_from(["x", "y"]))
    def come_by(self, base: str) -> None:
        """Whoever comes next closes what is overdue, and sees what has landed."""
        self.close_overdue()
        self.happen("settled", "", {"base": base})
        for index in reversed(range(len(self.landings))):
            if self.landings[index].base == base and not self.landings[index].is_settled:
                self.landings[index] = self.landings[index]._replace(is_settled=True)
                break
        self.outdated |= {lease.attempt for lease in self.state.leases if lease.base == base}

    @rule(seconds=st.sampled_from([0.25, 1.0, 3.0, 10.0, 60.0, 899.75, 2000.0]))
    def wait(self, seconds: float) -> None:
        """Time goes on."""
        self.clock += seconds
        self.true_time += seconds

    @rule(which=st.integers(0, 19), aside=st.sampled_from([-0.25, 0.0, 0.0, 0.25]))
    def wait_for_an_edge(self, which: int, aside: float) -> None:
        """Time goes on until something is just about to change, or has just changed."""
        period, state = self.now.story.period, self.state
        edges = [period.begins + period.recovery]
        edges += [lease.expires for lease in state.leases]
        edges += [one.at + self.numbers.window for one in state.landed]
        edges += [one.at + state.horizon for one in state.landed]
        edges += [one.at + QUARTER_HOUR for one in state.outcomes[:1]]
        ahead = sorted(edge + aside - self.clock for edge in edges if edge + aside > self.clock)
        if ahead:
            self.wait(ahead[which % len(ahead)])

    @rule(base=st.sampled_from(["x", "y"]))
    def come_back_when_told(self, base: str) -> None:
        """Just before it is still refused, and then it is allowed."""
        self.notice_the_clock()
        self.close_overdue()
        for which in (0, 1):
            told = self.ask(base)[which]
            state = self.state.at_time(self.clock)
            if which and (state.under_way() or self.numbers.window > state.horizon):
                continue  # some may end before, or be forgotten who was told of no such window
            if told.slug in ("breaker-open", "rate-limited") and told.retry_after != GUESS:
                assert told.retry_after is not None
                self.wait(told.retry_after - 2**-10)
                assert self.ask(base)[which].slug == told.slug
                self.wait(2**-10)
                assert self.ask(base)[which].slug in ("", "busy")

    @rule(
        what=st.sampled_from(["policy", "policy", "clock", "clock", "reset", "lost"]),
        numbers=NUMBERS,
        seconds=st.sampled_from([0.25, 5.0, 30.0, 5000.0]),
    )
    def something_rare(self, what: str, numbers: Numbers, seconds: float) -> None:
        """Another branch has other numbers; or somebody turns at what should run by itself."""
        if what == "policy":
            self.numbers = numbers
            self.all_numbers.append(numbers)
        elif what == "clock":
            self.clock -= seconds
        elif what == "reset":
            self.happen("reset", "", {"by": "ada", "reason": ""})
        else:
            self.happen("journal-lost", "", {"anchored": "0"})

    def admit_one(self, base: str, lease: int, *, is_bound: bool, with_caution: bool) -> None:
        """Ask as the stage does, and begin if that is allowed."""
        self.notice_the_clock()
        self.close_overdue()
        expected = (
            self.now.breaker(self.numbers),
            self.now.rate(self.numbers, base, is_bound=is_bound, with_caution=with_caution),
        )
        answers = self.ask(base, is_bound=is_bound, with_caution=with_caution)
        for answer, (slug, wait) in zip(answers, expected, strict=True):
            assert (answer.allowed, answer.slug) == (not slug, slug)
            assert (answer.retry_after is None) == (not slug)
            assert wait is None or answer.retry_after == wait
        if is_bound and not all(answer.allowed for answer in answers):
            return
        self.count += 1
        attempt = f"a{self.count}"
        self.alive.append(attempt)
        body = {"terms": self.numbers.terms, "lease": lease, "bound": is_bound, "base": base}
        self.happen("opened", attempt, body)

    def close_overdue(self) -> None:
        """Close what should have been closed."""
        for lease in self.state.at_time(self.clock).expired():
            self.close(lease.attempt, self.numbers.crash, counts=True)

    @property
    def now(self) -> Now:
        """How the model looks at it now; many ask, and it takes long."""
        if (self._now.last, self._now.now) != (len(self.events), self.clock):
            self._now = Now(self.events[:], self.clock)
        return self._now

    def notice_the_clock(self) -> None:
        """Whoever asks writes down that it was set back; a refusal alone leaves no trace."""
        if self.clock < self.state.at:
            self.happen("clock-set-back", "", {"seconds": self.state.at - self.clock})

    def ask(
        self, base: str, *, is_bound: bool = True, with_caution: bool = False
    ) -> tuple[PreflightResult, PreflightResult]:
        """Ask the real pre-flight."""
        state = self.state.at_time(self.clock)
        situation = Situation(
            state, self.numbers.policy, HEALTHY, base, is_bound, with_caution=with_caution
        )
        return breaker.ask(situation), rate.ask(situation)

    def close(self, attempt: str, result: str, *, counts: bool) -> None:
        """Write down how an attempt ended."""
        lease = next((one for one in self.state.leases if one.attempt == attempt), None)
        self.alive = [one for one in self.alive if one != attempt]
        body = {"terms": self.numbers.terms, "result": result, "counts": counts, "seconds": GUESS}
        self.happen("closed", attempt, body)
        if lease and lease.is_bound:
            self.watch(attempt, lease.base, result, counts=counts)

    def watch(self, attempt: str, base: str, result: str, *, counts: bool) -> None:
        """Keep in mind what really happened."""
        period = self.now.story.began_in[attempt]
        if result in ("success", "failure"):
            self.failed[period] = self.failed.get(period, 0) + 1 if result == "failure" else 0
        if counts:
            self.landings = [
                one for one in self.landings if not base or one.base != base or one.is_settled
            ]
            if attempt not in self.outdated:
                self.landings.append(Landing(self.true_time, base, is_settled=False))

    def happen(self, kind: str, attempt: str, body: dict[str, Any]) -> None:
        """Write something down in both, by the way through the text that the journal goes."""
        self.events.append(Event(self.clock, kind, attempt, body))
        looked = as_state(as_text(self.state)).at_time(self.clock)
        self.state = fold(looked, Happening(self.clock, kind, attempt, body))

    @invariant()
    def both_tell_the_same(self) -> None:
        """The fold forgets, and still knows what the model knows that forgets nothing."""
        now, state = self.now, self.state.at_time(self.clock)
        story, period = now.story, now.story.period
        begins = now.seen(period.begins, period.index)
        assert (state.breaker.phase, state.breaker.since) == (period.phase, begins)
        done = period.results.count("success") if period.phase == "half_open" else 0
        assert (state.breaker.failures, state.breaker.successes) == (story.run, done)
        assert state.breaker.time_to_recovery == story.recovered_in
        assert (state.attempts, state.successes) == (story.attempts, story.successes)
        for is_bound in (True, False):
            mine = [lease.attempt for lease in state.under_way(is_bound=is_bound)]
            assert mine == now.under_way(is_bound=is_bound)
        assert [tuple(one) for one in state.landed] == now.landed
        assert [tuple(one[:2]) for one in state.outcomes] == now.outcomes

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        """Whatever the order was, and by a clock that nobody can set."""
        if not self.landings:
            return
        window = min(numbers.window for numbers in self.all_numbers)
        most = max(numbers.most for numbers in self.all_numbers)
        times = [one.at for one in self.landings]
        assert times == sorted(times)
        for first, beyond in zip(times, times[most:], strict=False):
            assert beyond - first >= window, times
        threshold = max(numbers.failures for numbers in self.all_numbers)
        probes = max(numbers.probes for numbers in self.all_numbers)
        for period, count in self.failed.items():
            assert count <= (threshold if period.phase == "closed" else probes)

    @invariant()
    def probes_are_few(self) -> None:
        """No more than may be under way, and none that is not needed."""
        state = self.state.at_time(self.clock)
        if state.breaker.phase == "half_open":
            here = [one for one in state.under_way() if one.turn == state.breaker.turn]
            assert len(here) <= max(numbers.probes for numbers in self.all_numbers)
            needed = max(numbers.successes for numbers in self.all_numbers)
            assert len(here) + state.breaker.successes <= needed

    def teardown(self) -> None:
        """However it stands, it comes to life again by itself, and can be told again."""
        if not hasattr(self, "numbers"):
            return
        told_again = START
        for event in self.events:
            told_again = fold(told_again, Happening(*event))
        assert as_text(told_again) == as_text(self.state)
        self.notice_the_clock()
        self.clock += 30 + 40  # the longest lease or time of recovery, and the longest horizon
        assert all(answer.allowed for answer in self.ask("new"))
        self.close_overdue()
        self.clock += 30
        for number in range(self.numbers.successes):
            self.admit_one(f"base {number}", 1, is_bound=True, with_caution=False)
            assert self.alive, "nothing may be modified any more"
            self.close(f"a{self.count}", "success", counts=False)
        assert self.state.breaker.phase == "closed"


def look_at(examples: int, steps: int, *, is_fixed: bool = False) -> None:
    """Run the machine so often."""
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=is_fixed,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_fold_is_what_the_definitions_say_for_some_stories() -> None:
    """The same ones each time, so that nobody's change fails by chance."""
    look_at(100, 25, is_fixed=True)


@pytest.mark.proof
def test_the_fold_is_what_the_definitions_say_for_many_stories() -> None:
    """Others each time."""
    look_at(1000, 30)


@pytest.mark.fuzz
@pytest.mark.parametrize("steps", range(18, 48, 3))
def test_the_fold_is_what_the_definitions_say_for_very_many_stories(steps: int) -> None:
    """Ten thousand, in ten parts of longer and longer ones: all at once would need a gigabyte."""
    look_at(1000, steps)
