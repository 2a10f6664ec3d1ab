"""``selfmod-guard explain``: a rule's page of the rule book."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import UsageError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.rules import Rule


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``explain`` understands."""
    parser.add_argument("rule", nargs="+", help="a rule by id or by name, such as SMG201")


def main(args: argparse.Namespace, context: Context) -> int:
    """Print the page of every rule that was named."""
    rules = Guard(context).rules()
    pages = [rulebook.page(_find(name, rules)) for name in args.rule]
    sys.stdout.write("\n".join(pages))
    return 0


def _find(name: str, rules: tuple[Rule, ...]) -> Rule:
    known = {handle: rule for rule in rules for handle in (rule.id.lower(), rule.name)}
    if rule := known.get(name.lower()):
        return rule
    near = get_close_matches(name.lower(), known, n=1)
    raise UsageError(
        "no-such-rule",
        f"there is no rule {name!r}",
        hint=f"did you mean {near[0]!r}?" if near else "list them: selfmod-guard rules",
    )
