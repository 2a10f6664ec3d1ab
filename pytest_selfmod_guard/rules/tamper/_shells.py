"""Tests that are still there, and can fail no more."""

from __future__ import annotations

from pytest_selfmod_guard.rules.tamper._contents import Contents
from pytest_selfmod_guard.rules.tamper._effect import Effect, Effects


class Shells:
    """Says what is left of tests that kept their place."""

    def __init__(self) -> None:
        """Start without having seen a module."""
        self._effects: dict[int, Effects] = {}

    def left(self, old: Contents, new: Contents) -> Effect:
        """Say how a test can fail; one that never could, or is the same, is as good as ever."""
        if old.code == new.code:
            return Effect.CHECKS
        left = self._effect(new)
        if left is Effect.CHECKS or self._effect(old) < Effect.CHECKS:
            return Effect.CHECKS
        return left

    def is_idle(self, contents: Contents) -> bool:
        """Tell whether a test has assertions none of which is reached or can fail."""
        return bool(contents.checks) and self._effect(contents) is Effect.NOTHING

    def _effect(self, contents: Contents) -> Effect:
        suite = contents.suite
        effects = self._effects.setdefault(id(suite), Effects(suite))
        return effects.of(contents.function)
