"""A real PostgreSQL server to test with, run by an ordinary user in a folder of its own."""

from __future__ import annotations

import glob
import itertools
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

PASSWORD = "open sesame/@%"  # noqa: S105 (of a server that lives as long as the tests)
"""The owner's, by the network; by the socket nobody is asked for one."""

# It ends with its input, which is with the tests, however these end.
_KEEPER = r"""
here=$PWD
down() { pg_ctl -D data -m immediate -w stop; }
up() { pg_ctl -D data -l log -w -t 30 -o "-p $PORT -k $here -h 127.0.0.1 $SETTINGS" start; }
again() { pg_ctl -D data -m fast -w stop && up; }
standby() { pg_ctl -D data -m fast -w stop && touch data/standby.signal && up; }
promote() { pg_ctl -D data -w promote; }
made() {
    initdb --no-sync --no-instructions -U owner -A trust --auth-host=scram-sha-256 \
        --pwfile=password --encoding=UTF8 --locale=C -D data
}
trap '' PIPE
trap 'down >said 2>&1; cd / && rm -rf "$here"' EXIT
{ made && up; } >said 2>&1 || { cat said log >&2; exit 1; }
echo 0
while read -r word; do "$word" >said 2>&1; echo $?; done
"""
_PROGRAMS = ("initdb", "pg_ctl", "postgres")


def programs() -> str:
    """Find the folder of PostgreSQL's own programs; empty where there is none."""
    asked = shutil.which("pg_config")
    named = [subprocess.check_output([asked, "--bindir"], text=True).strip()] if asked else []
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=_number, reverse=True)
    for folder in (*os.get_exec_path(), *named, *debian):
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in _PROGRAMS):
            return folder
    return ""


def needed_programs(environ: Mapping[str, str]) -> str:
    """Find that folder, or leave the test out; in CI, where nobody would notice, let it fail."""
    found = programs()
    if not found:
        missed = "NOT PROVEN: that a journal in PostgreSQL works; run: sudo apt install postgresql"
        (pytest.fail if environ.get("CI") else pytest.skip)(missed)
    return found


class Server:
    """A running server; whoever tests makes a schema, a database or a role of their own in it."""

    def __init__(self, keeper: subprocess.Popen[str], folder: str, port: int) -> None:
        """Take who keeps it, the folder of its socket, and its port on this machine."""
        self._keeper = keeper
        self._numbers = itertools.count(1)
        self.folder = folder
        self.port = port

    def address(self, schema: str = "", user: str = "owner", database: str = "postgres") -> str:
        """Give the address of a schema, by the socket."""
        options = f"&options=-csearch_path%3D{schema}" if schema else ""
        where = f"host={quote(self.folder, safe='')}&port={self.port}"
        return f"postgresql://{user}@/{database}?{where}{options}"

    def by_network(self, password: str, schema: str = "") -> str:
        """Give the same with a password, by the network."""
        options = f"?options=-csearch_path%3D{schema}" if schema else ""
        secret = quote(password, safe="")
        return f"postgresql://owner:{secret}@127.0.0.1:{self.port}/postgres{options}"

    def new(self, kind: str = "schema", more: str = "") -> str:
        """Make a schema, a database or a role that nobody has used, and give its name."""
        name = f"{kind}_{next(self._numbers)}"
        self.sql(f"create {kind} {name} {more}")
        return name

    def sql(self, statements: str, schema: str = "", user: str = "owner") -> list[Any]:
        """Run statements, and give the rows of the first one."""
        with psycopg.connect(self.address(schema, user), autocommit=True) as connection:
            cursor = connection.execute(statements.encode())
            return cursor.fetchall() if cursor.description else []

    def go(self, word: str) -> None:
        """Let the server go ``down``, ``up``, both (``again``), ``standby`` or ``promote``."""
        assert self._keeper.stdin
        self._keeper.stdin.write(f"{word}\n")
        self._keeper.stdin.flush()
        self.wait()

    def wait(self) -> None:
        """Wait until the keeper has done what it was told."""
        assert self._keeper.stdout
        assert self._keeper.stdout.readline() == "0\n", "PostgreSQL does not do it"


@contextmanager
def running(folder_of_programs: str, settings: str = "-F -N 40") -> Iterator[Server]:
    """Run a server until this ends, or the process does; settings are options of `postgres`."""
    # A socket has to have a short path.
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")
    with open(os.path.join(folder, "password"), "w", encoding="utf-8") as file:
        file.write(PASSWORD)
    owner = _ordinary_user()
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    os.chown(file.name, owner.pw_uid, owner.pw_gid)
    port = _free_port()
    environ = {
        "PATH": f"{folder_of_programs}:{os.defpath}",
        "LC_ALL": "C",
        "PORT": str(port),
        "SETTINGS": settings,
    }
    with subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER],
        cwd=folder,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # an interrupt is for the tests, which then close its input
        **_as(owner),
    ) as keeper:
        server = Server(keeper, folder, port)
        server.wait()
        yield server
        keeper.communicate()


def _ordinary_user() -> pwd.struct_passwd:
    """Give who we are, or somebody else when that is root: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as(owner: pwd.struct_passwd) -> dict[str, Any]:
    if os.geteuid():
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _number(folder: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", folder)]
