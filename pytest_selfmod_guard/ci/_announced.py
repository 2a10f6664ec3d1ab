"""The value that every service's function makes, and the checks it goes through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError

_BRANCHES = "refs/heads/"
_MOST_CHARS = 1000
_SHOWN = 100

_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Announced(NamedTuple):
    """What a CI service says about the change that it runs for."""

    service: str
    """``GitHub`` or ``GitLab``."""
    kind: str
    """``merge`` for a request to merge or a merge queue, ``push``, or ``other``:
    a schedule, a tag, a run that somebody started."""
    branch: str = ""
    """The branch that is to be merged into, or that was pushed, or is run on,
    without ``refs/heads/``; empty where there is none in this repository."""
    default: str = ""
    """The default branch; empty for a merge, and where the service does not say."""
    before: str = ""
    """The id of a commit that the branch had without the change; of zeros where
    the push made the branch, empty where the service does not say."""
    is_forced: bool = False
    """Whether the service says that a push threw commits away; GitLab never does."""

    @property
    def is_new(self) -> bool:
        """Whether the branch was not there before the push."""
        return set(self.before) == {"0"}

    @property
    def is_push_to_default(self) -> bool:
        """Whether the change is in the default branch already."""
        return self.kind == "push" and self.branch == self.default


def name_of(value: object, source: str) -> str:
    """
    Return the name of a branch or ref as it was told.

    :param source: where it stands, for the error
    """
    if isinstance(value, str) and 0 < len(value) <= _MOST_CHARS and value.isprintable():
        return value
    raise unusable(f"{source} is {_shown(value)}, which is no name of a branch")


def commit_of(value: object, source: str) -> str:
    """Return a commit id as it was told: in full, so that no name is taken for one."""
    if isinstance(value, str) and _COMMIT.fullmatch(value):
        return value
    raise unusable(f"{source} is {_shown(value)}, which is no commit id")


def branch_of(ref: str) -> str:
    """Return the branch that a full ref name stands for; empty for a tag or a request."""
    return ref.removeprefix(_BRANCHES) if ref.startswith(_BRANCHES) else ""


def agreed(told: str, environ: Mapping[str, str], name: str) -> str:
    """Return what the event says, if the variable says the same or nothing."""
    if environ.get(name, told) in ("", told):
        return told
    raise unusable(f"{name} is {_shown(environ[name])}, and the event says {_shown(told)}")


def unusable(why: str) -> ReadError:
    """Return the error for a service that cannot be taken at its word."""
    return ReadError(
        "ci-event-unusable",
        "the CI service does not say clearly which change it runs for",
        context=why,
        hint="see what it says with `env | grep -E '^(CI|GITHUB)_'`, or judge by hand:"
        " `selfmod-guard check --base origin/main`",
    )


def _shown(value: object) -> str:
    if value is None or value == "":
        return "missing"
    return ascii(value if isinstance(value, str | int | float) else type(value).__name__)[:_SHOWN]
