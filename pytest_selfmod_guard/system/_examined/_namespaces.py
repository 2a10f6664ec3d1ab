"""Whether bubblewrap works here, found out by letting it do nothing."""

from __future__ import annotations

import subprocess

_SECONDS = 5.0


def can_make_namespaces(bwrap: str) -> bool:
    """
    Let it run ``true`` with everything unshared.

    :param bwrap: its path
    """
    line = [bwrap, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(line, capture_output=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
