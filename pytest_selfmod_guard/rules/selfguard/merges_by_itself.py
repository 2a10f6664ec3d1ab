"""SMG419: changes are merged, or let in, without anybody who looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.lines import new_lines
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

_COMMANDS = re.compile(
    r"(?i)\bgh\s+pr\s+(?:merge|review\s[^\n]*--approve)|auto-?approve[\w-]*(?:-action)?@"
    r"|[\w.-]+/(?:auto-?merge|enable-pull-request-automerge|merge-pull-request)[\w-]*@"
    r"|\bgh\s+api\b[^\n]*(?:-X|--method)[ =]*(?:DELETE|PUT|PATCH)[^\n]*(?:protection|rulesets?)"
    r"|\bgh\s+ruleset\s+delete|/branches/[^\s/]+/protection[^\n]*(?:DELETE|-X)|--admin\b[^\n]*merge"
    r"|\bgit\s+push\s[^\n]*(?:--force(?!-with)|-f\b)[^\n]*\b(?:main|master)\b|\bglab\s+mr\s+(?:merge"
    r"|approve)|pulls\.(?:merge|createReview)\("
)
_UPDATES = re.compile(r"(?:\.github/|\.)?renovate\.json5?|\.renovaterc(?:\.json)?")
_AUTOMERGE = re.compile(
    r"\"?(?:automerge|platformAutomerge|ignoreTests|automergeStrategy)\"?\s*:\s*(?:true|\"[\w-]+\")"
)
_MERGIFY = re.compile(
    r"(?:\.github/|\.mergify/)?\.?(?:mergify|config)\.ya?ml|\.github/mergify\.ya?ml"
)
_MERGES = re.compile(r"^\s*-?\s*(?:merge|queue|review)\s*:", re.MULTILINE)
_WAITS = re.compile(r"check-success|status-success|#?approved-reviews-by|#check-failure")
_WIDEST = 2000


@change_rule(
    "SMG419",
    risk=Risk.HIGH,
    hint="leave merging to the people of the project; say what you would have merged by itself, and"
    " under which conditions",
)
def merges_by_itself(view: View) -> Iterable[Sighting]:
    """
    Changes are merged, or let in, without anybody who looks at them.

    A workflow that merges or approves pull requests, mergify without a review
    or a check among its conditions, renovate that merges by itself or ignores
    the tests, a script that takes the protection of a branch away or pushes to
    it by force. Some projects want that; a person of theirs has to say so.

    Flagged: every update is merged
        === renovate.json
        - {"extends": ["config:base"]}
        + {"extends": ["config:base"], "automerge": true}

    Flagged: a job that merges
        === .github/workflows/merge.yml
        + on: pull_request
        + jobs:
        +   merge:
        +     steps:
        +       - run: gh pr merge --auto --merge "$PR"

    Flagged: no protection
        === scripts/setup.sh
        + gh api -X DELETE repos/example/shop/branches/main/protection

    Allowed: a job that comments
        === .github/workflows/comment.yml
        + on: pull_request
        + jobs:
        +   comment:
        +     steps:
        +       - run: gh pr comment "$PR" --body "thanks"

    Allowed: no more of it
        === renovate.json
        - {"extends": ["config:base"], "automerge": true}
        + {"extends": ["config:base"], "automerge": false}
    """
    for file in view.files:
        side = file.new
        if side is None or not side.is_text or paths.is_prose(file.path):
            continue
        if paths.is_test(file.path) or file.change.old == file.change.new:
            continue
        for line, what in _seen(file):
            yield Sighting(line, what, path=file.path, settled_by="review")


def _seen(file: File) -> Iterator[tuple[int, str]]:
    old, new = (side.lines if side else [] for side in (file.old, file.new))
    is_update = _UPDATES.fullmatch(file.path) is not None
    if file.path.startswith(".github/") or paths.is_shell(file.path) or paths.zone(file.path) in {
        paths.BUILD, paths.PRODUCT
    } or is_update:  # fmt: skip
        for number, line in new_lines(old, new):
            code = line[:_WIDEST].partition(" #")[0]
            if code.lstrip().startswith("#"):
                continue
            if _COMMANDS.search(code) or (is_update and _AUTOMERGE.search(code)):
                yield number, "changes are merged or let in, and nobody looks at them"
    if "mergify" in file.path and _MERGIFY.fullmatch(file.path):
        text = "\n".join(new)
        if _MERGES.search(text) and not _WAITS.search(text):
            yield 0, "changes are merged without a review or a check"
