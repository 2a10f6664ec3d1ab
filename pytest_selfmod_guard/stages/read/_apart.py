"""
A git folder of our own, where git can do no harm.

A merge runs the drivers that attributes name. Here there is no attribute and
no configuration but ours, and the repository's objects are only an alternate:
nothing of it is written to.
"""

from __future__ import annotations

import os
from shutil import copyfile

from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.stages.read._base import empty_tree

_CONFIG = """\
[core]
    repositoryFormatVersion = {version}
    bare = true
[merge]
    renames = true
    directoryRenames = conflict
    renameLimit = 7000
    renormalize = false
[extensions]
{extensions}"""

_SOMEBODY = {
    f"GIT_{role}_{what}": told
    for role in ("AUTHOR", "COMMITTER")
    for what, told in (("NAME", "nobody"), ("EMAIL", "nobody"), ("DATE", "@0 +0000"))
}


def folder_of_its_own(git: Git, scratch: str) -> Git:
    """
    Make a git folder that shares nothing with a repository but its objects.

    :param scratch: an empty folder, whose end is up to the caller
    :return: git in that folder, which writes what it makes there
    """
    for folder in ("objects/info", "refs/heads"):
        os.makedirs(os.path.join(scratch, folder))
    is_sha256 = len(empty_tree(git)) > 40  # noqa: PLR2004 (the digits of SHA-1)
    config = _CONFIG.format(
        version=int(is_sha256), extensions="    objectFormat = sha256\n" if is_sha256 else ""
    )
    _write(scratch, "config", config)
    _write(scratch, "HEAD", "ref: refs/heads/none\n")
    shallow = os.path.join(git.common_dir(), "shallow")
    if os.path.exists(shallow):
        copyfile(shallow, os.path.join(scratch, "shallow"))
    environ = {name: told for name, told in git.environ.items() if not name.startswith("GIT_")}
    return git._replace(directory=scratch, environ=environ).having(
        GIT_DIR=scratch,
        GIT_INDEX_FILE=os.path.join(scratch, "index"),
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_ATTR_NOSYSTEM="1",
        GIT_ALTERNATE_OBJECT_DIRECTORIES=_quoted(os.path.join(git.common_dir(), "objects")),
        **_SOMEBODY,
    )


def seeing(git: Git, scratch: str) -> Git:
    """Return git in the project, which also sees the objects of a folder of its own."""
    return git.having(
        GIT_OBJECT_DIRECTORY=os.path.join(scratch, "objects"),
        GIT_ALTERNATE_OBJECT_DIRECTORIES=_quoted(os.path.join(git.common_dir(), "objects")),
    )


def _write(folder: str, name: str, text: str) -> None:
    with open(os.path.join(folder, name), "w", encoding="ascii") as file:
        file.write(text)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'
