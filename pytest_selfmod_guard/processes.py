"""
Which process does something, in words that another process can check.

A lease runs out by itself. Where one can see that its holder is dead, nobody
has to wait for that.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256


def myself() -> str:
    """
    Name this process: machine, boot, process namespace, number and start.

    Empty where the system does not tell, and then nobody will call it dead.
    """
    process = os.getpid()
    try:
        return f"{_place()} {process}@{_start(process)}"
    except OSError:
        return ""


def here() -> str:
    """
    Name this machine in eight letters: anew with each boot, and for each process namespace.

    Empty where the system does not tell.
    """
    try:
        return sha256(_place().encode()).hexdigest()[:8]
    except OSError:
        return ""


def is_gone(name: str) -> bool:
    """
    Tell whether a process that was named is dead for certain.

    False for one of another machine or namespace, which cannot be seen from
    here, and wherever the system does not tell.
    """
    place, _, process = name.rpartition(" ")
    number, _, start = process.partition("@")
    try:
        return place == _place() and start != "" and _has_ended(int(number), start)
    except (OSError, ValueError, OverflowError):
        return False  # out of file descriptors, hidden from us, or no name at all


def _has_ended(process: int, start: str) -> bool:
    """Tell whether it is a corpse, or its number another's, or nobody's."""
    try:
        return _start(process) != start
    except (FileNotFoundError, ProcessLookupError):
        return _is_nobody(process)  # others' processes may be hidden there


def _is_nobody(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@cache
def _place() -> str:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        boot = file.read().strip()
    return f"{boot} {os.readlink('/proc/self/ns/pid')}"


def _start(process: int) -> str:
    """Give when it started, in ticks since the boot; empty for a corpse."""
    with open(f"/proc/{process}/stat", "rb") as file:
        state, *fields = file.read().rpartition(b")")[2].split()
    return "" if state in (b"Z", b"X") else fields[18].decode("ascii")
