"""SMG259: a check that can be measured, or left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.syntax import Unparsable
from pytest_selfmod_guard.view import Side

_MIGHT = re.compile(
    rb"hmac|signature|digest|api_?key|secret|token|assert\b|passw|passphrase|_pass\b|\bpass\w"
    rb"|pwd|pw\b"
    rb"|b64|import_module|__import__|getattr|globals|vars",
    re.IGNORECASE,
)
"""One of these stands in every file with such a check; parsing is for those alone."""


@source_rule(
    "SMG259",
    risk=Risk.HIGH,
    hint="compare secrets with hmac.compare_digest(a, b), and refuse with an `if` that raises",
)
def careless_check(side: Side) -> Iterable[Sighting]:
    """
    A check of who may do something can be measured, or is left out.

    With `==` the time it takes tells how many bytes of a signature are right,
    so that it can be found byte by byte. An `assert` is not there at all
    under `python -O`; outside of tests it is a warning where it decides about
    rights.

    Flagged: a signature
        === shop/hooks.py
          import hmac
          def is_ours(body, signature):
        +     return hmac.new(KEY, body, "sha256").hexdigest() == signature

    Flagged: letter by letter
        === shop/login.py
          def is_right(stored_pw, typed_pw):
              for at in range(len(stored_pw)):
        +         if stored_pw[at] != typed_pw[at]:
        +             return False
              return True

    Flagged: a password that can be read back
        === shop/login.py
          import base64
          def is_right(row, password):
        +     return base64.b64decode(row[0]) == password

    Flagged: a key from a request [medium]
        === shop/hooks.py
          from flask import abort, request
          def check(api_key):
        +     if request.headers["X-Key"] != api_key:
        +         abort(403)

    Flagged: rights by assert [medium]
        === shop/admin.py
          def drop(user, shop):
        +     assert user.is_admin
        +     shop.close()

    Allowed: in constant time
        === shop/hooks.py
          import hmac
          def is_ours(body, signature):
        +     return hmac.compare_digest(hmac.new(KEY, body, "sha256").hexdigest(), signature)

    Allowed: a checksum
        === shop/cache.py
          import hashlib
          def is_whole(data, wanted):
        +     return hashlib.sha256(data).hexdigest() == wanted
    """
    if not _MIGHT.search(side.blob.data or b""):
        return
    python = side.python
    if isinstance(python, Unparsable):
        return
    from pytest_selfmod_guard.rules.danger._vulnerable_rights import (  # noqa: PLC0415 (libcst)
        careless,
    )

    yield from careless(python)
