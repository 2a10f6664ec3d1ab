"""SMG255: cryptography that does not protect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG255",
    risk=Risk.HIGH,
    hint="encrypt with AES-GCM or Fernet and a start value from os.urandom; hash passwords with "
         "argon2, "
    "bcrypt or hashlib.scrypt and a salt of their own; keys of at least 2048 bits; "
    "a hash that protects nothing says so: hashlib.md5(data, usedforsecurity=False)",
    triggers=(
        *REACHERS, b"crypto", b"cryptodome", b"cryptography", b"hashlib", b"md5", b"sha", b"_md5",
        b"_sha",
        b"pydes", b"rsa",
        b"paramiko", b"openssl", b"bcrypt", b"crypt", b"argon2",
    ),
    supersedes=("B304", "B305", "B505"),
)  # fmt: skip
def weak_crypto(python: Python) -> Iterable[Sighting]:
    """
    Cryptography is broken, or used in a way that breaks it.

    Old ciphers, ECB, start values and salts that are always the same, keys
    that are too small, and hashes made to be fast for passwords, which are
    meant to be slow to guess.

    Flagged: an old cipher
        === shop/vault.py
          from Crypto.Cipher import DES
          def hide(key, text):
        +     return DES.new(key, DES.MODE_CBC, fresh()).encrypt(text)

    Flagged: equal blocks show
        === shop/vault.py
          from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
          def hide(key):
        +     return Cipher(algorithms.AES(key), modes.ECB()).encryptor()

    Flagged: always the same start
        === shop/vault.py
          from Crypto.Cipher import AES
          START = b"0123456789abcdef"
          def hide(key, text):
        +     return AES.new(key, AES.MODE_CBC, START).encrypt(text)

    Flagged: a password, hashed fast
        === shop/login.py
          import hashlib
          def store(user, password):
        +     user.digest = hashlib.sha256(password.encode()).hexdigest()

    Flagged: one salt for all
        === shop/login.py
          import hashlib
          def store(password):
        +     return hashlib.pbkdf2_hmac("sha256", password, b"pepper", 600_000)

    Flagged: a small key
        === shop/keys.py
          from Crypto.PublicKey import RSA
        + KEY = RSA.generate(1024)

    Allowed: a fresh start
        === shop/vault.py
          import os
          from Crypto.Cipher import AES
          def hide(key, text):
        +     return AES.new(key, AES.MODE_GCM, nonce=os.urandom(12)).encrypt_and_digest(text)

    Allowed: slow, and a salt of its own
        === shop/login.py
          import hashlib
          import os
          def store(password):
        +     salt = os.urandom(16)
        +     return salt, hashlib.scrypt(password, salt=salt, n=2**14, r=8, p=1)

    Allowed: a checksum
        === shop/cache.py
          import hashlib
          def name(page):
        +     return hashlib.sha256(page.encode()).hexdigest()
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_ciphers import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
