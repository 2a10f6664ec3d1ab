"""The receipt as JSON, for programs."""

from __future__ import annotations

import json

from pytest_selfmod_guard.model import Receipt, as_json


def render(receipt: Receipt, *, color: bool = False) -> str:  # noqa: ARG001 (JSON has none)
    """Show one receipt as one JSON object; its keys are a promise."""
    return json.dumps(as_json(receipt), indent=2, ensure_ascii=True) + "\n"
