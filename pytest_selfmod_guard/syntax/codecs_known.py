"""Codecs and packers whose output is bounded while it is made."""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Callable

from .sizes import LONGEST, Plain, Unfoldable

TEXT = {"ascii", "utf-8", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"}
TEXT |= {"utf-32-be", "iso8859-1", "cp1252", "cp437", "utf-8-sig", "iso8859-15", "charmap"}
TEXT |= {"unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape"}
ASCII_ARMOUR = {"hex", "base64", "uu", "quopri", "rot13"}
PACKED = {"zlib", "bz2"}


def encode(value: Plain, encoding: str = "utf-8", errors: str = "strict") -> Plain:
    """Do what ``codecs.encode`` does, for known codecs."""
    if _name(encoding) not in TEXT | ASCII_ARMOUR:
        raise Unfoldable
    return codecs.encode(value, encoding, _errors(errors))


def decode(value: Plain, encoding: str = "utf-8", errors: str = "strict") -> Plain:
    """Do what ``codecs.decode`` does, for known codecs."""
    name = _name(encoding)
    if name in PACKED:
        return unpack(name, value)
    if name not in TEXT | ASCII_ARMOUR:
        raise Unfoldable
    return codecs.decode(value, encoding, _errors(errors))


def _name(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    return name.removesuffix("_codec").replace("rot-13", "rot13")


def _errors(errors: str) -> str:
    if errors not in ("strict", "ignore", "replace", "surrogateescape", "surrogatepass"):
        raise Unfoldable
    return errors


def unpack(kind: str, data: bytes) -> bytes:
    """Unpack compressed bytes, never more than the longest value."""
    unpacker = _UNPACKERS[kind]()
    made: bytes = unpacker.decompress(bytes(data), LONGEST + 1)
    # A stream that is not at its end is too long, or broken.
    if not unpacker.eof:
        raise Unfoldable
    return made


def _zlib() -> Plain:
    import zlib  # noqa: PLC0415  # rarely needed, and slow to import

    return zlib.decompressobj()


def _gzip() -> Plain:
    import zlib  # noqa: PLC0415  # rarely needed, and slow to import

    return zlib.decompressobj(31)


def _bz2() -> Plain:
    import bz2  # noqa: PLC0415  # rarely needed, and slow to import

    return bz2.BZ2Decompressor()


def _lzma() -> Plain:
    import lzma  # noqa: PLC0415  # rarely needed, and slow to import

    return lzma.LZMADecompressor(memlimit=64 * 1024 * 1024)


_UNPACKERS: dict[str, Callable[[], Plain]] = {
    "zlib": _zlib,
    "gzip": _gzip,
    "bz2": _bz2,
    "lzma": _lzma,
}

ARMOUR: dict[str, Callable[..., Plain]] = {
    "base64.a85decode": base64.a85decode,
    "base64.b16decode": base64.b16decode,
    "base64.b32decode": base64.b32decode,
    "base64.b64decode": base64.b64decode,
    "base64.b64encode": base64.b64encode,
    "base64.b85decode": base64.b85decode,
    "base64.decodebytes": base64.decodebytes,
    "base64.standard_b64decode": base64.standard_b64decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode,
    "binascii.a2b_base64": binascii.a2b_base64,
    "binascii.a2b_hex": binascii.a2b_hex,
    "binascii.a2b_uu": binascii.a2b_uu,
    "binascii.b2a_hex": binascii.b2a_hex,
    "binascii.hexlify": binascii.hexlify,
    "binascii.unhexlify": binascii.unhexlify,
    "bz2.decompress": lambda data: unpack("bz2", data),
    "codecs.decode": decode,
    "codecs.encode": encode,
    "gzip.decompress": lambda data: unpack("gzip", data),
    "lzma.decompress": lambda data: unpack("lzma", data),
    "zlib.decompress": lambda data: unpack("zlib", data),
}
"""Functions of the standard library that turn data into text, by dotted name."""
