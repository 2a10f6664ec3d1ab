"""SMG250: logs and answers say what they should not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG250",
    risk=Risk.HIGH,
    hint="log the traceback and answer with a plain error; "
    "log foreign text with its line breaks shown: logger.info('user: %r', name)",
    triggers=(
        *REACHERS, b"debug", b"info", b"warning", b"warn", b"error", b"critical", b"exception",
        b"log",
        b"format_exc", b"format_exception", b"format_tb",
    ),
)  # fmt: skip
def says_too_much(python: Python) -> Iterable[Sighting]:
    """
    An answer holds a traceback, or a log takes foreign text as it is.

    A traceback tells strangers paths, versions and values. With a line break
    in it, foreign text writes lines of its own into a log; that is a warning.

    Flagged: a traceback as an answer
        === shop/views.py
          import traceback
          from flask import Flask
          app = Flask(__name__)
          @app.route("/pay")
          def pay():
              try:
                  return charge()
              except Exception:
        +         return traceback.format_exc(), 500

    Flagged: foreign text in a log [medium]
        === shop/views.py
          import logging
          from flask import request
          def login():
        +     logging.info("login of " + request.form["name"])

    Allowed: to the log alone
        === shop/views.py
          import logging
          from flask import Flask
          app = Flask(__name__)
          @app.route("/pay")
          def pay():
              try:
                  return charge()
              except Exception:
        +         logging.exception("cannot charge")
        +         return "something went wrong", 500

    Allowed: with its line breaks shown
        === shop/views.py
          import logging
          from flask import request
          def login():
        +     logging.info("login of %s", repr(request.form["name"]))
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_telling import (  # noqa: PLC0415 (imports libcst)
        logged,
        traced,
    )

    yield from traced(python)
    yield from logged(python)
