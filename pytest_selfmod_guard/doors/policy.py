"""``selfmod-guard policy``: the policy that judges here, or its schema."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.policy import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``policy`` understands."""
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON schema of [tool.selfmod-guard]"
    )


def main(args: argparse.Namespace, context: Context) -> int:
    """Print the policy that HEAD holds, with the defaults filled in."""
    if args.schema:
        from pytest_selfmod_guard.policy_schema import schema  # noqa: PLC0415 (imports msgspec)

        sys.stdout.write(json.dumps(schema(Policy), indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_toml(Guard(context).policy(), "tool.selfmod-guard")) + "\n")
    return 0


def _toml(table: tuple[object, ...], name: str) -> Iterator[str]:
    parts = dict(zip(_fields(table), table, strict=True))
    tables = {key: part for key, part in parts.items() if isinstance(part, tuple) and _fields(part)}
    yield f"[{name}]"
    for key in (key for key in parts if key not in tables):
        yield f"{key.replace('_', '-')} = {_value(parts[key])}"
    for key, part in tables.items():
        yield ""
        yield from _toml(part, f"{name}.{key.replace('_', '-')}")


def _fields(part: tuple[object, ...]) -> tuple[str, ...]:
    """Name the keys of a table; a plain list has none."""
    return getattr(part, "_fields", ())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {json.dumps(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)
