"""A short way from source text to a parsed file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python, Unparsable, parse

Read = Callable[[str], Python]


def read_source(source: str) -> Python:
    """Parse source text that must be parsable."""
    found = parse("some.py", source.encode())
    assert not isinstance(found, Unparsable), found
    return found


@pytest.fixture(scope="session")
def read() -> Read:
    """Give a function from source text to a parsed file."""
    return read_source
