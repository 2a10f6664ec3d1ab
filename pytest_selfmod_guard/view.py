"""
What rules look at: both sides of every file of a change, each parsed once.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import EXECUTABLE, REGULAR, Blob, Change, FileChange
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.surroundings import NOWHERE, Surroundings
from pytest_selfmod_guard.syntax import Unparsable, unparsable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_selfmod_guard.history import History
    from pytest_selfmod_guard.syntax import Python

T = TypeVar("T")

_SNIFFED = 8000  # as far as git looks for a NUL before it calls a file binary


class Side:
    """One version of one file."""

    def __init__(self, path: str, blob: Blob) -> None:
        """Take the file's path in that version, and its bytes."""
        self.path = path
        self.blob = blob

    @property
    def zone(self) -> str:
        """``product``, ``test``, ``build`` or ``data``."""
        return paths.zone(self.path)

    @property
    def is_python(self) -> bool:
        """True for Python source, by name or by its first line."""
        if not self.blob.is_regular or self.blob.data is None:
            return False
        return paths.is_python(self.path) or self._says_python

    @property
    def is_executable(self) -> bool:
        """True when the file names its interpreter, or has the mode of a program."""
        return bool(self._interpreter) or self.blob.mode == EXECUTABLE

    @property
    def _says_python(self) -> bool:
        return any(name in self._interpreter for name in (b"python", b"pypy", b"uv run"))

    @property
    def _interpreter(self) -> bytes:
        """The first line, where it is one that the system takes for a program's."""
        data = (self.blob.data or b"")[:200].removeprefix(b"\xef\xbb\xbf")
        return data.split(b"\n", 1)[0] if data.startswith(b"#!") else b""

    @property
    def is_text(self) -> bool:
        """False for binary files, submodules and what was too large to read."""
        return self.blob.data is not None and self.text is not None

    @cached_property
    def text(self) -> str | None:
        """The content; None when it is binary. Odd bytes become surrogates."""
        data = self.blob.data
        if data is None:
            return None
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16", "replace")
        if b"\0" in data[:_SNIFFED] and not (paths.is_shell(self.path) or self._interpreter):
            return None  # a shell reads on behind a NUL, and so do we
        return data.decode("utf-8", "surrogateescape")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return (self.text or "").split("\n")

    @property
    def unparsable(self) -> Unparsable | None:
        """
        Why Python rules cannot look at it, or None.

        Where a rule has parsed it already that is what counts; otherwise it is
        told without libcst, which only those rules need.
        """
        if "python" in self.__dict__:
            return self.python if isinstance(self.python, Unparsable) else None
        return self._looked_at

    @cached_property
    def _looked_at(self) -> Unparsable | None:
        return unparsable(self.blob.data or b"")

    @cached_property
    def python(self) -> Python | Unparsable:
        """The parsed source; only for files that are Python."""
        from pytest_selfmod_guard.syntax import parse  # noqa: PLC0415 (imports libcst)

        return parse(self.path, self.blob.data or b"")


class File:
    """One path of the change, with what it was and what it is to be."""

    def __init__(self, change: FileChange) -> None:
        """Look at one entry of a change."""
        self.change = change
        self.path = change.path
        self.old = Side(change.before, change.old) if change.old else None
        self.new = Side(change.path, change.new) if change.new else None

    @property
    def is_gone(self) -> bool:
        """True when the change deletes it."""
        return self.new is None

    @property
    def stays_in_its_zone(self) -> bool:
        """False when a move took it to another part of the project."""
        return self.old is not None and self.new is not None and self.old.zone == self.new.zone


class View:
    """The whole change as rules see it."""

    def __init__(
        self,
        change: Change,
        policy: Policy,
        patterns: tuple[str, ...] = (),
        history: History | None = None,
        rest: Surroundings = NOWHERE,
    ) -> None:
        """
        Look at a change under the base's policy.

        :param patterns: regular expressions that the caller forbids in new lines
        :param history: what happened before; None where it does not matter
        :param rest: what the project holds beside the change
        """
        self.rest = rest
        self.history = history
        self.change = change
        self.policy = policy
        self.patterns = patterns
        self.files = tuple(File(file) for file in change.files)
        self._made: dict[Callable[[View], object], object] = {}

    def once(self, make: Callable[[View], T]) -> T:
        """Give what a function makes of this view, made once for all rules that ask."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def after(self, path: str) -> Side | None:
        """Give a file of the project as it is after the change, wherever it comes from."""
        return self._sides(path)[1]

    def before(self, path: str) -> Side | None:
        """Give a file of the project as the base has it."""
        return self._sides(path)[0]

    def _sides(self, path: str) -> tuple[Side | None, Side | None]:
        if path not in self._known:
            data = self.rest.read(path)
            side = Side(path, Blob(REGULAR, "", len(data), data)) if data is not None else None
            self._known[path] = (side, side)
        return self._known[path]

    @cached_property
    def _known(self) -> dict[str, tuple[Side | None, Side | None]]:
        known: dict[str, tuple[Side | None, Side | None]] = {}
        for file in self.files:
            known[file.change.before] = (file.old, None)
        for file in self.files:
            known[file.path] = (known.get(file.path, (None, None))[0], file.new)
        return known
