"""
YAML as plain lists, dictionaries and strings, safe against hostile files.

Everything is kept as it is written: ``on`` stays ``on`` and ``1.10`` stays
``1.10``, because the question is what changed and not what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml.events import Event

Tree = str | list["Tree"] | dict[str, "Tree"]

_DEEPEST = 60
_LARGEST = 50_000  # nodes, every alias written out
_USUAL_TAGS = (None, "!", "tag:yaml.org,2002:str")


class Unreadable(ValueError):
    """The text is not YAML that can be judged; says why, as the end of a sentence."""


def read(text: str) -> Tree:
    """
    Parse one YAML document.

    :raises Unreadable: not YAML, or it is nested too deep, has a key twice,
        more than one document, or grows too large by its aliases
    """
    import yaml  # noqa: PLC0415 (20 ms, and few changes touch a YAML file)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(yaml.parse(text, Loader=loader)).document()
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise Unreadable(f"is not YAML ({problem})") from None
    except RecursionError:
        raise Unreadable("is nested too deep") from None


class _Builder:
    """Builds the tree from the parser's events; depth and size are bounded on the way."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Tree, int]] = {}
        self._size = 0

    def document(self) -> Tree:
        next(self._events)  # the start of the stream
        if self._kind(next(self._events)) == "StreamEnd":
            return ""
        tree = self._node(next(self._events), 0)
        next(self._events)  # the end of the document
        if self._kind(next(self._events)) != "StreamEnd":
            raise Unreadable("has more than one document")
        return tree

    def _kind(self, event: Event) -> str:
        return type(event).__name__.removesuffix("Event")

    def _node(self, event: Event, depth: int) -> Tree:
        if depth > _DEEPEST:
            raise Unreadable("is nested too deep")
        kind, before, anchor = self._kind(event), self._size, getattr(event, "anchor", None)
        if kind == "Alias":
            return self._alias(str(anchor))
        self._grow(1)
        tree: Tree
        if kind == "Scalar":
            tree = str(getattr(event, "value", ""))
        elif kind == "SequenceStart":
            tree = list(self._items(depth + 1))
        else:
            tree = self._mapping(depth + 1)
        tag = getattr(event, "tag", None)
        if tag not in _USUAL_TAGS:
            tree = {f"!{tag}": tree}
        if anchor:
            self._anchors[anchor] = tree, self._size - before
        return tree

    def _alias(self, anchor: str) -> Tree:
        if anchor not in self._anchors:
            raise Unreadable("refers to itself")
        tree, size = self._anchors[anchor]
        self._grow(size)
        return tree

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > _LARGEST:
            raise Unreadable("is too large")

    def _items(self, depth: int) -> Iterator[Tree]:
        for event in self._events:
            if self._kind(event) == "SequenceEnd":
                return
            yield self._node(event, depth)

    def _mapping(self, depth: int) -> Tree:
        found: dict[str, Tree] = {}
        merged: list[Tree] = []
        for event in self._events:
            if self._kind(event) == "MappingEnd":
                break
            key, value = self._node(event, depth), self._node(next(self._events), depth)
            if not isinstance(key, str):
                raise Unreadable("has a key that is no string")
            if key == "<<":
                merged += value if isinstance(value, list) else [value]
            elif key in found:
                raise Unreadable(f"has the key {key!r} twice")
            else:
                found[key] = value
        return _with_merged(found, merged)


def _with_merged(found: dict[str, Tree], merged: list[Tree]) -> dict[str, Tree]:
    """Fill in what ``<<`` brings; the first of several wins, and what is written out before all."""
    for other in merged:
        if not isinstance(other, dict):
            raise Unreadable("merges what is no mapping")
        found = {**other, **found}
    return found
