"""SMG271: a dependency is set back to an old version, let loose, or one that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._dependencies import dependencies, holds_dependencies
from pytest_selfmod_guard.rules.danger._popular import normal
from pytest_selfmod_guard.view import File, Side, View

_ASKED = re.compile(
    r"(?<![\w/.-])([A-Za-z][\w.-]{0,100}?)\s{0,9}(?:\[[^\]]{0,200}\])?\s{0,9}"
    r"(?:[\"']?\s{0,3}=\s{0,3}[\"'])?(===?|~=|>=|<=|<|>|\^|(?=[\"',;\s]|$))\s{0,9}"
    r"(\d[\w.+!]{0,60})?"
)
_HASH = re.compile(r"--hash[= ]|--require-hashes")
_LINE = re.compile(r"^\s{0,20}[\"']?[A-Za-z]")
_LONGEST = 400
_PINS = ("==", "===")


@change_rule(
    "SMG271",
    risk=Risk.HIGH,
    hint="keep the version, or move it forward; where an older one or none is needed, say why and "
    "have a person agree",
)
def dependency_loosened(view: View) -> Iterable[Sighting]:
    """
    A package that was fixed to a version gets an older one, or whatever comes; or hashes go.

    Old versions have holes that are known, and what is not fixed is whatever
    somebody uploads tomorrow. Bounds may be widened; a pin may become a bound
    that starts at it. There are honest reasons, so a person is to look.

    Flagged: an old one
        === requirements.txt
        - fastapi==0.111.0
        + fastapi==0.64.0

    Flagged: any that comes
        === requirements.txt
        - pyjwt==2.8.0
        + pyjwt

    Flagged: without the hashes
        === requirements.txt
        - click==8.1.7 --hash=sha256:ca9853ad459e787e
        + click==8.1.7

    Allowed: a newer one, and a bound from there on
        === requirements.txt
        - fastapi==0.111.0
        + fastapi==0.112.0
        - pyjwt==2.8.0
        + pyjwt>=2.8.0,<3
    """
    for file in view.files:
        if file.old is not None and file.new is not None and holds_dependencies(file.path):
            yield from _of_file(file, file.old, file.new)


def _of_file(file: File, old: Side, new: Side) -> Iterator[Sighting]:
    before, after, there = dict(_asked(old)), dict(_asked(new)), dependencies(new)
    for name, (_, operator, version, had_hash) in before.items():
        if operator not in _PINS or name not in there | set(after):
            continue
        line, now, asked, has_hash = after.get(name, (0, "", "", had_hash))
        what = _worse(version, now, asked)
        if not what and had_hash and not has_hash:
            what = "is no longer held to its hashes"
        if what:
            yield Sighting(
                line, f"{name!r} {what}", f"{name} {now}{asked}", path=file.path,
                settled_by="review",
            )  # fmt: skip


def _worse(version: str, now: str, asked: str) -> str:
    if not now or not asked or now in ("<", "<="):
        return f"was fixed to {version}, and may now be anything"
    older = _key(asked) < _key(version)
    if older and now in _PINS:
        return f"goes back from {version} to {asked}"
    if older and _key(asked)[:1] < _key(version)[:1]:
        return f"was fixed to {version}, and may now be {asked}"
    return ""


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:4])


def _asked(side: Side) -> Iterator[tuple[str, tuple[int, str, str, bool]]]:
    text = side.lines
    for number, line in enumerate(text, 1):
        if not _LINE.match(line) or line.lstrip().startswith(("#", "-")) or len(line) > _LONGEST:
            continue
        has_hash = bool(_HASH.search(line)) or any(
            _HASH.search(one) for one in text[number : number + 1] if line.rstrip().endswith("\\")
        )
        if found := _ASKED.match(line.lstrip(" \t\"'")):
            yield normal(found[1]), (number, found[2] or "", found[3] or "", has_hash)
        if "[" in line and "==" in line:
            for one in _ASKED.finditer(line, line.index("[")):
                if one[2]:
                    yield normal(one[1]), (number, one[2], one[3] or "", has_hash)
