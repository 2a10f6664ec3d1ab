"""What a checkup may know: small values, and the protocol of whoever finds them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.status import Switch

Tree = str | list["Tree"] | dict[str, "Tree"]
"""YAML, with everything kept as it is written."""


class Script(NamedTuple):
    """A file in the folder of hooks."""

    path: str
    text: str
    """Its beginning; empty where it cannot be read."""
    is_executable: bool
    aside: str = ""
    """What stands in the file that pre-commit once put aside for it."""
    python: bool = True
    """Whether the Python that pre-commit wrote into it is still there."""
    is_program: bool = True
    """Whether that one is a program of its own, and no script that may do anything."""


class HookFolder(NamedTuple):
    """The folder in which git really looks for hooks."""

    path: str
    scripts: Mapping[str, Script]
    """By the name of git's hook; none where there is no file."""
    set_in: tuple[str, ...] = ()
    """The files that set ``core.hooksPath``, the last one counts; empty for the environment."""


class Ours(NamedTuple):
    """One of our hooks in a configuration of pre-commit."""

    id: str
    stages: tuple[str, ...]
    """As it is written there; empty where the hook's own are meant."""
    repo: str
    rev: str
    settings: Mapping[str, Tree] = {}
    """All that is written of it there."""


class Wanted(NamedTuple):
    """What a configuration of pre-commit says that concerns us."""

    hooks: tuple[Ours, ...]
    types: tuple[str, ...]
    """The hooks of git that a plain ``pre-commit install`` puts in place."""
    problem: str = ""
    """Why it cannot be read, as the end of a sentence."""


class Program(NamedTuple):
    """How to run pre-commit here."""

    command: str
    """As a shell takes it; empty where there is none."""
    is_on_path: bool
    template: str
    """The text of the hook files that it writes; empty where that is not known."""


class Named(NamedTuple):
    """A commit, as people know it."""

    oid: str
    subject: str
    author: str = ""


class Record(NamedTuple):
    """What the journal has of this branch."""

    has_begun: bool
    """The guard has looked at this repository before."""
    last: float | None
    """When what was to be committed was last judged; None where it never was."""
    unjudged: tuple[Named, ...]
    """Commits without a verdict, the newest first."""
    ungated: tuple[Named, ...]
    """Those of them that went round the hook, as the journal says."""


class Kept(NamedTuple):
    """The journal, as it lies there."""

    place: str
    folder: str
    """Where the state of this clone is kept."""
    mode: int | None
    """The folder's permissions; None where there is none yet."""
    network: str
    """The network file system that the folder is on; empty for a local one."""
    events: int
    looked_at: int
    """How many of the last ones were checked."""
    wrong: str
    """What is wrong with one of these."""
    is_lost: bool
    """Something of it was anchored, and nothing is left."""
    was_lost: float | None
    """When that was last seen; None for never."""
    other: str
    """A note where the policy names another one."""


class Installed(NamedTuple):
    """The guard's own files against what the installer wrote down."""

    version: str
    place: str
    """The folder of the package that is running."""
    source: str
    """What to tell pip to get the same again."""
    python: str
    is_editable: bool
    is_recorded: bool
    """The running package is the one that was installed."""
    modified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


class Pipelines(NamedTuple):
    """What HEAD holds for CI."""

    files: Mapping[str, Tree]
    """Path to content of the definitions that can be read."""
    unreadable: Mapping[str, str]
    """Path to the reason of the others."""
    branch: str
    """The one that changes are to join, as far as that is known."""


class Facts(Protocol):
    """
    Finds out what a checkup asks for, when it is asked.

    Each may raise a GuardError: then the question could not be asked.
    """

    @property
    def environ(self) -> Mapping[str, str]:
        """The user's environment."""

    @property
    def now(self) -> float:
        """Seconds since the epoch."""

    @property
    def hook_folder(self) -> HookFolder:
        """Where git looks for hooks."""

    @property
    def in_head(self) -> Wanted | None:
        """The configuration of pre-commit that HEAD holds."""

    @property
    def on_disk(self) -> Wanted | None:
        """The one that pre-commit will read."""

    @property
    def pre_commit(self) -> Program:
        """How to run pre-commit."""

    @property
    def record(self) -> Record:
        """What the journal has of this branch."""

    @property
    def policy(self) -> Policy | None:
        """The policy of HEAD; None where it has none, and the defaults judge."""

    @property
    def switch(self) -> Switch | None:
        """Who turned the guard off."""

    @property
    def kept(self) -> Kept:
        """The journal."""

    @property
    def installed(self) -> Installed:
        """The guard's own files."""

    @property
    def pipelines(self) -> Pipelines:
        """What HEAD holds for CI."""

    @property
    def namespaces(self) -> bool | None:
        """Whether bubblewrap can make a namespace now; None where there is none."""

    def has(self, path: str) -> bool:
        """Tell whether HEAD holds a file."""

    def lies(self, path: str) -> bool:
        """Tell whether a file lies in the work tree."""

    def check_keygen(self) -> None:
        """Make sure that signatures can be checked."""
