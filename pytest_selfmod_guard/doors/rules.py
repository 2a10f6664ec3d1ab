"""``selfmod-guard rules``: list the rules."""

from __future__ import annotations

import argparse
import json
import sys

from pytest_selfmod_guard import rulebook
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.rules import Rule, all_rules


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``rules`` understands."""
    parser.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="how to show them"
    )


def main(args: argparse.Namespace, context: Context) -> int:
    """List every rule; the rule book has only ours, not those of the project at hand."""
    shape = {"text": _text, "json": _json, "markdown": rulebook.markdown}[args.format]
    sys.stdout.write(shape(all_rules() if args.format == "markdown" else Guard(context).rules()))
    return 0


def _text(rules: tuple[Rule, ...]) -> str:
    width = max(len(rule.name) for rule in rules)
    return "".join(
        f"{rule.id}  {rule.name:{width}}  {rule.risk!s:8}  {rulebook.summary(rule)}\n"
        for rule in rules
    )


def _json(rules: tuple[Rule, ...]) -> str:
    return json.dumps([_entry(rule) for rule in rules], indent=2) + "\n"


def _entry(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "name": rule.name,
        "family": rule.family,
        "risk": str(rule.risk),
        "confidence": str(rule.confidence),
        "summary": rulebook.summary(rule),
        "hint": rule.hint,
    }
