"""
Which process does something, in words that another process can check.

A lease runs out by itself. Where one can see that its holder is dead, nobody
has to wait for that.
"""

from __future__ import annotations

import os
from functools import cache


def myself() -> str:
    """
    Name this process: machine, boot, process namespace, number and start.

    Empty where the system does not tell, and then nobody will call it dead.
    """
    return _name(os.getpid())


def is_gone(name: str) -> bool:
    """
    Tell whether a process that was named is dead for certain.

    False for one of another machine or namespace, which cannot be seen from here.
    """
    here, _, process = name.rpartition(" ")
    if not here or here != _here():
        return False
    return _name(int(process.partition("@")[0])) != name


def _name(process: int) -> str:
    here, start = _here(), _start(process)
    return f"{here} {process}@{start}" if here and start else ""


@cache
def _here() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _start(process: int) -> str:
    """Give when it started, in ticks since the boot; empty if it is no more, or a corpse."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            state, *fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "" if state in (b"Z", b"X") else fields[18].decode("ascii")
