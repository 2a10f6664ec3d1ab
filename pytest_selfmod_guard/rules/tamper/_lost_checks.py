"""Checks that ran and could fail before a change, and do not after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import normpath
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._checks import OPAQUE, TESTS
from pytest_selfmod_guard.rules.tamper._narrowing import losses
from pytest_selfmod_guard.rules.tamper._running_checks import Running
from pytest_selfmod_guard.rules.tamper._selecting import Option, options, split
from pytest_selfmod_guard.view import View

_ADDOPTS = re.compile(r"PYTEST_ADDOPTS[\"']?[ \t]*[]:=,]+[ \t]*[\"']?([^\n\"']*(?:[\"'][^\n]*)?)")


class Where(NamedTuple):
    """A check and the file that runs it."""

    path: str
    running: Running


class Lost(NamedTuple):
    """What became of a check."""

    path: str
    message: str
    risk: Risk = Risk.HIGH
    settled_by: str = ""


def muted(old: list[Where], new: list[Where]) -> Iterator[Lost]:
    """Give the checks that still stand there, and do not run or cannot fail."""
    was = Counter((one.running.core, one.running.muted) for one in old if one.running.muted)
    live = Counter(one.running.core for one in old if not one.running.muted)
    live -= Counter(one.running.core for one in new if not one.running.muted)
    spare = _fallen(old, new)
    for path, one in new:
        key = one.core, one.muted
        if not one.muted or was[key]:
            was[key] -= 1
        elif live[one.core] or spare[one.check.kind] > 0:
            live[one.core] -= 1
            spare[one.check.kind] -= 1
            settled = "trial" if one.is_soft else ""
            yield Lost(path, f"{one.check.text!r}: {one.muted}", settled_by=settled)


def _fallen(old: list[Where], new: list[Where]) -> Counter[str]:
    """Count by how many checks of each kind there are less that run and can fail."""
    before = Counter(one.running.check.kind for one in old if not one.running.muted)
    before.subtract(one.running.check.kind for one in new if not one.running.muted)
    return before


def live_kinds(found: Iterable[Where]) -> Counter[str]:
    """Count the checks that run and can fail, by what they check."""
    return Counter(one.running.check.kind for one in found if not one.running.muted)


def has_more_opaque(old: list[Where], new: list[Where]) -> bool:
    """Tell whether something new is run of which it does not show what it does."""
    return live_kinds(new)[OPAQUE] > live_kinds(old)[OPAQUE]


def tools_gone(old: list[Where], new: list[Where]) -> Iterator[Where]:
    """Give one command of each checker that is run no more, where none of its kind is new."""
    before = {(one.running.check.kind, one.running.check.tool) for one in old}
    after = {(one.running.check.kind, one.running.check.tool) for one in new}
    fresh = {kind for kind, _ in after - before}
    seen = set[tuple[str, str]]()
    for one in old:
        key = one.running.check.kind, one.running.check.tool
        is_gone = not one.running.muted and key not in after | seen
        if is_gone and key[0] not in fresh | {TESTS, OPAQUE}:
            seen.add(key)
            yield one


def hollow(old: list[Where], new: list[Where], places: set[tuple[str, str]]) -> Iterator[Where]:
    """
    Give a test command of each job or target that is still there, and runs no tests now.

    :param places: each file and name of a job or target that there is after the change
    """
    after = {(one.path, one.running.place) for one in new if one.running.check.kind == TESTS}
    seen = set()
    for one in old:
        key = one.path, one.running.place
        if one.running.check.kind == TESTS and not one.running.muted and key not in seen:
            seen.add(key)
            if key in places and key not in after:
                yield one


def narrowed(old: list[Where], new: list[Where], view: View, also: list[Where]) -> Iterator[Lost]:
    """
    Give what commands of pytest newly leave out, where no other runs it.

    :param also: what files of another sort run after the change
    """
    before, after = _of_pytest(old), _of_pytest(new)
    known = Counter(one.running.check.text for one in before)
    fresh = []
    for one in after:
        if known[one.running.check.text]:
            known[one.running.check.text] -= 1
        else:
            fresh.append(one)
    gone = [one for one in before if known[one.running.check.text] > 0]
    if len(fresh) != len(gone) or not fresh:
        return  # split up, merged or added: what is left out here may run there
    for was, now in zip(gone, fresh, strict=True):
        if now.running.check.tool == "unittest":
            yield from _fewer_by_unittest(was, now)
        for loss in losses(_asked(was), _asked(now), view):
            yield Lost(now.path, f"{now.running.check.text!r}: {loss.message}", loss.risk,
                       loss.settled_by)  # fmt: skip
    lost = _unreached(before, [*after, *_of_pytest(also)], view)
    if lost:
        told = f"{lost[0]!r}" + (f" and {len(lost) - 1} more" if lost[1:] else "")
        yield Lost(fresh[0].path, f"{fresh[0].running.check.text!r} runs {told} no more")


def _of_pytest(found: list[Where]) -> list[Where]:
    return [
        one
        for one in found
        if one.running.check.tool in {"pytest", "py.test", "unittest"} and not one.running.muted
    ]


def _fewer_by_unittest(was: Where, now: Where) -> Iterator[Lost]:
    for flag in (" -k ", " -p ", " --pattern"):
        if flag in f"{now.running.check.text} " and flag not in f"{was.running.check.text} ":
            yield Lost(now.path, f"{now.running.check.text!r} newly selects by {flag.strip()!r}")


def _asked(one: Where) -> list[Option]:
    return [option for option in one.running.check.options if option.kind != "path"]


def by_variable(old: str, new: str, path: str, view: View) -> Iterator[Lost]:
    """Give what ``PYTEST_ADDOPTS`` newly leaves out, wherever a file sets it."""
    before, after = _variable(old), _variable(new)
    if before != after:
        for loss in losses(before, after, view):
            yield Lost(path, f"PYTEST_ADDOPTS: {loss.message}", loss.risk, loss.settled_by)


def _variable(text: str) -> list[Option]:
    words = [word for line in _ADDOPTS.findall(text) for word in split(line.strip(" '\"")) if word]
    return [option for option in options(words) if option.kind != "path"]


def _unreached(before: list[Where], after: list[Where], view: View) -> list[str]:
    """Give the test files that a command of before names, and none of after."""
    known = {path for path in view.rest.paths() if path.endswith(".py") and _is_test(path)}
    known -= {file.change.before for file in view.files if file.new is None}
    known |= {file.path for file in view.files if file.old and file.new and _is_test(file.path)}
    return sorted(path for path in known if _reaches(before, path) and not _reaches(after, path))


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _reaches(found: list[Where], path: str) -> bool:
    return any(_names(one.running.check.options, path) for one in found)


def _names(asked: Iterable[Option], path: str) -> bool:
    roots = [option.text for option in asked if option.kind == "path" and _is_path(option.text)]
    ignored = [normpath(option.text) for option in asked if option.kind == "ignore"]
    if any(path == one or path.startswith(f"{one}/") for one in ignored):
        return False
    tops = [normpath(root.partition("::")[0]) for root in roots]
    return not tops or any(
        top in (".", path) or path.startswith(f"{top}/") or "$" in top or "*" in top for top in tops
    )


def _is_path(text: str) -> bool:
    return not text.startswith(("{", "2>", ">", "<", "&", "1>"))
