"""SMG415: git is told not to see tests, or what guards the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._ci import is_ci, is_ci_text
from pytest_selfmod_guard.rules.selfguard._covering import covers, is_everything
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs, text_of
from pytest_selfmod_guard.view import Side, View

_OURS = frozenset(
    (".pre-commit-config.yaml", "selfmod-guard.toml", "pyproject.toml", "conftest.py", "prek.toml")
)


@change_rule(
    "SMG415",
    risk=Risk.MEDIUM,
    hint="ignore only what tools write, by the folder they write it to",
)
def watched_files_ignored(view: View) -> Iterable[Sighting]:
    """
    A new line of `.gitignore` covers tests, or files that guard the project.

    What git does not see is in no commit: a new test beside the old ones stays
    on one machine, and so does a change of the hooks or of CI.

    Flagged: the tests [medium]
        === .gitignore
          __pycache__/
        + tests/
        === tests/test_cart.py
          def test_total(): assert True

    Flagged: the hooks [medium]
        === .gitignore
        + .pre-commit-config.yaml
        === .pre-commit-config.yaml
          repos: []

    Allowed: what tools write
        === .gitignore
          __pycache__/
        + .coverage
        + tests/output/
        === tests/test_cart.py
          def test_total(): assert True
    """
    for pair in pairs(view):
        if basename(pair.path) == ".gitignore" and (new := _new_patterns(pair)):
            watched = _watched(view)
            for line, pattern in new:
                hit = next((path for path in watched if _hides(pattern, path)), "")
                if hit:
                    told = f"{pattern!r} has git overlook files like {hit!r}"
                    yield Sighting(line, told, path=pair.path)


def _new_patterns(pair: Pair) -> list[tuple[int, str]]:
    known = Counter(_patterns(pair.old))
    new = list(enumerate(_patterns(pair.new), 1))
    return [(at, told) for at, told in new if told[:1] not in ("", "#", "!") and not known[told]]


def _patterns(side: Side | None) -> list[str]:
    return [line.strip() for line in (text_of(side) or "").split("\n")]


def _watched(view: View) -> list[str]:
    known = {*view.rest.paths(), *(file.path for file in view.files if file.old and file.new)}
    return sorted(path for path in known if _is_watched(path))


def _is_watched(path: str) -> bool:
    is_ours = path in _OURS or is_ci(path) or is_ci_text(path)
    return is_ours or (paths.is_test(path) and path.endswith(".py"))


def _hides(pattern: str, path: str) -> bool:
    return is_everything(pattern) or covers(pattern.removeprefix("/"), path)
