"""Two changes as one: what holds for both holds for the whole, and nothing gets lost between."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_selfmod_guard.git import object_id
from pytest_selfmod_guard.model import (
    REGULAR,
    Base,
    Blob,
    Change,
    FileChange,
    Origin,
    Step,
    Touched,
)
from pytest_selfmod_guard.stages.read._combine import combine
from pytest_selfmod_guard.stages.read._settle import settle

Tree = dict[str, str]
TREES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1\n", "2\n", "3\n"]))


def blob(text: str) -> Blob:
    """Make a regular file."""
    data = text.encode()
    return Blob(REGULAR, object_id("blob", data, like="0" * 40), len(data), data)


def change(old: Tree, new: Tree, base: str = "b", head: str = "index") -> Change:
    """Make the change from one tree to another, as a reader would."""
    sides = (
        (path, blob(old[path]) if path in old else None, blob(new[path]) if path in new else None)
        for path in old.keys() | new.keys()
    )
    return Change(settle(sides), Base(base, {}), head, f"from {base}")


def moved(old: str, new: str, before: str, after: str) -> Change:
    """Make a change that moves a file and edits it."""
    files = (FileChange(new, blob(before), blob(after), old),)
    return Change(files, Base("b", {}), "index", "")


@settings(max_examples=300, deadline=None)
@given(TREES, TREES, TREES)
def test_the_whole_is_what_leads_from_the_first_to_the_last(
    first: Tree, second: Tree, third: Tree
) -> None:
    """Whatever was made, undone, moved and moved back on the way."""
    whole = combine(change(first, second, "b", "c"), change(second, third, "c"))
    direct = change(first, third)
    assert whole.digest == direct.digest
    assert [file.path for file in whole.files] == sorted(file.path for file in whole.files)
    assert all((file.old and file.old.oid) != (file.new and file.new.oid) or file.old_path
               for file in whole.files)  # fmt: skip


def test_it_has_the_base_of_the_first_and_the_head_of_the_second() -> None:
    """The documents too: the trusted revision judges."""
    first = change({}, {"a": "1\n"}, "b", "c")._replace(
        base=Base("b", {"pyproject.toml": b"strict"}), notes=("one",)
    )
    second = change({}, {"d": "1\n"}, "c")._replace(
        base=Base("c", {"pyproject.toml": b"lax"}), notes=("two",)
    )
    whole = combine(first, second)
    assert whole.base == first.base
    assert (whole.head, whole.source) == ("index", "from c")
    assert whole.notes == ("one", "two")


def test_a_move_stays_one_when_it_is_edited_in_between() -> None:
    """As long as its old place stays empty and its new one was."""
    (file,) = combine(moved("a", "b", "1\n", "2\n"), change({"b": "2\n"}, {"b": "3\n"})).files
    assert (file.old_path, file.path, file.old, file.new) == ("a", "b", blob("1\n"), blob("3\n"))
    (file,) = combine(moved("a", "b", "1\n", "2\n"), moved("b", "c", "2\n", "3\n")).files
    assert (file.old_path, file.path, file.old, file.new) == ("a", "c", blob("1\n"), blob("3\n"))
    (file,) = combine(change({"a": "1\n"}, {"a": "2\n"}), moved("a", "b", "2\n", "3\n")).files
    assert (file.old_path, file.path, file.old, file.new) == ("a", "b", blob("1\n"), blob("3\n"))


def test_a_move_that_was_taken_back_is_none() -> None:
    """Nothing is left of it, or only the edit."""
    assert combine(moved("a", "b", "1\n", "2\n"), moved("b", "a", "2\n", "1\n")).files == ()
    (file,) = combine(moved("a", "b", "1\n", "2\n"), moved("b", "a", "2\n", "3\n")).files
    assert (file.old_path, file.path, file.old, file.new) == ("", "a", blob("1\n"), blob("3\n"))


def test_a_move_whose_old_place_is_filled_again_is_an_addition() -> None:
    """The file that stands there now is judged against the one that stood there."""
    whole = combine(moved("a", "b", "1\n", "2\n"), change({}, {"a": "3\n"}))
    assert [(file.old_path, file.path) for file in whole.files] == [("", "a"), ("", "b")]
    assert whole.files[0].old == blob("1\n")
    assert whole.files[1].old is None


def test_what_is_not_committed_yet_is_a_step_of_its_own() -> None:
    """So the limits hold for it and for each commit, by what the base says is generated."""
    commit = Step(Origin("c", "Commit", "Ada <a@b>"), (Touched("a", 2),))
    first = change({}, {"a": "1\n"}, "b", "c")._replace(
        steps=(commit,), base=Base("b", {".gitattributes": b"made.txt linguist-generated"})
    )
    second = moved("made.txt", "d", "12345\n", "12345\n")
    before, after = combine(first, second).steps
    assert before == commit
    assert after.origin == Origin("", "what is staged", "")
    assert [(file.path, file.chars) for file in after.files] == [("d", 6)]
    assert combine(first, change({}, {}, "c")).steps == (commit,)


def test_steps_of_the_second_are_kept() -> None:
    """A merge in progress brings commits of its own."""
    steps = (Step(Origin("x", "", ""), ()), Step(Origin("", "the resolution of the merge", ""), ()))
    second = change({}, {"d": "1\n"}, "c")._replace(steps=steps)
    assert combine(change({}, {"a": "1\n"}, "b", "c"), second).steps == steps
