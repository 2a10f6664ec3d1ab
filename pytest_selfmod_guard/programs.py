"""Where an external program is, by the ``PATH`` handed in."""

from __future__ import annotations

import os
from collections.abc import Mapping


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """
    Find a program, looking in absolute folders only.

    A ``.`` in the path would otherwise run a file of the project under judgement.

    :param name: without the ending that programs have on Windows
    """
    file = f"{name}.exe" if os.name == "nt" else name
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = os.path.join(folder, file)
        if os.path.isabs(folder) and os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    return None
