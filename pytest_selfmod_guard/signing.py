"""
SSH signatures, made and checked by ``ssh-keygen``.

What a key signs is bound to a namespace, so that a signature for one purpose
serves for no other. Which keys count, for whom, from when until when and in
which namespaces, says a file of allowed signers; see ``ssh-keygen(1)``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from time import gmtime, strftime
from typing import NamedTuple

from pytest_selfmod_guard import programs
from pytest_selfmod_guard.errors import CouldNotJudge, GuardError

MOST = 64 << 10
"""Bytes of a signature; those of RSA have about two thousand."""

_SECONDS = 10  # for one check
_PATIENCE = 120  # for whoever has to touch a key or type a passphrase
_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_TOO_OLD = (b"unknown option", b"illegal option", b"invalid option", b"Unsupported operation")
_KEPT = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP")
_KEPT_TO_SIGN = (
    *("SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER"),
    *("SSH_SK_HELPER", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "USER", "TERM"),
)


class Signers(NamedTuple):
    """Whose signatures count."""

    allowed: bytes
    """A file of allowed signers."""
    revoked: bytes = b""
    """A key revocation list, or public keys line by line; empty for none."""


class Signed(NamedTuple):
    """Who has signed something."""

    principal: str
    """As the allowed signers name the key's owner, ``ada@example.org``."""
    key: str
    """The key's kind and fingerprint, ``ED25519 SHA256:...``."""


class BadSignature(GuardError):
    """A signature that does not count, and why."""


class Keygen(NamedTuple):
    """The program that signs and checks."""

    environ: Mapping[str, str]

    def verify(
        self,
        data: bytes,
        signature: bytes,
        signers: Signers,
        *,
        namespace: str,
        at: float,
        principal: str = "",
    ) -> Signed:
        """
        Say who signed some bytes.

        :param signature: armoured, as ``ssh-keygen -Y sign`` writes it
        :param at: seconds since the epoch, when the key has to be valid
        :param principal: whose signature it must be; by default whoever's the key is
        :raises BadSignature: it does not count, and why
        :raises CouldNotJudge: ``ssh-keygen`` is missing, too old or hangs
        """
        if len(signature) > MOST or not signature.lstrip().startswith(_BEGIN):
            raise _bad("it is no SSH signature")
        when = strftime("%Y%m%d%H%M%S", gmtime(at))
        lines = listed_for(signers.allowed, namespace)
        with _files(lines, signature, signers.revoked) as (allowed, signed, revoked):
            given = ("-f", allowed, "-s", signed, "-O", f"verify-time={when}")
            who = principal or self._owner(given)
            asked = ("-Y", "verify", *given, "-I", who, "-n", namespace)
            said = self._run(*asked, feed=data)
            if signers.revoked:
                self._must_not_be_revoked(*asked, "-r", revoked, feed=data)
        return Signed(who, _key(said, namespace, who))

    def sign(self, data: bytes, key: str, *, namespace: str) -> bytes:
        """
        Sign some bytes; whoever holds the key may be asked to touch or unlock it.

        :param key: the file of a private key, or of a public one that an agent has
        :raises BadSignature: it cannot be signed with this key
        :raises CouldNotJudge: ``ssh-keygen`` is missing, too old or hangs
        """
        return self._run("-q", "-Y", "sign", "-f", key, "-n", namespace, feed=data, is_asking=True)

    def check(self) -> None:
        """
        Make sure that there is one, and that it knows signatures.

        :raises CouldNotJudge: ``ssh-keygen`` is missing, too old or hangs
        """
        try:
            self.verify(b"", _BEGIN, Signers(b""), namespace="file", at=0)
        except BadSignature:
            return

    def _must_not_be_revoked(self, *asked: str, feed: bytes) -> None:
        # Asked apart, because ssh-keygen does not say that this was the reason.
        try:
            self._run(*asked, feed=feed)
        except BadSignature:
            raise _bad("its key is revoked, or the list of revoked keys cannot be read") from None

    def _owner(self, given: tuple[str, ...]) -> str:
        listed = self._run("-Y", "find-principals", *given).decode("utf-8", "replace")
        # A pattern names nobody, and a name that would be taken for an option is none.
        names = [name for name in listed.splitlines() if name and not set(name) & set("*?!,")]
        if not names or names[0].startswith("-"):
            raise _bad("the allowed signers do not say by name whose key it is")
        return names[0]

    def _run(self, *arguments: str, feed: bytes = b"", is_asking: bool = False) -> bytes:
        from subprocess import PIPE, TimeoutExpired, run  # noqa: PLC0415 (seldom needed)

        program = programs.find("ssh-keygen", self.environ)
        if program is None:
            raise _missing()
        try:
            ended = run(
                (program, *arguments),
                input=feed,
                stdout=PIPE,
                stderr=None if is_asking else PIPE,
                env=self._environment(is_asking=is_asking),
                timeout=_PATIENCE if is_asking else _SECONDS,
                check=False,
            )
        except TimeoutExpired:
            raise _hanging() from None
        said = ended.stderr or b""
        if ended.returncode == 0:
            return ended.stdout
        if any(sign in said for sign in _TOO_OLD):
            raise _too_old()
        raise _bad(_reason(said or ended.stdout))

    def _environment(self, *, is_asking: bool) -> dict[str, str]:
        names = (*_KEPT, *(_KEPT_TO_SIGN if is_asking else ()))
        kept = {name: self.environ[name] for name in names if name in self.environ}
        # The time of a check is read in the zone of the process.
        return {**kept, "TZ": "UTC", "LC_ALL": "C"}


def listed_for(allowed: bytes, namespace: str) -> bytes:
    """
    Leave out the lines of allowed signers that are for other namespaces only.

    Of several lines with one key, ssh-keygen looks at the first alone.
    """
    lines = allowed.splitlines(keepends=True)
    return b"".join(line for line in lines if _is_for(line, namespace))


def _is_for(line: bytes, namespace: str) -> bool:
    told = re.search(rb'[ ,]namespaces="([^"]*)"', line)
    if told is None:
        return True
    patterns = told[1].decode("utf-8", "replace").split(",")
    return any(fnmatchcase(namespace, pattern) for pattern in patterns)


@contextmanager
def _files(*contents: bytes) -> Iterator[tuple[str, ...]]:
    """Lay down what the program wants as files, for nobody else to read."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 (10 ms, and seldom needed)

    with TemporaryDirectory(prefix="selfmod-guard-") as folder:
        paths = tuple(os.path.join(folder, str(at)) for at in range(len(contents)))
        for path, content in zip(paths, contents, strict=True):
            with open(path, "xb") as file:
                file.write(content)
        yield paths


def _key(said: bytes, namespace: str, who: str) -> str:
    """Take the key out of ``Good "file" signature for ada with ED25519 key SHA256:...``."""
    told = said.decode("utf-8", "replace").strip()
    before, _, key = told.rpartition(" with ")
    if before != f'Good "{namespace}" signature for {who}':
        raise _bad(f"ssh-keygen gave an answer that is not understood: {told[:200]!r}")
    return key.replace(" key ", " ")


def _reason(said: bytes) -> str:
    line = said.decode("utf-8", "replace").strip().partition("\n")[0].strip()
    # Where it complains of a line of a file, the name is that of our copy.
    _, is_of_file, why = line.partition(": ") if line.startswith(os.sep) else ("", "", line)
    told = (why if is_of_file else line)[:200] or "ssh-keygen does not say why"
    return _CLEARER.get(told, told)


_CLEARER = {
    "No principal matched.": "its key is not among the allowed signers",
    "Could not verify signature.": "it was not made with a key of whom it names",
}


def _bad(why: str) -> BadSignature:
    return BadSignature("signature-refused", "a signature does not count", context=why)


def _missing() -> CouldNotJudge:
    return CouldNotJudge(
        "ssh-keygen-missing",
        "approvals are signed and checked by ssh-keygen, which is not on the PATH",
        hint="install OpenSSH's client, for example: sudo apt install openssh-client",
    )


def _too_old() -> CouldNotJudge:
    return CouldNotJudge(
        "ssh-keygen-too-old",
        "this ssh-keygen knows no signatures with a time, which came with OpenSSH 8.8",
        hint="install a newer OpenSSH, and see which one is used: ssh -V",
    )


def _hanging() -> CouldNotJudge:
    return CouldNotJudge(
        "ssh-keygen-timeout",
        "ssh-keygen did not answer in time",
        hint="see whether it waits for a key or a passphrase, and try again",
    )
