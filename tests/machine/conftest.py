"""Trees of files as the kernel lays them out, to look for cgroups in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Lay = Callable[[Mapping[str, str]], str]
"""Writes files, by their paths, below a root of their own, and gives the root."""


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Give a function that lays files out."""

    def written(files: Mapping[str, str]) -> str:
        for path, text in files.items():
            target = tmp_path / "root" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return str(tmp_path / "root")

    return written
