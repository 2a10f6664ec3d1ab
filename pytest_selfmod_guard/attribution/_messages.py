"""Finds an agent's marks in the message of a commit, and none in what a person says of agents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard.attribution import _markers as markers
from pytest_selfmod_guard.attribution._names import agent_called, agent_named, is_peoples
from pytest_selfmod_guard.attribution._trailers import Trailer, paragraphs, trailers
from pytest_selfmod_guard.model import Confidence

_MOST = 1 << 20
"""Characters that are looked at: the first half of them and the last."""
_LONGEST = 1000
"""Characters of a person that are looked at."""
_PERSON = re.compile(r"([^<>]*)<([^<>]*)>")
_AGENT_AND_MODEL = re.compile(r"([\w.-]{1,60}):[\w.-]+(?: \[|$)")
_GENERATED = re.compile(
    r"(?P<sign>[^\x00-\x7f]{1,4}[ ]?)?"
    r"(?P<how>(?:generated|created|written|made|built) (?:with|by|using)) "
    r"(?:\[(?P<linked>[^\[\]]+)\]\(https?://[^()\s]+\)|(?P<plain>[^\[\]()]{1,60}?))\.?",
    re.IGNORECASE,
)
_SQUASHED = "Squashed commit of the following:"
_COMMIT = re.compile(r"^commit [0-9a-f]{7,64}$", re.MULTILINE)
_REVERTS = re.compile(r"(?:\w+(?:\([^()]*\))?!?: )?revert(?:s|ed)?\b", re.IGNORECASE)
_ORIGINAL = re.compile(r"\b(?:original|reverted)\b.*:$", re.IGNORECASE)


class Mark(NamedTuple):
    """One line of a message that names an agent."""

    agent: str
    confidence: Confidence
    text: str
    is_trailer: bool = True


def marks(message: str) -> Iterator[Mark]:
    """Find an agent's marks in a message; comments and the like are taken out before."""
    if len(message) > _MOST:
        message = f"{message[: _MOST // 2]}\n\n{message[-_MOST // 2 :]}"
    if message.lstrip().startswith(_SQUASHED):
        for section in _COMMIT.split(message)[1:]:
            yield from _marks_of_section(section)
    yield from _marks_of_one(message)


def names(message: str, agent: str) -> bool:
    """
    Tell whether a trailer of a message names an agent.

    :param agent: the one that is expected, which need not be known to us; empty for any
    """
    if any(mark.is_trailer for mark in marks(message)):
        return True
    tools = (one for one in trailers(paragraphs(message.split("\n"))) if one.key in markers.TOOLS)
    expected = agent.lower()
    return any(one.value.lower().startswith(expected) for one in tools if one.value)


def _marks_of_section(section: str) -> Iterator[Mark]:
    """Look at one commit of those that ``git merge --squash`` lists, indented, with its author."""
    head, _, body = section.strip("\n").partition("\n\n")
    for line in head.splitlines():
        if line.startswith("Author:") and (mark := _of_person(line[7:], line)):
            yield mark
    yield from _marks_of_one("\n".join(line[4:] for line in body.split("\n")))


def _marks_of_one(message: str) -> Iterator[Mark]:
    parts = _own_words(paragraphs(message.split("\n")))
    for trailer in trailers(parts):
        if mark := _of_trailer(trailer):
            yield mark
    for line in (line for part in parts[1:] for line in part):
        if agent := _of_line(line.rstrip()):
            yield Mark(agent, Confidence.HIGH, line.rstrip(), is_trailer=False)


def _own_words(parts: list[list[str]]) -> list[list[str]]:
    """Leave out what a commit that takes another back may quote of it."""
    if not parts[1:]:
        return parts
    is_revert = _REVERTS.match(parts[0][0]) or parts[1][0].startswith("This reverts commit ")
    if not is_revert:
        return parts
    has_quoted = any(_ORIGINAL.search(part[-1].rstrip()) for part in parts[:-1])
    return parts[:1] if has_quoted else [parts[0], parts[-1]]


def _of_trailer(trailer: Trailer) -> Mark | None:
    if trailer.key in markers.WRITERS:
        return _of_person(trailer.value, trailer.text)
    if agent := markers.TRAILERS.get(trailer.key):
        return Mark(agent, Confidence.HIGH, trailer.text)
    if trailer.key in markers.TOOLS:
        return _of_tool(trailer)
    return None


def _of_person(value: str, text: str) -> Mark | None:
    value = value[:_LONGEST]
    person = _PERSON.match(value)
    bare = "" if person else next((word for word in value.split() if "@" in word), "")
    name, address = (person[1], person[2]) if person else (value.replace(bare, ""), bare)
    agent = agent_called(name, address)
    return Mark(agent, Confidence.HIGH, text) if agent else None


def _of_tool(trailer: Trailer) -> Mark | None:
    value, text = trailer.value, trailer.text
    if "@" in value:
        return _of_person(value, text)
    if agent := agent_named(value):
        return Mark(agent, Confidence.HIGH, text)
    other = _AGENT_AND_MODEL.match(value) if trailer.key == "assisted-by" else None
    return Mark(other[1], Confidence.MEDIUM, text) if other else None


def _of_line(line: str) -> str:
    for start, agent in markers.SESSIONS.items():
        if line.startswith(start) and " " not in line:
            return agent
    if " " not in line[:20] or not (said := _GENERATED.fullmatch(line[:300])):
        return ""
    plain = said["plain"] or ""
    if not said["sign"] and _may_be_a_persons(said["how"].lower(), plain):
        return ""
    return agent_named(said["linked"] or plain)


def _may_be_a_persons(how: str, name: str) -> bool:
    """Tell whether a line may speak of a person, or of a thing; nobody generates by hand."""
    if how.startswith("generated"):
        return False
    return is_peoples(name) or (how.endswith("by") and is_peoples(name, also=("claude",)))
