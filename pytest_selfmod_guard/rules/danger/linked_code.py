"""SMG207: a symbolic link that brings code in, or leads out."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname, isabs, join, normpath, splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import Side, View

_RUN = frozenset((".so", ".pyd", ".pyc", ".pth", ".dll", ".dylib", ".exe"))


@change_rule(
    "SMG207",
    risk=Risk.HIGH,
    hint="commit the file itself, under the name it is used by",
)
def linked_code(view: View) -> Iterable[Sighting]:
    """
    A symbolic link names code, or leads out of the project.

    What is imported through it is judged by another name, as data, or not at
    all, because it is not in the repository; and it can change without the
    link. Links to documents inside the project are silent.

    Flagged: a module that is a link
        === shop/cart.py (mode 120000)
        + ../data/table.txt

    Flagged: a link out of the project
        === fixtures (mode 120000)
        + /etc

    Flagged: a link above the project
        === docs/shared (mode 120000)
        + ../../elsewhere

    Allowed: a link inside the project
        === docs/readme.md (mode 120000)
        + ../README.md

    Allowed: it goes away
        === shop/cart.py (mode 120000)
        - ../data/table.txt
    """
    for file in view.files:
        if file.new is None or not file.new.blob.is_symlink or file.change.new == file.change.old:
            continue
        if why := _why(file.new):
            yield Sighting(0, f"the symbolic link {why}", path=file.path)


def _why(link: Side) -> str:
    target = (link.blob.data or b"").decode("utf-8", "surrogateescape").rstrip("\n")
    whole = normpath(join(dirname(link.path), target))
    if isabs(target) or whole.split("/")[0] == "..":
        return f"leads out of the project, to {target!r}"
    path = link.path
    if paths.is_python(path) or paths.is_shell(path) or splitext(path)[1] in _RUN:
        return f"is imported or run as what {target!r} holds"
    return ""
