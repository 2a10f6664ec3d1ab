"""Tells an agent by a name and an address; a person may be called Claude, Devin or Jules."""

from __future__ import annotations

import re
from collections.abc import Collection

from pytest_selfmod_guard.attribution import _markers as markers

_HOST = "@users.noreply.github.com"
_WORD = re.compile(r"[^\s\-_/:,;@|+]+")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>")
_ORDINAL = re.compile(r"\d*(?:1st|2nd|3rd|\dth)")
_SURNAME = "ai"
"""The word behind an agent's name that is also a surname."""
_AROUND = " .!*`'\""
"""What may stand around a name."""
_SURE, _BARE = 2, 1
_LONGEST = max(len(name.split()) for name in markers.NAMES)
"""Words of a name."""
_MOST = 200
"""Characters of a name that are looked at."""


def agent_called(name: str, address: str) -> str:
    """Give the agent that an author, a committer or a trailer names; empty for anybody else."""
    name, address = name.strip().lower()[:_MOST], address.strip().lower()[:_MOST]
    account = address.removesuffix(_HOST).rpartition("+")[2] if address.endswith(_HOST) else ""
    known = markers.ADDRESSES.get(address) or markers.ACCOUNTS.get(account)
    if known or (name.endswith("[bot]") and (known := markers.ACCOUNTS.get(name))):
        return known
    if name.endswith("(aider)"):
        return "aider"
    agent, how = _known(name)
    if how == _SURE or (how == _BARE and _may_be_bare(name, address)):
        return agent
    return ""


def agent_named(text: str) -> str:
    """Give the agent that is all a text names, with or without its model; empty for none."""
    return _known(text.strip().lower()[:_MOST])[0]


def is_peoples(text: str, also: Collection[str] = ()) -> bool:
    """Tell whether a text is a name that people and things have too, and no more."""
    name = text.strip().strip(_AROUND).lower()
    return name in markers.PEOPLES_NAMES or name in also


def _may_be_bare(name: str, address: str) -> bool:
    """Tell whether a name alone is no person's, by an address that nobody reads."""
    if not address:
        return not is_peoples(name)
    is_unread = address.partition("@")[0] in ("noreply", "no-reply")
    return is_unread and not is_peoples(name.partition(" ")[0])


def _known(text: str) -> tuple[str, int]:
    """Find the agent whose name, perhaps with a model behind it, a text in lower case is."""
    words = _WORD.findall(_ASIDE.sub(" ", text).strip(_AROUND))
    for length in range(min(len(words), _LONGEST), 0, -1):
        agent = markers.NAMES.get(" ".join(words[:length]))
        rest = words[length:]
        if agent and all(map(_may_follow, rest)):
            is_sure = length > 1 or any(word != _SURNAME for word in rest if _is_a_models(word))
            return agent, _SURE if is_sure else _BARE
    return "", 0


def _may_follow(word: str) -> bool:
    return _is_a_models(word) or word in markers.GRADES or word in markers.NAMES


def _is_a_models(word: str) -> bool:
    return word in markers.MODELS or (
        any(char.isdigit() for char in word) and not _ORDINAL.fullmatch(word)
    )
