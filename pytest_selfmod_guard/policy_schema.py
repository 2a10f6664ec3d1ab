"""
Check a policy table against the types of :mod:`pytest_selfmod_guard.policy`.

Apart from it because it needs ``msgspec``, which a project without a table
never has to import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from pytest_selfmod_guard.errors import PolicyError

Table = TypeVar("Table")


def convert(table: Mapping[str, Any], name: str, kind: type[Table]) -> Table:
    """Turn a table into a value of its kind; see :func:`policy.check`."""
    _refuse_unknown_keys(table, kind, name, "", whole=kind)
    try:
        struct = msgspec.convert(dict(table), _struct(kind))
    except msgspec.ValidationError as error:
        raise PolicyError(
            "policy-invalid",
            f"the policy has a value that does not fit ({error})",
            context=name,
            hint="see what fits: selfmod-guard policy --schema",
        ) from None
    value: Table = _value(struct, kind)
    return value


def schema(kind: type) -> dict[str, Any]:
    """Give the JSON schema of ``[tool.selfmod-guard]``."""
    made = msgspec.json.schema(_struct(kind))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _refuse_unknown_keys(
    table: Mapping[str, Any], kind: type, name: str, prefix: str, *, whole: type
) -> None:
    hints = get_type_hints(kind)
    known = {key.replace("_", "-"): hint for key, hint in hints.items()}
    for key, value in table.items():
        if key not in known:
            raise _unknown(prefix + key, list(known), name, whole)
        if _is_table(known[key]) and isinstance(value, Mapping):
            _refuse_unknown_keys(value, known[key], name, f"{prefix}{key}.", whole=whole)


def _unknown(path: str, known: list[str], name: str, whole: type) -> PolicyError:
    key = path.rpartition(".")[2]
    near = get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
    anywhere = {known_path.rpartition(".")[2]: known_path for known_path in _paths(whole, "")}
    elsewhere = get_close_matches(key.replace("_", "-"), anywhere, n=1, cutoff=0.7)
    meant = near or [anywhere[leaf] for leaf in elsewhere]
    return PolicyError(
        "policy-unknown-key",
        f"the policy has an unknown key {path!r}",
        context=name,
        hint=f"did you mean {meant[0]!r}?" if meant else f"known here: {', '.join(known)}",
    )


def _paths(kind: type, prefix: str) -> Iterator[str]:
    """Name every key there is, with the tables it stands in."""
    for key, hint in get_type_hints(kind).items():
        path = prefix + key.replace("_", "-")
        yield path
        if _is_table(hint):
            yield from _paths(hint, f"{path}.")


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "_field_defaults")


def _struct(kind: type) -> type[msgspec.Struct]:
    """Make the msgspec type that reads a named tuple's keys in kebab case."""
    hints = get_type_hints(kind, include_extras=True)
    defaults: dict[str, Any] = getattr(kind, "_field_defaults", {})
    fields = [(key, *_field(hint, defaults[key])) for key, hint in hints.items()]
    return msgspec.defstruct(
        kind.__name__, fields, rename="kebab", frozen=True, forbid_unknown_fields=True
    )


def _field(hint: Any, default: Any) -> tuple[Any, Any]:
    """Give the type of a key as msgspec knows it, and its default."""
    if _is_table(hint):
        struct = _struct(hint)
        return struct, msgspec.field(default_factory=struct)
    if get_origin(hint) is Annotated:
        bare, limits = get_args(hint)
        return Annotated[bare, msgspec.Meta(**limits)], default
    if isinstance(default, dict):
        return hint, msgspec.field(default_factory=dict)
    return hint, default


def _value(struct: Any, kind: Any) -> Any:
    hints = get_type_hints(kind)
    parts = {key: getattr(struct, key) for key in hints}
    return kind(
        **{
            key: _value(part, hints[key]) if _is_table(hints[key]) else part
            for key, part in parts.items()
        }
    )
