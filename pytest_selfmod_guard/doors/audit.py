"""``selfmod-guard audit``: what happened, in which order, and whether anybody edited the answer."""

from __future__ import annotations

import argparse

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._audit import export, tail, verify
from pytest_selfmod_guard.guard import Guard

_VERBS = {
    "tail": (tail, "the last events, a line each"),
    "verify": (verify, "whether the journal, or a copy, was tampered with"),
    "export": (export, "all events as lines of JSON, with CloudEvents names"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``audit`` understands."""
    verbs = parser.add_subparsers(dest="audit", required=True, metavar="tail|verify|export")
    usages = []
    for name, (verb, what) in _VERBS.items():
        sub = verbs.add_parser(name, help=what)
        verb.add_arguments(sub)
        usages.append(sub.format_usage())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "".join(usages)


def main(args: argparse.Namespace, context: Context) -> int:
    """Do what was asked of the journal."""
    guard = Guard(context)
    if args.audit == "verify":
        return verify.main(args, guard)
    if args.audit == "tail":
        return tail.main(args, guard.journal)
    return export.main(args, guard.journal, guard.git)
