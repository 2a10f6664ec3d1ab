"""Which change is judged, in every kind of job, and ways to have less judged."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

pytestmark = pytest.mark.proof  # each is a history and a clone of it

ZEROS = "0" * 40
GONE = "f" * 40
LAX = '[tool.selfmod-guard]\nmode = "warn"\n'
STRICT = '[tool.selfmod-guard]\nmode = "enforce"\n'

Clone = Callable[..., "Repo"]


@pytest.fixture
def server(repo: Repo) -> Repo:
    """Give a repository whose main went on after a topic left it, and that stands on main."""
    repo.config("uploadpack.allowAnySHA1InWant", "true")
    repo.write("pyproject.toml", LAX)
    repo.commit("Adopt")
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("one.py", "one = 1\n")
    repo.commit("One")
    repo.write("two.py", "two = 2\n")
    repo.commit("Two")
    repo.git("checkout", "--quiet", "main")
    repo.write("pyproject.toml", STRICT)
    repo.write("test_late.py", "def test_late():\n    pass\n")
    repo.commit("Go on")
    return repo


@pytest.fixture
def clone(server: Repo, new_repo: NewRepo) -> Clone:
    """Give a function that clones the server, as jobs do, and stands on one of its revisions."""

    def cloned(rev: str = "topic", *fetch: str) -> Repo:
        made = new_repo("clone")
        made.git("remote", "add", "origin", f"file://{server.path}")
        every = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        made.git("fetch", "--quiet", "--no-tags", "origin", *(fetch or every))
        commit = server.git("rev-parse", rev)
        made.git("-c", "advice.detachedHead=false", "checkout", "--quiet", commit)
        return made

    return cloned


def on_github(repo: Repo, name: str, event: object, ref: str = "") -> dict[str, str]:
    """Give the environment of a job on GitHub, with its event beside the clone."""
    path = repo.path.parent / "event.json"
    path.write_text(json.dumps(event))
    told = {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path), "GITHUB_REF": ref}
    return {"GITHUB_ACTIONS": "true", "CI": "true", **told}


def requested(repo: Repo, before: str = GONE, target: str = "main") -> dict[str, str]:
    """Give the environment of a job for a pull request."""
    base = {"ref": target, "sha": before}
    head = {"ref": "main", "sha": GONE}  # of a fork, where every name may be used
    told = on_github(repo, "pull_request", {"pull_request": {"base": base, "head": head}})
    return {**told, "GITHUB_HEAD_REF": "main", "GITHUB_BASE_REF": target}


def pushed(
    repo: Repo, before: str, branch: str = "main", *, forced: bool = False
) -> dict[str, str]:
    """Give the environment of a job for a push."""
    told = {"ref": f"refs/heads/{branch}", "before": before, "forced": forced}
    return on_github(repo, "push", {**told, "repository": {"default_branch": "main"}})


def other(repo: Repo) -> dict[str, str]:
    """Give the environment of a job that a clock or another job started."""
    event = {"repository": {"default_branch": "main"}}
    return on_github(repo, "workflow_run", event, "refs/heads/main")


def paths(change: Change) -> list[str]:
    """Give the paths that a change touches."""
    return [file.path for file in change.files]


def refusal(repo: Repo, environ: dict[str, str], base: str | None = None) -> ReadError:
    """Give the error for a question that cannot be answered."""
    with pytest.raises(ReadError) as caught:
        read.proposed(repo.at(), environ, base)
    return caught.value


def mend(repo: Repo, error: ReadError) -> None:
    """Run the command that an error ends with."""
    command = re.findall("`([^`]*)`", error.hint)[-1]
    name, *arguments = shlex.split(command)
    assert name == "git"
    repo.git(*arguments)


def test_a_pull_request_is_what_its_merge_brings(server: Repo, clone: Clone) -> None:
    """GitHub checks out a merge; what main did meanwhile is no part of the change."""
    server.git("checkout", "--quiet", "--detach", "main")
    server.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic")
    merge = server.git("rev-parse", "HEAD")
    server.git("checkout", "--quiet", "main")
    server.commit("Go on again")
    server.git("update-ref", "refs/pull/1/merge", merge)
    job = clone(merge, "+refs/heads/*:refs/remotes/origin/*", "refs/pull/1/merge")
    change = read.proposed(job.at(), requested(job))
    assert paths(change) == ["one.py", "two.py"]
    assert change.base.commit == server.git("rev-parse", "main~1")
    assert (change.head, change.source) == (merge, "--base origin/main")
    assert change.notes == ("Judged against origin/main, as GitHub says.",)
    assert {step.origin.subject for step in change.steps} == {"One", "Two", "Merge"}


@pytest.mark.parametrize("what", ["topic", "merge"])
def test_a_shallow_clone_is_mended_by_the_command(server: Repo, clone: Clone, what: str) -> None:
    """One commit of a branch, or of GitHub's merge, has nothing to compare with."""
    server.git("checkout", "--quiet", "--detach", "main")
    if what == "merge":
        server.git("merge", "--quiet", "-m", "Merge", "topic")
        server.git("update-ref", "refs/pull/1/merge", "HEAD")
    ref = "refs/pull/1/merge" if what == "merge" else "refs/heads/topic"
    job = clone(ref, "--depth", "1", ref)
    error = refusal(job, requested(job))
    assert (error.slug, error.context) == ("base-not-fetched", '"origin/main"')
    assert "`git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`" in error.hint
    mend(job, error)
    assert paths(read.proposed(job.at(), requested(job))) == ["one.py", "two.py"]


def test_a_branch_without_its_history_is_mended_by_the_command(clone: Clone) -> None:
    """Both tips are there and what is between them is not."""
    job = clone("topic", "--depth", "1", "+refs/heads/*:refs/remotes/origin/*")
    error = refusal(job, requested(job))
    assert error.slug == "no-merge-base"
    mend(job, error)
    assert paths(read.proposed(job.at(), requested(job))) == ["one.py", "two.py"]


def test_a_plain_shallow_clone_knows_no_base(server: Repo, new_repo: NewRepo) -> None:
    """`git clone --depth 1` of a topic, outside CI, fetches nothing but the topic."""
    place = server.path.parent / "clone"
    options = ("--quiet", "--depth", "1", "--branch", "topic")
    server.git("clone", *options, f"file://{server.path}", str(place))
    shallow = new_repo("clone")
    assert refusal(shallow, {}).slug == "base-needed"
    error = refusal(shallow, requested(shallow))
    mend(shallow, error)
    assert paths(read.proposed(shallow.at(), requested(shallow))) == ["one.py", "two.py"]


def test_the_event_s_commit_stands_in_for_a_branch_that_is_missing(
    server: Repo, clone: Clone
) -> None:
    """A clone of some depth may have it; another commit of that name it never is."""
    main = server.git("rev-parse", "main")
    server.git("branch", "older", "main~1")
    job = clone("topic", "refs/heads/topic")
    change = read.proposed(job.at(), requested(job, server.git("rev-parse", "older")))
    assert paths(change) == ["one.py", "two.py"]
    assert change.source == f"--base {server.git('rev-parse', 'older')}"
    assert "a commit of the branch to merge into, as GitHub says" in change.notes[0]
    job.git("update-ref", f"refs/tags/{main}", "HEAD~1")
    assert refusal(job, requested(job, main)).slug == "base-not-fetched"


def test_an_abbreviation_is_no_commit(new_repo: NewRepo) -> None:
    """Forty digits name a branch, or begin an id, where ids have sixty-four."""
    repo = new_repo("longer", "--object-format=sha256")
    first = repo.commit("Start")
    repo.commit("More")
    repo.git("branch", "1" * 40)
    assert refusal(repo, pushed(repo, "1" * 40)).slug == "base-not-fetched"
    assert refusal(repo, pushed(repo, first[:40])).slug == "base-not-fetched"
    assert read.proposed(repo.at(), pushed(repo, first)).base.commit == first


def test_a_request_that_is_not_checked_out_is_no_empty_one(clone: Clone) -> None:
    """What `pull_request_target` checks out by itself is main, where all is well."""
    job = clone("main")
    for commit in ("HEAD", "HEAD~1"):
        job.git("checkout", "--quiet", commit)
        error = refusal(job, requested(job))
        assert (error.slug, error.context) == (
            "change-not-checked-out",
            'HEAD is part of "origin/main"',
        )


def test_a_merge_request_of_gitlab(clone: Clone) -> None:
    """Its variables say the same; a fork's own main is not the target's."""
    job = clone("topic")
    told = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_DEFAULT_BRANCH": "trunk",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    change = read.proposed(job.at(), told)
    assert (change.source, paths(change)) == ("--base origin/main", ["one.py", "two.py"])
    assert change.notes[0] == "Judged against origin/main, as GitLab says."
    fork = {**told, "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_PROJECT_ID": "2"}
    assert refusal(job, fork).slug == "base-needed"
    fork["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = GONE
    for asked in (None, "HEAD~1"):
        error = refusal(job, fork, asked)
        assert (error.slug, error.context) == ("base-not-fetched", f'"{GONE}"')
    fork["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = base = job.git("rev-parse", "origin/topic~2")
    assert read.proposed(job.at(), fork).source == f"--base {base}"


def test_what_stands_before_the_fork_does_not_judge(server: Repo, clone: Clone) -> None:
    """Who proposes chooses where to leave main: it may be before there was a policy."""
    job = clone("topic")
    change = read.proposed(job.at(), requested(job))
    assert change.base.commit == server.git("rev-parse", "main~1")
    assert change.base.documents == {"pyproject.toml": STRICT.encode()}
    main = server.git("rev-parse", "main")[:10]
    assert change.notes[1:] == (
        f'The policy has changed since HEAD left the protected branch; that of "{main}" judges.',
    )


def test_a_change_from_before_the_policy_is_denied_by_it(clone: Clone) -> None:
    """Its own base only warned."""
    job = clone("topic")
    job.write("evil.py", "import os\nos.system('id')\nexec(input())\n")
    job.commit("Evil")
    context = Context(str(job.path), {**job.environ, **requested(job)})
    reader = partial(read.proposed, environ=context.environ)
    told = Guard(context).judge(reader, "--selfmod-guard")
    assert (told.decision, told.enforced) == ("denied", True)


def test_a_push_to_main_is_what_it_brought(server: Repo, clone: Clone) -> None:
    """Main has it already, so the event says from where."""
    before = server.git("rev-parse", "main~1")
    server.write("later.py", "")
    server.commit("Later")
    job = clone("main")
    change = read.proposed(job.at(), pushed(job, before))
    assert paths(change) == ["later.py", "pyproject.toml", "test_late.py"]
    assert (change.base.commit, change.base.documents) == (
        before,
        {"pyproject.toml": LAX.encode()},
    )
    assert change.source == f"--range {before[:10]}..HEAD"
    assert [step.origin.subject for step in change.steps] == ["Go on", "Later"]
    says = f'Judged from "{before[:10]}", where "main" was before the push, as GitHub says.'
    assert change.notes == (says,)


@pytest.mark.parametrize("forced", [True, False])
def test_a_forced_push_is_compared_with_what_it_threw_away(
    server: Repo, clone: Clone, *, forced: bool
) -> None:
    """Else what main had could be removed unseen, its policy too; GitLab does not say so."""
    before = server.git("rev-parse", "main")
    job = clone("topic")
    change = read.proposed(job.at(), pushed(job, before, forced=forced))
    assert paths(change) == ["one.py", "pyproject.toml", "test_late.py", "two.py"]
    assert change.files[2].new is None
    assert (change.base.commit, change.base.documents) == (
        before,
        {"pyproject.toml": STRICT.encode()},
    )
    assert [step.origin.subject for step in change.steps] == ["One", "Two"]
    assert "threw commits away" in change.notes[0]


def test_a_push_that_takes_main_back_is_no_empty_one(server: Repo, clone: Clone) -> None:
    """The older commit is part of what was there, and everything since is removed."""
    job = clone("main~1")
    change = read.proposed(job.at(), pushed(job, server.git("rev-parse", "main"), forced=True))
    assert paths(change) == ["pyproject.toml", "test_late.py"]
    assert change.steps == ()


def test_a_push_that_is_not_checked_out_is_no_empty_one(server: Repo, clone: Clone) -> None:
    """HEAD is what was there before it."""
    job = clone("main")
    error = refusal(job, pushed(job, server.git("rev-parse", "main")))
    assert error.slug == "change-not-checked-out"


def test_a_new_main_is_judged_as_a_whole(clone: Clone) -> None:
    """There was nothing before, so the defaults judge all of it, and no base is right."""
    job = clone("topic")
    change = read.proposed(job.at(), pushed(job, ZEROS))
    assert paths(change) == ["README.md", "app.py", "one.py", "pyproject.toml", "two.py"]
    assert (change.base.commit, change.base.documents) == ("", {})
    assert (change.source, len(change.steps)) == ("--range HEAD", 4)
    assert change.notes == (
        'Everything is judged: the push made the branch "main", as GitHub says.',
    )
    error = refusal(job, pushed(job, ZEROS), "HEAD~1")
    assert (error.slug, error.context) == ("base-not-protected", '"HEAD~1": the branch is new')


def test_a_push_to_a_shallow_clone_is_mended_by_the_command(server: Repo, clone: Clone) -> None:
    """What was there is out of sight, or thrown away."""
    before, thrown = (server.git("rev-parse", name) for name in ("main~1", "topic"))
    job = clone("main", "--depth", "1", "+refs/heads/main:refs/remotes/origin/main")
    error = refusal(job, pushed(job, before))
    assert (error.slug, error.context) == ("base-not-fetched", f'"{before}"')
    assert f"`git fetch --unshallow origin {before}`" in error.hint
    forced = refusal(job, pushed(job, thrown, forced=True))
    assert f"`git fetch origin {thrown}`" in forced.hint
    job.git("fetch", "--quiet", "--depth", "1", "origin", before)
    change = read.proposed(job.at(), pushed(job, before))
    assert paths(change) == ["pyproject.toml", "test_late.py"]
    assert "threw" not in change.notes[0]
    mend(job, forced)
    change = read.proposed(job.at(), pushed(job, thrown, forced=True))
    assert paths(change) == ["one.py", "pyproject.toml", "test_late.py", "two.py"]
    mend(job, error)
    assert "cut off" in "".join(change.notes)
    change = read.proposed(job.at(), pushed(job, before))
    assert len(change.steps) == len(change.notes) == 1


@pytest.mark.parametrize("before", [ZEROS, "HEAD", "HEAD~1", GONE])
def test_a_push_to_a_branch_starts_where_it_left_main(clone: Clone, before: str) -> None:
    """Whatever was pushed to it before had not been merged."""
    job = clone("topic")
    oid = before if len(before) == 40 else job.git("rev-parse", before)
    change = read.proposed(job.at(), pushed(job, oid, "topic"))
    assert (paths(change), change.source) == (["one.py", "two.py"], "--base origin/main")
    job.git("update-ref", "-d", "refs/remotes/origin/main")
    assert refusal(job, pushed(job, oid, "topic")).slug == "base-not-fetched"


def test_a_job_that_a_clock_started_on_main_has_nothing_to_judge(clone: Clone) -> None:
    """It says so, and why."""
    job = clone("main")
    change = read.proposed(job.at(), other(job))
    assert (change.files, change.steps, change.source) == ((), (), "--base origin/main")
    assert change.base.commit == change.head == job.git("rev-parse", "origin/main")
    says = "There is nothing to judge: HEAD is part of origin/main, as GitHub says."
    assert change.notes == (says,)


def test_a_job_on_main_that_checks_out_something_else_judges_it(clone: Clone) -> None:
    """`workflow_run` and comments run on main, with a request's commit on disk."""
    job = clone("topic")
    change = read.proposed(job.at(), other(job))
    assert paths(change) == ["one.py", "two.py"]
    job.git("update-ref", "-d", "refs/remotes/origin/main")
    assert refusal(job, other(job)).slug == "base-not-fetched"


def test_outside_ci_a_clone_compares_with_its_remote(clone: Clone) -> None:
    """On main, and before it, there is nothing to judge; an unknown CI is not told so."""
    work = clone("topic")
    change = read.proposed(work.at(), {})
    assert (paths(change), change.source) == (["one.py", "two.py"], "--base origin/main")
    guessed = "guessed by its name, as the clone does not know the remote's HEAD"
    assert change.notes[0] == f"Judged against origin/main, {guessed}."
    job = read.proposed(work.at(), {"CI": "1"})
    assert (paths(job), job.notes[0]) == (["one.py", "two.py"], change.notes[0])
    work.git("remote", "set-head", "origin", "main")
    change = read.proposed(work.at(), {})
    assert change.notes[0] == "Judged against origin/main, the main branch of this clone."
    for commit in ("origin/main", "origin/main~1"):
        work.git("checkout", "--quiet", commit)
        change = read.proposed(work.at(), {})
        assert change.files == ()
        assert change.notes[0].startswith("There is nothing to judge: HEAD is part of origin/main")
        error = refusal(work, {"CI": "1"})
        assert error.slug == "nothing-to-judge"
        assert error.hint.endswith("--selfmod-base=REF`")
    work.git("checkout", "--quiet", "origin/main")
    change = read.proposed(work.at(), {"CI": "1"}, "HEAD~1")
    assert (paths(change), change.source) == (["pyproject.toml", "test_late.py"], "--base HEAD~1")
    assert change.base.documents == {"pyproject.toml": LAX.encode()}


def test_an_unknown_ci_does_not_guess_among_several(server: Repo, clone: Clone) -> None:
    """Anybody who may push could make a second one; a person is told that it was a guess."""
    server.git("branch", "master", "main~1")
    server.git("reset", "--quiet", "--hard", "topic")
    job = clone("topic")
    ours, hidden = {"CI": "1"}, {"TOX_ENV_NAME": "py"}
    for environ in (ours, hidden):
        for base in ("origin/main", "HEAD", None):
            error = refusal(job, environ, base)
            assert error.slug == "unclear-base", base
        assert error.context == '"origin/main" and "origin/master"'
    assert read.proposed(job.at(), {}).files == ()
    assert (
        "guessed by its name of origin/main and origin/master, as"
        in (read.proposed(job.at(), {}).notes[0])
    )
    told = read.proposed(job.at(), requested(job, target="master"))
    assert paths(told) == ["one.py", "two.py"]
    mend(job, error)
    assert refusal(job, ours).slug == "nothing-to-judge"


def test_among_several_a_base_is_taken_that_all_of_them_hold(server: Repo, clone: Clone) -> None:
    """Whichever is the protected one, it was judged; what only one holds may be anybody's."""
    server.git("branch", "master", "topic")
    job = clone("topic")
    fork = server.git("merge-base", "main", "topic")
    change = read.proposed(job.at(), {"CI": "1"}, fork)
    assert paths(change) == ["one.py", "two.py"]
    for base in ("origin/master~1", "origin/main", "origin/master"):
        assert refusal(job, {"CI": "1"}, base).slug == "unclear-base"


def test_where_tox_may_hide_a_job_nothing_is_no_answer(clone: Clone) -> None:
    """Unless the service is seen through it; a change is judged as ever."""
    job = clone("main")
    hidden = {"TOX_ENV_NAME": "py"}
    error = refusal(job, hidden)
    assert error.slug == "nothing-to-judge"
    assert "`pass_env = CI, CI_*, GITHUB_*, GITLAB_*`" in error.hint
    assert "pass_env" in refusal(job, {**hidden, "CI": "1"}).hint
    assert "pass_env" not in refusal(job, {"CI": "1"}).hint
    assert read.proposed(job.at(), {**hidden, **other(job)}).files == ()
    job.git("checkout", "--quiet", "origin/topic")
    assert paths(read.proposed(job.at(), hidden)) == ["one.py", "two.py"]


def test_without_a_remote_main_is_the_base_unless_one_stands_on_it(repo: Repo) -> None:
    """Whoever commits to it moves it; so also whoever makes it point at HEAD."""
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("one.py", "one = 1\n")
    first = repo.git("rev-parse", "main")
    repo.commit("One")
    change = read.proposed(repo.at(), {})
    assert (paths(change), change.source) == (["one.py"], "--base main")
    repo.git("branch", "--force", "main", "topic")
    assert refusal(repo, {}).slug == "nothing-to-judge"
    repo.git("checkout", "--quiet", "main")
    assert refusal(repo, {}).slug == "nothing-to-judge"
    assert refusal(repo, {}, "HEAD").slug == "nothing-to-judge"
    assert paths(read.proposed(repo.at(), {}, first)) == ["one.py"]


def test_without_any_branch_a_base_is_needed(repo: Repo, new_repo: NewRepo) -> None:
    """One that is asked for is accepted and said, as long as it leaves something to judge."""
    repo.git("branch", "-m", "main", "trunk")
    repo.write("one.py", "one = 1\n")
    repo.commit("One")
    assert refusal(repo, {}).slug == "base-needed"
    change = read.proposed(repo.at(), {}, "HEAD~1")
    assert (paths(change), change.source) == (["one.py"], "--base HEAD~1")
    assert "no branch is known" in change.notes[0]
    assert refusal(repo, {}, "HEAD").slug == "nothing-to-judge"
    assert refusal(new_repo("empty"), {}).slug == "nothing-committed"


@pytest.mark.parametrize("kind", ["merge", "push", "new", "branch", "other", "unknown", "landed"])
def test_a_base_at_head_never_leaves_nothing_in_ci(clone: Clone, kind: str) -> None:
    """A change's own configuration may ask for it."""
    at_main = kind in ("push", "landed", "other")
    job = clone("main" if at_main else "topic")
    before = job.git("rev-parse", "HEAD~1")
    jobs: dict[str, Callable[[Repo], dict[str, str]]] = {
        "merge": requested,
        "push": partial(pushed, before=before),
        "new": partial(pushed, before=ZEROS),
        "branch": partial(pushed, before=before, branch="topic"),
        "other": other,
    }
    environ = jobs[kind](job) if kind in jobs else {"CI": "true"}
    job.git("tag", "mine")
    for base in ("HEAD", "mine", "@^0", "HEAD^{commit}"):
        told = refusal(job, environ, base)
        assert told.slug == (
            "nothing-to-judge" if kind in ("other", "landed") else "base-not-protected"
        )


def test_a_base_that_was_not_judged_is_refused(clone: Clone) -> None:
    """The message names the one to use."""
    job = clone("topic")
    error = refusal(job, requested(job), "HEAD~1")
    assert (error.slug, error.context) == (
        "base-not-protected",
        '"HEAD~1" is not in "origin/main"',
    )
    assert error.hint.endswith("--selfmod-base=origin/main`")
    before = job.git("rev-parse", "origin/main")
    error = refusal(job, pushed(job, before), "HEAD~1")
    assert error.hint.endswith(f"--selfmod-base={before}`")
    assert refusal(job, requested(job), "nowhere").slug == "unknown-revision"


def test_a_base_that_head_is_part_of_leaves_nothing(clone: Clone) -> None:
    """Main went on since; an unknown service may still build the older commit."""
    job = clone("main~1")
    error = refusal(job, {"CI": "true"}, job.git("rev-parse", "origin/main"))
    assert error.slug == "nothing-to-judge"


def test_a_damaged_history_is_not_a_base_refused(clone: Clone) -> None:
    """That a commit cannot be read says nothing about what is part of what."""
    job = clone("topic")
    base, lost = (job.git("rev-parse", f"origin/main~{number}") for number in (2, 1))
    job.git("unpack-objects", "-q", feed=packed(job))
    (job.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert refusal(job, requested(job), base).slug == "missing-object"


def packed(repo: Repo) -> bytes:
    """Take all packs of a repository out of it, as one."""
    every = repo.raw("rev-list", "--objects", "--all")
    content = repo.raw("pack-objects", "-q", "--stdout", feed=every)
    for pack in (repo.path / ".git/objects/pack").iterdir():
        pack.unlink()
    return content


def test_a_base_out_of_sight_is_not_called_wrong(clone: Clone) -> None:
    """In a shallow clone main's own commits do not look like parts of it."""
    job = clone("topic", "--depth", "1", "+refs/heads/*:refs/remotes/origin/*")
    job.git("fetch", "--quiet", "--depth", "1", "origin", job.git("rev-parse", "HEAD"))
    error = refusal(job, requested(job), "HEAD")
    assert error.hint.startswith("the clone is shallow: first try `git fetch --unshallow`")


def test_an_older_base_hides_nothing(clone: Clone) -> None:
    """Compared with a time before a test was, its deletion would be no change."""
    job = clone("main")
    job.remove("test_late.py")
    job.commit("Drop a test")
    for base in ("HEAD~2", "HEAD~3"):
        change = read.proposed(job.at(), requested(job), base)
        assert (paths(change), change.source) == (["test_late.py"], "--base origin/main")
        assert change.base.documents == {"pyproject.toml": STRICT.encode()}
        assert f'Judged from where HEAD left origin/main, which holds "{base}"' in change.notes[0]


@pytest.mark.parametrize("base", [None, "origin/main", "remotes/origin/main"])
def test_the_branch_s_name_as_the_base_means_the_branch(
    server: Repo, clone: Clone, base: str | None
) -> None:
    """A tag or a branch of that name means nothing, and a push still starts before itself."""
    job = clone("topic")
    for name in ("origin/main", "refs/remotes/origin/main"):
        job.git("update-ref", f"refs/tags/{name}", "HEAD")
        job.git("update-ref", f"refs/heads/{name}", "HEAD")
    change = read.proposed(job.at(), requested(job), base)
    assert (paths(change), change.source) == (["one.py", "two.py"], "--base origin/main")
    job.git("checkout", "--quiet", server.git("rev-parse", "main"))
    change = read.proposed(job.at(), pushed(job, server.git("rev-parse", "main~1")), base)
    assert paths(change) == ["pyproject.toml", "test_late.py"]


@pytest.mark.parametrize(
    "name", ["tags/origin/main", "heads/origin/main", "tags/refs/remotes/origin/main", "heads/main"]
)
def test_no_other_ref_is_the_protected_branch(clone: Clone, name: str) -> None:
    """Not even when the branch itself is not in the clone."""
    job = clone("topic", "+refs/heads/topic:refs/remotes/origin/topic")
    job.git("update-ref", f"refs/{name}", "HEAD~1")
    for base in (None, "origin/main"):
        assert refusal(job, requested(job), base).slug == "base-not-fetched"


def test_a_branch_called_head_is_not_head(clone: Clone) -> None:
    """Nor is a tag: what is judged is what is checked out."""
    job = clone("topic")
    job.git("update-ref", "refs/heads/HEAD", "origin/main")
    assert paths(read.proposed(job.at(), requested(job))) == ["one.py", "two.py"]
    job.git("update-ref", "refs/tags/HEAD", "origin/main")
    assert refusal(job, requested(job)).slug == "ambiguous-revision"


def test_a_strange_target_makes_no_strange_command(clone: Clone) -> None:
    """Its name stands in a command that a person is asked to copy."""
    job = clone("topic")
    error = refusal(job, requested(job, target="main;touch${IFS}x"))
    spec = "+refs/heads/main;touch${IFS}x:refs/remotes/origin/main;touch${IFS}x"
    assert f"`git fetch origin '{spec}'`" in error.hint


def test_an_event_that_cannot_be_read_is_no_work_at_home(clone: Clone) -> None:
    """Not knowing what a job is for is not the same as being in none."""
    job = clone("main")
    environ = {**other(job), "GITHUB_EVENT_PATH": str(job.path / "gone.json")}
    assert refusal(job, environ).slug == "ci-event-unusable"


def test_files_that_are_not_those_of_head_are_named(clone: Clone) -> None:
    """Tests run what is on disk; looking writes nothing, and runs no filter."""
    job = clone("topic")
    job.write("untracked.py", "")
    change = read.proposed(job.at(), requested(job))
    assert not any("differ" in note for note in change.notes)
    job.write("one.py", "one = 9\n")
    job.git("update-index", "--assume-unchanged", "one.py")
    job.remove("two.py")
    job.write(".gitattributes", "* filter=evil\n")
    job.config("filter.evil.clean", "touch ran; cat")
    index = (job.path / ".git/index").read_bytes()
    change = read.proposed(job.at("", GIT_DIR=".git"), requested(job))
    assert change.notes[-1] == 'Files differ from HEAD and were not judged: "one.py", "two.py".'
    assert paths(change) == ["one.py", "two.py"]
    assert (job.path / ".git/index").read_bytes() == index
    assert not (job.path / "ran").exists()


def test_at_most_five_files_are_named(repo: Repo) -> None:
    """And how many more there are; also where there is nothing else to judge."""
    for number in range(7):
        repo.write(f"{number}.py", "")
    repo.commit()
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    for number in range(7):
        repo.write(f"{number}.py", "x = 1\n")
    note = read.proposed(repo.at(), {}).notes[-1]
    assert note.endswith('"0.py", "1.py", "2.py", "3.py", "4.py" and 2 more.')
