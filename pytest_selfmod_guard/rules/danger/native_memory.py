"""SMG214: machine code is put into memory, or loaded from where anybody can write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._foreign import HIDDEN, NETWORK, kinds_of
from pytest_selfmod_guard.rules.danger._temporary import is_temporary
from pytest_selfmod_guard.rules.danger._wording import GAP, said

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_INJECTS = frozenset(
    ("VirtualAlloc", "VirtualAllocEx", "WriteProcessMemory", "CreateRemoteThread",
     "CreateRemoteThreadEx", "NtAllocateVirtualMemory", "NtWriteVirtualMemory", "NtCreateThreadEx",
     "ZwCreateThreadEx", "RtlCreateUserThread", "QueueUserAPC", "NtUnmapViewOfSection",
     "NtMapViewOfSection", "SetThreadContext", "NtQueueApcThread", "HeapCreate", "VirtualProtectEx")
)  # fmt: skip
_READIES = frozenset(
    ("VirtualProtect", "RtlMoveMemory", "CreateThread", "mprotect", "ptrace", "memfd_create",
     "EnumSystemLocalesA", "EnumSystemLocalesW", "EnumWindows", "CreateFiber", "EnumChildWindows",
     "ConvertThreadToFiber", "CryptEnumOIDInfo", "NtProtectVirtualMemory", "SetWindowsHookExA",
     "process_vm_writev", "OpenProcess")
)  # fmt: skip
_ENOUGH = 2
_STARTS = frozenset(
    ("system", "popen", "execl", "execv", "execve", "execvp", "posix_spawn", "WinExec",
     "ShellExecuteA", "ShellExecuteW", "ShellExecuteExW", "CreateProcessA", "CreateProcessW")
)  # fmt: skip
_LOADERS = re.compile(
    r"ctypes\.(?:CDLL|WinDLL|PyDLL|OleDLL|(?:cdll|windll|oledll|pydll)\.LoadLibrary(?:A|W|ExA|ExW)?)"
    r"|ctypes\.windll\.kernel32\.LoadLibrary\w*|\*\.LoadLibrary[AW]"
)
_LIBRARY = re.compile(r"\.(?:so|dll|dylib|pyd|DLL|SO)\b|^[\w.{}+-]+$")
_TRIGGERS = (
    b"ctypes", b"windll", b"cdll", b"loadlibrary", b"mmap", b"cffi", b"memfd_create", b"kernel32",
    b"windows", b"__dict__", b"getattr", b"import_module", b"__import__",
    *(name.lower().encode() for name in (*sorted(_INJECTS), *sorted(_READIES))),
)  # fmt: skip


@python_rule(
    "SMG214",
    risk=Risk.CRITICAL,
    hint="build native code as an extension module in the project's build and import it; "
    "load a shared library by its plain name",
    triggers=_TRIGGERS,
)
def native_memory(python: Python) -> Iterable[Sighting]:
    """
    Machine code is put into memory and run, or a library comes from a foreign place.

    Memory that may be executed, memory and threads of other processes, and
    libraries that were decoded, downloaded, lie in a temporary folder or do
    not look like a library, and processes that a library starts. It is below
    everything that Python can check. `ctypes` for the functions of ordinary
    libraries is silent.

    Flagged: memory for machine code [critical]
        === shop/__init__.py
          import ctypes
        + at = ctypes.windll.kernel32.VirtualAlloc(0, len(code), 0x3000, 0x40)

    Flagged: through a variable [critical]
        === shop/speed.py
          from ctypes import WinDLL
        + system = WinDLL("kernel32")
        + system.WriteProcessMemory(handle, at, code, len(code), None)

    Flagged: a library that is none
        === shop/speed.py
          import ctypes, os
        + ctypes.CDLL(os.path.join(os.path.dirname(__file__), "_build.py"))

    Flagged: pages that may be executed [critical]
        === shop/speed.py
          import mmap
        + page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)

    Allowed: functions of a library
        === shop/clock.py
          import ctypes, ctypes.util
        + libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        + libc.clock_settime(0, None)
        + ctypes.windll.kernel32.SetConsoleMode(7)

    Allowed: shared memory
        === shop/share.py
          import mmap
        + view = mmap.mmap(-1, 4096)
    """
    yield from _injections(python)
    for call in python.calls:
        if any(_LOADERS.fullmatch(name) for name in call.names):
            yield from _library(python, call)
        elif _is_started_natively(python, call):
            yield _sighting(python, call, "a process is started round Python", Risk.HIGH)
        elif "mmap.mmap" in call.names and _is_executable(python, call):
            yield _sighting(python, call, "the pages may be executed", Risk.CRITICAL)


def _injections(python: Python) -> Iterator[Sighting]:
    called = [(call, _last(call)) for call in python.calls]
    names = {name for _, name in called}
    is_ready = len(names & _READIES) >= _ENOUGH
    for call, name in called:
        if name in _INJECTS or (name in _READIES and (is_ready or names & _INJECTS)):
            yield _sighting(python, call, f"{name} readies machine code", Risk.CRITICAL)


def _last(call: Call) -> str:
    """Name the function; wherever the library came from, its name is what counts."""
    known = _INJECTS | _READIES
    ends = (name.rpartition(".")[2] for name in call.names)
    return min((end for end in ends if end in known), default="")


def _is_started_natively(python: Python, call: Call) -> bool:
    """Tell whether a function of the C library, or of Windows, starts a process."""
    owner = getattr(call.node.func, "value", None)
    if isinstance(owner, str) or not any(n.rpartition(".")[2] in _STARTS for n in call.names):
        return False
    return any(name.startswith("ctypes") for name in python.origins(owner)) if owner else False


def _library(python: Python, call: Call) -> Iterator[Sighting]:
    path = call.arg(python, 0, "name")
    if path is None:
        return
    kinds = kinds_of(python, path)
    text = said(python, path)
    if kinds & {NETWORK, HIDDEN}:
        yield _sighting(python, call, "a library is loaded whose path is hidden", Risk.CRITICAL)
    elif is_temporary(python, path):
        yield _sighting(python, call, "a library is loaded from a temporary folder", Risk.HIGH)
    elif (text.strip("./") and GAP not in text and not _LIBRARY.search(text)) or text.endswith(
        (".py", ".txt", ".dat", ".bin", ".png", ".jpg", ".json")
    ):
        yield _sighting(python, call, "what is loaded does not look like a library", Risk.HIGH)


def _is_executable(python: Python, call: Call) -> bool:
    for position, keyword in ((3, "prot"), (2, "flags"), (None, "access")):
        found = call.arg(python, position, keyword)
        if found is not None and "PROT_EXEC" in python.code(found):
            return True
    return False


def _sighting(python: Python, call: Call, message: str, risk: Risk) -> Sighting:
    return Sighting(python.line(call.node), message, python.code(call.node), call.scope, risk=risk)
