"""A system to tell stories of: its state, and a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_selfmod_guard.state import START, Happening, State, Terms, fold

TERMS = Terms(failures=5, successes=3, recovery=300.0, horizon=300.0)


class System:
    """What was written down so far, as the fold tells it."""

    def __init__(self) -> None:
        """Begin at a time like today's."""
        self.at, self.terms = 1_700_000_000.0, TERMS
        self.folded = START

    @property
    def state(self) -> State:
        """How it stands now."""
        return self.folded.at_time(self.at)

    def happen(self, kind: str, attempt: str = "", **body: Any) -> State:
        """Write something down."""
        self.folded = fold(self.folded, Happening(self.at, kind, attempt, body))
        return self.folded

    def open(
        self, attempt: str, *, base: str = "", lease: float = 600.0, is_bound: bool = True
    ) -> State:
        """Begin an attempt."""
        terms = list(self.terms)
        return self.happen("opened", attempt, terms=terms, lease=lease, bound=is_bound, base=base)

    def close(self, attempt: str, result: str = "success", *, counts: bool = False) -> State:
        """End an attempt."""
        terms = list(self.terms)
        return self.happen(
            "closed", attempt, terms=terms, result=result, counts=counts, seconds=2.0
        )

    def run(self, *results: str, base: str = "", is_bound: bool = True) -> State:
        """Run attempts to their ends, one after the other; what succeeds has modified something."""
        for result in results:
            attempt = f"{result} at {self.at} after {len(self.folded.outcomes)}"
            self.open(attempt, base=base, is_bound=is_bound)
            self.close(attempt, result, counts=result == "success")
        return self.folded


@pytest.fixture
def system() -> System:
    """Give one of which nothing is known yet."""
    return System()
