"""The hooks of git: are they there, and do they still run the guard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from shlex import quote

from pytest_selfmod_guard.checkups._facts import Facts, HookFolder
from pytest_selfmod_guard.checkups._script import Trouble, trouble
from pytest_selfmod_guard.checkups._types import CONFIG, expected, listed, needed
from pytest_selfmod_guard.status import Line

ORDER = 10
NAME = "hooks"

_INIT = "selfmod-guard init"
_ABSENT = Trouble("is not installed")
_OF_MANY = (
    ("is another hook, and the guard's was", "are other hooks, and the guard's were"),
    ("is another hook, which does not", "are other hooks, which do not"),
    ("is written by hand, and cannot", "are written by hand, and cannot"),
    ("ends before it comes", "end before they come"),
    ("goes on", "go on"),
    ("passes", "pass"),
    ("is ", "are "),
    ("has ", "have "),
    ("was ", "were "),
    ("reads ", "read "),
    ("starts ", "start "),
    ("runs ", "run "),
)
"""How a trouble begins of one hook, and of several."""


def ask(facts: Facts) -> Iterator[Line]:
    """Look at each hook of git that HEAD's configuration needs."""
    folder, wanted = facts.hook_folder, facts.in_head
    names = needed(wanted) if wanted else expected()
    if wanted and not names and not wanted.problem:
        yield Line(NAME, "broken", f"{CONFIG} of HEAD lets no hook of git run the guard", _INIT)
        return
    told = _troubles(facts, names)
    found = {name: what for name, what in told.items() if what.state == "broken"}
    fine = [name for name in names if name not in told]
    if wanted is None and not fine:
        message = f"HEAD has no {CONFIG}, and no hook runs the guard"
        yield Line(NAME, "broken", message, _INIT)
        return
    yield from _in_place(folder, fine)
    if found and folder.set_in:
        yield _elsewhere(facts, found)
        told = {name: what for name, what in told.items() if name not in found}
    yield from (_line(facts, names, what) for what, names in _alike(told).items())


def _troubles(facts: Facts, names: tuple[str, ...]) -> Mapping[str, Trouble]:
    scripts, program = facts.hook_folder.scripts, facts.pre_commit
    told = {
        name: trouble(name, scripts[name], program) if name in scripts else _ABSENT
        for name in names
    }
    return {name: what for name, what in told.items() if what}


def _in_place(folder: HookFolder, names: list[str]) -> Iterator[Line]:
    """Tell those that run from those that git leaves out, with hardly a word."""
    ran = [name for name in names if folder.scripts[name].is_executable]
    left = [name for name in names if name not in ran]
    if ran:
        verb = "runs" if len(ran) == 1 else "run"
        yield Line(NAME, "ok", f"{listed(ran)} {verb} the guard, from {folder.path}")
    if left:
        files = " ".join(quote(folder.scripts[name].path) for name in left)
        it = "it" if len(left) == 1 else "them"
        message = f"{_told(left, 'is not executable')}, so git leaves {it} out"
        yield Line(NAME, "broken", message, f"chmod +x {files}")


def _alike(found: Mapping[str, Trouble]) -> Mapping[Trouble, list[str]]:
    """Put hooks with the same trouble together: one command mends them all."""
    alike: dict[Trouble, list[str]] = {}
    for name, what in found.items():
        alike.setdefault(what, []).append(name)
    return alike


def _line(facts: Facts, names: list[str], what: Trouble) -> Line:
    mend = what.mend or _install(facts, dict.fromkeys(names, what))
    return Line(NAME, what.state, _told(names, what.what), mend)


def _told(names: list[str], what: str) -> str:
    """Write a sentence about one hook, or about several of which each is so."""
    if len(names) == 1:
        return f"the hook {names[0]} {what}"
    for one, many in _OF_MANY:
        if what.startswith(one):
            what = f"{many}{what[len(one) :]}"
            break
    return f"the hooks {listed(names)} {what}"


def _elsewhere(facts: Facts, found: Mapping[str, Trouble]) -> Line:
    """Say that git looks in another folder; pre-commit refuses to install into such a one."""
    folder = facts.hook_folder
    files = [name for name in folder.set_in if name]
    unset = [f"git config --file {quote(name)} --unset-all core.hooksPath" for name in files]
    if len(files) < len(folder.set_in):
        unset.append("unset GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS")
    where = listed(files or ["the environment"])
    message = (
        f"git looks for hooks in {folder.path}, as core.hooksPath says in {where};"
        f" what should run the guard there does not: {listed(found)}"
    )
    return Line(NAME, "broken", message, " && ".join((*unset, _install(facts, found))))


def _install(facts: Facts, found: Mapping[str, Trouble]) -> str:
    """Give the command that puts hooks in place; what somebody else made is kept beside them."""
    if facts.in_head is None:
        return _INIT
    is_kept = any(what.is_foreign for what in found.values())
    types = " ".join(f"-t {name}" for name in found)
    force = "" if is_kept else "-f "
    return f"{facts.pre_commit.command or 'pre-commit'} install {force}{types}"
