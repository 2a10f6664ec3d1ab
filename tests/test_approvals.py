"""What an approval says, written and read back; and who may sign, by the file that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_selfmod_guard.approvals import Terms, digest_of, pack, signers_in, unpack
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.signing import BadSignature, Keygen, Signers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.signers import Keys

RIGHT = Terms("1" * 40, "a" * 64, "ada@example.org", 2_000_000_000, "the input is our own")
END = b"-----BEGIN SSH SIGNATURE-----\n"
NAMESPACE = "selfmod-guard@v1"


def test_what_is_written_is_what_is_read() -> None:
    """Line by line, as it is documented."""
    assert pack(RIGHT).decode() == (
        "selfmod-guard approval 1\n"
        f"repository: {'1' * 40}\n"
        f"change: {'a' * 64}\n"
        "approver: ada@example.org\n"
        "expires: 2033-05-18T03:33:20Z\n"
        "reason: the input is our own\n"
    )
    assert unpack(pack(RIGHT) + END) == (RIGHT, pack(RIGHT), END)


@pytest.mark.parametrize(
    "others",
    [
        {"reason": ""},
        {"reason": "two\nlines"},
        {"reason": "\x1b[2J"},
        {"reason": "\u202e turned"},
        {"reason": "x" * 501},
        {"reason": " padded "},
        {"approver": "ada example"},
        {"approver": "*@example.org"},
        {"approver": "-oProxyCommand"},
        {"approver": ""},
        {"change": "A" * 64},
        {"change": "a" * 63},
        {"repository": "main"},
        {"expires": -62_200_000_000},
    ],
)
def test_what_would_be_read_otherwise_is_not_written(others: dict[str, object]) -> None:
    """Nobody signs what can be taken for something else."""
    with pytest.raises((GuardError, ValueError)):
        pack(RIGHT._replace(**others))  # type: ignore[arg-type] # wrong on purpose


@given(st.binary(max_size=400))
@example(b"")
@example(END)
@example(b"\xff" + END)
@example(pack(RIGHT) + pack(RIGHT) + END)
@example(pack(RIGHT).replace(b"05-18", b"13-45") + END)
@example(pack(RIGHT).replace(b"05-18", b"02-30") + END)
@example(pack(RIGHT).replace(b"\n", b"\r\n") + END)
@example(b"x" * 5000 + END)
def test_what_is_no_approval_is_an_error(data: bytes) -> None:
    """Whatever lies there, it is taken apart or refused."""
    with pytest.raises(GuardError) as error:
        unpack(data)
    assert error.value.slug == "approval-malformed"


@given(st.text(max_size=40), st.integers(0, 4_000_000_000))
def test_reading_back_gives_the_very_terms(reason: str, expires: int) -> None:
    """Two approvals that say different things are never written alike."""
    terms = RIGHT._replace(reason=reason, expires=expires)
    try:
        written = pack(terms)
    except GuardError:
        assert reason != reason.strip() or not reason.isprintable() or not reason
    else:
        assert unpack(written + END)[0] == terms


def test_an_action_is_no_change() -> None:
    """The digests of actions differ, and are none of the empty change."""
    assert len({digest_of("disable"), digest_of("breaker reset"), digest_of("")}) == 3
    assert len(digest_of("disable")) == 64


def test_signers_are_found_with_their_names() -> None:
    """Names, patterns, options with blanks in them, comments and nonsense."""
    file = (
        b"# AAAAnobody\n\n"
        b"ada@example.org,*@example.com ssh-ed25519 AAAAone a comment\n"
        b'"eve@example.org" valid-after="2020 01",namespaces="a b" ssh-rsa AAAAtwo\n'
        b"nonsense\n\xff\xfe\nAAAAthree\n"
    )
    one, two = signers_in(file)
    assert (one.key, two.key) == ("AAAAone", "AAAAtwo")
    assert one.name_for("bob@example.com") == "bob@example.com"
    assert one.name_for("bob@example.net") == one.name_for("") == "ada@example.org"
    assert two.name_for("") == "eve@example.org"
    (pattern,) = signers_in(b"*@example.org ssh-ed25519 AAAAx\n")
    assert pattern.name_for("ada@example.net") == ""


def test_a_signature_is_bound_to_its_namespace_its_owner_and_its_time(
    keys: Keys, environ: dict[str, str]
) -> None:
    """The same bytes by the same key count for nothing else."""
    keygen = Keygen(environ)
    listed = f'ada@example.org valid-before="20300101" {keys.public("ada")}\n'
    signers = Signers(listed.encode())
    signature = keygen.sign(b"text", str(keys.file("ada")), namespace=NAMESPACE)
    at = 1_900_000_000.0
    who = keygen.verify(b"text", signature, signers, namespace=NAMESPACE, at=1.7e9)
    assert who.principal == "ada@example.org"
    assert who.key.startswith("ED25519 SHA256:")
    for data, namespace, moment, name in (
        (b"Text", NAMESPACE, 1.7e9, ""),
        (b"text", "git", 1.7e9, ""),
        (b"text", NAMESPACE, at, ""),
        (b"text", NAMESPACE, 1.7e9, "eve@example.org"),
    ):
        with pytest.raises(BadSignature):
            keygen.verify(data, signature, signers, namespace=namespace, at=moment, principal=name)


def test_the_time_of_a_check_is_in_no_zone(keys: Keys, environ: dict[str, str]) -> None:
    """A key ends at the same moment wherever one is."""
    listed = f'ada@example.org valid-before="20250101" {keys.public("ada")}\n'
    signers = Signers(listed.encode())
    signature = Keygen(environ).sign(b"text", str(keys.file("ada")), namespace=NAMESPACE)
    end = 1_735_689_600.0
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        keygen = Keygen({**environ, "TZ": zone})
        keygen.verify(b"text", signature, signers, namespace=NAMESPACE, at=end - 60)
        with pytest.raises(BadSignature):
            keygen.verify(b"text", signature, signers, namespace=NAMESPACE, at=end + 60)


def test_a_program_of_the_project_is_not_run(
    keys: Keys, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative folder in the path would give the change its own judge."""
    evil = tmp_path / "ssh-keygen"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    evil.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    keygen = Keygen({**environ, "PATH": f".::{environ['PATH']}"})
    signature = keygen.sign(b"text", str(keys.file("ada")), namespace=NAMESPACE)
    assert b"SSH SIGNATURE" in signature
    assert not (tmp_path / "ran").exists()
