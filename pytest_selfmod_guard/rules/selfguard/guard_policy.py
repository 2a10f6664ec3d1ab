"""SMG401: the guard's own policy changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, dirname, join
from typing import NamedTuple

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE, Policy
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._guarded import brings_us, was_guarded
from pytest_selfmod_guard.rules.selfguard._sides import (
    Pair,
    pairs,
    raw_mentions_us,
    text_of,
    why_unreadable,
)
from pytest_selfmod_guard.rules.selfguard._strictness import Difference, differences
from pytest_selfmod_guard.view import Side, View

_NAMED = 4
_ADOPT_HINT = "leave out the keys you have no reason for; the defaults are the stricter choice"


@change_rule(
    "SMG401",
    risk=Risk.HIGH,
    hint="take the change of the policy back and leave it to a person; say what should change,"
    " and why",
)
def guard_policy_changed(view: View) -> Iterable[Sighting]:
    """
    The guard's own policy changes, in `pyproject.toml` or `selfmod-guard.toml`.

    Whoever may rewrite the judge's rules need not keep them. A change is
    judged by the policy of its base, so a weaker table never excuses the
    commit that brings it, but it would excuse the next. Only our own table
    counts; everything else in `pyproject.toml` is silent.

    A table that is at least as strict in every key is a note, and so is the
    first table of a project, unless it is laxer than the defaults, by which
    the project was judged until now. Only where the hook or the CI job comes
    in the same change is that a warning. To delete, move, hide or break the
    file is to weaken it.

    Flagged: a limit is raised
        === pyproject.toml
          [tool.selfmod-guard.limits]
        - max-files = 5
        + max-files = 500

    Flagged: it only warns from now on
        === selfmod-guard.toml
          block-at = "high"
        + mode = "warn"

    Flagged: a rule is switched off
        === pyproject.toml
          [tool.selfmod-guard]
        + rules.off = ["SMG301"]

    Flagged: the table is deleted
        === pyproject.toml
          [project]
          name = "shop"
        - [tool.selfmod-guard]
        - block-at = "medium"

    Flagged: the file is deleted
        === selfmod-guard.toml
        - block-at = "medium"

    Flagged: a second policy beside the first
        === pyproject.toml (kept)
          [tool.selfmod-guard]
          block-at = "medium"
        + # more
        === selfmod-guard.toml
        + mode = "warn"

    Flagged: a first table that is laxer than the defaults
        === pyproject.toml
          [project]
          name = "shop"
        + [tool.selfmod-guard]
        + mode = "warn"

    Flagged: the same, together with the first hook [medium]
        === selfmod-guard.toml
        + mode = "warn"
        === .pre-commit-config.yaml
        + repos:
        +   - repo: https://github.com/example/pytest-selfmod-guard
        +     rev: v1.2.0
        +     hooks:
        +       - id: selfmod-guard

    Allowed: a first table
        === pyproject.toml
          [project]
          name = "shop"
        + [tool.selfmod-guard]
        + block-at = "medium"

    Allowed: stricter in every key
        === pyproject.toml
          [tool.selfmod-guard.limits]
        - max-files = 5
        + max-files = 3

    Allowed: another table changes
        === pyproject.toml
          [tool.selfmod-guard]
          block-at = "medium"

          [tool.ruff]
        - line-length = 88
        + line-length = 100
    """
    touched = [pair for pair in pairs(view) if basename(pair.path) in (OWN_FILE, TABLE_FILE)]
    for folder in dict.fromkeys(dirname(pair.path) for pair in touched):
        mine = [pair for pair in touched if dirname(pair.path) == folder]
        place = mine[-1].path
        old = _Place.of("old", folder, mine, view)
        new = _Place.of("new", folder, mine, view)
        yield from (seen._replace(path=seen.path or place) for seen in _judged(old, new, view))


class _Place(NamedTuple):
    """The policy of one folder, in one version."""

    tables: Mapping[str, object]
    """File name to table, for those of the folder's files that have one."""
    problem: str = ""
    path: str = ""

    @property
    def policy(self) -> Policy:
        """The policy in force here; its table has been checked."""
        table = next(iter(self.tables.values()))
        return policies.check(table, self.path) if isinstance(table, Mapping) else Policy()

    @classmethod
    def of(cls, version: str, folder: str, mine: list[Pair], view: View) -> _Place:
        tables: dict[str, object] = {}
        problem = path = ""
        for name in (TABLE_FILE, OWN_FILE):
            path = join(folder, name)
            data, trouble = _content(version, path, mine, view)
            try:
                table = _table(name, path, data)
            except PolicyError as error:
                table, trouble = None, f"{path!r} is no policy: {error.message}"
            if table is not None:
                tables[path] = table
            problem = problem or trouble
        if len(tables) > 1:
            problem = f"the policy stands twice, in {' and '.join(map(repr, tables))}"
        return cls(tables, problem, next(iter(tables), path))


def _judged(old: _Place, new: _Place, view: View) -> Iterator[Sighting]:
    if old.problem and old.problem == new.problem:
        return
    if new.problem:
        yield Sighting(0, new.problem)
    elif not new.tables:
        if old.tables or old.problem:
            yield Sighting(0, f"the guard's policy is deleted from {old.path!r}", path=old.path)
    elif old.problem:
        yield Sighting(0, f"the guard's policy in {new.path!r} is replaced", path=new.path)
    elif old.tables:
        if old.tables != new.tables:
            yield _changed(differences(old.policy, new.policy), new)
    else:
        yield _adopted(new, view)


def _changed(found: list[Difference], new: _Place) -> Sighting:
    weaker = [difference for difference in found if not difference.is_tighter]
    if not weaker:
        told = f": {_listed(found)}" if found else ", with no effect"
        return Sighting(
            0, f"the guard's policy is made no weaker{told}", path=new.path, risk=Risk.LOW
        )
    return Sighting(0, f"the guard's policy changes {_listed(weaker)}", path=new.path)


def _adopted(new: _Place, view: View) -> Sighting:
    """Report the first table of a folder; where the guard is at work it must not be weaker."""
    above = _above(view)
    guarded = above is not None or was_guarded(view)
    found = differences(above or Policy(), new.policy)
    weaker = [item for item in found if (not item.is_tighter if guarded else item.is_laxer)]
    if not weaker:
        return Sighting(0, f"{new.path!r} adopts a policy", path=new.path, risk=Risk.LOW)
    before = "the one above its folder" if above is not None else "the defaults"
    return Sighting(
        0,
        f"{new.path!r} adopts a policy that is laxer than {before}: {_listed(weaker)}",
        path=new.path,
        risk=Risk.MEDIUM if not guarded and brings_us(view) else Risk.HIGH,
        hint=_ADOPT_HINT,
    )


def _above(view: View) -> Policy | None:
    """Give the policy at the top of the base; None where there is none."""
    base = view.change.base
    try:
        found = (_table(name, name, base.documents.get(name)) for name in (OWN_FILE, TABLE_FILE))
        return policies.load(base) if any(table is not None for table in found) else None
    except PolicyError:
        return Policy()


def _content(version: str, path: str, mine: list[Pair], view: View) -> tuple[bytes | None, str]:
    """Give a file's bytes, and what is wrong with a file that had or has something to say."""
    pair = next((pair for pair in mine if pair.path == path), None)
    if pair is None:
        return view.change.base.documents.get(path), ""
    side = pair.old if version == "old" else pair.new
    if side is None:
        return None, ""
    if text_of(side) is not None:
        return side.blob.data, ""
    if version == "new" and (_had_table(pair.old) or basename(path) == OWN_FILE):
        return None, f"{path!r}, which holds the guard's policy, {why_unreadable(side)}"
    return None, f"{path!r} cannot be read" if raw_mentions_us(side) else ""


def _had_table(side: Side | None) -> bool:
    return side is not None and (basename(side.path) == OWN_FILE or raw_mentions_us(side))


def _table(name: str, path: str, data: bytes | None) -> Mapping[str, object] | None:
    """
    Find the table in a file's bytes, and make sure that it is a policy.

    :raises PolicyError: it is none
    """
    if data is None:
        return None
    table = policies.own_table(data, path) if name == TABLE_FILE else _whole(data, path)
    if table is not None:
        policies.check(table, path)
    return table


def _whole(data: bytes, path: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError("policy-not-toml", f"it is not TOML ({error})", context=path) from None


def _listed(found: list[Difference]) -> str:
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(str(difference) for difference in found[:_NAMED]) + more
