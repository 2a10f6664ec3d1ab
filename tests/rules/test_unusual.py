"""Far outside what is usual: what is seen, how surely, and all that must stay quiet."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log1p
from statistics import median
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_selfmod_guard.history import NOTHING, Done, History
from pytest_selfmod_guard.model import (
    REGULAR,
    Base,
    Blob,
    Change,
    FileChange,
    Finding,
    Origin,
    Risk,
    Step,
    Touched,
)
from pytest_selfmod_guard.policy import Limits, Policy
from pytest_selfmod_guard.rules import rules_called
from pytest_selfmod_guard.rules.limits._outliers import distance, strange
from pytest_selfmod_guard.rules.limits._outliers import median as ours
from pytest_selfmod_guard.stages.detect import detect

if TYPE_CHECKING:
    from tests.rules.conftest import ChangeOf

RULE = rules_called(["SMG105"])
SIZES = st.integers(0, 200_000)
PAST = st.lists(
    st.builds(
        Done, st.sampled_from(["agent", "human Ada"]), SIZES, st.integers(0, 60),
        st.sampled_from([("",), ("a",), ("a/b", "c")]),
    ),
    max_size=120,
)  # fmt: skip
STRICT = Policy(limits=Limits(max_changed_chars=1, max_files=1))


def change(chars: int, *paths: str) -> Change:
    """Make a change of new files, all but the first of them empty, that has so many characters."""
    first, *others = paths or ("src/a.txt",)
    sides = {first: Blob(REGULAR, "1" * 40, chars - 1, b"x" * (chars - 1))}
    sides |= {path: Blob(REGULAR, "2" * 40, 0, b"") for path in others}
    files = tuple(FileChange(path, None, sides[path]) for path in sorted(sides))
    return Change(files, Base("0" * 40, {}), "index", "--staged")


def files(count: int) -> list[str]:
    """Name so many files of one folder."""
    return [f"src/{number}.txt" for number in range(count)]


def past(count: int, chars: int = 200, files: int = 1, who: str = "", *folders: str) -> list[Done]:
    """Make so many modifications that are all alike."""
    return [Done(who, chars, files, folders or ("src",))] * count


def judged(made: Change, done: Sequence[Done], actor: str = "") -> list[Finding]:
    """Ask the rule about a change that comes after others."""
    return list(detect(made, Policy(), RULE, history=History(tuple(done), 0, 0.0, actor)).findings)


def risks(made: Change, done: Sequence[Done], actor: str = "") -> list[Risk]:
    """Give the risks of what the rule says."""
    return [finding.risk for finding in judged(made, done, actor)]


def test_a_change_that_is_far_too_large_is_named_with_the_measure() -> None:
    """Who reads it sees at once how far it is from what is usual."""
    (finding,) = judged(change(9_000), past(30))
    assert (finding.rule, finding.name) == ("SMG105", "unusual-for-this-project")
    assert (finding.risk, finding.path, finding.line) == (Risk.LOW, "", 0)
    assert finding.message == (
        "9,000 characters changed; the median of the last 30 modifications is 200"
    )


def test_one_who_always_does_the_same_may_do_six_times_as_much() -> None:
    """Where nothing ever differs, a factor of 1.65 is what differs: the division is guarded."""
    same = past(60, 600)
    unusual = 601 * exp(2.5 / 0.6745 * 0.5) - 1
    extreme = 601 * exp(3.5 / 0.6745 * 0.5) - 1
    assert 6 * 600 < unusual < 7 * 600
    assert risks(change(int(unusual)), same) == []
    assert risks(change(int(unusual) + 1), same) == [Risk.LOW]
    assert risks(change(int(extreme)), same) == [Risk.LOW]
    assert risks(change(int(extreme) + 1), same) == [Risk.MEDIUM]


def test_whose_work_varies_has_more_room() -> None:
    """The same change is extreme for one and ordinary for the other."""
    varied = [one._replace(chars=chars) for one in past(15) for chars in (20, 100, 1_000, 5_000)]
    assert median(one.chars for one in varied) == 550
    assert risks(change(9_000), past(60, 550)) == [Risk.MEDIUM]
    assert risks(change(9_000), varied) == []


def test_a_few_odd_ones_in_the_past_change_nothing() -> None:
    """A third of huge ones neither makes huge usual nor hides the next one."""
    clean, odd = past(60, 600), [*past(40, 600), *past(20, 1_000_000)]
    assert risks(change(9_000), clean) == risks(change(9_000), odd) == [Risk.MEDIUM]


def test_small_is_never_unusual() -> None:
    """Two thousand characters or eight files are little, whatever came before."""
    nothing = past(60, 0, 0)
    assert risks(change(1_999, *files(7)), nothing) == []
    assert risks(change(2_000, *files(7)), nothing) == [Risk.MEDIUM]
    assert risks(change(1_999, *files(8)), nothing) == [Risk.LOW]


def test_much_less_than_usual_is_not_unusual() -> None:
    """Only what grows is a danger."""
    assert risks(change(2_000), past(60, 1_000_000, 40)) == []


def test_many_files_are_seen_by_themselves() -> None:
    """A change of few characters in many files is odd in its own way."""
    (finding,) = judged(change(100, *files(20)), past(60, 200, 2))
    assert finding.risk == Risk.LOW
    assert finding.message == "20 files changed; the median of the last 60 modifications is 2"
    assert risks(change(100, *files(50)), past(60, 200, 2)) == [Risk.MEDIUM]
    assert risks(change(100, *files(18)), past(60, 200, 2)) == []


def test_with_too_little_in_evidence_nothing_is_said() -> None:
    """Nineteen say nothing about what is usual, twenty do."""
    assert risks(change(90_000, *files(50)), past(19)) == []
    assert risks(change(90_000, *files(50)), past(20)) == [Risk.LOW, Risk.LOW]


def test_in_a_young_history_nothing_is_extreme_and_no_folder_is_new() -> None:
    """Of 49 it is not said, of 50 it is."""
    assert risks(change(90_000, "new/a.txt"), past(49)) == [Risk.LOW]
    assert risks(change(90_000, "new/a.txt"), past(50)) == [Risk.MEDIUM, Risk.LOW]


def test_an_actor_is_compared_with_itself() -> None:
    """What others do excuses nobody, once there are twenty of its own."""
    others = past(150, 8_000, 1, "human Ada")
    own = past(20, 200, 1, "agent demo")
    assert risks(change(9_000), [*own[1:], *others], "agent demo") == []
    (finding,) = judged(change(9_000), [*own, *others], "agent demo")
    assert "of the last 20 modifications by agent demo is 200" in finding.message
    assert risks(change(9_000), [*own, *others], "human Ada") == []
    assert risks(change(9_000), [*own, *others], "agent demolition") == []


def test_an_actor_who_is_new_is_compared_with_the_project() -> None:
    """Or a fresh name would be a way round."""
    done = [*past(150, 200, 1, "human Ada"), *past(19, 8_000, 1, "agent fresh")]
    for actor in ("agent fresh", "agent fresher", ""):
        (finding,) = judged(change(9_000), done, actor)
        assert finding.message.endswith("the median of the last 169 modifications is 200")


def test_a_part_of_the_project_that_an_actor_never_touched_is_named() -> None:
    """Others were there, it was not."""
    own, others = past(60, 200, 1, "agent demo", "src"), past(60, 200, 1, "human Ada", "deploy")
    (finding,) = judged(change(10, "deploy/keys.txt"), [*own, *others], "agent demo")
    assert finding.message == "deploy: not touched by the last 60 modifications by agent demo"
    assert judged(change(10, "deploy/keys.txt"), [*own, *others], "human Ada") == []


def test_many_new_folders_are_named_in_part() -> None:
    """One finding, however many there are."""
    paths = [f"{name}/a.txt" for name in "abcde"]
    (finding,) = judged(change(10, *paths[:4]), past(50))
    assert finding.message == "a, b, c and 1 more: not touched by the last 50 modifications"
    (finding,) = judged(change(10, *paths[:3]), past(50))
    assert finding.message.startswith("a, b, c: ")


@pytest.mark.parametrize(
    ("folders", "known", "new"),
    [
        ({"a"}, {"a"}, []),
        ({"a/b/c"}, {"a"}, []),
        ({"a"}, {"a/b/c"}, []),
        ({"a/b"}, {"a/b/c"}, []),
        ({"a/b"}, {"a/c"}, ["a/b"]),
        ({"ab"}, {"a"}, ["ab"]),
        ({"a"}, {"ab"}, ["a"]),
        ({""}, {"a"}, []),
        ({"a"}, {""}, ["a"]),
        ({""}, set(), []),
        ({"a", "a/b", "a/b/c", "ab", "d/e"}, {"f"}, ["a", "ab", "d/e"]),
    ],
)
def test_a_folder_is_known_by_those_above_and_below_it(
    folders: set[str], known: set[str], new: list[str]
) -> None:
    """The top is above all of them, so it says nothing; names that begin alike are not related."""
    assert strange(folders, known) == new


def test_where_nothing_is_known_nothing_is_said() -> None:
    """As in CI, and of commits, which were made before."""
    assert risks(change(90_000), ()) == []
    assert list(detect(change(90_000), Policy(), RULE).findings) == []
    assert list(detect(change(90_000), Policy(), RULE, history=NOTHING).findings) == []
    committed = change(90_000)._replace(head="3" * 40)
    assert risks(committed, past(60)) == []


def test_of_a_merge_only_the_resolution_counts() -> None:
    """What others did in their commits is not what is done now."""
    theirs = Step(Origin("1" * 40, "Huge", "Ada"), (Touched("new/a.txt", 90_000),))
    own = Step(Origin("", "the resolution of the merge", ""), (Touched("src/a.txt", 50),))
    merge = change(90_000, "new/a.txt", "src/a.txt")._replace(steps=(theirs, own))
    assert risks(merge, past(60)) == []
    large = own._replace(files=(Touched("src/a.txt", 90_000),))
    assert risks(merge._replace(steps=(theirs, large)), past(60)) == [Risk.MEDIUM]


def test_what_the_limits_do_not_count_is_not_unusual(change_of: ChangeOf) -> None:
    """A lock file is written by a tool, in whatever folder."""
    made = change_of({}, {"new/uv.lock": "x" * 90_000, "src/a.txt": "x\n"})._replace(head="index")
    assert risks(made, past(60)) == []


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
@given(PAST, st.randoms(use_true_random=False), SIZES.filter(bool))
def test_the_order_of_what_happened_does_not_matter(
    done: list[Done], random: object, chars: int
) -> None:
    """Only what is usual counts, not what was last."""
    shuffled = sorted(done, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis'
    made = change(chars, "new/a.txt", *files(30))
    assert judged(made, done, "agent") == judged(made, shuffled, "agent")


@given(st.lists(st.integers(1, 200_000), min_size=1, max_size=99), st.integers(1, 60))
def test_what_is_as_large_as_the_median_is_never_unusual(sizes: list[int], count: int) -> None:
    """However the others are spread, and whatever the limits say."""
    done = [Done("", size, count, ("src",)) for size in sizes * 20]
    middle = int(median(one.chars for one in done))
    found = detect(change(middle, *files(count)), STRICT, RULE, history=History(tuple(done)))
    assert found.findings == ()


@given(st.lists(SIZES, min_size=1, max_size=60), SIZES, SIZES)
def test_the_distance_is_what_the_textbook_says(sizes: list[int], one: int, other: int) -> None:
    """Told by another median, and larger for what is larger."""
    logs = [log1p(size) for size in sizes]
    spread = median(abs(log - median(logs)) for log in logs)
    expected = 0.6745 * (log1p(one) - median(logs)) / max(spread, 0.5)
    assert distance(one, sizes) == pytest.approx(expected)
    assert (distance(one, sizes) <= distance(other, sizes)) == (one <= other)
    assert ours(sizes) == median(sizes)
