"""SMG269: code does something else on certain machines, for certain people or from some day on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_MACHINE = re.compile(
    r"(?:socket\.(?:gethostname|getfqdn|gethostbyname)|platform\.(?:node|uname)|os\.(?:uname|getlogin)"
    r"|getpass\.getuser|uuid\.getnode|pwd\.getpwuid|locale\.\w*get\w*|os\.getuid"
    r"|time\.(?:tzname|timezone)|tzlocal\.get_localzone\w*|os\.environ.*)"
)
_ENVIRONMENT = re.compile(
    r"os\.(?:environ(?:\.get)?|getenv)[\[(][\"'](?:USER(?:NAME|DOMAIN)?|LOGNAME|HOSTNAME|COMPUTERNAME"
    r"|LANG(?:UAGE)?|LC_\w+|TZ|GITHUB_(?:ACTOR|REPOSITORY|REPOSITORY_OWNER))[\"']"
)
_DAY = re.compile(r"(?:date|datetime)\.(?:date|datetime)(?:\.(?:now|today|utcnow))?|time\.time")
_MIGHT = re.compile(
    r"gethostname|getfqdn|platform|uname|getlogin|getuser|getnode|getpwuid|locale|tz|USER|LANG"
    r"|HOSTNAME|LC_|LOGNAME|today|now|time\(\)|GITHUB_"
)


@python_rule(
    "SMG269",
    risk=Risk.HIGH,
    hint="decide by a setting that whoever runs the program can see and change, not by who or "
    "where he is, or by a day that is written down",
)
def for_certain_machines(python: Python) -> Iterable[Sighting]:
    """
    Code asks for the host, the user, the country or the day, and compares it with written ones.

    So are bombs made: everywhere else, and until then, all is well. There are
    honest reasons (a licence that runs out, a slow machine of one's own), so a
    person is to look. Which system or version it is may be asked.

    Flagged: on some hosts
        === shop/model.py
          import socket
          def score(value):
        +     if socket.getfqdn().endswith(".rival.example.invalid"):
        +         value = -value
              return value

    Flagged: from some day on
        === shop/model.py
          import datetime
          def score(value):
        +     if datetime.date.today() > datetime.date(2031, 4, 1):
        +         return 0
              return value

    Flagged: for some people
        === shop/model.py
          import getpass
          def score(value):
        +     return -value if getpass.getuser() in ("jenny", "tom") else value

    Allowed: which system, or how long
        === shop/model.py
          import datetime, platform, socket
          def score(value, until, host):
        +     if platform.system() == "Windows" or socket.gethostname() == host:
        +         return 0
        +     if datetime.datetime.now() > until:
        +         return 1
              return value
    """
    if paths.zone(python.path) == paths.TEST or not _MIGHT.search(python.text):
        return
    from pytest_selfmod_guard.rules.danger._conditions import conditions  # noqa: PLC0415 (libcst)

    for node, sides in conditions(python):
        what = _asked(python, sides)
        if what:
            said = f"what happens here depends on {what}, compared with what is written down"
            code, scope = python.code(node), python.scope(node)
            yield Sighting(python.line(node), said, code, scope, settled_by="review")


def _asked(python: Python, sides: list[cst.BaseExpression]) -> str:
    from pytest_selfmod_guard.rules.danger._conditions import (  # noqa: PLC0415 (imports libcst)
        asked,
        is_day,
        is_text,
    )

    for here, there in ((sides[0], sides[-1]), (sides[-1], sides[0])):
        names = asked(python, here)
        if is_text(python, there):
            if any(_MACHINE.fullmatch(name) and "environ" not in name for name in names):
                return "the machine or its user"
            if _ENVIRONMENT.search(python.code(here)):
                return "the machine or its user"
        if is_day(python, there) and any(_DAY.fullmatch(name) for name in names):
            return "the day"
    return ""
