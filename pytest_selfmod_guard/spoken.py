"""Numbers and spans of time as people say them."""

from __future__ import annotations

import math

_MINUTE = 60
_HOUR = _MINUTE * _MINUTE
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def nth(number: int) -> str:
    """Say a place in an order: ``6th``."""
    is_teen = number // 10 % 10 == 1
    return f"{number}{'th' if is_teen else _ENDINGS.get(number % 10, 'th')}"


def span(seconds: float) -> str:
    """Say a time to wait so that whoever waits for it does not come too early: ``4 min 10 s``."""
    whole = max(0, math.ceil(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    minutes = math.ceil(whole / _MINUTE)
    return f"{minutes // _MINUTE} h {minutes % _MINUTE} min"
