"""SMG251: a request decides which fields of an object are set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._vulnerable_words import SENDERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG251",
    risk=Risk.HIGH,
    hint="name the fields that may be set: user.name = request.json['name']; or use a form or a "
    "schema",
    triggers=SENDERS,
)
def foreign_fields(python: Python) -> Iterable[Sighting]:
    """
    A request decides which fields of an object are set.

    Beside the name that the form asks for a stranger sends `is_admin`, and is
    one. For a class that may well check what it is given it is a warning.

    Flagged: attribute by attribute
        === shop/views.py
          from flask import request
          def update(user):
        +     for field, value in request.json.items():
        +         setattr(user, field, value)

    Flagged: all at once
        === shop/views.py
          def register(request):
        +     User.objects.create(**request.POST.dict())

    Flagged: a class that may check them [medium]
        === shop/views.py
          from flask import request
          def register():
        +     return User(**request.get_json())

    Allowed: field by field
        === shop/views.py
          from flask import request
          def update(user):
        +     user.name = request.json["name"]

    Allowed: one of those that are allowed
        === shop/views.py
          from flask import request
          def update(user):
        +     for field, value in request.json.items():
        +         if field in FIELDS:
        +             setattr(user, field, value)
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_telling import (  # noqa: PLC0415 (imports libcst)
        filled,
    )

    yield from filled(python)
