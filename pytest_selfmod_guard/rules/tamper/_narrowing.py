"""Options that a command or ``addopts`` newly has, and what they take away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._selecting import Option
from pytest_selfmod_guard.view import View

_NEGATED = re.compile(r"\bnot\s+\(?\s*(\w+)|\b(\w+)\b")
_BLOCKED_IS_BAD = frozenset(
    ("python", "main", "runner", "assertion", "skipping", "unittest", "doctest", "selfmod_guard",
     "cov", "pytest_cov", "asyncio", "anyio", "pytest_asyncio", "terminal", "terminalreporter",
     "capture", "fixtures", "mark", "reports", "warnings", "unraisableexception", "timeout")
)  # fmt: skip
_WORDS = {
    "keyword": "leaves out tests by name",
    "deselect": "leaves out a test",
    "nothing": "runs no test at all",
    "last": "runs only some of the tests",
    "status": "keeps failures from showing in the exit status",
    "rewrites": "rewrites what tests expect to what the code gives",
    "shard": "runs only some of the tests",
}


class Loss(NamedTuple):
    """What one new option does."""

    message: str
    risk: Risk = Risk.HIGH
    settled_by: str = ""


def losses(old: Iterable[Option], new: Iterable[Option], view: View) -> Iterator[Loss]:
    """Say what newly given options take away."""
    before, after = Counter(old), Counter(new)
    for option in after - before:
        found = _loss(option, view)
        if found is not None:
            yield found
    for option in before - after:
        if option.kind == "strict" and not any(o.kind == "strict" for o in after):
            yield Loss(f"{option.text!r} is dropped", settled_by="trial")
        elif option.kind == "doctest":
            yield Loss(
                f"{option.text!r} is dropped, so that doctests do not run", settled_by="trial"
            )


def _loss(option: Option, view: View) -> Loss | None:
    kind, text = option
    if kind in {"marker", "deselect"}:
        return _of_marker(text, view) if kind == "marker" else _of_deselected(text, view)
    if kind in _WORDS:
        return Loss(f"{text!r} newly {_WORDS[kind]}")
    return _of_less(kind, text)


def _of_less(kind: str, text: str) -> Loss | None:
    if kind == "plugin" and text.startswith("no:"):
        bad = text.removeprefix("no:") in _BLOCKED_IS_BAD
        return Loss(f"the plugin {text!r} is switched off", Risk.HIGH if bad else Risk.MEDIUM)
    if kind == "assert" and text == "plain":
        return Loss("assertions are not rewritten any more", settled_by="trial")
    if kind in {"noconftest", "errors", "reruns"}:
        return Loss(f"{text!r} keeps something from showing", settled_by="trial")
    if kind == "warnings":
        return Loss(f"{text!r} keeps something from showing", Risk.MEDIUM)
    return None


def _of_marker(text: str, view: View) -> Loss:
    """A mark that no test had takes none away."""
    names = [left or right for left, right in _NEGATED.findall(text)]
    names = [name for name in names if name not in {"and", "or", "not"}]
    negative = bool(re.match(r"\s*not\b", text)) and " or " not in text
    if negative and not any(_is_used(name, view) for name in names):
        return Loss(f"{text!r} leaves out tests that are marked so, and none is yet", Risk.LOW)
    return Loss(f"{text!r} leaves out tests by their marks")


def _is_used(mark: str, view: View) -> bool:
    """Tell whether a test of the base has a mark."""
    pattern = re.compile(rf"\bmark\.{re.escape(mark)}\b")
    changed = [file.old.path for file in view.files if file.old is not None]
    for path in [*view.rest.mentioning([mark]), *changed][:300]:
        side = view.before(path) if path.endswith(".py") else None
        if side is not None and pattern.search(side.text or ""):
            return True
    return False


def _of_deselected(text: str, view: View) -> Loss | None:
    path = text.partition("::")[0]
    known = view.before(path) is not None or not path.endswith(".py")
    return Loss(f"{text!r} is newly left out") if known else None
