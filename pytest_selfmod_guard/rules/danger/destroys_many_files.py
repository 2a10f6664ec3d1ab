"""SMG227: the code destroys files by the many, or the machine's power to work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_words import SPOILERS, concerns

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call, Python

_REMOVERS = frozenset(
    (
        "os.remove",
        "os.unlink",
        "os.rmdir",
        "shutil.rmtree",
        "os.removedirs",
        "send2trash.send2trash",
        "os.truncate",
    )
)
_METHODS = frozenset(("unlink", "rmdir"))
_TRIGGERS = (*REACHERS, *SPOILERS)
_MOVERS = frozenset(("os.rename", "os.replace", "shutil.move"))

_EMPTYING = re.compile(
    r"open\(.*,\s?(?:mode\s?=\s?)?['\"]wb?\+?['\"]|\bwrite_(?:text|bytes)\(|os\.truncate\(",
    re.DOTALL,
)


@python_rule(
    "SMG227",
    risk=Risk.HIGH,
    hint="touch only files below a folder that the project itself has "
    "made, one kind by name, and keep "
    "the originals until the result has been read back",
    triggers=_TRIGGERS,
)
def destroys_many_files(python: Python) -> Iterable[Sighting]:
    """
    Files of a whole home, disk or tree are deleted, overwritten or encrypted.

    Walking from the home folder or the root and deleting what is found;
    encrypting files that were found and removing the originals; filling them
    with random bytes; writing to a disk itself; forking without end; killing
    every process.

    Flagged: everything in the home folder
        === shop/clean.py
          from pathlib import Path
        + for path in Path.home().rglob("*"):
        +     path.unlink()

    Flagged: encrypted, and the original goes
        === shop/clean.py
          import os
          from cryptography.fernet import Fernet
          def lock(folder, key):
        +     for top, _, names in os.walk(folder):
        +         for name in names:
        +             path = os.path.join(top, name)
        +             data = Fernet(key).encrypt(open(path, "rb").read())
        +             open(path + ".locked", "wb").write(data)
        +             os.remove(path)

    Flagged: a disk
        === shop/clean.py
        + open("/dev/sda", "wb").write(b"0" * 512)

    Flagged: processes without end
        === shop/clean.py
          import os
        + while True:
        +     os.fork()

    Allowed: files of its own kind, in a folder it is given
        === shop/clean.py
          from pathlib import Path
        + def clean(folder: Path) -> None:
        +     for path in folder.rglob("*.pyc"):
        +         path.unlink()
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)

    if not concerns(python, _TRIGGERS):
        return
    known = flow(python)
    mild = paths.zone(python.path) == paths.TEST
    for call, what in (*_removed(known), *_overwritten(known), *_worn_out(known)):
        yield Sighting(
            python.line(call.node), what, python.code(call.node), call.scope,
            risk=Risk.MEDIUM if mild else Risk.HIGH,
        )  # fmt: skip


def _removed(flow: Flow) -> Iterator[tuple[Call, str]]:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )

    for call in flow.python.calls:
        if flow.edges.names(call.node) & (_REMOVERS | _MOVERS):
            marks = flow.marks(call.arg(flow.python, 0, "path"))
        elif called_name(call.node) in _METHODS:
            marks = flow.marks(getattr(call.node.func, "value", None))
        else:
            continue
        if marks & Mark.TREE:
            yield call, "this destroys what is found below a home folder or the root"


def _overwritten(flow: Flow) -> Iterator[tuple[Call, str]]:
    from pytest_selfmod_guard.rules.danger._flow_writes import (  # noqa: PLC0415 (imports libcst)
        writes,
    )
    from pytest_selfmod_guard.rules.danger._overwriting import (  # noqa: PLC0415 (imports libcst)
        is_disk,
        spoilt,
    )

    for written in writes(flow):
        if is_disk(flow, written.call):
            yield written.call, "this writes to a disk itself"
        elif written.marks & Mark.TREE and _EMPTYING.search(flow.python.code(written.call.node)):
            yield written.call, "this writes over what is found below a home folder or the root"
        elif written.marks & Mark.LISTED and (how := spoilt(flow, written)):
            yield written.call, how


def _worn_out(flow: Flow) -> Iterator[tuple[Call, str]]:
    from pytest_selfmod_guard.rules.danger._overwriting import (  # noqa: PLC0415 (imports libcst)
        in_endless_loop,
    )

    python = flow.python
    for call in python.calls:
        starts = call.names & {"os.fork", "posix.fork"} or _starts_itself(python, call)
        if starts and in_endless_loop(python, call.node):
            yield call, "this starts processes without end"
        elif call.names & {"os.kill", "os.killpg"}:
            target = call.arg(python, 0, "pid")
            if target is not None and python.fold(target) == -1:
                yield call, "this kills every process"


def _starts_itself(python: Python, call: Call) -> bool:
    is_start = any(
        name.startswith(("subprocess.", "os.system", "os.popen", "os.spawn")) for name in call.names
    )
    return is_start and "__file__" in python.code(call.node)
