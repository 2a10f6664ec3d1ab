"""Whether new tests may stand for lost ones, although they assert something else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import islice

from pytest_selfmod_guard.rules.tamper._cases import Case, Cases

_SAME_SUBJECT, _SAME_NAME = 0.5, 0.2  # of the names, the less if its own is similar
_LEFT_AT_LEAST = 0.25  # of the assertions, for a test that seems to be rewritten
_LOOKED_AT = 500  # new tests; a larger change is not waved through for its size


class Replacements:
    """Looks for new tests of the same subject."""

    def __init__(self, cases: Cases) -> None:
        """Look among the tests of a change."""
        self._cases = cases

    def outweigh(self, case: Case) -> bool:
        """Tell whether the file asserts no less afterwards, with new tests of the subject."""
        return case.file.path in self._no_less and any(
            _shared(case, other) >= _SAME_SUBJECT for other in self._fresh
        )

    def rewritten(self, case: Case) -> list[Case]:
        """Give the new tests of a similar name that seem to stand for a lost one."""
        similar = [
            other
            for other in self._fresh
            if _is_similar(case.key[1], other.key[1]) and _shared(case, other) >= _SAME_NAME
        ]
        return similar if _LEFT_AT_LEAST * _weight([case])[0] <= _weight(similar)[0] else []

    @cached_property
    def _fresh(self) -> list[Case]:
        fresh = {id(case) for case in self._cases.fresh}
        speaking = (case for case in self._cases.speaking if id(case) in fresh)
        return list(islice((case for case in speaking if case.contents.checks), _LOOKED_AT))

    @cached_property
    def _no_less(self) -> frozenset[str]:
        """The files that have neither fewer assertions nor fewer tests than before."""
        old, new = _by_file(self._cases.old), _by_file(self._cases.speaking)
        return frozenset(
            path
            for path in old
            if all(
                o <= n for o, n in zip(_weight(old[path]), _weight(new.get(path, ())), strict=True)
            )
        )


def _by_file(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        if not case.is_silenced:
            found.setdefault(case.file.path, []).append(case)
    return found


def _weight(cases: Iterable[Case]) -> tuple[int, int]:
    """Count the assertions of tests, each as often as it runs, and how often they run."""
    contents = [case.contents for case in cases]
    return sum(len(one.checks) * one.cases for one in contents), sum(one.cases for one in contents)


def _shared(case: Case, other: Case) -> float:
    """Give the share of a lost test's names that a new test uses, too."""
    about = case.contents.names
    return len(about & other.contents.names) / len(about) if about else 0


def _is_similar(old: str, new: str) -> bool:
    """Tell whether two test names share most of their words."""
    before, after = set(old.split("_")) - {"test", ""}, set(new.split("_")) - {"test", ""}
    shared = len(before & after)
    return shared > 0 and 2 * shared >= max(len(before), len(after))
