"""``selfmod-guard check``: judge a change, change nothing."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from functools import partial

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._show import exit_code, show
from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.guard import Asked, Guard, Reader
from pytest_selfmod_guard.reports import formats
from pytest_selfmod_guard.stages import read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``check`` understands."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--staged", action="store_true", help="what the next commit would change")
    source.add_argument("--range", metavar="A..B", help="what the commits of a range change in all")
    source.add_argument("--base", metavar="REF", help="what HEAD changes since it left REF")
    source.add_argument("--worktree", action="store_true", help="what the files on disk change")
    source.add_argument("--diff", metavar="FILE", help="a unified diff; - for standard input")
    parser.add_argument(
        "--exhaustive", action="store_true", help="take no short cut, ask every rule everything"
    )
    add_report_arguments(parser)


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Say how the result can be shown."""
    parser.add_argument(
        "--format", action="append", choices=formats(), help="how to show it; repeatable"
    )
    parser.add_argument(
        "--output",
        action="append",
        metavar="FILE",
        help="where the format of the same position goes; standard output without",
    )


def main(args: argparse.Namespace, context: Context) -> int:
    """Judge, show, and map the verdict to an exit code."""
    reader, source = _source(args)
    told = Guard(context).judge(reader, source, Asked(exhaustive=args.exhaustive))
    show(told, context.environ, args.format or (), args.output or ())
    return exit_code(told)


def _source(args: argparse.Namespace) -> tuple[Reader, str]:
    if args.staged:
        return read.staged, "--staged"
    if args.worktree:
        return read.worktree, "--worktree"
    if args.base is not None:
        return partial(read.since, ref=args.base), f"--base {args.base}"
    if args.range is not None:
        old, new = read.parse_range(args.range)
        return partial(read.between, old=old, new=new), f"--range {args.range}"
    patch = _patch(args.diff)
    return partial(read.diff, data=patch), f"--diff {args.diff}"


def _patch(name: str) -> bytes:
    try:
        if name == "-":
            return _standard_input()
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise ReadError(
            "diff-unreadable",
            f"the diff cannot be read ({error.strerror})",
            context=name,
            hint="name a file, or pipe it: git diff | selfmod-guard check --diff -",
        ) from None


def _standard_input() -> bytes:
    if sys.stdin is None:  # closed, which is not the same as empty
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read()
