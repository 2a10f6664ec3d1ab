"""
The address of a PostgreSQL database: what it says, and how to show it without its password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import quote

from pytest_selfmod_guard.errors import JournalError

_UNREADABLE = "postgresql://..."

_WHERE = ("host", "hostaddr", "port", "dbname", "options")
"""What says which journal it is: that is for the address alone. A variable such
as ``PGHOSTADDR`` would lead to another one, which knows of no failure."""

_DEFAULTS = {
    "fallback_application_name": "selfmod-guard",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",  # milliseconds
}
"""Mostly how soon a server that is gone is noticed: without these a lost cable takes hours."""


class Address:
    """Where a journal is; whatever shows it shows no password."""

    def __init__(self, text: str) -> None:
        """Take an address as the policy has it; it is read when it is needed."""
        self._text = text

    def __repr__(self) -> str:
        return f"Address({self.place!r})"

    @property
    def place(self) -> str:
        """The address without its password; of what cannot be read, nothing."""
        try:
            parts = self._parts
        except JournalError:
            return _UNREADABLE
        user = quote(parts["user"], safe="") + "@" if "user" in parts else ""
        where = f"{user}{_hosts(parts)}/{quote(parts.get('dbname', ''))}"
        shown = ("hostaddr", "service", "options")
        more = "&".join(f"{key}={quote(parts[key])}" for key in shown if key in parts)
        return f"postgresql://{where}{'?' if more else ''}{more}"

    def require(self) -> None:
        """
        Find out whether it can be read at all.

        :raises JournalError: there is no driver, or this is no address
        """
        _ = self._parts

    @property
    def settings(self) -> dict[str, str]:
        """
        What libpq is to be told.

        :raises JournalError: there is no driver, or this is no address
        """
        fixed = {} if "service" in self._parts else dict.fromkeys(_WHERE, "")
        return {**_DEFAULTS, **fixed, **self._parts, "client_encoding": "UTF8"}

    @cached_property
    def _parts(self) -> dict[str, str]:
        parts = _parsed(self._text)
        if parts is None or _is_misread(parts):
            raise JournalError(
                "journal-address",
                'the policy\'s "journal" is no address of a PostgreSQL database',
                context=_UNREADABLE,
                hint="write postgresql://user@host:port/database, in it %40 for @ and %2F for /, "
                "and leave the password to ~/.pgpass or PGPASSWORD",
            )
        return parts


def _parsed(text: str) -> dict[str, str] | None:
    """Let libpq read it; what libpq says of a bad one is dropped, for it quotes the password."""
    try:
        # A tenth of a second, for those alone who have such a journal.
        from psycopg import Error  # noqa: PLC0415 (100 ms, and an extra)
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
    except ImportError as error:
        raise JournalError(
            "journal-without-driver",
            f"a journal in PostgreSQL needs psycopg, which cannot be imported ({error})",
            hint="run pip install 'pytest-selfmod-guard[postgres]'",
        ) from error
    try:
        return {key: str(value) for key, value in conninfo_to_dict(text).items()}
    except Error:
        return None


def _is_misread(parts: Mapping[str, str]) -> bool:
    """Tell whether a password with a bare "/" or "@" in it was taken for what follows it."""
    strange = "@" in parts.get("host", "") + parts.get("dbname", "")
    return strange or not re.fullmatch("[0-9,]*", parts.get("port", ""))


def _hosts(parts: Mapping[str, str]) -> str:
    hosts, ports = (parts.get(key, "").split(",") for key in ("host", "port"))
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    pairs = zip(hosts, ports, strict=True)
    return ",".join(quote(host, safe="") + (f":{port}" if port else "") for host, port in pairs)
