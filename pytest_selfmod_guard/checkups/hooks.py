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

_ABSENT = Trouble("is not installed")


def ask(facts: Facts) -> Iterator[Line]:
    """Look at each hook of git that HEAD's configuration needs."""
    folder, wanted = facts.hook_folder, facts.in_head
    names = needed(wanted) if wanted else expected()
    found = _troubles(facts, names)
    fine = [name for name in names if name not in found]
    if wanted is None and not fine:
        message = f"HEAD has no {CONFIG}, and no hook runs the guard"
        yield Line(NAME, "broken", message, "selfmod-guard init")
        return
    yield from _in_place(folder, fine)
    if found and folder.set_in:
        yield _elsewhere(facts, found)
    elif found:
        yield from (_line(facts, names, what) for what, names in _alike(found).items())


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
        message = f"{_the(left)} is not executable, so git leaves it out"
        yield Line(NAME, "broken", message, f"chmod +x {files}")


def _alike(found: Mapping[str, Trouble]) -> Mapping[Trouble, list[str]]:
    """Put hooks with the same trouble together: one command mends them all."""
    alike: dict[Trouble, list[str]] = {}
    for name, what in found.items():
        alike.setdefault(what, []).append(name)
    return alike


def _line(facts: Facts, names: list[str], what: Trouble) -> Line:
    message = f"{_the(names)} {what.what}"
    return Line(NAME, "broken", message, _install(facts, dict.fromkeys(names, what)))


def _the(names: list[str]) -> str:
    if len(names) == 1:
        return f"the hook {names[0]}"
    return f"the hooks {listed(names)}, each"


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
        return "selfmod-guard init"
    is_kept = any(what.is_foreign for what in found.values())
    types = " ".join(f"-t {name}" for name in found)
    force = "" if is_kept else "-f "
    return f"{facts.pre_commit.command or 'pre-commit'} install {force}{types}"
