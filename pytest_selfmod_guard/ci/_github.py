"""GitHub Actions: a few variables, and a file that holds the event."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from stat import S_ISREG

from pytest_selfmod_guard.ci._announced import (
    Announced,
    agreed,
    branch_of,
    commit_of,
    name_of,
    unusable,
)

_SERVICE = "GitHub"
_REQUESTS = (
    "pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment",
)  # fmt: skip

_MOST_BYTES = 32 << 20  # GitHub sends at most 25 MB
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def github(environ: Mapping[str, str]) -> Announced:
    """Return what GitHub says: https://docs.github.com/actions/reference/workflows-and-actions."""
    name = name_of(environ.get("GITHUB_EVENT_NAME"), "GITHUB_EVENT_NAME")
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    if name in _REQUESTS:
        return _request(event, environ)
    if name == "merge_group":
        return _queue(event)
    if name == "push":
        return _push(event, environ)
    ref = environ.get("GITHUB_REF", "")
    branch = branch_of(ref and name_of(ref, "GITHUB_REF"))
    # A schedule's event does not name the repository, and only runs on its default branch.
    return Announced(_SERVICE, "other", branch, branch if name == "schedule" else _default(event))


def _request(event: object, environ: Mapping[str, str]) -> Announced:
    target = agreed(_text(event, "pull_request", "base", "ref"), environ, "GITHUB_BASE_REF")
    before = _commit(event, "pull_request", "base", "sha")
    return Announced(_SERVICE, "merge", target, before=before)


def _queue(event: object) -> Announced:
    target = branch_of(_text(event, "merge_group", "base_ref"))
    if not target:
        raise unusable("merge_group.base_ref of the event is no branch")
    before = _commit(event, "merge_group", "base_sha")
    return Announced(_SERVICE, "merge", target, before=before)


def _push(event: object, environ: Mapping[str, str]) -> Announced:
    branch = branch_of(agreed(_text(event, "ref"), environ, "GITHUB_REF"))
    default = _default(event)
    if not branch or _at(event, "deleted") is True:
        return Announced(_SERVICE, "other", branch, default)
    before = _commit(event, "before")
    return Announced(_SERVICE, "push", branch, default, before, _at(event, "forced") is True)


def _default(event: object) -> str:
    return _text(event, "repository", "default_branch")


def _text(event: object, *path: str) -> str:
    return name_of(_at(event, *path), f"{'.'.join(path)} of the event")


def _commit(event: object, *path: str) -> str:
    return commit_of(_at(event, *path), f"{'.'.join(path)} of the event")


def _at(event: object, *path: str) -> object:
    for key in path:
        event = event.get(key) if isinstance(event, dict) else None
    return event


def _event(path: str) -> object:
    if not os.path.isabs(path):  # it would be looked for among the files of the change
        raise unusable("GITHUB_EVENT_PATH is no absolute path")
    try:
        return json.loads(_content(path))
    except OSError as error:
        raise unusable(f'"{path}", the event, cannot be read ({error.strerror})') from None
    except (ValueError, RecursionError):
        raise unusable(f'"{path}", the event, is not JSON') from None


def _content(path: str) -> bytes:
    with open(path, "rb", opener=_open) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise unusable(f'"{path}", the event, is not a file')
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise unusable(f'"{path}", the event, has more than {_MOST_BYTES} bytes')
    return data


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS)
