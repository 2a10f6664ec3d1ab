"""
What is pinned so that a repository cannot run a command or bend an answer.

The commands in use are ``cat-file --batch``, ``diff-index --raw``, ``diff-tree
--raw``, ``merge-base``, ``rev-list``, ``rev-parse``, ``symbolic-ref``,
``for-each-ref``, ``ls-files``, ``read-tree`` and ``apply --cached``; also, in a
git folder of our own that no setting of the repository reaches, ``merge-tree``,
``commit-tree``, ``update-index`` and ``write-tree``; and to keep what people have
said, ``notes``, ``hash-object -w`` and ``update-ref``. Aliases cannot shadow them,
and ``diff.external``, text conversion, ``diff.renames``, ``diff.noprefix``,
``diff.relative`` and ``diff.orderFile`` do not reach them; those that follow do,
or would if git once made a plumbing command read its porcelain's settings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_KEPT = {
    # Where the repository is: `commit -a` and linked worktrees depend on them.
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    # Which configuration files exist: both can only take settings away.
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_GLOBAL",
}

_SET = {
    # `git replace` and grafts swap objects and parents behind every command.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    # A missing object of a partial clone must fail, not be fetched; git before
    # 2.39.4 knows only the second, under which no transport is allowed.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    # Never write the user's index as a side effect of looking at it.
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    # trace2.* settings write where they like; the variables win over them.
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    # Failures are recognised by their English wording.
    "LC_ALL": "C",
    "GIT_PAGER": "cat",
    "PAGER": "cat",
}

_CONFIG = {
    # Commands that git would run.
    "core.fsmonitor": "false",  # a command, on every look at the index
    "core.useBuiltinFSMonitor": "false",  # the name of the built-in one before 2.37
    "core.hooksPath": os.devnull,  # post-index-change, after read-tree and apply
    "hook.post-index-change.enabled": "false",  # the same from configuration, since 2.54
    "hook.reference-transaction.enabled": "false",  # likewise, after update-ref and notes
    "core.pager": "cat",
    "diff.external": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    # Answers that would come out differently.
    "core.useReplaceRefs": "false",
    "core.commitGraph": "false",  # a file that may claim other parents and trees
    "core.attributesFile": os.devnull,
    "core.untrackedCache": "false",  # may claim that a folder holds nothing new
    "core.splitIndex": "false",  # would leave a shared index in the repository
    "core.sparseCheckout": "false",  # read-tree would mark entries as absent
    "index.sparse": "false",  # read-tree would fold folders into one entry
    "core.checkStat": "default",  # "minimal" and no ctime hide an edit whose
    "core.trustctime": "true",  # size and time were put back
    "core.ignoreStat": "false",
    "core.quotePath": "false",
    "core.protectHFS": "true",  # refuse other spellings of ".git" everywhere
    "core.protectNTFS": "true",
    "diff.ignoreSubmodules": "none",
    "diff.renameLimit": "1000",  # a lower one takes moves apart
    "diff.relative": "false",
    "log.showSignature": "false",
    "advice.graftFileDeprecated": "false",  # git would complain of our own empty one
    "apply.whitespace": "nowarn",  # "fix" would change what a patch says
    "apply.ignoreWhitespace": "no",
    # A folder of the project that looks like a bare repository is not ours.
    "safe.bareRepository": "explicit",
}

if os.name == "posix":
    _CONFIG |= {"core.fileMode": "true", "core.symlinks": "true"}  # false hides a change


def command(executable: str, arguments: tuple[str, ...]) -> list[str]:
    """Return the whole command line, with the pins before the subcommand."""
    pins = [item for key, value in _CONFIG.items() for item in ("-c", f"{key}={value}")]
    return [executable, "--no-pager", *pins, *arguments]


def environment(environ: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git: the one handed in without its git variables."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    return {**kept, **_SET, **extra}
