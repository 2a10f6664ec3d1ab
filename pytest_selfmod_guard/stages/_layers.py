"""What became of each of the ten protections in a judgement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pytest_selfmod_guard.model import LAYERS, Denied, Layer, State, Verdict
from pytest_selfmod_guard.rules import Rule


def layers_of(
    verdict: Verdict, rules: Collection[Rule], flight: tuple[Layer, ...] = ()
) -> tuple[Layer, ...]:
    """
    Say what each layer did.

    :param rules: those that were asked; none if it did not come to that
    :param flight: what the layers of the pre-flight say of themselves
    """
    validity = {rule.id for rule in rules if rule.family == "validity"}
    found = {
        "anomaly detection": _state(verdict, lambda rule: rule not in validity)
        if rules
        else State.NOT_RUN,
        "code validation": _state(verdict, lambda rule: rule in validity)
        if validity
        else State.NOT_RUN,
        "automatic backup": State.NOT_APPLICABLE,
        "post-modification monitor": State.NOT_APPLICABLE,
        "automatic rollback": State.NOT_APPLICABLE,
    }
    told = {name: Layer(name, state) for name, state in found.items()}
    told |= {layer.name: layer for layer in (*flight, *_whole(flight))}
    return tuple(told.get(name, Layer(name, State.NOT_RUN)) for name in LAYERS)


def _whole(flight: tuple[Layer, ...]) -> Iterator[Layer]:
    """The pre-flight as a whole is as its worst part."""
    for state in (State.FAILED, State.WARNED, State.PASSED):
        if worst := [layer for layer in flight if layer.state == state]:
            yield Layer("pre-flight checks", state, worst[0].detail if len(worst) == 1 else "")
            return


def _state(verdict: Verdict, concerns: Callable[[str], bool]) -> State:
    because = verdict.because if isinstance(verdict, Denied) else ()
    if any(concerns(finding.rule) for finding in because):
        return State.FAILED
    if any(concerns(finding.rule) for finding in verdict.evidence.findings):
        return State.WARNED
    return State.PASSED
