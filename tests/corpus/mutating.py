"""
Real test suites, tampered with and honestly refactored, to count what is told apart.

Each operator edits one test of a file by its syntax tree, and is applied to
many tests of many files. Files are read in place, from the packages installed
beside the project or from folders given as arguments; nothing of them is kept.

    python -m tests.corpus.mutating --each 30 ~/src/flask/tests
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import all_rules, rules_called
from pytest_selfmod_guard.stages.decide import denies
from tests.corpus import AGENT, SOMEBODY, judged
from tests.corpus.operators import HONEST, TAMPERING, Operator, tests_of

_LARGEST = 60_000
_TAMPER = tuple(rule.id for rule in all_rules() if rule.family == "tamper")


class Outcome(NamedTuple):
    """What became of one mutant."""

    operator: str
    path: str
    test: str
    denied_agent: bool
    denied_anybody: bool


def main() -> None:
    """Apply every operator, and print how many were denied."""
    asked = _arguments()
    files = list(sources(asked.folders))
    random.Random(asked.seed).shuffle(files)  # noqa: S311 (a sample, no secret)
    wanted = tuple(asked.only.split(",")) if asked.only else ()
    for kind, operators in (("tampering", TAMPERING), ("honest", HONEST)):
        chosen = {n: o for n, o in operators.items() if not wanted or n in wanted}
        _say(f"{kind:34} mutants  denied: agent  anybody")
        done: list[Outcome] = []
        for name, made in chosen.items():
            done += (mine := list(apply(name, made, files, asked.each)))
            _say(_row(name, mine))
            for one in mine if asked.show else ():
                if one.denied_agent is (kind == "honest"):
                    _say(f"    {one.path} {one.test}")
        _say(_row("all", done))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def sources(folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give path and text of test files: those of installed packages where no folder is given."""
    places = list(folders) or [sysconfig.get_paths()["purelib"]]
    for place in places:
        for path in sorted(Path(place).rglob("test_*.py")):
            if path.stat().st_size < _LARGEST:
                text = path.read_text("utf-8", "replace")
                yield path.name, text


def apply(
    name: str, operator: Operator, files: list[tuple[str, str]], each: int
) -> Iterator[Outcome]:
    """Apply one operator to so many tests, each in another file as far as there are enough."""
    count = 0
    for path, text in files:
        if count >= each:
            return
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for test in list(tests_of(tree))[:3]:
            after = mutated(tree, test, operator)
            if after is not None:
                count += 1
                yield _outcome(name, path, test.name, ast.unparse(tree), after)
                break


def mutated(tree: ast.Module, test: ast.FunctionDef, operator: Operator) -> str | None:
    """Give the file with one test edited; None where the operator has nothing to edit."""
    fresh = deepcopy(tree)
    mine = next((one for one in tests_of(fresh) if one.lineno == test.lineno), None)
    if mine is None or not operator(fresh, mine):
        return None
    source = ast.unparse(ast.fix_missing_locations(fresh))
    return source if source != ast.unparse(tree) else None


def _outcome(name: str, path: str, test: str, before: str, after: str) -> Outcome:
    where = f"tests/{path}"
    # Both sides are written by the same hand, so that only the edit differs.
    findings, _ = judged({where: before}, {where: after}, rules_called(_TAMPER))
    agent, anybody = (
        any(denies(one, actor, Policy()) for one in findings) for actor in (AGENT, SOMEBODY)
    )
    return Outcome(name, path, test, agent, anybody)


def _row(name: str, done: list[Outcome]) -> str:
    agent, anybody = sum(one.denied_agent for one in done), sum(one.denied_anybody for one in done)
    return f"  {name:32} {len(done):7}  {_share(agent, len(done))}  {_share(anybody, len(done))}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):12.1f} %"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--each", type=int, default=20, help="mutants of each operator")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of operators, with commas")
    parser.add_argument("--show", action="store_true", help="list what was judged wrongly")
    return parser.parse_args()


if __name__ == "__main__":
    main()
