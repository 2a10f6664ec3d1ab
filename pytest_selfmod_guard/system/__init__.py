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
from pytest_selfmod_guard.journals import Entry, Journal
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages.preflight import base_on, buried
from pytest_selfmod_guard.stages.reconcile import head_of
from pytest_selfmod_guard.state import State
from pytest_selfmod_guard.status import (
    Approval,
    CircuitBreaker,
    Head,
    Health,
    Past,
    Status,
    Switch,
    Turned,
)
from pytest_selfmod_guard.system._approving import ACTIONS, Wanted, approve
from pytest_selfmod_guard.system._attempts import last_attempts, last_failures, unwritten
from pytest_selfmod_guard.system._layers import layers_of
from pytest_selfmod_guard.system._place import is_shut
from pytest_selfmod_guard.system._sampling import sampled
from pytest_selfmod_guard.system._standing import breaker_of, frequency_of, rate_of
from pytest_selfmod_guard.system._turning import refuse_agents, turn

__all__ = ["ACTIONS", "System", "Wanted"]


_APPROVE = "approve --staged --reason TEXT"


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
        policy, journal = self._guard.policy_in_force(), self._guard.journal
        state, dead = self._state(policy)
        situation, off = self._situation(state, policy), state.disabled
        return Status(
            enabled=off is None or self._in_ci,
            mode=policy.mode,
            disabled=Switch(*off) if off else None,
            layers=layers_of(situation, is_shut=is_shut(journal.place)),
            circuit_breaker=breaker_of(state, policy, self._failures(state, dead)),
            rate_limit=rate_of(situation),
            frequency=frequency_of(situation),
            health=situation.health,
            attempts=last_attempts(journal, dead),
            backups={"count": 0},
            journal=_head(journal),
            notes=self._guard.notes,
        )

    def breaker(self) -> CircuitBreaker:
        """
        Tell how the circuit breaker stands, and what it has counted.

        :raises GuardError: policy or journal cannot be read
        """
        policy = self._guard.policy_in_force()
        state, dead = self._state(policy)
        return breaker_of(state, policy, self._failures(state, dead), self._guard.notes)

    def health(self) -> Health:
        """
        Measure the machine, which takes half a second, and keep what came of it.

        Whoever the policy names is told when it has become critical, once.

        A look that cannot be kept is told with a note that says why.

        :raises GuardError: policy or journal cannot be read
        """
        return sampled(self._guard)

    def reset(self, by: str, reason: str = "") -> Turned:
        """
        Close the circuit breaker, and let the rates of success start anew.

        :param by: who does it, as they call themselves
        :raises GuardError: an agent asks for it whom nobody has approved; that is written
            down, too
        :raises UsageError: the reason is too long
        """
        approver = refuse_agents(self._guard, "breaker reset", by, reason)
        return turn(self._guard, "reset", by, reason, approver)

    def disable(self, by: str, reason: str = "") -> Turned:
        """
        Turn the guard off: it judges and says so, and enforces nothing.

        :param by: who does it, as they call themselves
        :raises GuardError: an agent asks for it whom nobody has approved; that is written
            down, too
        :raises UsageError: the reason is too long
        """
        approver = refuse_agents(self._guard, "disable", by, reason)
        return turn(self._guard, "disabled", by, reason, approver)

    def approve(self, wanted: Wanted, by: str) -> Approval:
        """
        Vouch for one change with a signature, so that its findings no longer deny it.

        :param by: who does it, as they call themselves
        :raises GuardError: an agent asks for it, there is no such change, or
            the base lists none of the keys here
        """
        refuse_agents(self._guard, _APPROVE, by, wanted.reason, can_be_approved=False)
        return approve(self._guard, wanted, by)

    def enable(self, by: str) -> Turned:
        """Turn the guard on again, which everybody may."""
        return turn(self._guard, "enabled", by)

    @property
    def _in_ci(self) -> bool:
        return is_ci(self._guard.context.environ)

    def _state(self, policy: Policy) -> tuple[State, tuple[Entry, ...]]:
        """Give the state as if the dead were buried, and what nobody has written down of them."""
        state = self._guard.ledger.state()
        told = buried(state, policy)
        return told, unwritten(state, told, policy)

    def _failures(self, state: State, dead: tuple[Entry, ...]) -> tuple[Past, ...]:
        return last_failures(self._guard.journal, state.breaker.failures, dead)

    def _situation(self, state: State, policy: Policy) -> Situation:
        """Give what an agent's next modification would meet here."""
        health = assess(state, policy.health, where=here())
        return Situation(
            state,
            policy,
            health,
            base_on(self._guard.git, head_of(self._guard.git)),
            is_bound=policy.mode == "enforce" and (state.disabled is None or self._in_ci),
            with_caution=health.status == "degraded",
        )


def _head(journal: Journal) -> Head:
    last = journal.head()
    return Head(journal.place, last.seq, last.hash) if last else Head(journal.place, 0, "")
