"""What an approval says, as the lines that are signed."""

from __future__ import annotations

import re
from calendar import timegm
from hashlib import sha256
from time import gmtime, strftime, strptime
from typing import NamedTuple

from pytest_selfmod_guard.errors import GuardError

NAMESPACE = "selfmod-guard@v1"
"""What a key signs in it serves for nothing else, nor the other way round."""

MOST_REASON = 500
"""Characters of a reason."""

_HEAD = "selfmod-guard approval 1"
_SIGNATURE = b"\n-----BEGIN SSH SIGNATURE-----"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_MOST = 4096  # bytes of the lines
_FORM = re.compile(
    rf"{_HEAD}\n"
    r"repository: (?P<repository>[0-9a-f]{40}|[0-9a-f]{64})\n"
    r"change: (?P<change>[0-9a-f]{64})\n"
    r"approver: (?P<approver>[^\s,*?!-][^\s,*?!]{0,199})\n"
    r"expires: (?P<expires>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n"
    r"reason: (?P<reason>[^\n]{1,500})\n"
)


class Terms(NamedTuple):
    """What somebody vouches for."""

    repository: str
    """The id of the commit that its history began with."""
    change: str
    """The digest of the change, as :attr:`~pytest_selfmod_guard.model.Change.digest` is."""
    approver: str
    """As the allowed signers name whose signature it is, ``ada@example.org``."""
    expires: int
    """Seconds since the epoch."""
    reason: str


def digest_of(action: str) -> str:
    """Give what is approved where somebody may turn something, such as ``disable``."""
    return sha256(b"selfmod-guard action v1\0" + action.encode()).hexdigest()


def pack(terms: Terms) -> bytes:
    """
    Write the lines that are signed.

    :raises GuardError: something of it would not be read back as it is
    """
    lines = (
        _HEAD,
        f"repository: {terms.repository}",
        f"change: {terms.change}",
        f"approver: {terms.approver}",
        f"expires: {strftime(_TIME, gmtime(terms.expires))}",
        f"reason: {terms.reason}",
    )
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    if _read(data) != terms:
        raise _malformed("a reason is one line of printable text")
    return data


def unpack(data: bytes) -> tuple[Terms, bytes, bytes]:
    """
    Take an approval apart, into its terms, the lines that are signed, and the signature.

    :raises GuardError: it is not whole, or not what :func:`pack` writes
    """
    lines, found, signature = data.partition(_SIGNATURE)
    if not found:
        raise _malformed("it has no signature")
    lines, signature = lines + b"\n", _SIGNATURE[1:] + signature
    return _read(lines), lines, signature


def _read(lines: bytes) -> Terms:
    if len(lines) > _MOST:
        raise _malformed("it is too long")
    try:
        text = lines.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None
    told = _FORM.fullmatch(text)
    if told is None or not told["reason"].isprintable() or not told["approver"].isprintable():
        raise _malformed("its lines are not those of an approval")
    try:
        expires = timegm(strptime(told["expires"], _TIME))
    except ValueError:
        raise _malformed("the day it expires does not exist") from None
    return Terms(
        told["repository"], told["change"], told["approver"], expires, told["reason"].strip()
    )


def _malformed(why: str) -> GuardError:
    return GuardError("approval-malformed", "this is no approval", context=why)
