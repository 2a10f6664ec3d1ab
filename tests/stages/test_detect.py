"""Only what is new counts: the comparison of both sides as multisets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_selfmod_guard.errors import RuleError
from pytest_selfmod_guard.model import REGULAR, Base, Blob, Change, Confidence, FileChange, Risk
from pytest_selfmod_guard.policy import Policy, Rules
from pytest_selfmod_guard.rules import Rule, Sighting
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.view import Side, View


def sees_bombs(side: Side) -> Iterator[Sighting]:
    """See every line that says 'bomb', in the scope that the line names."""
    for number, line in enumerate(side.lines, 1):
        scope, _, code = line.rpartition(":")
        if code.strip() == "bomb":
            yield Sighting(number, "a bomb", code.strip(), scope)


def rule(examine: object = sees_bombs, sees: str = "text", **other: object) -> Rule:
    """Make a rule that the rule book does not have."""
    parts: dict[str, object] = {
        "id": "SMG299", "name": "bomb", "family": "danger", "sees": sees, "risk": Risk.HIGH,
        "confidence": Confidence.HIGH, "hint": "defuse it", "triggers": (b"bomb",),
        "supersedes": frozenset(), "prose": "", "examine": examine,
    }  # fmt: skip
    return Rule(**{**parts, **other})  # type: ignore[arg-type]  # each value fits its field


def blob(text: str) -> Blob:
    """Make one side of a file."""
    return Blob(REGULAR, f"{hash(text):x}", len(text), text.encode())


def change(*files: tuple[str, str | None, str | None] | tuple[str, str, str, str]) -> Change:
    """Make a change of (path, old, new) and (path, old, new, old path)."""
    made = [
        FileChange(
            path,
            None if old is None else blob(old),
            None if new is None else blob(new),
            was[0] if was else "",
        )
        for path, old, new, *was in files
    ]
    return Change(tuple(made), Base("c", {}), "index", "--staged")


def lines(*files: tuple[str, str | None, str | None] | tuple[str, str, str, str]) -> list[str]:
    """Ask the bomb rule, and give the places it names."""
    found = detect(change(*files), Policy(), (rule(),)).findings
    return [f"{finding.path}:{finding.line}" for finding in found]


def test_what_was_there_before_is_silent() -> None:
    """An old finding in a touched file is not the change's fault."""
    assert lines(("a.sh", "bomb\n", "bomb\nmore\n")) == []


def test_a_second_identical_one_is_found() -> None:
    """Two are more than one; a set would not see it."""
    assert lines(("a.sh", "f:bomb\n", "f:bomb\nf:bomb\n")) == ["a.sh:2"]


def test_the_one_in_a_new_scope_is_the_new_one() -> None:
    """Of two equal ones, the one whose scope is new is named."""
    assert lines(("a.sh", "g:bomb\n", "f:bomb\ng:bomb\n")) == ["a.sh:1"]


def test_moving_it_within_its_file_is_silent() -> None:
    """Also from one function to another."""
    assert lines(("a.sh", "f:bomb\nx\n", "x\ng:bomb\n")) == []


def test_replacing_one_by_two_is_found() -> None:
    """One of them pays for the old one, the other does not."""
    assert len(lines(("a.sh", "f:bomb\n", "g:bomb\nh:bomb\n"))) == 1


def test_moving_its_function_to_another_file_of_the_zone_is_silent() -> None:
    """Same function, same code, same part of the project."""
    assert lines(("a.sh", "f:bomb\n", "x\n"), ("b.sh", None, "f:bomb\n")) == []
    assert lines(("a.sh", "f:bomb\n", None), ("b.sh", None, "f:bomb\n")) == []


def test_copying_its_function_to_another_file_is_found() -> None:
    """A copy is a second one."""
    assert lines(("a.sh", "f:bomb\n", "f:bomb\n "), ("b.sh", None, "f:bomb\n")) == ["b.sh:1"]


def test_the_same_code_in_another_function_of_another_file_is_found() -> None:
    """Only a move of the whole function is a move."""
    assert lines(("a.sh", "f:bomb\n", "x\n"), ("b.sh", None, "g:bomb\n")) == ["b.sh:1"]


def test_moving_it_from_a_test_into_the_product_is_found() -> None:
    """Another zone is another world, by a move of code and by a move of the file."""
    assert lines(("tests/a.sh", "f:bomb\n", "x\n"), ("b.sh", None, "f:bomb\n")) == ["b.sh:1"]
    assert lines(("b.sh", "f:bomb\n", "f:bomb\n", "tests/a.sh")) == ["b.sh:1"]


def test_what_left_its_zone_can_be_moved_within_the_old_zone() -> None:
    """A file that moved away no longer holds what a new file of its old zone takes over."""
    moved = ("b.sh", "f:bomb\n", "f:bomb\n", "tests/a.sh")
    assert lines(moved, ("tests/c.sh", None, "f:bomb\n")) == ["b.sh:1"]


def test_renaming_its_file_is_silent() -> None:
    """Within the zone."""
    assert lines(("b.sh", "f:bomb\n", "f:bomb\n", "a.sh")) == []


def test_one_old_one_does_not_pay_for_two_new_files() -> None:
    """What was lost is counted down."""
    found = lines(
        ("a.sh", "f:bomb\n", "x\n"), ("b.sh", None, "f:bomb\n"), ("c.sh", None, "f:bomb\n")
    )
    assert found == ["c.sh:1"]


def test_a_new_file_and_a_deleted_file() -> None:
    """All of a new file is new, and nothing of a deleted one."""
    assert lines(("a.sh", None, "bomb\n")) == ["a.sh:1"]
    assert lines(("a.sh", "bomb\n", None)) == []


def test_binary_files_are_not_read_as_text() -> None:
    """A NUL makes a file binary, as git sees it."""
    assert lines(("a.bin", None, "\0\nbomb\n")) == []


def test_a_crash_is_never_a_pass() -> None:
    """The rule, the error and the way out are named."""

    def explodes(_: Side) -> Iterator[Sighting]:
        raise ZeroDivisionError("oh")

    with pytest.raises(
        RuleError, match=r"SMG299 \(bomb\) crashed with ZeroDivisionError"
    ) as caught:
        detect(change(("a.sh", None, "bomb")), Policy(), (rule(explodes),))
    assert caught.value.slug == "rule-crashed"


def test_a_rule_that_the_policy_switches_off_is_said() -> None:
    """By id or by name, and the report says that it was not asked."""
    for handle in ("SMG299", "bomb"):
        policy = Policy(rules=Rules(off=(handle,)))
        found = detect(change(("a.sh", None, "bomb\n")), policy, (rule(),))
        assert found.findings == ()
        assert "SMG299" in found.notes[0]


def test_the_policy_sets_another_risk() -> None:
    """By id or by name."""
    for handle in ("SMG299", "bomb"):
        policy = Policy(rules=Rules(risk={handle: "low"}))
        (finding,) = detect(change(("a.sh", None, "bomb\n")), policy, (rule(),)).findings
        assert finding.risk == Risk.LOW


def test_a_better_finding_on_the_same_line_replaces_the_other() -> None:
    """One form of finding, no doubles; on other lines the other stays."""
    ours = rule(lambda _: [Sighting(1, "ours", "x")], supersedes=frozenset({"B1"}))
    theirs = rule(
        lambda _: [Sighting(1, "theirs", "x", rule="B1"), Sighting(2, "theirs", "y", rule="B1")],
        id="SMG298", name="other",
    )  # fmt: skip
    found = detect(change(("a.sh", None, "bomb\nbomb\n")), Policy(), (theirs, ours)).findings
    assert [(finding.rule, finding.line) for finding in found] == [("SMG299", 1), ("B1", 2)]


@pytest.mark.parametrize(
    ("ours", "theirs", "shown"),
    [
        (Sighting(1, "x", risk=Risk.HIGH), Sighting(1, "y", risk=Risk.HIGH), ["SMG299"]),
        (Sighting(1, "x", risk=Risk.MEDIUM), Sighting(1, "y", risk=Risk.HIGH),
         ["SMG298", "SMG299"]),
        (Sighting(1, "x", risk=Risk.HIGH, settled_by="trial"), Sighting(1, "y", risk=Risk.HIGH),
         ["SMG298", "SMG299"]),
        (Sighting(1, "x", risk=Risk.HIGH), Sighting(1, "y", risk=Risk.HIGH, settled_by="trial"),
         ["SMG299"]),
        (Sighting(1, "x", risk=Risk.HIGH), Sighting(1, "y", rule="B9", risk=Risk.HIGH), ["SMG299"]),
        (Sighting(1, "x", risk=Risk.LOW), Sighting(1, "y", rule="B9", risk=Risk.HIGH),
         ["B9", "SMG299"]),
        (Sighting(1, "x", risk=Risk.LOW), Sighting(1, "y", rule="B1", risk=Risk.HIGH), ["SMG299"]),
    ],
)  # fmt: skip
def test_a_milder_finding_never_hides_a_worse_one(
    ours: Sighting, theirs: Sighting, shown: list[str]
) -> None:
    """Unless it is bandit's, and a rule of ours takes it upon itself by name."""
    better = rule(lambda _: [ours], supersedes=frozenset({"SMG298", "B1"}))
    other = rule(lambda _: [theirs], id="SMG298", name="other")
    found = detect(change(("a.sh", None, "bomb\n")), Policy(), (better, other)).findings
    assert [finding.rule for finding in found] == shown


def test_the_gate_asks_only_where_a_trigger_stands() -> None:
    """Without the word the rule is not asked; exhaustively it is; beyond ASCII it is."""

    def always(_: Side) -> Iterator[Sighting]:
        yield Sighting(1, "seen", "x")

    def asked(text: str, *, exhaustive: bool = False) -> bool:
        made = change(("a.sh", None, text))
        return bool(detect(made, Policy(), (rule(always),), exhaustive=exhaustive).findings)

    assert not asked("quiet\n")
    assert asked("BOMB\n")
    assert asked("quiet\n", exhaustive=True)
    assert asked("\uff42omb\n")


def test_a_change_rule_speaks_about_the_whole() -> None:
    """Its findings carry the path it names, and the line's text."""

    def whole(view: View) -> Iterator[Sighting]:
        yield Sighting(2, "look", path=view.files[0].path)
        yield Sighting(0, "all of it")

    found = detect(
        change(("a.sh", None, "one\n  two\n")), Policy(), (rule(whole, "change"),)
    ).findings
    assert [(item.path, item.line, item.code) for item in found] == [
        ("", 0, ""),
        ("a.sh", 2, "two"),
    ]
