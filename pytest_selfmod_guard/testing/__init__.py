"""
A harness for tests about changes: a project, a proposal, and what the guard says of it.

::

    from pytest_selfmod_guard.testing import Project

    shop = Project({"cart.py": "def total(items):\\n    return sum(items)\\n"}).commit()
    shop.propose({"cart.py": "total = eval(input())\\n"}).check().denied("SMG201")

It needs git and no test runner. ``docs/testing.md`` shows it whole.
"""

from __future__ import annotations

from pytest_selfmod_guard.testing._files import Content, Executable, Files, Link
from pytest_selfmod_guard.testing._judged import Judged
from pytest_selfmod_guard.testing._project import Project
from pytest_selfmod_guard.testing._running import Ran

__all__ = ["Content", "Executable", "Files", "Judged", "Link", "Project", "Ran"]
