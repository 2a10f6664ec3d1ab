"""
How much of what is bad is denied, family by family, and how much of what only looks like it.

The cases are those of `tests/corpus`: small, our own, each beside its honest
twin. Once as an agent's change and once as somebody's; size limits are left
out. What is missed and what is denied in vain is listed.

    python benchmarks/recall.py
    python benchmarks/recall.py tests_ conftest_
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.corpus import AGENT, SOMEBODY, Case, every_case, judged


class Tried(NamedTuple):
    """What became of one case."""

    family: str
    name: str
    caught: bool
    """The bad one is denied to an agent."""
    caught_for_all: bool
    """And to anybody."""
    passed: bool
    """The honest one may land as an agent's."""
    has_twin: bool


def main() -> None:
    """Try every case, and count."""
    wanted = tuple(sys.argv[1:]) or ("",)
    cases = [case for case in every_case() if case.family.startswith(wanted)]
    with ProcessPoolExecutor() as pool:
        tried = list(pool.map(try_case, cases, chunksize=4))
    for line in (*listed(tried), *table(tried)):
        print(line)


def try_case(case: Case) -> Tried:
    """Judge both of a pair."""
    has_twin = bool(case.honest)
    return Tried(
        case.family,
        case.name,
        not judged(case.base, case.bad, actor=AGENT)[1],
        not judged(case.base, case.bad, actor=SOMEBODY)[1],
        has_twin and judged(case.base, case.honest, actor=AGENT)[1],
        has_twin,
    )


def listed(tried: Iterable[Tried]) -> Iterator[str]:
    """Name what went wrong."""
    for one in tried:
        if not one.caught:
            yield f"missed: {one.family} {one.name}"
        if one.has_twin and not one.passed:
            yield f"denied in vain: the honest twin of {one.family} {one.name}"


def table(tried: list[Tried]) -> Iterator[str]:
    """Give the figures, a family a line and all at last."""
    width = max((len(one.family) for one in tried), default=3)
    yield f"{'':{width}}  cases  an agent's denied  anybody's  honest twins denied"
    for family in dict.fromkeys(one.family for one in tried):
        yield row(family, [one for one in tried if one.family == family], width)
    yield row("all", tried, width)


def row(name: str, tried: list[Tried], width: int) -> str:
    """Give one line of the table."""
    count = max(1, len(tried))
    caught = sum(one.caught for one in tried)
    for_all = sum(one.caught_for_all for one in tried)
    twins = [one for one in tried if one.has_twin]
    wrong = sum(not one.passed for one in twins)
    return (
        f"{name:{width}}  {len(tried):5}  {caught:5} ({100 * caught / count:5.1f} %)"
        f"  {100 * for_all / count:7.1f} %  {wrong:5} of {len(twins)}"
    )


if __name__ == "__main__":
    main()
