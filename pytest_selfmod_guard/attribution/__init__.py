"""
Who made a change: markers in the environment, trailers and addresses, as data.

They are hints. Everything is judged whoever wrote it; attribution only sets
how strictly, and no marker makes the judgement milder. What is known of agents
stands in ``_markers.py``, one line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from pytest_selfmod_guard.attribution import _markers as markers
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Actor, Confidence

ACTOR_VARIABLE = "SELFMOD_GUARD_ACTOR"
"""Set to ``agent`` it makes the judgement strict; nothing makes it lax."""

_UNSET = frozenset(("", "0", "false", "no", "off"))
_NAME = 60
"""Characters of a name that an agent gives itself."""
_SOURCES = 3
"""Hints that an actor carries with it."""


class Identity(NamedTuple):
    """What one commit says about its author."""

    commit: str
    """Its id; empty for the one that is about to be made."""
    names: tuple[str, ...]
    """Author and committer: name, address, name, address."""
    message: str


class Hint(NamedTuple):
    """One thing that says an agent made it."""

    agent: str
    """By name; empty where the hint gives none."""
    confidence: Confidence
    source: str


def attribute(environ: Mapping[str, str], commits: Iterable[Identity] = ()) -> Actor:
    """
    Say who made a change, by the strongest hint there is, and by which others.

    Commits come before the environment, as they say who wrote and not who
    asks. They are read up to the first that leaves no doubt.

    :param environ: the environment of the process that proposes the change
    :param commits: the commits of a range; none for a staged change
    """
    hints = [*_of_commits(commits), *_of_environment(environ)]
    if not hints:
        return UNKNOWN_ACTOR
    hints.sort(key=lambda hint: -hint.confidence)  # stable: of equal ones the first
    agent = next((hint.agent for hint in hints if hint.agent), "")
    sources = islice(dict.fromkeys(hint.source for hint in hints), _SOURCES)
    return Actor("agent", agent, hints[0].confidence, ", ".join(sources))


def names_agent(message: str, agent: str) -> bool:
    """Tell whether a trailer of a message names an agent: this one, or any that is known."""
    from pytest_selfmod_guard.attribution._messages import names  # noqa: PLC0415 (compiles)

    return names(message, agent)


def text_of_marks(message: str) -> tuple[str, ...]:
    """Give the lines of a message by which an agent is known, each once."""
    from pytest_selfmod_guard.attribution._messages import marks  # noqa: PLC0415 (compiles)

    return tuple(dict.fromkeys(mark.text for mark in marks(message)))


def trailer_for(agent: str) -> str:
    """Write the trailer that names an agent."""
    return f"Assisted-by: {agent or 'NAME-OF-THE-AGENT'}"


def _of_commits(commits: Iterable[Identity]) -> list[Hint]:
    found: list[Hint] = []
    for commit in commits:
        found += _of_commit(commit)
        if any(hint.confidence == Confidence.HIGH for hint in found):
            break
    return found


def _of_commit(commit: Identity) -> Iterator[Hint]:
    where = commit.commit[:10] or "the message"
    pairs = zip(commit.names[::2], commit.names[1::2], strict=False)
    for role, pair in zip(("author", "committer"), pairs, strict=False):
        yield from _of_person(pair, f"{role} of {where}")
    if commit.message:
        from pytest_selfmod_guard.attribution._messages import marks  # noqa: PLC0415 (compiles)

        for mark in marks(commit.message):
            kind = "trailer" if mark.is_trailer else "line"
            yield Hint(mark.agent, mark.confidence, f"{kind} of {where}")


def _of_person(pair: tuple[str, str], source: str) -> Iterator[Hint]:
    from pytest_selfmod_guard.attribution._names import agent_called  # noqa: PLC0415 (as above)

    if agent := agent_called(*pair):
        yield Hint(agent, Confidence.HIGH, source)


def _of_environment(environ: Mapping[str, str]) -> Iterator[Hint]:
    for variable, name, confidence in markers.VARIABLES:
        value = environ.get(variable, "").strip()
        if value.lower() not in _UNSET and not _is_machinery(variable, value):
            yield Hint(name or _own_name(value), confidence, f"environment {variable}")
    for role in ("AUTHOR", "COMMITTER"):
        name, address = (environ.get(f"GIT_{role}_{what}", "") for what in ("NAME", "EMAIL"))
        if name or address:
            yield from _of_person((name, address), f"{role.lower()} of the commit")
    if environ.get(ACTOR_VARIABLE, "").strip().lower() == "agent":
        yield Hint("", Confidence.HIGH, f"environment {ACTOR_VARIABLE}")


def _is_machinery(variable: str, value: str) -> bool:
    """Tell whether what a variable of a usual name holds is a program, and no coding agent."""
    if variable not in markers.USUAL_VARIABLES:
        return False
    from pytest_selfmod_guard.attribution._names import agent_named  # noqa: PLC0415 (as above)

    name = value.rpartition("/")[2].lower()
    if agent_named(value) or agent_named(name):
        return False
    return name != value.lower() or name.startswith(markers.MACHINERY)


def _own_name(value: str) -> str:
    """Give the name that a value is, where it is more than a switch."""
    from pytest_selfmod_guard.attribution._names import agent_named  # noqa: PLC0415 (as above)

    if value.lower() in ("1", "true", "yes", "on"):
        return ""
    return agent_named(value) or agent_named(value.rpartition("/")[2]) or value[:_NAME]
