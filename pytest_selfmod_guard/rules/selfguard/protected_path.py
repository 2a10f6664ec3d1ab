"""SMG404: a path that only a person may change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._attributes import hidden
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs
from pytest_selfmod_guard.view import View

_STATE = ".selfmod-guard"


@change_rule(
    "SMG404",
    risk=Risk.HIGH,
    hint="take the change of the path back and leave it to a person; say what should change,"
    " and why",
)
def protected_path(view: View) -> Iterable[Sighting]:
    """
    The change touches what the policy reserves for people.

    `protect.paths` lists a project's crown jewels: golden files, migrations,
    whatever must not change by itself. The guard's own records
    (`.selfmod-guard/`), the folders of `rules.local` and the files of
    `approvals.allowed-signers` and `approvals.revoked-keys` belong to them; where
    there was no signers file before, adding it is a note.

    A new line of `.gitattributes` can hide files from a reviewer's diff,
    `linguist-generated` takes them out of the limits, and `merge=ours` drops
    what others did to them. Its pattern must be one
    that cannot name Python, shell, CI or configuration: an ending such as
    `*.svg`, a folder of output, a name that only generators give.

    It can also have git check out other bytes than those that are stored and
    judged: by a `filter`, a `working-tree-encoding` that is not UTF-8, or
    `ident`, which drops text. Nothing that may be run or configures something
    may have those, generated or not; pictures and data may.

    Flagged: the guard's records
        === .selfmod-guard/journal.db
        - anything

    Flagged: our files are hidden from diffs
        === .gitattributes
        + .pre-commit-config.yaml -diff

    Flagged: source is hidden from diffs
        === .gitattributes
        + *.py binary

    Flagged: source is said to be generated, so that no limit counts it
        === .gitattributes
        + shop/** linguist-generated

    Flagged: what others did to the source is dropped
        === .gitattributes
        + shop/*.py merge=ours

    Flagged: source in an encoding that nobody judged
        === .gitattributes
        + *.py working-tree-encoding=cp037

    Flagged: a filter over the tests, from their own folder
        === tests/.gitattributes
        + *_test.* text filter=tidy

    Flagged: a keyword, whose replacement drops what stands in it
        === .gitattributes
        + shop/*.py ident

    Allowed: large files that are stored elsewhere
        === .gitattributes
        + *.psd filter=lfs merge=lfs -text

    Allowed: the encoding that is judged
        === .gitattributes
        + *.py text eol=crlf working-tree-encoding=UTF-8

    Allowed: what only a generator names so
        === .gitattributes
        + *_pb2.py linguist-generated

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
    if any(paths.matches(pair.path, f"{folder}/**") for folder in _rule_folders(view)):
        yield Sighting(0, f"{pair.path!r}, one of the project's own rules, {does}")
    if _is_signers(pair.path, view):
        risk = Risk.LOW if pair.old is None else None
        yield Sighting(0, f"{pair.path!r}, which says who may sign, {does}", risk=risk)
    if basename(pair.path) == ".gitattributes":
        yield from hidden(pair)


def _pattern(path: str, view: View) -> str:
    listed = view.policy.protect.paths
    return next((pattern for pattern in listed if paths.matches(path, pattern)), "")


def _rule_folders(view: View) -> list[str]:
    return [folder.removeprefix("./").strip("/") for folder in view.policy.rules.local]


def _is_signers(path: str, view: View) -> bool:
    named = view.policy.approvals
    return path in {
        one.removeprefix("./") for one in (named.allowed_signers, named.revoked_keys) if one
    }
