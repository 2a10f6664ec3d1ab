"""SMG416: a command that passes hooks by, or takes them away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.lines import new_lines
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._agent_files import is_instructions
from pytest_selfmod_guard.view import File, Side, View

_WORDS = ("git", "no-ver", "hookspath", "uninstall", "husky", "selfmod")
"""A command without one of these passes nothing by."""

_NO_VERIFY = re.compile(
    r"(?i)\bgit\b.*--no-verif?y?|['\"]--no-verif?y?['\"]|\bgit\b[^#]*\bcommit\b[^#|&;]*\s-[avqseSmFCcp]{0,3}n[avqseSmFCcp]{0,3}\b"
)
_NO_HOOKS = re.compile(
    r"(?i)core\.hookspath['\", =]+(?:/dev/null|/var/empty|/tmp|['\"]{2}|nul\b|/nonexistent)"
    r"|\bpre-?commit['\", ]+uninstall\b|\bHUSKY['\"\]]*\s*[=:]\s*['\"]?0"
    r"|\b(?:rm|unlink|mv|truncate|rmtree|remove|shred)\b[^#]*\.git/hooks"
    r"|\bchmod\s+(?:a?-x|0?[0-6]44)\s[^#]*\.git/hooks|>\s*\.git/hooks"
    r"|\bgit\b[^#]*update-index[^#]*--(?:assume-unchanged|skip-worktree)"
    r"|\bselfmod-guard['\", ]+(?:disable|breaker['\", ]+reset)"
    r"|\bSELFMOD_GUARD_ACTOR['\"\]]*\s*[=:]\s*['\"]?human"
)
_SKIPS = re.compile(
    r"\bSKIP=['\"]?[\w,-]+['\"]?\s+(?:\w+=\S+\s+)*git\b|\bgit\b[^#]*\bcommit-tree\b"
)
_MOVES = re.compile(r"(?i)core\.hookspath")


@change_rule(
    "SMG416",
    risk=Risk.HIGH,
    hint="let the hooks run: commit without '--no-verify', correct what they report, and leave "
    "where hooks are kept to a person",
)
def hook_bypassed(view: View) -> Iterable[Sighting]:
    """
    A script, a job or the code itself passes the hooks of git by.

    `--no-verify`, `core.hooksPath` to nowhere, `pre-commit uninstall`,
    `HUSKY=0`, `SKIP=... git commit`, removing what is in `.git/hooks` and
    `update-index --assume-unchanged` leave a commit unjudged. In tests, which
    have to try such things, it is a note; to point `core.hooksPath` at a
    folder of the project is a warning. Prose is silent here.

    Flagged: a release script
        === scripts/release.sh
          git add .
        - git commit -m "$1"
        + git commit --no-verify -m "$1"

    Flagged: hooks from nowhere
        === .github/workflows/ci.yml
        + - run: git config core.hooksPath /dev/null

    Flagged: in Python
        === shop/publish.py
          import subprocess
        + subprocess.run(["git", "commit", "--no-verify", "-m", "new prices"])

    Flagged: put together from pieces
        === shop/publish.py
          import subprocess
        + FLAG = "--no-ver" + "ify"
        + subprocess.run(["git", "commit", FLAG, "-m", "new prices"])

    Flagged: a file is taken out of git's sight
        === Makefile
          setup:
        +     git update-index --skip-worktree .pre-commit-config.yaml

    Flagged: the project's own hooks [medium]
        === scripts/setup.sh
        + git config core.hooksPath .githooks

    Allowed: a commit with its hooks
        === scripts/release.sh
        + git commit -m "no-verify is not for us"
        + SKIP_TESTS=1 make dist

    Allowed: a test of it
        === tests/test_hooks.py
        + run("git", "commit", "--no-verify")
    """
    for file in view.files:
        if _concerns(file):
            yield from _judged(file)


def _concerns(file: File) -> bool:
    if file.new is None or file.change.old == file.change.new or not file.new.is_text:
        return False
    return not (paths.is_prose(file.path) or is_instructions(file.path))


def _judged(file: File) -> Iterator[Sighting]:
    old, new = (side.lines if side else [] for side in (file.old, file.new))
    for number, line in new_lines(old, new):
        code = line[:_WIDEST].partition(" #")[0]
        if code.lstrip().startswith(("#", "//")) or not (risk := _risk(code)):
            continue
        risk = min(risk, Risk.LOW) if paths.is_test(file.path) else risk
        yield Sighting(number, _TOLD, path=file.path, risk=risk)
    yield from _put_together(file)


def _put_together(file: File) -> Iterator[Sighting]:
    """Look at Python whose texts only make such a command when they are put together."""
    side = file.new
    data = (side.blob.data or b"") if side else b""
    if side is None or not side.is_python or paths.is_test(side.path) or b"git" not in data:
        return
    from pytest_selfmod_guard.syntax import Unparsable  # noqa: PLC0415 (libcst)

    if isinstance(side.python, Unparsable):
        return
    known = _folded(file.old)
    for line, said in _folded(side).items():
        if (
            said not in known.values()
            and _risk(said) is Risk.HIGH
            and said not in (side.text or "")
        ):
            yield Sighting(line, _TOLD, path=file.path)


def _folded(side: Side | None) -> dict[int, str]:
    """Give what each call is handed, as the words of a command."""
    from pytest_selfmod_guard.syntax import Unparsable  # noqa: PLC0415 (libcst)

    if side is None or not side.is_python or isinstance(side.python, Unparsable):
        return {}
    python, found = side.python, {}
    for call in python.calls:
        words: list[str] = []
        for argument in call.node.args[:2]:
            value = argument.value
            elements = getattr(value, "elements", None)
            for one in [each.value for each in elements] if elements else [value]:
                words += _texts(python.fold(one))
        if "git" in words or any(word.startswith("git ") for word in words):
            found[python.line(call.node)] = " ".join(words)
    return found


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _risk(line: str) -> Risk | None:
    lowered = line.lower()
    if not any(word in lowered for word in _WORDS):
        return None
    if _NO_VERIFY.search(line) or _NO_HOOKS.search(line) or _SKIPS.search(line):
        return Risk.HIGH
    return Risk.MEDIUM if _MOVES.search(line) else None


_TOLD = "a command that passes the hooks of git by, or takes them away"
_WIDEST = 2000  # characters of a line
