"""Every odd kind of file and edit, read in every way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Blob, Change
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

pytestmark = pytest.mark.proof  # every pair of sides of a file, by a real repository each

Edit = Callable[["Repo"], object]

LONG = "".join(f"value_{number} = {number}\n" for number in range(40))

BASE: dict[str, str | bytes] = {
    "app.py": LONG,
    "lib/util.py": "x = 1\n",
    "crlf.txt": b"one\r\ntwo\r\n",
    "image.bin": bytes(range(256)) * 8,
    "latin.txt": b"caf\xe9\nna\xefve\n",
    "no-end.txt": "no newline",
    "empty.txt": "",
    "run.sh": "#!/bin/sh\n",
}


def _move(repo: Repo, old: str, new: str) -> None:
    (repo.path / new).parent.mkdir(parents=True, exist_ok=True)
    (repo.path / old).rename(repo.path / new)


def _move_and_edit(repo: Repo) -> None:
    _move(repo, "app.py", "core/app.py")
    repo.write("core/app.py", LONG + "more = True\n")


def _swap(repo: Repo) -> None:
    util, app = ((repo.path / name).read_bytes() for name in ("lib/util.py", "app.py"))
    repo.write("lib/util.py", app)
    repo.write("app.py", util)


def _file_to_folder(repo: Repo) -> None:
    repo.remove("app.py")
    repo.write("app.py/inner.py", "y = 1\n")


def _folder_to_file(repo: Repo) -> None:
    repo.remove("lib/util.py")
    (repo.path / "lib").rmdir()
    repo.write("lib", "now a file\n")


def _link_to_file(repo: Repo) -> None:
    repo.remove("link")
    repo.write("link", "now a file\n")


def _folder_to_link(repo: Repo) -> None:
    repo.remove("lib/util.py")
    (repo.path / "lib").rmdir()
    repo.link("lib", "/etc")


CASES: dict[str, Edit] = {
    "an edit": lambda repo: repo.write("app.py", LONG.replace("= 7\n", "= 8\n")),
    "a new file": lambda repo: repo.write("new.py", "z = 1\n"),
    "only deletions": lambda repo: repo.git("rm", "--quiet", "app.py", "lib/util.py"),
    "a pure move": lambda repo: _move(repo, "app.py", "core/main.py"),
    "a move with an edit": _move_and_edit,
    "a copy": lambda repo: repo.write("copy.py", LONG),
    "two files swapped": _swap,
    "only a mode": lambda repo: (repo.path / "run.sh").chmod(0o755),
    "a mode with an edit": lambda repo: repo.write("run.sh", "#!/bin/sh\nls\n", 0o755),
    "a new link": lambda repo: repo.link("new-link", "app.py"),
    "a link to the outside": lambda repo: repo.link("new-link", "../../../../etc/passwd"),
    "a changed link": lambda repo: repo.link("link", "elsewhere"),
    "a file turned into a link": lambda repo: repo.link("app.py", "lib/util.py"),
    "a link turned into a file": _link_to_file,
    "a file turned into a folder": _file_to_folder,
    "a folder turned into a file": _folder_to_file,
    "a folder turned into a link": _folder_to_link,
    "a binary edit": lambda repo: repo.write("image.bin", bytes(range(255, -1, -1)) * 8),
    "a new binary": lambda repo: repo.write("new.bin", b"\0\1\2\xff" * 100),
    "CRLF lines": lambda repo: repo.write("crlf.txt", b"one\r\n2\r\nthree\r\n"),
    "CRLF to LF": lambda repo: repo.write("crlf.txt", b"one\ntwo\n"),
    "a newline at the end added": lambda repo: repo.write("no-end.txt", "no newline\n"),
    "a newline at the end dropped": lambda repo: repo.write("lib/util.py", "x = 1"),
    "contents that are not UTF-8": lambda repo: repo.write("latin.txt", b"caf\xe8\nna\xefve\n"),
    "odd line breaks": lambda repo: repo.write("new.py", "a\fb\n\v\u2028c\x85\rd\n"),
    "trailing blanks": lambda repo: repo.write("app.py", LONG + "x = 1   \n\t\n\n\n"),
    "an empty file": lambda repo: repo.write("also-empty.txt", ""),
    "a file emptied": lambda repo: repo.write("app.py", ""),
    "an empty file deleted": lambda repo: repo.remove("empty.txt"),
    "a file without -diff": lambda repo: (
        repo.write(".gitattributes", "*.py -diff\n* binary\n"),
        repo.write("app.py", "hidden = True\n"),
    ),
}

NAMES = [
    "with space.py",
    " leading and trailing ",
    "new\nline.py",
    "tab\there.py",
    "carriage\rreturn",
    'quo"te.py',
    "apostrophe'.py",
    "back\\slash.py",
    "übermut/日本語.py",
    "e\u0301 decomposed",
    "not-utf8-\udce9.py",
    "-leading-dash",
    ":(exclude)app.py",
    "star*[a-z]?.py",
    "a => b",
    "$(touch marker)",
    "%(objectname)",
    "HEAD",
    "a/b/c/d/e/f/g/deep.py",
    "x" * 200,
    ".gitfoo",
    "...",
]


def _named(name: str) -> Edit:
    return lambda repo: repo.write(name, f"name = {len(name)}\n")


def _moved_to(name: str) -> Edit:
    return lambda repo: _move(repo, "app.py", name)


CASES |= {f"a file named {ascii(name)[:40]}": _named(name) for name in NAMES}
CASES |= {f"a move to {ascii(name)[:40]}": _moved_to(name) for name in NAMES[2:10]}


@pytest.fixture
def case(new_repo: NewRepo, request: pytest.FixtureRequest) -> Repo:
    """Give a repository with one odd edit on disk and in the index."""
    repo = new_repo("case")
    for path, content in BASE.items():
        repo.write(path, content)
    repo.link("link", "app.py")
    repo.commit("Start")
    CASES[request.param](repo)
    repo.add()
    return repo


every_case = pytest.mark.parametrize("case", CASES, indirect=True)


@every_case
def test_what_is_staged_is_read_to_the_byte(case: Repo) -> None:
    """Every path, mode, id and byte is as git's object database has it, sorted by path."""
    change = read.staged(case.at())
    paths = [file.path for file in change.files]
    assert paths
    assert paths == sorted(set(paths))
    assert dict(_entries(change)) == _truth(case)
    for file in change.files:
        for side in (file.old, file.new):
            assert side is None or side.data == case.raw("cat-file", "blob", side.oid)
            assert side is None or side.size == len(side.data or b"")


@every_case
def test_a_patch_of_it_is_the_same_change(case: Repo) -> None:
    """A diff or a mail that git writes, read back, has the digest of what was staged."""
    expected = read.staged(case.at()).digest
    patch = case.raw("diff", "--cached", "--binary", "--full-index")
    assert read.diff(case.at(), patch).digest == expected
    case.commit("The odd edit")
    mail = case.raw("format-patch", "--stdout", "--binary", "--full-index", "-1")
    case.git("reset", "--quiet", "--hard", "HEAD~1")
    assert read.diff(case.at(), mail).digest == expected


@every_case
def test_the_files_on_disk_are_the_same_change(case: Repo) -> None:
    """Staged or not, the same bytes on disk make the same change."""
    expected = read.staged(case.at()).digest
    assert read.worktree(case.at()).digest == expected
    case.git("reset", "--quiet")
    assert read.worktree(case.at()).digest == expected


@every_case
def test_the_commit_of_it_is_the_same_change(case: Repo) -> None:
    """Once committed, the range of one commit has the digest of what was staged."""
    expected = read.staged(case.at())
    case.commit("The odd edit")
    assert read.between(case.at(), "HEAD~1", "HEAD").files == expected.files


@pytest.mark.parametrize("case", ["a pure move", "a move with an edit"], indirect=True)
def test_a_move_keeps_both_its_names(case: Repo) -> None:
    """A moved file is one entry that knows where it was."""
    (file,) = read.staged(case.at()).files
    assert (file.old_path, file.before) == ("app.py", "app.py")
    assert file.path.startswith("core/")
    assert file.old is not None
    assert file.old.data == LONG.encode()
    assert file.new is not None


@pytest.mark.parametrize("case", ["a copy"], indirect=True)
def test_a_copy_is_an_addition(case: Repo) -> None:
    """Code that is copied is new code."""
    (file,) = read.staged(case.at()).files
    assert (file.path, file.old, file.old_path) == ("copy.py", None, "")


@pytest.mark.parametrize("case", ["a link to the outside"], indirect=True)
def test_a_link_is_its_target_and_never_followed(case: Repo) -> None:
    """The bytes of a link are where it points."""
    for change in (read.staged(case.at()), read.worktree(case.at())):
        (file,) = change.files
        assert file.new is not None
        assert file.new.is_symlink
        assert file.new.data == b"../../../../etc/passwd"


@pytest.mark.parametrize("case", ["only a mode"], indirect=True)
def test_a_mode_alone_is_a_change(case: Repo) -> None:
    """A file made executable is an entry with equal bytes."""
    (file,) = read.staged(case.at()).files
    assert file.old is not None
    assert file.new is not None
    assert (file.old.mode, file.new.mode) == (0o100644, 0o100755)
    assert file.old.data == file.new.data == b"#!/bin/sh\n"


def _entries(change: Change) -> Iterator[tuple[str, tuple[str, str]]]:
    for file in change.files:
        if file.old_path:
            yield file.old_path, (_told(file.old), "-")
            yield file.path, ("-", _told(file.new))
        else:
            yield file.path, (_told(file.old), _told(file.new))


def _told(blob: Blob | None) -> str:
    return f"{blob.mode:06o} {blob.oid}" if blob else "-"


def _truth(repo: Repo) -> dict[str, tuple[str, str]]:
    """Compare the full listings of HEAD and the index, without asking git for a diff."""
    old = _listing(repo.raw("ls-tree", "-r", "-z", "HEAD"), 2)
    new = _listing(repo.raw("ls-files", "--stage", "-z"), 1)
    sides = {path: (old.get(path, "-"), new.get(path, "-")) for path in {*old, *new}}
    return {path: pair for path, pair in sides.items() if pair[0] != pair[1]}


def _listing(listing: bytes, oid: int) -> dict[str, str]:
    found = {}
    for line in listing.split(b"\0")[:-1]:
        meta, _, path = line.partition(b"\t")
        words = meta.decode().split()
        found[path.decode("utf-8", "surrogateescape")] = f"{words[0]} {words[oid]}"
    return found
