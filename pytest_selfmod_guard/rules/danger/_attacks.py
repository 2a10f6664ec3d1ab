"""
Commands and snippets that are written to attack, in any shell or language.

Every repetition in these patterns is bounded, so that a hostile line costs
time in proportion to its length.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk


class Attack(NamedTuple):
    """One such thing that a text says."""

    what: str
    risk: Risk
    """Where the text is given to something that runs it."""


_ANY = r"[^\n]{0,300}"
_POWERSHELL = r"\b(?:powershell|pwsh)(?:\.exe)?\b"
_FETCH = r"(?:curl|wget|fetch)\b[^\n|;&]{0,400}"
_SUDO = r"(?:sudo\s{1,9}(?:-\S{1,20}\s{1,9}){0,4})?"
_SHELL = rf"{_SUDO}(?:/(?:usr/)?bin/)?(?:env\s{{1,9}})?(?:ba|z|da|k|a|c)?sh\b"
_SCRIPTED = r"(?:python[\d.]{0,5}|perl|ruby|node)\b(?!\s{1,9}-m\s{1,9}json)"
_FILTER = r"(?:(?:base64|gunzip|tar|xxd|tr|rev|openssl)\b[^\n|]{0,80}\|\s{0,9})?"
_FETCHED = r"(?:downloadstring|invoke-webrequest|\biwr\b|webclient|\birm\b|frombase64)"
_QUIET = r"(?:-w(?:in\w{0,9})?\s{1,9}[\"']?(?:hidden|1\b)|-nop\b|bypass)"
_THEN = r"\b(?:curl|wget)\b[^\n]{0,300}(?:&&|;|\n)[^\n]{0,80}"
_SAID: tuple[tuple[str, Risk, tuple[str, ...]], ...] = (
    (
        "gives PowerShell an encoded command",
        Risk.CRITICAL,
        (
            (
                rf"{_POWERSHELL}{_ANY}\s-(?:e|ec|en|enc|enco\w{{0,12}})\s{{1,9}}[\"']?"
                r"(?:[A-Za-z0-9+/=]{16}|\{\})"
            ),
        ),
    ),
    (
        "lets PowerShell run what it downloads",
        Risk.CRITICAL,
        (
            rf"(?:\biex\b|invoke-expression){_ANY}{_FETCHED}",
            rf"{_FETCHED}{_ANY}\|\s{{0,9}}(?:iex\b|invoke-expression)",
        ),
    ),
    (
        "downloads a program and starts it",
        Risk.CRITICAL,
        (
            (
                rf"(?:net\.webclient|start-bitstransfer|invoke-webrequest|\biwr\b){_ANY}"
                r"(?:start-process|\bstart\b|&\s|;\s{0,9}\.)"
            ),
        ),
    ),
    (
        "runs PowerShell where nobody sees it",
        Risk.HIGH,
        (
            (
                rf"{_POWERSHELL}(?={_ANY}{_QUIET})(?={_ANY}"
                r"(?:https?:|download|-c\w{0,6}\s|-f\w{0,4}\s|webclient|\{\}))"
            ),
        ),
    ),
    (
        "misuses a tool of Windows to fetch or run something",
        Risk.HIGH,
        (
            rf"\bcertutil(?:\.exe)?\b{_ANY}-(?:urlcache|decode)\b",
            rf"\bbitsadmin\b{_ANY}/transfer",
            r"\bmshta(?:\.exe)?\s{1,9}[\"']?(?:https?:|javascript:|vbscript:)",
            rf"\bregsvr32\b{_ANY}/i:http",
            r"\brundll32(?:\.exe)?\s{1,9}(?:javascript:|url\.dll|\S{1,200}\\temp\\)",
            r"\bmsiexec(?:\.exe)?\s[^\n]{0,80}https?:",
        ),
    ),
    (
        "runs a script straight from the network",
        Risk.HIGH,
        (
            rf"\b{_FETCH}\|\s{{0,9}}{_FILTER}{_SHELL}",
            (
                rf"\b{_SHELL}\s{{1,9}}(?:-\w\s{{1,9}}){{0,3}}(?:<\(|[\"']?\$\(|[\"']?`)\s{{0,9}}"
                r"(?:curl|wget)\b"
            ),
            r"\beval\s{1,9}[\"']?[$`]\(?\s{0,9}(?:curl|wget)\b",
            rf"\b{_FETCH}\|\s{{0,9}}{_SUDO}{_SCRIPTED}",
        ),
    ),
    (
        "downloads a program and starts it",
        Risk.HIGH,
        (
            rf"{_THEN}chmod\s{{1,9}}(?:[aug]?\+x|0?7\d\d)",
            rf"{_THEN}\b(?:ba|z)?sh\s{{1,9}}(?:\./|/tmp/|\S{{1,40}}\.sh)",
            rf"{_THEN}(?:python[\d.]{{0,5}}\s{{1,9}}\S{{1,80}}\.py|start\s{{1,9}}\S|\s\./\S)",
        ),
    ),
    (
        "decodes a script and runs it",
        Risk.CRITICAL,
        (
            r"base64\s{1,9}(?:-d|-D|--decode)\b[^\n|]{0,80}\|\s{0,9}(?:[^\n|]{1,60}\|\s{0,9})?"
            + _SHELL,
            rf"\b(?:xxd|rev|openssl)\b[^\n|]{{0,80}}\|\s{{0,9}}{_SHELL}",
        ),
    ),
    (
        "gives somebody far away a shell",
        Risk.CRITICAL,
        (
            r"/dev/(?:tcp|udp)/[\w.${}\[\]*-]{1,120}/",
            (
                r"\b(?:nc|ncat|netcat)(?:\.\w{1,12})?\s[^\n]{0,120}-\w{0,6}[ec]\w{0,4}\s{1,9}"
                r"\S{0,20}(?:sh|cmd)\b"
            ),
            r"mkfifo\s[^\n]{0,120}\|\s{0,9}(?:nc|ncat|telnet|openssl)\b",
            r"\bsocat\b[^\n]{0,200}exec:",
            r"\bsocket\.socket\([^\n]{0,300}\bdup2\b",
            r"new-object\s{1,9}(?:system\.)?net\.sockets\.tcpclient",
        ),
    ),
    (
        "is Python that runs what it downloads or decodes",
        Risk.CRITICAL,
        (
            (
                r"\b(?:exec|eval)\s{0,3}\([^\n]{0,200}(?:urlopen|requests\.|urlretrieve|httpx\."
                r"|b64decode|decompress\(|fromhex|marshal\.|fernet|\.decrypt)"
            ),
        ),
    ),
    (
        "mines coins on the machine",
        Risk.HIGH,
        (
            r"\b(?:xmrig|minerd|cpuminer|nbminer|t-rex)\b[^\n]{0,200}(?:-o\s|--url|pool)",
            r"stratum\+(?:tcp|ssl)://",
            r"[\"']mining\.(?:subscribe|authorize|submit|notify)[\"']|\beth_submitWork\b|\bRandomX\b",
        ),
    ),
    (
        "switches off what protects the machine",
        Risk.HIGH,
        (
            r"\b(?:set|add)-mppreference\b[^\n]{0,200}(?:disable|exclusion)",
            r"\bvssadmin\b[^\n]{0,60}delete",
            r"\bwevtutil\b\s{1,9}cl\b",
            r"\bnetsh\b[^\n]{0,80}firewall[^\n]{0,40}(?:off|disable)",
            r"__compat_layer\s{0,3}=\s{0,3}runasinvoker",
        ),
    ),
)
_TABLE = tuple(
    (re.compile("|".join(patterns), re.IGNORECASE), Attack(what, risk))
    for what, risk, patterns in _SAID
)
WORDS = (
    b"powershell", b"pwsh", b"iex", b"expression", b"downloadstring", b"webclient", b"certutil",
    b"bitsadmin", b"mshta", b"regsvr32", b"rundll32", b"msiexec", b"curl", b"wget", b"fetch",
    b"base64", b"xxd", b"rev", b"openssl", b"tcp", b"udp", b"nc", b"ncat", b"netcat", b"mkfifo",
    b"socat", b"tcpclient", b"exec", b"eval", b"xmrig", b"minerd", b"cpuminer", b"nbminer",
    b"rex", b"stratum", b"mining", b"eth_submitwork", b"randomx", b"mppreference", b"vssadmin",
    b"wevtutil", b"netsh", b"__compat_layer", b"iwr", b"irm", b"webrequest", b"bitstransfer",
    b"dup2",
)  # fmt: skip
"""One of these stands in every text that says such a thing."""


def attacks(text: str) -> list[Attack]:
    """Say what a text would do to the machine that runs it; the worst first."""
    found = [attack for pattern, attack in _TABLE if pattern.search(text)]
    return sorted(found, key=lambda attack: attack.risk, reverse=True)
