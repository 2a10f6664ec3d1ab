"""Names that a file of commands defines twice, so that the guard's command is never reached."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from posixpath import basename

_TARGET = re.compile(r" *([^\s:=#@][^:=#]*?)\s*(?:&?::?)(?!=)")
_DEFINED = re.compile(r"(?:(?:async\s+)?def|class)\s+(\w+)|(\w+)\s*(?::[^=]+)?=(?!=)")
_USED = re.compile(r"\$[({]?([\w.-]+)")
_SET = re.compile(
    r"\s*(?:(?:override|export|private|define|unexport)\s+)*([\w.-]+)\s*(?:[:?+!]*=|$)"
)
_MAKEFILES = frozenset(("makefile", "gnumakefile"))
_WITH_TARGETS = _MAKEFILES | {"justfile"}


def is_overridden(path: str, ours: list[str], old: list[str], new: list[str]) -> bool:
    """Tell whether more lines than before define a name that our lines define."""
    if path.endswith(".py"):
        names = _defined
    elif basename(path).lower() in _WITH_TARGETS:
        names = _targets
    else:
        return False  # such a file is refused by its own program
    before, after = Counter(names(old)), Counter(names(new))
    return any(after[name] > before[name] for name in names(ours))


def is_rewired(path: str, ours: list[str], old: list[str], new: list[str]) -> bool:
    """Tell whether a makefile sets a variable that our lines use, or the search path, anew."""
    if basename(path).lower() not in _MAKEFILES:
        return False
    used = {"PATH", *(name for line in ours for name in _USED.findall(line))}
    return _settings(old, used) != _settings(new, used)


def _targets(lines: Iterable[str]) -> list[str]:
    found = (_TARGET.match(line) for line in lines if not line.startswith("\t"))
    names = [name.removeprefix("./") for match in found if match for name in match[1].split()]
    return [name for name in names if not name.startswith(".")]  # .PHONY may stand often


def _defined(lines: Iterable[str]) -> list[str]:
    return [match[1] or match[2] for line in lines if (match := _DEFINED.match(line))]


def _settings(lines: list[str], names: set[str]) -> list[str]:
    return [line for line in lines if (match := _SET.match(line)) and match[1] in names]
