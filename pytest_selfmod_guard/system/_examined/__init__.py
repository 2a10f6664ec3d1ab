"""Finds out what the checkups ask for; reads, and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from pytest_selfmod_guard import programs
from pytest_selfmod_guard.checkups._facts import (
    HookFolder,
    Installed,
    Kept,
    Pipelines,
    Program,
    Record,
    Wanted,
)
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.signing import Keygen
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.status import Switch
from pytest_selfmod_guard.surroundings import Surroundings
from pytest_selfmod_guard.system._examined._hook_config import CONFIG, on_disk, wanted
from pytest_selfmod_guard.system._examined._hook_folder import hook_folder
from pytest_selfmod_guard.system._examined._installed import installed
from pytest_selfmod_guard.system._examined._kept import Opened, kept, opened
from pytest_selfmod_guard.system._examined._namespaces import can_make_namespaces
from pytest_selfmod_guard.system._examined._pipelines import pipelines
from pytest_selfmod_guard.system._examined._policy import policy_of
from pytest_selfmod_guard.system._examined._programs import pre_commit
from pytest_selfmod_guard.system._examined._record import record


class Examined:
    """One repository, asked at most once about each thing."""

    def __init__(self, context: Context) -> None:
        """
        Look at the repository around a directory.

        :raises ReadError: there is none, or it has no work tree
        """
        self.environ: Mapping[str, str] = context.environ
        self.now = context.clock()
        self._context = context
        self._here = Git(context.directory, context.environ)
        self._git = self._here.at_top()

    @cached_property
    def hook_folder(self) -> HookFolder:
        """Where git looks for hooks."""
        return hook_folder(self._git)

    @cached_property
    def in_head(self) -> Wanted | None:
        """The configuration of pre-commit that HEAD holds."""
        return wanted(self._base.documents.get(CONFIG))

    @cached_property
    def on_disk(self) -> Wanted | None:
        """The one that pre-commit will read."""
        return on_disk(self._git.directory)

    @cached_property
    def pre_commit(self) -> Program:
        """How to run pre-commit."""
        return pre_commit(self.environ)

    @cached_property
    def record(self) -> Record:
        """What the journal has of this branch."""
        return record(self._git, self._journal[0], self._base.commit)

    @cached_property
    def policy(self) -> Policy | None:
        """The policy of HEAD; None where it has none, and the defaults judge."""
        return policy_of(self._base, self._here.prefix())

    @cached_property
    def switch(self) -> Switch | None:
        """Who turned the guard off."""
        off = Ledger(self._journal[0], self._context.clock).state().disabled
        return Switch(*off) if off else None

    @cached_property
    def kept(self) -> Kept:
        """The journal."""
        return kept(self._git, *self._journal)

    @cached_property
    def installed(self) -> Installed:
        """The guard's own files."""
        return installed()

    @cached_property
    def pipelines(self) -> Pipelines:
        """What HEAD holds for CI."""
        return pipelines(self._git, self._rest)

    @cached_property
    def namespaces(self) -> bool | None:
        """Whether bubblewrap can make a namespace now; None where there is none."""
        bwrap = programs.find("bwrap", self.environ)
        return can_make_namespaces(bwrap) if bwrap else None

    def has(self, path: str) -> bool:
        """Tell whether HEAD holds a file."""
        return self._rest.read(path) is not None

    def lies(self, path: str) -> bool:
        """Tell whether a file lies in the work tree."""
        return os.path.isfile(os.path.join(self._git.directory, path))

    def check_keygen(self) -> None:
        """
        Make sure that signatures can be checked.

        :raises CouldNotJudge: ``ssh-keygen`` is missing, too old or hangs
        """
        Keygen(self.environ).check()

    @cached_property
    def _base(self) -> Base:
        return read.trusted(self._here)

    @cached_property
    def _rest(self) -> Surroundings:
        return read.rest(self._git, self._base)

    @cached_property
    def _journal(self) -> Opened:
        return opened(self._git, self._address())

    def _address(self) -> str:
        try:
            policy = self.policy
        except PolicyError:
            return ""  # as every door takes it
        return policy.journal if policy else ""
