"""SMG205: Python that destroys data."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS
from pytest_selfmod_guard.rules.danger._destructive import Harm, shell, sql
from pytest_selfmod_guard.rules.danger._flow_marks import is_wide

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_TREES = frozenset(("shutil.rmtree", "os.removedirs"))
_COMMANDS = ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn", "asyncio.", "pty.")
_STATEMENTS = (
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "text",
    "raw",
    "RawSQL",
)
_WORDS = (
    *(b"rmtree", b"removedirs", b"subprocess", b"system", b"popen", b"asyncio", b"pty"),
    *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
    *(name.lower().encode() for name in _STATEMENTS),
)


_OUTSIDE = "deletes a folder outside of the project"
_PASSING = re.compile(r"/(?:tmp|var/tmp|dev/shm|var/cache|run|private/tmp|private/var)/")


@python_rule(
    "SMG205",
    risk=Risk.HIGH,
    hint="name exactly what is to go, below a folder of the project; in SQL keep the data, "
    "or delete with a WHERE that can be taken back",
    triggers=(*REACHERS, *_WORDS),
)
def destructive_call(python: Python) -> Iterable[Sighting]:
    """
    The code destroys data beyond undoing: whole folders, disks or tables.

    It looks at what is really called with what: commands given to `os.system`
    or `subprocess`, SQL given to `execute`, and `shutil.rmtree` of a wide
    path, with constants put together first. Strings that are only printed or
    compared are silent. In tests and migrations SQL is only a warning.

    Flagged: the home folder [critical]
        === shop/clean.py
          import os
          import shutil
        + shutil.rmtree(os.path.expanduser("~"))

    Flagged: as a list of arguments [critical]
        === shop/clean.py
          import subprocess
        + subprocess.run(["rm", "-rf", "/" + "*"])

    Flagged: somebody else's folder
        === shop/clean.py
          import shutil
        + shutil.rmtree("/srv/other/data", ignore_errors=True)

    Flagged: a table goes
        === shop/store.py
          def reset(cursor):
        +     cursor.execute("DROP TABLE " "customers")

    Allowed: one folder of the project
        === shop/clean.py
          import shutil
        + shutil.rmtree("build/cache")

    Allowed: it only speaks of it
        === shop/clean.py
        + print("never type rm -rf / as root")
        + HELP = "DROP TABLE customers"
    """
    for call in python.calls:
        for harm in _harms(python, call):
            milder = harm.what == _OUTSIDE and paths.zone(python.path) == paths.TEST
            yield Sighting(
                python.line(call.node),
                f"the call {harm.what}",
                python.code(call.node),
                call.scope,
                risk=min(harm.risk, Risk.MEDIUM) if milder else harm.risk,
                settled_by="review" if harm.what == _OUTSIDE else "",
            )


def _harms(python: Python, call: Call) -> Iterator[Harm]:
    if call.names & _TREES:
        yield from _of_tree(python, call)
    elif any(name.startswith(_COMMANDS) for name in call.names):
        yield from shell(_command(python, call))[:1]
    elif any(name.rpartition(".")[2] in _STATEMENTS for name in call.names):
        mild = paths.zone(python.path) == paths.TEST or "migration" in python.path
        for harm in sql(_constant(python, call))[:1]:
            yield harm._replace(risk=Risk.MEDIUM) if mild else harm


def _of_tree(python: Python, call: Call) -> Iterator[Harm]:
    target = call.arg(python, 0, "path")
    if target is None:
        return
    from pytest_selfmod_guard.rules.danger._flow_texts import (  # noqa: PLC0415 (imports libcst)
        sketch,
    )

    every = {
        sketch(python, target, "x"),
        *(part for part in python.folds(target) if isinstance(part, str)),
    }
    if any(is_wide(path) or path == ".git" for path in every):
        yield Harm("deletes everything under a wide path", Risk.CRITICAL)
        return
    path = min(every)
    known = python.fold(target)
    if isinstance(known, str) and known[:1] in "/~" and not _PASSING.match(known):
        yield Harm(_OUTSIDE, Risk.HIGH)
        return
    for harm in shell(f"rm -rf {shlex.quote(path)}")[:1] if path else ():
        yield harm._replace(risk=Risk.CRITICAL)


def _command(python: Python, call: Call) -> str:
    from pytest_selfmod_guard.rules.danger._flow_texts import (  # noqa: PLC0415 (imports libcst)
        sketch,
    )

    first = call.arg(python, 0, "args")
    return sketch(python, first, "x") if first is not None else ""


def _constant(python: Python, call: Call) -> str:
    first = call.arg(python, 0, "sql")
    value = python.fold(first) if first is not None else None
    return value if isinstance(value, str) else ""
