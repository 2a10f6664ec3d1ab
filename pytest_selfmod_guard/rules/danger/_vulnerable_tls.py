"""Connections whose other end nobody checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_settings import (
    Setting,
    Test,
    assigned,
    called,
    like,
    off,
    on,
    passed,
)
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Python

_UNCHECKED = "the other end of the connection is not checked, so anybody may be it"
_OLD = "the protocol is broken, and switched off everywhere else"
_OLD_NAME = (
    r"PROTOCOL_(?:SSLv2|SSLv3|TLSv1|TLSv1_1)$|\b(?:SSLv2|SSLv3|TLSv1|TLSv1_1)_METHOD$"
    r"|TLSVersion\.(?:SSLv3|TLSv1|TLSv1_1)$"
)
_VERBS = "get|post|put|patch|delete|head|options|request|stream|send|ws_connect"
_CLIENTS = (
    rf"(?:requests|httpx|niquests|aiohttp|urllib3)\.(?:[\w.]+\.)?(?:{_VERBS}|Session|Client"
    rf"|AsyncClient"
    r"|TCPConnector|create_ssl_context)"
    rf"|(?:\*|[\w.]+(?:Session|Client))\.(?:{_VERBS}|merge_environment_settings)"
)
_ANY = r"[\w.*]+"
_HOST_KEYS = r"\*\.set_missing_host_key_policy|paramiko\.[\w.]+\.set_missing_host_key_policy"
_AWS = r"boto3\.(?:client|resource|Session|session\.Session)|\*\.(?:client|resource)|botocore[\w.]+"
_TRUSTING = "a host that nobody knows is trusted at first sight"


def _setting(names: str, keyword: str, test: Test, position: int | None = None) -> Setting:
    return Setting(re.compile(names), keyword, position, test, _UNCHECKED)


def _old(names: str, keyword: str, position: int | None) -> Setting:
    return Setting(re.compile(names), keyword, position, like(_OLD_NAME), _OLD)


_CALLS = (
    *(_setting(_CLIENTS, keyword, off) for keyword in ("verify", "verify_ssl")),
    _setting(rf"aiohttp\.[\w.]+|\*\.(?:{_VERBS})", "ssl", off),
    _setting(_AWS, "verify", off),
    *(_setting(_ANY, keyword, off) for keyword in ("verify_certs", "check_hostname")),
    *(_setting(_ANY, keyword, off) for keyword in ("validate_cert", "validate_certs")),
    _setting(_ANY, "ssl_verify_peer", off),
    _setting(_ANY, "disable_ssl_certificate_validation", on),
    *(_setting(_ANY, keyword, on) for keyword in ("tlsAllowInvalidCertificates", "tlsInsecure")),
    _setting(_ANY, "cert_reqs", like(r"CERT_NONE$")),
    _setting(_ANY, "ssl_cert_reqs", like(r"^(?:none|None)$|CERT_NONE$")),
    _setting(r"OpenSSL\.SSL\.Context\.set_verify|\*\.set_verify", "mode", like(r"VERIFY_NONE$"), 0),
    _setting(
        r"asyncssh\.(?:connect|create_connection)", "known_hosts", lambda value, _: value is None
    ),
    _old(r"ssl\.(?:SSLContext|wrap_socket)", "protocol", 0),
    _old(r"ssl\.get_server_certificate|ssl\.wrap_socket", "ssl_version", 1),
    _old(_ANY, "ssl_version", None),
    _old(r"OpenSSL\.SSL\.Context", "method", 0),
    Setting(
        re.compile(_HOST_KEYS), "policy", 0, like(r"(?:AutoAddPolicy|WarningPolicy)\b"), _TRUSTING
    ),
)
_SETTINGS = (
    _setting(r"(?:.*\.)?verify_mode", "", like(r"CERT_NONE$")),
    _setting(r"(?:.*\.)?check_hostname", "", off),
    _setting(r".*\.(?:verify|verify_ssl|verify_certs)", "", off),
    _setting(r"ssl\._create_default_https_context", "", like(r"_create_unverified_context$")),
    _setting(r".*(?:PYTHONHTTPSVERIFY|NODE_TLS_REJECT_UNAUTHORIZED)\]", "", like(r"^0$")),
    _old(r"(?:.*\.)?(?:minimum_version|maximum_version|ssl_version)", "", None),
)
_CONTEXTS = re.compile(r"ssl\.(?:_create_unverified_context|wrap_socket)")
_STRICT = re.compile(
    r"StrictHostKeyChecking[=\s]+(?:no|off)\b|UserKnownHostsFile[=\s]+/dev/null", re.IGNORECASE
)
_INSECURE = re.compile(
    r"(?:^|\s)(?:curl\s[^|;]{0,80}\s?(?:-k\b|--insecure)|wget\s[^|;]{0,80}--no-check-certificate"
    r"|--no-check-certificate|--insecure)"
)
_RUNS = re.compile(
    r"subprocess\.\w+|os\.(?:system|popen|exec\w+|spawn\w+)|asyncio\.create_subprocess_\w+"
    r"|pexpect\.\w+"
)
_CLEAR = re.compile(r"telnetlib\.Telnet|ftplib\.FTP")


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where a connection is not checked."""
    yield from passed(python, _CALLS)
    yield from assigned(python, _SETTINGS)
    for call, name in called(python, _CONTEXTS):
        checks = call.arg(python, 3, "cert_reqs")
        is_checked = checks is not None and "CERT_REQUIRED" in python.code(checks)
        if name == "ssl._create_unverified_context" or not is_checked:
            yield sighting(python, call.node, call.scope, _UNCHECKED)
    yield from _commands(python)
    yield from _curl(python)
    for call, name in called(python, _CLEAR):
        what = f"{name} sends everything, passwords too, for all to read"
        yield sighting(python, call.node, call.scope, what, Risk.MEDIUM)


def _commands(python: Python) -> Iterator[Sighting]:
    """Say where a program is told not to check."""
    for call, _ in called(python, _RUNS):
        words = " ".join(_words(python, arg.value) for arg in call.node.args)
        if _STRICT.search(words) or _INSECURE.search(words):
            yield sighting(python, call.node, call.scope, _UNCHECKED)


def _words(python: Python, node: cst.BaseExpression) -> str:
    value = python.fold(node)
    if isinstance(value, list | tuple):
        return " ".join(str(part) for part in value)
    if isinstance(value, str):
        return value
    if isinstance(node, cst.List | cst.Tuple):
        parts = [python.fold(element.value) for element in node.elements]
        return " ".join(part if isinstance(part, str) else "x" for part in parts)
    if isinstance(node, cst.FormattedString):
        return "".join(
            p.value if isinstance(p, cst.FormattedStringText) else "x" for p in node.parts
        )
    return ""


def _curl(python: Python) -> Iterator[Sighting]:
    for call in python.calls:
        name = (
            call.arg(python, 0, "option")
            if any(n.endswith(".setopt") for n in call.names)
            else None
        )
        if name is None or not re.search(r"SSL_VERIFY(?:PEER|HOST)$", python.code(name)):
            continue
        value = call.arg(python, 1, "value")
        if value is not None and off(python.fold(value), ""):
            yield sighting(python, call.node, call.scope, _UNCHECKED)
