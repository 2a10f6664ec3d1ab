"""Blobs in memory, within bounds."""

from __future__ import annotations

from pytest_selfmod_guard.git import LIMIT, Objects
from pytest_selfmod_guard.model import SUBMODULE, Blob

TOTAL = 512 * 1024 * 1024
"""Bytes of one change that are held in memory at most."""


class Shelf:
    """Reads blobs as long as there is room, and remembers which it left out."""

    def __init__(self, objects: Objects, total: int = TOTAL) -> None:
        self._objects = objects
        self._room = total
        self._left_out: list[str] = []
        self._last = Blob(0, "", 0, None)

    @property
    def limit(self) -> int:
        """How many bytes the next blob may have."""
        return min(LIMIT, self._room)

    def take(self, mode: int, oid: str, path: str) -> Blob:
        """Return one side of a file, with its bytes if they fit."""
        if mode == SUBMODULE:
            return Blob(mode, oid, 0, None)
        if oid == self._last.oid:  # a pure rename, or only the mode: the same bytes
            return self._last._replace(mode=mode)
        size, data = self._objects.blob(oid, self.limit)
        return self.put(Blob(mode, oid, size, data), path)

    def put(self, blob: Blob, path: str) -> Blob:
        """Account for a blob that was read elsewhere; return it."""
        if blob.data is None and not blob.is_submodule:
            self._left_out.append(f'"{path}" was not read: its {blob.size} bytes are too many.')
        self._room -= len(blob.data or b"")
        self._last = blob
        return blob

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for each blob that was left out."""
        return tuple(dict.fromkeys(self._left_out))
