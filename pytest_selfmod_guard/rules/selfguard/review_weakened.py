"""SMG413: fewer people or bots look at what comes in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.selfguard._grants import Leaf, leaves
from pytest_selfmod_guard.rules.selfguard._json import read_json
from pytest_selfmod_guard.rules.selfguard._owners import PLACES, orphaned, rules
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs, text_of
from pytest_selfmod_guard.view import Side, View

_PROTECTION = re.compile(
    r"\.github/(?:settings|branch[-_]?protection|safe-settings)\.ya?ml|\.github/rulesets?/.*\.json"
    r"|\.github/settings/.*\.ya?ml|(?:\.github/)?\.?mergify\.ya?ml|\.asf\.yaml"
)
_UPDATES = re.compile(
    r"\.github/dependabot\.ya?ml|(?:\.github/|\.)?renovate\.json5?|\.renovaterc(?:\.json)?"
)
_WEAK = frozenset(("false", "0", "null", "none", "disabled", "evaluate", ""))
_OPENS = re.compile(
    r"bypass\w*|actor_?\w*|allow_force_pushes|allow_deletions|allow_auto_merge|automerge"
)


@change_rule(
    "SMG413",
    risk=Risk.HIGH,
    hint="take it back; who looks at what is for the people of the project to say, so tell them "
    "what you would change, and why",
)
def review_weakened(view: View) -> Iterable[Sighting]:
    """
    Files lose those who must review them, or a branch its protection.

    `CODEOWNERS` is read as the forge reads it: the last line that covers a
    path counts, and one without a name frees it. Protection of branches that
    is written down (`.github/settings.yml`, rulesets, mergify) is compared
    value by value: a required check or review that goes, a `false`, a bypass.
    Other owners than before are for a person to judge, updates of dependencies
    that stop (dependabot, renovate) are a warning.

    Flagged: the file is deleted
        === .github/CODEOWNERS
        - * @example/maintainers

    Flagged: a later line without a name
        === CODEOWNERS
          * @example/maintainers
        + /shop/auth/

    Flagged: no review is needed
        === .github/settings.yml
          branches:
            - name: main
              protection:
                required_pull_request_reviews:
        -         required_approving_review_count: 2
        +         required_approving_review_count: 0

    Flagged: a new definition without any
        === .github/settings.yml
        + branches:
        +   - name: main
        +     protection:
        +       required_pull_request_reviews: null
        +       enforce_admins: false

    Flagged: others than before
        === CODEOWNERS
        - /shop/auth/ @example/security
        + /shop/auth/ @example/helper

    Flagged: updates stop [medium]
        === .github/dependabot.yml
        - version: 2
        - updates:
        -   - package-ecosystem: pip
        -     directory: /

    Allowed: it moves
        === CODEOWNERS
        - * @example/maintainers
        === .github/CODEOWNERS
        + * @example/maintainers

    Allowed: more owners
        === CODEOWNERS
        - * @example/maintainers
        + * @example/maintainers @example/security
        + /docs/ @example/writers @example/maintainers
    """
    touched = list(pairs(view))
    if any(pair.path in PLACES for pair in touched):
        yield from _owners(view)
    for pair in touched:
        if _PROTECTION.fullmatch(pair.path):
            yield from _protection(pair)
        elif _UPDATES.fullmatch(pair.path):
            yield from _updates(pair)


def _owners(view: View) -> Iterator[Sighting]:
    old = next((side for path in PLACES if (side := view.before(path))), None)
    new = next((side for path in PLACES if (side := view.after(path))), None)
    if old is None:
        return
    path = new.path if new else old.path
    none, others = orphaned(rules(old), rules(new), view.rest.paths())
    if none:
        yield Sighting(0, f"nobody has to review {none[0]!r} any more", path=path)
    if others:
        said = f"{others[0]!r} is reviewed by others than before"
        yield Sighting(0, said, path=path, settled_by="review")


def _protection(pair: Pair) -> Iterator[Sighting]:
    old, new = Counter(leaves(_tree(pair.old))), Counter(leaves(_tree(pair.new)))
    many, left = (Counter(leaf.keys for leaf in side.elements()) for side in (old, new))
    weaker = [leaf for leaf in old - new if _is_strict(leaf) and left[leaf.keys] < many[leaf.keys]]
    weaker += [leaf for leaf in new - old if _is_weaker(leaf, old)]
    if pair.old is None:
        weaker = [leaf for leaf in new if _lacks(leaf)]
    if weaker:
        told = f"{'.'.join(weaker[0].keys)} = {weaker[0].value!r}"
        yield Sighting(
            0,
            f"the protection of a branch is weakened: {told}",
            path=pair.path,
            settled_by="review" if pair.old is None else "",
        )


def _lacks(leaf: Leaf) -> bool:
    """Tell whether a new definition says that something protects nothing."""
    keys = " ".join(leaf.keys)
    if re.search(r"conditions|actions", keys):
        return False
    return leaf.value.lower() in _WEAK and re.search(_PROTECTS, keys) is not None


_PROTECTS = (
    r"protection|required_|enforce_admins|enforcement|restrictions|approving_review_count|contexts"
    r"|rules"
)


def _is_strict(leaf: Leaf) -> bool:
    return leaf.value.lower() not in _WEAK and not _OPENS.fullmatch(leaf.name)


def _is_weaker(leaf: Leaf, old: Counter[Leaf]) -> bool:
    """Tell whether a new value is one that protects less."""
    if any(map(_OPENS.fullmatch, leaf.keys)):
        return leaf.value.lower() not in _WEAK
    before = [other.value for other in old if other.keys == leaf.keys]
    if leaf.value.isdigit() and before and before[0].isdigit():
        return int(leaf.value) < int(before[0])
    return leaf.value.lower() in _WEAK and bool(before)


def _updates(pair: Pair) -> Iterator[Sighting]:
    old, new = set(leaves(_tree(pair.old))), set(leaves(_tree(pair.new)))
    lost = {leaf.value for leaf in old - new if leaf.name == "package-ecosystem"}
    off = {leaf for leaf in new - old if leaf.name == "enabled" and leaf.value == "false"}
    off |= {leaf for leaf in new - old if "limit" in leaf.name and leaf.value == "0"}
    if lost or off or (old and not new):
        what = f" of {min(lost)!r}" if lost else ""
        told = f"updates of dependencies{what} stop"
        yield Sighting(0, told, path=pair.path, risk=Risk.MEDIUM)


def _tree(side: Side | None) -> Tree | None:
    text = text_of(side)
    try:
        if side is None or text is None:
            return None
        return read(text) if side.path.endswith((".yml", ".yaml")) else read_json(text)
    except (ValueError, Unreadable):
        return None
