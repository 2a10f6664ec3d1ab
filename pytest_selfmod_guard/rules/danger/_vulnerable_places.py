"""Paths, addresses, programs and patterns that foreign data must not choose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_pieces import pieces
from pytest_selfmod_guard.rules.danger._vulnerable_receivers import is_made_by, receiver
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import Sink, sink
from pytest_selfmod_guard.rules.danger._vulnerable_sources import Source
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_CLIENT = re.compile(r"(?:^|\.)(?:Session|Client|AsyncClient|ClientSession|PoolManager|session)$")
_FIXED = re.compile(r"(?:https?|wss?|ftp)://[^/?#\s]+[/?#]")
_STORAGE = re.compile(r"storage|\bfs\b|serializer|form\b|model|repo|session", re.IGNORECASE)


def _is_upload(python: Python, call: Call, _: Source) -> Risk | None:
    """``upload.save(path)`` writes a file; ``model.save(data)`` and a storage do not."""
    on = receiver(call.node)
    if on is None or _STORAGE.search(python.code(on)):
        return None
    path = call.arg(python, 0, "dst")
    built = isinstance(path, cst.BinaryOperation | cst.FormattedString | cst.Call)
    return Risk.HIGH if built or sources(python, on) else None


def _is_client(python: Python, call: Call, source: Source) -> Risk | None:
    made = is_made_by(python, receiver(call.node), _CLIENT)
    return _by_host(python, call, source) if made else None


def _by_host(python: Python, call: Call, _: Source) -> Risk | None:
    """Where the host is constant, a stranger can only choose what he asks it for."""
    is_request = any(name.endswith((".request", ".stream")) for name in call.names)
    address = call.arg(python, 1 if is_request else 0, "url")
    before = ""
    for piece in pieces(python, address) if address is not None else ():
        if not isinstance(piece, str):
            if sources(python, piece):
                break
            before += "http://fixed" if not before else "x"
        else:
            before += piece
    if not _FIXED.match(before):
        return Risk.HIGH
    return None if "?" in before or "#" in before else Risk.MEDIUM


def _is_program(python: Python, call: Call, _: Source) -> Risk | None:
    """The program itself is worse than one of its arguments; a shell is SMG204's."""
    if call.arg(python, None, "shell") is not None:
        return None
    command = call.arg(python, 0, "args")
    if not isinstance(command, cst.List | cst.Tuple):
        return Risk.HIGH
    first = command.elements[0].value if command.elements else None
    return Risk.HIGH if sources(python, first) else Risk.MEDIUM


def _is_prefixed(python: Python, call: Call, _: Source) -> Risk | None:
    """``getattr(self, "do_" + name)`` reaches only what is meant to be reached."""
    name = call.arg(python, 1, "name")
    parts = pieces(python, name) if name is not None else []
    if parts and isinstance(parts[0], str) and parts[0]:
        return None
    return Risk.HIGH if _is_called(python, call) else Risk.MEDIUM


def _is_called(python: Python, call: Call) -> bool:
    """Tell whether what a call gives is called, by itself or by a name."""
    if any(other.node.func is call.node for other in python.calls):
        return True
    known = facts(python)
    names = [target for target, value in known.assignments if value is call.node]
    return any(isinstance(name, cst.Name) and name.value in known.callers for name in names)


_OPENS = "opens a file of the sender's choice"
PATHS: tuple[Sink, ...] = (
    sink(
        r"(?:builtins|io|codecs|os|aiofiles|gzip|bz2|lzma|tarfile|anyio)\.open|builtins\.file"
        r"|anyio\.open_file",
        ((0, "file"), (0, "filename"), (0, "path"), (0, "name")),
        _OPENS,
    ),
    sink(
        r"zipfile\.ZipFile|numpy\.load(?:txt)?|pandas\.read_\w+|PIL\.Image\.open",
        ((0, "file"),),
        _OPENS,
    ),
    sink(
        r"os\.(?:remove|unlink|rmdir|removedirs|mkdir|makedirs|listdir|scandir|walk|chmod|chown"
        r"|truncate|mkfifo)",
        ((0, "path"), (0, "name")),
        "touches a file of the sender's choice",
    ),
    sink(
        r"os\.(?:rename|replace|renames|link|symlink)|shutil\.(?:copy(?!fileobj)\w*|move)",
        ((0, "src"), (1, "dst")),
        "touches a file of the sender's choice",
    ),
    sink(
        r"shutil\.(?:rmtree|make_archive|unpack_archive|chown)",
        ((0, "path"), (0, "filename"), (1, "extract_dir")),
        "touches files of the sender's choice",
    ),
    sink(
        r"(?:flask|quart)(?:\.helpers|\.utils)?\.send_file|(?:starlette"
        r"|fastapi)\.responses\.FileResponse"
        r"|aiohttp\.web\.FileResponse|sanic\.response\.file(?:_stream)?"
        r"|tornado\.web\.StaticFileHandler",
        ((0, "path_or_file"), (0, "path"), (0, "filename_or_fp"), (0, "location")),
        "sends a file of the sender's choice",
    ),
    sink(
        r"flask\.(?:helpers\.)?send_from_directory",
        ((0, "directory"),),
        "sends a file of the sender's choice",
    ),
    sink(
        r"(?:\*|pathlib\.(?:Posix|Windows)?Path)\.(?:read_text|read_bytes|write_text|write_bytes"
        r"|unlink|rmdir|touch|iterdir|rglob|open|mkdir)",
        ((-1, ""),),
        "touches a file of the sender's choice",
    ),
    sink(r"\*\.save", ((0, "dst"),), "writes to a path of the sender's choice", _is_upload),
)
ADDRESSES: tuple[Sink, ...] = (
    sink(
        r"(?:requests|httpx|niquests|requests\.api|urllib3)\.(?:get|post|put|patch|delete|head"
        r"|options)"
        r"|urllib\.request\.(?:urlopen|urlretrieve|Request)|urllib2?\.(?:urlopen|Request"
        r"|urlretrieve)",
        ((0, "url"),),
        "asks an address of the sender's choice",
        _by_host,
    ),
    sink(
        r"(?:requests|httpx|niquests|urllib3|aiohttp)\.(?:request|stream)",
        ((1, "url"),),
        "asks an address of the sender's choice",
        _by_host,
    ),
    sink(
        r"(?:\*|[\w.]*(?:Session|Client))\.(?:get|post|put|patch|delete|head|ws_connect)",
        ((0, "url"),),
        "asks an address of the sender's choice",
        _is_client,
    ),
    sink(
        r"(?:\*|[\w.]*(?:Session|Client))\.(?:request|stream)",
        ((1, "url"),),
        "asks an address of the sender's choice",
        _is_client,
    ),
    sink(
        r"http\.client\.HTTPS?Connection|httplib\.HTTPS?Connection|ftplib\.FTP|telnetlib\.Telnet"
        r"|smtplib\.SMTP(?:_SSL)?"
        r"|websockets?\.(?:connect|create_connection)|asyncio\.open_connection"
        r"|socket\.create_connection",
        ((0, "host"), (0, "address"), (0, "uri")),
        "connects to a host of the sender's choice",
    ),
)
PROGRAMS: tuple[Sink, ...] = (
    sink(
        r"subprocess\.(?:run|Popen|call|check_call|check_output)|asyncio\.create_subprocess_exec"
        r"|os\.(?:exec|spawn)\w+"
        r"|os\.posix_spawnp?|pexpect\.(?:spawn|run)",
        ((0, "args"), (1, ""), (2, "")),
        "becomes part of a command",
        _is_program,
    ),
    sink(
        r"\*\.exec_command|\*\.send_command|fabric\.[\w.]*\.(?:run|sudo)|invoke\.run"
        r"|docker\.[\w.]*\.run|\*\.containers\.run",
        ((0, "command"),),
        "runs as a command somewhere else",
    ),
    sink(
        r"importlib\.import_module|builtins\.__import__|importlib\.__import__|pydoc\.locate"
        r"|django\.utils\.module_loading\.import_string"
        r"|werkzeug\.utils\.import_string",
        ((0, "name"),),
        "chooses what is imported",
    ),
    sink(r"builtins\.getattr", ((1, "name"),), "chooses what is called or read", _is_prefixed),
)
PATTERNS: tuple[Sink, ...] = (
    sink(
        r"(?:re|regex)\.(?:compile|search|match|fullmatch|sub|subn|findall|finditer|split)",
        ((0, "pattern"),),
        "is a pattern that may take for ever",
    ),
    sink(
        r"\*\.(?:format|format_map)|builtins\.str\.format",
        ((-1, ""),),
        "is a format that may read any attribute",
        lambda python, call, _: _is_template(python, call),
    ),
)


def _is_template(python: Python, call: Call) -> Risk | None:
    """A constant with foreign pieces put in is a text; a foreign text is a template."""
    on = receiver(call.node)
    if on is None or not call.node.args:
        return None
    return (
        None
        if any(isinstance(piece, str) and piece.strip() for piece in pieces(python, on))
        else Risk.HIGH
    )
