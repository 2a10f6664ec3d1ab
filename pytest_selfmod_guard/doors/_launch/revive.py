"""From JSON back to the values of the model, strictly."""

from __future__ import annotations

import types
from enum import Enum, IntEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unfit(ValueError):
    """What was read is not what the value is made of."""


def revive(kind: type[T], value: object) -> T:
    """
    Turn what ``as_json`` made of a value into the value again.

    A key that is not known is passed over: a later version may have written it.

    :raises Unfit: a key is missing, or something has another type
    """
    made: T = _value(kind, value, kind.__name__)
    return made


def _value(kind: Any, value: Any, where: str) -> Any:  # noqa: ANN401 (kinds are type forms)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind)[0], value, where)
    if get_origin(kind) in (Union, types.UnionType):
        return _either(get_args(kind), value, where)
    if hasattr(kind, "_fields"):
        return _record(kind, value, where)
    if issubclass(kind, Enum):
        return _member(kind, value, where)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:  # `isinstance` would take True for 1
        raise Unfit(f"{where} is not {kind.__name__}")
    return value


def _tuple(kind: Any, value: Any, where: str) -> tuple[Any, ...]:  # noqa: ANN401 (as `_value`)
    if type(value) is not list:
        raise Unfit(f"{where} is not a list")
    return tuple(_value(kind, item, f"{where}[{at}]") for at, item in enumerate(value))


def _either(kinds: tuple[Any, ...], value: Any, where: str) -> Any:  # noqa: ANN401 (as `_value`)
    if value is None and types.NoneType in kinds:
        return None
    (kind,) = (kind for kind in kinds if kind is not types.NoneType)
    return _value(kind, value, where)


def _record(kind: Any, value: Any, where: str) -> Any:  # noqa: ANN401 (as `_value`)
    if type(value) is not dict:
        raise Unfit(f"{where} is not an object")
    hints = get_type_hints(kind)
    if missing := [name for name in kind._fields if name not in value]:
        raise Unfit(f"{where} lacks {missing[0]}")
    parts = {name: _value(hints[name], value[name], f"{where}.{name}") for name in kind._fields}
    return kind(**parts)


def _member(kind: type[Enum], value: Any, where: str) -> Enum:  # noqa: ANN401 (as `_value`)
    known = {_name(member): member for member in kind}
    if type(value) is not str or value not in known:
        raise Unfit(f"{where} is not one of {', '.join(known)}")
    return known[value]


def _name(member: Enum) -> str:
    """Give what ``as_json`` writes for a member of an enumeration."""
    return str(member) if isinstance(member, IntEnum) else str(member.value)
