"""The policy of HEAD: can it be read, does it enforce, and has anybody turned it off."""

from __future__ import annotations

from collections.abc import Iterator
from time import localtime, strftime

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.checkups._types import listed
from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE, Policy
from pytest_selfmod_guard.status import Line

ORDER = 40
NAME = "policy"

_COMMIT = "SKIP=selfmod-guard git commit --all"


def ask(facts: Facts) -> Iterator[Line]:
    """Read it, and name what makes it weaker than the defaults."""
    try:
        policy = facts.policy
    except PolicyError as error:
        mend = f"correct the file, then as a person: {_COMMIT}"
        yield Line(NAME, "broken", f"nothing can be judged: {error} ({error.slug})", mend)
        return
    if policy is None:
        yield Line(NAME, "warning", "HEAD has none, so the defaults judge", "selfmod-guard init")
    else:
        yield from _weaknesses(policy)
    yield from _switched_off(facts)


def _weaknesses(policy: Policy) -> Iterator[Line]:
    file = f"{TABLE_FILE} or {OWN_FILE}"
    if policy.mode == "warn":
        message = 'mode is "warn": a denial is shown, and nothing is stopped'
        yield Line(NAME, "warning", message, f'set mode = "enforce" in {file}, and commit it')
    else:
        yield Line(NAME, "ok", "it can be read, and it enforces")
    if policy.rules.off:
        message = f"{listed(policy.rules.off)} {_is(policy.rules.off)} off"
        yield Line(NAME, "warning", message, f"take them out of rules.off in {file}, and commit it")


def _is(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


def _switched_off(facts: Facts) -> Iterator[Line]:
    off = facts.switch
    if off:
        since = strftime("%Y-%m-%d %H:%M", localtime(off.at))
        why = f" ({off.reason})" if off.reason else ""
        message = f"the guard is disabled since {since} by {off.by}{why}: nothing is enforced"
        yield Line(NAME, "warning", message, "selfmod-guard enable")
