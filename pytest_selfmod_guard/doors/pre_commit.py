"""
The hooks that pre-commit (and prek) run.

Their arguments come from the tree under judgement, and the variables that
pre-commit sets can be set by anybody. So arguments can only tighten, and a
range is believed only outside a commit: inside one, what is staged is judged.

One hook reads the message of the commit, which may name an agent where nothing
did before. One comes after the commit, where git runs it even when the others
were left out. Both are silent as long as there is nothing new to say.
"""

from __future__ import annotations

import argparse
import re
from functools import partial

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._show import exit_code, show
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, UsageError
from pytest_selfmod_guard.guard import Asked, Guard, Reader
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.policy import Tightening
from pytest_selfmod_guard.stages import read

HOOKS = {
    "selfmod-guard": frozenset[str](),
    "selfmod-size": frozenset(("SMG101",)),
    "selfmod-files": frozenset(("SMG102",)),
    "selfmod-patterns": frozenset(("SMG103", "SMG202", "SMG203")),
}
"""The hooks before a commit, and the rules that each asks; none named means all of them."""
MESSAGE = "selfmod-commit-msg"
"""The hook that git hands the message of the commit."""
AFTERWARDS = "selfmod-post-commit"
"""The hook after a commit."""

_IN_A_COMMIT = "GIT_INDEX_FILE"
"""git sets it for the hooks of a commit, and for no other."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the hooks understand."""
    parser.add_argument("hook", choices=(*HOOKS, MESSAGE, AFTERWARDS), help="which to run")
    parser.add_argument(
        "message",
        nargs="?",
        default="",
        metavar="FILE",
        help="the message of the commit, for selfmod-commit-msg; by default where git keeps it",
    )
    parser.add_argument(
        "--max-chars", type=_count, metavar="N", help="a lower limit of changed characters"
    )
    parser.add_argument("--max-files", type=_count, metavar="N", help="a lower limit of files")
    parser.add_argument(
        "--pattern",
        action="append",
        type=_regex,
        default=[],
        metavar="REGEX",
        help="a regular expression that no new line may match; repeatable",
    )


def main(args: argparse.Namespace, context: Context) -> int:
    """Judge what is about to be committed or pushed, or what was committed round the hooks."""
    if args.hook == MESSAGE:
        return _message(args.message, context)
    if args.message:
        raise UsageError(
            "only-for-the-message",
            f"{args.hook} takes no file: it judges what is staged",
            context=f'"{args.message}"',
            hint="take it out of the hook's `args`, and keep `pass_filenames: false`",
        )
    if args.hook == AFTERWARDS:
        return _afterwards(context)
    reader, source = _source(context)
    tightening = Tightening(args.max_chars, args.max_files, tuple(args.pattern))
    only = HOOKS[args.hook]
    # Within a commit what passes lands; by hand it is only asked about.
    asked = Asked(tightening, only, modifies=_IN_A_COMMIT in context.environ and not only)
    told = Guard(context).judge(reader, source, asked)
    show(told, context.environ)
    return exit_code(told)


def _message(named: str, context: Context) -> int:
    """Be silent unless the message says something new, or is not as the policy wants it."""
    from pytest_selfmod_guard.saying import judge_message  # noqa: PLC0415 (one hook of many)

    told = judge_message(Guard(context), named)
    if told is None:
        return EXIT_ALLOWED
    show(told, context.environ)
    return exit_code(told)


def _afterwards(context: Context) -> int:
    """Be silent unless something went round; git ignores the exit code, pre-commit shows it."""
    told = Guard(context).reconcile(is_new=True)
    if told is None or (told.decision == "allowed" and not told.ungated):
        return EXIT_ALLOWED
    show(told, context.environ)
    # pre-commit hides what a hook says that passes, and a person should see this once.
    is_grave = bool(told.ungated) and told.enforced and told.risk >= Risk.HIGH
    return max(exit_code(told), EXIT_DENIED if is_grave else EXIT_ALLOWED)


def _source(context: Context) -> tuple[Reader, str]:
    environ = context.environ
    old, new = environ.get("PRE_COMMIT_FROM_REF"), environ.get("PRE_COMMIT_TO_REF")
    if _IN_A_COMMIT in environ:
        return read.staged, "--staged"
    if old and new:
        return partial(read.between, old=old, new=new), f"--range {old}..{new}"
    if pushed := environ.get("PRE_COMMIT_LOCAL_BRANCH"):
        # pre-commit names no range when a push begins at a root commit.
        return partial(read.everything, ref=pushed), f"--range {pushed}"
    return read.staged, "--staged"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number from 1 up: {text!r}")
    return int(text)


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise UsageError(
            "bad-pattern",
            f"the pattern is not a regular expression ({error})",
            context=text,
            hint="try it in a shell: python -c 'import re; re.compile(r\"...\")'",
        ) from None
    return text
