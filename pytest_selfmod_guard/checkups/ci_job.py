"""Continuous integration: does a job of HEAD run the guard, and can it fail."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.checkups._jobs import Job, jobs_of
from pytest_selfmod_guard.checkups._wall import holes, judges
from pytest_selfmod_guard.status import Line

ORDER = 80
NAME = "CI"


def ask(facts: Facts) -> Iterator[Line]:
    """Look at the definitions of GitHub and GitLab."""
    found = facts.pipelines
    for path, why in found.unreadable.items():
        message = f"{path} of HEAD {why}, so nobody knows what it runs"
        yield Line(NAME, "warning", message, f"correct {path}, and commit it")
    jobs = [job for path, tree in found.files.items() for job in jobs_of(path, tree)]
    ours = [job for job in jobs if judges(job)]
    if not ours:
        what = "no job of HEAD" if jobs else "HEAD has no job of GitHub or GitLab that"
        message = f"{what} runs the guard, so nothing judges what goes round the hooks"
        yield Line(NAME, "warning", message, "selfmod-guard init")
    for job in ours:
        yield from _lines(job)


def _lines(job: Job) -> Iterator[Line]:
    name = f'job "{job.name}" of {job.path}'
    found = list(holes(job))
    for hole in found:
        yield Line(NAME, hole.state, f"{name} {hole.what}", f"in {job.path}: {hole.mend}")
    if not found:
        yield Line(NAME, "ok", f"{name} judges, with a guard from a pin")
