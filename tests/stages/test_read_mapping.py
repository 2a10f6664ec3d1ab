"""Changes that a program holds in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import NewRepo, Repo


def test_a_mapping_is_the_same_change_as_staging_it(repo: Repo) -> None:
    """New, changed and deleted files have the ids that git gives them."""
    change = read.mapping(
        repo.at(), {"app.py": "x = 'ü'\n", "new/deep.bin": b"\0\xff", "README.md": None}
    )
    repo.write("app.py", "x = 'ü'\n")
    repo.write("new/deep.bin", b"\0\xff")
    repo.remove("README.md")
    repo.add()
    staged = read.staged(repo.at())
    assert change.files == staged.files
    assert change.base == staged.base
    assert (change.head, change.source) == ("mapping", "mapping")


def test_modes_are_kept(repo: Repo) -> None:
    """Writing to an executable or a link leaves it what it is."""
    repo.write("run.sh", "#!/bin/sh\n", 0o755)
    repo.link("link", "app.py")
    repo.commit()
    change = read.mapping(repo.at(), {"run.sh": "#!/bin/sh\nls\n", "link": "/etc", "new.sh": ""})
    modes = {file.path: file.new.mode for file in change.files if file.new}
    assert modes == {"run.sh": 0o100755, "link": 0o120000, "new.sh": 0o100644}


def test_what_stays_the_same_is_no_entry(repo: Repo) -> None:
    """Neither the same bytes, nor the deletion of what is not there."""
    same = (repo.path / "app.py").read_bytes()
    assert read.mapping(repo.at(), {"app.py": same, "nothing.py": None}).files == ()


def test_disk_and_index_do_not_count(repo: Repo) -> None:
    """The old bytes are HEAD's."""
    repo.write("app.py", "staged = True\n")
    repo.add()
    (file,) = read.mapping(repo.at(), {"app.py": "proposed = True\n"}).files
    assert file.old is not None
    assert file.old.data == b"def answer():\n    return 42\n"


def test_a_move_is_paired_by_its_bytes(repo: Repo) -> None:
    """Deleted here and written there with the same bytes is a move."""
    same = (repo.path / "app.py").read_bytes()
    (file,) = read.mapping(repo.at(), {"app.py": None, "core/app.py": same}).files
    assert (file.path, file.old_path) == ("core/app.py", "app.py")


def test_a_file_can_make_room_for_a_folder(repo: Repo) -> None:
    """Deleted in the same change, it is no longer in the way."""
    change = read.mapping(repo.at(), {"app.py": None, "app.py/inner.py": "x = 1\n"})
    assert [(file.path, file.new is None) for file in change.files] == [
        ("app.py", True),
        ("app.py/inner.py", False),
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"app.py/inner.py": ""},
        {"app.py/a/b/inner.py": ""},
        {"sub": ""},
        {"sub": None},
        {"new": "", "new/inner.py": ""},
        {"link/evil.py": ""},
        {"vendor": ""},
        {"vendor/inner.py": ""},
    ],
)
def test_a_path_cannot_be_a_file_and_a_folder(repo: Repo, files: Mapping[str, str | None]) -> None:
    """Neither with what is in the base, nor within the change, nor through a link."""
    repo.write("sub/inner.py", "")
    repo.link("link", "../..")
    repo.add()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},vendor")
    repo.git("commit", "--quiet", "-m", "Base")
    with pytest.raises(ReadError) as caught:
        read.mapping(repo.at(), files)
    assert caught.value.slug == "path-clash"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "./x",
        "a//b",
        "a/",
        ".git/config",
        "a/.GIT/x",
        "a\0b",
    ],
)
def test_a_path_out_of_the_project_is_refused(repo: Repo, path: str) -> None:
    """Whatever its content is, also when it is to be deleted."""
    for content in ("x", None):
        with pytest.raises(ReadError) as caught:
            read.mapping(repo.at(), {path: content})
        assert caught.value.slug == "path-outside-project"


def test_bytes_that_were_text_survive(repo: Repo) -> None:
    """Text read with the bytes' stand-ins goes back to the same bytes."""
    text = b"caf\xe9".decode("utf-8", "surrogateescape")
    (file,) = read.mapping(repo.at(), {"latin.txt": text}).files
    assert file.new is not None
    assert file.new.data == b"caf\xe9"


def test_text_that_no_encoding_can_hold_is_refused(repo: Repo) -> None:
    """Half a pair of surrogates is no text."""
    with pytest.raises(ReadError) as caught:
        read.mapping(repo.at(), {"a.txt": "\ud800"})
    assert caught.value.slug == "not-utf-8"


def test_before_the_first_commit_everything_is_new(new_repo: NewRepo) -> None:
    """Without a base there is nothing to compare with."""
    (file,) = read.mapping(new_repo("fresh").at(), {"a.py": "x = 1\n"}).files
    assert (file.old, file.path) == (None, "a.py")
