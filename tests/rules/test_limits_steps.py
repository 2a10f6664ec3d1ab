"""The limits over several commits: each by itself, and a multiple for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.model import Change, Finding, Origin, Step, Touched
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.detect import detect

if TYPE_CHECKING:
    from tests.conftest import Repo
    from tests.rules.conftest import ChangeOf

LIMITS = ("SMG101", "SMG102")


def judged(change: Change) -> list[Finding]:
    """Ask the two limits about a change."""
    rules = tuple(rule for rule in all_rules() if rule.id in LIMITS)
    return list(detect(change, policies.load(change.base), rules).findings)


def step(number: int, *files: Touched, subject: str = "Change") -> Step:
    """Make a commit whose id is a digit, repeated."""
    return Step(Origin(str(number) * 40, subject, "Ada <ada@example.org>"), files)


def many(count: int, start: int = 0) -> dict[str, str]:
    """Make so many small files."""
    return {f"f{number}.txt": "x\n" for number in range(start, start + count)}


def touches(count: int) -> tuple[Touched, ...]:
    """Say that so many small files were touched."""
    return tuple(Touched(path, 2) for path in many(count))


def test_an_empty_commit_lifts_no_limit(change_of: ChangeOf) -> None:
    """A huge commit is as huge beside nine that hold nothing."""
    change = change_of({}, {"a.txt": "x" * 20_000})
    huge = step(1, Touched("a.txt", 20_001), subject="Huge")
    (finding,) = judged(change._replace(steps=(step(2), huge, *[step(3)] * 8)))
    assert finding.rule == "SMG101"
    assert finding.commit == "1" * 40
    assert finding.message.startswith('commit 1111111111 "Huge": 20,001 characters changed')
    assert "limit is 10,000 (a.txt 20,001)" in finding.message


def test_one_commit_is_found_once(change_of: ChangeOf) -> None:
    """The commit and the whole are the same, and so is the limit."""
    change = change_of({}, many(6))
    (finding,) = judged(change._replace(steps=(step(1, *touches(6)),)))
    assert finding.rule == "SMG102"
    assert (finding.commit, finding.path) == ("1" * 40, "")
    assert finding.message.startswith("6 files changed, the limit is 5: f0.txt")
    (finding,) = judged(change)
    assert finding.commit == ""


def test_small_commits_may_be_ten_times_as_much_in_all(change_of: ChangeOf) -> None:
    """Fifty files in ten commits are in order, fifty-one in eleven are not."""
    steps = tuple(step(1, *touches(5)) for _ in range(11))
    assert judged(change_of({}, many(50))._replace(steps=steps)) == []
    (finding,) = judged(change_of({}, many(51))._replace(steps=steps))
    assert (finding.rule, finding.commit) == ("SMG102", "")
    assert "51 files changed, the limit is 50" in finding.message
    (finding,) = judged(change_of({}, {"a": "x" * 100_000})._replace(steps=steps))
    assert (finding.rule, finding.commit) == ("SMG101", "")
    assert "the limit is 100,000" in finding.message


def test_what_was_taken_back_is_still_too_large(change_of: ChangeOf) -> None:
    """The whole is nothing, and each commit is found."""
    steps = (step(1, Touched("a.txt", 10_001)), step(2, Touched("a.txt", 10_001)))
    assert [one.commit[0] for one in judged(change_of({}, {})._replace(steps=steps))] == ["1", "2"]


@pytest.mark.parametrize(
    ("file", "is_counted"),
    [
        (Touched("uv.lock", 20_000), False),
        (Touched("uv.lock", 20_000, is_executable=True), True),
        (Touched("made/schema.py", 20_000), False),
        (Touched("schema.py", 20_000), True),
    ],
)
def test_what_is_generated_counts_in_no_commit(
    change_of: ChangeOf, file: Touched, *, is_counted: bool
) -> None:
    """Lock files that nothing runs, and what the base's attributes say."""
    attributes = {".gitattributes": "made/** linguist-generated\n"}
    change = change_of(attributes, attributes)._replace(steps=(step(1), step(2, file)))
    assert bool(judged(change)) == is_counted


def test_a_lock_file_that_becomes_code_counts_as_a_whole(change_of: ChangeOf) -> None:
    """When it came in nobody had to answer for it."""
    long = "line\n" * 2001
    moved = change_of({"uv.lock": long}, {"code.py": long}, {"code.py": "uv.lock"})
    (finding,) = judged(moved)
    assert "(code.py 10,005)" in finding.message
    assert judged(change_of({"a.py": long}, {"b.py": long}, {"b.py": "a.py"})) == []


def test_a_long_subject_is_cut_and_a_resolution_has_no_id(change_of: ChangeOf) -> None:
    """The message stays readable, whatever a commit is called."""
    large = Touched("a.txt", 10_001)
    resolution = Step(Origin("", "the resolution of the merge", ""), (large,))
    change = change_of({}, {})._replace(steps=(step(1, large, subject="y" * 200), resolution))
    by_commit = {one.commit: one.message for one in judged(change)}
    assert by_commit["1" * 40].startswith(f'commit 1111111111 "{"y" * 57}...": 10,001 characters')
    assert by_commit[""].startswith("the resolution of the merge: 10,001 characters")


def test_an_agent_may_merge_what_upstream_has(repo: Repo) -> None:
    """Six files of others are within the limits, six of one's own are not."""
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit("Topic")
    repo.git("checkout", "--quiet", "main")
    for path, content in many(6).items():
        repo.write(path, content)
    large = repo.commit("Six files")
    repo.git("checkout", "--quiet", "topic")
    repo.git("merge", "--quiet", "--no-commit", "main")
    assert judged(read.staged(repo.at())) == []
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    (finding,) = judged(read.staged(repo.at()))
    assert (finding.rule, finding.commit) == ("SMG102", large)
    repo.git("commit", "--quiet", "-m", "Merge")
    (finding,) = judged(read.since(repo.at(), "origin/main"))
    assert (finding.rule, finding.commit) == ("SMG102", large)
