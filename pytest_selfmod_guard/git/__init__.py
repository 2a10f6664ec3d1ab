"""
Git, asked by plumbing commands only and believed as little as possible.

The repository under judgement belongs to whoever made the change: its
configuration, replacements, grafts, hooks, drivers and even its object files
may lie. :class:`Git` runs one command with all of that pinned off;
:class:`Objects` reads objects and checks each against its own id.
"""

from __future__ import annotations

from pytest_selfmod_guard.git._commit import Commit
from pytest_selfmod_guard.git._failures import failure
from pytest_selfmod_guard.git._git import Git
from pytest_selfmod_guard.git._hash import hasher, object_id
from pytest_selfmod_guard.git._objects import LIMIT, Objects
from pytest_selfmod_guard.git._tree import Entry

__all__ = ["LIMIT", "Commit", "Entry", "Git", "Objects", "failure", "hasher", "object_id"]
