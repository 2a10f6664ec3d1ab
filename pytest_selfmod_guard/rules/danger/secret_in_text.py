"""SMG277: a secret stands in a configuration, a script or an image's recipe."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.view import Side

_NAMED = re.compile(
    r"(?i)\b\w{0,40}(?:secret|token|passw(?:or)?d|api_?key|access_?key|private_?key|credential)s?\w{0,12}[\"']?"
    r"(?:\s{0,9}[:=]\s{0,9}|\s{1,3})[\"']?((?=[^\s\d\"']{0,200}\d)(?=[^\sA-Za-z\"']{0,200}[A-Za-z])"
    r"[\w+/=.~!@#%^&*-]{16,200})[\"']?\s{0,9}(?:$|\\|,|#)"
)
_NONE = re.compile(
    r"(?i)your|example|change|replace|dummy|fake|sample|placeholder|xxx|test|mock|\$|\{|<|^[a-z_./-]+$"
    r"|^v?\d+(?:\.\d+)+|secrets\.|env\.|^(?:sha\d+|md5)|none|\.(?:py|json|ya?ml|txt|pem|key|crt)$|://|^[\d-]+$"
)
_ADDRESS = re.compile(
    r"\b[a-z][\w+.-]{2,30}://[^\s/:@{}$<>%*]{1,64}:([^\s/@{}$<>%*]{4,64})@([\w.-]+)"
)
_USUAL = re.compile(
    r"(?i)pass(?:word)?|postgres|guest|secret|root|user|admin|test\w*|token|mysql|redis|app|dev"
)
_OURS = re.compile(
    r"(?i)^(?:localhost|127\.|0\.0\.0\.0|db|postgres|redis|mysql|host|rabbitmq|mongo)\b(?!\.)"
)
_TRYING = re.compile(r"(?i)test|example|docs?/|sample|demo|local|\bdev|fixture|cassette"
                     r"|\.lock$|lock\.|\.svg$"
                     r"|\.ipynb$|\.min\.|snapshot|node_modules|\.github/|template")  # fmt: skip
_SUFFIXES = (
    ".env",
    ".ini",
    ".cfg",
    ".conf",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".sh",
    ".tf",
    ".properties",
)


@text_rule(
    "SMG277",
    risk=Risk.HIGH,
    hint="take it out, change the secret since it is known now, and read it from the environment "
    "or a store of secrets",
    triggers=(b"secret", b"token", b"passw", b"key", b"credential", b"://"),
)
def secret_in_text(side: Side) -> Iterable[Sighting]:
    """
    A password, key or token stands in a file that everybody who has the code can read.

    Long texts of letters and digits by a telling name, and addresses with a
    password in them. Files for tests and examples, and variables, are silent;
    a person may know that it opens nothing.

    Flagged: in an image's recipe
        === Dockerfile
        + ENV STORE_SECRET_KEY=wJq4rXTunFRMi9K7MDe8bPxRfiGY2xyzK

    Flagged: in an address
        === deploy/settings.yaml
        + database: postgresql://shop:n0rthwind9@sql.example.invalid/shop

    Allowed: from elsewhere
        === deploy/settings.yaml
        + password: ${SHOP_PASSWORD}
        + database: postgresql://postgres:postgres@localhost/shop
        + token: changeme-please-1
    """
    name = side.path.rpartition("/")[2].lower()
    known = name.endswith(_SUFFIXES) or name.startswith((".env", "dockerfile", "makefile"))
    if not known or _TRYING.search(side.path) or paths.zone(side.path) == paths.TEST:
        return
    for number, line in enumerate((one[:2000] for one in side.lines), 1):
        named, address = _NAMED.search(line), _ADDRESS.search(line)
        is_named = named is not None and not _NONE.search(named[1])
        is_address = address is not None and not (
            _USUAL.fullmatch(address[1]) or _OURS.match(address[2])
        )
        if is_named or is_address:
            code = " ".join(line.split())
            yield Sighting(number, "a secret stands in this file", code, settled_by="review")
