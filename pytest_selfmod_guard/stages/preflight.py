"""
Pre-flight: is it safe to modify anything now? And the attempt that begins if it is.

Looking, deciding and writing down that an attempt has begun are one turn of
the journal, so that of many who ask at the same time no one too many is let
through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from pytest_selfmod_guard import preflights
from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.health import assess
from pytest_selfmod_guard.journals import Entry
from pytest_selfmod_guard.machine import Reading
from pytest_selfmod_guard.model import Layer, PreflightResult
from pytest_selfmod_guard.model import State as LayerState
from pytest_selfmod_guard.policy import Policy, seconds
from pytest_selfmod_guard.preflights import Situation
from pytest_selfmod_guard.preflights.rate import halved
from pytest_selfmod_guard.processes import here, is_gone, myself
from pytest_selfmod_guard.stages._ledger import Ledger, Page
from pytest_selfmod_guard.state import Happening, Lease, State, Terms, fold

LEASE = 600.0
"""Seconds after which an attempt that nobody has heard of any more is taken for dead."""

_GOOD = frozenset(("allowed", "applied", "done"))
_NEITHER = frozenset(("denied", "undecided", "interrupted"))


class Opening(NamedTuple):
    """What is about to be modified."""

    attempt: str
    base: str
    """As :func:`base_on` says."""
    actor: str
    source: str
    digest: str
    is_bound: bool
    """The pre-flight can refuse it; otherwise it only warns."""


class Flight(NamedTuple):
    """What the pre-flight said."""

    results: tuple[PreflightResult, ...] = ()
    layers: tuple[Layer, ...] = ()
    refusal: PreflightResult | None = None
    """What ended it, whether that binds or not."""
    state: State = State()
    """As it was asked about."""
    is_open: bool = False
    """The attempt has begun, and has to be closed."""
    has_tripped: bool = False
    """Closing an attempt of somebody dead has opened the breaker."""

    @property
    def with_caution(self) -> bool:
        """Tell whether the limits are halved."""
        return any(result.with_caution for result in self.results)


def look(state: State, policy: Policy, *, base: str = "", reading: Reading | None = None) -> Flight:
    """Ask without beginning anything, as if the dead were buried."""
    state = buried(state, policy)
    return _asked(state, policy, base=base, is_bound=True, reading=reading)


def admit(
    ledger: Ledger, opening: Opening, policy: Policy, *, reading: Reading | None = None
) -> Flight:
    """
    Ask, and let the attempt begin unless it is refused and bound.

    :param reading: how the machine is; None where nobody measured it
    :raises JournalError: it cannot be written down, so nothing may begin
    """
    with ledger.page() as page:
        page.catch_up()
        bury(page, policy)
        flight = _asked(
            page.state, policy, base=opening.base, is_bound=opening.is_bound, reading=reading
        )
        flight = flight._replace(has_tripped=page.has_tripped)
        if flight.refusal and opening.is_bound:
            return flight
        page.add("opened", opening.attempt, _opened(opening, policy), opening.digest)
    return flight._replace(is_open=True)


class Ending(NamedTuple):
    """How an attempt ended."""

    outcome: str
    """Such as ``allowed``, ``denied`` or ``rolled_back``."""
    counts: bool
    """Something was modified, or may have been."""
    seconds: float
    """Of our own stages, without the trial."""
    actor: str
    change: Mapping[str, object]
    """Its size, as :func:`history.measure` tells it."""


def end(ledger: Ledger, opening: Opening, ending: Ending, policy: Policy, *entries: Entry) -> bool:
    """
    Write down how an attempt ended, and all that is to be said about it.

    :returns: whether that has opened the breaker
    :raises JournalError: it cannot be kept; or somebody took the attempt for
        dead, and may have begun another in its place
    """
    with ledger.page() as page:
        if all(lease.attempt != opening.attempt for lease in page.state.leases):
            raise JournalError(
                "attempt-lost",
                "another process took the attempt for dead: it took too long, or could not be seen",
                context=opening.attempt,
                hint="try again; what became of it: selfmod-guard audit tail",
            )
        page.note(*entries)
        body = {
            "terms": list(terms(policy)),
            "result": _result(ending.outcome, policy),
            "base": opening.base,
            **ending._asdict(),
        }
        page.add("closed", opening.attempt, body, opening.digest)
        return page.has_tripped


def tidy(ledger: Ledger, policy: Policy) -> bool:
    """
    Write down what has happened without anybody's doing: somebody died, a clock was set back.

    :returns: whether that has opened the breaker
    """
    stored, state = ledger.stored(), ledger.state()
    if stored.at <= state.at and not any(_is_dead(lease, state) for lease in state.leases):
        return False
    with ledger.page() as page:
        page.catch_up()
        bury(page, policy)
        return page.has_tripped


def settle(git: Git, ledger: Ledger, tip: str) -> None:
    """Note that what was let through on a commit's parent has landed as that commit."""
    waiting = {landed.base for landed in ledger.state().landed if not landed.is_settled}
    if not waiting:
        return
    with Objects(git) as objects:
        commit = objects.commit(tip) if tip else None
    stood = base_on(git, commit.parents[0] if commit and commit.parents else "")
    if stood in waiting:
        with ledger.page() as page:
            page.add("settled", "", {"base": stood}, tip)


def base_on(git: Git, commit: str) -> str:
    """
    Say what is to be modified: a commit, as the tip of a branch of this clone.

    Of two modifications of it only the last can land. Empty without a branch,
    because there each of them can.
    """
    branch = git.attempt("symbolic-ref", "-q", "HEAD").output.decode("utf-8", "replace").strip()
    clone = sha256(f"{here()} {git.common_dir()}".encode("utf-8", "surrogateescape")).hexdigest()
    return f"{commit} {branch} {clone[:8]}" if branch else ""


def bury(page: Page, policy: Policy) -> None:
    """Close the attempts of the dead, whatever killed them."""
    for attempt, body in _burials(page.state, policy):
        page.add("closed", attempt, body)


def buried(state: State, policy: Policy) -> State:
    """Tell how things stand once somebody has closed the attempts of the dead."""
    for attempt, body in _burials(state, policy):
        state = fold(state, Happening(state.at, "closed", attempt, body))
    return state


def terms(policy: Policy) -> Terms:
    """Give the numbers that the state is told by."""
    return Terms(
        policy.breaker.failure_threshold,
        policy.breaker.success_threshold,
        seconds(policy.breaker.recovery_timeout),
        max(seconds(policy.rate.window), seconds(policy.limits.modifications_window)),
    )


def careful(policy: Policy) -> Policy:
    """Halve what a change may be, where the machine is not well."""
    limits = policy.limits
    return policy._replace(limits=limits._replace(max_files=halved(limits.max_files)))


def _asked(
    state: State, policy: Policy, *, base: str, is_bound: bool, reading: Reading | None
) -> Flight:
    health = assess(state, policy.health, reading=reading, where=here())
    situation = Situation(state, policy, health, base, is_bound)
    asked = tuple(preflights.ask(situation))
    results = tuple(result for _, result in asked)
    refusal = next((result for result in results if not result.allowed), None)
    layers = tuple(_layer(name, result, is_bound=is_bound) for name, result in asked)
    return Flight(results, layers, refusal, state)


def _layer(name: str, result: PreflightResult, *, is_bound: bool) -> Layer:
    if not result.allowed:
        return Layer(name, LayerState.FAILED if is_bound else LayerState.WARNED, result.message)
    return Layer(
        name, LayerState.WARNED if result.with_caution else LayerState.PASSED, result.message
    )


def _burials(state: State, policy: Policy) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Give what is to be written down of each attempt whose process is dead."""
    for lease in state.leases:
        if _is_dead(lease, state):
            body = {
                "terms": list(terms(policy)),
                "result": _result("crashed", policy),
                "outcome": "crashed",
                "counts": True,
                "seconds": 0.0,  # nobody measured it, and it must not spoil the response times
                "base": lease.base,
                "actor": "",
                "change": {},
            }
            yield lease.attempt, body


def _opened(opening: Opening, policy: Policy) -> Mapping[str, object]:
    return {
        "terms": list(terms(policy)),
        "lease": LEASE,
        "bound": opening.is_bound,
        "base": opening.base,
        "who": myself(),
        "actor": opening.actor,
        "source": opening.source,
        "digest": opening.digest,
    }


def _is_dead(lease: Lease, state: State) -> bool:
    return lease.expires <= state.at or is_gone(lease.who)


def _result(outcome: str, policy: Policy) -> str:
    if outcome.replace("_", "-") in policy.breaker.failures:
        return "failure"
    if outcome in _GOOD:
        return "success"
    return "none" if outcome in _NEITHER else "other"
