"""
The frozen values that cross borders.

Each value is made in exactly one place, is never changed afterwards, and can
be written as JSON with :func:`as_json`. They are named tuples rather than data
classes because a hook pays for every import: building these costs about 3 ms,
the same as data classes about 20.

This module imports only the standard library, and as little of it as it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum
from hashlib import sha256
from typing import Any, NamedTuple

SCHEMA_VERSION = 1

REGULAR = 0o100644
EXECUTABLE = 0o100755
SYMLINK = 0o120000
SUBMODULE = 0o160000

BLOB_LIMIT = 32 << 20
"""Files of more bytes than this are not read."""

FAMILIES = {
    "SMG1": "limits",
    "SMG2": "danger",
    "SMG3": "tamper",
    "SMG4": "selfguard",
    "SMG5": "validity",
}
"""The first letters of a rule's id, and the folder it lives in."""


def family_of(rule: str) -> str:
    """Give the family of a rule by its id; those of a project itself are ``project``."""
    theirs = "danger" if rule[:1] == "B" and rule[1:].isdigit() else "project"
    return FAMILIES.get(rule[:4], theirs)


LAYERS = (
    "pre-flight checks",
    "circuit breaker",
    "health monitoring",
    "rate limiting",
    "anomaly detection",
    "automatic backup",
    "sandbox testing",
    "code validation",
    "post-modification monitor",
    "automatic rollback",
)
"""The ten protections, as they stand in every receipt."""


class Risk(IntEnum):
    """How much harm a finding stands for; comparable, lowest first."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure a rule is of its finding, or attribution of an author."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class State(Enum):
    """What became of one of the ten layers in one attempt."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    NOT_APPLICABLE = "not-applicable"
    NOT_RUN = "not-run"

    def __str__(self) -> str:
        return self.value


class Actor(NamedTuple):
    """Who made a change, as far as that can be told."""

    kind: str
    """``agent``, ``human`` or ``unknown``."""
    name: str = ""
    """The agent or person by name, where a marker gave one."""
    confidence: Confidence = Confidence.LOW
    source: str = ""
    """What says so: ``environment CLAUDECODE``, ``trailer of 1a2b3c4``."""


UNKNOWN_ACTOR = Actor("unknown")


class Blob(NamedTuple):
    """One side of a file, as git stores it."""

    mode: int
    """One of 0o100644, 0o100755, 0o120000 (symlink), 0o160000 (submodule)."""
    oid: str
    """The object id in hexadecimal; for a submodule, of the commit."""
    size: int
    """Length in bytes; 0 for a submodule."""
    data: bytes | None
    """The bytes; None for a submodule and for a blob too large to be read."""

    @property
    def is_regular(self) -> bool:
        return self.mode in (REGULAR, EXECUTABLE)

    @property
    def is_symlink(self) -> bool:
        return self.mode == SYMLINK

    @property
    def is_submodule(self) -> bool:
        return self.mode == SUBMODULE


class FileChange(NamedTuple):
    """One path of a change: its bytes before and after."""

    path: str
    """Relative to the repository's top, ``/`` between parts; undecodable
    bytes as in :func:`os.fsdecode`. Where the file is now, or was if gone."""
    old: Blob | None
    """None when the path is new."""
    new: Blob | None
    """None when the path is gone."""
    old_path: str = ""
    """Where it was before, if it was moved; else empty."""

    @property
    def before(self) -> str:
        """The path in the base."""
        return self.old_path or self.path


class Base(NamedTuple):
    """The trusted revision, and the documents of it that the judge reads."""

    commit: str
    """The commit id; empty when there is no commit yet."""
    documents: Mapping[str, bytes]
    """Path to bytes, for those of the asked-for documents that exist."""
    judge: str = ""
    """The tip of the branch that the change is to join, where that is another commit."""

    @property
    def trusted(self) -> str:
        """The commit that says who may wave something through."""
        return self.judge or self.commit


class Origin(NamedTuple):
    """One commit, as a person would know it again."""

    commit: str
    """The commit id."""
    subject: str
    author: str
    """``Ada <ada@example.org>``, as the commit says."""


class Touched(NamedTuple):
    """How much of one file a commit changes."""

    path: str
    chars: int
    """Added and removed characters of text; 0 for a binary file, and the
    bytes of what was too large to be read."""
    is_executable: bool = False


class Step(NamedTuple):
    """One commit of a range, and what it alone changes."""

    origin: Origin
    files: tuple[Touched, ...]
    """Sorted by path; of a merge, only what none of its parents has."""


class Change(NamedTuple):
    """A proposed modification of a project."""

    files: tuple[FileChange, ...]
    """Sorted by path."""
    base: Base
    head: str
    """``index``, ``worktree``, ``diff``, ``mapping`` or a commit id."""
    source: str
    """How it was asked for, as a person would type it: ``--staged``."""
    actor: Actor = UNKNOWN_ACTOR
    why: str = ""
    """What the author says about it, for example the commit's subject."""
    steps: tuple[Step, ...] = ()
    """The commits it is made of, oldest first; none for what is not committed.
    Size limits hold for each, and a multiple of them for the whole."""
    notes: tuple[str, ...] = ()
    """What could not be seen while reading, in sentences."""

    @property
    def digest(self) -> str:
        """
        SHA-256 over the sorted (path, old mode, old blob, new mode, new blob).

        A move counts as a deletion and an addition, so that the digest does
        not depend on how moves were detected.
        """
        told = sha256(b"selfmod-guard change v1\0")
        for entry in sorted(_entries(self.files)):
            told.update(b"\0".join(entry) + b"\0\n")
        return told.hexdigest()


def _entries(files: tuple[FileChange, ...]) -> Iterator[tuple[bytes, ...]]:
    for file in files:
        if file.old_path:
            yield _entry(file.old_path, file.old, None)
            yield _entry(file.path, None, file.new)
        else:
            yield _entry(file.path, file.old, file.new)


def _entry(path: str, old: Blob | None, new: Blob | None) -> tuple[bytes, ...]:
    name = path.encode("utf-8", "surrogateescape")
    sides = [f"{side.mode:o} {side.oid}" if side else "-" for side in (old, new)]
    return (name, *(side.encode() for side in sides))


class Waiver(NamedTuple):
    """Why a finding does not count, although it was found."""

    kind: str
    """``approval``, of exactly this change, or ``suppression``, of one place in the base."""
    by: str
    """Who stands for it: a principal of the base's allowed signers; of a
    suppression, the place that it stands at."""
    reason: str
    expires: float | None = None
    """Seconds since the epoch; None where it does not expire."""


class Finding(NamedTuple):
    """One answer of one rule about a change."""

    rule: str
    """The id, ``SMG201`` or bandit's own such as ``B602``."""
    name: str
    """The rule's name, ``runs-text-as-code``."""
    risk: Risk
    confidence: Confidence
    path: str
    """Empty when it is about the change as a whole."""
    line: int
    """1-based, in the new file (or in the old one if the file is gone);
    0 when it is about the file as a whole."""
    message: str
    hint: str
    """What to do instead, in the imperative."""
    code: str = ""
    """The line it speaks of, for showing; at most 200 characters."""
    commit: str = ""
    """The commit of a range that brought it, where that can be told."""
    settled_by: str = ""
    """What alone could tell whether it is innocent: ``trial``, the base's tests run
    on the changed code, or ``review``, a person's look. Until then it denies whom
    limits bind, and warns others."""
    waiver: Waiver | None = None
    """Who waved it through; None while nobody has."""

    @property
    def family(self) -> str:
        """``limits danger tamper selfguard validity project``; bandit's are danger."""
        return family_of(self.rule)


class PreflightResult(NamedTuple):
    """One answer about the system, before the change is looked at."""

    name: str
    allowed: bool
    message: str
    retry_after: float | None = None
    """Seconds until it is worth asking again, where that is known."""
    slug: str = ""
    """Why it does not allow, as a handle; empty where it does."""
    hint: str = ""
    """What to do next, where it does not allow."""
    with_caution: bool = False
    """It allows, and the limits are halved."""


class Layer(NamedTuple):
    """One of the ten protections, and what it did in this attempt."""

    name: str
    state: State
    detail: str = ""


class Evidence(NamedTuple):
    """Everything a verdict rests on."""

    findings: tuple[Finding, ...]
    preflight: tuple[PreflightResult, ...]
    layers: tuple[Layer, ...]
    notes: tuple[str, ...]
    """What was not proven, in sentences."""

    @property
    def risk(self) -> Risk:
        return max((finding.risk for finding in self.findings), default=Risk.NONE)


class Allowed(NamedTuple):
    """The change may land."""

    evidence: Evidence
    enforced: bool = True


class Denied(NamedTuple):
    """The change must not land."""

    evidence: Evidence
    because: tuple[Finding, ...]
    """The findings that deny, a part of the evidence's."""
    enforced: bool = True
    """False when the policy only warns: shown and recorded, but exit 0."""


class Undecided(NamedTuple):
    """The change could not be judged; never a pass."""

    evidence: Evidence
    slug: str
    """The handle of the reason, explained in the message reference."""
    reason: str
    hint: str
    retry_after: float | None = None
    enforced: bool = True


Verdict = Allowed | Denied | Undecided


class Receipt(NamedTuple):
    """The whole story of one attempt."""

    attempt: str
    at: float
    """Seconds since the epoch when the attempt was opened."""
    seconds: float
    """How long it took."""
    decision: str
    """``allowed``, ``denied`` or ``undecided``."""
    outcome: str
    """What became of it: the decision again for a judgement."""
    enforced: bool
    risk: Risk
    actor: Actor
    source: str
    base: str
    head: str
    digest: str
    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    because: tuple[Finding, ...]
    """Those of the findings that deny."""
    preflight: tuple[PreflightResult, ...]
    trial: None
    """The sandboxed test run; None as long as no door asks for one."""
    layers: tuple[Layer, ...]
    notes: tuple[str, ...]
    slug: str = ""
    """Why it could not be judged, as a handle; empty otherwise."""
    reason: str = ""
    hint: str = ""
    retry_after: float | None = None
    origins: tuple[Origin, ...] = ()
    """The commits that findings name."""
    ungated: tuple[Origin, ...] = ()
    """Commits that were found in the history without a verdict."""
    schema_version: int = SCHEMA_VERSION


def as_json(value: Any) -> Any:
    """
    Turn a value of this module into dictionaries, lists, strings and numbers.

    A path that is not UTF-8 comes out with its odd bytes as ``\\xNN``.
    """
    if isinstance(value, IntEnum | Enum):
        return str(value)
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, bytes):
        raise TypeError("file contents do not belong in JSON")
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: as_json(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {as_json(name): as_json(item) for name, item in value.items()}
    return value


def readable(text: str) -> str:
    """Make a string fit for UTF-8: undecodable bytes become ``\\xNN``."""
    if text.isascii():
        return text
    return "".join(_escaped(char) if "\ud800" <= char <= "\udfff" else char for char in text)


def inert(text: str) -> str:
    """
    Make a string safe to show on a terminal or in a page, on one line.

    Control, bidirectional and other invisible characters become escapes.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in readable(text)
    )


def _escaped(surrogate: str) -> str:
    code = ord(surrogate)
    if "\udc80" <= surrogate <= "\udcff":  # how os.fsdecode keeps a byte
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}"
