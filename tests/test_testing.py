"""The harness itself: what it says must be what git and the guard say, and nothing else."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import re
import subprocess
import sys
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import LIMIT
from pytest_selfmod_guard.guard import Asked
from pytest_selfmod_guard.model import Allowed, Denied
from pytest_selfmod_guard.policy import Tightening
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.testing import Executable, Files, Judged, Link, Project
from pytest_selfmod_guard.testing._asking import as_asked

if TYPE_CHECKING:
    from tests.conftest import NewRepo

ROOT = Path(__file__).parents[1]
CODE = "def answer():\n    return 42\n"
GOOD = "def answer():\n    return 43\n"
BAD = "def answer():\n    return eval(input())\n"

SHOP = Project({"app.py": CODE, "README.md": "A small project.\n"}).commit("Start")
LAX = SHOP.write({"selfmod-guard.toml": "mode = 'warn'\n"}).commit("Relax")


@pytest.mark.proof
def test_the_page_s_examples_are_true() -> None:
    """Every block of Python in docs/testing.md runs, and every test in it passes."""
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {"__name__": "docs.testing"}
    for block in blocks:
        exec(compile(block, "docs/testing.md", "exec"), names)  # noqa: S102 (our own page)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == page.count("\ndef test_")
    for test in tests:
        test()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(names["ShopTest"])
    result = unittest.TestResult()
    suite.run(result)
    assert (result.testsRun, result.failures, result.errors) == (1, [], [])


def test_it_is_the_change_that_a_person_would_stage(new_repo: NewRepo) -> None:
    """Written, linked, deleted and added by real git, it has the same digest and findings."""
    first: Files = {"app.py": CODE, "old.txt": "x", "run.sh": Executable("#!/bin/sh\n")}
    then: Files = {
        "app.py": BAD,
        "old.txt": None,
        "up": Link("app.py"),
        'a b/ü\n"\\.bin': b"\0\xff",
    }
    judged = Project(first).commit().propose(then).check().denied("SMG201")
    repo = new_repo("by-hand")
    repo.write("app.py", CODE)
    repo.write("old.txt", "x")
    repo.write("run.sh", "#!/bin/sh\n", 0o755)
    repo.commit()
    repo.write("app.py", BAD)
    repo.remove("old.txt")
    repo.link("up", "app.py")
    repo.write('a b/ü\n"\\.bin', b"\0\xff")
    repo.add()
    assert judged.receipt.digest == read.staged(repo.at()).digest
    assert judged.receipt.files == ('a b/ü\n"\\.bin', "app.py", "old.txt", "up")
    assert judged.receipt.source == "--staged"


def test_git_itself_finds_nothing_wrong() -> None:
    """Objects, index and files on disk fit, so that commands see a clean tree."""
    odd: Files = {
        "run.sh": Executable("ls\n"),
        "up": Link("app.py"),
        '\udce9\t"\\\n': b"\0",
        "e": "",
    }
    project = SHOP.write({**odd, "README.md": None}).commit("Odd").branch("topic").commit()
    assert project.run("git", "status", "--porcelain").out == ""
    assert project.run("git", "diff-files").out == ""
    assert project.run("git", "reflog").out == ""
    checked = project.run("git", "fsck", "--strict", "--full")
    assert (checked.code, checked.out, checked.err) == (0, "", "")
    staged = project.propose({"run.sh": "ls\n", "app.py": None, "app.py/x": "1"})
    assert staged.run("git", "fsck", "--strict", "--full").code == 0
    listed = staged.run("git", "diff", "--cached", "--name-status", "--no-renames").out
    assert listed.splitlines() == ["D\tapp.py", "A\tapp.py/x", "M\trun.sh"]
    assert staged.run("sh", "-c", "test -L up && ! test -x run.sh").code == 0


def test_every_way_to_ask_sees_the_same_change() -> None:
    """Staged, on disk, in a range, and on the command line."""
    proposed = SHOP.propose({"app.py": BAD, "new.py": ""})
    landed = proposed.branch("topic").commit("Land")
    judged = [proposed.check(), proposed.check_worktree(), landed.check_range()]
    assert len({item.denied("SMG201").receipt.digest for item in judged}) == 1
    ran = proposed.run("python", "-I", "-m", "pytest_selfmod_guard", "check", "--staged")
    assert (ran.code, ran.out) == (1, str(judged[0]))
    assert judged[2].receipt.source == "--base main"


def test_a_project_never_changes() -> None:
    """Not by its own methods, not by a command, not by hand, in whatever order they are used."""
    before, head = repr(SHOP), SHOP.head
    bad = SHOP.propose({"app.py": BAD})
    good = bad.propose({"README.md": "Better.\n"})
    bad.check().denied("SMG201")
    assert good.check().allowed().receipt.files == ("README.md",)
    bad.commit().write({"app.py": "boom"}).commit()
    SHOP.branch("topic").write({"x.py": BAD}).commit().check_range().denied()
    SHOP.run("sh", "-c", "rm -rf .git app.py; git init -q; echo x > x")
    bad.check().denied("SMG201")
    SHOP.check().nothing_to_judge()
    SHOP.check_worktree().nothing_to_judge()
    assert (repr(SHOP), SHOP.head, SHOP.read("app.py")) == (before, head, CODE)
    with pytest.raises(AttributeError, match="gives another one"):
        SHOP.actor = "agent"


def test_projects_made_alike_are_equal_down_to_the_commit() -> None:
    """Whatever the day, the order of files, and whether one was copied."""
    files = {"README.md": b"A small project.\n", "app.py": CODE.encode()}
    twin = Project({"z": ""}).write({"z": None, **files}).commit("Start")
    assert twin == SHOP
    assert hash(twin) == hash(SHOP)
    assert twin.head == SHOP.head == "1c19bfe1123d7862843daeafd6b2923836394c62"
    assert copy.deepcopy(SHOP) == pickle.loads(pickle.dumps(SHOP)) == SHOP  # noqa: S301 (our own)
    others = [
        SHOP.commit(), SHOP.branch("topic"), SHOP.write({"x": ""}), SHOP.propose({"x": ""}),
        Project(files).commit("Begin"), Project(files, actor="agent").commit("Start"),
        Project(files).commit("Start", author="Bo <bo@example.org>"), "SHOP",
    ]  # fmt: skip
    assert SHOP not in others
    assert len({*others, SHOP}) == len(others) + 1


def test_what_is_written_after_the_proposal_is_only_on_disk() -> None:
    """The hook judges the index, and a commit of the project takes everything."""
    hidden = SHOP.propose({"app.py": BAD}).write({"app.py": CODE})
    hidden.check().denied("SMG201")
    hidden.check_worktree().nothing_to_judge()
    assert (hidden.path / "app.py").read_text() == CODE
    assert hidden.commit().head != hidden.head
    hidden.commit().check_range("HEAD~1").nothing_to_judge()


def test_nothing_is_converted_on_the_way() -> None:
    """Neither attributes nor ignored names change or hide what a test says."""
    rules = {".gitattributes": "* text eol=lf\n*.md filter=x\n", ".gitignore": "*\n"}
    project = Project({**rules, "a.txt": "1\r\n"}).commit()
    assert project.check_worktree().nothing_to_judge()
    judged = project.propose({"b.txt": "2\r\n", "c.md": "3\n"}).check().allowed()
    assert judged.receipt.files == ("b.txt", "c.md")
    blob = project.propose({"b.txt": "2\r\n"}).run("git", "cat-file", "blob", ":b.txt")
    assert blob.out == "2\r\n"


def test_a_branch_is_judged_from_where_it_left() -> None:
    """What main did since does not count, and the policy that it had then is the judge."""
    SHOP.branch("topic").check_range("main").nothing_to_judge()
    assert SHOP.branch("topic").head == SHOP.head
    topic = SHOP.branch("topic").write({"app.py": BAD}).commit("Try")
    moved = topic.switch("main").write({"selfmod-guard.toml": "mode = 'warn'\n"}).commit("Relax")
    judged = moved.switch("topic").check_range("main").denied("SMG201")
    assert judged.receipt.files == ("app.py",)
    assert judged.receipt.base == SHOP.head
    moved.switch("topic").check_worktree().nothing_to_judge()
    log = moved.run("git", "log", "--all", "--format=%s %an %ad", "--date=iso").out
    assert log.splitlines() == [
        "Relax Ada 2024-01-01 12:02:00 +0000",
        "Try Ada 2024-01-01 12:01:00 +0000",
        "Start Ada 2024-01-01 12:00:00 +0000",
    ]
    moved.check_range("nowhere").undecided("unknown-revision")


def test_an_agent_is_judged_as_one() -> None:
    """The size of a change binds it, and a range says it by its author."""
    long = {"story.txt": "x" * 10_001}
    SHOP.propose(long).check().allowed().warned("SMG101", "change-too-large")
    agent = SHOP.propose(long, actor="agent")
    assert agent.check().denied("SMG101").receipt.actor.kind == "agent"
    ran = agent.run("python", "-m", "pytest_selfmod_guard", "check", "--staged")
    assert "denied, 1 file by agent (environment SELFMOD_GUARD_ACTOR)" in ran.out
    Project({}, actor="agent").commit().propose(long).check().denied("SMG101")
    devin = "Devin <devin-ai-integration[bot]@users.noreply.github.com>"
    topic = SHOP.branch("topic").write(long).commit(author=devin)
    assert topic.check_range().receipt.actor.name == "Devin"


def test_what_is_asked_can_only_tighten() -> None:
    """As a hook's arguments do; a rule that is not there would find nothing for ever."""
    two = SHOP.propose({"a.py": "x = 1\n", "b.py": "y = eval\n"})
    two.check(max_files=1, max_changed_chars=3, patterns=["x ="]).denied(
        "SMG101", "SMG102", "SMG103", "SMG201"
    )
    two.check(patterns="x = [0-9]", only="SMG103", exhaustive=True).denied("SMG103")
    two.check(only=["SMG101"], max_files=1).allowed()
    assert as_asked(exhaustive=True, max_files=2) == Asked(Tightening(None, 2), exhaustive=True)
    with pytest.raises(ValueError, match="there is no rule SMG999"):
        two.check(only=["SMG201", "SMG999"])
    with pytest.raises(ValueError, match="not a regular expression"):
        two.check(patterns=["("])


def test_a_rule_that_does_not_exist_is_a_mistake_of_the_test() -> None:
    """Else a misspelt name would fail for ever, or a misspelt warning pass for ever."""
    judged = SHOP.propose({"app.py": BAD}).check()
    for asserted in (judged.denied, judged.warned):
        with pytest.raises(ValueError, match="there is no rule SMG999"):
            asserted("SMG999")
    with pytest.raises(AssertionError, match="to be denied by B602"):
        judged.denied("B602")
    with pytest.raises(AssertionError, match="to be allowed\n"):
        SHOP.check_range("nowhere").allowed()


@pytest.mark.parametrize(
    ("project", "asserted", "says"),
    [
        (SHOP, lambda it: it.allowed(), "to be allowed, and nothing was judged;"),
        (SHOP.propose({"app.py": BAD}), lambda it: it.allowed(), "to be allowed"),
        (LAX.propose({"app.py": BAD}), lambda it: it.allowed(), "to be allowed"),
        (SHOP.propose({"app.py": GOOD}), lambda it: it.denied(), "to be denied"),
        (
            SHOP.propose({"app.py": BAD}),
            lambda it: it.denied("SMG201", "SMG202"),
            "to be denied by SMG202",
        ),
        (
            SHOP.propose({"app.py": BAD, "story.txt": "x" * 10_001}),
            lambda it: it.denied("SMG101"),
            "to be denied by SMG101",
        ),
        (SHOP.propose({"app.py": BAD}), lambda it: it.denied(enforced=False), "not to be enforced"),
        (LAX.propose({"app.py": BAD}), lambda it: it.denied("SMG201"), "to be enforced"),
        (SHOP.propose({"app.py": GOOD}), lambda it: it.undecided(), "to be undecided"),
        (SHOP.propose({"app.py": GOOD}), lambda it: it.nothing_to_judge(), "to have nothing to"),
        (SHOP.propose({"app.py": GOOD}), lambda it: it.warned(), "to be warned of"),
        (SHOP.propose({"app.py": BAD}), lambda it: it.warned("SMG201"), "to be warned of"),
    ],
)
def test_an_assertion_that_fails_shows_the_answer_and_the_question(
    project: Project, asserted: Callable[[Judged], object], says: str
) -> None:
    """What was expected, the report that the guard gives, and the project's story."""
    judged = project.check()
    with pytest.raises(AssertionError) as caught:
        asserted(judged)
    text = str(caught.value)
    assert text.startswith(f"expected the change {says}")
    assert str(judged) in text
    assert text.endswith(repr(project)[1:-1])


def test_an_assertion_that_holds_gives_the_judgement_back() -> None:
    """So that one can follow another."""
    broken = SHOP.write({"selfmod-guard.toml": "mod = 'warn'\n"}).commit()
    undecided = broken.propose({"app.py": GOOD}).check()
    assert undecided.undecided().undecided("policy-unknown-key") is undecided
    with pytest.raises(AssertionError, match='for "other", not "policy-unknown-key"'):
        undecided.undecided("other")
    judged = LAX.propose({"app.py": BAD}).check()
    assert judged.denied("runs-text-as-code", enforced=False).denied(enforced=False) is judged
    assert repr(judged) == "<Judged denied: SMG201@app.py:2>"
    assert judged.findings == judged.receipt.findings


@pytest.mark.parametrize(
    ("step", "error", "says"),
    [
        (lambda: SHOP.write({"../x": ""}), ValueError, "shortest form"),
        (lambda: SHOP.write({"a//b": ""}), ValueError, "shortest form"),
        (lambda: SHOP.propose({"/etc/x": ""}), ValueError, "'/etc/x', as it is absolute"),
        (lambda: SHOP.propose({"a/.GIT/x": ""}), ValueError, "git's own folder"),
        (lambda: SHOP.propose({".git": None}), ValueError, "git's own folder"),
        (lambda: Project({"a\0b": ""}), ValueError, "null byte"),
        (lambda: Project({"": ""}), ValueError, "is empty"),
        (lambda: Project({"\ud800": ""}), ValueError, "half a surrogate pair"),
        (lambda: Project({b"a": ""}), TypeError, "a path is text, not bytes"),  # type: ignore[dict-item]
        (lambda: Project("a"), TypeError, "mapping of path to content"),  # type: ignore[arg-type]
        (lambda: Project({"a": 1}), TypeError, "'a' is text, bytes.*not int"),  # type: ignore[dict-item]
        (lambda: Project({"a": Link(1)}), TypeError, "not int"),  # type: ignore[arg-type]
        (lambda: Project({"a": "\ud800"}), ValueError, "hand over its bytes"),
        (lambda: Project({"a": "", "a/b/c": ""}), ValueError, "'a' cannot be a file and"),
        (lambda: SHOP.propose({"app.py/x": ""}), ValueError, r"\{'app.py': None\}"),
        (lambda: SHOP.propose({"ap.py": None}), ValueError, "no such file.* README.md, app.py"),
        (lambda: SHOP.propose({}), ValueError, "changes nothing: there is no file in it"),
        (lambda: SHOP.propose({"app.py": CODE}), ValueError, "changes nothing: 'app.py'"),
        (lambda: Project({"a": ""}).propose({"b": ""}), ValueError, r"call .commit\(\) first"),
        (lambda: Project().propose({"b": ""}), ValueError, "nothing is committed yet"),
        (lambda: Project().branch("topic"), ValueError, "nothing is committed yet"),
        (lambda: SHOP.write({"b": ""}).propose({"c": ""}), ValueError, "not committed: 'b'"),
        (lambda: SHOP.branch("t").write({"b": ""}).switch("main"), ValueError, "committed: 'b'"),
        (lambda: SHOP.branch("t").propose({"b": ""}).switch("main"), ValueError, "committed: 'b'"),
        (lambda: SHOP.switch("main.py"), ValueError, "there are main$"),
        (lambda: SHOP.branch("main"), ValueError, r"\.switch\('main'\)"),
        (lambda: SHOP.branch("a..b"), ValueError, "no name for a branch"),
        (lambda: SHOP.branch("-x"), ValueError, "no name for a branch"),
        (lambda: SHOP.branch("x.lock"), ValueError, "no name for a branch"),
        (lambda: SHOP.commit(author="Ada"), ValueError, "Ada <ada@example.org>"),
        (lambda: SHOP.commit(author="A\nB <x>"), ValueError, "Ada <ada@example.org>"),
        (lambda: Project(actor="human"), ValueError, "unknown to the guard"),  # type: ignore[arg-type]
        (lambda: SHOP.read("x"), ValueError, "there are README.md, app.py"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    step: Callable[[], object], error: type[Exception], says: str
) -> None:
    """Where it is written, and not as a surprise of git's later on."""
    with pytest.raises(error, match=says):
        step()


@pytest.mark.parametrize("path", [".g\u200cit/x", "git~1/x"])
def test_a_path_that_only_git_knows_to_be_bad_is_not_left_out_in_silence(path: str) -> None:
    """To git it is a warning, and the test would judge another change."""
    with pytest.raises(ReadError, match="git failed"):
        SHOP.propose({path: ""}).check()
    with pytest.raises(ReadError, match="git failed"):
        SHOP.write({path: ""}).commit().check()


def test_a_huge_file_is_carried_and_not_shown() -> None:
    """It is the guard that says it is too large, and the project's story stays short."""
    huge = SHOP.propose({"huge.bin": b"\0" * (LIMIT + 1)})
    assert "huge.bin" in huge.check().warned("SMG101").receipt.notes[0]
    assert len(repr(huge)) < 200


def test_a_machine_without_git_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The harness needs nothing else, and does not go on without it."""
    project = Project({"only.py": "here"}).commit()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ReadError) as caught:
        project.check()
    assert caught.value.slug == "git-missing"


def test_the_user_s_settings_and_agents_have_no_part_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither variables nor configuration reach the guard, git or a command."""
    (tmp_path / ".gitconfig").write_text("[core]\nhooksPath = /nowhere\n[user]\nname = Eve\n")
    hostile = {
        "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "CLAUDECODE": "1", "AI_AGENT": "x",
        "SELFMOD_GUARD_ACTOR": "agent", "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere",
        "GIT_DEFAULT_HASH": "sha256", "GIT_AUTHOR_NAME": "devin-ai-integration[bot]",
        "PYTEST_ADDOPTS": "--boom", "PYTHONPATH": "/nowhere", "SECRET": "s", "LC_ALL": "de_DE",
    }  # fmt: skip
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    project = Project({"fresh.py": CODE}).commit().propose({"fresh.py": GOOD})
    assert project.check().allowed().receipt.actor.kind == "unknown"
    ran = project.run("sh", "-c", "env && git commit -qm x && git log -1 --format=%an", X="1")
    assert ran.code == 0, ran.err
    variables = dict(line.split("=", 1) for line in ran.out.splitlines()[:-1])
    assert not {name for name, value in hostile.items() if variables.get(name) == value}
    assert (variables["X"], variables["LC_ALL"]) == ("1", "C.UTF-8")
    assert variables["GIT_CONFIG_NOSYSTEM"] == "1"
    assert not (ran.path / ".git" / "hooks").exists()
    assert variables["HOME"] == variables["TMPDIR"] == str(ran.path.parent / "home")
    assert ran.out.splitlines()[-1] == "Ada"


def test_a_command_is_fed_placed_and_heard() -> None:
    """Its input, its folder, its exit code, and bytes that are no text."""
    project = SHOP.write({"sub/a": ""})
    script = r"pwd; echo $HOME; cat; printf '\351' >&2; exit 3"
    ran = project.run("sh", "-c", script, folder="sub", feed="ü", HOME="/mine")
    assert (ran.code, ran.out, ran.err) == (3, f"{ran.path / 'sub'}\n/mine\nü", "\\xe9")
    with pytest.raises(FileNotFoundError, match="no-such-command"):
        project.run("no-such-command")


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    """A child that holds the pipes open must not hold the test, nor outlive it."""
    os.mkfifo(tmp_path / "alive")
    reader = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    started = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        SHOP.run("sh", "-c", f"(echo; sleep 30) >{tmp_path / 'alive'} & wait", timeout=0.5)
    assert time.monotonic() - started < 10
    # The second read is at the end of the pipe only if nobody can write to it any more.
    assert [os.read(reader, 10), os.read(reader, 10)] == [b"\n", b""]
    os.close(reader)


def test_a_proposal_costs_one_git_process_more_than_judging_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Commits are written once for each history, by all tests that begin with it."""
    monkeypatch.setenv("PATH", _counting(tmp_path))
    base = Project({"counted.py": CODE}).commit().branch("topic").commit()
    base.check()
    first = _count(tmp_path)
    assert first[:3] == ["init", "fast-import", "read-tree"]
    base.propose({"counted.py": BAD}).check().denied()
    assert _count(tmp_path)[len(first) :] == ["update-index", *first[3:]]


def _counting(tmp_path: Path) -> str:
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = Path(subprocess.check_output(["git", "--exec-path"], text=True).strip()) / "git"
    log = tmp_path / "log"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    return f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"


def _count(tmp_path: Path) -> list[str]:
    lines = (tmp_path / "log").read_text().splitlines()
    commands = [re.sub(r"--no-pager|-c \S+=\S*", "", line).split()[0] for line in lines]
    return [command for command in commands if command != "cat-file"]


def test_the_folder_is_there_as_long_as_something_needs_it() -> None:
    """The project, its guard or what a command left; then it is gone at once."""
    project = Project({"kept.py": CODE}).commit()
    path, guard = project.path, project.guard
    assert (project.path, project.path.exists()) == (path, True)
    left = project.run("sh", "-c", "echo x > made; chmod a-w .")
    del project
    gc.collect()
    assert isinstance(guard.check(guard.proposal({"kept.py": BAD})), Denied)
    assert isinstance(guard.check(guard.proposal({"kept.py": GOOD})), Allowed)
    assert guard.context.clock() == 1_704_110_460.0
    assert (left.path / "made").read_text() == "x\n"
    gone = (path, left.path)
    del guard, left
    gc.collect()
    assert not any(folder.parent.exists() for folder in gone)


@pytest.mark.proof
def test_no_process_leaves_a_folder_behind_or_takes_another_s_away(tmp_path: Path) -> None:
    """At exit, in a fork that ends before, and in the workers of xdist; warnings are errors."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "test_it.py").write_text(FORKS)
    environ = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    strict = [sys.executable, "-W", "error"]
    suite = ["-m", "pytest", "-n2", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}"]
    for command in (["test_it.py"], [*suite, f"--rootdir={tmp_path}", "test_it.py"]):
        ran = subprocess.run(
            [*strict, *command], cwd=tmp_path, env={**environ, "TMPDIR": str(scratch)},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        assert list(scratch.iterdir()) == []


FORKS = """
import os
from pytest_selfmod_guard.testing import Project

SHOP = Project({"a.py": "x = 1"}).commit()
KEPT = SHOP.run("git", "log")

def test_a():
    SHOP.propose({"a.py": "x = 2"}).check().allowed()

def test_b():
    SHOP.check().nothing_to_judge()

if __name__ == "__main__":
    paths = SHOP.path, KEPT.path
    if not os.fork():
        SHOP = KEPT = None
        os._exit(0)
    assert os.wait()[1] == 0
    assert [path.exists() for path in paths] == [True, True]
"""


def test_it_needs_no_test_runner_and_is_quick_to_import() -> None:
    """Whoever uses unittest has no pytest, and a project is often made and never judged."""
    program = (
        "import sys; from pytest_selfmod_guard.testing import Project; "
        "Project({'a': ''}).commit().propose({'b': ''}); print(*sys.modules)"
    )
    ran = SHOP.run("python", "-I", "-c", program)
    assert ran.code == 0, ran.err
    loaded = {name.partition(".")[0] for name in ran.out.split()}
    assert loaded & {"pytest", "_pytest", "libcst", "bandit", "yaml", "msgspec", "sqlite3"} == set()


def test_a_project_tells_its_story_in_a_few_lines() -> None:
    """Commits, what is proposed, and what is only on disk; long ones are cut."""
    project = SHOP.branch("topic").commit("Look\n\nat it").propose({"app.py": BAD, "a\n": ""})
    assert repr(project.write({"README.md": None})).splitlines() == [
        '<Project on "topic", by an unknown author',
        '  "Start" adds README.md, app.py',
        '  "Look" changes nothing',
        "  proposed: adds a\\n; changes app.py",
        "  only on disk: deletes README.md>",
    ]
    many = Project({f"{number}.py": "" for number in range(9)}, actor="agent")
    for number in range(7):
        many = many.commit(str(number))
    assert repr(many).splitlines()[:3] == [
        '<Project on "main", by an agent',
        "  (earlier commits: 2)",
        '  "2" changes nothing',
    ]
    assert "adds 0.py, 1.py, 2.py, 3.py, 4.py and 4 more" in repr(many.write({"9.py": ""})) + repr(
        Project({f"{number}.py": "" for number in range(9)}).commit()
    )
