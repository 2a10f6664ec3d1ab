"""What destroys data beyond undoing, in shell and in SQL."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk


class Harm(NamedTuple):
    """One destructive thing that a text says."""

    what: str
    risk: Risk


_WIDE = r"""(?:--\s+)?["']?(?:
    /(?:\*|(?=["'\s;&|)]|$))                                   # the root
  | /(?:bin|boot|dev|etc|home|lib|lib64|opt|root|sbin|srv|sys|usr|var)/?\*?(?=["'\s;&|)]|$)
  | (?:~|\$HOME|\$\{HOME\})(?:/\*?)?(?=["'\s;&|)]|$)                # the home
  | \.{1,2}/?\*?(?=["'\s;&|)]|$) | \*(?=["'\s;&|)]|$)               # here, above, everything
  | [A-Za-z]:[\\/]\*?(?=["'\s;&|)]|$)                               # a drive
)"""
_RM = r"\brm\s+(?:-[-\w=]+\s+)*-(?:\w*[rR]\w*|-recursive)\s+(?:-[-\w=]+\s+)*"

_SHELL = tuple(
    (re.compile(pattern, re.VERBOSE | re.MULTILINE), Harm(what, risk))
    for pattern, what, risk in (
        (_RM + _WIDE, "deletes everything under a wide path", Risk.CRITICAL),
        (r"\brm\s[^\n;|&]*--no-preserve-root", "deletes the root of the system", Risk.CRITICAL),
        (
            _RM + r"""["']?\$(?:\d|[@*]|\w+|\{\w+\})["']?/?\*?(?=["'\s;&|)]|$)""",
            "deletes whatever a variable names, and everything if it is empty",
            Risk.HIGH,
        ),
        (r"\bfind\s+(?:/|~|\$HOME)\s[^\n]*-delete\b", "deletes files found from a wide path",
         Risk.CRITICAL),
        (r"\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*/dev/", "formats a disk", Risk.CRITICAL),
        (r"\bdd\s[^\n]*\bof=/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk)", "overwrites a disk",
         Risk.CRITICAL),
        (r">\s*/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk)\w*", "overwrites a disk", Risk.CRITICAL),
        (r":\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:", "starts processes without end",
         Risk.CRITICAL),
        (r"\bch(?:mod|own)\s+(?:-\w+\s+)*-\w*R\w*\s+\S+\s+(?:/|~|\$HOME)(?=\s|$|;)",
         "changes the rights of a whole system", Risk.HIGH),
        (
            r"\b(?:curl|wget)\b[^\n|;]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:ba|z|da|k)?sh\b",
            "runs a script straight from the network",
            Risk.HIGH,
        ),
        (
            r"\b(?:curl|wget)\b[^\n|;]*\|\s*(?:sudo\s+)?python[\d.]*\b(?!\s+-m\s+json)",
            "runs a script straight from the network",
            Risk.HIGH,
        ),
        (r"\b(?:dropdb|mysqladmin\s[^\n]*\bdrop)\b", "drops a database", Risk.HIGH),
    )
)  # fmt: skip

_NAME = r"""(?:[\w$."`\[\]{}%-]+)"""
_SQL = tuple(
    (re.compile(pattern, re.VERBOSE | re.IGNORECASE), Harm(what, risk))
    for pattern, what, risk in (
        (rf"\bDROP\s+(?:DATABASE|SCHEMA)\s+(?:IF\s+EXISTS\s+)?{_NAME}",
         "drops a whole database", Risk.HIGH),
        (rf"\bDROP\s+TABLE\s+(?!IF\b){_NAME}", "drops a table with its data", Risk.HIGH),
        (rf"\bDROP\s+TABLE\s+IF\s+EXISTS\s+{_NAME}", "drops a table with its data", Risk.MEDIUM),
        (rf"\bTRUNCATE\s+TABLE\s+{_NAME}", "empties a table", Risk.HIGH),
        (rf"\bDELETE\s+FROM\s+{_NAME}\s*(?:;|$|[\"'])", "deletes every row of a table", Risk.HIGH),
        (rf"\bUPDATE\s+{_NAME}\s+SET\s+(?:(?!\bWHERE\b)[^;])+;", "changes every row of a table",
         Risk.MEDIUM),
    )
)  # fmt: skip


def shell(text: str) -> list[Harm]:
    """Say what a piece of shell would destroy; the worst first."""
    return _say(text, _SHELL)


def sql(text: str) -> list[Harm]:
    """Say what a piece of SQL would destroy; the worst first."""
    return _say(text, _SQL)


def _say(text: str, table: tuple[tuple[re.Pattern[str], Harm], ...]) -> list[Harm]:
    return sorted(
        (harm for pattern, harm in table if pattern.search(text)),
        key=lambda harm: harm.risk,
        reverse=True,
    )
