"""
What destroys data beyond undoing, in shell and in SQL.

Every repetition in these patterns is bounded, so that a hostile line costs
time in proportion to its length.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk


class Harm(NamedTuple):
    """One destructive thing that a text says."""

    what: str
    risk: Risk


FROM_NETWORK = "runs a script straight from the network"
INSTALLERS = re.compile(
    r"https://(?:astral\.sh/|sh\.rustup\.rs|install\.python-poetry\.org"
    r"|get\.docker\.com|deb\.nodesource\.com|bun\.sh/"
    r"|deno\.land/|get\.pnpm\.io|pixi\.sh/|mise\.run|bootstrap\.pypa\.io"
    r"|starship\.rs|pyenv\.run|just\.systems"
    r"|(?:www\.)?install\.determinate\.systems|nixos\.org/nix|get\.k3s\.io"
    r"|apt\.llvm\.org|rclone\.org|micro\.mamba\.pm"
    r"|claude\.ai/install|ollama\.com/install|fly\.io/install|get\.sdkman\.io"
    r"|fnm\.vercel\.app|install\.duckdb\.org"
    r"|codecov\.io/bash|pdm-project\.org/|hatch\.pypa\.io/|get\.helm\.sh|aka\.ms/|cli\.github\.com"
    r"|raw\.githubusercontent\.com/(?:nvm-sh|Homebrew|pyenv|rustup"
    r"|helm|python-poetry|pdm-project|golangci|anchore"
    r"|aquasecurity|asdf-vm|rbenv|nektos|moovweb|taiki-e)/"
    r"|raw\.githubusercontent\.com/[\w.-]{1,60}/[\w.-]{1,60}/[0-9a-f]{40}/)",
    re.IGNORECASE,
)
"""Where well-known tools are installed from this way, and scripts fixed by their hash."""
_END = r"""(?=["'\s;&|)]|$)"""
_HOME = r"(?:~|\$HOME|\$\{HOME\})"
_SYSTEM = r"/(?:bin|boot|dev|etc|home|lib|lib64|opt|root|sbin|srv|sys|usr|var)"
_WIDE = (
    rf"""["']?(?:/\*?|{_SYSTEM}/?\*?|{_HOME}(?:/\*?)?|\.{{1,2}}/?\*?|\*|[A-Za-z]:[\\/]\*?){_END}"""
)
_VARIABLE = r"""["']?\$(?:\d|[@*]|\w{1,80}|\{\w{1,80}\})["']?"""
_FLAGS = r"(?:-[-\w=]{1,40}\s{1,9}){0,8}"
_RECURSIVE = r"-(?:\w{0,9}[rR]\w{0,9}|-recursive)"
_RM = rf"""\brm["']?\s{{1,9}}{_FLAGS}{_RECURSIVE}\s{{1,9}}{_FLAGS}(?:--\s{{1,9}})?"""
_ROOT = rf"\s{{1,9}}(?:/|{_HOME})(?=\s|$|;)"
_DISK = r"/dev/(?:sd|hd|nvme|vd|xvd|mmcblk|disk)"
_FETCH = r"\b(?:curl|wget)\b[^\n|;]{0,300}\|\s{0,9}"
_SUDO = rf"(?:sudo\s{{1,9}}{_FLAGS})?"

_SHELL = tuple(
    (re.compile(pattern, re.MULTILINE), Harm(what, risk))
    for pattern, what, risk in (
        (_RM + _WIDE, "deletes everything under a wide path", Risk.CRITICAL),
        (r"\brm\s[^\n;|&]{0,80}--no-preserve-root", "deletes the whole system", Risk.CRITICAL),
        (
            rf"{_RM}{_VARIABLE}(?:/\*?|\*)[\"']?{_END}",
            "deletes everything below a variable, and below the root if it is empty",
            Risk.HIGH,
        ),
        (_RM + _VARIABLE + _END, "deletes whatever a variable names", Risk.MEDIUM),
        (
            rf"\bfind\s{{1,9}}(?:/|{_HOME})\s[^\n]{{0,200}}(?:-delete\b|-exec\s{{1,9}}rm\b)",
            "deletes files found from a wide path",
            Risk.CRITICAL,
        ),
        (rf"\bmkfs(?:\.\w{{1,9}})?\s{{1,9}}{_FLAGS}/dev/", "formats a disk", Risk.CRITICAL),
        (rf"\bdd\s[^\n]{{0,120}}\bof={_DISK}", "overwrites a disk", Risk.CRITICAL),
        (rf">\s{{0,9}}{_DISK}", "overwrites a disk", Risk.CRITICAL),
        (r":\(\)\s{0,9}\{\s{0,9}:\s{0,9}\|\s{0,9}:", "starts processes without end", Risk.CRITICAL),
        (
            rf"\bch(?:mod|own)\s{{1,9}}{_FLAGS}-\w{{0,9}}R\w{{0,9}}\s{{1,9}}\S{{1,80}}{_ROOT}",
            "changes the rights of a whole system",
            Risk.HIGH,
        ),
        (
            rf"{_FETCH}{_SUDO}(?:ba|z|da|k)?sh\b",
            FROM_NETWORK,
            Risk.HIGH,
        ),
        (
            rf"{_FETCH}{_SUDO}python[\d.]{{0,5}}\b(?!\s{{1,9}}-m\s{{1,9}}json)",
            FROM_NETWORK,
            Risk.HIGH,
        ),
        (
            r"\b(?:ba|z|da|k)?sh\s{1,9}(?:<\(|-c\s{1,9}[\"']?\$\()\s{0,9}(?:curl|wget)\b",
            FROM_NETWORK,
            Risk.HIGH,
        ),
        (r"\bdropdb\b|\bmysqladmin\s[^\n]{0,200}\bdrop\b", "drops a database", Risk.HIGH),
    )
)

_S = r"\s{1,40}"
_NAME = r"""[\w$."`\[\]{}%-]{1,200}"""
_IF_EXISTS = rf"IF{_S}EXISTS{_S}"
_SQL = tuple(
    (re.compile(pattern, re.IGNORECASE), Harm(what, risk))
    for pattern, what, risk in (
        (
            rf"\bDROP{_S}(?:DATABASE|SCHEMA){_S}(?:{_IF_EXISTS})?{_NAME}",
            "drops a whole database",
            Risk.HIGH,
        ),
        (rf"\bDROP{_S}TABLE{_S}(?!IF\b){_NAME}", "drops a table with its data", Risk.HIGH),
        (rf"\bDROP{_S}TABLE{_S}{_IF_EXISTS}{_NAME}", "drops a table with its data", Risk.MEDIUM),
        (rf"\bTRUNCATE{_S}TABLE{_S}{_NAME}", "empties a table", Risk.HIGH),
        (
            rf"\bDELETE{_S}FROM{_S}{_NAME}\s{{0,40}}(?:;|$|[\"'])",
            "deletes every row of a table",
            Risk.HIGH,
        ),
        (
            rf"\bUPDATE{_S}{_NAME}{_S}SET{_S}(?:(?!\bWHERE\b)[^;]){{1,400}};",
            "changes every row of a table",
            Risk.MEDIUM,
        ),
    )
)


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
