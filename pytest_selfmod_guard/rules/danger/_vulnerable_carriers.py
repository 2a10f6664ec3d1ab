"""Calls that carry on what they are given, and calls that make it harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

CLEANERS = frozenset(
    (
        *("builtins.int", "builtins.float", "builtins.bool", "builtins.len", "builtins.abs"),
        *("builtins.round", "builtins.hash", "builtins.ord", "builtins.id", "builtins.sum"),
        *("uuid.UUID", "decimal.Decimal", "datetime.date.fromisoformat",
        "datetime.datetime.fromisoformat"),
        *("ipaddress.ip_address", "ipaddress.IPv4Address", "django.shortcuts.get_object_or_404"),
    )
)  # fmt: skip
_ALL = re.compile(
    r"builtins\.(?:str|bytes|bytearray|list|tuple|dict|set|frozenset|sorted|reversed|format|repr"
    r"|iter|next|zip"
    r"|enumerate|min|max|filter|memoryview|unicode)|os\.path\.(?:join|abspath|normpath"
    r"|expanduser|realpath|dirname|expandvars|splitext|split)"
    r"|os\.(?:fspath|fsdecode|fsencode)|pathlib\.(?:Pure)?(?:Posix|Windows)?Path"
    r"|urllib\.parse\.(?:unquote|unquote_plus|urljoin|urlparse|urlsplit|urlunparse|parse_qs"
    r"|parse_qsl)"
    r"|urlparse\.\w+|urllib\.unquote|json\.loads?|json\.dumps|simplejson\.loads|orjson\.loads"
    r"|yaml\.safe_load"
    r"|base64\.\w+|binascii\.\w+|codecs\.(?:decode|encode)|html\.unescape|textwrap\.\w+"
    r"|string\.Template"
    r"|io\.(?:StringIO|BytesIO|TextIOWrapper)|copy\.(?:copy|deepcopy)|ast\.literal_eval"
    r"|zlib\.decompress|gzip\.decompress"
    r"|itertools\.\w+|operator\.\w+|builtins\.open|io\.open|string\.capwords|six\.\w+"
    r"|typing\.cast|unicodedata\.normalize"
    r"|urllib\.request\.Request|asyncio\.(?:wait_for|to_thread)|django\.utils\.encoding\.\w+"
    r"|email\.mime\.text\.MIMEText"
    r"|shlex\.split|sqlalchemy\.text|sqlalchemy\.sql\.text|sqlalchemy\.sql\.expression\.text"
    r"|markupsafe\.Markup|flask\.Markup"
)
"""Functions whose result is made from all their arguments."""
_METHODS = frozenset(
    (
        "format", "format_map", "join", "joinpath", "with_name", "replace", "safe_substitute",
        "substitute", "setdefault", "__mod__", "__add__", "__format__", "with_suffix", "partition",
    )
)  # fmt: skip
"""Methods whose result is also made from their arguments."""
_CHECKS = frozenset(
    (
        "startswith", "endswith", "isdigit", "isalnum", "isalpha", "isdecimal", "isnumeric",
        "isidentifier", "isspace",
        "count", "find", "index", "rfind", "rindex", "exists", "is_file", "is_dir", "hexdigest",
        "digest", "is_valid",
        "islower", "isupper", "fileno", "tell", "bit_length", "check_password", "is_relative_to",
        "keys_valid",
    )
)  # fmt: skip
"""Methods that only tell something about what they are called on."""
_ALLOWED = re.compile(r"\[\^[^\]]{1,80}\][+*]?$")


def carried(python: Python, node: cst.Call) -> Iterator[cst.BaseExpression]:
    """Give what of a call's parts its result is made from."""
    names = python.names(node.func)
    if any(_ALL.fullmatch(name) for name in names):
        yield from (arg.value for arg in node.args)
    elif names & {"re.sub", "re.subn"}:
        yield from _substituted(python, node, 2)
    elif names & {"builtins.map"}:
        yield from (arg.value for arg in node.args[1:])
    elif isinstance(node.func, cst.Attribute):
        yield from _of_method(node, node.func)


def _of_method(node: cst.Call, func: cst.Attribute) -> Iterator[cst.BaseExpression]:
    method = func.attr.value
    if method in _CHECKS:
        return
    if method in ("sub", "subn"):
        yield from (arg.value for arg in node.args[1:2])
        return
    yield func
    if method in _METHODS:
        yield from (arg.value for arg in node.args)
    elif method in ("get", "pop"):
        yield from (arg.value for arg in node.args[1:])


def _substituted(python: Python, node: cst.Call, at: int) -> Iterator[cst.BaseExpression]:
    """Give what ``re.sub`` works on, unless it drops all but what it allows."""
    pattern = python.fold(node.args[0].value) if node.args else None
    if isinstance(pattern, str) and _ALLOWED.search(pattern):
        return
    yield from (arg.value for arg in node.args[at : at + 1])
