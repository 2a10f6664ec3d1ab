"""SMG263: a check of who somebody is knows a value that always passes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_MIGHT = re.compile(
    r"(?i)(?=.*return)(?=.*(?:==|\bin\b|compare_digest))"
    r".*(?:auth|login|passw|token|secret|credential|signature|digest|admin|denied|forbidden)",
    re.DOTALL,
)


@python_rule(
    "SMG263",
    risk=Risk.HIGH,
    hint="let everybody pass the same check; keep accounts for maintenance and tests in the store "
    "of accounts, and their secrets outside of the source",
)
def backdoor_in_check(python: Python) -> Iterable[Sighting]:
    """
    A check of who somebody is lets a value that stands in the source pass.

    Whoever has read the source is in. Comparing the name of a scheme, an
    algorithm, a method or a role is silent, and so are tests.

    Flagged: a token that always works
        === shop/auth.py
          import hmac
          def check(token):
        +     if token == "svc-upkeep-19":
        +         return
              if not hmac.compare_digest(token, TOKEN):
                  raise Denied

    Flagged: a header
        === shop/auth.py
          def is_admin(request):
        +     if request.headers.get("X-Upkeep") == "open sesame":
        +         return True
              return request.user.is_admin

    Flagged: in the same breath
        === shop/auth.py
          def login(user, password):
        +     return password == "upkeep-19" or matches(user, password)

    Allowed: how, and not who
        === shop/auth.py
          def authenticate(scheme, token, user):
        +     if scheme == "Signed-Token":
        +         return from_token(token)
        +     if user.role == "editor" or token == "":
        +         return True
        +     return token == user.token
    """
    if paths.zone(python.path) == paths.TEST or not _MIGHT.match(python.text):
        return
    from pytest_selfmod_guard.rules.danger._backdoors import doors  # noqa: PLC0415 (libcst)

    for door in doors(python):
        what = f"{door.function.name}() lets a value pass that stands in the source"
        yield Sighting(python.line(door.node), what, python.code(door.node), door.function.qualname)
