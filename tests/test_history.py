"""What happened before a change: how much it was, how often, and what cannot be believed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_selfmod_guard import history
from pytest_selfmod_guard.history import Done, Extent, done, extent, is_ahead, measure
from pytest_selfmod_guard.model import REGULAR, Base, Blob, Change, FileChange
from pytest_selfmod_guard.policy import Limits, Policy, Rate
from pytest_selfmod_guard.rules import rules_called
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.state import START, Happening, State, fold
from pytest_selfmod_guard.view import File

if TYPE_CHECKING:
    from tests.conftest import Repo

NOON = 1_700_000_000.0
TERMS = [5, 3, 300.0, 300.0]
SMALL = {"chars": 10, "files": 1, "folders": [""]}


def body(**other: object) -> dict[str, Any]:
    """Make the body of a `closed` event of something that was modified."""
    told = {"counts": True, "actor": "agent demo", "change": SMALL, "outcome": "allowed"}
    return {**told, **other}


def new_files(*paths: str) -> Change:
    """Make a change that adds files of one character and its line's end."""
    blob = Blob(REGULAR, "1" * 40, 2, b"x\n")
    return Change(tuple(FileChange(path, None, blob) for path in paths), Base("b", {}), "index", "")


# How much a change is


def test_a_change_is_measured_as_the_limits_measure_it(repo: Repo) -> None:
    """Whatever is staged: the same numbers as in the limits' own messages."""
    repo.write(".gitattributes", "made/** linguist-generated\n")
    repo.write("src/old.py", "old = 1\n" * 50)
    repo.write("docs/gone.md", "Bye.\n")
    repo.commit()
    repo.write("uv.lock", "x" * 9_000)
    repo.write("made/schema.py", "x" * 9_000)
    repo.write("app.py", "def answer():\n    return 43\n")
    repo.write("deep/er/binary.bin", b"\0" * 900)
    repo.git("mv", "src/old.py", "src/new.py")
    repo.remove("docs/gone.md")
    repo.add()
    change = read.staged(repo.at())
    assert measure(change) == {"chars": 33, "files": 4, "folders": ["", "deep/er", "docs", "src"]}
    assert extent(change, [File(file) for file in change.files]) == extent(change)
    strict = Policy(limits=Limits(max_changed_chars=32, max_files=3))
    found = detect(change, strict, rules_called(["SMG101", "SMG102"])).findings
    assert [finding.message.split(",")[0] for finding in found] == [
        "33 characters changed",
        "4 files changed",
    ]


def test_of_a_merge_only_what_is_no_commit_yet_is_measured(repo: Repo) -> None:
    """What it brings along was done by others, and by commits of their own."""
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("theirs/a.txt", "theirs\n")
    repo.commit("Theirs")
    repo.git("checkout", "--quiet", "main")
    repo.commit("Ours")
    repo.git("merge", "--quiet", "--no-commit", "topic")
    assert measure(read.staged(repo.at())) == {"chars": 0, "files": 0, "folders": []}
    repo.write("ours/b.txt", "ours\n")
    repo.add()
    merge = read.staged(repo.at())
    assert measure(merge) == {"chars": 5, "files": 1, "folders": ["ours"]}
    repo.git("commit", "--quiet", "-m", "Merge")
    in_all = measure(read.between(repo.at(), "HEAD^", "HEAD"))
    assert in_all == {"chars": 12, "files": 2, "folders": ["ours", "theirs"]}


def test_only_what_is_no_commit_lies_ahead(repo: Repo) -> None:
    """A proposal of any kind does, a commit or a range does not."""
    repo.write("app.py", "answer = 42\n")
    git = repo.at()
    diff = repo.raw("diff")
    ahead = (read.staged(git), read.worktree(git), read.diff(git, diff), read.mapping(git, {}))
    assert [is_ahead(change) for change in ahead] == [True] * 4
    repo.commit()
    behind = (read.between(git, "HEAD^", "HEAD"), read.committed(git, "HEAD"))
    assert [is_ahead(change) for change in behind] == [False] * 2


def test_what_is_measured_can_be_written_down_and_read_again() -> None:
    """Odd names and many folders included; it has to fit into an event."""
    change = new_files("odd\udcff/a", "ünïcode/b", *(f"f{number:02}/c" for number in range(60)))
    told = measure(change)
    assert len(told["folders"]) == 50  # type: ignore[arg-type]  # it is a list
    again = json.loads(json.dumps({"counts": True, "actor": "human", "change": told}))
    (one,) = done([again])
    assert one == Done("human", *extent(change))
    assert measure(new_files("odd\udcff/a"))["folders"] == ["odd\\xff"]


# What was done


def test_only_modifications_are_remembered() -> None:
    """The newest first; what was denied or only judged has done nothing."""
    bodies = [body(actor="a"), body(counts=False), body(actor="b"), body(counts=1)]
    assert [one.actor for one in done(bodies)] == ["a", "b"]
    (one,) = done([body(change={"chars": 5, "files": 2, "folders": ["", "x"]})])
    assert one == Done("agent demo", 5, 2, ("", "x"))


def test_two_hundred_are_remembered_and_no_more_are_read() -> None:
    """However long the journal is."""
    read_so_far = 0

    def bodies() -> Iterator[Mapping[str, object]]:
        nonlocal read_so_far
        while True:
            read_so_far += 1
            yield body(actor=str(read_so_far))

    remembered = done(bodies())
    assert [one.actor for one in remembered] == [str(number) for number in range(1, 201)]
    assert read_so_far == 200


@pytest.mark.parametrize(
    "garbage",
    [
        None, 7, "counts", ["counts"], {}, body(actor=None), body(actor=7), body(change=None),
        body(change={}), body(change=[1, 2]), body(change={**SMALL, "chars": "10"}),
        body(change={**SMALL, "chars": -1}), body(change={**SMALL, "chars": 1.5}),
        body(change={**SMALL, "chars": True}), body(change={**SMALL, "chars": 10**400}),
        body(change={**SMALL, "files": None}), body(change={**SMALL, "folders": "abc"}),
        body(change={**SMALL, "folders": [1]}), body(change={**SMALL, "folders": None}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_skipped(garbage: object) -> None:
    """A crashed attempt says nothing, and an edited journal may say anything."""
    assert [one.actor for one in done([garbage, body(actor="a"), garbage])] == ["a"]


@settings(deadline=None)  # how long a busy machine takes says nothing
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["counts", "actor", "change", "chars", "files", "folders"]), inner
    ),
))  # fmt: skip
def test_no_body_breaks_the_reading(garbage: object) -> None:
    """Whatever JSON can say, the rule can then reckon with."""
    told = done([garbage, {"counts": True, "actor": "", "change": garbage}])
    past = history.History(told * 60, 0, 0.0, "")
    change = new_files(*(f"src/{number}" for number in range(30)))
    assert len(told) <= 2
    assert len(detect(change, Policy(), rules_called(["SMG105"]), history=past).findings) <= 2


# How often


def played(*events: tuple[float, str, str, Mapping[str, Any]]) -> State:
    """Give the state after events, each with its seconds, kind, attempt and body."""
    state = START
    for at, kind, attempt, said in events:
        state = fold(state, Happening(NOON + at, kind, attempt, said))
    return state


def opened(
    at: float, attempt: str, base: str = "", *, bound: bool = True, lease: float = 600.0
) -> tuple[float, str, str, Mapping[str, Any]]:
    """Make the event of an attempt that begins, by default each on a base of its own."""
    said = {"terms": TERMS, "lease": lease, "bound": bound, "base": base or attempt}
    return at, "opened", attempt, said


def closed(at: float, attempt: str) -> tuple[float, str, str, Mapping[str, Any]]:
    """Make the event of an attempt that ends well."""
    return at, "closed", attempt, {"terms": TERMS, "result": "success", "seconds": 1.0, **body()}


def landed(
    *times: float, base: str = "", bound: bool = True
) -> list[tuple[float, str, str, Mapping[str, Any]]]:
    """Make the events of modifications that landed at some seconds."""
    return [
        event
        for at in times
        for event in (opened(at, f"{at}", base, bound=bound), closed(at, f"{at}"))
    ]


def told(state: State, at: float, policy: Policy | None = None, **other: Any) -> tuple[int, float]:
    """Give how many there were of late at a second, and how long to wait."""
    asked = {"base": "head", "is_bound": True, "actor": "", **other}
    found = history.history(state.at_time(NOON + at), policy or Policy(), (), **asked)
    return found.recent, found.retry_after


def test_a_modification_counts_for_five_minutes_and_no_longer() -> None:
    """At 300 seconds it is gone, a moment before it is not."""
    state = played(*landed(0, 10, 20, 30))
    assert told(state, 299.75) == (4, 0.0)
    assert told(state, 300.0) == (3, 0.0)
    assert told(state, 330.0) == (0, 0.0)


def test_the_wait_is_over_exactly_when_there_is_room() -> None:
    """With five there is none; so many have to leave that one more fits."""
    state = played(*landed(0, 10, 20, 30, 40))
    assert told(state, 50.0) == (5, 250.0)
    assert told(state, 299.75) == (5, 0.25)
    assert told(state, 300.0) == (4, 0.0)
    strict = Policy(limits=Limits(max_modifications=2))
    assert told(state, 50.0, strict) == (5, 280.0)
    assert told(state, 330.0, strict) == (1, 0.0)
    assert told(state, 329.75, strict) == (2, 0.25)


def test_the_window_is_that_of_the_frequency_and_not_of_the_rate() -> None:
    """Two limits, two windows."""
    state = played(*landed(0, 10, 20))
    policy = Policy(limits=Limits(modifications_window="15s"), rate=Rate(window="1h"))
    assert told(state, 24.0, policy) == (2, 0.0)


def test_a_wait_is_never_nothing_where_there_is_no_room() -> None:
    """Or whoever waits for it would come back at once, and again."""
    one = Policy(limits=Limits(max_modifications=1))
    assert told(played(*landed(0)), 299.9995, one) == (1, 0.001)


def test_what_is_under_way_counts_as_if_it_landed_now() -> None:
    """Five agents that begin at the same time must not all find room."""
    state = played(*landed(0), *(opened(100, name) for name in "abcd"))
    assert told(state, 100.0) == (5, 200.0)
    assert told(played(*(opened(100, name) for name in "abcde")), 130.0) == (5, 300.0)


def test_the_dead_do_not_count() -> None:
    """A lease that ran out holds nobody up."""
    state = played(opened(0, "dead", lease=60.0), opened(10, "a"), opened(10, "b"))
    assert told(state, 59.0)[0] == 3
    assert told(state, 60.0)[0] == 2


def test_those_whom_no_limit_binds_are_counted_apart() -> None:
    """A busy person does not use up an agent's room, nor the other way round."""
    state = played(
        *landed(0, 1), *landed(2, 3, 4, bound=False), opened(5, "a"), opened(5, "b", bound=False),
        opened(5, "c", bound=False),
    )  # fmt: skip
    assert told(state, 10.0)[0] == 3
    assert told(state, 10.0, is_bound=False)[0] == 5


def test_what_was_tried_before_on_the_same_base_has_not_landed() -> None:
    """To commit again what a later hook refused is still the first modification."""
    state = played(*landed(0), *landed(10, base="head"))
    assert told(state, 20.0) == (1, 0.0)
    assert told(state, 20.0, base="other")[0] == 2
    settled = fold(state, Happening(NOON + 15, "settled", "", {"base": "head"}))
    assert told(settled, 20.0)[0] == 2


def test_everything_comes_together() -> None:
    """What was done, how often, and by whom."""
    state = played(*landed(0, 1)).at_time(NOON + 2)
    bodies = [body(actor="a"), {}, body()]
    found = history.history(state, Policy(), bodies, base="", is_bound=True, actor="agent demo")
    assert found == history.History(done(bodies), 2, 0.0, "agent demo")
    assert [one.actor for one in found.done] == ["a", "agent demo"]


def test_nothing_is_nothing() -> None:
    """Of an empty journal there is nothing to tell."""
    found = history.history(START, Policy(), (), base="", is_bound=True, actor="")
    assert found == history.NOTHING
    assert extent(new_files()) == Extent(0, 0, ())


@settings(deadline=None)  # how long a busy machine takes says nothing
@given(
    st.lists(st.integers(0, 1_200), max_size=25),
    st.integers(0, 1_600),
    st.integers(1, 6),
    st.integers(1, 600),
)
def test_the_count_is_that_of_a_naive_one(
    times: list[int], now: int, most: int, window: int
) -> None:
    """And after the wait there is room for one, while a second before there was none."""
    terms = [5, 3, 300.0, float(window)]
    state = START
    for number, at in enumerate(sorted(one for one in times if one <= now)):
        for _, kind, attempt, said in (opened(0, f"{number}"), closed(0, f"{number}")):
            state = fold(state, Happening(NOON + at, kind, attempt, {**said, "terms": terms}))
    policy = Policy(limits=Limits(max_modifications=most, modifications_window=f"{window}s"))
    recent, wait = told(state, now, policy)
    assert recent == sum(at <= now < at + window for at in times)
    assert (wait == 0.0) == (recent < most)
    if wait:
        assert told(state, now + wait, policy)[0] < most
        assert told(state, now + wait - 0.5, policy)[0] >= most
