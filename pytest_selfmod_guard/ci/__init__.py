"""
What a CI service says about the change that it runs for.

The service is believed and nobody else: the branch that a change comes from, a
tag, a file of the project say nothing here. What a service should say and does
not is an error and never a guess. Another service is a file of its own, with one
function, and a line in the table.
"""

from __future__ import annotations

from collections.abc import Mapping

from pytest_selfmod_guard.ci._announced import Announced
from pytest_selfmod_guard.ci._github import github
from pytest_selfmod_guard.ci._gitlab import gitlab

__all__ = ["Announced", "announced", "is_ci", "is_hidden"]

_SERVICES = {"GITHUB_ACTIONS": github, "GITLAB_CI": gitlab}
"""By the variable that is set wherever a job of theirs runs."""

_SIGNS = (
    # Most services set the first; these others have one of their own instead.
    "CI", "BUILD_NUMBER", "CODEBUILD_BUILD_ID", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD",
)  # fmt: skip

_HIDERS = ("TOX_ENV_NAME",)
"""Set by what hands on only those variables that it was told to."""

_UNSET = ("", "0", "false", "no", "off")


def is_ci(environ: Mapping[str, str]) -> bool:
    """Tell whether this is a CI job, of whatever service."""
    return any(_is_set(environ, name) for name in (*_SIGNS, *_SERVICES))


def is_hidden(environ: Mapping[str, str]) -> bool:
    """Tell whether a CI job, if this is one, may be out of our sight: tox hides its variables."""
    return any(_is_set(environ, name) for name in _HIDERS)


def announced(environ: Mapping[str, str]) -> Announced | None:
    """
    Return what GitHub or GitLab say about the change; None where neither runs us.

    :raises ReadError: the service says too little, or contradicts itself
    """
    for name, told in _SERVICES.items():
        if _is_set(environ, name):
            return told(environ)
    return None


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() not in _UNSET
