"""Which of a person's keys the base lists, to sign with; those that want a touch come first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from pytest_selfmod_guard.approvals import NAMESPACE, signers_in
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.git import Git
from pytest_selfmod_guard.signing import Signers, listed_for

_MOST = 16 << 10  # bytes of a public key; those of RSA have a few hundred
_TOUCH = "sk-"
"""How the kinds of those keys begin that sign only when somebody touches them."""


class Key(NamedTuple):
    """A key to sign with."""

    file: str
    """Of the private key, or of the public one of a key that an agent has."""
    principal: str
    """As the base names its owner."""


class _Half(NamedTuple):
    """The public half of a key."""

    file: str
    kind: str
    text: str


def key_for(git: Git, signers: Signers, wanted: str = "") -> Key:
    """
    Choose a key that the base lists.

    :param wanted: the file of a key; by default git's ``user.signingkey``, or one of ``~/.ssh``
    :raises GuardError: there is none
    """
    listed = {one.key: one for one in signers_in(listed_for(signers.allowed, NAMESPACE))}
    halves = [_half(wanted)] if wanted else list(_own(git))
    fitting = [half for half in halves if half.text in listed]
    for half in sorted(fitting, key=lambda one: not one.kind.startswith(_TOUCH)):
        if principal := listed[half.text].name_for(_setting(git, "user.email")):
            return Key(half.file, principal)
    raise _none(wanted, [half.file for half in halves])


def _own(git: Git) -> Iterator[_Half]:
    """Give the keys of whoever sits here, as far as they can be read."""
    home = git.environ.get("HOME", "")
    named = _setting(git, "user.signingkey") if _setting(git, "gpg.format") == "ssh" else ""
    folder = os.path.join(home, ".ssh")
    found = sorted(os.listdir(folder)) if home and os.path.isdir(folder) else []
    files = [os.path.join(folder, name) for name in found if name.endswith(".pub")]
    if named.startswith("~/"):
        named = os.path.join(home, named[2:])
    for file in (named, *files) if os.path.isabs(named) else files:
        with suppress(GuardError):
            yield _half(file)


def _half(file: str) -> _Half:
    """Read the public half of a key; it lies beside the private one."""
    public = file if file.endswith(".pub") else f"{file}.pub"
    private = public.removesuffix(".pub")
    try:
        with open(public, "rb") as opened:
            words = opened.read(_MOST).decode("ascii", "replace").split()
    except OSError as error:
        raise GuardError(
            "key-unreadable",
            f"the public half of the key cannot be read ({error.strerror})",
            context=public,
            hint=f"write it beside the key: ssh-keygen -y -f {private} > {public}",
        ) from None
    kind, text = (*words, "", "")[:2]
    return _Half(private if os.path.exists(private) else public, kind, text)


def _setting(git: Git, key: str) -> str:
    return git.attempt("config", "--get", key).output.decode("utf-8", "replace").strip()


def _none(wanted: str, looked_at: list[str]) -> GuardError:
    return GuardError(
        "key-not-listed",
        "the base's allowed signers list none of your keys",
        context=wanted or ", ".join(looked_at) or "no key was found in ~/.ssh",
        hint="name one that they list with --key FILE, of a key in an SSH agent the public half;"
        " or let someone who may approve add yours:"
        " selfmod-guard init --approver KEY.pub",
    )
