"""SMG272: a script or CI step shows a secret to whoever reads its output or the process list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.view import Side

_NAME = (
    r"\w{0,40}(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIAL)\w{0,20}"
)
_VALUE = rf"(?:\$\{{?{_NAME}\b|\$\{{\{{\s{{0,9}}secrets\.\w{{1,80}})"
_TRACED = re.compile(
    r"^\s{0,40}(?:-\s{0,9}(?:run:\s{0,9})?)?(?:set\s{1,9}-\w{0,6}x|set\s{1,9}-o\s{1,9}xtrace)\b"
    r"|^#!\s{0,3}/\S{0,40}sh\s{1,9}-\w{0,6}x|\b(?:ba|z)?sh\s{1,9}-\w{0,5}x\s"
)
_SHOWN = re.compile(
    rf"\b(?:echo|printf|cat\s{{0,9}}<<<)\s[^\n|>]{{0,200}}{_VALUE}[^\n|>]{{0,80}}(?:$|\|\s{{0,9}}"
    r"(?:tee|base64|rev|xxd|od|fold|cut|sed|tr)\b|;|&&|>\s{0,3}/dev/(?:stdout|stderr))"
)
_GIVEN = re.compile(
    rf"\b(?:docker|podman|twine|helm|skopeo|npm|az|mysql|curl)\s[^\n]{{0,200}}"
    rf"(?:\s-p\s{{0,3}}|--password[ =])[\"']?{_VALUE}"
)
_DUMPED = re.compile(
    r"^\s{0,40}(?:-\s{0,9}(?:run:\s{0,9})?)?(?:sudo\s{1,9})?(?:env|printenv|export(?:\s{1,9}-p)?|set)"
    r"\s{0,9}(?:$|;|&&|\|\s{0,9}(?:sort|tee|base64|cat|grep)\b|>)"
)
_BOUND = re.compile(r"(?m)^\s{0,40}(\w{1,60}):\s{0,9}\$\{\{\s{0,9}secrets\.")
_PRINTED = (
    r"\b(?:echo|printf)\s[^\n|>]{{0,200}}\$\{{?(?:{0})\b[^\n|>]{{0,80}}(?:$|;|&&|\|\s{{0,9}}"
    r"(?:tee|base64|rev|xxd|od|fold|cut|sed|tr)\b)|print\([^\n]{{0,80}}environ[^\n]{{0,20}}[\"'](?:{0})[\"']"
)
"""What prints one of the variables that hold a secret, of these names."""
_SECRET = re.compile(_VALUE)
_MASKED = re.compile(r"::add-mask::|>>?\s{0,3}[\"']?\$\{?GITHUB_(?:ENV|OUTPUT)")
_COMMENTS = ("#", "//", "REM ", "::")


@text_rule(
    "SMG272",
    risk=Risk.HIGH,
    hint="hand the secret over by a file, by standard input or by the environment of the one "
    "program that needs it, and print nothing that could hold it",
    triggers=(b"token", b"secret", b"passw", b"key", b"credential"),
)
def script_shows_secret(side: Side) -> Iterable[Sighting]:
    """
    A script that knows a secret prints it, traces its commands, or lists its environment.

    What a build prints is kept, and read by more people than the secret is
    for; CI masks only what it knows, in the form that it knows. On a command
    line every process of the machine sees it.

    Flagged: it traces its commands
        === scripts/push.sh
        + set -x
          docker login -u ci --password-stdin registry.example.invalid <<< "$REGISTRY_TOKEN"

    Flagged: on the command line
        === scripts/push.sh
        + docker login -u ci -p "$REGISTRY_TOKEN" registry.example.invalid

    Flagged: printed
        === .github/workflows/ci.yml
        +       - run: echo "${{ secrets.PYPI_TOKEN }}"

    Allowed: by standard input, and masked
        === scripts/push.sh
        + echo "$REGISTRY_TOKEN" | docker login -u ci --password-stdin registry.example.invalid
        + echo "::add-mask::$REGISTRY_TOKEN"

    Allowed: it knows no secret
        === scripts/build.sh
        + set -x
        + make
    """
    if paths.is_prose(side.path) or not _is_script(side):
        return
    text = side.text or ""
    knows = _SECRET.search(text) is not None
    named = "|".join(sorted(set(_BOUND.findall(text))))
    printed = re.compile(_PRINTED.format(named)) if named else None
    for number, line in enumerate(side.lines, 1):
        if line.lstrip().startswith(_COMMENTS) and not line.startswith("#!"):
            continue
        for what in _seen(line[:2000], printed, knows=knows):
            code = " ".join(line.split())
            yield Sighting(number, what, code, settled_by="review")
            break


def _is_script(side: Side) -> bool:
    name = side.path.rpartition("/")[2].lower()
    return (
        paths.is_shell(side.path)
        or side.is_executable
        or name.endswith((".yml", ".yaml", ".mk", ".envrc", ".ini", ".toml"))
        or name.startswith(("makefile", "dockerfile", "justfile", ".env", "jenkinsfile"))
    )


def _seen(line: str, printed: re.Pattern[str] | None, *, knows: bool) -> Iterator[str]:
    if _MASKED.search(line):
        return
    if _SHOWN.search(line) or (printed and printed.search(line)):
        yield "this prints a secret"
    elif _GIVEN.search(line):
        yield "this shows a secret on a command line"
    elif knows and _TRACED.search(line):
        yield "this prints every command, with the secrets in it"
    elif knows and _DUMPED.search(line):
        yield "this prints the environment, with the secrets in it"
