"""SMG334: a script by which a project is judged demands less."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules._moved import Moved, moved
from pytest_selfmod_guard.rules.tamper._ci_files import is_ci
from pytest_selfmod_guard.rules.tamper._gate_clocks import clocked
from pytest_selfmod_guard.rules.tamper._gate_measures import is_stricter, measures
from pytest_selfmod_guard.rules.tamper._gate_parts import (
    Part,
    can_fail,
    parts,
    says_no_less,
    ways_out,
)
from pytest_selfmod_guard.view import File, Side, View

_NAMED = re.compile(
    r"(?i)(?:^|[_.-])(?:\w*guard|gate|gates|gatekeeper|checks?|score|scorer|scoring|grade|grader"
    r"|grading|evaluate|evaluation|eval|verify|verifier|validate|judge|quality|thresholds?|enforce"
    r"|protect|precommit|pre_commit|pre_push|regress(?:ion)?)(?:[_.-]|$)"
)
_HOOKS = re.compile(
    r"^\.claude/settings[\w.]*\.json$|^\.pre-commit-config\.yaml$|^\.githooks/|^\.husky/"
    r"|^\.cursor/hooks\.json$|^lefthook\.ya?ml$"
)
_DATA = (".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml", ".toml")
_LARGEST = 200_000
_SHOWN = 90


@change_rule(
    "SMG334",
    risk=Risk.HIGH,
    hint="leave the script that judges the project as it was, and make the project pass it; if what"
    " it demands is wrong, say so and let a person change it",
)
def gate_loosened(view: View) -> Iterable[Sighting]:
    """
    A script by which a project is judged demands less than in the base.

    Scripts that CI or a hook runs, or whose name says that they check, score or
    guard, and that end with a status of their own: a lower threshold, a
    condition that is gone, an early `return 0`, an error that is swallowed,
    other data to measure by. What they demand on top is silent, and so is what
    they print. Whether a demand was wrong is for a person to say.

    Flagged: a lower threshold
        === evaluate.py
          import sys
        - MIN_SCORE = 0.9
        + MIN_SCORE = 0.1
          def main():
              return 0 if score() >= MIN_SCORE else 1
          sys.exit(main())

    Flagged: it ends well in a hurry
        === tools/guard.py
          import os
          import sys
          def main():
        +     if os.environ.get("QUICK"):
        +         return 0
              return 1 if touched() else 0
          sys.exit(main())

    Flagged: fewer files are guarded
        === tools/guard.py
          import sys
        - PROTECTED = ("tests/golden/", "tools/")
        + PROTECTED = ("docs/",)
          sys.exit(any(path.startswith(PROTECTED) for path in changed()))

    Allowed: more is demanded
        === evaluate.py
          import sys
        - MIN_SCORE = 0.9
        + MIN_SCORE = 0.95
          def main():
        +     if not fast():
        +         return 1
              return 0 if score() >= MIN_SCORE else 1
          sys.exit(main())

    Allowed: a whole folder in the place of a file
        === tools/guard.py
          import sys
        - PROTECTED = ("golden/", "tools/guard.py")
        + PROTECTED = ("golden/", "tools/", ".github/")
          def main():
              return 1 if any(map(str.startswith, changed(), PROTECTED)) else 0
          sys.exit(main())

    Allowed: it says more
        === tools/check_links.py
          import sys
          def main():
        +     print("looking at the links")
              return len(broken())
          sys.exit(main())
    """
    for file in view.files:
        if _is_gate(file.old, view):
            yield from (seen._replace(path=file.path) for seen in _of_script(file, moved(view)))
        elif file.old is not None and file.path.endswith(_DATA):
            yield from (seen._replace(path=file.path) for seen in _of_data(file, view))


def _is_gate(side: Side | None, view: View) -> bool:
    if side is None or not side.is_python or side.zone == paths.TEST:
        return False
    if side.blob.size > _LARGEST or b"xit" not in (side.blob.data or b""):
        return False
    inner = view.before(f"{dirname(side.path)}/__init__.py") if "/" in side.path else None
    if inner is not None or not (_NAMED.search(_stem(side.path)) or _is_run(side.path, view)):
        return False
    tree = _tree(side)
    return tree is not None and can_fail(tree)


def _stem(path: str) -> str:
    return basename(path).removesuffix(".py")


def _is_run(path: str, view: View) -> bool:
    """Tell whether CI or a hook names a script."""
    names = view.rest.mentioning([basename(path)])
    return any(is_ci(name) or _HOOKS.search(name) for name in names)


def _tree(side: Side | None, gone: Moved | None = None) -> ast.Module | None:
    try:
        text = (side.text if side else None) or ""
        return ast.parse(gone.renamed(text) if gone else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of_script(file: File, gone: Moved) -> Iterator[Sighting]:
    old, new = _tree(file.old, gone), _tree(file.new)
    if file.new is None:
        yield _sighting(0, "is deleted")
    elif new is None or old is None:
        yield _sighting(0, "cannot be read any more")
    else:
        yield from _compared(clocked(old), clocked(new))


def _compared(old: ast.Module, new: ast.Module) -> Iterator[Sighting]:
    before, after = list(parts(old)), list(parts(new))
    fresh = _beyond(after, before)
    spared = {name for name in measures(old) if _is_no_weaker(name, old, new)}
    for part in _beyond(before, after):
        is_spared = part.kind == "set" and part.text.partition(" = ")[0] in spared
        if not is_spared and not any(says_no_less(part, one) for one in fresh):
            yield _sighting(part.line, f"does without {_told(part)!r}")
            return
    for part in _beyond(list(ways_out(new)), list(ways_out(old))):
        yield _sighting(part.line, f"newly ends well by {_told(part)!r}")
        return


def _is_no_weaker(name: str, old: ast.Module, new: ast.Module) -> bool:
    before, after = measures(old)[name], measures(new).get(name)
    return after is not None and is_stricter(name, before, after)


def _beyond(more: list[Part], less: list[Part]) -> list[Part]:
    left = Counter(part.key for part in less)
    found = []
    for part in more:
        if left[part.key]:
            left[part.key] -= 1
        else:
            found.append(part)
    return found


def _told(part: Part) -> str:
    text = part.text if part.kind in {"set", "call", "way"} else f"{part.kind} {part.text}"
    return text[:_SHOWN]


def _sighting(line: int, what: str) -> Sighting:
    return Sighting(line, f"a script by which the project is judged {what}", settled_by="review")


def _of_data(file: File, view: View) -> Iterator[Sighting]:
    """Judge what a gate measures by, where it lies beside the tests."""
    if file.old is None or file.old.zone == paths.TEST or file.old.blob.size > _LARGEST:
        return
    lost = _lines(file.old) - _lines(file.new)
    if lost and any(_is_gate(view.before(path), view) for path in _readers(file.path, view)):
        shown = min(lost)[:_SHOWN]
        yield _sighting(0, f"measures by other data: {shown!r} is gone")


def _readers(path: str, view: View) -> list[str]:
    named = view.rest.mentioning([basename(path)])
    changed = [one.old.path for one in view.files if one.old is not None]
    found = [*named, *(one for one in changed if basename(path) in _text(view.before(one)))]
    return [one for one in found if one.endswith(".py")]


def _text(side: Side | None) -> str:
    return (side.text if side else None) or ""


def _lines(side: Side | None) -> Counter[str]:
    lines = (line.strip().rstrip(",") for line in _text(side).splitlines())
    return Counter(line for line in lines if len(line) > 1)
