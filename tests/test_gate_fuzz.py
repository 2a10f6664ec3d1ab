"""The gate against the whole analysis, over many edits of real modules."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

import pytest

from pytest_selfmod_guard.model import REGULAR, Base, Blob, Change, FileChange
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.stages.detect import detect

ROUNDS = 100
LARGEST = 60_000  # characters; larger modules only take time


def modules() -> list[str]:
    """Give the sources of packages that come with the guard."""
    specs = [importlib.util.find_spec(name) for name in ("packaging", "pre_commit", "stevedore")]
    folders = [Path(str(spec.origin)).parent for spec in specs if spec]
    texts = (path.read_text(encoding="utf-8") for one in folders for path in one.rglob("*.py"))
    return sorted(text for text in texts if len(text) < LARGEST)


def edits(text: str, others: list[str], chance: random.Random) -> Iterator[str]:
    """Give versions of a module: statements dropped, doubled, moved, and taken from others."""
    blocks = text.split("\n\n")
    at = chance.randrange(len(blocks))
    yield "\n\n".join(blocks[:at] + blocks[at + 1 :])
    yield "\n\n".join([*blocks, blocks[at]])
    yield "\n\n".join([blocks[at], *blocks])
    foreign = chance.choice(others).split("\n\n")
    yield "\n\n".join([*blocks, *foreign[: chance.randrange(1, 9)]])
    yield "\n\n".join([*foreign[:3], *blocks])


def blob(text: str) -> Blob:
    """Make one side of a file."""
    data = text.encode()
    return Blob(REGULAR, sha1(data, usedforsecurity=False).hexdigest(), len(data), data)


@pytest.mark.fuzz
def test_what_the_gate_lets_by_the_rules_would_have_let_by() -> None:
    """Hundreds of edits, judged with and without the short cuts: the same findings."""
    chance, texts, compared = random.Random(7), modules(), 0  # noqa: S311 (the same every time)
    for _ in range(ROUNDS):
        old = chance.choice(texts)
        for new in edits(old, texts, chance):
            path = chance.choice(("shop/a.py", "tests/test_a.py", "setup.py"))
            file = FileChange(path, blob(old), blob(new))
            change = Change((file,), Base("c", {}), "index", "--staged")
            plain = detect(change, Policy(), all_rules())
            whole = detect(change, Policy(), all_rules(), exhaustive=True)
            assert plain == whole
            compared += 1
    assert compared == ROUNDS * 5
