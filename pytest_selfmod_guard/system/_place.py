"""Whether it is plain to see that nothing can be written down; nothing is tried to find out."""

from __future__ import annotations

import os


def is_shut(place: str) -> bool:
    """
    Tell whether nothing can be written down at the place of a journal.

    False where that cannot be seen, as of a disk that is full, or of a server.
    """
    if not os.path.isabs(place):
        return False
    file = place if os.path.lexists(place) else ""
    folder = os.path.dirname(place)
    while not os.path.lexists(folder):  # which will be made
        folder = os.path.dirname(folder)
    return not all(_can_be_written(path) for path in (folder, file) if path)


def _can_be_written(path: str) -> bool:
    return os.access(path, os.R_OK | os.W_OK, effective_ids=True)
