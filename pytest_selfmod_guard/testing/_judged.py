"""What the guard said, with assertions that show its whole answer when they fail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pytest_selfmod_guard.model import Finding, Receipt
from pytest_selfmod_guard.testing._asking import must_exist


class Judged(NamedTuple):
    """
    A judgement of a project's change.

    The assertions raise AssertionError, and return the judgement, so that they
    can follow one another: ``check().allowed().warned("SMG101")``. A rule is
    named by its id or by its name.
    """

    receipt: Receipt
    project: str
    """What was judged, in a few lines."""

    def allowed(self) -> Judged:
        """Assert that there was a change, and that it may land."""
        __tracebackhide__ = True
        self._decided("allowed")
        if not self.receipt.files:
            raise self._failed("to be allowed, and nothing was judged; use .nothing_to_judge()")
        return self

    def denied(self, *rules: str, enforced: bool = True) -> Judged:
        """
        Assert that it must not land, because of each of some rules at least.

        :param enforced: False where the policy only warns, with mode = "warn"
        """
        __tracebackhide__ = True
        must_exist(rules)
        self._decided("denied", f" for {', '.join(rules)}" if rules else "")
        if self.receipt.enforced != enforced:
            raise self._failed("to be enforced" if enforced else "not to be enforced")
        return self._names(rules, self.receipt.because, "to be denied by")

    def undecided(self, slug: str | None = None) -> Judged:
        """
        Assert that it could not be judged.

        :param slug: the handle of the reason; by default any
        """
        __tracebackhide__ = True
        self._decided("undecided")
        if slug not in (None, self.receipt.slug):
            raise self._failed(f'to be undecided for "{slug}", not "{self.receipt.slug}"')
        return self

    def nothing_to_judge(self) -> Judged:
        """Assert that it passed because nothing was changed."""
        __tracebackhide__ = True
        if self.receipt.files:
            raise self._failed("to have nothing to judge")
        return self._decided("allowed")

    def warned(self, *rules: str) -> Judged:
        """Assert that there are findings that do not deny, of each of some rules at least."""
        __tracebackhide__ = True
        must_exist(rules)
        warnings = [item for item in self.receipt.findings if item not in self.receipt.because]
        if not warnings:
            raise self._failed("to be warned of")
        return self._names(rules, warnings, "to be warned of by")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, denying or not."""
        return self.receipt.findings

    def _decided(self, decision: str, why: str = "") -> Judged:
        __tracebackhide__ = True
        if self.receipt.decision != decision:
            raise self._failed(f"to be {decision}{why}")
        return self

    def _names(self, rules: Iterable[str], found: Iterable[Finding], what: str) -> Judged:
        __tracebackhide__ = True
        known = {name for item in found for name in (item.rule, item.name)}
        if missing := [rule for rule in rules if rule not in known]:
            raise self._failed(f"{what} {', '.join(missing)}")
        return self

    def _failed(self, expected: str) -> AssertionError:
        return AssertionError(f"expected the change {expected}\n\n{self}\n{self.project}")

    def __str__(self) -> str:
        from pytest_selfmod_guard.reports import render  # noqa: PLC0415 (a pass shows nothing)

        return render("text", self.receipt)

    def __repr__(self) -> str:
        places = " ".join(f"{item.rule}@{item.path}:{item.line}" for item in self.findings)
        return f"<Judged {self.receipt.decision}: {places or self.receipt.slug or 'no findings'}>"
