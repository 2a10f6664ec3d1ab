"""SMG406: a comment that switches off what keeps watch over a line."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._marks import COVERAGE, OURS, for_agents, risk_of
from pytest_selfmod_guard.rules.selfguard._new_marks import New, new_marks
from pytest_selfmod_guard.view import View


@change_rule(
    "SMG406",
    risk=Risk.HIGH,
    hint="take the comment away and correct the code it is about; if the tool is wrong, leave the "
    "comment to a person: say which rule reports what, and why it is not so here",
)
def suppression_added(view: View) -> Iterable[Sighting]:
    """
    A new comment switches off a check for the code beside it.

    A suppression says "trust me", and the author of a change cannot be the one
    who says it. The guard's own `selfmod: allow[...]` counts only where the
    base has it; one for a security tool (`nosec`, `noqa: S602`, `nosemgrep`,
    scanners for secrets) is an approval that a person has to give. Agents are
    also held for a `noqa` or `type: ignore` without a code, for those that hide
    complexity or undefined names, and for `no cover` on code that was covered;
    for people these are a warning, and for anybody in tests. With a code of
    style or type they are a note.

    They are counted over the whole change, so that moving code with its
    comment, reformatting, naming the rule more exactly and going from bandit
    to ruff are silent. A string that has such words is no comment.

    Flagged: excused by the guard's own word
        === shop/cart.py
        - total = price(items)
        + total = price(items)  # selfmod: allow[SMG201] reason="safe" expires=2030-01-01

    Flagged: one of the base's is to last longer
        === shop/cart.py
        - total = eval(text)  # selfmod: allow[SMG201] reason="ours" expires=2026-01-01
        + total = eval(text)  # selfmod: allow[SMG201] reason="ours" expires=2030-01-01

    Flagged: a security tool is told to look away
        === shop/cart.py
          import subprocess
        - subprocess.run(["ls", path])
        + subprocess.run(["ls", path])  # nosec

    Flagged: in ruff's words, behind another comment
        === shop/cart.py
        - rows = run(QUERY + name)
        + rows = run(QUERY + name)  # the name is checked  # noqa: E501, S608

    Flagged: in a file that is no Python
        === deploy/values.yaml
        - privileged: false
        + privileged: true  # nosemgrep: privileged-container

    Flagged: every rule for the line [medium]
        === shop/cart.py
        - from shop.prices import *
        + from shop.prices import *  # noqa

    Allowed: a line that is too long
        === shop/cart.py
        + ADDRESS = "https://example.org/a/rather/long/address"  # noqa: E501

    Allowed: one type error, by its code
        === shop/cart.py
        + total = add(items)  # type: ignore[arg-type]

    Allowed: the comment moves with its code
        === shop/cart.py
        - listing = run(["ls", path])  # nosec B603
        === shop/files.py
        + listing = run(["ls", path])  # nosec B603

    Allowed: the code under one of the base's is edited in its place
        === shop/cart.py
          def total(text):
        -     return add(text)  # selfmod: allow[SMG201] reason="ours" expires=2030-01-01
        +     return add(text, 2)  # selfmod: allow[SMG201] reason="ours" expires=2030-01-01

    Allowed: it names the rule now
        === shop/cart.py
        - listing = run(["ls", path])  # nosec
        + listing = run(["ls", path])  # noqa: S603

    Allowed: text that only speaks of it
        === shop/help.py
        + HELP = "write '# nosec' or '# selfmod: allow[SMG201]' behind the line"
    """
    for new in new_marks(view):
        if new.mark.about:
            risk, settled_by = for_agents(_risk(new), new.path)
            yield Sighting(
                new.mark.line,
                _told(new),
                path=new.path,
                risk=risk,
                settled_by=settled_by,
            )


def _told(new: New) -> str:
    if new.mark.kind == OURS:
        return f"{new.mark.text!r} is new here, and counts only where the base has it"
    what = "coverage" if new.mark.kind == COVERAGE else f"a check of {new.mark.kind}"
    return f"{new.mark.text!r} switches {what} off for the code beside it"


def _risk(new: New) -> Risk:
    risk = risk_of(new.mark, new.path, was_unmarked=new.was_unmarked)
    if not new.was_beside:
        return risk
    return min(risk, Risk.MEDIUM if risk == Risk.HIGH else Risk.LOW)
