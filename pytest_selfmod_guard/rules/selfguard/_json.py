"""JSON as editors write it, with comments and spare commas, as a plain tree."""

from __future__ import annotations

import json
import re

from pytest_selfmod_guard.rules._yaml import Tree

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_SPARE = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*[}\]])')


def read_json(text: str) -> Tree:
    """
    Parse a document.

    :raises ValueError: it is no JSON, even with comments
    """
    plain = _TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    try:
        return plain_tree(json.loads(_SPARE.sub(lambda found: found[1] or "", plain)))
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def plain_tree(value: object) -> Tree:
    """Give parsed JSON or TOML as lists, dictionaries and strings."""
    if isinstance(value, dict):
        return {str(key): plain_tree(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain_tree(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
