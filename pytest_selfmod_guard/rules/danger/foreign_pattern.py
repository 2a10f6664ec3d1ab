"""SMG247: foreign data becomes a pattern or a format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG247",
    risk=Risk.HIGH,
    hint="look for a text as it is (`in`, str.find, re.escape), and keep formats constant: "
    '"Hello {name}".format(name=name)',
    triggers=(*REACHERS, b"re", b"regex", b"format", b"format_map"),
)
def foreign_pattern(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes a regular expression, or a format.

    A pattern such as `(a+)+$` keeps a server busy for years, and a format
    such as `{0.__class__}` reads whatever can be reached from its arguments.

    Flagged: a pattern
        === shop/views.py
          import re
          from flask import request
        + def search(titles):
        +     wanted = re.compile(request.args["q"])
        +     return [title for title in titles if wanted.search(title)]

    Flagged: a format
        === shop/views.py
        + def letter(request, user):
        +     return request.POST["text"].format(user=user)

    Allowed: as it is
        === shop/views.py
          import re
          from flask import request
        + def search(titles):
        +     wanted = re.compile(re.escape(request.args["q"]), re.IGNORECASE)
        +     return [title for title in titles if wanted.search(title)]

    Allowed: what is searched in
        === shop/views.py
          import re
          from flask import request
        + def words():
        +     return re.findall(r"[a-z]{1,40}", request.args["q"])
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_places import (  # noqa: PLC0415 (imports libcst)
        PATTERNS,
    )
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    yield from flows(python, PATTERNS)
