"""What CI services say about a change, and who else might like to say it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_selfmod_guard.ci import Announced, announced, is_ci, is_hidden
from pytest_selfmod_guard.errors import ReadError

OLD = "1" * 40
ZEROS = "0" * 40
REPOSITORY = {"default_branch": "trunk"}
PUSH = {"ref": "refs/heads/trunk", "before": OLD, "forced": False, "repository": REPOSITORY}
REQUEST = {"pull_request": {"base": {"ref": "release/1.x", "sha": OLD}}}
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1.x",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": OLD,
    "CI_COMMIT_BEFORE_SHA": ZEROS,
}

GitHub = Callable[..., dict[str, str]]


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    """Give a function that makes the environment of a job: event's name, its content, variables."""

    def made(name: str, event: object, **more: str) -> dict[str, str]:
        path = tmp_path / "event.json"
        path.write_bytes(event if isinstance(event, bytes) else json.dumps(event).encode())
        told = {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}
        return {"GITHUB_ACTIONS": "true", "CI": "true", **told, **more}

    return made


def gitlab(**more: str) -> dict[str, str]:
    """Give the environment of a job on GitLab."""
    return {"GITLAB_CI": "true", "CI": "true", "CI_DEFAULT_BRANCH": "trunk", **more}


def refusal(environ: dict[str, str]) -> str:
    """Give what is said of an environment that cannot be believed."""
    with pytest.raises(ReadError) as caught:
        announced(environ)
    assert caught.value.slug == "ci-event-unusable"
    return caught.value.context


@pytest.mark.parametrize(
    "name",
    [
        "pull_request",
        "pull_request_target",
        "pull_request_review",
        "pull_request_review_comment",
    ],
)
def test_a_pull_request_names_its_target(github: GitHub, name: str) -> None:
    """Where it comes from, be it a fork's branch of the target's name, says nothing."""
    environ = github(
        name,
        {"pull_request": {**REQUEST["pull_request"], "head": {"ref": "trunk", "sha": "2" * 40}}},
        GITHUB_HEAD_REF="trunk",
        GITHUB_REF="refs/pull/1/merge",
        GITHUB_REF_NAME="trunk",
    )
    assert announced(environ) == Announced("GitHub", "merge", "release/1.x", before=OLD)


def test_a_merge_queue_is_a_merge(github: GitHub) -> None:
    """Its own branch is a temporary one; what it is to join stands in the event."""
    event = {"merge_group": {"base_ref": "refs/heads/trunk", "base_sha": OLD}}
    environ = github("merge_group", event, GITHUB_REF="refs/heads/gh-readonly-queue/trunk/pr-1")
    assert announced(environ) == Announced("GitHub", "merge", "trunk", before=OLD)
    event["merge_group"]["base_ref"] = "refs/tags/trunk"
    assert "no branch" in refusal(github("merge_group", event))


def test_a_push_says_what_was_there(github: GitHub) -> None:
    """The branch, the default branch, the commit before, and whether it threw commits away."""
    told = announced(github("push", PUSH, GITHUB_REF="refs/heads/trunk"))
    assert told == Announced("GitHub", "push", "trunk", "trunk", OLD)
    assert told.is_push_to_default
    assert not told.is_new
    told = announced(github("push", {**PUSH, "before": ZEROS, "forced": True}))
    assert told
    assert (told.is_new, told.is_forced) == (True, True)


@pytest.mark.parametrize(
    "ref",
    ["refs/heads/topic", "refs/heads/refs/heads/trunk", "refs/heads/origin/trunk"],
)
def test_a_push_elsewhere_is_not_one_to_the_default_branch(github: GitHub, ref: str) -> None:
    """Also when the branch has a name that looks like it."""
    told = announced(github("push", {**PUSH, "ref": ref}))
    assert told
    assert (told.kind, told.is_push_to_default) == ("push", False)


@pytest.mark.parametrize(
    "event",
    [{**PUSH, "ref": "refs/tags/trunk"}, {**PUSH, "deleted": True, "ref": "refs/heads/topic"}],
)
def test_a_tag_or_a_deletion_is_no_change_to_a_branch(
    github: GitHub, event: dict[str, Any]
) -> None:
    """A tag of the default branch's name is not that branch."""
    told = announced(github("push", event, GITHUB_REF_NAME="trunk"))
    assert told
    assert told.kind == "other"
    assert told.branch == ("topic" if "deleted" in event else "")


def test_what_is_no_push_is_something_else(github: GitHub) -> None:
    """Started by hand, by a clock or by a comment; only a schedule proves the default branch."""
    here = {"GITHUB_REF": "refs/heads/topic"}
    told = announced(github("workflow_dispatch", {"repository": REPOSITORY}, **here))
    assert told == Announced("GitHub", "other", "topic", "trunk")
    told = announced(github("schedule", {"schedule": "1 2 * * *"}, **here))
    assert told == Announced("GitHub", "other", "topic", "topic")
    assert "default_branch" in refusal(github("issue_comment", {}, **here))


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"ref": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b"[]", "ref of the event is missing"),
        (b"null", "ref of the event is missing"),
        ({**PUSH, "ref": None}, "ref of the event is missing"),
        ({**PUSH, "ref": ["refs/heads/trunk"]}, "ref of the event is 'list'"),
        ({**PUSH, "ref": "refs/heads/a\0b"}, "no name of a branch"),
        ({**PUSH, "ref": "refs/heads/a\nb"}, "no name of a branch"),
        ({**PUSH, "ref": "refs/heads/\ud800"}, "no name of a branch"),
        ({**PUSH, "ref": "refs/heads/" + "a" * 200_000}, "no name of a branch"),
        ({**PUSH, "before": "HEAD"}, "before of the event is 'HEAD', which is no commit id"),
        ({**PUSH, "before": "1" * 39}, "no commit id"),
        ({**PUSH, "before": "1" * 40 + "\n"}, "no commit id"),
        ({**PUSH, "before": 0}, "before of the event is 0,"),
        ({**PUSH, "before": None}, "before of the event is missing"),
        ({**PUSH, "repository": "trunk"}, "repository.default_branch of the event is missing"),
    ],
)
def test_an_odd_event_is_refused(github: GitHub, event: object, says: str) -> None:
    """Not guessed at, however it is odd, and named shortly."""
    context = refusal(github("push", event))
    assert says in context
    assert len(context) < 400


def test_an_event_that_is_no_file_is_refused(github: GitHub, tmp_path: Path) -> None:
    """A link, a pipe or a folder neither hangs nor misleads, nor does a file of the project."""
    environ = github("push", PUSH)
    real = environ["GITHUB_EVENT_PATH"]
    (tmp_path / "link").symlink_to(real)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "", "none"):
        context = refusal({**environ, "GITHUB_EVENT_PATH": str(tmp_path / name)})
        assert str(tmp_path / name) in context
    assert "is not a file" in refusal({**environ, "GITHUB_EVENT_PATH": "/dev/zero"})
    assert "absolute" in refusal({**environ, "GITHUB_EVENT_PATH": "event.json"})
    del environ["GITHUB_EVENT_PATH"]
    assert "absolute" in refusal(environ)


def test_a_huge_event_is_not_read_to_its_end(github: GitHub) -> None:
    """It may be as large as the disk."""
    environ = github("push", PUSH)
    os.truncate(environ["GITHUB_EVENT_PATH"], 1 << 40)
    assert "more than 33554432 bytes" in refusal(environ)


def test_variables_that_contradict_the_event_are_refused(github: GitHub) -> None:
    """Whichever of them was tampered with."""
    assert "GITHUB_BASE_REF is 'evil'" in refusal(
        github("pull_request", REQUEST, GITHUB_BASE_REF="evil")
    )
    assert "GITHUB_REF is" in refusal(github("push", PUSH, GITHUB_REF="refs/heads/evil"))
    assert "GITHUB_EVENT_NAME is missing" in refusal({"GITHUB_ACTIONS": "true"})


def test_a_merge_request_names_its_target() -> None:
    """Its source branch, which may have the default branch's name, says nothing."""
    environ = gitlab(**MERGE_REQUEST, CI_COMMIT_REF_NAME="trunk", CI_COMMIT_BRANCH="trunk")
    assert announced(environ) == Announced("GitLab", "merge", "release/1.x", before=OLD)
    newer = {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "2" * 40}
    told = announced(gitlab(**{**MERGE_REQUEST, **newer}))
    assert told
    assert told.before == "2" * 40


def test_a_pipeline_below_that_of_a_merge_request_is_one() -> None:
    """It has another source, and the request's variables."""
    environ = gitlab(**{**MERGE_REQUEST, "CI_PIPELINE_SOURCE": "parent_pipeline"})
    assert announced(environ) == announced(gitlab(**MERGE_REQUEST))


def test_the_branches_of_a_fork_are_not_the_target_s() -> None:
    """In a fork's pipeline, `origin/main` is what the author of the request pushed there."""
    fork = {"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_PROJECT_ID": "2"}
    assert announced(gitlab(**MERGE_REQUEST, **fork)) == Announced("GitLab", "merge", before=OLD)
    fork["CI_PROJECT_ID"] = "1"
    told = announced(gitlab(**MERGE_REQUEST, **fork))
    assert told
    assert told.branch == "release/1.x"


def test_gitlab_may_run_for_a_pull_request_of_github() -> None:
    """Then it names the target by other variables."""
    environ = gitlab(
        CI_PIPELINE_SOURCE="external_pull_request_event",
        CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME="trunk",
        CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA=OLD,
    )
    assert announced(environ) == Announced("GitLab", "merge", "trunk", before=OLD)


@pytest.mark.parametrize(
    ("source", "branch", "before", "kind"),
    [
        ("push", "trunk", OLD, "push"),
        ("push", "trunk", ZEROS, "push"),
        ("push", "", OLD, "other"),  # a tag
        ("parent_pipeline", "trunk", OLD, "push"),
        ("parent_pipeline", "trunk", ZEROS, "other"),
        ("schedule", "trunk", ZEROS, "other"),
        ("web", "topic", ZEROS, "other"),
    ],
)
def test_a_pipeline_without_a_request(source: str, branch: str, before: str, kind: str) -> None:
    """Only what was pushed to a branch is a push; a child does not know how its parent started."""
    environ = gitlab(
        CI_PIPELINE_SOURCE=source, CI_COMMIT_BRANCH=branch, CI_COMMIT_BEFORE_SHA=before
    )
    told = announced(environ)
    assert told
    assert (told.kind, told.branch, told.default) == (kind, branch, "trunk")
    assert told.before == (before if kind == "push" else told.before)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"CI_PIPELINE_SOURCE": ""}, "CI_PIPELINE_SOURCE is missing"),
        ({"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": ""}, "TARGET_BRANCH_NAME is missing"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}, "no commit id"),
        ({"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": ""}, "CI_DEFAULT_BRANCH is missing"),
        (
            {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "x", "CI_COMMIT_BEFORE_SHA": ""},
            "CI_COMMIT_BEFORE_SHA is missing",
        ),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "a\udc80"}, "no name of a branch"),
    ],
)
def test_odd_variables_are_refused(change: dict[str, str], says: str) -> None:
    """What is missing or odd is named."""
    assert says in refusal(gitlab(**{**MERGE_REQUEST, **change}))


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, False),
        ({"CI": ""}, False),
        ({"CI": "false"}, False),
        ({"CI": "0"}, False),
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"CI": "woodpecker"}, True),
        ({"JENKINS_URL": "https://ci.example.org"}, True),
        ({"TF_BUILD": "True"}, True),
        ({"GITHUB_ACTIONS": "true"}, True),
        ({"GITLAB_CI": "true"}, True),
    ],
)
def test_an_unknown_service_is_still_ci(environ: dict[str, str], *, found: bool) -> None:
    """Most set `CI`, some another variable; those that are not known announce nothing."""
    assert is_ci(environ) is found
    if not {"GITHUB_ACTIONS", "GITLAB_CI"} & set(environ):
        assert announced(environ) is None


@pytest.mark.parametrize(
    ("name", "hides"), [("TOX_ENV_NAME", True), ("NOX_CURRENT_SESSION", False)]
)
def test_what_hands_on_only_some_variables_may_hide_a_job(name: str, *, hides: bool) -> None:
    """Others hand on all of them, so there is nothing to wonder about."""
    assert is_hidden({name: "py"}) == hides
    assert not is_hidden({name: ""})
