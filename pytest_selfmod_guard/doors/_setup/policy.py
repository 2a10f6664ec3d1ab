"""The policy that ``init`` writes: a table where a project has its others."""

from __future__ import annotations

import tomllib

from pytest_selfmod_guard.doors._setup import Edit, decode, newline, read, unusable
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE, load, own_table

_KEYS = """\
# Read from the trusted revision, never from the change; all keys: selfmod-guard policy
mode = "enforce"
"""
_TABLE = f"[tool.selfmod-guard]\n{_KEYS}"


def plan(top: str) -> Edit | None:
    """
    Say what to write for a repository to have a policy, or None if it has one.

    :raises PolicyError: there is one and it cannot be used
    """
    shared, own = read(top, TABLE_FILE), read(top, OWN_FILE)
    present = {TABLE_FILE: shared, OWN_FILE: own}
    documents = {name: data for name, data in present.items() if data is not None}
    load(Base("", documents))
    if own is not None or (shared is not None and own_table(shared, TABLE_FILE) is not None):
        return None
    if shared is not None and (appended := _appended(shared)):
        return Edit(TABLE_FILE, shared, appended)
    return Edit(OWN_FILE, None, _KEYS.encode())


def _appended(data: bytes) -> bytes | None:
    """Add the table at the end, or give None where that would not mean the same elsewhere."""
    text = decode(data, TABLE_FILE)
    try:
        before = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise unusable(TABLE_FILE, f"it is not TOML ({error})") from None
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    new = text + (gap + _TABLE).replace("\n", newline(text))
    return new.encode() if _means_the_same_elsewhere(before, new) else None


def _means_the_same_elsewhere(before: dict[str, object], new: str) -> bool:
    tool = before.get("tool", {})
    if not isinstance(tool, dict):
        return False
    expected = {**before, "tool": {**tool, **tomllib.loads(_TABLE)["tool"]}}
    try:
        return tomllib.loads(new) == expected
    except tomllib.TOMLDecodeError:
        # `tool` is written in a form that cannot be added to, such as `tool = {...}`.
        return False
