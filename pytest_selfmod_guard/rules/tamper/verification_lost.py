"""SMG344: what is run to verify a project verifies less, or cannot fail."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._gate_parts import ways_out
from pytest_selfmod_guard.view import File, View

_WORDS = re.compile(
    rb"needs\.|check|test|nox|tox|make|diff|audit|bandit|python|SHELL|MAKEFLAGS|\.py"
)
_OPTIMISED = re.compile(
    r"\bpython[\d.]*\s+(?:-\w+\s+)*-OO?\b.*(?:test|check)|PYTHONOPTIMIZE\s*[=:]\s*['\"]?[12x]"
    r"|ENV\s+PYTHONOPTIMIZE\s+\S"
)
_NO_MAKE = re.compile(
    r"^\s*(?:export\s+)?SHELL\s*[:?]?=\s*\S*(?:true|echo|:)\s*$"
    r"|^\s*(?:export\s+)?(?:GNU)?MAKEFLAGS\s*[:+?]?=.*(?:-\w*[nqti]\b|--(?:dry-run|just-print|touch"
    r"|question|ignore-errors|recon))"
)
_ALWAYS = re.compile(r"^\s*if:.*always\(\)", re.MULTILINE)
_RECIPE = re.compile(r"^([\w-]+)[ \t]*:(?![=:])[^\n]*\n\t", re.MULTILINE)
_SKIPS = re.compile(r"\bsession\.skip\(")
_RUNS_TESTS = re.compile(r"unittest|pytest|TextTestRunner|\btests?\b")
_STARTS = re.compile(
    r"unittest\.main\(|pytest\.main\(|TextTestRunner|subprocess\.(?:run|call|Popen)\(|os\.system\("
)
_PASSES_ON = re.compile(
    r"(?:sys\.exit|SystemExit|exit|_exit)\([^\n]*(?:wasSuccessful|returncode|\brc\b|status|failures"
    r"|exit_?code|\bcode\b|errors|main\(|call\(|run\(|\bret|result\)|\bfailed|\bok\b|wait\()"
    r"|check=True|check_call|check_output"
)


@change_rule(
    "SMG344",
    risk=Risk.HIGH,
    hint="let CI and the tasks verify what they did in the base, and let their failure count; if a "
    "check is not wanted any more, say so and let a person take it out",
)
def verification_lost(view: View) -> Iterable[Sighting]:
    """
    What is run to verify a project verifies less, or cannot fail.

    Beside tests and linters CI asks whether other jobs went well, whether
    migrations are missing, whether generated files are current, and runs
    scripts of the project's own. Such a line that is gone, asks for less, or is
    followed by `|| true` is for a person to judge; so are Python without its
    assertions (`-O`), a make that runs nothing, a target that is defined again,
    and a new script that runs the tests and drops their status.

    Flagged: whatever the job gave
        === .github/workflows/ci.yml
          jobs:
            required:
              if: always()
              needs: [test]
              steps:
        -       - run: test "${{ needs.test.result }}" = success
        +       - run: echo "${{ needs.test.result }}"

    Flagged: migrations are made, and not missed
        === .github/workflows/ci.yml
          jobs:
            test:
              steps:
        -       - run: python manage.py makemigrations --check --dry-run
        +       - run: python manage.py makemigrations --noinput

    Flagged: assert is no statement
        === Makefile
          test:
        - 	python -m pytest
        + 	python -O -m pytest

    Flagged: the script ends well
        === tox.ini
          [testenv]
        - commands = python -m unittest discover
        + commands = python run_tests.py
        === run_tests.py
        + import unittest
        + unittest.main(module=None, argv=["x", "discover"], exit=False)

    Allowed: another version, and more
        === .github/workflows/ci.yml
          jobs:
            required:
              if: always()
              needs: [test]
              steps:
        -       - run: test "${{ needs.test.result }}" = success
        +       - run: echo "looking at the jobs"
        +       - run: test "${{ needs.test.result }}" = success
            lint:
              steps:
        -       - run: pip install ruff==0.5.0 && python scripts/check_docs.py
        +       - run: pip install ruff==0.6.0 && python scripts/check_docs.py --strict

    Allowed: a script that gives the status on
        === tox.ini
          [testenv]
        - commands = python -m unittest discover
        + commands = python run_tests.py
        === run_tests.py
        + import sys, unittest
        + result = unittest.TextTestRunner().run(unittest.defaultTestLoader.discover("tests"))
        + sys.exit(not result.wasSuccessful())
    """
    from pytest_selfmod_guard.rules.tamper._verifying import is_runner, lost  # noqa: PLC0415 (rarely)

    touched = [
        file
        for file in view.files
        if is_runner(file.path)
        or is_runner(file.change.before)
        or basename(file.path) in {"noxfile.py", "tasks.py", "duties.py"}
    ]
    if not any(_WORDS.search(_data(file)) for file in touched):
        return
    scripts = _new_scripts(view)
    honest = {name for name in scripts if not _drops_status(scripts[name])}
    for path, line in lost(view):
        if not any(name in _added(view) for name in honest):
            told = f"{line[:100]!r} is not run any more, or verifies less"
            yield Sighting(0, told, path=path, settled_by="review")
    for file in touched:
        for told in _of_file(file):
            yield Sighting(0, told, path=file.path, settled_by="review")
    for name, file in scripts.items():
        if _drops_status(file) and name in _added(view):
            told = f"{name!r} runs the tests, and does not give their status on"
            yield Sighting(0, told, path=file.path, settled_by="review")


def _data(file: File) -> bytes:
    sides = (file.old, file.new)
    return b"\n".join((side.blob.data or b"") if side else b"" for side in sides)


def _of_file(file: File) -> Iterator[str]:
    old, new = ((side.text if side else None) or "" for side in (file.old, file.new))
    known = set(old.splitlines())
    for line in new.splitlines():
        if line not in known and not line.lstrip().startswith("#"):
            if _OPTIMISED.search(line):
                yield f"assertions are switched off: {line.strip()[:80]!r}"
            elif _NO_MAKE.search(line):
                yield f"make runs nothing, or goes on: {line.strip()[:80]!r}"
    twice = Counter(_RECIPE.findall(new)) - Counter(_RECIPE.findall(old))
    for name in twice:
        if name in _RECIPE.findall(old) and basename(file.path).lower().endswith("makefile"):
            yield f"the target {name!r} is defined again"
    if basename(file.path) in {"noxfile.py", "tasks.py", "duties.py"}:
        yield from _ways_out(old, new)
    if "needs." in old and len(_ALWAYS.findall(old)) > len(_ALWAYS.findall(new)):
        yield "the job that looks at other jobs does not always run any more"


def _ways_out(old: str, new: str) -> Iterator[str]:
    """Give how sessions newly end before they have run anything, or whatever it gave."""
    try:
        before, after = ast.parse(old), ast.parse(new)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    known = Counter(part.text for part in ways_out(before))
    for part in ways_out(after):
        if not known[part.text]:
            yield f"a session newly ends well by {part.text[:80]!r}"
    if len(_SKIPS.findall(new)) > len(_SKIPS.findall(old)):
        yield "a session is skipped"


def _new_scripts(view: View) -> dict[str, File]:
    """Give the new scripts of a change that run tests, by their names."""
    found = {}
    for file in view.files:
        if file.old is None and file.new is not None and file.new.is_python:
            text = file.new.text or ""
            if _STARTS.search(text) and _RUNS_TESTS.search(text):
                found[basename(file.path)] = file
    return found


def _drops_status(file: File) -> bool:
    text = (file.new.text if file.new else None) or ""
    if "unittest.main(" in text and "exit=False" not in text:
        return False
    return _PASSES_ON.search(text) is None


def _added(view: View) -> str:
    """Give what the files that run things newly say."""
    return view.once(_newly_said)


def _newly_said(view: View) -> str:
    from pytest_selfmod_guard.rules.tamper._verifying import is_runner  # noqa: PLC0415 (rarely)

    said = []
    for file in view.files:
        if file.new is not None and is_runner(file.path):
            known = set(file.old.lines) if file.old else set()
            said += [line for line in file.new.lines if line not in known]
    return "\n".join(said)
