"""
Detect: ask every rule about the change, and keep only what is new.

Change rules speak about the difference themselves. The others say what they
see in one version of one file; here both versions are compared as multisets,
so that moving code is silent and a second identical ``eval`` is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard import gate
from pytest_selfmod_guard.errors import CouldNotJudge, RuleError
from pytest_selfmod_guard.history import NOTHING, History
from pytest_selfmod_guard.model import Change, Finding, Risk
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import Rule, Sighting
from pytest_selfmod_guard.surroundings import NOWHERE, Surroundings
from pytest_selfmod_guard.syntax import Unparsable
from pytest_selfmod_guard.view import File, Side, View

_SHOWN = 200  # characters of code that a finding carries


class Detection(NamedTuple):
    """What the rules found, and what they could not look at."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def detect(
    change: Change,
    policy: Policy,
    rules: tuple[Rule, ...],
    *,
    patterns: tuple[str, ...] = (),
    exhaustive: bool = False,
    history: History = NOTHING,
    rest: Surroundings = NOWHERE,
) -> Detection:
    """
    Ask every rule that the base's policy leaves on.

    :param patterns: regular expressions that the caller forbids in new lines
    :param exhaustive: ask even where the gate knows that a rule cannot fire
    :param history: what happened before, by which it is told what is unusual
    :param rest: what the project holds beside the change
    :raises RuleError: a rule crashed; a crash is never a pass
    """
    view = View(change, policy, patterns, history, rest)
    asked = [rule for rule in rules if not _is_off(rule, policy)]
    found = [
        (rule, file, sighting)
        for rule in asked
        for file, sighting in _ask(rule, view, exhaustive=exhaustive)
    ]
    findings = [_finding(rule, file, seen, policy) for rule, file, seen in _without_doubles(found)]
    findings.sort(key=lambda finding: (finding.path, finding.line, finding.rule, finding.message))
    return Detection(tuple(findings), tuple(_notes(rules, asked)))


def _is_off(rule: Rule, policy: Policy) -> bool:
    return rule.id in policy.rules.off or rule.name in policy.rules.off


def _notes(rules: Iterable[Rule], asked: list[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule not in asked:
            yield f"rule {rule.id} ({rule.name}) was not asked: the policy switches it off"


def _ask(rule: Rule, view: View, *, exhaustive: bool) -> list[tuple[File | None, Sighting]]:
    try:
        if rule.sees == "change":
            by_path = {file.path: file for file in view.files}
            return [(by_path.get(seen.path), seen) for seen in rule.examine(view)]
        return list(_New(rule, view, exhaustive=exhaustive).sightings())
    except CouldNotJudge:
        raise
    except Exception as error:  # whatever a rule dies of, a crash is never a pass
        raise RuleError(
            "rule-crashed",
            f"rule {rule.id} ({rule.name}) crashed with {type(error).__name__}: {error}",
            hint="report it with the change that shows it; "
            "until then the base's policy can switch it off: rules.off",
        ) from error


class _New:
    """The new sightings of one rule over a whole change."""

    def __init__(self, rule: Rule, view: View, *, exhaustive: bool) -> None:
        self._rule = rule
        self._files = view.files
        self._exhaustive = exhaustive
        self._seen: dict[int, list[Sighting]] = {}

    def sightings(self) -> Iterator[tuple[File, Sighting]]:
        gained = [(file, self._gained(file)) for file in self._files]
        if not any(seen for _, seen in gained):
            return
        lost = Counter(key for file in self._files for key in self._lost(file))
        for file, seen in gained:
            for sighting in seen:
                key = self._moved_key(file.new, sighting)
                if lost[key]:
                    lost[key] -= 1
                else:
                    yield file, sighting

    def _gained(self, file: File) -> list[Sighting]:
        """What the new version has more of than the old, wherever it stands in it."""
        new = self._look(file.new)
        if not new or not file.stays_in_its_zone:
            return new
        return _surplus(new, self._look(file.old))

    def _lost(self, file: File) -> Iterator[tuple[str, ...]]:
        old = self._look(file.old)
        if old and file.stays_in_its_zone:
            old = _surplus(old, self._look(file.new))
        for sighting in old:
            yield self._moved_key(file.old, sighting)

    def _moved_key(self, side: Side | None, sighting: Sighting) -> tuple[str, ...]:
        """Know a sighting again in another file: same zone, same function, same code."""
        zone = side.zone if side else ""
        return (zone, sighting.rule, sighting.scope, sighting.code or sighting.message)

    def _look(self, side: Side | None) -> list[Sighting]:
        if side is None:
            return []
        if id(side) not in self._seen:
            self._seen[id(side)] = see(self._rule, side, exhaustive=self._exhaustive)
        return self._seen[id(side)]


def see(rule: Rule, side: Side, *, exhaustive: bool = False) -> list[Sighting]:
    """Give all that a rule about single files sees in one version of one, new or not."""
    if not _concerns(rule, side, exhaustive=exhaustive):
        return []
    seen = side.python if rule.sees == "python" else side
    return [] if isinstance(seen, Unparsable) else list(rule.examine(seen))


def _concerns(rule: Rule, side: Side, *, exhaustive: bool) -> bool:
    if rule.sees == "text":
        if side.is_python or not side.is_text:
            return False
    elif not side.is_python:
        return False
    return exhaustive or gate.may_fire(rule, side.blob.data or b"")


def _surplus(more: list[Sighting], less: list[Sighting]) -> list[Sighting]:
    """
    Give what the first list has more of, as a multiset of (rule, code).

    Sightings that kept their scope are matched first, so that what is left
    over is what stands somewhere new.
    """
    left = Counter((seen.rule, seen.code or seen.message, seen.scope) for seen in less)
    unmatched = []
    for seen in more:
        key = (seen.rule, seen.code or seen.message, seen.scope)
        if left[key]:
            left[key] -= 1
        else:
            unmatched.append(seen)
    anywhere: Counter[tuple[str, str]] = Counter()
    for (rule, code, _), count in left.items():
        anywhere[rule, code] += count
    surplus = []
    for seen in unmatched:
        place = (seen.rule, seen.code or seen.message)
        if anywhere[place]:
            anywhere[place] -= 1
        else:
            surplus.append(seen)
    return surplus


_Found = tuple[Rule, File | None, Sighting]


def _without_doubles(found: list[_Found]) -> list[_Found]:
    """
    Drop what another rule says better about the same line.

    What is worse than the better one stays: a warning must not hide a denial.
    Of bandit's nothing stays that is no worse than what a rule of ours sees, and
    nothing that a rule of ours takes upon itself by name.
    """
    places: dict[tuple[str, int], list[_Found]] = {}
    for one in found:
        places.setdefault(_place(one), []).append(one)
    return [
        one for one in found if not any(_says_better(other, one) for other in places[_place(one)])
    ]


def _says_better(better: _Found, one: _Found) -> bool:
    rule, _, seen = one
    is_bandits = bool(seen.rule)
    is_named = (seen.rule or rule.id) in better[0].supersedes
    if is_named and is_bandits:
        return True
    is_ours = better[0].family == "danger" and not better[2].rule
    return (is_named or (is_bandits and is_ours)) and _weight(one) <= _weight(better)


def _place(one: _Found) -> tuple[str, int]:
    _, file, seen = one
    return (file.path if file else seen.path, seen.line)


def _weight(one: _Found) -> tuple[Risk, bool]:
    """How heavy it weighs: of equal risk, what anybody is denied for weighs more."""
    rule, _, seen = one
    return (_risk(rule, seen), not seen.settled_by)


def _risk(rule: Rule, seen: Sighting) -> Risk:
    return rule.risk if seen.risk is None else seen.risk


def _finding(rule: Rule, file: File | None, seen: Sighting, policy: Policy) -> Finding:
    id_, name = seen.rule or rule.id, seen.name or rule.name
    named = policy.rules.risk.get(id_) or policy.rules.risk.get(name)
    return Finding(
        rule=id_,
        name=name,
        risk=Risk[named.upper()] if named else _risk(rule, seen),
        confidence=seen.confidence or rule.confidence,
        path=file.path if file else seen.path,
        line=seen.line,
        message=seen.message,
        hint=seen.hint or rule.hint,
        code=_shown(file, seen.line),
        commit=seen.commit,
        settled_by=seen.settled_by,
    )


def _shown(file: File | None, line: int) -> str:
    side = (file.new or file.old) if file else None
    if side is None or not line or line > len(side.lines):
        return ""
    return side.lines[line - 1].strip()[:_SHOWN]
