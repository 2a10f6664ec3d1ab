"""What one file may cost, so that no file can hold up its judge."""

from __future__ import annotations


class Budget:
    """Steps left, and the first reason why something was given up."""

    def __init__(self, steps: int, what: str) -> None:
        self.left = steps
        self.what = what
        self.reason = ""

    def spend(self, steps: int = 1) -> bool:
        """Take steps; False when there are none left."""
        self.left -= steps
        if self.left < 0:
            self.give_up(f"{self.what} takes more steps than one file is given")
        return self.left >= 0

    def give_up(self, reason: str) -> None:
        """Remember the first reason."""
        self.reason = self.reason or reason
