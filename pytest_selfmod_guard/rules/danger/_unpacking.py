"""Text that hides in a constant: decoded layer by layer, as far as it is worth it."""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Iterator

_LAYERS = 4
_MOST = 100_000
_LEAST = 16
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_BASE85 = re.compile(r"[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{24,}")
_CODE = re.compile(
    r"^\s*(?:import|from)\s+\w+|\b(?:exec|eval|__import__|compile)\s*\(|\bimport\s+(?:os|sys|socket|subprocess"
    r"|requests|urllib|base64|ctypes|zlib|marshal)\b|\b(?:os\.(?:system|popen|dup2|environ)|subprocess\.\w+"
    r"|socket\.\w+|urlopen|requests\.(?:get|post))\b"
    r"|\b(?:powershell|pwsh|cmd(?:\.exe)? /c|certutil|mshta)\b"
    r"|/bin/(?:ba|z|da)?sh\b|/dev/tcp/|\b(?:curl|wget)\s+\S",
    re.MULTILINE,
)
_LONGEST = 200_000


def hidden_code(constant: str) -> str:
    """Give the code or command that a constant hides; nothing where it hides none."""
    if len(constant) < _LEAST or len(constant) > _LONGEST:
        return ""
    for text in _layers(constant.strip()):
        if found := _CODE.search(text):
            return " ".join(text[found.start() : found.start() + 60].split())
    return ""


def looks_like_code(text: str) -> bool:
    """Tell whether plain text would do something if it were run."""
    return bool(_CODE.search(text))


def _layers(text: str) -> Iterator[str]:
    waiting = [(text, 0), (text[::-1], 0)]
    while waiting:
        outer, depth = waiting.pop()
        for data in _decoded(outer):
            inner = _as_text(_inflated(data))
            if inner:
                yield inner
                if depth < _LAYERS:
                    waiting += [(inner.strip(), depth + 1)]


def _decoded(text: str) -> Iterator[bytes]:
    compact = "".join(text.split())
    try:
        if _HEX.fullmatch(compact):
            yield binascii.unhexlify(compact)
        if _BASE64.fullmatch(compact):
            padded = compact.rstrip("=").translate(_URLSAFE)
            yield base64.b64decode(padded + "=" * (-len(padded) % 4))
        elif _BASE85.fullmatch(compact):
            yield base64.b85decode(compact)
    except (ValueError, binascii.Error):
        return


_URLSAFE = str.maketrans("-_", "+/")


def _inflated(data: bytes) -> bytes:
    """Decompress what begins like something compressed, and no more than is looked at."""
    try:
        if data[:1] == b"x":
            return zlib.decompressobj().decompress(data, _MOST)
        if data[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(data, _MOST)
        if data[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(data, _MOST)
        if data[:6] == b"\xfd7zXZ\0":
            return lzma.LZMADecompressor(memlimit=1 << 27).decompress(data, _MOST)
    except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return data
    return data


def _as_text(data: bytes) -> str:
    """Give bytes as text where they are text, and nothing where they are not."""
    try:
        text = data[:_MOST].decode("utf-8")
    except UnicodeDecodeError:
        return ""
    odd = sum(not char.isprintable() and char not in "\n\r\t" for char in text[:2000])
    return "" if odd > len(text[:2000]) // 50 else text
