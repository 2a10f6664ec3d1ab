"""
The guard's own suppressions: what one says, where it stands, whether the base has it.

::

    # selfmod: allow[SMG201] reason="the table is ours" expires=2030-01-01

Both the rule that finds a new one and the stage that lets an old one count read
them here, so that they cannot disagree about what is new.
"""

from __future__ import annotations

from .reading import Suppression, read
from .standing import Placed, standing
from .statements import WORD, Statement, has_comments

__all__ = [
    "WORD",
    "Placed",
    "Statement",
    "Suppression",
    "has_comments",
    "read",
    "standing",
]
