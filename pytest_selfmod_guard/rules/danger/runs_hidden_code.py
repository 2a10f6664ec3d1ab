"""SMG208: encoded text becomes code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger import _processes, _runners
from pytest_selfmod_guard.rules.danger._foreign import HIDDEN, kinds_of

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_HARMLESS = frozenset(("codeop.compile_command",))


@python_rule(
    "SMG208",
    risk=Risk.CRITICAL,
    hint="commit the code itself, as plain Python in a module, and import it; "
    "what has to be encoded is data, and data is never run",
    triggers=(*_runners.WORDS, *_processes.WORDS),
    supersedes=(
        "SMG212",
        "SMG213",
        "SMG201",
        "SMG204",
        "SMG211",
        "B102",
        "B307",
        "B602",
        "B603",
        "B605",
        "B302",
    ),
)
def runs_hidden_code(python: Python) -> Iterable[Sighting]:
    """
    Code is decoded, decompressed or decrypted, and then run.

    Nobody can read what will run, which is what it is for. It is followed from
    base64, zlib, marshal, ciphers, character codes and the like through any
    number of steps to whatever runs it: `exec`, `compile`, a code object, an
    interpreter or another process. In tests it counts as much.

    Flagged: decoded, decompressed and run [critical]
        === shop/__init__.py
          import base64, zlib
        + exec(zlib.decompress(base64.b64decode("eJwDAAAAAAE=")))

    Flagged: in several steps, as a code object [critical]
        === shop/cart.py
          import marshal, types
        + packed = bytes.fromhex(TABLE)
        + body = marshal.loads(packed)
        + total = types.FunctionType(body, globals())

    Flagged: handed to another Python [critical]
        === shop/cart.py
          import subprocess, sys
          from base64 import b64decode
        + subprocess.run([sys.executable, "-c", b64decode(TEXT)])

    Allowed: decoded data
        === shop/cart.py
          import base64, json
        + prices = json.loads(base64.b64decode(text))

    Allowed: a program that is told an encoded value
        === shop/mail.py
          import subprocess
          from base64 import b64decode
        + subprocess.run(["sendmail", b64decode(address).decode()])
    """
    for call, what in _hidden(python):
        yield Sighting(
            python.line(call.node),
            f"{what} runs what was encoded, compressed or encrypted",
            python.code(call.node),
            call.scope,
        )


def _hidden(python: Python) -> Iterator[tuple[Call, str]]:
    for run in _runners.runs(python):
        if run.name not in _HARMLESS and HIDDEN in kinds_of(python, run.what):
            yield run.call, run.name.removeprefix("builtins.")
    for process in _processes.processes(python):
        if HIDDEN in kinds_of(python, *_processes.program(python, process)):
            yield process.call, process.name
