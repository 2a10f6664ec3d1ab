"""The ten protections: what each is set to, and how it stands now."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard import preflights
from pytest_selfmod_guard.model import LAYERS, Layer, PreflightResult, State
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.spoken import span
from pytest_selfmod_guard.status import RateLimit
from pytest_selfmod_guard.system._standing import frequency_of, rate_of

_WHOLE = "pre-flight checks"
_ABSENT = "not built in yet"
_SHUT = "the journal cannot be written to: every attempt ends undecided"


def layers_of(situation: Situation, *, is_shut: bool = False) -> tuple[Layer, ...]:
    """
    Tell of each of the ten how it stands; what is not there says so.

    :param is_shut: nothing can be written down
    """
    told = {layer.name: layer for layer in (*_flight(situation), *_detection(situation))}
    if is_shut:
        state = State.FAILED if situation.is_bound else State.WARNED
        told[_WHOLE] = Layer(_WHOLE, state, _SHUT)
    return tuple(told.get(name, Layer(name, State.NOT_RUN, _ABSENT)) for name in LAYERS)


def _flight(situation: Situation) -> Iterator[Layer]:
    """Ask every question, where the pre-flight itself stops at the first that refuses."""
    asked = [(entry.LAYER, entry.ask(situation)) for entry in preflights.preflights()]
    yield _whole([result for _, result in asked], is_bound=situation.is_bound)
    for name, result in asked:
        layer = Layer(name, _state(result, is_bound=situation.is_bound), result.message)
        yield _TELLERS[name](layer, result, situation) if name in _TELLERS else layer


def _state(result: PreflightResult, *, is_bound: bool) -> State:
    if not result.allowed:
        return State.FAILED if is_bound else State.WARNED
    return State.WARNED if result.with_caution else State.PASSED


def _whole(results: list[PreflightResult], *, is_bound: bool) -> Layer:
    refusal = next((result for result in results if not result.allowed), None)
    if refusal:
        what = "refused" if is_bound else "warned, and let through"
        when = "" if refusal.retry_after is None else f", come back in {span(refusal.retry_after)}"
        state = _state(refusal, is_bound=is_bound)
        return Layer(_WHOLE, state, f"an agent would be {what}: {refusal.slug}{when}")
    if any(result.with_caution for result in results):
        return Layer(_WHOLE, State.WARNED, "an agent would be let through, with half the limits")
    return Layer(_WHOLE, State.PASSED, "an agent would be let through")


def _breaker(layer: Layer, result: PreflightResult, situation: Situation) -> Layer:
    breaker, most = situation.state.breaker, situation.policy.breaker
    if breaker.phase == "open":
        wait = span(result.retry_after or 0.0)
        failures = f"{breaker.failures} {'failure' if breaker.failures == 1 else 'failures'}"
        return layer._replace(detail=f"open after {failures}, probes in {wait}")
    if not result.allowed:
        return layer
    if breaker.phase == "half_open":
        told = f"half-open, {breaker.successes} of {most.success_threshold} probes succeeded"
        return layer._replace(state=State.WARNED, detail=told)
    told = f"closed, {breaker.failures} of {most.failure_threshold} failures in a row"
    return layer._replace(detail=told)


def _health(layer: Layer, result: PreflightResult, situation: Situation) -> Layer:
    health = situation.health
    if health.score is None:
        told = "not sampled of late, and too few modifications to judge by"
        return layer._replace(state=State.NOT_RUN if result.allowed else layer.state, detail=told)
    return layer._replace(detail=f"{health.status}, score {health.score:.0f}, {health.trend}")


def _rate(layer: Layer, _: PreflightResult, situation: Situation) -> Layer:
    halved = "; half of the policy's limit" if situation.with_caution else ""
    told = _count(rate_of(situation), situation.policy.rate.window)
    return layer._replace(detail=f"{told}{halved}")


_TELLERS = {"circuit breaker": _breaker, "health monitoring": _health, "rate limiting": _rate}


def _detection(situation: Situation) -> Iterator[Layer]:
    rules = _rules(situation)
    validity = sum(rule.family == "validity" for rule in rules)
    frequency = frequency_of(situation)
    state = State.PASSED if frequency.retry_after is None else State.WARNED
    told = _count(frequency, situation.policy.limits.modifications_window)
    yield _asking("anomaly detection", len(rules) - validity, state, f"; {told}")
    yield _asking("code validation", validity, State.PASSED)


def _asking(name: str, count: int, state: State, more: str = "") -> Layer:
    if not count:
        return Layer(name, State.NOT_RUN, f"the policy turns all of its rules off{more}")
    return Layer(name, state, f"{count} {'rule' if count == 1 else 'rules'}{more}")


def _rules(situation: Situation) -> list[Rule]:
    off = situation.policy.rules.off
    return [rule for rule in all_rules() if rule.id not in off and rule.name not in off]


def _count(limit: RateLimit, window: str) -> str:
    wait = "" if limit.retry_after is None else f", room in {span(limit.retry_after)}"
    return f"{limit.current_count} of {limit.max_per_window} in {window}{wait}"
