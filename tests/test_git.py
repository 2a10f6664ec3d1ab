"""Git as a process: what it is given, how it fails, and that it always ends."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git, Objects, object_id

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo


def _fake(tmp_path: Path, environ: dict[str, str], body: str) -> Git:
    """Make git a shell script."""
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return Git(str(tmp_path), {**environ, "PATH": f"{script.parent}:{environ['PATH']}"}, timeout=1)


def test_a_command_s_output_is_given_as_bytes(repo: Repo) -> None:
    """Nothing is decoded, stripped or coloured on the way."""
    assert repo.at().run("cat-file", "blob", "HEAD:README.md") == b"A small project.\n"
    assert repo.at().run("hash-object", "--stdin", feed=b"") == (
        b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"
    )


def test_only_a_few_variables_reach_git(tmp_path: Path, environ: dict[str, str]) -> None:
    """Those that say where the repository is, and no other of git's own."""
    given = {"GIT_DIR": "d", "GIT_INDEX_FILE": "i", "GIT_EXEC_PATH": "/evil", "GIT_SSH": "evil"}
    git = _fake(tmp_path, {**environ, **given, "LC_ALL": "de_DE.UTF-8", "KEPT": "yes"}, "exec env")
    told = dict(line.split("=", 1) for line in git.run("x").decode().splitlines())
    assert (told["GIT_DIR"], told["GIT_INDEX_FILE"], told["KEPT"]) == ("d", "i", "yes")
    assert not {"GIT_EXEC_PATH", "GIT_SSH"} & set(told)
    assert (told["LC_ALL"], told["GIT_NO_REPLACE_OBJECTS"]) == ("C", "1")
    assert (told["GIT_ALLOW_PROTOCOL"], told["GIT_NO_LAZY_FETCH"]) == ("", "1")
    assert (told["GIT_OPTIONAL_LOCKS"], told["GIT_GRAFT_FILE"]) == ("0", os.devnull)


def test_a_machine_without_git_says_so(repo: Repo) -> None:
    """The hint is to install it."""
    for path in ("/nowhere", "", "relative/bin"):
        with pytest.raises(ReadError) as caught:
            repo.at(PATH=path).run("version")
        assert caught.value.slug == "git-missing"


@pytest.mark.parametrize("folder", ["", "no/such/folder"])
def test_outside_a_repository_the_hint_is_git_init(
    tmp_path: Path, environ: dict[str, str], folder: str
) -> None:
    """Also for a folder that does not exist, and for both ways to ask."""
    git = Git(str(tmp_path / folder), {**environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    with pytest.raises(ReadError) as caught:
        git.run("rev-parse", "HEAD")
    assert caught.value.slug == "not-a-repository"
    assert "git init" in caught.value.hint
    with pytest.raises(ReadError) as caught, Objects(git) as objects:
        objects.commit("HEAD")
    assert caught.value.slug == "not-a-repository"
    with pytest.raises(ReadError):
        git.common_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_somebody_else_s_repository_is_not_read(repo: Repo) -> None:
    """Git refuses, and the hint is the command by which one says to trust it."""
    for folder in (repo.path, repo.path / ".git"):
        os.chown(folder, 12345, 12345)
    with pytest.raises(ReadError) as caught:
        repo.at().run("rev-parse", "HEAD")
    assert caught.value.slug == "unsafe-repository"
    assert f"safe.directory {repo.path}" in caught.value.hint


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("rev-parse", "--verify", "nothing"), "unknown-revision"),
        (("cat-file", "blob", "nothing:x"), "unknown-revision"),
        (("rev-list", "12" * 20), "missing-object"),
        (("no-such-command",), "git-failed"),
    ],
)
def test_failures_have_a_handle_each(repo: Repo, arguments: tuple[str, ...], slug: str) -> None:
    """What git says is recognised, and quoted in one line."""
    with pytest.raises(ReadError) as caught:
        repo.at().run(*arguments)
    assert caught.value.slug == slug
    assert caught.value.context
    assert "\n" not in caught.value.context


def test_git_has_nothing_to_complain_of(repo: Repo) -> None:
    """No pin of ours makes it print advice, which would hide its real reasons."""
    for arguments in (("rev-list", "HEAD"), ("diff-index", "--cached", "--raw", "HEAD")):
        assert repo.at().attempt(*arguments).reason == b""


def test_a_git_that_hangs_is_ended(tmp_path: Path, environ: dict[str, str]) -> None:
    """After the time-out, for one command and for the one kept open."""
    git = _fake(tmp_path, environ, "exec sleep 60")._replace(timeout=0.2)
    started = time.monotonic()
    with pytest.raises(ReadError) as caught:
        git.run("anything")
    assert caught.value.slug == "git-timeout"
    with pytest.raises(ReadError) as caught, Objects(git) as objects:
        objects.commit("HEAD")
    assert caught.value.slug == "git-timeout"
    assert time.monotonic() - started < 10


def test_a_git_that_complains_without_end_blocks_nobody(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """Standard error is emptied while an answer is awaited."""
    oid = object_id("blob", b"x", like="0" * 40)
    body = f"read line; head -c 1000000 /dev/zero >&2; printf '{oid} blob 1\\nx\\n'; exec sleep 60"
    with Objects(_fake(tmp_path, environ, body)._replace(timeout=30)) as objects:
        assert objects.blob(oid) == (1, b"x")


@pytest.mark.parametrize(
    "body",
    ["exit 3", "echo 'fatal: broken' >&2; exit 128", "read line; printf '12'", "read line; exit 0"],
)
def test_a_git_that_dies_is_an_error(tmp_path: Path, environ: dict[str, str], body: str) -> None:
    """Half an answer, or none, is never an answer."""
    with pytest.raises(ReadError) as caught, Objects(_fake(tmp_path, environ, body)) as objects:
        objects.blob("12" * 20)
    assert caught.value.slug == "git-failed"


def test_a_blob_that_stops_short_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    """The size is promised in the header."""
    body = f"read line; printf '{'12' * 20} blob 100\\nshort'"
    with pytest.raises(ReadError) as caught, Objects(_fake(tmp_path, environ, body)) as objects:
        objects.blob("12" * 20)
    assert caught.value.slug == "git-failed"


def test_no_process_and_no_thread_is_left(repo: Repo) -> None:
    """However the reading ended."""
    before = threading.active_count()
    for _ in range(3):
        with pytest.raises(ReadError), Objects(repo.at()) as objects:
            objects.document("nothing", "app.py")
        assert objects._batch._process.returncode is not None  # noqa: SLF001 (the proof)
    assert threading.active_count() == before


@pytest.mark.parametrize("name", ["HEAD\nHEAD", "HEAD\n", "\n", "a\rb", "\0", "\x1b[2J"])
def test_a_line_break_is_not_a_second_question(repo: Repo, name: str) -> None:
    """Else all later answers would be those to other questions."""
    with Objects(repo.at()) as objects:
        assert objects.commit(name) is None
        assert objects.tree(name) is None
        found = objects.commit("HEAD")
        assert found is not None
        assert found.oid == repo.git("rev-parse", "HEAD")


def test_a_path_with_a_line_break_is_found(repo: Repo) -> None:
    """Paths are looked up in trees, and never part of a question."""
    repo.write("od\nd/na\nme", "x\n")
    repo.commit()
    with Objects(repo.at()) as objects:
        assert objects.document("HEAD", "od\nd/na\nme") == b"x\n"
        assert objects.document("HEAD", "README.md") == b"A small project.\n"


@pytest.mark.parametrize("path", ["nothing", "sub", "sub/nothing", "app.py/inner", "", "sub/", "/"])
def test_what_is_no_file_is_no_document(repo: Repo, path: str) -> None:
    """A folder, a hole, or a file taken for a folder."""
    repo.write("sub/inner", "x")
    repo.commit()
    with Objects(repo.at()) as objects:
        assert objects.document("HEAD", path) is None


def test_a_large_blob_streams_by(repo: Repo) -> None:
    """Over the limit there is a size and no bytes, and the next answer is right."""
    large = repo.git("hash-object", "-w", "--stdin", feed=b"x" * 3_000_000)
    small = repo.git("hash-object", "-w", "--stdin", feed=b"y")
    with Objects(repo.at()) as objects:
        assert objects.blob(large, limit=2_999_999) == (3_000_000, None)
        assert objects.blob(small) == (1, b"y")
        assert objects.blob(large, limit=3_000_000) == (3_000_000, b"x" * 3_000_000)


def test_a_blob_that_is_not_there_is_missing(repo: Repo) -> None:
    """And what is there but no blob is not taken for one."""
    with Objects(repo.at()) as objects:
        with pytest.raises(ReadError) as caught:
            objects.blob("12" * 20)
        assert caught.value.slug == "missing-object"
        with pytest.raises(ReadError):
            objects.blob(repo.git("rev-parse", "HEAD"))
        with pytest.raises(ReadError):
            objects.document("nothing", "app.py")


def test_a_commit_is_taken_apart(repo: Repo) -> None:
    """Names, addresses, parents and the whole message, as they are written."""
    first = repo.git("rev-parse", "HEAD")
    names = ("-c", "author.name=Zoë Öst", "-c", "author.email=zoe@x", "-c", "committer.email=c@x")
    repo.git(*names, "commit", "--quiet", "--allow-empty", "-m", "Subject\n\nBody: ü\n")
    with Objects(repo.at()) as objects:
        found = objects.commit("HEAD")
    assert found is not None
    assert (found.tree, found.parents) == (repo.git("rev-parse", "HEAD^{tree}"), (first,))
    assert (found.author_name, found.author_email) == ("Zoë Öst", "zoe@x")
    assert (found.committer_name, found.committer_email) == ("Ada", "c@x")
    assert (found.subject, found.message) == ("Subject", "Subject\n\nBody: ü\n")


def test_a_signed_commit_s_signature_is_not_its_message(repo: Repo) -> None:
    """Headers may span lines, and a blank line inside them is marked."""
    tree = repo.git("rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 1 +0000\n"
    text += "gpgsig -----BEGIN-----\n \n author B <b@x> 2 +0000\n -----END-----\n\nReal\n"
    oid = repo.git("hash-object", "-w", "-t", "commit", "--stdin", feed=text.encode())
    with Objects(repo.at()) as objects:
        found = objects.commit(oid)
    assert found is not None
    assert (found.author_email, found.subject, found.parents) == ("a@x", "Real", ())


def test_the_git_directory_is_found_without_git(
    repo: Repo, new_repo: NewRepo, tmp_path: Path
) -> None:
    """From a folder, in a linked worktree, in a submodule, and by variables."""
    store = str(repo.path / ".git")
    (repo.path / "a" / "b").mkdir(parents=True)
    repo.git("worktree", "add", "--quiet", "../linked")
    inner = new_repo("inner")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", f"file://{inner.path}", "sub")
    no_git = {"PATH": "/nowhere"}
    linked = Git(str(tmp_path / "linked"), no_git)
    assert Git(str(repo.path / "a" / "b"), no_git).common_dir() == store
    assert (linked.common_dir(), linked.prefix()) == (store, "")
    assert Git(str(repo.path / "sub"), no_git).common_dir() == f"{store}/modules/sub"
    by_name = {**no_git, "GIT_DIR": f"{store}/worktrees/linked"}
    assert Git(str(tmp_path), by_name).common_dir() == store
    told = {**no_git, "GIT_COMMON_DIR": store}
    assert Git(str(repo.path), told).common_dir() == store


def test_what_is_found_is_what_git_says(repo: Repo) -> None:
    """The short way and git's own agree."""
    (repo.path / "a" / "b").mkdir(parents=True)
    (repo.path / "link").symlink_to("a")
    for folder in ("", "a", "a/b", "link", "link/b", ".git"):
        git = repo.at(folder)
        assert git.common_dir() == repo.at().run("rev-parse", "--absolute-git-dir").decode().strip()
    for folder in ("", "a", "a/b", "link/b"):
        told = repo.at(folder).run("rev-parse", "--show-prefix").decode().strip().rstrip("/")
        assert repo.at(folder).prefix() == told
        ceiling = repo.at(folder, GIT_CEILING_DIRECTORIES="/nowhere")
        assert (ceiling.prefix(), ceiling.common_dir()) == (told, str(repo.path / ".git"))


def test_an_empty_folder_named_dot_git_is_passed_by(repo: Repo) -> None:
    """Git goes on upwards past it, and so must the guard."""
    (repo.path / "sub" / ".git").mkdir(parents=True)
    assert repo.at("sub").common_dir() == str(repo.path / ".git")
    assert repo.at("sub").prefix() == "sub"


@pytest.mark.parametrize("like", ["0" * 40, "0" * 64])
def test_ids_are_git_s_own(new_repo: NewRepo, like: str) -> None:
    """In both algorithms."""
    name = "sha1" if len(like) == 40 else "sha256"
    repo = new_repo(name, f"--object-format={name}")
    for data in (b"", b"x", b"\0" * 70_000):
        assert object_id("blob", data, like=like) == repo.git("hash-object", "--stdin", feed=data)


def test_the_fixture_is_shut_off_from_the_user(repo: Repo) -> None:
    """Neither the user's configuration nor a hook's variables reach a test."""
    scopes = repo.git("config", "--list", "--show-scope")
    assert {line.split("\t")[0] for line in scopes.splitlines()} == {"local"}
    assert not any(
        name.startswith("GIT_") for name in repo.environ if name != "GIT_CONFIG_NOSYSTEM"
    )
    version = subprocess.run(["git", "version"], capture_output=True, check=True, env=repo.environ)
    assert version.stdout.startswith(b"git version")
