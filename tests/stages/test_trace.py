"""Trace: which commit of a range brought what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.git import Objects
from pytest_selfmod_guard.model import Confidence, Finding, Risk
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.trace import trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Repo


def found(path: str, code: str = "", commit: str = "") -> Finding:
    """Make a finding about a line of a file."""
    return Finding(
        rule="SMG201",
        name="runs-text-as-code",
        risk=Risk.HIGH,
        confidence=Confidence.HIGH,
        path=path,
        line=1 if code else 0,
        message="it does",
        hint="do not",
        code=code,
        commit=commit,
    )


def subjects(repo: Repo, findings: Sequence[Finding], base: str = "start") -> list[str]:
    """Trace findings through a range that ends at HEAD, and name the commits by subject."""
    change = read.between(repo.at(), base, "HEAD")
    traced = trace(repo.at(), change, findings)
    assert [one._replace(commit="") for one in traced] == [
        one._replace(commit="") for one in findings
    ]
    named = {step.origin.commit: step.origin.subject for step in change.steps}
    return [named.get(one.commit, one.commit) for one in traced]


@pytest.fixture
def started(repo: Repo) -> Repo:
    """Give a repository whose first commit is called `start`."""
    repo.git("tag", "start")
    return repo


def test_a_line_belongs_to_the_commit_that_brought_it(started: Repo) -> None:
    """Also when later ones edit the same file, or indent it otherwise elsewhere."""
    started.write("app.py", "one = 1\neval(text)\n")
    started.commit("Evil")
    started.write("app.py", "one = 1\neval(text)\ntwo = 2\n")
    started.write("other.py", "    eval(text)\n")
    started.commit("Innocent in one, evil in another")
    started.commit("Empty")
    told = [
        found("app.py", "eval(text)"),
        found("app.py", "two = 2"),
        found("other.py", "eval(text)"),
        found("app.py", "nowhere = 1"),
        found("nowhere.py", "eval(text)"),
        found("app.py"),
        found(""),
        found("app.py", "eval(text)", commit="said already"),
    ]
    last = "Innocent in one, evil in another"
    assert subjects(started, told) == ["Evil", last, last, "", "", last, "", "said already"]


def test_the_newest_of_several_is_named(started: Repo) -> None:
    """What was taken back and came again is in the head because of the second time."""
    for number in range(2):
        started.write("app.py", "eval(text)\n")
        started.commit(f"Evil {number}")
        started.write("app.py", "")
        started.commit("Back")
    started.git("reset", "--quiet", "--hard", "HEAD~1")
    assert subjects(started, [found("app.py", "eval(text)")]) == ["Evil 1"]


def test_a_second_line_of_the_same_kind_is_new(started: Repo) -> None:
    """Lines are compared as a multiset, so a copy is not excused by the first."""
    started.write("app.py", "eval(text)\n")
    started.commit("First")
    started.write("app.py", "eval(text)\neval(text)\n")
    started.commit("Second")
    assert subjects(started, [found("app.py", "eval(text)")]) == ["Second"]


def test_a_file_that_moved_is_followed(started: Repo) -> None:
    """Moving a file brings none of its lines, unless the file was moved in by hand."""
    lines = "".join(f"line_{number} = {number}\n" for number in range(20))
    started.write("a.py", lines + "eval(text)\n")
    started.commit("Evil")
    started.git("mv", "a.py", "b.py")
    started.commit("Move")
    started.git("mv", "b.py", "c.py")
    started.write("c.py", lines + "eval(text)\nexec(text)\n")
    started.commit("Move and add")
    told = [found("c.py", "eval(text)"), found("c.py", "exec(text)"), found("c.py")]
    assert subjects(started, told) == ["Evil", "Move and add", "Move and add"]


def test_a_deletion_belongs_to_the_commit_that_deleted(started: Repo) -> None:
    """The line that is shown is the old one, which no commit brought."""
    started.write("README.md", "")
    started.commit("Other")
    started.remove("app.py")
    started.commit("Delete")
    started.write("README.md", "again\n")
    started.commit("Other again")
    assert subjects(started, [found("app.py", "def answer():")]) == ["Delete"]


def test_a_merge_brings_only_what_no_parent_has(started: Repo) -> None:
    """A line of the topic is the topic's, one that was slipped into the merge is the merge's."""
    started.git("checkout", "--quiet", "-b", "topic")
    started.write("app.py", "topic(1)\ndef answer():\n    return 42\n")
    started.commit("Topic")
    started.git("checkout", "--quiet", "main")
    started.write("app.py", "def answer():\n    return 42\n\nmain(1)\n")
    started.commit("Main")
    started.git("merge", "--quiet", "--no-commit", "topic")
    started.write("app.py", "topic(1)\ndef answer():\n    return 42\n\nevil(1)\nmain(1)\n")
    started.commit("Merge")
    told = [found("app.py", f"{name}(1)") for name in ("topic", "main", "evil")]
    assert subjects(started, told) == ["Topic", "Main", "Merge"]


def test_a_root_brings_all_that_it_has(started: Repo) -> None:
    """It has no parent to compare with."""
    change = read.everything(started.at(), "HEAD")
    (traced,) = trace(started.at(), change, [found("app.py", "return 42")])
    assert traced.commit == started.git("rev-parse", "start")


def test_a_long_line_is_known_by_its_start(started: Repo) -> None:
    """A finding shows 200 characters of it at most."""
    started.write("app.py", f"  eval({'x' * 400})\n")
    started.commit("Long")
    started.commit("Empty")
    assert subjects(started, [found("app.py", f"eval({'x' * 400})"[:200])]) == ["Long"]


def test_odd_entries_do_not_stop_it(started: Repo) -> None:
    """A submodule, a link and a path that is not UTF-8 have had commits too."""
    odd = "\udcff.py"
    started.write(odd, "eval(text)\n")
    started.link("README.md", "app.py")
    started.add()
    started.git("update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},vendor")
    started.git("commit", "--quiet", "-m", "Odd")
    started.write("app.py", "")
    started.git("add", "app.py")
    started.git("commit", "--quiet", "-m", "Later")
    told = [found(odd, "eval(text)"), found("README.md", "app.py"), found("vendor", "x")]
    assert subjects(started, told) == ["Odd", "Odd", ""]
    assert subjects(started, [found("vendor")]) == ["Odd"]


def test_a_merge_in_progress_names_the_commits_that_it_brings(started: Repo) -> None:
    """What the resolution adds belongs to no commit yet."""
    started.git("checkout", "--quiet", "-b", "topic")
    started.write("topic.py", "eval(text)\n")
    topic = started.commit("Topic")
    started.git("checkout", "--quiet", "main")
    started.commit("Main")
    started.git("merge", "--quiet", "--no-commit", "topic")
    started.write("topic.py", "eval(text)\nexec(text)\n")
    started.write("evil.py", "eval(text)\n")
    started.add()
    change = read.staged(started.at())
    told = [
        found("topic.py", "eval(text)"),
        found("topic.py", "exec(text)"),
        found("evil.py", "eval(text)"),
        found("topic.py"),
    ]
    traced = trace(started.at(), change, told)
    assert [one.commit for one in traced] == [topic, "", "", ""]


def test_it_costs_nothing_where_there_is_nothing_to_trace(
    started: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process is started without findings of a file, or without commits."""
    started.write("app.py", "eval(text)\n")
    started.add()
    staged = read.staged(started.at())
    started.commit("Evil")
    change = read.between(started.at(), "start", "HEAD")
    monkeypatch.setattr("pytest_selfmod_guard.git.Git.start", None)
    told = (found("app.py", "eval(text)"),)
    assert trace(started.at(), change, ()) == ()
    assert trace(started.at(), change, (found(""),)) == (found(""),)
    assert trace(started.at(), staged, told) == told


def test_only_files_with_findings_are_read_and_only_so_many(
    started: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A range that touches a lot costs what its findings cost."""
    for number in range(20):
        started.write(f"file{number}.py", f"eval({number})\n")
    started.commit("Many")
    read_blobs: list[str] = []
    real = Objects.blob
    change = read.between(started.at(), "start", "HEAD")

    def counting(self: Objects, oid: str) -> tuple[int, bytes | None]:
        read_blobs.append(oid)
        return real(self, oid)

    monkeypatch.setattr(Objects, "blob", counting)
    told = [found("file3.py", "eval(3)")] * 250
    traced = trace(started.at(), change, told)
    assert [bool(one.commit) for one in traced] == [True] * 200 + [False] * 50
    assert len(read_blobs) == 1
