"""Which changes somebody has approved whom the base trusts, each looked at when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from pytest_selfmod_guard.approvals import (
    NAMESPACE,
    Kept,
    Terms,
    listed,
    reach,
    repository_of,
    unpack,
)
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.signing import Keygen, Signers
from pytest_selfmod_guard.stages._signers import signers_of

_SHOWN = 10  # digits of a digest


class Approved:
    """The approvals of a clone that count, by the base's word."""

    def __init__(self, git: Git, base: Base, policy: Policy, at: float) -> None:
        """
        Take the base that says who may approve.

        :param policy: the base's
        :param at: seconds since the epoch, when an approval has to hold
        """
        self._git = git
        self._base = base
        self._policy = policy.approvals
        self._at = at
        self._told: dict[str, Terms | None] = {}
        self._refused: dict[str, str] = {}

    @property
    def is_possible(self) -> bool:
        """Somebody may approve here."""
        return bool(self._policy.allowed_signers and self._base.trusted)

    @property
    def wait_for_a_base(self) -> bool:
        """Somebody has approved something, and there is no base that could say whether he may."""
        return not self._base.trusted and bool(self._kept)

    @property
    def are_any(self) -> bool:
        """Somebody may, and there is something that says that somebody has."""
        return self.is_possible and bool(self._kept)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Which of those that were asked for do not count, and why, in sentences."""
        return tuple(self._refused.values())

    def of(self, change: str) -> Terms | None:
        """Give the approval of a change, by its digest; None where none counts."""
        if change not in self._told:
            kept = self._kept.get(change, ()) if self.are_any else ()
            self._told[change] = next(self._counting(kept), None)
        return self._told[change]

    @cached_property
    def _kept(self) -> dict[str, list[Kept]]:
        found: dict[str, list[Kept]] = {}
        for one in listed(self._git):
            found.setdefault(one.change, []).append(one)
        return found

    def _counting(self, kept: Sequence[Kept]) -> Iterator[Terms]:
        for one in kept:
            try:
                terms = self._checked(one)
            except GuardError as error:
                shown = one.change[:_SHOWN]
                why = error.context or error.message
                self._refused[one.ref] = f"An approval of change {shown} does not count: {why}."
            else:
                # One that counts is enough, whatever else lies about.
                for other in kept:
                    self._refused.pop(other.ref, None)
                yield terms

    def _checked(self, kept: Kept) -> Terms:
        with Objects(self._git) as objects:
            terms, lines, signature = unpack(reach(objects, kept))
        if terms.change != kept.change:
            raise _refused("it is for another change")
        if terms.expires <= self._at:
            raise _refused("it has expired")
        if terms.repository != self._repository:
            raise _refused("it is for another repository")
        Keygen(self._git.environ).verify(
            lines,
            signature,
            self._signers,
            namespace=NAMESPACE,
            at=self._at,
            principal=terms.approver,
        )
        return terms

    @cached_property
    def _repository(self) -> str:
        return repository_of(self._git, self._base.trusted)

    @cached_property
    def _signers(self) -> Signers:
        return signers_of(self._git, self._base, self._policy)


def _refused(why: str) -> GuardError:
    return GuardError("approval-refused", "an approval does not count", context=why)
