"""SMG235: a file that Python runs before any program of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

_MODULES = frozenset(
    ("sitecustomize.py", "usercustomize.py", ".pdbrc", ".pdbrc.py", ".pythonrc.py")
)
_RUNS = re.compile(r"(?m)^import[ \t]")


@change_rule(
    "SMG235",
    risk=Risk.HIGH,
    hint="do it in a function of the package that is called where it is "
    "needed; nothing has to run in "
    "every Python of the machine",
)
def startup_file(view: View) -> Iterable[Sighting]:
    """
    The change brings a file that every Python runs at its start.

    `sitecustomize.py` and `usercustomize.py` are imported, and the `import`
    lines of a `.pth` file run, before the first line of any program: also of
    the tests, and of the judge.

    Flagged: a line that runs
        === shop-init.pth
        + import shop.daemon

    Flagged: a module that everybody imports
        === sitecustomize.py
        + import shop.daemon

    Allowed: a folder for the path
        === shop.pth
        + src

    Allowed: it goes away
        === sitecustomize.py
        - import shop.daemon
    """
    for file in view.files:
        if file.new is None or not file.new.is_text:
            continue
        text, old = file.new.text or "", (file.old.text or "") if file.old else ""
        runs = file.path.endswith(".pth") and len(_RUNS.findall(text)) > len(_RUNS.findall(old))
        if (runs or basename(file.path) in _MODULES) and text.strip() != old.strip():
            risk = Risk.MEDIUM if file.new.zone == paths.TEST else Risk.HIGH
            yield Sighting(
                0,
                "every Python that sees this file runs it at its start",
                path=file.path,
                risk=risk,
            )
