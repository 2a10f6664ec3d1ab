"""SMG407: a comment that switches a tool off for a whole file."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._marks import for_agents, risk_of
from pytest_selfmod_guard.rules.selfguard._new_marks import new_marks
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG407",
    risk=Risk.HIGH,
    hint="take the comment away and correct what the tool reports; where one line must stay as it "
    "is, name the one rule on that line: '# noqa: E501', '# type: ignore[arg-type]'",
)
def file_suppression_added(view: View) -> Iterable[Sighting]:
    """
    A new comment switches a tool off for a whole file.

    `ruff: noqa`, `flake8: noqa`, `mypy: ignore-errors`, `pylint: skip-file`
    and `type: ignore` on the first line hide whatever comes into the file
    later. Without a code, or with one of security, they need a person's
    approval. In tests, and where they name rules of style, they are a warning.

    Flagged: every rule of ruff
        === shop/cart.py
        + # ruff: noqa
          import os

    Flagged: the types of a whole module
        === shop/cart.py
          '''Sums up a cart.'''
        + # mypy: ignore-errors
          import os

    Flagged: before the first statement it is for all of them
        === shop/cart.py
        + # type: ignore
          import os

    Flagged: the checks of security
        === shop/cart.py
        + # flake8: noqa: S602
          import os

    Flagged: in a test [medium]
        === tests/test_cart.py
        + # pylint: skip-file
          import cart

    Allowed: one that the file had
        === shop/cart.py
        - # flake8: noqa
        + # ruff: noqa
          import os

    Allowed: stricter than before
        === shop/cart.py
        + # mypy: strict
        + # pyright: strict
          import os
    """
    for new in new_marks(view):
        if not new.mark.about:
            told = f"{new.mark.text!r} switches checks of {new.mark.kind} off for the whole file"
            risk, settled_by = for_agents(risk_of(new.mark, new.path), new.path)
            yield Sighting(new.mark.line, told, path=new.path, risk=risk, settled_by=settled_by)
