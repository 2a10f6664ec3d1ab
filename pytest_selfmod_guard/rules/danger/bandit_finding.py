"""SMG290: what bandit finds."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Confidence, Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.danger._bandit import Issue, Unread, scan
from pytest_selfmod_guard.view import Side

_OF_CALLS = ("B602", "B604", "B605", "B607", "B609")
"""They point at one argument; where ours says the same, it points at the call."""
_SECRET = re.compile(
    r"(?i)pass(?:word|wd|phrase|code)|pwd|secret|token|sign|credential|auth|salt|hmac|otp"
)
_PAGES = "https://bandit.readthedocs.io/en/latest/plugins/index.html"


@source_rule(
    "SMG290",
    risk=Risk.MEDIUM,
    hint=f"see what bandit says about it: {_PAGES}",
)
def bandit_finding(side: Side) -> Iterable[Sighting]:
    """
    Bandit finds something that it did not find before.

    Its findings keep their own ids, such as B602, and its severity is the
    risk, in tests at most a warning. A `# nosec` in the change has no effect,
    and its rule about `assert` is not asked.

    Flagged: a port for all the world [medium]
        === shop/server.py
        + def start(server):
        +     server.bind(("0.0.0.0", 80))

    Flagged: with its own excuse [high]
        === shop/server.py
          import hashlib
        + KEY = hashlib.md5(b"secret")  # nosec

    Allowed: it was there before
        === shop/server.py
          import hashlib
          KEY = hashlib.md5(b"secret")
        + PORT = 80

    Flagged: a weak hash for a name in a cache [medium]
        === shop/cache.py
          import hashlib
        + def name_of(address):
        +     return hashlib.md5(address.encode()).hexdigest()

    Flagged: a weak hash of a password [high]
        === shop/users.py
          import hashlib
        + def digest(password):
        +     return hashlib.md5(password.encode()).hexdigest()

    Allowed: an assert
        === shop/server.py
        + assert port > 0
    """
    if side.unparsable:
        return  # SMG501 says so
    try:
        issues = scan(side.blob.data or b"")
    except Unread as error:
        yield Sighting(0, f"bandit could not read the file ({error})", "unread", risk=Risk.MEDIUM)
        return
    for issue in issues:
        yield _sighting(issue, Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH)


def _sighting(issue: Issue, ceiling: Risk) -> Sighting:
    return Sighting(
        issue.first if issue.id in _OF_CALLS else issue.line,
        issue.text,
        issue.code,
        issue.scope,
        risk=min(Risk[issue.severity], ceiling, _mildest(issue)),
        confidence=Confidence[issue.confidence],
        rule=issue.id,
        name=issue.name,
        hint=f"see what bandit says about {issue.id}: {_PAGES}",
    )


def _mildest(issue: Issue) -> Risk:
    """Keep a weak hash a warning where it names no secret: a cache key, an ETag, a checksum."""
    is_fingerprint = issue.id == "B324" and not _SECRET.search(f"{issue.scope} {issue.code}")
    return Risk.MEDIUM if is_fingerprint else Risk.CRITICAL
