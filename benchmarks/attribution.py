"""
How often an agent's commit is known for one, and how often a person's is taken for one.

Takes 300 commits that bear an agent's trailer, as a plain search for the names
of agents finds them, and 300 that bear none and are of no bot; half of those
are from before July 2021, when no agent made commits. Both come from all
repositories in turn, always the same ones. The agents' commits are asked about a second
time without those lines, by author, committer and the rest of the message
alone. Every commit of a person that was taken for an agent's is listed, and
so is every agent's that was not known. Repositories are given by path (clones
with their history) and only read.

    python benchmarks/attribution.py ~/src/fastmcp ~/src/pytest
    python benchmarks/attribution.py --each 100000 ~/src/fastmcp
"""

from __future__ import annotations

import argparse
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pytest_selfmod_guard.attribution import Identity, attribute
from pytest_selfmod_guard.model import Actor

_AGENTS = (
    r"claude|cursor|copilot|codex|devin-ai|gemini|aider|opencode|openhands|jules\[|amp@|"
    r"coderabbit|codeflash|ellipsis-dev|grok|windsurf|junie|droid|kiro"
)
_TRAILER = re.compile(
    rf"^[ \t]*[\w-]*(?:-by|-with|-session):.*(?:{_AGENTS}).*$", re.IGNORECASE | re.MULTILINE
)
_BOT = re.compile(
    r"\[bot\]|^pre-commit-ci|^dependabot|^renovate|^github-actions|^pyup|-bot$", re.IGNORECASE
)
_BEFORE_AGENTS = 1625097600  # 1 July 2021
_FORM = "%H%x1f%at%x1f%an%x1f%ae%x1f%cn%x1f%ce%x1f%B%x1e"
_PARTS = 7


class Commit(NamedTuple):
    """One commit, as git tells it."""

    repository: str
    at: int
    who: Identity

    @property
    def is_agents(self) -> bool:
        """Tell whether one of its lines looks like a trailer that names an agent."""
        return bool(_TRAILER.search(self.who.message))

    @property
    def is_bots(self) -> bool:
        """Tell whether a machine wrote it, of whatever kind."""
        return bool(_BOT.search(self.who.names[0]))

    @property
    def line(self) -> str:
        """Show it on one line."""
        subject = self.who.message.strip().partition("\n")[0]
        return f"{self.repository} {self.who.commit[:10]} {self.who.names[0]}: {subject[:70]}"


def main() -> None:
    """Choose, ask, list and count."""
    asked = arguments()
    if not asked.repositories:
        print("no repository given; for example: python benchmarks/attribution.py ~/src/flask")
        return
    found = [list(commits(path)) for path in asked.repositories]
    agents = in_turn([[one for one in some if one.is_agents] for some in found], asked.each)
    people = [[one for one in some if not (one.is_agents or one.is_bots)] for some in found]
    old = in_turn([[c for c in some if c.at < _BEFORE_AGENTS] for some in people], asked.each // 2)
    new = in_turn([[c for c in some if c.at >= _BEFORE_AGENTS] for some in people], asked.each // 2)
    for line in (*told_of_agents(agents), *told_of_people("before July 2021", old)):
        print(line)
    for line in told_of_people("since then", new):
        print(line)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("repositories", nargs="*")
    parser.add_argument("--each", type=int, default=300, help="commits of each kind, at most")
    return parser.parse_args()


def commits(path: str) -> Iterator[Commit]:
    """Give the commits of a repository that are no merges, in an order that is no order of time."""
    line = ["git", "-C", path, "log", "--no-merges", f"--format={_FORM}", "HEAD"]
    text = subprocess.run(line, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    records = sorted(record.strip("\n").split("\x1f") for record in text.split("\x1e"))
    folder = Path(path)
    name = folder.parent.name if folder.name == "repo" else folder.name
    for record in records:
        if len(record) == _PARTS:
            oid, at, *names, message = record
            yield Commit(name, int(at), Identity(oid, tuple(names), message))


def in_turn(groups: list[list[Commit]], most: int) -> list[Commit]:
    """Take one of each group after the other, until there are enough."""
    longest = max(map(len, groups), default=0)
    mixed = [group[at] for at in range(longest) for group in groups if at < len(group)]
    return mixed[:most]


def told_of_agents(chosen: list[Commit]) -> Iterator[str]:
    """Tell how many agents' commits are known, with their trailer and without."""
    began = time.perf_counter()
    actors = [attribute({}, [one.who]) for one in chosen]
    seconds = time.perf_counter() - began
    bare = [attribute({}, [without(one.who)]) for one in chosen]
    names = Counter(actor.name for actor in actors if actor.kind == "agent")
    yield f"agents' commits: {len(chosen)}, of {spread(chosen)}"
    yield f"  by trailer: {rate(actors)} known; {told(names)}"
    yield f"  without it: {rate(bare)} known, {told(kinds(bare))}"
    yield f"  {1e6 * seconds / max(1, len(chosen)):.0f} microseconds each"
    for one, actor in zip(chosen, actors, strict=True):
        if actor.kind != "agent":
            yield f"  not known: {one.line} {_TRAILER.findall(one.who.message)}"


def told_of_people(when: str, chosen: list[Commit]) -> Iterator[str]:
    """Tell how many people's commits are taken for an agent's, and which."""
    actors = [attribute({}, [one.who]) for one in chosen]
    wrong = [(c, actor) for c, actor in zip(chosen, actors, strict=True) if actor.kind == "agent"]
    yield f"people's commits {when}: {len(chosen)}, of {spread(chosen)}"
    yield f"  taken for an agent's: {len(wrong)}"
    for one, actor in wrong:
        yield f"  {one.line} -> {actor.name} ({actor.source})"


def without(who: Identity) -> Identity:
    """Take the lines away by which the commit was chosen."""
    return who._replace(message=_TRAILER.sub("", who.message))


def kinds(actors: Iterable[Actor]) -> Counter[str]:
    """Count by what the rest were known."""
    return Counter(actor.source.partition(" ")[0] for actor in actors if actor.kind == "agent")


def rate(actors: list[Actor]) -> str:
    """Say how many of them are agents."""
    known = sum(actor.kind == "agent" for actor in actors)
    return f"{known} of {len(actors)} ({100 * known / max(1, len(actors)):.1f} %)"


def told(counts: Counter[str]) -> str:
    """List what was counted."""
    return ", ".join(f"{name or 'unnamed'} {count}" for name, count in counts.most_common())


def spread(chosen: list[Commit]) -> str:
    """Say how many repositories they come from."""
    return f"{len({one.repository for one in chosen})} repositories"


if __name__ == "__main__":
    main()
