"""
From where to where the change goes that a job, or whoever runs tests, is asked about.

What is part of the protected branch has been judged, and the rest ends at HEAD. A
change brings its own configuration, which may ask for a base: it can, but that
moves nothing out of sight. That nothing is left to judge is believed only where
the protected branch says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from pytest_selfmod_guard.ci import Announced, announced, is_ci, is_hidden
from pytest_selfmod_guard.git import Git, Objects
from pytest_selfmod_guard.stages.read import _no_base
from pytest_selfmod_guard.stages.read._base import empty_tree
from pytest_selfmod_guard.stages.read._base import head as tip
from pytest_selfmod_guard.stages.read._case import Asked, Case, Line, Proposal, straight
from pytest_selfmod_guard.stages.read._range import commit_of
from pytest_selfmod_guard.stages.read._upstream import (
    commit_at,
    guesses,
    is_local,
    protected,
    short,
)

_SHOWN = 10  # digits of a commit id


def choose(
    git: Git, objects: Objects, environ: Mapping[str, str], base: str | None = None
) -> Proposal:
    """
    Return the change that is proposed.

    :param base: a revision that was asked for
    :raises ReadError: it cannot be told, or what is needed is not in the clone
    """
    if not tip(git, objects).commit:
        raise _no_base.nothing_committed()
    head = commit_of(git, objects, "HEAD").oid
    case = _case(git, objects, environ, head)
    told = case.told
    asked = None if base is None else _asked(case, base)
    if told and told.is_push_to_default:
        return _pushed(case, told, asked)
    if case.is_ci and len(case.guesses) > 1:
        return _unclear(case, asked)
    line = case.line()
    if line is None:
        return _untold(case, asked)
    if asked and not case.is_part(asked.commit, line.commit):
        raise _no_base.not_protected(git, asked.name, line.name)
    if case.is_part(head, line.commit):
        return _landed(case, line, asked)
    note = f"Judged against {line.name}, {line.why}."
    if asked:
        note = f'Judged from where HEAD left {line.name}, which holds "{asked.name}", {line.why}.'
    return Proposal(line.commit, head, f"--base {line.name}", note, line.commit)


def _case(git: Git, objects: Objects, environ: Mapping[str, str], head: str) -> Case:
    told = announced(environ)
    ref = protected(git, told)
    hidden = is_hidden(environ) and told is None
    known = is_ci(environ) or hidden
    return Case(git, objects, told, ref, head, known, hidden, () if told else guesses(git))


def _asked(case: Case, base: str) -> Asked | None:
    """Return the base that was asked for; None if it is the protected branch anyway."""
    if case.ref and base in (case.ref, case.ref.removeprefix("refs/"), short(case.ref)):
        return None  # by its name, so that a tag of the same name changes nothing
    return Asked(base, commit_of(case.git, case.objects, base).oid)


def _pushed(case: Case, told: Announced, asked: Asked | None) -> Proposal:
    """Return what a push did to the protected branch itself."""
    name, says = told.branch, f"as {told.service} says"
    if told.is_new:
        if asked:
            raise _no_base.not_protected(case.git, asked.name, "")
        note = f'Everything is judged: the push made the branch "{name}", {says}.'
        return Proposal(empty_tree(case.git), case.head, "--range HEAD", note)
    before = told.before
    if case.exactly(before) is None:
        raise _no_base.not_fetched(case.git, before, is_forced=told.is_forced)
    if asked and not case.is_part(asked.commit, before):
        raise _no_base.not_protected(case.git, asked.name, before)
    if before == case.head:
        raise _no_base.not_checked_out(told.service, before)
    shown = before[:_SHOWN]
    note = f'Judged from "{shown}", where "{name}" was before the push, {says}.'
    # In a shallow clone what leads from one to the other may only be out of sight.
    if told.is_forced or not (case.git.is_shallow() or case.is_part(before, case.head)):
        note += " The push threw commits away; what they held counts as removed."
    # Not from a merge base: what was thrown away had been judged, and its policy holds.
    return Proposal(before, case.head, f"--range {shown}..HEAD", note, find=straight)


def _landed(case: Case, line: Line, asked: Asked | None) -> Proposal:
    """Return what there is to judge where HEAD is part of the protected branch."""
    told = case.told
    if told and told.kind == "merge":
        raise _no_base.not_checked_out(told.service, line.name)
    if asked and not case.is_part(case.head, asked.commit):
        note = f'Judged against "{asked.name}", as asked: HEAD is part of {line.name}.'
        return Proposal(asked.commit, case.head, f"--base {asked.name}", note)
    is_unsure = case.is_ci and not told
    if asked or is_unsure or (case.ref and is_local(case.ref)):
        raise _no_base.nothing_left(
            asked.name if asked else line.name, is_hidden=case.is_hidden and not asked
        )
    note = f"There is nothing to judge: HEAD is part of {line.name}, {line.why}."
    return Proposal(case.head, case.head, f"--base {line.name}", note)


def _unclear(case: Case, asked: Asked | None) -> Proposal:
    """Return what is asked for where several branches may be the protected one."""
    commits = [commit_at(case.git, ref) for ref in case.guesses]
    if asked is None or not all(case.is_part(asked.commit, commit) for commit in commits):
        raise _no_base.unclear(case.guesses)
    return _untold(case, asked)


def _untold(case: Case, asked: Asked | None) -> Proposal:
    """Return what is asked for where no protected branch can be told."""
    if asked is None:
        raise _no_base.needed()
    if case.is_part(case.head, asked.commit):
        raise _no_base.nothing_left(asked.name)
    note = f'Judged against "{asked.name}", as asked; no branch is known that has to hold it.'
    return Proposal(asked.commit, case.head, f"--base {asked.name}", note)
