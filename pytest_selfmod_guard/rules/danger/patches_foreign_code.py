"""SMG229: what another package does is exchanged for something of this file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._patching import Patch
    from pytest_selfmod_guard.syntax import Python

_GUARDS = re.compile(
    r"(?:getpass|hashlib|hmac|secrets|jwt|bcrypt|passlib|itsdangerous|keyring|pyotp|argon2"
    r"|django\.contrib\.auth|werkzeug\.security|flask_login|authlib|oauthlib)\.[\w.]+"
    r"|builtins\.(?:eval|exec|compile|__import__|input)"
    r"|certifi\.where|ssl\.(?:match_hostname|SSLContext\.\w+)"
)
"""They keep or check secrets: nobody else's function has a place there."""
_CARRIERS = re.compile(
    r"(?:requests|httpx|urllib3|aiohttp|http\.client|smtplib|paramiko|ftplib|imaplib|botocore"
    r"|urllib\.request|socket|ssl|boto3|redis|psycopg2?|pymysql|asyncssh|websockets?)\.[\w.]*?"
    r"_?(?:send\w*|request|get|post|put|urlopen|urlretrieve|open|connect|handle_(?:async_)?request"
    r"|recv\w*|login|auth\w*|endheaders|putheader|create_connection|getaddrinfo|socket)"
    r"|builtins\.open"
)
_SILENT = re.compile(
    r"sys\.[\w*]+|warnings\.\w+|threading\.excepthook|builtins\._|(?:asyncio|signal)\.\w+hook"
)
_MENDING = re.compile(r"(?:monkey|patch|instrument|compat|mock|stub|fake|testing|vcr|gevent|shim)")
"""Names of files whose very purpose it is; they may, as long as nothing leaves."""


@python_rule(
    "SMG229",
    risk=Risk.HIGH,
    hint="subclass it, or wrap it where you call it; what every other package of the process "
    "uses is not to be exchanged",
)
def patches_foreign_code(python: Python) -> Iterable[Sighting]:
    """
    A function of another package is exchanged for one of this file.

    From then on everybody in the process who calls it calls the new one: it
    sees every password and every request. Flagged where the new one sends or
    writes something, or where the old one checks or carries secrets; of what
    merely carries requests a person may say that it is meant. Anything else is
    a warning, and what is made to be exchanged (`sys.excepthook`,
    `warnings.showwarning`) is silent, and so are tests.

    Flagged: every password is written down
        === shop/start.py
          import getpass
          ask = getpass.getpass
        + def asked(prompt=""):
        +     answer = ask(prompt)
        +     with open("/tmp/answers", "a") as file:
        +         file.write(answer)
        +     return answer
        + getpass.getpass = asked

    Flagged: every comparison holds
        === shop/start.py
          import hmac
        + setattr(hmac, "compare_digest", lambda left, right: True)

    Flagged: an encoder [medium]
        === shop/start.py
          import json
        + def default(self, value):
        +     return str(value)
        + json.JSONEncoder.default = default

    Allowed: hooks that are there to be set, and objects of our own
        === shop/start.py
          import socket, sys, warnings
        + def told(*what):
        +     print(*what)
        + sys.excepthook = told
        + warnings.showwarning = told
        + socket.setdefaulttimeout(10)
        + class Shop:
        +     def __init__(self):
        +         self.tell = told
    """
    if paths.zone(python.path) == paths.TEST or not _may(python.text):
        return
    from pytest_selfmod_guard.rules.danger._patching import patches  # noqa: PLC0415 (libcst)

    for patch in patches(python):
        if not _SILENT.fullmatch(patch.name):
            yield _sighting(python, patch)


_SET = re.compile(r"\.\s*\w+\s*(?::[^=\n]*)?=(?!=)|setattr")


def _may(text: str) -> bool:
    return "import" in text and _SET.search(text) is not None


def _sighting(python: Python, patch: Patch) -> Sighting:
    from pytest_selfmod_guard.rules.danger._patching import does  # noqa: PLC0415 (libcst)

    what, risk, settled = f"{patch.name} is exchanged for a function of this file", Risk.MEDIUM, ""
    if harm := does(python, patch):
        what, risk = f"{what}, which {harm}", Risk.HIGH
    elif _GUARDS.fullmatch(patch.name):
        risk = Risk.HIGH
    elif _CARRIERS.fullmatch(patch.name) and not _MENDING.search(python.path.lower()):
        risk, settled = Risk.HIGH, "review"
    code, scope = python.code(patch.node), python.scope(patch.node)
    line = python.line(patch.node)
    return Sighting(line, what, code, scope, risk=risk, settled_by=settled)
