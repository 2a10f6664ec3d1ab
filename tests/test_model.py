"""The values that cross borders: the digest of a change, and safe text."""

from __future__ import annotations

import json

import pytest

from pytest_selfmod_guard.model import (
    EXECUTABLE,
    REGULAR,
    Actor,
    Base,
    Blob,
    Change,
    FileChange,
    Risk,
    as_json,
    inert,
    readable,
)

OLD, NEW = Blob(REGULAR, "a" * 40, 1, b"a"), Blob(REGULAR, "b" * 40, 1, b"b")


def digest(*files: FileChange) -> str:
    """Digest a change of some files."""
    return Change(files, Base("c", {}), "index", "--staged").digest


def test_the_digest_knows_each_part_of_an_entry() -> None:
    """Path, both modes and both blobs."""
    whole = digest(FileChange("a", OLD, NEW))
    others = [
        digest(FileChange("b", OLD, NEW)),
        digest(FileChange("a", NEW, NEW)),
        digest(FileChange("a", OLD, OLD)),
        digest(FileChange("a", OLD._replace(mode=EXECUTABLE), NEW)),
        digest(FileChange("a", OLD, NEW._replace(mode=EXECUTABLE))),
        digest(FileChange("a", None, NEW)),
        digest(FileChange("a", OLD, None)),
        digest(),
    ]
    assert len({whole, *others}) == len(others) + 1


def test_the_digest_depends_neither_on_order_nor_on_how_moves_were_found() -> None:
    """A move is a deletion and an addition."""
    moved = digest(FileChange("new", OLD, NEW, "old"))
    assert moved == digest(FileChange("new", None, NEW), FileChange("old", OLD, None))
    assert moved == digest(FileChange("old", OLD, None), FileChange("new", None, NEW))


def test_the_digest_depends_on_nothing_else() -> None:
    """Who asked, and how, is not part of what is asked."""
    files = (FileChange("a", OLD, NEW),)
    one = Change(files, Base("c", {}), "index", "--staged")
    other = Change(
        files, Base("d", {"x": b""}), "e" * 40, "--range", Actor("agent"), "why", notes=("n",)
    )
    assert one.digest == other.digest


def test_a_path_cannot_pass_for_two_entries() -> None:
    """Parts are separated by what no path can hold."""
    assert digest(FileChange("a b", OLD, NEW)) != digest(FileChange("a", OLD, NEW))


def test_values_become_json() -> None:
    """Risks by name, tuples as lists, paths that are no UTF-8 readable."""
    told = as_json((Risk.HIGH, Actor("agent"), {"k": ("caf\udce9",)}, None, 1.5))
    assert json.loads(json.dumps(told)) == [
        "high",
        {"kind": "agent", "name": "", "confidence": "low", "source": ""},
        {"k": ["caf\\xe9"]},
        None,
        1.5,
    ]


def test_file_contents_do_not_become_json() -> None:
    """They may be large, and secret."""
    with pytest.raises(TypeError):
        as_json(OLD)


def test_text_is_made_fit_to_be_encoded_and_shown() -> None:
    """Odd bytes, lone surrogates, control and direction characters become escapes."""
    assert readable("caf\udce9 \ud800 ü") == "caf\\xe9 \\ud800 ü"
    assert inert("a\x1b[2J\nb\u202e ü") == "a\\x1b[2J\\nb\\u202e ü"
