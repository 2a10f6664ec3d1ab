"""``selfmod-guard init``: set the guard up in a repository, and show the changes first."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors import _setup
from pytest_selfmod_guard.doors._setup import Edit, ci, hooks, policy, signers
from pytest_selfmod_guard.doors._setup.entry import Source
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE

_OF_SIGNERS = (OWN_FILE, TABLE_FILE, signers.SIGNERS)
_WALL = """\
The hooks judge commits, merges and pushes from then on. They are a seatbelt: who commits with
`--no-verify` goes past the first of them. Such a commit is named right behind it by the second, and
judged together with the next one, by the push and in CI.
The job in CI is a wall when these three hold:
  1. The job's definition is not the change's own: require the workflow by a ruleset of the
     organisation, or let `CODEOWNERS` ask an owner about every change of the CI files.
  2. The guard is installed from a pin before the change is checked out: keep that order.
  3. The check "selfmod-guard" is required before merging, for administrators too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``init`` understands."""
    parser.add_argument("--dry-run", action="store_true", help="show the changes, write nothing")
    parser.add_argument(
        "--yes",
        action="store_true",
        help="do not ask before writing; without a terminal nobody is asked either",
    )
    parser.add_argument(
        "--repo", metavar="URL", help="let pre-commit install the hook from this repository"
    )
    parser.add_argument("--rev", metavar="TAG", help="the released version of it, with --repo")
    parser.add_argument(
        "--approver",
        metavar="[ADDRESS=]KEY",
        help="let the owner of a public SSH key approve changes; a file, or the key itself",
    )


def main(args: argparse.Namespace, context: Context) -> int:
    """
    Show what is missing, write it, and say what is left to do.

    :raises GuardError: not in a repository, or a file there cannot be added
        to; nothing is written then
    """
    source = _source(args)
    git = Git(context.directory, context.environ)
    top = git.top()
    who = None if args.approver is None else signers.approver(args.approver, git)
    edits = _plan(top, source, who)
    job = ci.by_hand(top, source)
    if not edits and not job:
        say("Nothing to do, already set up.")
        return EXIT_ALLOWED
    _show(edits, Pen(context.environ))
    if args.dry_run:
        again = ["selfmod-guard", "init"]
        again += ["--repo", args.repo, "--rev", args.rev] if args.repo else []
        again += ["--approver", args.approver] if args.approver else []
        say(f"Nothing was written. To write it: {shlex.join(again)}")
        return EXIT_ALLOWED
    if edits and not (args.yes or _agreed()):
        say("Nothing was written.")
        return EXIT_DENIED
    _setup.write(top, edits)
    up = os.path.relpath(top, os.path.realpath(context.directory))
    if args.approver and all(edit.path in _OF_SIGNERS for edit in edits):
        _say_how_to_land(edits, up)
    else:
        _say_what_is_left(edits, job, source, up)
    return EXIT_ALLOWED


def _source(args: argparse.Namespace) -> Source:
    if bool(args.repo) != bool(args.rev):
        raise UsageError(
            "init-half-a-source",
            "a repository and a version of it belong together",
            context="--repo without --rev" if args.repo else "--rev without --repo",
            hint="name both: selfmod-guard init --repo URL --rev TAG",
        )
    return Source(args.repo or "", args.rev or "")


def _plan(top: str, source: Source, approver: signers.Approver | None) -> list[Edit]:
    """Prepare everything before anything is written."""
    table = policy.plan(top)
    first = signers.plan(top, approver, table) if approver else [table]
    plans = (*first, hooks.plan(top, source), ci.plan(top, source))
    return [edit for edit in plans if edit is not None]


def _show(edits: Iterable[Edit], pen: Pen) -> None:
    for edit in edits:
        for line in _diff(edit):
            say(_painted(line, pen))
        say()


def _diff(edit: Edit) -> Iterator[str]:
    old, new = (_lines(data or b"") for data in (edit.old, edit.new))
    before = "/dev/null" if edit.old is None else f"a/{edit.path}"
    for line in unified_diff(old, new, before, f"b/{edit.path}", lineterm=""):
        yield "\t".join(map(inert, line.split("\t")))


def _lines(data: bytes) -> list[str]:
    text = data.decode()
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if text.endswith("\n") or not text else lines


def _painted(line: str, pen: Pen) -> str:
    if line.startswith(("---", "+++")):
        return pen("bold", line)
    color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return pen(color, line) if color else line


def _agreed() -> bool:
    """Ask, where there is somebody to ask."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    try:
        return input("Write this? [Y/n] ").strip().lower() in ("", "y", "yes")
    except EOFError:
        say()
        return False


def _say_how_to_land(edits: Sequence[Edit], up: str) -> None:
    """Say how a first approver gets into a repository that is guarded, where nobody can approve."""
    paths = [os.path.normpath(os.path.join(up, edit.path)) for edit in edits]
    say(f"Written: {', '.join(paths)}\n")
    say("Who may approve changes the guard itself, and nobody can approve that yet. So look at it,")
    say("and land it past the hook, this once; from then on approvals do:")
    say(f"  git add {shlex.join(paths)}")
    say('  SKIP=selfmod-guard git commit -m "Say who may approve"')
    say("If somebody may approve already, let them: selfmod-guard approve --staged --reason TEXT")


def _say_what_is_left(edits: Sequence[Edit], job: str, source: Source, up: str) -> None:
    paths = [os.path.normpath(os.path.join(up, edit.path)) for edit in edits]
    if paths:
        say(f"Written: {', '.join(paths)}\n")
        say("What is left to do:")
        say(f"  git add {shlex.join(paths)}")
        say('  git commit -m "Guard this repository"')
        say("  pre-commit install\n")
    if not source.repo:
        say(f"CI installs {ci.requirement(source)} from the package index, where nobody")
        say("owns that name yet; name a repository: selfmod-guard init --repo URL --rev TAG\n")
    if job:
        say(f"And this job, to add to {ci.GITLAB} by hand:\n\n{job}")
    say(_WALL)
