"""How a lost assertion is reported."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.paths import TEST
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.view import View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._asserting.checks import Check
    from pytest_selfmod_guard.rules.tamper._asserting.follow import Following, Lost

_SHOWN = 90
_MOST = 20  # of one function


def may_concern(view: View) -> bool:
    """Tell whether a change edits Python on the tests' side, which is what can be weakened."""
    return any(
        file.old is not None and file.old.zone == TEST and file.old.is_python for file in view.files
    )


def followed(view: View) -> Following:
    """Follow the assertions of a change."""
    from pytest_selfmod_guard.rules.tamper._asserting.follow import following  # noqa: PLC0415 (libcst)

    return following(view)


def lost_by(view: View, *hows: str) -> Iterator[Lost]:
    """Give the assertions that were lost in some ways, not too many of one function."""
    if not may_concern(view):
        return
    seen: dict[object, int] = defaultdict(int)
    for one in followed(view).lost:
        if one.fate.how.value in hows:
            seen[one.heir.place] += 1
            if seen[one.heir.place] <= _MOST:
                yield one


def sighting(lost: Lost, message: str, risk: Risk | None = None, settled_by: str = "") -> Sighting:
    """Say something about one lost assertion, at the place where it is missed."""
    line = lost.fate.new.line if lost.fate.new else lost.heir.node.lineno
    return Sighting(line, message, path=lost.heir.path, risk=risk, settled_by=settled_by)


def shown(check: Check | None) -> str:
    """Give an assertion on one short line."""
    code = " ".join(check.code.split()) if check else ""
    return repr(code if len(code) <= _SHOWN else code[: _SHOWN - 3] + "...")


def is_about_the_platform(lost: Lost, how: str, following: Following) -> bool:
    """Tell whether a condition asks for a platform, a version or an optional package."""
    top = following.module(lost.heir, "new").top
    meant = [how, *(top.get(word, "") for word in re.findall(r"\w+", how))]
    lowered = re.sub(r"getattr\(\w+,\s*(?:'[^']*'|\"[^\"]*\")", "", " ".join(meant)).lower()
    return any(word in lowered for word in _PLATFORM) or _OF_A_MODULE.search(lowered) is not None


_OF_A_MODULE = re.compile(
    r"hasattr\(\s*(?:sys|os|socket|signal|select|time|ssl|math|typing|ast|asyncio|builtins|inspect"
    r"|types|resource|threading|multiprocessing|np|numpy|pd|pandas|torch|pytest|unittest)\b"
)
"""Whether a library has something depends on its version; an object under test has no excuse."""
_PLATFORM = ("sys.platform", "sys.version", "version", "os.name", "platform.", "pypy", "win32",
             "windows", "importerror", "modulenotfound", "cpython", "implementation",
             "posix", "linux", "darwin", "macos", "py3", "_gil", "find_spec")  # fmt: skip
