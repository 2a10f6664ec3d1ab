"""Parsers of XML that do what a document tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import NETWORK, REQUEST
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_LXML = re.compile(
    r"lxml\.(?:etree|objectify)\.(?:fromstring|parse|XML|iterparse|fromstringlist|XMLID)"
)
_STANDARD = re.compile(
    r"xml\.etree\.(?:c?ElementTree)\.(?:fromstring|parse|XML|iterparse|fromstringlist|XMLID)"
    r"|xml\.dom\.(?:minidom|pulldom|expatbuilder)\.(?:parse|parseString)|xml\.sax\.(?:parse"
    r"|parseString)"
    r"|xml\.parsers\.expat\.\w+|libxml2\.\w+"
)
_FOREIGN = frozenset((REQUEST, NETWORK))
_FEATURES = re.compile(
    r"external.?(?:ges|pes|general.?entities|parameter.?entities)", re.IGNORECASE
)


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where XML is parsed in a way that a document can use."""
    for call in python.calls:
        said = _switched_on(python, call) or _foreign(python, call)
        if said:
            yield sighting(python, call.node, call.scope, *said)


def _switched_on(python: Python, call: Call) -> tuple[str, Risk] | None:
    names = call.names
    if any(
        name.endswith(("XMLParser", "XMLPullParser", "ETCompatXMLParser", "iterparse"))
        for name in names
    ):
        entities = call.arg(python, None, "resolve_entities")
        if entities is not None and python.fold(entities) is True:
            return "the parser resolves entities, which may be files of this machine", Risk.HIGH
        loads = call.arg(python, None, "no_network")
        if loads is not None and python.fold(loads) is False:
            return "the parser fetches whatever a document names", Risk.HIGH
        dtd = call.arg(python, None, "load_dtd")
        if dtd is not None and python.fold(dtd) is True:
            return "the parser loads definitions that a document names", Risk.MEDIUM
    if any(name.rpartition(".")[2] == "setFeature" for name in names):
        feature, state = call.arg(python, 0, "feature"), call.arg(python, 1, "state")
        said = python.code(feature) if feature is not None else ""
        known = str(python.fold(feature)) if feature is not None else ""
        if (
            (_FEATURES.search(said) or _FEATURES.search(known))
            and state is not None
            and python.fold(state)
        ):
            return (
                "the parser loads external entities, which may be files of this machine",
                Risk.HIGH,
            )
    return None


def _foreign(python: Python, call: Call) -> tuple[str, Risk] | None:
    is_lxml = any(_LXML.fullmatch(name) for name in call.names)
    if not is_lxml and not any(_STANDARD.fullmatch(name) for name in call.names):
        return None
    if is_lxml and (call.arg(python, 1, "parser") is not None):
        return None  # whether that one is safe, its own making says
    source = worst(sources(python, call.arg(python, 0, "source")), _FOREIGN)
    if source is None:
        return None
    return (
        f"{source.what} is parsed as XML, whose entities may grow without end or read files",
        Risk.HIGH,
    )
