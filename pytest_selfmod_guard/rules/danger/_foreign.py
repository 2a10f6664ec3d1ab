"""Where a value comes from, in the few kinds that matter to what runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

NETWORK = "the network"
LINK = "a socket"
"""The thing itself: what is read from it is of the network, its port is not."""
HIDDEN = "encoded text"
REQUEST = "a request"
ASKED = "whoever starts or uses the program"

_NETWORK = re.compile(
    r"(?:requests|httpx|aiohttp|urllib3|httplib2?|http\.client|ftplib|telnetlib|websockets?|pycurl"
    r"|wget|paramiko|socketserver|urllib2|telebot|telegram|discord|slack_sdk|gdown|tweepy"
    r"|(?:six\.moves\.)?urllib\.request|dns\.resolver|xmlrpc\.client|imaplib|poplib|zmq)\.[\w.]+"
    r"|urllib\.(?:urlopen|urlretrieve)"
    r"|asyncio\.(?:open_connection|open_unix_connection|start_server)"
    r"|\*\.(?:recv|recvfrom|recv_into|recvmsg|recv_string|urlopen|rfile|makefile)(?:\.[\w.]+)?"
)
_NOT_NETWORK = re.compile(r".*\.(?:exceptions?|RequestException|quote|pathname2url|utils)(?:\..*)?")
_HIDDEN = re.compile(
    r"(?:base64|binascii)\.(?:\w*decode\w*|unhexlify|a2b_\w+)|(?:zlib|gzip|bz2|lzma)\.\w*[dD]ecompress\w*"
    r"|marshal\.loads?|codecs\.(?:decode|getdecoder|lookup)|builtins\.(?:bytes|bytearray)\.fromhex"
    r"|(?:bytes|bytearray)\.fromhex|builtins\.chr|cryptography\.(?:fernet|hazmat)[\w.]*"
    r"|(?:Crypto|Cryptodome|pyaes|nacl|rsa|stegano|fernet)\.[\w.]+|\*\.(?:decrypt|decompress|reveal|fromhex)"
    r"|base45\.\w+|base58\.\w+|base91\.\w+|ast85\.\w+"
)
_REQUEST = re.compile(
    r"(?:flask|quart|bottle|sanic|web|cherrypy)\.(?:globals\.)?(?:request|input|wsgi\.\w+)(?:\..+)?"
    r"|param:[\w.]*\b(?:request|\w*handler\.event)(?:\..+)?|\*\.(?:GET|POST|COOKIES|FILES|query_params|get_argument"
    r"|get_json|get_body_argument|get_query_argument)(?:\..+)?"
)
_LINK = re.compile(r"socket(?:\.(?:socket|create_\w+|socketpair))?(?:\..+)?|\*\.accept")
_ASKED = re.compile(
    r"builtins\.(?:input|raw_input)|sys\.(?:argv|stdin)(?:\..+)?|os\.(?:environ|getenv)(?:\..+)?"
)
_TABLE = (
    (HIDDEN, _HIDDEN),
    (NETWORK, _NETWORK),
    (REQUEST, _REQUEST),
    (ASKED, _ASKED),
    (LINK, _LINK),
)


def kinds(origins: Iterable[str]) -> frozenset[str]:
    """Tell which kinds some origins are of: hidden, from the network, from a request, asked."""
    return frozenset(
        kind
        for kind, pattern in _TABLE
        if any(
            pattern.fullmatch(name) and not (kind == NETWORK and _NOT_NETWORK.fullmatch(name))
            for name in origins
        )
    )


def kinds_of(python: Python, *nodes: cst.BaseExpression | None) -> frozenset[str]:
    """Tell which kinds of origin expressions have."""
    names = {name for node in nodes if node is not None for name in python.origins(node)}
    if any(one.module.startswith(("pytest", "_pytest")) for one in python.imports):
        # What a fixture calls its request has nothing to do with the web.
        names = {name for name in names if not name.startswith("param:")}
    return kinds(names)


def worst(found: frozenset[str]) -> str:
    """Name the kind that says most; nothing where there is none."""
    return next((kind for kind, _ in _TABLE if kind in found), "")
