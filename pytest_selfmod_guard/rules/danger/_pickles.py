"""What a pickle would call when it is loaded, told without loading it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

_LARGEST = 4_000_000  # bytes of a file that are looked at
_MOST = 300_000  # opcodes of all its pickles
_STARTS = 500
_START = re.compile(rb"\x80[\x02-\x05](?=[\x00-\xff])")
_PLAIN = re.compile(rb"[ci][a-z_][\w.]{0,80}\n[\w.]{1,80}\n")
"""How the oldest kinds, which have no mark at their start, look a function up."""
_CALLS = frozenset(("REDUCE", "OBJ", "INST", "NEWOBJ", "NEWOBJ_EX", "BUILD"))
_MODULES = frozenset(
    ("os", "posix", "nt", "subprocess", "runpy", "importlib", "pty", "commands", "ctypes",
     "code", "pip", "shutil", "socket", "webbrowser", "timeit", "pdb", "bdb", "marshal")
)  # fmt: skip
_BUILTINS = re.compile(
    r"(?:builtins|__builtin__)\.(?:eval|exec|execfile|getattr|compile|__import__|open|globals)"
)
_INNOCENT = frozenset(("os.stat_result", "os.terminal_size", "os.PathLike", "os.fspath"))


def calls_of(data: bytes) -> str:
    """Give the name of something dangerous that is called by a pickle in the data."""
    if not _may(data):
        return ""
    data = data[:_LARGEST]
    left = _MOST
    for start in _starts(data):
        names: list[str] = []
        calls = False
        for opcode, name in _steps(data, start):
            left -= 1
            calls = calls or opcode in _CALLS
            names += [name] if name and _is_dangerous(name) else []
            if calls and names:
                return names[0]
            if left < 0:
                return ""
    return ""


def _may(data: bytes) -> bool:
    return any(word.encode() in data for word in (*_MODULES, "builtin"))


def _starts(data: bytes) -> Iterator[int]:
    if _PLAIN.search(data):
        yield 0
    for count, found in enumerate(_START.finditer(data)):
        if count >= _STARTS:
            return
        yield found.start()


def _steps(data: bytes, start: int) -> Iterator[tuple[str, str]]:
    """Give each opcode with the dotted name that it looks up, if it does."""
    stream = BytesIO(data)
    stream.seek(start)
    import pickletools  # noqa: PLC0415 (few changes bring a pickle)

    texts: list[str] = []
    memo: dict[int, str] = {}
    try:
        for opcode, arg, _ in pickletools.genops(stream):
            if opcode.name in ("GLOBAL", "INST"):
                yield opcode.name, str(arg).replace(" ", ".")
            elif opcode.name == "STACK_GLOBAL":
                yield opcode.name, ".".join(texts[-2:])
            else:
                _remember(opcode.name, arg, texts, memo)
                yield opcode.name, ""
    except (ValueError, IndexError, OverflowError, MemoryError):
        return  # what comes before it runs all the same


def _remember(opcode: str, arg: object, texts: list[str], memo: dict[int, str]) -> None:
    """Keep the texts in the order in which they came to lie on the stack."""
    if isinstance(arg, str) and "PERSID" not in opcode:
        texts.append(arg)
    elif opcode == "MEMOIZE":
        memo[len(memo)] = texts[-1] if texts else ""
    elif isinstance(arg, int) and opcode.endswith("PUT"):
        memo[arg] = texts[-1] if texts else ""
    elif isinstance(arg, int) and opcode.endswith("GET") and arg in memo:
        texts.append(memo[arg])


def _is_dangerous(name: str) -> bool:
    root = name.partition(".")[0]
    return name not in _INNOCENT and (root in _MODULES or _BUILTINS.fullmatch(name) is not None)
