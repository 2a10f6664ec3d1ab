"""SMG252: a token is taken without its signature."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG252",
    risk=Risk.HIGH,
    hint='name the key and the one algorithm: jwt.decode(token, KEY, algorithms=["HS256"])',
    triggers=(
        *REACHERS, b"jwt", b"jose", b"process_jwt", b"python_jwt", b"get_unverified_claims",
        b"loads_unsafe",
    ),
)  # fmt: skip
def unverified_token(python: Python) -> Iterable[Sighting]:
    """
    A token is read without checking its signature, or made without one.

    Then anybody writes his own token, with the name and the rights he likes.

    Flagged: the old way
        === shop/login.py
          import jwt
          def who(token):
        +     return jwt.decode(token, verify=False)["sub"]

    Flagged: by an option
        === shop/login.py
          import jwt
          OPTIONS = {"verify_signature": False}
          def who(token):
        +     return jwt.decode(token, KEY, options=OPTIONS)["sub"]

    Flagged: no signature will do
        === shop/login.py
          from jose import jwt
          def who(token):
        +     return jwt.decode(token, KEY, algorithms=["HS256", "none"])["sub"]

    Flagged: made without one
        === shop/login.py
          import jwt
          def make(user):
        +     return jwt.encode({"sub": user}, None, algorithm="none")

    Flagged: claims that nobody checked [medium]
        === shop/login.py
          from jose import jwt
          def who(token):
        +     return jwt.get_unverified_claims(token)["sub"]

    Allowed: checked
        === shop/login.py
          import jwt
          def who(token):
        +     options = {"verify_aud": False}
        +     return jwt.decode(token, KEY, algorithms=["HS256"], options=options)["sub"]
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_tokens import (  # noqa: PLC0415 (imports libcst)
        unverified,
    )

    yield from unverified(python)
