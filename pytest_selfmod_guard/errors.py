"""
What can go wrong, as one tree.

::

    GuardError                what happened, to what, and what to do next
    +-- UsageError            the command line or the call is wrong        exit 64
    +-- CouldNotJudge         no verdict can be given: never a pass        exit 2
        +-- ReadError         the change cannot be read
        +-- PolicyError       the base's policy is not usable
        +-- JournalError      the attempt cannot be recorded
        +-- RuleError         a rule crashed, or there are none
        +-- NotNow            nothing may be modified at the moment

Every error has a slug, and every slug a paragraph in ``docs/messages.md``.
"""

from __future__ import annotations

EXIT_ALLOWED = 0
EXIT_DENIED = 1
EXIT_UNDECIDED = 2
EXIT_USAGE = 64
EXIT_INTERRUPTED = 130


class GuardError(Exception):
    """
    The base of all errors that the guard raises on purpose.

    :param slug: a short handle in kebab case, explained in the documentation
    :param message: one sentence: what happened
    :param context: to what: a path, a revision, a key; may be empty
    :param hint: what to do next, ending with the command to run where there is one
    """

    exit_code = EXIT_UNDECIDED

    def __init__(self, slug: str, message: str, *, context: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
        self.context = context
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.context}" if self.context else self.message


class UsageError(GuardError):
    """The command line or the call is wrong."""

    exit_code = EXIT_USAGE


class CouldNotJudge(GuardError):
    """No verdict can be given."""


class ReadError(CouldNotJudge):
    """The change cannot be read."""


class PolicyError(CouldNotJudge):
    """The base's policy is not usable."""


class JournalError(CouldNotJudge):
    """The attempt cannot be recorded."""


class RuleError(CouldNotJudge):
    """A rule crashed, or there are none."""


class NotNow(CouldNotJudge):
    """
    Nothing may be modified at the moment.

    :param retry_after: seconds until it is worth asking again, where that is known
    """

    def __init__(
        self, slug: str, message: str, *, hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(slug, message, hint=hint)
        self.retry_after = retry_after
