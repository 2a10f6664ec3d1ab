"""Where this clone writes things down, opened when it is first needed."""

from __future__ import annotations

import os

from pytest_selfmod_guard import policy as policies
from pytest_selfmod_guard.ci import is_ci
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.journals import Journal
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages._pinned import pinned_journal
from pytest_selfmod_guard.stages.anchor import lost


class Keeping:
    """The journal of a clone, and the state that it tells."""

    def __init__(self, context: Context, git: Git, journal: Journal | None = None) -> None:
        """
        Keep things for the project around a directory.

        :param journal: in the place of what the policy names
        """
        self._context = context
        self._git = git
        self._journal = journal
        self.notes: tuple[str, ...] = ()
        """What is to be said about the journal."""

    def journal(self, base: Base | None = None) -> Journal:
        """
        Open the journal.

        :param base: the trusted revision of what is asked about, where there is one
        :raises CouldNotJudge: it cannot be told which it is, or it cannot be used
        """
        if self._journal is None:
            state = os.path.join(self._git.common_dir(), "selfmod-guard")
            journal, note = pinned_journal(self._address(base), state)
            notes = (note, self._miss(journal))
            self._journal, self.notes = journal, tuple(filter(None, notes))
        return self._journal

    def ledger(self) -> Ledger:
        """Open the journal as the state of the system."""
        return Ledger(self.journal(), self._context.clock)

    def _miss(self, journal: Journal) -> str:
        """Say so where there was a journal, and it is gone."""
        anchored = lost(self._git, journal)
        if not anchored:
            return ""
        with Ledger(journal, self._context.clock).page() as page:
            page.add("journal-lost", self._context.new_id(), {"anchored": anchored})
        return (
            f"The journal that was here is gone (its event {anchored[:10]} was anchored);"
            " the new one begins half-open. See it: selfmod-guard audit verify"
        )

    def _address(self, base: Base | None) -> str:
        """Tell which journal the policy names; in CI only the base is to be believed."""
        if base is None and is_ci(self._context.environ):
            return ""
        trusted = read.trusted(self._git) if base is None else base
        try:
            return policies.load(trusted, self._git.prefix()).journal
        except PolicyError:
            return ""  # nothing passes under such a policy, and that has to be written down
