"""SMG232: a new dependency, and one whose name imitates another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._dependencies import dependencies, holds_dependencies
from pytest_selfmod_guard.rules.danger._popular import imitated, is_known, sounds_like
from pytest_selfmod_guard.view import Side, View

_FIXED = re.compile(r"@\s{0,9}git\+https://(?:github|gitlab)\.com/\S{1,200}@[0-9a-f]{40}\b")
"""It is named by the place and the hash of what was looked at."""
_ELSEWHERE = re.compile(
    r"@\s{0,9}\S{1,20}://|git\+|\b(?:git|url|path|index|source)\s{0,9}=\s{0,9}[\"']|https?://"
)
_PINNED = re.compile(r"==|===|\brev\s{0,9}=")
_BUILD = re.compile(
    r"\[build-system\][^\[]{0,200}requires\s{0,9}=\s{0,9}\[[^\]]{0,2000}|setup_requires\s{0,9}=[^\]]{0,2000}"
)
_HEART = re.compile(
    r"(?i)auth|login|crypt|secret|token|payment|billing|password|session|wallet|security|keys?\b"
)


@change_rule(
    "SMG232",
    risk=Risk.HIGH,
    hint="look the package up on its index, compare the name letter by letter with the one that is "
    "meant, and use the well-known one",
)
def new_dependency(view: View) -> Iterable[Sighting]:
    """
    The project comes to depend on a package that is named almost like a popular one.

    One letter more, fewer, changed or swapped, a dash, `python-` or a digit:
    that is how imitations are found by slip and bring whatever they like. One that
    is not widely known is a warning, and a person is to look at it where there
    is more: it comes from elsewhere than the index, sounds as if it belonged to
    a popular one, builds the project, or comes unpinned to where secrets are.
    Any other is a note: its code runs with the project's rights.

    Flagged: two letters swapped
        === requirements.txt
          click==8.1.7
        + reqeusts==2.32.0

    Flagged: among the project's own dependencies
        === pyproject.toml
          [project]
          name = "shop"
        + dependencies = ["python-requests", "click"]

    Flagged: in another table
        === pyproject.toml
          [tool.poetry.dependencies]
        + beautifulsoup = "^4"

    Flagged: one that sounds as if it belonged to another
        === requirements.txt
          click==8.1.7
        + aiohttp-retry-helper-async==1.0

    Flagged: one that nobody knows builds the project
        === pyproject.toml
          [build-system]
        + requires = ["somepackage"]

    Flagged: one that hardly anybody knows [medium]
        === requirements.txt
          click==8.1.7
        + somepackage==1.0

    Flagged: a new one that many use [low]
        === requirements.txt
          click==8.1.7
        + rich==13.7.1

    Allowed: another version
        === requirements.txt
        - click==8.1.7
        + click==8.1.8

    Allowed: from one file to another
        === requirements.txt
        - reqeusts-of-ours==1.0
        === requirements-dev.txt
        + reqeusts-of-ours==1.0
    """
    known = {name for file in view.files for name in dependencies(file.old)}
    for file in view.files:
        if file.new is None or not holds_dependencies(file.path):
            continue
        for name in sorted(dependencies(file.new) - known):
            yield _sighting(view, file.new, name)
            known.add(name)


def _sighting(view: View, side: Side, name: str) -> Sighting:
    other = imitated(name)
    line = next((at for at, text in enumerate(side.lines, 1) if _has(text, name)), 0)
    if not other:
        return _unknown(view, side, name, line)
    return Sighting(
        line,
        f"the new dependency {name!r} is named almost like {other!r}",
        path=side.path,
        hint=f"if {other!r} is meant, name it so; else a person who has looked at {name!r} adds it",
        risk=Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH,
    )


def _unknown(view: View, side: Side, name: str, line: int) -> Sighting:
    text = side.lines[line - 1] if line else ""
    if is_known(name) or _FIXED.search(text) is not None or side.zone == paths.TEST:
        return Sighting(line, f"a new dependency: {name!r}", path=side.path, risk=Risk.LOW)
    what = f"a new dependency that is not widely known: {name!r}"
    if why := _why(view, side, name, text):
        return Sighting(line, f"{what}, and {why}", path=side.path, settled_by="review")
    return Sighting(line, what, path=side.path, risk=Risk.MEDIUM)


def _why(view: View, side: Side, name: str, text: str) -> str:
    """Say what there is about an unknown package besides that it is unknown."""
    if _ELSEWHERE.search(text):
        return "it comes from elsewhere than the index"
    if known := sounds_like(name):
        return f"it sounds as if it belonged to {known!r}"
    if _builds(side, name):
        return "its code runs when the project is built"
    if not _PINNED.search(text) and _is_at_the_heart(view, name):
        return "any version of it comes to where secrets are"
    return ""


def _builds(side: Side, name: str) -> bool:
    """Tell whether a package is asked for to build the project."""
    found = _BUILD.search(side.text or "")
    return found is not None and _has(found[0], name)


def _is_at_the_heart(view: View, name: str) -> bool:
    """Tell whether code about logging in, keys or money imports a package."""
    module = re.escape(name.replace("-", "_"))
    wanted = re.compile(rf"^\s{{0,40}}(?:import|from)\s{{1,9}}{module}\b", re.MULTILINE)
    heart = (file.new for file in view.files if file.new is not None and _HEART.search(file.path))
    return any(side.is_python and wanted.search(side.text or "") for side in heart)


def _has(text: str, name: str) -> bool:
    return name in text.lower().replace("_", "-").replace(".", "-")
