"""
How often commits of real repositories would be denied, and by which rule.

Judges the last commits of each repository as `check --range C^..C` would, and
lists every one that would be denied. Repositories are given by path (clones
with their history) and only read. Size limits are counted apart: they are a
matter of taste, and bind agents only.

    python benchmarks/history.py --people --last 150 ~/src/flask ~/src/httpx
    python benchmarks/history.py --agents --last 100 --rules SMG3,SMG4 ~/src/fastmcp
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.attribution import Identity, attribute
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Actor, Confidence, Risk
from pytest_selfmod_guard.rules import Rule, all_rules
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages.decide import denies
from pytest_selfmod_guard.stages.detect import detect

_BOTS = re.compile(
    r"\[bot\]|pre-commit-ci|dependabot|renovate|github-actions|pyup|weblate", re.IGNORECASE
)
_AGENT = Actor("agent", "", Confidence.HIGH, "a trailer")


class Judged(NamedTuple):
    """What became of one commit."""

    repository: str
    commit: str
    subject: str = ""
    because: tuple[str, ...] = ()
    """One line for each finding that denies, size limits apart."""
    rules: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    over_limits: bool = False
    failed: str = ""
    """Why it could not be judged; empty when it was."""
    seconds: float = 0.0


def main() -> None:
    """Judge, list and count."""
    asked = arguments()
    repositories = [str(Path(path).resolve()) for path in asked.repositories]
    if not repositories:
        print("no repository given; for example: make bench ARGS=~/src/flask")
        return
    chosen = [
        (path, commit)
        for path in repositories
        for commit in commits(path, asked.last, agents=asked.agents, skip=asked.skip)
    ]
    judge = partial(judged, families=tuple(asked.rules.split(",")), is_agent=asked.agents)
    with ProcessPoolExecutor(asked.processes) as pool:
        done = list(pool.map(judge, chosen, chunksize=8))
    show(done, warnings=asked.warnings)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("repositories", nargs="*")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--people", action="store_true", help="commits of people (the default)")
    kind.add_argument("--agents", action="store_true", help="commits that an agent signed")
    parser.add_argument("--last", type=int, default=150, help="of each repository")
    parser.add_argument("--skip", type=int, default=0, help="so many newer ones first")
    parser.add_argument("--rules", default="", help="beginnings of rule ids, with commas")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--warnings", action="store_true", help="list what only warns, too")
    return parser.parse_args()


def commits(path: str, last: int, *, agents: bool, skip: int = 0) -> list[str]:
    """Give the newest commits of one kind of author, merges and bots left out."""
    form = "%H%x1f%an%x1f%ae%x1f%cn%x1f%ce%x1f%B%x1e"
    line = ["git", "-C", path, "log", "--no-merges", f"--format={form}", "HEAD"]
    text = subprocess.run(line, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    found = []
    for record in text.split("\x1e"):
        parts = record.strip("\n").split("\x1f")
        if len(parts) == 6 and is_wanted(parts, agents=agents):  # noqa: PLR2004
            found.append(parts[0])
        if len(found) == skip + last:
            break
    return found[skip:]


def is_wanted(parts: list[str], *, agents: bool) -> bool:
    """Tell people, agents and other machines apart."""
    commit, *names, message = parts
    is_agent = attribute({}, [Identity(commit, tuple(names), message)]).kind == "agent"
    is_bot = bool(_BOTS.search(f"{names[0]} {names[1]}"))
    return is_agent if agents else not is_agent and not is_bot


def judged(which: tuple[str, str], families: tuple[str, ...], *, is_agent: bool) -> Judged:
    """Judge one commit against its parent."""
    path, commit = which
    began = time.perf_counter()
    name = Path(path).name if Path(path).name != "repo" else Path(path).parent.name
    git = Git(path, {"PATH": os.environ["PATH"]})
    try:
        change = read.between(git, f"{commit}^", commit)
        policy = policies.load(change.base)
        rest = read.rest(git, change.base)
        found = detect(change, policy, rules(families), rest=rest).findings
    except GuardError as error:
        return Judged(name, commit[:10], failed=str(error))
    actor = _AGENT if is_agent else UNKNOWN_ACTOR
    over = any(one.family == "limits" and one.risk >= Risk.HIGH for one in found)
    denying = [one for one in found if one.family != "limits" and denies(one, actor, policy)]
    warned = [one for one in found if one not in denying and one.risk >= Risk.MEDIUM]
    return Judged(
        name,
        commit[:10],
        change.why,
        tuple(f"{one.path}:{one.line} {one.rule} {one.message}" for one in denying),
        tuple(sorted({one.rule for one in denying})),
        tuple(f"{one.path}:{one.line} {one.rule} {one.message}" for one in warned),
        over,
        seconds=time.perf_counter() - began,
    )


def rules(families: Iterable[str]) -> tuple[Rule, ...]:
    """Give the rules whose ids begin so."""
    return tuple(rule for rule in all_rules() if rule.id.startswith(tuple(families)))


def show(done: list[Judged], *, warnings: bool) -> None:
    """List the denied, then count them."""
    for one in done:
        if one.because or one.failed or (warnings and one.warned):
            print(f"{one.repository} {one.commit} {one.subject[:80]}")
            for line in (*one.because, *([one.failed] if one.failed else ())):
                print(f"    {line[:220]}")
            for line in one.warned if warnings else ():
                print(f"    (warned) {line[:220]}")
    for line in summary(done):
        print(line)


def summary(done: list[Judged]) -> Iterator[str]:
    """Give the figures, a repository a line."""
    by_rule = Counter(rule for one in done for rule in one.rules)
    for name in dict.fromkeys(one.repository for one in done):
        mine = [one for one in done if one.repository == name]
        denied = sum(bool(one.because) for one in mine)
        over = sum(one.over_limits for one in mine)
        slow = max((one.seconds for one in mine), default=0.0)
        yield f"{name}: {denied} of {len(mine)} denied, {over} over limits, slowest {slow:.1f} s"
    denied = sum(bool(one.because) for one in done)
    failed = sum(bool(one.failed) for one in done)
    share = 100 * denied / max(1, len(done))
    told = ", ".join(f"{rule} {count}" for rule, count in by_rule.most_common())
    yield f"all: {denied} of {len(done)} denied ({share:.1f} %), {failed} not judged; {told}"


if __name__ == "__main__":
    main()
