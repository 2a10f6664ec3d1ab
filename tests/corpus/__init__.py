"""
What the guard must refuse, each beside what only looks like it.

A case is small and made for its purpose. All are our own; where one is
hostile it is harmless in effect (addresses that do not exist, no payload) and
is judged, never run. ``cases/`` has one module a family, each with ``CASES``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from hashlib import sha1
from importlib import import_module
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.model import (
    REGULAR,
    Actor,
    Base,
    Blob,
    Change,
    Confidence,
    Evidence,
    FileChange,
    Finding,
)
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.stages.decide import decide
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.surroundings import Given
from tests.corpus import cases

Tree = Mapping[str, str | bytes]
Edit = Mapping[str, str | bytes | None]
"""Path to new content; None deletes."""

AGENT = Actor("agent", "", Confidence.HIGH, "corpus")
SOMEBODY = Actor("unknown", "", Confidence.LOW, "")


class Case(NamedTuple):
    """Something bad done to a small project, and the like of it done honestly."""

    name: str
    base: Tree
    bad: Edit
    honest: Edit
    """What must pass; empty where there is no honest way to do the like."""
    needs_trial: bool = False
    """Only a trial can tell: denied to agents, and a warning to others."""
    family: str = ""
    """Where it was found; filled in by :func:`every_case`."""


def every_case() -> Iterator[Case]:
    """Give the cases of every family, in the order of their modules."""
    for found in pkgutil.iter_modules(cases.__path__):
        module = import_module(f"{cases.__name__}.{found.name}")
        for case in module.CASES:
            yield case._replace(family=found.name)


def judged(
    base: Tree, edit: Edit, rules: tuple[Rule, ...] = (), actor: Actor = SOMEBODY
) -> tuple[tuple[Finding, ...], bool]:
    """
    Judge an edit of a project as the guard would, without a repository.

    Limits are left out: what is refused for its size is not understood.

    :returns: the findings, and whether the change may land
    """
    asked = rules or tuple(rule for rule in all_rules() if rule.family != "limits")
    change, rest = change_of(base, edit)
    policy = policies.load(change.base)
    found = detect(change, policy, asked, rest=rest)
    verdict = decide(Evidence(found.findings, (), (), found.notes), actor, policy)
    return found.findings, type(verdict).__name__ == "Allowed"


def change_of(base: Tree, edit: Edit) -> tuple[Change, Given]:
    """Make the change that an edit is, and what lies around it."""
    before = {path: _blob(data) for path, data in base.items()}
    files = []
    for path, data in sorted(edit.items()):
        old, new = before.get(path), None if data is None else _blob(data)
        if old != new:
            files.append(FileChange(path, old, new))
    rest = {path: blob.data or b"" for path, blob in before.items()}
    return Change(tuple(files), Base("0" * 40, rest), "mapping", "a case"), Given(rest)


def _blob(data: str | bytes) -> Blob:
    raw = data.encode() if isinstance(data, str) else data
    oid = sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    return Blob(REGULAR, oid, len(raw), raw)
