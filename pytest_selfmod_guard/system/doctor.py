"""The doctor: asks every checkup about the repository one stands in, and changes nothing."""

from __future__ import annotations

from pytest_selfmod_guard.checkups import examine
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.status import Diagnosis
from pytest_selfmod_guard.system._examined import Examined

_WORST_FIRST = ("broken", "unasked", "warning")


def diagnose(context: Context) -> Diagnosis:
    """
    Say what is in order and what is not.

    :raises ReadError: there is no repository here, or it has no work tree
    """
    lines = tuple(examine(_examined(context)))
    states = {line.state for line in lines}
    return Diagnosis(next((one for one in _WORST_FIRST if one in states), "ok"), lines)


def _examined(context: Context) -> Examined:
    try:
        return Examined(context)
    except ReadError as error:
        if error.slug == "bare-repository":
            error.hint = "ask in a clone of it, which is where hooks run and files lie"
        raise
