"""Why a change cannot be told apart from what it is made on, and what mends that."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages.read._upstream import REMOTES, short

_OLDER = "name a commit that was judged before, with `--selfmod-base=REF`"

_SEEN = (
    "tox hides what a CI service says, so pass it on, with"
    " `pass_env = CI, CI_*, GITHUB_*, GITLAB_*` in its settings, or "
) + _OLDER


def nothing_committed() -> ReadError:
    """Return the error for a repository that has no commit yet."""
    return ReadError(
        "nothing-committed",
        "there is no commit here yet, so nothing leads from a base to HEAD",
        hint="judge what is staged: `selfmod-guard check --staged`",
    )


def not_fetched(git: Git, what: str, *, is_forced: bool = False) -> ReadError:
    """
    Return the error for a base that the clone does not have.

    :param what: the full name of a remote's branch, or a commit id
    :param is_forced: a push threw it away, so that more history would not bring it
    """
    remote, _, branch = what.removeprefix(REMOTES).partition("/")
    is_cut = git.is_shallow() and not is_forced
    command = ["git", "fetch", *(["--unshallow"] if is_cut else []), remote if branch else "origin"]
    command.append(quote(f"+refs/heads/{branch}:{what}") if branch else what)
    return ReadError(
        "base-not-fetched",
        "the clone lacks what the change is to be compared with",
        context=f'"{short(what)}"',
        hint="let the job fetch the whole history (`fetch-depth: 0` on GitHub, `GIT_DEPTH: 0`"
        f" on GitLab), or get it with `{' '.join(command)}`",
    )


def not_checked_out(service: str, name: str) -> ReadError:
    """Return the error for a HEAD that has nothing of the change."""
    return ReadError(
        "change-not-checked-out",
        f"{service} asks about a change that is not what is checked out",
        context=f'HEAD is part of "{name}"',
        hint="let the job check out the change itself, and see what it has with `git log -1 HEAD`",
    )


def not_protected(git: Git, base: str, name: str) -> ReadError:
    """
    Return the error for a base that the change could have made itself.

    :param name: what it has to be part of; empty where nothing was judged yet
    """
    use = f"use `--selfmod-base={quote(name)}`"
    instead = f"leave it out, or {use}" if name else "leave `--selfmod-base` out"
    if name and git.is_shallow():
        instead = f"the clone is shallow: first try `git fetch --unshallow`, else {instead}"
    return ReadError(
        "base-not-protected",
        "the base that was asked for is no part of the branch that the change is to join",
        context=f'"{base}" is not in "{name}"' if name else f'"{base}": the branch is new',
        hint=instead,
    )


def unclear(refs: Sequence[str]) -> ReadError:
    """Return the error for a clone in which several branches may be the protected one."""
    remote = short(refs[0]).partition("/")[0]
    return ReadError(
        "unclear-base",
        "several branches may be the one that the change is to join, and nobody says which",
        context=" and ".join(f'"{short(ref)}"' for ref in refs),
        hint="name a commit that all of them hold, with `--selfmod-base=REF`, or let the job ask"
        f" the remote with `git remote set-head {quote(remote)} --auto`",
    )


def nothing_left(name: str, *, is_hidden: bool = False) -> ReadError:
    """
    Return the error for a HEAD without anything new, where that says nothing.

    :param is_hidden: whether a CI job may be out of sight
    """
    return ReadError(
        "nothing-to-judge",
        "HEAD has nothing that its base has not, so no change can be told",
        context=f'HEAD is part of "{name}"',
        hint=_SEEN if is_hidden else _OLDER,
    )


def needed() -> ReadError:
    """Return the error for a repository that does not say where a change begins."""
    return ReadError(
        "base-needed",
        "no branch is known that the change is to join",
        context="neither a CI service nor a remote names one, and there is no main or master",
        hint=_OLDER,
    )
