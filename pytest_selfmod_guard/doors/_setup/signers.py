"""Who may approve: a file of allowed signers, and the policy's line that names it."""

from __future__ import annotations

import os
import re
import tomllib
from typing import NamedTuple

from pytest_selfmod_guard.doors._setup import Edit, decode, newline, read, unusable
from pytest_selfmod_guard.errors import UsageError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.model import Base
from pytest_selfmod_guard.policy import OWN_FILE, TABLE_FILE, load, own_table

SIGNERS = ".allowed-signers"

_MOST = 16 << 10  # bytes of a public key
_KEY = re.compile(r"((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+) (AAAA[A-Za-z0-9+/]+=*)(?: .*)?")
_ADDRESS = re.compile(r"[^\s,*?!\"#=-][^\s,*?!\"#=]*")


class Approver(NamedTuple):
    """Somebody who may approve."""

    address: str
    key: str
    """The public key: its kind, and itself in base 64."""

    @property
    def line(self) -> str:
        """The line that lists it."""
        return f"{self.address} {self.key}\n"


def approver(text: str, git: Git) -> Approver:
    """
    Read ``KEY`` or ``ADDRESS=KEY``, where a key is a file or the public key itself.

    Without an address it is the one that git commits with here.

    :raises UsageError: it is none
    """
    before, equals, after = text.partition("=")
    has_address = bool(equals and _ADDRESS.fullmatch(before) and "@" in before)
    address, key = (before, after) if has_address else (_own_address(git), text)
    told = _KEY.fullmatch(key.strip()) or _KEY.fullmatch(_in_file(key))
    if told is None:
        raise _no_key("it is no public SSH key", key)
    if not _ADDRESS.fullmatch(address):
        raise _no_key("nobody knows whose it is: name an address before it", key)
    return Approver(address, f"{told[1]} {told[2]}")


def plan(top: str, who: Approver, policy: Edit | None) -> list[Edit]:
    """
    Say what to write for somebody to be listed.

    :param policy: what is to be written for there to be a policy
    """
    named, edit = _policy(top, policy)
    old = read(top, named)
    text = decode(old, named) if old is not None else ""
    if who.key in text:
        return [edit] if edit else []
    gap = "" if not text or text.endswith("\n") else newline(text)
    new = text + gap + who.line.replace("\n", newline(text))
    return [*([edit] if edit else []), Edit(named, old, new.encode())]


def _policy(top: str, planned: Edit | None) -> tuple[str, Edit | None]:
    """Give the file that the policy names, and how the policy comes to name one."""
    present = {name: read(top, name) for name in (TABLE_FILE, OWN_FILE)}
    if planned:
        present[planned.path] = planned.new
    documents = {name: data for name, data in present.items() if data is not None}
    if named := load(Base("", documents)).approvals.allowed_signers:
        return named, planned
    is_own = present[OWN_FILE] is not None
    path = OWN_FILE if is_own else TABLE_FILE
    text = decode(documents[path], path)
    table = "approvals" if is_own else "tool.selfmod-guard.approvals"
    gap = "\n" if text.endswith("\n") else "\n\n"
    lines = f'{gap}[{table}]\nallowed-signers = "{SIGNERS}"\n'
    new = (text + lines.replace("\n", newline(text))).encode()
    _must_name_it(path, new)
    return SIGNERS, Edit(path, planned.old if planned else present[path], new)


def _must_name_it(path: str, new: bytes) -> None:
    """Make sure that what was added means what it should, where tables stand in odd forms."""
    try:
        table = tomllib.loads(new.decode()) if path == OWN_FILE else own_table(new, path)
        named = load(Base("", {path: new})).approvals.allowed_signers if table else ""
    except (tomllib.TOMLDecodeError, ValueError):
        named = ""
    if named != SIGNERS:
        raise unusable(path, f'add approvals.allowed-signers = "{SIGNERS}" to it by hand')


def _own_address(git: Git) -> str:
    told = git.attempt("config", "--get", "user.email").output
    return told.decode("utf-8", "replace").strip()


def _in_file(key: str) -> str:
    path = key if key.endswith(".pub") else f"{key}.pub"
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read(_MOST).decode("utf-8", "replace").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise _no_key(f"it cannot be read ({why})", path) from None


def _no_key(why: str, key: str) -> UsageError:
    return UsageError(
        "init-no-key",
        f"the key of an approver is not usable: {why}",
        context=f'"{key[:200]}"',
        hint="name a public key: selfmod-guard init --approver ada@example.org=ada.pub",
    )
