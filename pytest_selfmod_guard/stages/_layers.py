"""What became of each of the ten protections in a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_selfmod_guard.model import LAYERS, Denied, Layer, State, Verdict
from pytest_selfmod_guard.rules import Rule


def layers_of(verdict: Verdict, rules: Iterable[Rule]) -> tuple[Layer, ...]:
    """
    Say what each layer did.

    :param rules: those that were asked
    """
    validity = {rule.id for rule in rules if rule.family == "validity"}
    states = {
        "anomaly detection": _state(verdict, lambda rule: rule not in validity),
        "code validation": _state(verdict, lambda rule: rule in validity)
        if validity
        else State.NOT_RUN,
        "automatic backup": State.NOT_APPLICABLE,
        "post-modification monitor": State.NOT_APPLICABLE,
        "automatic rollback": State.NOT_APPLICABLE,
    }
    return tuple(Layer(name, states.get(name, State.NOT_RUN)) for name in LAYERS)


def _state(verdict: Verdict, concerns: Callable[[str], bool]) -> State:
    because = verdict.because if isinstance(verdict, Denied) else ()
    if any(concerns(finding.rule) for finding in because):
        return State.FAILED
    if any(concerns(finding.rule) for finding in verdict.evidence.findings):
        return State.WARNED
    return State.PASSED
