"""SMG278: a program empties what its users keep while it runs or starts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_TABLES = (
    r"[\"'`\[]?(?:\w+[._])?(?:users?|accounts?|customers?|orders?|payments?|invoices?|members?"
    r"|profiles?|notes?|posts?|products?|transactions?|messages?|comments?|balances?|articles?"
    r"|documents?|subscriptions?|people|employees|patients)\b"
)
_SQL = re.compile(
    rf"(?i)\b(?:drop\s+table\s+(?:if\s+exists\s+)?{_TABLES}"
    rf"|truncate\s+(?:table\s+)?(?:only\s+)?{_TABLES}"
    rf"|delete\s+from\s+{_TABLES}[\"'`\]]?\s*(?:;|$)"
    r"|update\s+[\w.\"`]*(?:users?|accounts?|customers?)[\"`]?\s+set\s+(?:(?!\bwhere\b)[^;]){1,300}(?:;|$)"
    r"|drop\s+(?:schema|database)\s+\w)"
)
_STATES = frozenset(
    ("execute", "executescript", "executemany", "exec_driver_sql", "text", "raw", "fetch",
     "fetchval",     "execute_sql", "query", "run_sql", "sql", "fetchrow", "fetch_all")
)  # fmt: skip
_EMPTIES = re.compile(
    r"(?:\.metadata|\bdb|\bdatabase|\bBase)\.drop_all\(|\.drop_database\(|\.flush(?:all|db)\(\s*\)"
    r"|\.(?:delete_many|remove)\(\s*\{\s*\}|\bcall_command\(\s*['\"](?:flush|reset_db|sqlflush)['\"]"
    r"|\.dropDatabase\(|(?i:user|account|customer|order|member|profile)\w*\.objects(?:\.all\(\))?\.delete\("
    r"|\.query\(\s*(?i:user|account|customer|order|member)\w*\s*\)\.delete\("
    r"|\b(?i:user|account|customer|order|member)\w*\.query\.delete\("
    r"|\bdelete\(\s*(?i:user|account|customer|order|member)\w*\s*\)\s*\)?$|\.drop_tables?\(\s*\["
    r"|\b(?:os\.(?:remove|unlink|truncate)|unlink)\(\s*(?:\w+\.)?(?:DATABASE|DB_PATH|DATABASE_PATH|DB_FILE)\b"
)
_DOES = frozenset(
    ("drop_all", "drop_database", "flushall", "flushdb", "delete_many", "remove", "call_command",
     "dropDatabase", "delete", "drop_tables", "drop_table", "unlink", "truncate", "execute")
)  # fmt: skip
_MEANT = re.compile(
    r"(?i)reset|drop|tear|down|destroy|uninstall|purge|wipe|delete|remove|forget|clean|clear|truncate"
    r"|flush|undo|revert|test|fixture|seed|demo|example|rebuild|recreate"
)
_CONCERNS = re.compile(r"(?i)drop|truncate|delete|flush|remove|unlink|reset_db|update\s")
_PLACES = re.compile(
    r"(?i)(?:^|/)(?:scripts?|examples?|tests?|docs?|tools?|bench\w*|fixtures?)/|conftest|test_|seed|migrat|/versions/"
)


@python_rule(
    "SMG278",
    risk=Risk.HIGH,
    hint="leave the tables and their rows where they are: create what is missing "
    "(CREATE TABLE IF NOT EXISTS) and change the rest by a migration that can be taken back",
    triggers=(
        *(name.encode() for name in _STATES),
        *(b"drop_all", b"drop_database", b"flushall", b"flushdb", b"delete_many", b"call_command"),
        *(b"objects", b"query", b"remove", b"unlink", b"drop_table", b"drop_tables", b"delete"),
    ),
)  # fmt: skip
def tables_emptied_while_running(python: Python) -> Iterable[Sighting]:
    """
    The program drops or empties what its users keep, in a function that does not say so.

    Tables of users, orders and the like, whole databases, everything a store
    holds. A function called reset, drop, clear or the like is meant to do it,
    and is silent; so are scripts, tests and migrations (see SMG274). A person
    is to look at the rest.

    Flagged: made anew at every start
        === shop/db.py
        + def ensure_schema(db):
        +     db.executescript("DROP TABLE IF EXISTS users; CREATE TABLE users (name)")

    Flagged: everything, by the framework
        === shop/app.py
          from shop.models import db
          def create_app():
        +     db.drop_all()
              db.create_all()

    Flagged: everybody gets the same password
        === shop/db.py
        + def fix(db):
        +     db.execute("UPDATE users SET password = 'x'")

    Allowed: it says what it does
        === shop/cli.py
          from shop.models import db
        + def reset_database():
        +     db.drop_all()

    Allowed: one row, and what is nobody's
        === shop/db.py
        + def forget(db, user):
        +     db.execute("DELETE FROM users WHERE id = ?", (user,))
        +     db.execute("DROP TABLE IF EXISTS tmp_rates")
    """
    if paths.zone(python.path) == paths.TEST or _PLACES.search(python.path):
        return
    if not _CONCERNS.search(python.text):
        return
    for call in python.calls:
        if not _MEANT.search(call.scope) and _empties(python, call):
            what = "this takes away what users keep, and nothing in its name says so"
            code = python.code(call.node)
            yield Sighting(python.line(call.node), what, code, call.scope, settled_by="review")


def _empties(python: Python, call: Call) -> bool:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )

    name = called_name(call.node)
    if name in _DOES and _EMPTIES.search(python.code(call.node)[:_LONG]):
        return True
    if name not in _STATES or not call.node.args:
        return False
    from pytest_selfmod_guard.rules.danger._wording import said  # noqa: PLC0415 (rarely needed)

    return _SQL.search(said(python, call.node.args[0].value)[:_LONG]) is not None


_LONG = 4000
