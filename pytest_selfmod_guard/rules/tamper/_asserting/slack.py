"""How exact an assertion is: tolerances, patterns, kinds of errors, bounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from pytest_selfmod_guard.rules.tamper._asserting.checks import WIDE, Check
from pytest_selfmod_guard.rules.tamper._asserting.relations import (
    ALMOST,
    CALLED,
    LESS,
    MORE,
    RAISES,
    WARNS,
)
from pytest_selfmod_guard.rules.tamper._asserting.values import number

_DEFAULT = {"rel": 1e-6, "abs": 1e-12, "rtol": 1e-7, "atol": 1e-12, "rel_tol": 1e-9,
            "abs_tol": 1e-12, "places": 7.0, "delta": 0.0, "decimal": 7.0}  # fmt: skip
_ROUNDING = 1.001  # two ways to write the same
_ANY = re.compile(r"""^[rR]?['"](?:\.\*|\.\+|\^?|\.|[\s\S]?)\$?['"]$""")


def is_wider(old: Check, new: Check) -> bool:
    """Tell whether an assertion of the same kind lets more pass than before."""
    compare = _COMPARED.get(old.kind)
    return old.kind == new.kind and compare is not None and compare(old, new)


def has_other_pattern(old: Check, new: Check) -> bool:
    """Tell whether the message that an error must have is another one."""
    before, after = _patterns(old), _patterns(new)
    return bool(before) and bool(after) and before != after


def is_nearly(old: Check, new: Check) -> bool:
    """Tell whether what is expected is within the tolerance that was there before."""
    before, after = number(old.expected), number(new.expected)
    if {old.kind, new.kind} != {ALMOST} or before is None or after is None:
        return False
    amounts = {"rel": 1e-6, "abs": 1e-12, **_amounts(old.slack)}
    return abs(before - after) <= max(amounts["rel"] * abs(before), amounts["abs"])


def _moves_outwards(old: Check, new: Check) -> bool:
    """Tell whether a bound lets more pass."""
    before, after = _number(old.expected), _number(new.expected)
    if before is None or after is None:
        return False
    if before == after:
        return len(new.slack) > len(old.slack)
    return after < before if old.kind == MORE else after > before


def _catches_more(old: Check, new: Check) -> bool:
    before, after = _patterns(old), _patterns(new)
    if before and (not after or (len(after[0]) < len(before[0]) and after[0][1:-1] in before[0])):
        return True
    if old.expected == new.expected:
        return False
    was, now = set(_names(old.expected)), set(_names(new.expected))
    return was < now or (bool(now & WIDE) and not was & WIDE)


def _asks_less(old: Check, new: Check) -> bool:
    return _exactness(new) < _exactness(old)


def _exactness(check: Check) -> int:
    """Say how much a mock is asked about its calls."""
    name = check.slack[0] if check.slack else ""
    if name.endswith(("called_once_with", "awaited_once_with", "has_calls", "not_called")):
        return 3
    if name.endswith(("_with", "any_call", "any_await")):
        return 2
    return 1 if "once" in name else 0


def _patterns(check: Check) -> list[str]:
    """Give what its message must match; what matches anything does not count."""
    given = [one.partition("=") for one in check.slack]
    return [
        value for name, _, value in given if name in {"match", "check"} and not _ANY.match(value)
    ]


def _names(expected: str) -> list[str]:
    return [one.strip() for one in expected.strip("()").split(",") if one.strip()]


def _is_laxer(old: Check, new: Check) -> bool:
    if old.expected != new.expected:
        return False
    before, after = _amounts(old.slack), _amounts(new.slack)
    if before and after and not before.keys() & after.keys():
        allowed = _tolerated(before, old.expected)
        return _tolerated(after, old.expected) > allowed * _ROUNDING
    for name in before.keys() | after.keys():
        was, now = before.get(name, _DEFAULT.get(name)), after.get(name, _DEFAULT.get(name))
        if was is None or now is None or was == now:
            continue
        if (now < was) if name in {"places", "decimal"} else (now > was):
            return True
    return False


def _tolerated(amounts: Mapping[str, float], expected: str) -> float:
    """Give how far off a value may be by either vocabulary, as far as the expected one is known."""
    size = abs(number(expected) or 0.0)
    relative = max((amounts.get(name, 0.0) for name in ("rel", "rtol", "rel_tol")), default=0.0)
    most = [amounts.get(name, 0.0) for name in ("abs", "atol", "abs_tol", "delta")]
    most += [0.5 * 10.0 ** -amounts[name] for name in ("places", "decimal") if name in amounts]
    return max(*most, relative * (size or 1.0))


def _amounts(slack: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for one in slack:
        name, sign, value = one.partition("=")
        number = _number(value if sign else name)
        if number is not None:
            found[name if sign else "places"] = number
    return found


def _number(code: str) -> float | None:
    try:
        value = ast.literal_eval(code)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return float(value) if isinstance(value, int | float) else None


_COMPARED: Mapping[str, Callable[[Check, Check], bool]] = {
    RAISES: _catches_more,
    WARNS: _catches_more,
    CALLED: _asks_less,
    ALMOST: _is_laxer,
    MORE: _moves_outwards,
    LESS: _moves_outwards,
}
