"""A receipt as one line of JSON, to hand it from one process to the next, and back."""

from __future__ import annotations

import json
from typing import Any

from pytest_selfmod_guard.doors._launch.revive import Unfit, revive
from pytest_selfmod_guard.errors import CouldNotJudge
from pytest_selfmod_guard.model import SCHEMA_VERSION, Receipt, as_json

VARIABLE = "SELFMOD_GUARD_RECEIPT"
"""The environment variable in which a verdict is handed over."""

LIMIT = 64 << 10
"""Bytes that a packed receipt takes at most: half of what Linux lets a variable hold."""

_STEPS = ((200, 2000), (40, 600), (8, 200), (1, 64))
"""How many of each list are kept, and how much of each text, until it fits. A digest always is."""


def pack(receipt: Receipt) -> str:
    """
    Make a receipt fit for an environment variable: ASCII, at most 64 KiB.

    What does not fit is cut and a note says how much there was; the decision
    stays, and so does at least one of the findings that deny.
    """
    text = written(receipt)
    for most, width in _STEPS:
        if len(text) <= LIMIT:
            break
        text = _dumps(_cut(as_json(_shortened(receipt, most)), width))
    return text


def written(receipt: Receipt) -> str:
    """Write a whole receipt as one line of ASCII."""
    return _dumps(as_json(receipt))


def unpack(text: str) -> Receipt:
    """
    Read back what :func:`pack` or :func:`written` wrote.

    :raises CouldNotJudge: it is anything else, or contradicts itself
    """
    try:
        told = revive(Receipt, json.loads(text, parse_constant=_no_number))
        _must_be_sound(told)
    except (ValueError, RecursionError) as error:
        raise CouldNotJudge(
            "handover-unusable",
            "the verdict that was handed over cannot be read",
            context=str(error)[:200],
            hint=f"nobody else sets {VARIABLE}; unset it and try again: selfmod-guard pytest",
        ) from None
    return told


def _must_be_sound(told: Receipt) -> None:
    """Raise on a verdict that its own parts do not bear out."""
    sound = {
        "allowed": not told.because and not told.slug,
        "denied": bool(told.because),
        "undecided": bool(told.slug),
    }
    if told.schema_version != SCHEMA_VERSION:
        raise Unfit(f"schema_version {told.schema_version} is not {SCHEMA_VERSION}")
    if not sound.get(told.decision):
        raise Unfit(f'the decision "{told.decision}" does not fit the rest')


def _shortened(receipt: Receipt, most: int) -> Receipt:
    """Keep so many of each list, those that deny first, and say how many there were."""
    others = tuple(item for item in receipt.findings if item not in receipt.because)
    # Short enough to be left whole itself, whatever else is cut.
    deny, found, files = len(receipt.because), len(receipt.findings), len(receipt.files)
    note = f"Cut to fit: {deny} of {found} findings deny, in {files} files."
    return receipt._replace(
        findings=(*receipt.because, *others)[:most],
        because=receipt.because[:most],
        files=receipt.files[:most],
        preflight=receipt.preflight[:most],
        notes=(note, *receipt.notes[:most]),
        origins=receipt.origins[:most],
        ungated=receipt.ungated[:most],
    )


def _cut(value: Any, width: int) -> Any:  # noqa: ANN401 (JSON holds anything)
    """Cut every text in a JSON value."""
    if isinstance(value, str):
        return value if len(value) <= width else f"{value[: width - 1]}…"
    if isinstance(value, list):
        return [_cut(item, width) for item in value]
    if isinstance(value, dict):
        return {name: _cut(item, width) for name, item in value.items()}
    return value


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _no_number(name: str) -> float:
    raise Unfit(f"{name} is no number")
