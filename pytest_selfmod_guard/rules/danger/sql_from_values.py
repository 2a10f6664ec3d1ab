"""SMG240: the text of an SQL statement is made from values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG240",
    risk=Risk.HIGH,
    hint="keep the text constant and pass the values beside it: "
    'cursor.execute("SELECT * FROM users WHERE name = ?", (name,)); '
    "take the name of a column or table from a dictionary of allowed ones",
    triggers=(
        *REACHERS, b"execute", b"executemany", b"executescript", b"exec_driver_sql",
        b"execute_async", b"raw",
        b"rawsql", b"text", b"fetch", b"fetchrow", b"fetchval", b"fetch_all", b"fetch_one",
        b"fetchall", b"read_sql",
        b"read_sql_query", b"prepare", b"cursor", b"query", b"sql", b"run", b"scalar", b"scalars",
        b"stream", b"extra",
        b"run_query", b"execute_sql", b"mogrify", b"callproc", b"select", b"from_statement",
        b"queryset",
        b"literal_column", b"native", b"textclause", b"where", b"having", b"filter", b"order_by",
        b"literal",
        b"simple_query", b"group_by", b"distinct", b"join", b"copy_from_query",
    ),
    supersedes=("B608", "B610", "B611"),
)  # fmt: skip
def sql_from_values(python: Python) -> Iterable[Sighting]:
    """
    The text of an SQL statement is made from values.

    A quote in the value, and the database runs another statement. Every
    database takes values beside the text, and then nothing in them matters.
    Names of tables and columns cannot be passed so: where one comes from a
    parameter it is a warning, where it comes from a request it is not. In
    tests and migrations it is a warning.

    Flagged: a parameter between quotes
        === shop/store.py
          def remove(cursor, name):
        +     cursor.execute("DELETE FROM users WHERE name = '%s'" % name)

    Flagged: a request, by way of a variable
        === shop/store.py
          from flask import request
          def find(db):
        +     query = "SELECT * FROM goods WHERE title = "
        +     query += request.args["title"]
        +     return db.execute(query)

    Flagged: the order comes from a request
        === shop/views.py
          def goods(request):
        +     column = request.GET.get("sort")
        +     return Good.objects.raw(f"SELECT * FROM goods ORDER BY {column}")

    Flagged: a table's name is a parameter [medium]
        === shop/store.py
          def count(cursor, table):
        +     cursor.execute(f"SELECT count(*) FROM {table}")

    Allowed: the value beside the text
        === shop/store.py
          def remove(cursor, name):
        +     cursor.execute("DELETE FROM users WHERE name = %s", (name,))

    Allowed: as many marks as there are values
        === shop/store.py
          def find(db, ids):
        +     marks = ",".join("?" for _ in ids)
        +     return db.execute(f"SELECT * FROM goods WHERE id IN ({marks})", ids)

    Allowed: one of the columns that are allowed
        === shop/views.py
          COLUMNS = {"name": "title", "price": "price_cents"}
          def goods(request, db):
        +     column = COLUMNS.get(request.GET["sort"], "title")
        +     return db.execute(f"SELECT * FROM goods ORDER BY {column}")

    Allowed: a number
        === shop/views.py
          def good(request, db):
        +     return db.execute(f"SELECT * FROM goods WHERE id = {int(request.GET['id'])}")
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_sql import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
