"""Judge, apply and take back changes that code makes to code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfmod_guard.guard import Guard

__version__ = "0.1.0"

__all__ = ["Guard", "__version__"]


def __getattr__(name: str) -> object:
    # Late, so that the pytest plugin and the hook pay only for what they use.
    if name == "Guard":
        from pytest_selfmod_guard import guard  # noqa: PLC0415 (the line above)

        return guard.Guard
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
