"""
Check a policy table against the types of :mod:`pytest_selfmod_guard.policy`.

Apart from it because it needs ``msgspec``, which a project without a table
never has to import.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.policy import Policy


def convert(table: Mapping[str, Any], name: str) -> Policy:
    """Turn a table into a :class:`Policy`; see :func:`policy.check`."""
    _refuse_unknown_keys(table, Policy, name, "")
    try:
        struct = msgspec.convert(dict(table), _struct(Policy))
    except msgspec.ValidationError as error:
        raise PolicyError(
            "policy-invalid",
            f"the policy has a value that does not fit ({error})",
            context=name,
            hint="look the key up with: selfmod-guard policy",
        ) from None
    policy: Policy = _value(struct, Policy)
    return policy


def schema() -> dict[str, Any]:
    """Give the JSON schema of ``[tool.selfmod-guard]``."""
    made = msgspec.json.schema(_struct(Policy))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _refuse_unknown_keys(table: Mapping[str, Any], kind: type, name: str, prefix: str) -> None:
    hints = get_type_hints(kind)
    known = {key.replace("_", "-"): hint for key, hint in hints.items()}
    for key, value in table.items():
        if key not in known:
            raise _unknown(prefix + key, key, list(known), name)
        if _is_table(known[key]) and isinstance(value, Mapping):
            _refuse_unknown_keys(value, known[key], name, f"{prefix}{key}.")


def _unknown(whole: str, key: str, known: list[str], name: str) -> PolicyError:
    near = get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
    return PolicyError(
        "policy-unknown-key",
        f"the policy has an unknown key {whole!r}",
        context=name,
        hint=f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}",
    )


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "_field_defaults")


@cache
def _struct(kind: type) -> type[msgspec.Struct]:
    """Make the msgspec type that reads a named tuple's keys in kebab case."""
    hints = get_type_hints(kind, include_extras=True)
    defaults: dict[str, Any] = kind._field_defaults  # type: ignore[attr-defined]  # a NamedTuple
    fields = [(key, _type(hint), _default(hint, defaults[key])) for key, hint in hints.items()]
    return msgspec.defstruct(
        kind.__name__, fields, rename="kebab", frozen=True, forbid_unknown_fields=True
    )


def _type(hint: Any) -> Any:
    if _is_table(hint):
        return _struct(hint)
    if get_origin(hint) is Annotated:
        bare, limits = get_args(hint)
        return Annotated[bare, msgspec.Meta(**limits)]
    return hint


def _default(hint: Any, default: Any) -> Any:
    if _is_table(hint):
        return msgspec.field(default_factory=_struct(hint))
    if isinstance(default, dict):
        return msgspec.field(default_factory=dict)
    return default


def _value(struct: Any, kind: Any) -> Any:
    hints = get_type_hints(kind)
    parts = {key: getattr(struct, key) for key in hints}
    return kind(
        **{
            key: _value(part, hints[key]) if _is_table(hints[key]) else part
            for key, part in parts.items()
        }
    )
