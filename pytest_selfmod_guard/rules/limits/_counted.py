"""A limit for one commit, and a multiple of it for several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pytest_selfmod_guard.model import Origin, Touched
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.sizes import Uncounted, touched
from pytest_selfmod_guard.view import View

_SHORT = 10  # digits of a commit id
_SUBJECT = 60  # characters

Speak = Callable[[list[Touched], int], str]
"""Says what is wrong with so many files under a limit; empty if nothing is."""


def beyond(view: View, limit: int, speak: Speak) -> Iterator[Sighting]:
    """
    Hold each commit to a limit, and all of them together to a multiple of it.

    What is no commit yet, or a single one, is held to it as a whole.
    """
    steps = view.change.steps
    uncounted = Uncounted.by(view.change.base.documents.get(".gitattributes", b""))
    limit_of_all = limit
    if len(steps) > 1:
        limit_of_all *= view.policy.limits.range_factor
        for step in steps:
            if said := speak(_counted(step.files, uncounted), limit):
                yield Sighting(0, f"{_named(step.origin)}: {said}", commit=step.origin.commit)
    whole = (touched(file, uncounted) for file in view.files)
    if said := speak(_counted(whole, uncounted), limit_of_all):
        yield Sighting(0, said, commit=steps[0].origin.commit if len(steps) == 1 else "")


def _counted(files: Iterable[Touched], uncounted: Uncounted) -> list[Touched]:
    return [
        file for file in files if not uncounted.holds(file.path, is_executable=file.is_executable)
    ]


def _named(origin: Origin) -> str:
    """Name a commit; the resolution of a merge has no id yet."""
    if not origin.commit:
        return origin.subject
    subject = origin.subject
    shown = subject if len(subject) <= _SUBJECT else f"{subject[: _SUBJECT - 3]}..."
    return f'commit {origin.commit[:_SHORT]} "{shown}"'
