"""Whether the message of a commit names the agent that made it, as ``actors.trailers`` wants it."""

from __future__ import annotations

from pytest_selfmod_guard.attribution import names_agent, text_of_marks, trailer_for
from pytest_selfmod_guard.errors import EXIT_DENIED, GuardError
from pytest_selfmod_guard.model import Actor
from pytest_selfmod_guard.policy import Policy

_SHOWN = 5
"""Lines that are to be taken out."""
_LINE = 120
"""Characters of each."""


def refusal(message: str, author: Actor, policy: Policy) -> GuardError | None:
    """
    Say what is wrong with a message; None where the policy has nothing against it.

    :param author: who made the change, by the environment or by the message
    """
    if policy.actors.trailers == "require":
        return _missing(message, author)
    if policy.actors.trailers == "forbid":
        return _forbidden(message)
    return None


def _missing(message: str, author: Actor) -> GuardError | None:
    if author.kind != "agent" or names_agent(message, author.name):
        return None
    return _Refusal(
        "trailer-missing",
        'the policy says actors.trailers = "require", '
        "and no trailer of the message names the agent",
        hint=f"end the message with a trailer, such as: {trailer_for(author.name)}",
    )


def _forbidden(message: str) -> GuardError | None:
    found = text_of_marks(message)
    if not found:
        return None
    more = f" and {len(found) - _SHOWN} more like these" if len(found) > _SHOWN else ""
    shown = ", ".join(f'"{_cut(line)}"' for line in found[:_SHOWN])
    return _Refusal(
        "trailer-forbidden",
        'the policy says actors.trailers = "forbid", and the message names an agent',
        hint=f"take out of the message: {shown}{more}",
    )


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE]}..."


class _Refusal(GuardError):
    """The message is not as the policy wants it."""

    exit_code = EXIT_DENIED
