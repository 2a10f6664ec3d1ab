"""The numbers below which a run fails, wherever a project writes them down."""

from __future__ import annotations

import re
from collections import Counter
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._settings import text_of
from pytest_selfmod_guard.view import Side, View

_NUMBER = re.compile(
    r"(?:(?:cov-)?fail[-_]under|min(?:imum)?[-_]?cov(?:erage)?|cov(?:erage)?[-_](?:min(?:imum)?"
    r"|threshold|fail[-_]under)|(?:mutation|kill)[-_](?:score|threshold))"
    r"[\"']?[\"',\s=:]{1,4}?[\"']?(\d{1,3}(?:\.\d+)?)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(r"^\s*(?:target|range)\s*:\s*[\"']?(\d{1,3}(?:\.\d+)?)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*(?:#|;|//).*$", re.MULTILINE)
_NAMES = re.compile(
    r"pyproject\.toml|setup\.cfg|tox\.ini|\.coveragerc(\.toml)?|\.?pytest\.(ini|toml)"
    r"|(gnu)?makefile|justfile|noxfile\.py|tasks\.py|dodo\.py|setup\.py|jenkinsfile"
    r"|taskfile\.ya?ml|.*\.(ya?ml|mk|toml|cfg|ini|json|sh|bash)",
    re.IGNORECASE,
)
_ELSEWHERE = (".coveragerc", "pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini")


def may_have(path: str) -> bool:
    """Tell whether a file may hold such a number, or run a command with one."""
    is_test = paths.zone(path) == paths.TEST and path.endswith(".py")
    return not is_test and _NAMES.fullmatch(basename(path)) is not None


def fallen(view: View) -> tuple[str, float, float] | None:
    """
    Give a threshold that is lower after the change, or gone.

    :returns: the file, the number before, and the highest in its stead, -1 for none
    """
    old: Counter[float] = Counter()
    new: Counter[float] = Counter()
    where: dict[float, str] = {}
    for file in view.files:
        if may_have(file.path):
            before, after = numbers(file.old), numbers(file.new)
            old.update(before)
            new.update(after)
            where.update(dict.fromkeys(before, file.path))
    gone = sorted((old - new).elements(), reverse=True)
    come = sorted((new - old).elements(), reverse=True)
    for place, number in enumerate(gone):
        other = come[place] if place < len(come) else -1.0
        if other < number and number > 0 and not _stands_elsewhere(number, view):
            return where[number], number, other
    return None


def numbers(side: Side | None) -> list[float]:
    """Give the thresholds in one version of a file."""
    text = text_of(side)
    if text is None or side is None:
        return []
    text = _COMMENT.sub("", text)
    found = _NUMBER.findall(text)
    if re.search(r"codecov\.ya?ml$", side.path):
        found += _TARGET.findall(text)
    return [float(number) for number in found]


def _stands_elsewhere(number: float, view: View) -> bool:
    changed = {file.path for file in view.files}
    return any(
        other >= number
        for path in _ELSEWHERE
        if path not in changed
        for other in numbers(view.after(path))
    )
