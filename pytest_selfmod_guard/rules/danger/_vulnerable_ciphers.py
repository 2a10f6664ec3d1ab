"""Cryptography that is broken, or used so that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_settings import off
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

Said = tuple[str, Risk]
_BROKEN = re.compile(
    r"(?:Crypto|Cryptodome)\.Cipher\.(?:ARC2|ARC4|Blowfish|DES|DES3|XOR|CAST)\.new|(?:Crypto"
    r"|Cryptodome)\.Cipher\.\*\.new"
    r"|cryptography\.hazmat\.(?:primitives\.ciphers|decrepit\.ciphers)\.algorithms\.(?:ARC4"
    r"|Blowfish|IDEA|TripleDES|CAST5|SEED|RC2)"
    r"|pyDes\.(?:des|triple_des)"
)
_NEW = re.compile(r"(?:Crypto|Cryptodome)\.Cipher\.(\w+)\.new")
_MODES = re.compile(r"cryptography\.hazmat\.primitives\.ciphers\.modes\.(\w+)")
_GENERATES = re.compile(
    r"(?:Crypto|Cryptodome)\.PublicKey\.(?:RSA|DSA)\.generate"
    r"|cryptography\.hazmat\.primitives\.asymmetric\.(?:rsa|dsa)\.generate_(?:private_key"
    r"|parameters)"
    r"|rsa\.newkeys|paramiko\.(?:\w+\.)?(?:RSAKey|DSSKey)\.generate"
    r"|OpenSSL\.crypto\.PKey\.generate_key"
)
_CURVES = re.compile(
    r"cryptography\.hazmat\.primitives\.asymmetric\.ec\.(?:SECP192R1|SECT163\w\d|SECP160\w\d)"
)
_HASHES = re.compile(
    r"hashlib\.(md5|sha1|md4|sha256|sha512|sha224|sha384|sha3_\d+|new)|(?:Crypto"
    r"|Cryptodome)\.Hash\.(MD\d|SHA\d*)\.new"
    r"|cryptography\.hazmat\.primitives\.hashes\.(MD5|SHA1)|_?md5\.new|_?sha\.new"
)
_ALGORITHM = re.compile(
    r"\b(?:hashlib\.)?(?:md[245]|sha_?(?:1|224|256|384|512)|sha3_(?:224|256|384|512)|blake2[bs])\b"
)
"""To take another of them is no new fault; bandit knows those that are broken."""
_WEAK_HASH = re.compile(r"(?:md[245]|sha-?1?)$", re.IGNORECASE)
_DERIVES = re.compile(
    r"hashlib\.(?:pbkdf2_hmac|scrypt)|bcrypt\.(?:hashpw|kdf)"
    r"|cryptography\.hazmat\.primitives\.kdf\.\w+\.\w+|(?:Crypto|Cryptodome)\.Protocol\.KDF\.\w+"
    r"|crypt\.crypt|argon2[\w.]*\.hash_secret\w*"
)
_PASSWORD = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|pwd|pw|pin)(?:_?(?:raw|text|plain|str|bytes|in|input"
    r"|field))?\d?$",
    re.IGNORECASE,
)
_RAW = (
    "MODE_CBC",
    "MODE_CFB",
    "MODE_OFB",
    "MODE_CTR",
    "MODE_GCM",
    "MODE_EAX",
    "MODE_CCM",
    "MODE_OPENPGP",
)
_SMALLEST, _SMALL = 256, 2048


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where cryptography is broken."""
    for call in python.calls:
        if not call.names:
            continue
        for judge in (_cipher, _mode, _key, _hash, _salt):
            said = judge(python, call)
            if said:
                seen = sighting(python, call.node, call.scope, *said)
                yield (
                    seen._replace(code=_ALGORITHM.sub("a hash", seen.code))
                    if judge is _hash
                    else seen
                )
                break


def _cipher(python: Python, call: Call) -> Said | None:
    name = next((name for name in sorted(call.names) if _BROKEN.fullmatch(name)), "")
    if name.endswith(".*.new"):
        return None
    if not name and any(
        n in ("DES.new", "ARC4.new", "Blowfish.new") for n in (written(call.node.func),)
    ):
        is_star = any(imported.name.endswith("Crypto.Cipher.*") for imported in python.imports)
        name = written(call.node.func) if is_star else ""
    if not name:
        return None
    which = name.removesuffix(".new").rpartition(".")[2]
    return f"{which} is broken: what it encrypts can be read", Risk.HIGH


def _mode(python: Python, call: Call) -> Said | None:
    name = next((name for name in call.names if _NEW.fullmatch(name) or _MODES.fullmatch(name)), "")
    if not name:
        return None
    if name.endswith(".ECB"):
        return "ECB shows which blocks are equal", Risk.HIGH
    if _NEW.fullmatch(name):
        mode = call.arg(python, 1, "mode")
        said = python.code(mode) if mode is not None else ""
        if said.endswith("MODE_ECB") or (mode is not None and python.fold(mode) == 1):
            return "ECB shows which blocks are equal", Risk.HIGH
        start = (
            call.arg(python, 2, "iv")
            or call.arg(python, None, "nonce")
            or call.arg(python, None, "IV")
        )
        if not said.endswith(_RAW) and start is None:
            return None
    else:
        start = call.arg(python, 0, "initialization_vector") or call.arg(python, 0, "nonce")
    if start is not None and _is_constant(python, start):
        return "the start value is always the same, so that equal beginnings show", Risk.HIGH
    return None


def _key(python: Python, call: Call) -> Said | None:
    if any(_CURVES.fullmatch(name) for name in call.names):
        return "the curve is too small", Risk.HIGH
    if not any(_GENERATES.fullmatch(name) for name in call.names):
        return None
    for position, keyword in ((0, "bits"), (1, "key_size"), (1, "bits"), (0, "nbits")):
        size = call.arg(python, position, keyword)
        bits = python.fold(size) if size is not None else None
        if isinstance(bits, int) and _SMALLEST <= bits < _SMALL:
            return f"a key of {bits} bits can be broken", Risk.HIGH
    return None


def _hash(python: Python, call: Call) -> Said | None:
    name = next((name for name in call.names if _HASHES.fullmatch(name)), "")
    if not name:
        return None
    kind = _kind(python, call, name)
    for_safety = call.arg(python, None, "usedforsecurity")
    if for_safety is not None and off(python.fold(for_safety), ""):
        return None
    if _hashes_password(python, call) and not _is_protocol(call.scope):
        return (
            "a password is hashed with something made to be fast, so that it can be guessed",
            Risk.HIGH,
        )
    if _WEAK_HASH.search(kind) and not name.startswith("hashlib."):
        return f"{kind} is broken: two different texts can have the same hash", Risk.MEDIUM
    return None


def _kind(python: Python, call: Call, name: str) -> str:
    if not name.endswith("hashlib.new"):
        return name.removesuffix(".new").rpartition(".")[2]
    first = call.arg(python, 0, "name")
    value = python.fold(first) if first is not None else ""
    return value if isinstance(value, str) else ""


def _is_protocol(scope: str) -> bool:
    """Where a protocol that others made says how to hash, nobody can do better."""
    return (
        re.search(
            r"digest_?(?:auth|header|response)|scram|ntlm|native|caching|challenge|gravatar|etag"
            r"|cache|pwned|hibp|breach",
            scope,
            re.IGNORECASE,
        )
        is not None
    )


def _hashes_password(python: Python, call: Call) -> bool:
    first = 1 if any(name == "hashlib.new" for name in call.names) else 0
    data = [call.arg(python, first, "string"), call.arg(python, first, "data")]
    if any(node is not None and _is_password(python, node) for node in data):
        return True
    return any(_is_password(python, node) for node in _updates(python, call))


def _updates(python: Python, call: Call) -> Iterator[cst.BaseExpression]:
    """Give what ``.update`` puts into the object that a call makes."""
    known = facts(python)
    for other in known.callers.get("update", ()):
        on = other.func.value if isinstance(other.func, cst.Attribute) else None
        if isinstance(on, cst.Name) and any(
            one.value is call.node for one in known.reaching(on)[0]
        ):
            yield from (arg.value for arg in other.args)


def _is_password(python: Python, node: cst.BaseExpression) -> bool:
    waiting: list[cst.BaseExpression] = [node]
    for _ in range(_STEPS):
        if not waiting:
            return False
        here = waiting.pop()
        if _PASSWORD.search(_called(python, here)):
            return True
        waiting += _parts(here)
    return False


def _called(python: Python, node: cst.BaseExpression) -> str:
    """Give the last part of a value's name: of a variable, a field or a key."""
    if isinstance(node, cst.Name | cst.Attribute):
        return written(node).rpartition(".")[2]
    key: cst.BaseExpression | None = None
    if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Index):
        key = node.slice[0].slice.value
    elif isinstance(node, cst.Call) and written(node.func).endswith((".get", ".getenv")):
        key = node.args[0].value if node.args else None
    value = python.fold(key) if key is not None else ""
    return value if isinstance(value, str) else ""


def _parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation):
        return [node.left, node.right]
    if isinstance(node, cst.FormattedString):
        parts = [part for part in node.parts if isinstance(part, cst.FormattedStringExpression)]
        return [part.expression for part in parts]
    if isinstance(node, cst.Call):
        on = node.func.value if isinstance(node.func, cst.Attribute) else None
        return [on] if on is not None else [arg.value for arg in node.args]
    return []


_STEPS, _DEEP = 12, 3


def _salt(python: Python, call: Call) -> Said | None:
    name = next((name for name in call.names if _DERIVES.fullmatch(name)), "")
    position = {"hashlib.pbkdf2_hmac": 2, "bcrypt.hashpw": 1, "crypt.crypt": 1}.get(name)
    salt = call.arg(python, position, "salt") if name else None
    if salt is not None and _is_constant(python, salt):
        return "the salt is the same for all, so that one table breaks every password", Risk.HIGH
    return None


def _is_constant(python: Python, node: cst.BaseExpression, depth: int = 0) -> bool:
    value = python.fold(node)
    if isinstance(value, bytes | str):
        return len(value) > 0
    if isinstance(node, cst.Name):
        bound, parameter = facts(python).reaching(node)
        if parameter is not None or depth >= _DEEP or not 0 < len(bound) <= _STEPS:
            return False
        return all(_is_constant(python, one.value, depth + 1) for one in bound)
    # b"x" * AES.block_size: a literal, repeated however often.
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
        return any(isinstance(python.fold(side), bytes | str) for side in (node.left, node.right))
    return isinstance(node, cst.Call) and _is_zeros(python, node)


def _is_zeros(python: Python, node: cst.Call) -> bool:
    """``bytes(16)`` is as constant as it gets."""
    return (
        "builtins.bytes" in python.names(node.func)
        and bool(node.args)
        and isinstance(node.args[0].value, cst.Integer | cst.Attribute)
    )
