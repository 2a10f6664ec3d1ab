"""A repository that lies: each trick has a marker that must not appear, and a truth to keep."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import Change
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import Repo

POLICY = b"[tool.selfmod-guard]\nmode = 'enforce'\n"
LAX = b"[tool.selfmod-guard]\nmode = 'warn'\n"
EVIL = "import os\nos.system('evil')\n"


@pytest.fixture
def victim(repo: Repo) -> Repo:
    """Give a repository with a strict policy, an evil edit staged, and a moved file."""
    repo.write("pyproject.toml", POLICY)
    repo.write("old_name.py", "".join(f"line_{number} = {number}\n" for number in range(30)))
    repo.commit("Policy")
    repo.write("app.py", EVIL)
    (repo.path / "old_name.py").rename(repo.path / "new_name.py")
    repo.add()
    return repo


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Give a path that only a command of the repository would make."""
    return tmp_path / "marker"


def _script(tmp_path: Path, marker: Path) -> str:
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat >/dev/null 2>&1 </dev/null\nexit 0\n")
    script.chmod(0o755)
    return str(script)


def _must_see_everything(change: Change) -> None:
    files = {file.path: file for file in change.files}
    assert sorted(files) == ["app.py", "new_name.py"]
    new = files["app.py"].new
    assert new is not None
    assert new.data == EVIL.encode()
    assert files["new_name.py"].before == "old_name.py"
    assert change.base.documents["pyproject.toml"] == POLICY


def _every_way(repo: Repo, git: Git, patch: bytes) -> None:
    """Read the same edit as staged, from disk and from a patch; nothing may be left behind."""
    before = sorted(repo.path.rglob("*"))
    _must_see_everything(read.staged(git))
    _must_see_everything(read.worktree(git))
    _must_see_everything(read.diff(git, patch))
    head = repo.git("rev-parse", "HEAD", GIT_NO_REPLACE_OBJECTS="1")
    assert read.staged(git).base.commit == head
    assert sorted(repo.path.rglob("*")) == before


Trick = Callable[["Repo", str], None]


def _config(key: str, value: str = "{script}") -> Trick:
    return lambda repo, script: repo.config(key, value.format(script=script))


def _all(*tricks: Trick) -> Trick:
    def play(repo: Repo, script: str) -> None:
        for trick in tricks:
            trick(repo, script)

    return play


def _attributes(line: str) -> Trick:
    def play(repo: Repo, script: str) -> None:
        del script
        (repo.path / ".git" / "info").mkdir(exist_ok=True)
        (repo.path / ".git" / "info" / "attributes").write_text(f"{line}\n")

    return play


def _hooks(*names: str) -> Trick:
    def play(repo: Repo, script: str) -> None:
        hooks = Path(script).parent / "hooks"
        hooks.mkdir()
        for name in names:
            (hooks / name).symlink_to(script)
        repo.config("core.hooksPath", str(hooks))

    return play


TRICKS: dict[str, Trick] = {
    "core.fsmonitor": _config("core.fsmonitor"),
    "diff.external": _config("diff.external"),
    "a diff driver": _all(_config("diff.evil.command"), _attributes("* diff=evil")),
    "text conversion": _all(_config("diff.evil.textconv"), _attributes("* diff=evil")),
    "a clean filter": _all(_config("filter.evil.clean"), _attributes("* filter=evil")),
    "a filter process": _all(
        _config("filter.evil.process"),
        _config("filter.evil.required", "true"),
        _attributes("* filter=evil"),
    ),
    "hooks": _hooks("post-index-change", "pre-commit", "reference-transaction", "post-checkout"),
    "a configured hook": _all(
        _config("hook.evil.command"), _config("hook.evil.event", "post-index-change")
    ),
    "aliases": _all(
        *(
            _config(f"alias.{name}", "!{script}")
            for name in ("cat-file", "diff-index", "ls-files", "read-tree", "apply", "rev-parse")
        )
    ),
    "pagers": _all(_config("core.pager"), _config("pager.diff-index"), _config("pager.cat-file")),
    "an ssh command": _config("core.sshCommand"),
    "an askpass": _config("core.askPass"),
    "diff.renames=false": _config("diff.renames", "false"),
    "diff.renames=copies": _config("diff.renames", "copies"),
    "diff.renameLimit=1": _config("diff.renameLimit", "1"),
    "diff.relative": _config("diff.relative", "true"),
    "diff.noprefix": _config("diff.noprefix", "true"),
    "diff.mnemonicPrefix": _config("diff.mnemonicPrefix", "true"),
    "diff.orderFile": _config("diff.orderFile", "/nowhere"),
    "diff.context": _config("diff.context", "0"),
    "core.quotePath": _config("core.quotePath", "true"),
    "core.abbrev": _config("core.abbrev", "4"),
    "core.attributesFile": _config("core.attributesFile", "{script}"),
    "core.bigFileThreshold": _config("core.bigFileThreshold", "1"),
    "core.splitIndex": _config("core.splitIndex", "true"),
    "core.sparseCheckout": _config("core.sparseCheckout", "true"),
    "core.fileMode": _config("core.fileMode", "false"),
    "core.autocrlf": _config("core.autocrlf", "true"),
    "apply.whitespace": _config("apply.whitespace", "fix"),
    "apply.whitespace=error": _config("apply.whitespace", "error-all"),
    "apply.ignoreWhitespace": _config("apply.ignoreWhitespace", "change"),
    "core.whitespace": _config("core.whitespace", "tab-in-indent,trailing-space"),
    "attributes -diff": _attributes("* -diff -text binary"),
    "attributes -merge": _attributes("* -merge whitespace=fix ident"),
    "log.showSignature": _config("log.showSignature", "true"),
    "color.ui": _config("color.ui", "always"),
    "i18n": _config("i18n.logOutputEncoding", "UTF-16"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_configuration_neither_runs_nor_hides_anything(
    victim: Repo, tmp_path: Path, marker: Path, trick: str
) -> None:
    """No setting of the repository runs a command or changes what is read."""
    patch = victim.raw("diff", "--cached", "--binary", "--full-index")
    TRICKS[trick](victim, _script(tmp_path, marker))
    _every_way(victim, victim.at(), patch)
    assert not marker.exists()


def test_the_tricks_work_on_an_unguarded_git(victim: Repo, tmp_path: Path, marker: Path) -> None:
    """A trick that does nothing to plain git would prove nothing here."""
    script = _script(tmp_path, marker)
    for trick, command in [
        ("core.fsmonitor", ("status",)),
        ("diff.external", ("diff", "--cached")),
        ("a clean filter", ("add", "--renormalize", ".")),
        ("hooks", ("read-tree", "HEAD")),
    ]:
        TRICKS[trick](victim, script)
        victim.git(*command)
        assert marker.exists(), trick
        marker.unlink()
        victim.git("config", "--remove-section", "core")
        victim.git("config", "core.repositoryformatversion", "0")


@pytest.mark.parametrize(
    "name",
    [
        "GIT_EXTERNAL_DIFF",
        "GIT_PAGER",
        "GIT_SSH_COMMAND",
        "GIT_ASKPASS",
        "GIT_EDITOR",
        "GIT_TRACE",
        "GIT_TRACE2",
        "GIT_TRACE2_EVENT",
        "GIT_TRACE_SETUP",
        "GIT_TRACE_PACKET",
    ],
)
def test_the_environment_runs_and_writes_nothing(
    victim: Repo, tmp_path: Path, marker: Path, name: str
) -> None:
    """Variables that name a command or a file to write are not handed on."""
    patch = victim.raw("diff", "--cached", "--binary")
    value = str(marker) if "TRACE" in name else _script(tmp_path, marker)
    _every_way(victim, victim.at(**{name: value}), patch)
    assert not marker.exists()


def test_configuration_from_the_environment_is_dropped(
    victim: Repo, tmp_path: Path, marker: Path
) -> None:
    """`GIT_CONFIG_COUNT` and its kin are as strong as `-c`."""
    patch = victim.raw("diff", "--cached", "--binary")
    script = _script(tmp_path, marker)
    pairs = {"core.fsmonitor": script, "diff.renames": "false", "core.useReplaceRefs": "true"}
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, value) in enumerate(pairs.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    variables["GIT_CONFIG_PARAMETERS"] = f"'core.fsmonitor={script}'"
    _every_way(victim, victim.at(**variables), patch)
    assert not marker.exists()


@pytest.mark.parametrize("what", ["HEAD:pyproject.toml", "HEAD", "HEAD^{tree}"])
def test_replaced_objects_are_not_believed(victim: Repo, what: str) -> None:
    """`git replace` swaps the base's policy, its tree or its commit for everyone else."""
    patch = victim.raw("diff", "--cached", "--binary")
    blob = victim.git("hash-object", "-w", "--stdin", feed=LAX)
    listing = (
        victim.raw("ls-tree", "HEAD")
        .decode()
        .replace(victim.git("rev-parse", "HEAD:pyproject.toml"), blob)
    )
    tree = victim.git("mktree", feed=listing.encode())
    commit = victim.git("commit-tree", tree, "-m", "Policy")
    lie = {"HEAD:pyproject.toml": blob, "HEAD": commit, "HEAD^{tree}": tree}[what]
    victim.git("replace", victim.git("rev-parse", what), lie)
    assert victim.raw("cat-file", "-p", "HEAD:pyproject.toml") == LAX
    _every_way(victim, victim.at(), patch)
    _every_way(victim, victim.at(GIT_REPLACE_REF_BASE="refs/replace"), patch)


@pytest.mark.parametrize("what", ["HEAD:pyproject.toml", "HEAD", "HEAD^{tree}", ":app.py"])
def test_an_object_swapped_on_disk_is_found_out(victim: Repo, what: str) -> None:
    """An object file that holds another object has not the id it is asked for by."""
    kind = victim.git("cat-file", "-t", what)
    real = victim.raw("cat-file", kind, what)
    other = {
        "blob": LAX,
        "commit": real.replace(b"Policy", b"Nothing"),
        "tree": real.replace(b"pyproject.toml", b"pyproject.tomm"),
    }[kind]
    fake = victim.git("hash-object", "-w", "-t", kind, "--stdin", feed=other)
    target = _object_file(victim, victim.git("rev-parse", what))
    target.chmod(0o644)
    target.write_bytes(_object_file(victim, fake).read_bytes())
    with pytest.raises(ReadError) as caught:
        read.staged(victim.at())
    # Git itself finds out about commits and trees, but hands any blob on.
    assert caught.value.slug == ("forged-object" if kind == "blob" else "missing-object")


def test_grafts_do_not_move_the_merge_base(repo: Repo) -> None:
    """A graft can make any commit the parent of the head."""
    start = repo.git("rev-parse", "HEAD")
    repo.write("app.py", EVIL)
    evil = repo.commit("Evil")
    last = repo.commit("Innocent")
    grafts = repo.path / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{last} {start}\n{evil}\n")
    assert repo.git("rev-list", "--count", "HEAD") == "2"
    change = read.between(repo.at(), start, "HEAD")
    assert [step.origin.commit for step in change.steps] == [evil, last]
    assert [file.path for file in change.files] == ["app.py"]
    assert [told.commit for told in read.identities(repo.at(), change)] == [last, evil]


def test_a_forged_commit_graph_is_not_read(repo: Repo) -> None:
    """The cache of the history is a file like any other, and may be that of another history."""
    start = repo.git("rev-parse", "HEAD")
    repo.write("app.py", EVIL)
    repo.commit("Evil")
    middle = repo.commit("Innocent")
    repo.commit("Last")
    _forge_parent(repo, middle, start)
    assert repo.git("rev-list", "--count", f"{start}..HEAD") == "2"
    change = read.between(repo.at(), start, "HEAD")
    assert (change.base.commit, len(change.steps)) == (start, 3)
    assert [file.path for file in change.files] == ["app.py"]


def test_a_low_limit_takes_no_moves_apart(repo: Repo) -> None:
    """Several moves with edits are paired, whatever limit is configured."""
    for name in "abc":
        repo.write(f"old_{name}.py", "".join(f"{name}_{line} = {line}\n" for line in range(40)))
    repo.commit()
    for name in "abc":
        old = repo.path / f"old_{name}.py"
        repo.write(f"new_{name}.py", old.read_text() + "edited = True\n")
        old.unlink()
    repo.add()
    repo.config("diff.renameLimit", "1")
    change = read.staged(repo.at())
    moves = {file.path: file.old_path for file in change.files}
    assert moves == {f"new_{name}.py": f"old_{name}.py" for name in "abc"}


@pytest.mark.parametrize("where", ["config", ".gitmodules"])
def test_a_submodule_cannot_be_ignored(repo: Repo, where: str) -> None:
    """The head's own `.gitmodules` may say "ignore = all"."""
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},vendor")
    if where == "config":
        repo.config("diff.ignoreSubmodules", "all")
        repo.config("submodule.vendor.ignore", "all")
    else:
        repo.write(
            ".gitmodules", '[submodule "vendor"]\n\tpath = vendor\n\turl = x\n\tignore = all\n'
        )
        repo.add(".gitmodules")
    paths = [file.path for file in read.staged(repo.at()).files]
    assert "vendor" in paths


def test_a_planted_bare_repository_is_not_ours(repo: Repo, tmp_path: Path, marker: Path) -> None:
    """A folder of the project that looks like a repository would bring its own settings."""
    nested = repo.path / "data"
    repo.git("init", "--quiet", "--bare", "data")
    repo.git("--git-dir", "data", "config", "core.bare", "false")
    repo.git("--git-dir", "data", "config", "core.worktree", str(repo.path))
    repo.git("--git-dir", "data", "config", "core.fsmonitor", _script(tmp_path, marker))
    with pytest.raises(ReadError) as caught:
        read.staged(Git(str(nested), repo.environ))
    assert caught.value.slug in ("not-a-repository", "bare-repository")
    assert not marker.exists()


def test_a_git_in_the_project_is_not_run(repo: Repo, marker: Path) -> None:
    """A relative folder in the path would let the project bring its own git."""
    repo.write("git", f"#!/bin/sh\ntouch {marker}\n", 0o755)
    read.staged(repo.at(PATH=f".::{repo.environ['PATH']}"))
    assert not marker.exists()


def test_a_hostile_tree_cannot_name_git_s_own_folder(repo: Repo) -> None:
    """Commands that make trees do not check names, so a range may hold any."""
    blob = repo.git("hash-object", "-w", "--stdin", feed=b"[core]\n")
    inner = repo.git("mktree", feed=f"100644 blob {blob}\tconfig\n".encode())
    tree = repo.git("mktree", feed=f"040000 tree {inner}\t.GIT\n".encode())
    commit = repo.git("commit-tree", tree, "-p", "HEAD", "-m", "Evil")
    with pytest.raises(ReadError) as caught:
        read.between(repo.at(), "HEAD", commit)
    assert caught.value.slug == "path-outside-project"


def test_a_racily_clean_file_runs_no_filter(repo: Repo, tmp_path: Path, marker: Path) -> None:
    """Where time stamps cannot tell, git compares contents, and would filter them first."""
    _attributes("* filter=evil")(repo, "")
    repo.config("filter.evil.clean", _script(tmp_path, marker))
    before = (repo.path / "app.py").stat().st_mtime_ns
    repo.write("app.py", (repo.path / "app.py").read_text().replace("42", "43"))
    for path in (repo.path / "app.py", repo.path / ".git" / "index"):
        os.utime(path, ns=(before, before))
    assert [file.path for file in read.worktree(repo.at()).files] == ["app.py"]
    assert not marker.exists()
    repo.git("-c", "core.trustctime=false", "diff-index", "HEAD")
    assert marker.exists()


def test_a_submodule_runs_no_filter(
    repo: Repo, new_repo: Callable[..., Repo], tmp_path: Path, marker: Path
) -> None:
    """A status inside a submodule would run that one's filters and monitor."""
    inner = new_repo("inner")
    inner.write("a.txt", "a\n")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", f"file://{inner.path}", "sub")
    repo.commit()
    script = _script(tmp_path, marker)
    repo.git("-C", "sub", "config", "filter.evil.clean", script)
    repo.git("-C", "sub", "config", "core.fsmonitor", script)
    (repo.path / ".git" / "modules" / "sub" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "modules" / "sub" / "info" / "attributes").write_text("* filter=evil\n")
    repo.write("sub/a.txt", "b\n")
    assert read.worktree(repo.at()).files == ()
    assert not marker.exists()


def _forge_parent(repo: Repo, child: str, parent: str) -> None:
    """Write a commit graph, and in it another parent for a commit."""
    repo.git("commit-graph", "write", "--reachable")
    graph = repo.path / ".git" / "objects" / "info" / "commit-graph"
    data = bytearray(graph.read_bytes())
    table = (data[8 + 12 * number : 20 + 12 * number] for number in range(data[6]))
    chunks = {bytes(row[:4]): int.from_bytes(row[4:]) for row in table}
    oids = sorted(repo.git("rev-list", "--all").split())
    entry = chunks[b"CDAT"] + 36 * oids.index(child)
    data[entry + 20 : entry + 24] = oids.index(parent).to_bytes(4)
    graph.chmod(0o644)
    graph.write_bytes(data)


def _object_file(repo: Repo, oid: str) -> Path:
    return repo.path / ".git" / "objects" / oid[:2] / oid[2:]
