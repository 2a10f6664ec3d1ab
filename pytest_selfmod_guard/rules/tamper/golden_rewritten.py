"""SMG313: recorded results that tests compare with are rewritten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.paths import PRODUCT, TEST
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules._moved import moved
from pytest_selfmod_guard.view import File, Side, View

_RECORDED = re.compile(
    r"(^|[/._-])(__snapshots__|snapshots?|expected|golden|goldens|cassettes?|approved|approvals"
    r"|baselines?|reference|references|recordings?|recorded|regressions?|outputs?|results?|want)"
    r"($|[/._-])",
    re.IGNORECASE,
)
_KINDS = (".ambr", ".snap", ".golden", ".expected", ".approved", ".out", ".stdout", ".stderr")

_KEYED = (".ambr", ".snap", ".json", ".yaml", ".yml", ".toml", ".ini", ".jsonl", ".xml")
"""Stores of entries, which stand in no order that tests compare."""


@change_rule(
    "SMG313",
    risk=Risk.HIGH,
    hint="restore the recorded result and correct the code; if the new result is what was asked "
    "for, let a person approve it as the expected one",
)
def golden_rewritten(view: View) -> Iterable[Sighting]:
    """
    A recorded result that the base's tests compare with says something else.

    Snapshots, golden files, cassettes and expected outputs are assertions that
    live in data. To record them anew makes any behaviour the expected one.
    Whether that was meant, the base's tests on the changed code and a person
    must tell. New records, and new entries in old ones, are silent. A helper of
    tests that writes a record, whatever it is, before it reads it again, makes
    any result the expected one, too.

    Flagged: a snapshot is recorded anew
        === tests/__snapshots__/test_cart.ambr
          # name: test_receipt
        - 'total: 3'
        + 'total: 4'

    Flagged: an expected output, with the code
        === cart.py
          def total(items):
        -     return sum(items)
        +     return sum(items) + 1
        === tests/data/expected_receipt.json
        - {"total": 3}
        + {"total": 4}

    Flagged: it is deleted, and its test stays
        === tests/golden/receipt.txt
        - total: 3

    Flagged: it says the same in another order
        === tests/golden/receipt.txt
        - milk 1
          tea 2
        + milk 1

    Flagged: whatever comes is what was expected
        === tests/helpers.py
          def matches(name, text):
        +     (GOLDEN / name).write_text(text)
              assert (GOLDEN / name).read_text() == text

    Allowed: it is written where somebody asks for that
        === tests/helpers.py
          def matches(name, text):
        +     if UPDATE:
        +         (GOLDEN / name).write_text(text)
              assert (GOLDEN / name).read_text() == text

    Allowed: an entry more
        === tests/__snapshots__/test_cart.ambr
          # name: test_receipt
          'total: 3'
        + # name: test_nothing
        + 'total: 0'

    Allowed: what a test reads
        === tests/data/items.json
        - [1, 2]
        + [1, 2, 3]
    """
    yield from _recorded_always(view)
    touched = any(_is_product(side) for file in view.files for side in (file.old, file.new))
    for file in view.files:
        lost = [] if file.is_gone and moved(view).covers(file.path) else list(_lost(file))
        if lost:
            what = "is deleted" if file.is_gone else f"says {_shown(lost[0])} no more"
            why = "; the change also edits the product" if touched else ""
            yield Sighting(
                0,
                f"the recorded result {file.path!r} {what}{why}",
                path=file.path,
                settled_by="trial",
            )


def _recorded_always(view: View) -> Iterator[Sighting]:
    for file in view.files:
        data = (file.new.blob.data if file.new else None) or b""
        may_write = b"write_" in data or b"open(" in data or b"copy" in data
        if file.new and file.new.is_python and file.new.zone == TEST and may_write:
            from pytest_selfmod_guard.rules.tamper._cheating.recording import (  # noqa: PLC0415 (slow)
                recordings,
            )

            for found in recordings(file):
                yield Sighting(
                    found.line,
                    f"{found.scope!r} writes {found.what!r} each time before it compares with it",
                    path=file.path,
                    scope=found.scope,
                    settled_by=found.settled_by,
                )


def _lost(file: File) -> Iterator[str]:
    """Give what a recorded result says no more; of a store of many, in whatever order."""
    if file.old is None or not _is_record(file.old):
        return
    old = Counter(line.strip() for line in file.old.lines)
    new = Counter(line.strip() for line in file.new.lines) if file.new else Counter[str]()
    yield from (line for line in (old - new) if line and not line.isspace())
    if file.new and not old - new and not file.old.path.endswith(_KEYED):
        lines = [line.strip() for line in file.old.lines if line.strip()]
        if not _is_in_order(lines, (line.strip() for line in file.new.lines)):
            yield "lines in their order"
    if not file.old.is_text and (file.new is None or file.old.blob != file.new.blob):
        yield "its bytes"


def _is_in_order(lines: list[str], others: Iterable[str]) -> bool:
    """Tell whether some lines come in their order among others."""
    rest = iter(others)
    return all(line in rest for line in lines)


def _is_record(side: Side) -> bool:
    if side.zone != TEST or side.is_python:
        return False
    return side.path.endswith(_KINDS) or _RECORDED.search(side.path) is not None


def _is_product(side: Side | None) -> bool:
    return side is not None and side.zone == PRODUCT


def _shown(line: str) -> str:
    return repr(line if len(line) <= 60 else f"{line[:57]}...")  # noqa: PLR2004 (one line)
