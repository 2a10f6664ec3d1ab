"""Whether the running environment has the project itself in it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from importlib import metadata
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pytest_selfmod_guard.doors._launch.isolated import is_within

_AT_START = ("sitecustomize.py", "usercustomize.py")


def installed_from(top: str) -> list[str]:
    """
    Return the names of what was installed from a folder, sorted.

    Installing a project runs what it says, before anybody has judged it.
    """
    names = {found.name for found in metadata.distributions() if _is_from(found, top)}
    return sorted(names)


def run_at_start(top: str) -> dict[str, object]:
    """
    Give stand-ins for the modules of a folder that Python runs by itself at its start.

    The modules may have removed their own traces from ``sys.modules``.
    """
    # The first is the script's folder, or the current one, and was added after that.
    folders = sys.path if sys.flags.safe_path else sys.path[1:]
    within = [folder for folder in folders if is_within(os.path.realpath(folder), top)]
    files = [os.path.join(folder, name) for folder in within for name in _AT_START]
    return {file: argparse.Namespace(__file__=file) for file in files if os.path.exists(file)}


def notes(top: str) -> Iterator[str]:
    """Say what follows from it, in sentences."""
    if names := installed_from(top):
        yield (
            f"This environment has the project in it ({', '.join(names)}): what installing it ran,"
            " and what it adds to the start of Python, came before the verdict."
        )


def _is_from(found: metadata.Distribution, top: str) -> bool:
    try:
        origin = json.loads(found.read_text("direct_url.json") or "{}")
        url = urlsplit(str(origin["url"]))
    except (KeyError, TypeError, ValueError, OSError):
        return False  # it came from an index, or nobody says
    return url.scheme == "file" and is_within(os.path.realpath(url2pathname(url.path)), top)
