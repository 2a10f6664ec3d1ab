"""Queries other than SQL: LDAP, XPath, and those of document stores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_pieces import pieces
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import (
    CONSOLE,
    NETWORK,
    PARAMETER,
    REQUEST,
)
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_FOREIGN = frozenset((REQUEST, CONSOLE, NETWORK))
_LDAP = frozenset(
    (
        "search",
        "search_s",
        "search_st",
        "search_ext",
        "search_ext_s",
        "simple_bind_s",
        "Connection",
        "find",
    )
)
_FILTER = re.compile(
    r"\(\s*[&|!]?\s*\(?\s*[\w.;-]+\s*[~<>]?=\s*$|\b(?:dc|cn|ou|uid)=$", re.IGNORECASE
)
_XPATH = frozenset(
    ("xpath", "find", "findall", "findtext", "iterfind", "XPath", "select", "evaluate", "xpathEval")
)
_STEP = re.compile(r"(?:\[\s*@?[\w./()@-]+\s*=\s*[\"']?|//?)$")
_STORE = frozenset(
    (
        "find", "find_one", "update_one", "update_many", "delete_one", "delete_many", "aggregate",
        "count_documents",
        "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "replace_one",
        "distinct", "remove",
        "find_one_or_404",
    )
)  # fmt: skip
_STORES = re.compile(r"pymongo|motor|mongo", re.IGNORECASE)
_WHOLE = re.compile(r"(?:json|get_json\w*|json_body|data|body)$")
_DYNAMO = ("FilterExpression", "KeyConditionExpression", "ConditionExpression", "UpdateExpression")


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where a query is made from values."""
    has_stores = _STORES.search(python.text) is not None
    for call in python.calls:
        ends = {name.rpartition(".")[2] for name in call.names}
        said = None
        if ends & _LDAP and "ldap" in python.text.lower():
            said = _text(python, call, _FILTER, "an LDAP filter")
        if not said and ends & _XPATH:
            said = _text(python, call, _STEP, "an XPath expression")
        if not said and has_stores and ends & _STORE:
            said = _document(python, call)
        if not said and any(keyword in python.text for keyword in _DYNAMO):
            said = _expression(python, call)
        if said:
            yield sighting(python, call.node, call.scope, *said)


def _text(python: Python, call: Call, place: re.Pattern[str], what: str) -> tuple[str, Risk] | None:
    for arg in call.node.args:
        before = ""
        for piece in pieces(python, arg.value):
            if isinstance(piece, str):
                before += piece
                continue
            if place.search(before):
                found = sources(python, piece)
                source = worst(found, _FOREIGN)
                if source:
                    return f"{source.what} is put into {what}", Risk.HIGH
                if worst(found, frozenset((PARAMETER,))) and not before.endswith("/"):
                    return f"{python.code(piece)[:60]} is put into {what}", Risk.MEDIUM
            before += "x"
    return None


def _document(python: Python, call: Call) -> tuple[str, Risk] | None:
    """A document from a request may hold operators where a text was expected."""
    query = call.arg(python, 0, "filter")
    values = [query] if query is not None else []
    if isinstance(query, cst.Dict):
        values = [element.value for element in query.elements]
    for value in values:
        source = worst(sources(python, value, frozenset(("builtins.str",))), frozenset((REQUEST,)))
        if source and _WHOLE.search(source.what.partition("(")[0]) and not _is_text(value):
            return f"{source.what} may be a query operator where a text is expected", Risk.HIGH
    where = [one for one in values if _is_text(one)] if "$where" in python.code(call.node) else []
    for value in where:
        source = worst(sources(python, value), frozenset((REQUEST, PARAMETER)))
        if source:
            return f"{source.what} is put into a query that runs as a script", Risk.HIGH
    return None


def _is_text(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.FormattedString | cst.BinaryOperation)


def _expression(python: Python, call: Call) -> tuple[str, Risk] | None:
    for keyword in _DYNAMO:
        text = call.arg(python, None, keyword)
        if text is None or not _is_text(text):
            continue
        for piece in pieces(python, text):
            if isinstance(piece, str):
                continue
            source = worst(sources(python, piece), frozenset((REQUEST, PARAMETER)))
            if source:
                return f"{source.what} is put into the text of {keyword}", Risk.HIGH
    return None
