"""The sandbox: what could contain a trial here, as far as it was tried just now."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.status import Line

ORDER = 90
NAME = "sandbox"

_LATER = "trials are not built in yet, so nothing needs it"


def ask(facts: Facts) -> Iterator[Line]:
    """Say only what was tried."""
    if facts.namespaces:
        yield Line(NAME, "ok", "bubblewrap makes a namespace here; no escape was tried")
    elif facts.namespaces is None:
        message = f"bubblewrap is not in PATH; {_LATER}"
        yield Line(NAME, "unknown", message, "install the package `bubblewrap`")
    else:
        message = f"bubblewrap cannot make a namespace here; {_LATER}"
        mend = "see why: bwrap --unshare-all --ro-bind / / true"
        yield Line(NAME, "unknown", message, mend)
