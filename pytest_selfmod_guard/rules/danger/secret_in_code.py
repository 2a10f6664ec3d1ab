"""SMG253: a secret stands in the code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.syntax import Unparsable
from pytest_selfmod_guard.view import Side

_MIGHT = re.compile(
    rb"(?:secret|token|pass|passw(?:or)?d|passphrase|pwd|key"
    rb"|credentials?)(?:[\"']?\])?[\"']?\s{0,9}"
    rb"(?::[^=\n\"']{0,60})?(?:[=!]=|=|:)\s{0,9}\(?\s{0,99}[rbuf]{0,2}[\"']"
    rb"|(?:password|passwd|pwd|passphrase)\s{0,9}=|[\"']\s{0,9}[=!]=|[\"']\)\s{0,9}[=!]="
    rb"|akia|asia|gh[pousr]_|github_pat_|glpat-|xox[baprs]-|sk-|[sr]k_live|aiza|ya29\.|sg\.|npm_"
    rb"|pypi-"
    rb"|hf_|dop_v1|shp(?:at|ss)_|hooks\.slack|private key|://|jwt|itsdangerous",
    re.IGNORECASE,
)
"""One of these stands in every file that holds a secret; parsing is for those alone."""


@source_rule(
    "SMG253",
    risk=Risk.HIGH,
    hint='read it from the environment or from a secret store: KEY = os.environ["SHOP_KEY"]; '
    "and take the old one back, for history keeps it",
    supersedes=("B105", "B106", "B107"),
)
def secret_in_code(side: Side) -> Iterable[Sighting]:
    """
    A key, a token or a password stands in the code.

    Whoever can read the code can use it, and a later commit does not take it
    back. It is known by the form that a service gives to its keys, or by its
    name together with a value that was drawn and not thought of. A word that
    is called a password is a warning, and so is anything in tests and
    examples; placeholders are silent.

    Flagged: a value that was drawn
        === shop/payment.py
        + API_KEY = "q8Zr1TtVb5Kx0WmYp3Ls7NdHc2Gf9Ja4"

    Flagged: the password of a connection
        === shop/store.py
          import psycopg2
        + db = psycopg2.connect(host="db.example.invalid", user="shop", password="Wint3rSale")

    Flagged: one password for all installations
        === shop/login.py
          def is_admin(password):
        +     return password == "letmein"

    Flagged: a word [medium]
        === shop/settings.py
        + app.secret_key = "banana"

    Flagged: in a test [medium]
        === tests/test_payment.py
        + API_KEY = "q8Zr1TtVb5Kx0WmYp3Ls7NdHc2Gf9Ja4"

    Allowed: from outside
        === shop/payment.py
          import os
        + API_KEY = os.environ["SHOP_API_KEY"]

    Allowed: a placeholder, and names of things
        === shop/payment.py
        + API_KEY = "your-api-key-here"
        + TOKEN_URL = "https://example.invalid/oauth/token"
        + token_type = "bearer"
    """
    if not _MIGHT.search(side.blob.data or b""):
        return
    python = side.python
    if isinstance(python, Unparsable):
        return
    from pytest_selfmod_guard.rules.danger._vulnerable_secrets import (  # noqa: PLC0415 (libcst)
        sightings,
    )

    yield from sightings(python)
