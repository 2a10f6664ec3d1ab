"""SMG404: a path that only a person may change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._sides import Pair, mentions_us, pairs
from pytest_selfmod_guard.view import Side, View

_STATE = ".selfmod-guard"
_HIDES = frozenset(("-diff", "binary", "linguist-generated", "linguist-generated=true", "-text"))
_OUR_FILES = (
    "pyproject.toml", "selfmod-guard.toml", ".pre-commit-config.yaml", ".gitattributes",
    "prek.toml",
)  # fmt: skip
_SOURCE = ("a.py", "src/a.py", "tests/test_a.py", "a.pyi", "a.sh", "conftest.py", "setup.py")


@change_rule(
    "SMG404",
    risk=Risk.HIGH,
    hint="leave the path as it is; let a person change it in a commit of their own",
)
def protected_path(view: View) -> Iterable[Sighting]:
    """
    The change touches what the policy reserves for people.

    `protect.paths` lists a project's crown jewels: golden files, migrations,
    whatever must not change by itself. The guard's own records
    (`.selfmod-guard/`) and the file of `approvals.allowed-signers` belong to
    them; where there was no signers file before, adding it is a note. In
    `.gitattributes`, a new line that hides the diff of source is a warning,
    and denied where it hides our own files.

    Flagged: the guard's records
        === .selfmod-guard/journal.db
        - anything

    Flagged: our files are hidden from diffs
        === .gitattributes
        + .pre-commit-config.yaml -diff

    Flagged: source is hidden from diffs [medium]
        === .gitattributes
        + *.py binary

    Allowed: pictures are binary
        === .gitattributes
        + *.png binary
    """
    for pair in pairs(view):
        if not _is_same(pair):
            yield from (seen._replace(path=pair.path) for seen in _judged(pair, view))


def _is_same(pair: Pair) -> bool:
    return pair.old is not None and pair.new is not None and pair.old.blob == pair.new.blob


def _judged(pair: Pair, view: View) -> Iterator[Sighting]:
    does = "is gone" if pair.new is None else "changes" if pair.old else "is added"
    pattern = _pattern(pair.path, view)
    if pattern:
        yield Sighting(0, f"{pair.path!r}, which 'protect.paths' lists as {pattern!r}, {does}")
    if _STATE in pair.path.lower().split("/")[:-1]:
        yield Sighting(0, f"{pair.path!r}, a record of the guard, {does}")
    if _is_signers(pair.path, view):
        risk = Risk.LOW if pair.old is None else None
        yield Sighting(0, f"{pair.path!r}, which says who may sign, {does}", risk=risk)
    if basename(pair.path) == ".gitattributes":
        yield from _attributes(pair)


def _pattern(path: str, view: View) -> str:
    listed = view.policy.protect.paths
    return next((pattern for pattern in listed if paths.matches(path, pattern)), "")


def _is_signers(path: str, view: View) -> bool:
    signers = view.policy.approvals.allowed_signers
    return bool(signers) and path == signers.removeprefix("./")


def _attributes(pair: Pair) -> Iterator[Sighting]:
    """Look at lines that are new, whatever their order."""
    new = Counter(_lines(pair.new)) - Counter(_lines(pair.old))
    for number, line in enumerate(_lines(pair.new), 1):
        if not new[line]:
            continue
        pattern, *marks = line.split() or [""]
        if _HIDES.isdisjoint(marks) and not any(mark.startswith("diff=") for mark in marks):
            continue
        if any(paths.matches(name, pattern) for name in _OUR_FILES) or mentions_us(pattern):
            yield Sighting(number, f"{pattern!r} hides the guard's own files from diffs")
        elif any(paths.matches(name, pattern) for name in _SOURCE) or paths.is_python(pattern):
            yield Sighting(number, f"{pattern!r} hides source from diffs", risk=Risk.MEDIUM)


def _lines(side: Side | None) -> list[str]:
    return side.lines if side is not None and side.text is not None else []
