"""
The system as people see it: how it stands, and the few things to turn by hand.

The guard judges changes; this tells how the guard itself is, from what the
journal says, and lets a person close the breaker or turn everything off. An
agent may do neither: it would be judged by nothing.
"""

from __future__ import annotations

from pytest_selfmod_guard.ci import is_ci
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.health import assess
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.stages.reconcile import head_of
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import CircuitBreaker, Head, Health, Status, Switch, Turned
from pytest_selfmod_guard.system._attempts import SHOWN, last_attempts
from pytest_selfmod_guard.system._layers import layers_of
from pytest_selfmod_guard.system._sampling import sampled
from pytest_selfmod_guard.system._standing import breaker_of, frequency_of, rate_of
from pytest_selfmod_guard.system._turning import refuse_agents, turn


class System:
    """The system around one guard."""

    def __init__(self, guard: Guard) -> None:
        """Take the guard whose journal, policy and machine it is."""
        self._guard = guard

    def status(self) -> Status:
        """
        Tell how everything stands; only reads, and does not measure the machine.

        :raises GuardError: policy or journal cannot be read
        """
        policy, journal = self._guard.policy(), self._guard.journal
        state = self._guard.ledger.state()
        situation, off = self._situation(state, policy), state.disabled
        return Status(
            enabled=off is None or self._in_ci,
            mode=policy.mode,
            disabled=Switch(*off) if off else None,
            layers=layers_of(situation),
            circuit_breaker=breaker_of(state, policy),
            rate_limit=rate_of(situation),
            frequency=frequency_of(situation),
            health=situation.health,
            attempts=last_attempts(
                journal.last("closed", SHOWN), journal.last("opened", 4 * SHOWN)
            ),
            backups={"count": 0},
            journal=_head(journal),
        )

    def breaker(self) -> CircuitBreaker:
        """
        Tell how the circuit breaker stands, and what it has counted.

        :raises GuardError: policy or journal cannot be read
        """
        return breaker_of(self._guard.ledger.state(), self._guard.policy())

    def health(self) -> Health:
        """
        Measure the machine, which takes half a second, and keep what came of it.

        Whoever the policy names is told when it has become critical, once.

        :raises GuardError: the policy cannot be read, or the sample not be kept
        """
        return sampled(self._guard)

    def reset(self, by: str, reason: str = "") -> Turned:
        """
        Close the circuit breaker, and let the rates of success start anew.

        :param by: who does it, as they call themselves
        :raises GuardError: an agent asks for it; that is written down, too
        :raises UsageError: the reason is too long
        """
        refuse_agents(self._guard, "breaker reset", by, reason)
        return turn(self._guard, "reset", by, reason)

    def disable(self, by: str, reason: str = "") -> Turned:
        """
        Turn the guard off: it judges and says so, and enforces nothing.

        :param by: who does it, as they call themselves
        :raises GuardError: an agent asks for it; that is written down, too
        :raises UsageError: the reason is too long
        """
        refuse_agents(self._guard, "disable", by, reason)
        return turn(self._guard, "disabled", by, reason)

    def enable(self, by: str) -> Turned:
        """Turn the guard on again, which everybody may."""
        return turn(self._guard, "enabled", by)

    @property
    def _in_ci(self) -> bool:
        return is_ci(self._guard.context.environ)

    def _situation(self, state: State, policy: Policy) -> Situation:
        """Give what an agent's next modification would meet here."""
        health = assess(state, policy.health)
        return Situation(
            state,
            policy,
            health,
            head_of(self._guard.git),
            is_bound=policy.mode == "enforce" and (state.disabled is None or self._in_ci),
            with_caution=health.status == "degraded",
        )


def _head(journal: Journal) -> Head:
    last = journal.head()
    return Head(journal.place, last.seq, last.hash) if last else Head(journal.place, 0, "")
