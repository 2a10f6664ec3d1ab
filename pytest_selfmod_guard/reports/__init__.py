"""
How a receipt is shown: one file a format, found by being there.

A report is a module with ``render(receipt, *, color=False) -> str``. It knows
only the model, and everything a change can put into it comes out inert.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, cast

from pytest_selfmod_guard.model import Receipt


class Report(Protocol):
    """What a format must do."""

    def render(self, receipt: Receipt, *, color: bool = False) -> str:
        """Show one receipt, ending with a line break."""


def formats() -> tuple[str, ...]:
    """Name every format there is, sorted."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )
    )


def render(name: str, receipt: Receipt, *, color: bool = False) -> str:
    """Show a receipt in a format of :func:`formats`."""
    report = cast("Report", import_module(f"{__name__}.{name}"))
    return report.render(receipt, color=color)
