"""SMG103: a new line matches a pattern that the caller forbids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename

from pytest_selfmod_guard.lines import new_lines
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

_ITSELF = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
"""Where the patterns themselves stand."""


@change_rule(
    "SMG103",
    risk=Risk.HIGH,
    hint="write the line without it, or let a person change the hook's --pattern",
)
def forbidden_pattern(view: View) -> Iterable[Sighting]:
    """
    A new line matches a regular expression of the hook `selfmod-patterns`.

    Each `--pattern` of the hook forbids something in new lines of any text
    file. Without one the hook looks for destructive commands only.

    Flagged: with --pattern 'DO NOT LAND' [high]
        === notes.txt
        + DO NOT LAND this yet

    Allowed: a line that was there before
        === notes.txt
          DO NOT LAND this yet
        + more to come
    """
    for file in view.files:
        if file.new is None or not file.new.is_text or basename(file.path) in _ITSELF:
            continue
        old = file.old.lines if file.old and file.old.is_text else []
        for number, line in new_lines(old, file.new.lines):
            for pattern in view.patterns:
                if re.search(pattern, line):
                    yield Sighting(
                        number, f"the line matches the pattern {pattern!r}", path=file.path
                    )
