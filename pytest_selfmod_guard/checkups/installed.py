"""The guard itself: are its files what the installer wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from pytest_selfmod_guard.checkups._facts import Facts, Installed
from pytest_selfmod_guard.checkups._types import listed
from pytest_selfmod_guard.status import Line

ORDER = 70
NAME = "guard"

_MOST = 5


def ask(facts: Facts) -> Iterator[Line]:
    """Compare each of its files with the record."""
    found = facts.installed
    if found.is_editable:
        message = f"{found.version} from {found.place}, editable: no record says what it should be"
        yield Line(NAME, "warning", message, _again(found))
    elif not found.is_recorded:
        message = f"what runs is {found.place}, and that is not what was installed"
        yield Line(NAME, "broken", message, _again(found))
    elif odd := list(_odd(found)):
        yield Line(NAME, "broken", f"in {found.place} {'; '.join(odd)}", _again(found))
    else:
        message = f"{found.version} in {found.place}, every file as it was installed"
        yield Line(NAME, "ok", message)


def _odd(found: Installed) -> Iterator[str]:
    kinds = {"modified": found.modified, "missing": found.missing}
    for what, names in kinds.items():
        if names:
            yield f"{_few(names)} {'is' if len(names) == 1 else 'are'} {what}"
    if found.extra:
        yield f"{_few(found.extra)} {'was' if len(found.extra) == 1 else 'were'} added"


def _few(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST
    return listed([*names[:_MOST], *([f"{more} more"] if more > 0 else [])])


def _again(found: Installed) -> str:
    """Give the command that makes it what it was, also where a file was added."""
    pip = f"{found.python} -I -m pip"
    away = "".join(f"rm {quote(f'{found.place}/{name}')} && " for name in found.extra[:_MOST])
    return f"{away}{pip} install --force-reinstall --no-deps {quote(found.source)}"
