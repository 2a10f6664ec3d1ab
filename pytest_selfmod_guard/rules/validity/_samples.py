"""Files that look like code and are data."""

from __future__ import annotations

import re

from pytest_selfmod_guard import paths

_SAMPLES = re.compile(
    r"(?i)(^|/)(data|fixtures?|resources|samples?|snippets?|examples?|testdata|templates?|cases)/"
)


def is_sample(path: str) -> bool:
    """Tell whether a file is data for tests or documentation, or a template of a file."""
    if "{{" in path:
        return True
    sample = bool(_SAMPLES.search(path)) and not paths.is_test_module(path)
    return sample and (paths.is_test(path) or path.startswith(("docs/", "doc/", "examples/")))
