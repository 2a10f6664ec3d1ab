"""A commit object, taken apart."""

from __future__ import annotations

from typing import NamedTuple


class Commit(NamedTuple):
    """What a commit object says of itself; only its id is proven."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    message: str
    """Undecodable bytes as in :func:`os.fsdecode`."""
    signature: bytes = b""
    """As it stands in the commit, armoured; empty where it is not signed."""
    signed: bytes = b""
    """What was signed: the commit without its signature; empty where it is not signed."""

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.strip().partition("\n")[0].strip()


def parse_commit(oid: str, data: bytes) -> Commit:
    """Take the bytes of a commit object apart; what is missing comes out empty."""
    head, _, message = data.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(_text(key), []).append(_text(value))
    return Commit(
        oid,
        fields.get("tree", [""])[0],
        tuple(fields.get("parent", ())),
        *_person(fields.get("author", [""])[0]),
        *_person(fields.get("committer", [""])[0]),
        _text(message),
        *_signature(head, message),
    )


def _signature(head: bytes, message: bytes) -> tuple[bytes, bytes]:
    """Take the signature out of a commit, as git does to check it."""
    if b"\ngpgsig" not in head:
        return b"", b""
    kept: list[bytes] = []
    signature: list[bytes] = []
    is_in = False
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        is_in = is_in if not key else key in (b"gpgsig", b"gpgsig-sha256")
        (signature if is_in else kept).append(value if is_in else line)
    return b"\n".join(signature), b"\n".join(kept) + b"\n\n" + message


def _person(line: str) -> tuple[str, str]:
    name, _, rest = line.partition("<")
    return name.strip(), rest.partition(">")[0].strip()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
