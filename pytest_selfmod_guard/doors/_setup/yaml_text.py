"""Add to YAML as text, so that comments and layout stay as their author left them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import yaml

from pytest_selfmod_guard.doors._setup import newline


class Layout(NamedTuple):
    """How a list of mappings, each with a list in it, is indented."""

    column: int = 2
    """Of the outer list's dashes."""
    gap: int = 2
    """From a dash to the text behind it."""
    nested: int = 2
    """From an item's keys to the dashes of the list in it."""


def root_of(text: str) -> yaml.Node | None:
    """Return the node of a whole document; None when it is empty."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """Return the node of a key's value; None when there is no such key."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def is_block(node: yaml.Node | None) -> bool:
    """Tell whether a node is a list with a dash before each item."""
    return isinstance(node, yaml.SequenceNode) and not node.flow_style


def is_empty(node: yaml.Node) -> bool:
    """Tell whether a node is ``[]`` or nothing at all."""
    if isinstance(node, yaml.SequenceNode):
        return not node.value
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def layout_of(node: yaml.Node, inner: str) -> Layout:
    """Return how a list is indented, with the list under a key of its items."""
    column, item = node.start_mark.column, node.value[-1]
    if not isinstance(item, yaml.MappingNode):
        return Layout(column)
    start = item.start_mark.column
    within = value_of(item, inner)
    nested = within.start_mark.column - start if within is not None and is_block(within) else 2
    return Layout(column, start - column, nested)


def end_of(text: str, node: yaml.Node) -> int:
    """
    Return the index behind the last line of a list.

    PyYAML's own mark is at the next key. Comments before that belong to the
    list if they are indented deeper than its dashes.
    """
    lines = text[: node.end_mark.index].splitlines(keepends=True)
    while lines and not _belongs(lines[-1], node.start_mark.column):
        lines.pop()
    return sum(map(len, lines))


def insert(text: str, index: int, lines: Iterable[str]) -> str:
    """Put whole lines at an index, in the text's own line ends."""
    end = newline(text)
    before, after = text[:index], text[index:]
    if before and not before.endswith("\n"):
        before += end
    return before + "".join(line + end for line in lines) + after


def end_of_line(text: str, index: int) -> int:
    """Return the index behind the line end that follows an index."""
    return text.find("\n", index) + 1 or len(text)


def _belongs(line: str, column: int) -> bool:
    bare = line.strip()
    return bool(bare) and (not bare.startswith("#") or line.index("#") > column)
