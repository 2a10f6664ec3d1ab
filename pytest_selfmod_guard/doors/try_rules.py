"""``selfmod-guard test-rules``: try a project's own rules by their own examples."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, UsageError
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.rules._local import is_rule_file, load
from pytest_selfmod_guard.stages.prove import Flaw, prove


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``test-rules`` understands."""
    parser.add_argument("path", help="a file of rules, or a folder of such files")


def main(args: argparse.Namespace, context: Context) -> int:
    """Load the rules as they are on disk, and run their examples."""
    rules = load(_files(args.path, context.directory))
    flaws = {rule: list(prove(rule)) for rule in rules}
    for rule, found in flaws.items():
        sys.stdout.write("".join(_told(rule, found)))
    return EXIT_DENIED if any(flaws.values()) else EXIT_ALLOWED


def _files(path: str, directory: str) -> dict[str, bytes]:
    where = Path(directory, path)
    if where.is_dir():
        found = sorted(str(one.relative_to(where)) for one in where.rglob("*.py"))
        chosen = [one for one in found if is_rule_file(f"rules/{one}", ["rules"])]
        if chosen:
            return {os.path.join(path, one): (where / one).read_bytes() for one in chosen}
    elif where.is_file():
        return {path: where.read_bytes()}
    raise UsageError(
        "no-rules-there",
        f"there is no file of rules at {path!r}",
        hint="name a Python file, or a folder of some: selfmod-guard test-rules tools/rules",
    )


def _told(rule: Rule, flaws: list[Flaw]) -> Iterator[str]:
    if not flaws:
        every = rulebook.examples(rule)
        flagged = sum(example.flagged for example in every)
        allowed = len(every) - flagged
        yield f"{rule.id} {rule.name}: {flagged} flagged, {allowed} allowed, as its page says\n"
    for flaw in flaws:
        yield f"{rule.id} {rule.name}: {flaw.what}\n"
        if flaw.example:
            yield f"{indent(flaw.example, '    ')}\n"
