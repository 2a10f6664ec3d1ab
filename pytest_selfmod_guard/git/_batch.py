"""A git process that answers one question after another, and always ends."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread, Timer
from typing import IO

from pytest_selfmod_guard.errors import ReadError
from pytest_selfmod_guard.git._failures import failure, git_timeout
from pytest_selfmod_guard.git._git import Git

_REASON = 64 * 1024
_PATIENCE = 2.0
"""Seconds to wait for the last words of a process that has ended."""


class Batch:
    """
    One running git command that reads lines and writes answers.

    Questions are asked one at a time and each answer is read to its end, so
    neither side can wait for the other; a timer ends what hangs all the same.
    """

    def __init__(self, git: Git, *arguments: str) -> None:
        self._git = git
        self._arguments = arguments
        self._late = False
        self._reason = b""
        self._process = git.start(*arguments)
        self._requests, self._answers, reasons = _pipes(self._process)
        self._listener = Thread(target=self._listen, args=(reasons,), daemon=True)
        self._listener.start()
        self._timer = Timer(git.timeout, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def ask(self, question: bytes) -> bytes:
        """Send a line and return the first line of the answer, without line ends."""
        try:
            self._requests.write(question + b"\n")
            self._requests.flush()
        except OSError:
            raise self._failure() from None
        answer = self._answers.readline()
        if not answer.endswith(b"\n"):
            raise self._failure()
        return answer[:-1]

    def take(self, count: int) -> bytes:
        """Return exactly so many bytes of the answer."""
        data = self._answers.read(count)
        if len(data) != count:
            raise self._failure()
        return data

    def close(self) -> None:
        """End the process, whatever state it and its pipes are in."""
        self._timer.cancel()
        self._process.kill()
        self._process.wait()
        for thread in (self._timer, self._listener):
            thread.join(_PATIENCE)
        for pipe in (self._requests, self._answers):
            with suppress(OSError):  # a question still buffered has nobody left to read it
                pipe.close()

    def _failure(self) -> ReadError:
        if not self._late:
            self._listener.join(_PATIENCE)
        if self._late:
            return git_timeout(self._arguments, self._git.timeout)
        return failure(self._git.directory, self._reason)

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    def _listen(self, reasons: IO[bytes]) -> None:
        """Empty standard error, so that git never waits for somebody to read it."""
        with reasons:
            while line := reasons.readline(_REASON):
                self._reason = (self._reason + line)[:_REASON]


def _pipes(process: object) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    """Narrow the three streams, which are there because all were asked for."""
    stdin, stdout, stderr = (getattr(process, name) for name in ("stdin", "stdout", "stderr"))
    return stdin, stdout, stderr
