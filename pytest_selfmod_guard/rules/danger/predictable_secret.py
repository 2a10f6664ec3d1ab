"""SMG256: a secret that can be guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG256",
    risk=Risk.HIGH,
    hint="draw secrets with the module made for them: secrets.token_urlsafe(), "
    "secrets.choice(letters)",
    triggers=(*REACHERS, b"random"),
    supersedes=("B311",),
)
def predictable_secret(python: Python) -> Iterable[Sighting]:
    """
    A token, a password or a key is drawn with the module `random`.

    Its numbers can be computed from a few earlier ones, or from the time of
    day. For games, tests, samples and waiting times it is right, and silent;
    for text drawn from letters it is a warning.

    Flagged: a token
        === shop/login.py
          import random
          import string
        + def make_token():
        +     return "".join(random.choice(string.ascii_letters) for _ in range(32))

    Flagged: by the name of what it becomes
        === shop/login.py
          import random
          def invite(user):
        +     user.reset_code = random.randint(100_000, 999_999)

    Flagged: some text [medium]
        === shop/names.py
          import random
          import string
        + def label():
        +     return "".join(random.sample(string.ascii_lowercase, 8))

    Allowed: the module made for secrets
        === shop/login.py
          import secrets
        + def make_token():
        +     return secrets.token_urlsafe(32)

    Allowed: the system's own source
        === shop/login.py
          import random
        + PIN = "".join(random.SystemRandom().choice("0123456789") for _ in range(6))

    Allowed: waiting, and playing
        === shop/retry.py
          import random
        + def delay(attempt):
        +     return 2**attempt + random.uniform(0, 1)
        + def sample_tokens(tokens):
        +     return random.sample(tokens, 3)
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_chance import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
