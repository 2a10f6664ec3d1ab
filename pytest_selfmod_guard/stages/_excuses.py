"""What the suppressions of one file excuse, and why some of them do not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from pytest_selfmod_guard.model import REGULAR, Blob, Finding, Waiver
from pytest_selfmod_guard.stages._no_use import Book, Seen
from pytest_selfmod_guard.suppressions import Placed, standing
from pytest_selfmod_guard.surroundings import Surroundings
from pytest_selfmod_guard.view import File, Side

NEVER = frozenset(("limits", "selfguard"))
"""Families that no comment can excuse."""


class Excuses:
    """The suppressions of one file of a change."""

    def __init__(self, file: File, book: Book, rest: Surroundings | None, now: float) -> None:
        """
        Read them on both sides.

        :param rest: the trusted base, where it is known
        :param now: seconds since the epoch
        """
        self._file = file
        self._book = book
        self._now = now
        self._placed = _standing(file, rest)
        self._by_rule = self._index(self._placed or [])
        abouts = {one.about for one in self._placed or () if one.about}
        self._statements = sorted(abouts)
        self._starts = [about.first for about in self._statements]
        self._used: set[int] = set()
        self._wanted: set[int] = set()
        self._is_asked = False

    def judge(self, finding: Finding) -> Finding:
        """Give a finding, waived if a comment excuses it."""
        if finding.family in NEVER or not finding.line:
            return finding
        self._is_asked = True
        at = self._named(finding)
        if at is None or self._placed is None:
            return finding
        one = self._placed[at]
        if self._why_not(one):
            self._wanted.add(at)
            return finding
        self._used.add(at)
        by = f"base {self._file.change.before}:{one.was}"
        waiver = Waiver("suppression", by, one.said.reason, one.said.until)
        return finding._replace(waiver=waiver)

    def notes(self) -> Iterator[str]:
        """Say which of them do not count or are of no use, once all findings were judged."""
        if self._placed is None:
            if self._is_asked:
                yield f"no suppression in {self._file.path} counts: its lines cannot be told apart"
            return
        seen = Seen(self._file.new, self._book)
        for at, one in enumerate(self._placed):
            for told in self._told(at, one, seen):
                yield f"the suppression at {self._file.path}:{one.line} {told}"

    def _told(self, at: int, one: Placed, seen: Seen) -> Iterator[str]:
        why = self._why_not(one)
        if why and (one.was or one.said.flaw or at in self._wanted):
            yield f"does not count: {why}"
        if why:
            return
        useless = {rule: self._book.why_never(rule, NEVER) for rule in one.said.rules}
        yield from (f"names {rule!r}, {never}" for rule, never in useless.items() if never)
        rules = [rule for rule, never in useless.items() if not never]
        if at not in self._used and one.about and seen.nothing(rules, one.about):
            yield "is of no use: nothing that it names is seen there; take it away"

    def _why_not(self, one: Placed) -> str:
        if one.said.flaw:
            return one.said.flaw
        if int(self._now) > one.said.until:
            return f"it ended on {one.said.day}"
        return "" if one.was else "the base does not have it there"

    def _index(self, placed: list[Placed]) -> dict[tuple[int, str], int]:
        """Give, by first line and rule, who names it: the first that counts, if one does."""
        best: dict[tuple[int, str], int] = {}
        for at, one in enumerate(placed):
            for rule in one.said.rules if one.about else ():
                place = (one.about.first if one.about else 0, rule)
                known = best.setdefault(place, at)
                if self._why_not(placed[known]) and not self._why_not(one):
                    best[place] = at
        return best

    def _named(self, finding: Finding) -> int | None:
        """Give the comment that names a finding's rule at its place."""
        found = bisect_right(self._starts, finding.line) - 1
        if found < 0 or finding.line > self._statements[found].last:
            return None
        first = self._starts[found]
        named = (self._by_rule.get((first, rule)) for rule in self._book.handles(finding))
        return next((at for at in named if at is not None), None)


def _standing(file: File, rest: Surroundings | None) -> list[Placed] | None:
    if file.old is None or file.new is None or not file.stays_in_its_zone:
        return []
    trusted = file.old.blob.data if rest is None else rest.read(file.change.before)
    if trusted is None:
        return []
    olds = [file.old]
    if trusted != file.old.blob.data:
        olds.append(Side(file.old.path, Blob(REGULAR, "", len(trusted), trusted)))
    return standing(olds, file.new)
