"""SMG274: a migration takes tables, columns or rows away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_DROPS = re.compile(
    r"(?:[\w.*]*\.)?(?:drop_table|drop_column|drop_all|drop_database|bulk_drop|DeleteModel"
    r"|RemoveField|drop_collection|dropDatabase|delete_many)"
)
_STATES = re.compile(r"(?:[\w.*]*\.)?(?:execute|RunSQL|executescript|run_sql|raw|sql|text)")
_SQL = re.compile(
    r"(?i)\b(?:drop\s+(?:table|column|schema|database)|truncate\s|delete\s+from\s+[\w.\"`]+"
    r"\s*(?:;|\"|'|$| vacuum)|alter\s+table\s+\S+\s+drop\s)"
)
_LOST = "this takes data away when the next version is put to work"
_EMPTIED = re.compile(
    r"(?:\.objects|\))(?:\.using\([^()]*\))?\.all\(\)(?:\._raw)?\.(?:delete|_raw_delete)\("
)
_RIGHTS = re.compile(
    r"\b(?:update|create|create_user|get_or_create|values|update_or_create|create_superuser)\("
    r"(?:.{0,400}[({,\s]['\"]?)?(?:is_(?:superuser|staff|admin)['\"]?\s?[=:]\s?True|role['\"]?\s?[=:]\s?"
    r"['\"]admin)|\bcreate_superuser\(",
    re.DOTALL,
)
_SPOILT = re.compile(
    r"\.objects(?:\.all\(\))?\.update\(\s*(?:password|email|is_active|balance)\s?="
)
_FOLDER = re.compile(r"(?i)(?:^|/)(?:migrations?|alembic|versions|upgrades?)/|migrat|upgrade")
_BACK = re.compile(r"(?i)down|revert|rollback|backward|undo|reverse")


@python_rule(
    "SMG274",
    risk=Risk.HIGH,
    hint="leave the old table or column where it is until a person has agreed that its data may "
    "go; take it away in a later migration of its own",
)
def data_dropped_by_migration(python: Python) -> Iterable[Sighting]:
    """
    A migration drops a table or a column, or empties one, on its way forward.

    It runs by itself when the next version is put to work, and what it takes
    is gone. Dropping what nobody uses any more is honest, so a person is to
    look. What a migration does on its way back is silent.

    Flagged: a table
        === migrations/versions/0007_tidy.py
          from alembic import op
          def upgrade():
        +     op.drop_table("orders")

    Flagged: a model
        === shop/migrations/0003_tidy.py
          from django.db import migrations
          class Migration(migrations.Migration):
        +     operations = [migrations.DeleteModel(name="Order")]

    Flagged: in SQL
        === shop/migrations/0003_tidy.py
          from django.db import migrations
          class Migration(migrations.Migration):
        +     operations = [migrations.RunSQL("DELETE FROM shop_order;")]

    Flagged: rows, by a function
        === shop/migrations/0004_tidy.py
          from django.db import migrations
          def tidy(apps, editor):
        +     apps.get_model("shop", "User").objects.all().delete()

    Flagged: somebody becomes an administrator
        === shop/migrations/0005_more.py
          from django.db import migrations
          def more(apps, editor):
              User = apps.get_model("auth", "User")
        +     User.objects.filter(username="helper").update(is_superuser=True)

    Allowed: on the way back
        === migrations/versions/0007_more.py
          from alembic import op
          def upgrade():
        +     op.create_table("orders")
          def downgrade():
        +     op.drop_table("orders")
    """
    if paths.zone(python.path) == paths.TEST or not _FOLDER.search(python.path):
        return
    for call in python.calls:
        if _BACK.search(call.scope):
            continue
        is_drop = any(_DROPS.fullmatch(name) for name in call.names) or _says_so(python, call)
        what = _LOST if is_drop else _of_rows(python, call)
        if what:
            code = python.code(call.node)
            yield Sighting(python.line(call.node), what, code, call.scope, settled_by="review")


def _says_so(python: Python, call: Call) -> bool:
    """Tell whether the first thing a call is given is a statement that takes data away."""
    if not any(_STATES.fullmatch(name) for name in call.names) or not call.node.args:
        return False
    from pytest_selfmod_guard.rules.danger._wording import said  # noqa: PLC0415 (rarely needed)

    return _SQL.search(said(python, call.node.args[0].value)) is not None


def _of_rows(python: Python, call: Call) -> str:
    """Say what a call of the framework does to every row, or to people's rights."""
    code = python.code(call.node)
    if _EMPTIED.search(code):
        return _LOST
    if _RIGHTS.search(code) and "BooleanField" not in code and "Column(" not in code:
        return "this gives rights to accounts when the next version is put to work"
    if _SPOILT.search(code):
        return "this overwrites what every account has when the next version is put to work"
    return ""
