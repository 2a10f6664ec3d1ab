"""Lines of CI and of task runners that verify something, beside the tools that are known."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from posixpath import basename

from pytest_selfmod_guard.rules.tamper._ci_files import is_ci
from pytest_selfmod_guard.rules.tamper._settings import text_of
from pytest_selfmod_guard.rules.tamper._task_files import is_task_file
from pytest_selfmod_guard.view import Side, View

VERIFIES = re.compile(
    r"needs\.[\w*-]+\.result|contains\(needs|--check\b|--exit-code|--fail-?(?:on|under|if)\S*"
    r"|makemigrations|manage\.py (?:check|test|validate)|coverage report|-W ?error"
    r"|-m (?:unittest|doctest)|\bgit diff --(?:exit-code|quiet)"
    r"|\bpython[\d.]*\s+(?:\S*/)?\w*(?:gate|guard|check|score|evaluat|verif|validat|grade|judge|audit|threshold|quality|regress)\w*\.py|^\s*(?:run:\s*)?(?:nox|tox)\b"
    r"|\bmake\s+(?:-\S+\s+)*\w*(?:check|test|lint|verify|ci|audit|all)\b|pip-audit|\bbandit\b|\bsafety\b"
    r"|\bsemgrep\b|\btwine check|\bcheck-(?:manifest|wheel)|\bpip check\b|diff-cover|interrogate"
)
IDLE = frozenset(
    ("--list", "-l", "--no-run", "--notest", "-n", "--dry-run", "--just-print", "-k", "-i", "-s",
     "--keep-going", "--ignore-errors", "--exit-zero", "-e", "--session", "--sessions",
     "-lll", "-iii", "-x", "--exclude", "--ignore-vuln", "--skip", "--touch", "-t", "--question",
     "--collect-only", "-lv", "--ignore", "--noinput", "--dry-run-only", "--severity-level",
     "--confidence-level", "--listenvs", "--exclude-tag", "--tag",
     "--deselect")
)  # fmt: skip
_PREFIX = re.compile(r"^\s*(?:-\s+)?(?:run:\s*\|?|script:|-)?\s*[@+]*\s*['\"]?(.*?)['\"]?\s*$")
_SCANNERS = re.compile(r"\b(?:bandit|pip-audit|safety|semgrep)\b")
_NUMBER = re.compile(r"\b\d[\w.]*")
_MUTED = re.compile(r"\|\|\s*(?:true|:|exit 0|echo|printf)|;\s*(?:true|exit 0)\s*$|&\s*$")
_ENDS = re.compile(r"\s*(?:;|&&|\|\|?|2?>)\s*")


def lines(side: Side | None) -> Iterator[str]:
    """Give the lines of one version of a file that verify something."""
    text = text_of(side)
    if text is None or side is None:
        return
    for line in text.replace("\\\n", " ").splitlines():
        told = _PREFIX.sub(r"\1", line).strip()
        if told and not told.startswith("#") and VERIFIES.search(told):
            yield " ".join(told.split())


def verifying(view: View, version: str) -> list[tuple[str, str]]:
    """Give each such line with the file it stands in."""
    found = []
    for file in view.files:
        side = file.old if version == "old" else file.new
        if is_runner(file.path) or is_runner(file.change.before):
            found += [(file.path, line) for line in lines(side)]
    return found


def is_runner(path: str) -> bool:
    """Tell whether a file says what is run to verify the project."""
    if basename(path) in {"pyproject.toml", "noxfile.py", "tasks.py", "setup.cfg", "dodo.py"}:
        return False
    return is_ci(path) or is_task_file(path)


def lost(view: View) -> Iterator[tuple[str, str]]:
    """Give the lines that verify nothing any more, or less, with their files."""
    old, new = verifying(view, "old"), verifying(view, "new")
    after = Counter(line for _, line in new)
    gone = []
    for path, line in old:
        if after[line]:
            after[line] -= 1
        else:
            gone.append((path, line))
    fresh = [*after.elements(), *_of_pytest(view)]
    for path, line in gone:
        if not any(_says_no_less(line, one) for one in fresh):
            yield path, line


def _of_pytest(view: View) -> Iterator[str]:
    """Give the lines by which pytest is run, which may stand for those of unittest."""
    for file in view.files:
        text = (text_of(file.new) or "") if is_runner(file.path) else ""
        yield from (line for line in text.splitlines() if re.search(r"\bpytest\b", line))


def _says_no_less(old: str, new: str) -> bool:
    """Tell whether a new line runs what an old one did, and more at the most."""
    if _MUTED.search(new) and not _MUTED.search(old):
        return False
    if "unittest" in old and re.search(r"\bpytest\b", new):
        return True
    first, then = _words(old), _words(new)
    more = Counter(then) - Counter(first)
    tool = _SCANNERS.search(old)
    if tool is not None and tool[0] in new:
        return not any(word.partition("=")[0] in IDLE for word in more)
    if Counter(first) - Counter(then):
        return False
    values = {word for before, word in pairwise(then) if before.startswith("--")}
    positional = [word for word in more if not word.startswith(("-", "$", "{")) and "=" not in word]
    positional = [word for word in positional if word not in values]
    is_narrow = re.search(r"\b(?:test|nox|tox|unittest|check)\b", old) and positional
    is_idle = any(word.partition("=")[0] in IDLE for word in more)
    return not is_idle and not is_narrow


def _words(line: str) -> list[str]:
    command = line if "needs" in line else _ENDS.split(line)[0]
    try:
        return [_NUMBER.sub("0", word) for word in shlex.split(command)]
    except ValueError:
        return [_NUMBER.sub("0", word) for word in command.split()]
