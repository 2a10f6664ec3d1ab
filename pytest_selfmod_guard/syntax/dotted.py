"""Dotted names: one spelling for what has several."""

from __future__ import annotations

import builtins

UNKNOWN = "*"
"""Something, but nobody can tell what."""
BUILTINS = frozenset(dir(builtins)) - {"__name__", "__doc__", "__spec__", "__loader__"}
BUILTINS_OF = ("__builtins__", "f_builtins")
"""What modules, functions and frames call the builtins they see."""
LONGEST = 6
"""Parts of a name; nothing that a rule knows is longer."""

SAME = {
    "posix": "os",
    "nt": "os",
    "_pickle": "pickle",
    "cPickle": "pickle",
    "__builtin__": "builtins",
    "__builtins__": "builtins",
    "_io.open": "builtins.open",
    "io.open": "builtins.open",
    "importlib.__import__": "builtins.__import__",
    "_socket": "socket",
    "_ctypes": "ctypes",
    "subprocess.Popen.__init__": "subprocess.Popen",
}
LEAKED = frozenset(
    {"builtins", "ctypes", "importlib", "marshal", "os", "pickle", "shutil", "socket"}
    | {"subprocess", "sys", "posix", "__builtins__"}
)
"""Modules that others hold as attributes: ``shutil.os.system``."""
OWN = ("asyncio.subprocess",)
"""Modules of other packages that happen to bear such a name."""


def canonical(name: str) -> str:
    """
    Give the usual name of what a dotted name stands for.

    ``posix.system`` and ``shutil.os.system`` are ``os.system``; a name longer
    than any rule knows keeps only its last part.
    """
    parts = name.split(".")
    if name.startswith("."):
        parts = name.lstrip(".").split(".")
        return name if len(parts) <= LONGEST else f"{UNKNOWN}.{parts[-1]}"
    for at in range(len(parts) - 1, 0, -1):
        if parts[at] in LEAKED and ".".join(parts[: at + 1]) not in OWN:
            parts = parts[at:]
            break
    for size in range(min(3, len(parts)), 0, -1):
        same = SAME.get(".".join(parts[:size]))
        if same:
            parts = [same, *parts[size:]]
            break
    return ".".join(parts) if len(parts) <= LONGEST else f"{UNKNOWN}.{parts[-1]}"


def join(owner: str, attribute: str) -> str:
    """Give the name of an attribute of what a name stands for."""
    if attribute == "__call__":
        return owner
    if attribute in BUILTINS_OF:
        return "builtins"
    if attribute == "__self__" and owner.startswith("builtins."):
        return "builtins"
    if owner.startswith(UNKNOWN):
        return f"{UNKNOWN}.{attribute}"
    return canonical(f"{owner}.{attribute}")
