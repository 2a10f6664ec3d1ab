"""SMG206: a binary that Python or the system would run."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._pickles import calls_of
from pytest_selfmod_guard.view import Side, View

_IMPORTED = frozenset((".so", ".pyd", ".pyc", ".pyo", ".egg", ".whl", ".pyz", ".pyzw"))
_PACKAGES = (".whl", ".egg")
_RUN = frozenset((".dll", ".dylib", ".exe", ".com", ".jar", ".msi", ".node"))
_MAGIC = (
    (b"\x7fELF", "an ELF program or library"),
    (b"\xfe\xed\xfa\xce", "a Mach-O program"),
    (b"\xfe\xed\xfa\xcf", "a Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program"),
    (b"\xce\xfa\xed\xfe", "a Mach-O program"),
    (b"\xca\xfe\xba\xbe", "a Mach-O or Java program"),
    (b"\0asm", "a WebAssembly module"),
)
_CODE = 0x63
"""How marshal begins a code object, but for the bit that says that it is kept."""
_PE_AT = slice(0x3C, 0x40)


@change_rule(
    "SMG206",
    risk=Risk.HIGH,
    hint="commit the source it is built from, and build it where it is installed",
)
def importable_binary(view: View) -> Iterable[Sighting]:
    """
    The change brings a binary that Python imports or the system runs.

    Nobody can review it, and a compiled module shadows the source of the same
    name: what runs is not what is read. Byte code counts under any name, and
    so does a pickle that starts a program when it is loaded. Pictures, fonts,
    archives of data and other binaries that nothing runs are silent.

    Flagged: a compiled extension
        === shop/_speed.so (binary)
        + anything

    Flagged: byte code
        === shop/__pycache__/cart.cpython-311.pyc (binary)
        + anything

    Flagged: a wheel
        === vendor/tool-1.0-py3-none-any.whl (binary)
        + anything

    Flagged: a pickle that runs a command
        === shop/prices.bin
        + cos
        + system
        + (S'true'
        + tR.

    Flagged: a package that a test reads [medium]
        === tests/data/tool-1.0-py3-none-any.whl (binary)
        + anything

    Allowed: a picture
        === docs/logo.png (binary)
        + anything

    Allowed: a pickle of values
        === shop/prices.bin
        + ccollections
        + OrderedDict
        + (tR.

    Allowed: it goes away
        === shop/_speed.so (binary)
        - anything
    """
    for file in view.files:
        if file.new is None or not file.new.blob.is_regular:
            continue
        if file.old and file.old.blob.oid == file.new.blob.oid and file.path == file.old.path:
            continue
        if what := _what(file.new):
            sample = file.new.zone == paths.TEST and (
                file.path.endswith(_PACKAGES) or what.startswith("a pickle")
            )
            risk = Risk.MEDIUM if sample else Risk.HIGH
            yield Sighting(0, f"the file is {what}", path=file.path, risk=risk)


def _what(side: Side) -> str:
    extension = splitext(side.path.lower())[1]
    if extension in _IMPORTED:
        return f"a binary that Python imports ({extension})"
    if extension in _RUN:
        return f"a binary that the system runs ({extension})"
    data = side.blob.data or b""
    if _is_windows_program(data):
        return "a Windows program or library"
    if _is_byte_code(data):
        return "Python's byte code"
    if not side.is_python and (called := calls_of(data)):
        return f"a pickle that calls {called} when it is loaded"
    return next((what for magic, what in _MAGIC if data.startswith(magic)), "")


def _is_byte_code(data: bytes) -> bool:
    """Tell whether it begins as any version's byte code: a number, a date or hash, a code."""
    if data[2:4] != b"\r\n":
        return False
    return any(len(data) > at and data[at] & 0x7F == _CODE for at in (8, 12, 16))


def _is_windows_program(data: bytes) -> bool:
    if not data.startswith(b"MZ"):
        return False
    at = int.from_bytes(data[_PE_AT], "little")
    return data[at : at + 4] == b"PE\0\0"
