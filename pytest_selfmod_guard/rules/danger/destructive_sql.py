"""SMG203: SQL that destroys data, in any file but Python."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._destructive import sql
from pytest_selfmod_guard.view import Side

_MIGRATION = re.compile(r"(?i)(^|/)(migrat(e|ions?)|alembic|versions|down|rollback)(/|[._-])")

_BACK = re.compile(r"(?i)(?:^|[/._-])(?:down|rollback|revert|undo)(?:[/._-]|$)|(?:^|/)u\d")
_CREATED = re.compile(
    r"(?im)^(?!\s*--).*?\bCREATE\s{1,40}TABLE\s{1,40}(?:IF\s{1,40}NOT\s{1,40}EXISTS\s{1,40})?"
    r"([\w$.\"`\[\]]{1,200})"
)
_DROPPED = re.compile(r"(?i)\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?([\w$.\"`\[\]]{1,200})")


@text_rule(
    "SMG203",
    risk=Risk.HIGH,
    hint="keep the data: rename the table, or delete with a WHERE in a migration "
    "that can be taken back",
    triggers=(b"drop", b"truncate", b"delete", b"update"),
)
def destructive_sql(side: Side) -> Iterable[Sighting]:
    """
    A file gains SQL that destroys data beyond undoing.

    Dropping or emptying tables, and deleting without a condition, cannot be
    taken back by taking back the commit. In migrations a person is to look, on
    their way back it is only a warning, and in prose only a note; a script that
    creates the table it drops is silent. For Python see SMG205.

    Flagged: a table goes
        === schema/cleanup.sql
        + DROP TABLE customers;

    Flagged: every row goes
        === schema/cleanup.sql
        + DELETE FROM orders;

    Allowed: the script makes it again, in quotes
        === dump.sql
        + DROP TABLE `post`;
        + CREATE TABLE `post` (id INTEGER);

    Flagged: a migration
        === migrations/0008_tidy.sql
        + TRUNCATE TABLE users;

    Flagged: a migration on its way back [medium]
        === migrations/0007_down.sql
        + DROP TABLE customers;

    Allowed: one row
        === schema/cleanup.sql
        + DELETE FROM orders WHERE id = 7;

    Allowed: the script makes it again
        === schema.sql
        + DROP TABLE IF EXISTS post;
        + CREATE TABLE post (id INTEGER PRIMARY KEY);
    """
    if paths.is_prose(side.path):
        ceiling = Risk.LOW
    else:
        ceiling = Risk.MEDIUM if _MIGRATION.search(side.path) else Risk.CRITICAL
    made = {_plain(name) for name in _CREATED.findall(side.text or "")}
    for number, line in enumerate(side.lines, 1):
        if line.lstrip().startswith("--"):
            continue
        for harm in sql(line)[:1]:
            dropped = _DROPPED.search(line)
            if dropped is None or _plain(dropped[1]) not in made:
                code = " ".join(line.split())
                risk = min(ceiling, harm.risk)
                seen = Sighting(number, f"the statement {harm.what}", code, risk=risk)
                is_asked = risk == Risk.MEDIUM and not _BACK.search(side.path)
                yield seen._replace(risk=Risk.HIGH, settled_by="review") if is_asked else seen


def _plain(name: str) -> str:
    return name.strip('"`[]').lower()
