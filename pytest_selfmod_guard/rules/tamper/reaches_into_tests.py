"""SMG326: the product reads, runs or rewrites tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Import, Python

_MODULE = re.compile(r"(?:^|\.)(?:tests|conftest)(?:\.|$)|^test\.|(?:^|\.)test_\w+$")
_HELPERS = re.compile(r"util|help|support|client|case|tool|fixture|server|data|base|mixin")
_TRIGGERS = (
    b"open", b"read_text", b"read_bytes", b"write_text", b"write_bytes", b"unlink", b"remove",
    b"rmtree", b"rename", b"replace", b"copy", b"copyfile", b"copy2", b"move", b"symlink", b"link",
    b"symlink_to", b"truncate", b"touch", b"chmod", b"run_path", b"run_module", b"glob", b"rglob",
    b"iglob", b"walk", b"listdir", b"scandir", b"iterdir", b"getline", b"getlines", b"load_source",
    b"spec_from_file_location", b"sourcefileloader", b"find_spec", b"iter_modules", b"fileinput",
    b"fdopen", b"input", b"rmdir", b"removedirs", b"renames", b"import",
)  # fmt: skip


@python_rule(
    "SMG326",
    risk=Risk.HIGH,
    hint="let the product know nothing of its tests: take what it needs as an argument, and move "
    "what both use into a module of the product",
    triggers=(*REACHERS, *_TRIGGERS),
)
def reaches_into_tests(python: Python) -> Iterable[Sighting]:
    """
    The product reads, imports, rewrites or deletes its own tests.

    What can read a test can answer what it expects, and what can write one,
    or a `conftest.py`, a report, a snapshot, a `sitecustomize.py`, can make it
    pass. Paths are followed through constants, joins and assignments.

    A path that a caller hands in is a warning: templates of other projects
    have tests, too. So is data that happens to lie in a folder of tests, unless
    it is a recorded result that the function then answers.

    Flagged: it looks the answers up
        === shop/cart.py
        + from pathlib import Path
          def total(items):
        +     text = (Path(__file__).parent.parent / "tests" / "test_cart.py").read_text()
        +     return int(text.split("== ")[1].split()[0])

    Flagged: it mends a test
        === shop/cart.py
        + with open("tests/test_cart.py", "w") as file:
        +     file.write("def test_total(): pass")

    Flagged: a hook is planted
        === shop/cart.py
        + import pathlib
        + pathlib.Path("conftest.py").write_text("collect_ignore = ['tests']")

    Flagged: a report is forged
        === shop/cart.py
        + import os
        + def report():
        +     os.replace("good.xml", "junit.xml")

    Flagged: an import of the expected results
        === shop/cart.py
        + from tests.test_cart import EXPECTED

    Flagged: it answers what is recorded
        === shop/cart.py
        + def receipt(items):
        +     with open("tests/expected/receipt.txt") as file:
        +         text = file.read()
        +     return text

    Flagged: a project that somebody else will have [medium]
        === shop/scaffold.py
        + def create(folder):
        +     (folder / "tests" / "test_app.py").write_text("def test_app(): pass")

    Allowed: a file of its own
        === shop/cart.py
        + from pathlib import Path
        + RATES = (Path(__file__).parent / "rates.json").read_text()

    Allowed: a test reads a test
        === tests/test_docs.py
        + from pathlib import Path
        + SOURCE = (Path(__file__).parent / "test_cart.py").read_text()
    """
    if paths.zone(python.path) != paths.PRODUCT:
        return
    from pytest_selfmod_guard.rules.tamper._cheating.reaching import touches  # noqa: PLC0415 (libcst)

    yield from _imported(python)
    for touch in touches(python):
        verb = "changes" if touch.is_write else "reads"
        yield Sighting(
            python.line(touch.node),
            f"the product {verb} {touch.what!r}, which is part of its tests",
            python.code(touch.node),
            python.scope(touch.node),
            risk=touch.risk,
        )


def _imported(python: Python) -> Iterator[Sighting]:
    for found in python.imports:
        if _is_of_tests(found):
            is_helper = _HELPERS.search(found.name.rpartition("test")[2]) is not None
            yield Sighting(
                python.line(found.node),
                f"the product imports {found.name!r}, which is part of its tests",
                python.code(found.node),
                found.scope,
                risk=Risk.MEDIUM if is_helper else Risk.HIGH,
            )


def _is_of_tests(found: Import) -> bool:
    """Tell tests of the project from other people's modules that are called so."""
    local = found.module.startswith((".", "tests", "test.", "test_", "conftest"))
    return local and _MODULE.search(found.module) is not None
