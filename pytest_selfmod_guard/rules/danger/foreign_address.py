"""SMG242: foreign data becomes the address that is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG242",
    risk=Risk.HIGH,
    hint="keep the host constant, or test the parsed one against a list of allowed hosts before: "
    'if urlsplit(url).hostname not in HOSTS: abort(400); quote what goes into the path: '
    'quote(name, safe="")',
    triggers=(
        *REACHERS, b"requests", b"httpx", b"niquests", b"urllib3", b"urllib", b"urllib2",
        b"aiohttp", b"session",
        b"client", b"asyncclient", b"clientsession", b"poolmanager", b"httpconnection",
        b"httpsconnection", b"ftp",
        b"telnet", b"smtp", b"smtp_ssl", b"websocket", b"websockets", b"open_connection",
        b"create_connection",
    ),
)  # fmt: skip
def foreign_address(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes the address that the program asks.

    A stranger then asks, with the program's rights and from inside of its
    network, what he could not ask himself: other services, the cloud's
    metadata, the machine itself. Where the host is constant and only the path
    is foreign, it is a warning; behind a question mark it is silent.

    Flagged: any address
        === shop/views.py
          import requests
          from flask import request
        + def preview():
        +     return requests.get(request.args["url"], timeout=5).text

    Flagged: any host
        === shop/views.py
          import httpx
          async def stock(request):
        +     shop = request.query_params["shop"]
        +     async with httpx.AsyncClient() as client:
        +         return await client.get(f"https://{shop}.example.invalid/stock")

    Flagged: any path of one host [medium]
        === shop/views.py
          import requests
          from flask import request
        + def user():
        +     return requests.get("https://api.example.invalid/users/" + request.args["id"]).json()

    Allowed: one of the allowed hosts
        === shop/views.py
          import requests
          from urllib.parse import urlsplit
          from flask import abort, request
        + def preview():
        +     url = request.args["url"]
        +     if urlsplit(url).hostname not in HOSTS:
        +         abort(400)
        +     return requests.get(url, timeout=5).text

    Allowed: a value beside the address
        === shop/views.py
          import requests
          from flask import request
        + def search():
        +     return requests.get(SEARCH, params={"q": request.args["q"]}, timeout=5).json()
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_places import (  # noqa: PLC0415 (imports libcst)
        ADDRESSES,
    )
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    yield from flows(python, ADDRESSES, cleaners=frozenset(("urllib.parse.quote",)))
