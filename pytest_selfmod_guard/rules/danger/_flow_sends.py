"""Where a file sends something out, and what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_headers import loud_headers
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_sources import CLIENTS, PROCESSES, SENDING
from pytest_selfmod_guard.rules.danger._flow_texts import sketch

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call

_SENDING = frozenset(
    (
        "get", "post", "put", "patch", "request", "delete", "head", "options", "urlopen",
        "urlretrieve", "Request", "open",
        "send", "sendall", "sendto", "sendmail", "send_message", "send_photo", "send_document",
        "send_file", "send_media_group",
        "sendMessage", "sendDocument", "sendPhoto", "send_text", "send_json", "send_bytes",
        "send_str", "storbinary", "storlines",
        "upload_file", "upload_fileobj", "put_object", "publish", "emit", "upload",
        "files_upload", "files_upload_v2",
        "chat_postMessage", "putfo", "insert_one", "insert_many", "ws_connect", "connect",
        "create_connection",
        "DiscordWebhook", "Webhook", "add_file", "add_embed", "set_content", "fetch", "stream",
        "files_put", "write_pipe", "sendfile", "writelines", "write", "put_nowait", "lpush",
        "append_row",
        "post_message", "single", "perform", "HTTPConnection", "HTTPSConnection", "SMTP",
        "SMTP_SSL", "FTP", "FTP_TLS", "Telnet", "setopt", "build_opener", "single_shot",
        "send_audio", "exec_command",
        "create_paste", "uploadFile", "upload_from_filename", "upload_from_string",
        "upload_blob", "send_email", "create_gist",
    )
)  # fmt: skip
_RESOLVERS = re.compile(
    r"^(?:socket\.(?:gethostbyname(?:_ex)?|getaddrinfo)|dns\.resolver\.(?:resolve"
    r"|query)|aiodns\.\S+)$"
)
_RESOLVING = frozenset(("resolve", "query", "gethostbyname", "getaddrinfo"))
_FETCHERS = re.compile(
    r"\b(?:curl|wget|nslookup|dig|host|nc|ncat|netcat|socat|scp|rsync"
    r"|ftp|tftp|invoke-webrequest|invoke-restmethod|iwr|irm"
    r"|net\.webclient|bitsadmin|certutil|mshta|telnet|sendmail|mail"
    r"|http|https|aws s3|gsutil|ping|rclone)\b",
    re.IGNORECASE,
)
_QUIET = frozenset(
    (
        "auth", "cert", "verify", "timeout", "connector", "user_agent",
        "key_filename",
        "pkey", "username", "password", "private_key", "context", "ssl", "known_hosts",
        "client_keys",
    )
)  # fmt: skip
"""Parameters by which a caller says who he is."""
_HEADERS = frozenset(("headers", "cookies", "extra_headers", "additional_headers"))
"""Parameters of which some entries do."""
_SETTINGS = frozenset(("env", "cwd", "proxies", "trust_env", "input_encoding"))
"""Parameters that tell the call how to work."""


class Send(NamedTuple):
    """One call that sends something out."""

    call: Call
    marks: Mark
    """Of all that is handed over."""
    loud: Mark
    """Of what is handed over otherwise than to log in."""
    headers: Mark = Mark.NOTHING
    """Of what stands in headers, to log in or not."""
    is_command: bool = False
    is_lookup: bool = False
    """Whether it asks for a host by a name that is put together."""


def sends(flow: Flow) -> Iterator[Send]:
    """Give every call of a file that sends something out."""
    for call in flow.python.calls:
        names = flow.edges.names(call.node)
        if any(name.startswith(PROCESSES) for name in names):
            if _FETCHERS.search(sketch(flow.python, call.node)):
                marks = _handed(flow, call.node)
                yield Send(call, marks, marks, is_command=True)
        elif _is_send(flow, call.node, names):
            marks = _handed(flow, call.node)
            looks_up = (
                any(_RESOLVERS.match(name) for name in names)
                or called_name(call.node) in _RESOLVING
            )
            loud, shown = _loud(flow, call.node), _shown(flow, call.node)
            yield Send(call, marks, loud, shown, is_lookup=looks_up)


def texts(flow: Flow, node: cst.Call) -> list[str]:
    """Give what the arguments of a call look like."""
    return [sketch(flow.python, arg.value) for arg in node.args]


def _is_send(flow: Flow, node: cst.Call, names: frozenset[str]) -> bool:
    name = called_name(node)
    if any(_RESOLVERS.match(known) for known in names):
        return _is_made_up(flow, node)
    if any(_is_direct(known) for known in names):
        return True
    if name in SENDING and not any("." in known and not known.startswith("*") for known in names):
        return True
    receiver = getattr(node.func, "value", None) if hasattr(node.func, "attr") else None
    if receiver is None or not flow.marks(receiver) & Mark.CLIENT:
        return False
    return name in _SENDING or (name in _RESOLVING and _is_made_up(flow, node))


def _is_direct(name: str) -> bool:
    root, _, rest = name.partition(".")
    return root in CLIENTS and rest.rpartition(".")[2] in _SENDING


def _is_made_up(flow: Flow, node: cst.Call) -> bool:
    """Tell whether a host name is put together: an own name is looked up by every other program."""
    text = sketch(flow.python, node.args[0].value) if node.args else ""
    return "*" in text and "." in text


def _handed(flow: Flow, node: cst.Call) -> Mark:
    marks = Mark.NOTHING
    for arg in node.args:
        if arg.keyword is None or arg.keyword.value not in _SETTINGS:
            marks |= flow.marks(arg.value)
    receiver = getattr(node.func, "value", None) if hasattr(node.func, "attr") else None
    if receiver is not None and called_name(node) in ("execute", "perform"):
        marks |= flow.marks(receiver)
    return marks


def _loud(flow: Flow, node: cst.Call) -> Mark:
    marks = Mark.NOTHING
    for arg in node.args:
        name = arg.keyword.value if arg.keyword is not None else ""
        if name in _HEADERS:
            marks |= loud_headers(flow, arg.value)
        elif name not in _QUIET | _SETTINGS:
            marks |= flow.marks(arg.value)
    return marks


def _shown(flow: Flow, node: cst.Call) -> Mark:
    marks = Mark.NOTHING
    for arg in node.args:
        if arg.keyword is not None and arg.keyword.value in _HEADERS:
            marks |= flow.marks(arg.value)
    return marks
