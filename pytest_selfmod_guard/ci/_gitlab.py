"""GitLab CI: variables only."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_selfmod_guard.ci._announced import Announced, commit_of, name_of

_SERVICE = "GitLab"
_REQUEST = "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
_ELSEWHERE = "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"


def gitlab(environ: Mapping[str, str]) -> Announced:
    """Return what GitLab says: https://docs.gitlab.com/ci/variables/predefined_variables."""
    source = _name(environ, "CI_PIPELINE_SOURCE")
    if source == "merge_request_event":
        return _request(environ)
    if source == "external_pull_request_event":
        return _merge(environ, _ELSEWHERE, "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")
    if source == "parent_pipeline" and environ.get(_REQUEST):
        return _request(environ)
    branch = environ.get("CI_COMMIT_BRANCH", "") and _name(environ, "CI_COMMIT_BRANCH")
    default = _name(environ, "CI_DEFAULT_BRANCH")
    if source not in ("push", "parent_pipeline") or not branch:
        return Announced(_SERVICE, "other", branch, default)
    before = commit_of(environ.get("CI_COMMIT_BEFORE_SHA"), "CI_COMMIT_BEFORE_SHA")
    pushed = Announced(_SERVICE, "push", branch, default, before)
    # A child knows by whom it was started, not what started its parent: by hand there is none.
    return pushed._replace(kind="other") if pushed.is_new and source != "push" else pushed


def _request(environ: Mapping[str, str]) -> Announced:
    told = _merge(
        environ,
        _REQUEST,
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",  # newer, but not said in every pipeline
        "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    )
    # In the pipeline of a fork `origin` is the fork, and its branches are the author's.
    target, here = environ.get("CI_MERGE_REQUEST_PROJECT_ID"), environ.get("CI_PROJECT_ID")
    return told if not target or target == here else told._replace(branch="")


def _merge(environ: Mapping[str, str], branch: str, *commits: str) -> Announced:
    known = next((name for name in commits if environ.get(name)), "")
    before = commit_of(environ[known], known) if known else ""
    return Announced(_SERVICE, "merge", _name(environ, branch), before=before)


def _name(environ: Mapping[str, str], name: str) -> str:
    return name_of(environ.get(name), name)
