"""SMG275: logging in, signing or keeping passwords is made so weak that it is for show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_MIGHT = re.compile(
    r"jwt|jose|pbkdf2|bcrypt|HASHERS|signature|digest|mac\b|session\[|hash_password|verify_\w+"
    r"|iterations|rounds|os\.environ|__code__|sys\.modules|(?:app|server)\.run\(|uvicorn"
)
_TABLE = (
    (
        (
            r"(?:jwt|jose|pyjwt|authlib)\S{0,40}decode\(.*algorithms?\s?=\s?\[?\s?\S{0,40}?"
            r"(?:head(?:er)?s?|request|claims|payload|token)\b"
        ),
        "the token itself says how it was signed",
    ),
    (
        r"(?:jwt|jose|decode)\S{0,40}\(.*[\"']verify_(?:exp|aud|iss|nbf|signature)[\"']:\s?False",
        "a token that is over, or for somebody else, is taken",
    ),
    (
        (
            r"\w*hash\w*\(.*pbkdf2(?::\w+)?:\d{1,4}\b|pbkdf2_hmac\(.*,\s?\d{1,4}(?:,\s?\d+)?\)"
            r"|(?:gensalt|using)\((?:.*rounds\s?=\s?)?[1-7]\)|\biterations\s?=\s?\d{1,4}\)"
        ),
        "passwords are hashed so few times that they can be guessed",
    ),
    (
        (
            r"compare_digest\(.*\[:\s?-?\d+\]|(?:digest|signature|mac|hmac|token|expected|sig)\w*"
            r"(?:\(\))?\.startswith\((?:\w+\.)*(?:signature|sig|digest|mac|given|token|provided|hmac)\w*\)"
            r"|(?:signature|hexdigest\(\)|digest|\bsig|\bmac)\[:\s?\d+\]\s?[!=]="
        ),
        "only a part of what must match is compared",
    ),
    (
        (
            r"(?:jsonify|JSONResponse|JsonResponse|make_response|Response|HttpResponse|dumps|render\w*)"
            r"\(\s?(?:dict\()?os\.environ\b"
        ),
        "an answer holds the environment, with the secrets in it",
    ),
    (
        (
            r"(?:\*|[\w.]*app|application)\.run\([\"']0\.0\.0\.0[\"'],\s?\d+,\s?(?:debug\s?=\s?)?True"
            r"|uvicorn\.run\(.*0\.0\.0\.0.*(?:debug|reload)\s?=\s?True"
        ),
        "everybody on the net gets at the debugger",
    ),
)
_CALLS = tuple(
    (re.compile(rf"(?:[\w*]{{1,40}}\.){{0,6}}?(?:{pattern})", re.DOTALL), what)
    for pattern, what in _TABLE
)
_HASHER = re.compile(
    r"(?i)^(?:\w+_)?(?:hash|encrypt|make|encode)_?(?:the_)?passw(?:or)?ds?(?:_hash)?$"
)
_WEAK_HASHERS = re.compile(r"(?i)MD5|SHA1|Unsalted|Crypt|plain")
_KEPT = re.compile(r"(?:session|g|cookies?|cache|self\.session|request\.session)\[.*\]")
_PASSWORD = re.compile(r"(?i)(?:\w+[._])?passw(?:or)?d")
_LONGEST = 1500


@python_rule(
    "SMG275",
    risk=Risk.HIGH,
    hint="compare the whole with hmac.compare_digest; name the algorithms in the source; hash "
    "passwords with scrypt, argon2 or hundreds of thousands of rounds, and keep only the hash",
)
def weak_login(python: Python) -> Iterable[Sighting]:
    """
    A login, a signature or a kept password is there for show.

    A token that says itself how it is signed, or is taken when it is over; a
    comparison of the first letters; a hash of a few rounds, or none; passwords
    kept in a session; the environment in an answer; another's code exchanged.
    A person may know why; in tests it is silent.

    Flagged: the token says how
        === shop/login.py
          import jwt
          def who(token):
        +     head = jwt.get_unverified_header(token)
        +     return jwt.decode(token, KEY, algorithms=[head["alg"]])

    Flagged: the first letters
        === shop/login.py
          import hmac
          def is_ours(mine, signature):
        +     return hmac.compare_digest(mine[:4], signature[:4])

    Flagged: no hash at all
        === shop/login.py
        + def hash_password(password):
        +     return password

    Flagged: an old hash
        === shop/settings.py
        + PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    Flagged: another's code
        === shop/start.py
          import hmac
        + hmac.compare_digest.__code__ = (lambda a, b: True).__code__

    Allowed: as it should be
        === shop/login.py
          import hmac, jwt
        + def who(token, mine, signature, password):
        +     hmac.compare_digest(mine, signature)
        +     hashed = generate_password_hash(password, method="pbkdf2:sha256:600000")
        +     return jwt.decode(token, KEY, algorithms=["HS256"]), hashed
    """
    if paths.zone(python.path) == paths.TEST or not _MIGHT.search(python.text):
        return
    for call in python.calls:
        code = python.code(call.node)[:_LONGEST]
        what = next((said for pattern, said in _CALLS if pattern.match(code)), "")
        if what:
            yield Sighting(python.line(call.node), what, code, call.scope, settled_by="review")
    yield from _compared(python)
    yield from _assigned(python)
    yield from _unhashed(python)


def _compared(python: Python) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.danger._conditions import (  # noqa: PLC0415 (imports libcst)
        comparisons,
    )

    pattern, what = _CALLS[3]
    for node in comparisons(python):
        code = python.code(node)[:_LONGEST]
        if pattern.search(code):
            yield Sighting(python.line(node), what, code, python.scope(node), settled_by="review")


def _assigned(python: Python) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.danger._vulnerable_facts import (  # noqa: PLC0415 (libcst)
        facts,
    )

    for target, value in facts(python).assignments:
        what = _said_of(python, target, value)
        if what:
            code = f"{python.code(target)} = {python.code(value)}"[:_LONGEST]
            line, scope = python.line(target), python.scope(target)
            yield Sighting(line, what, code, scope, settled_by="review")


def _said_of(python: Python, target: cst.CSTNode, value: cst.BaseExpression) -> str:
    name, given = python.code(target), python.code(value)
    if name.endswith(".__code__") and ".__code__" in given:
        return "a function is given the code of another"
    swapped = re.match(r"sys\.modules\[[\"']([\w.]+)[\"']\]$", name)
    if swapped and swapped[1].partition(".")[0] not in python.path.split("/"):
        return f"everybody who imports {swapped[1]} gets something else"
    if name.endswith("PASSWORD_HASHERS"):
        first = python.fold(value)
        weak = isinstance(first, list | tuple) and first and _WEAK_HASHERS.search(str(first[0]))
        return "passwords are hashed in a way that can be undone" if weak else ""
    if name == "certifi.where":
        return "certificates are taken from somewhere else"
    if _KEPT.fullmatch(name) and _PASSWORD.fullmatch(given):
        return "a password is kept as it is"
    return ""


def _unhashed(python: Python) -> Iterator[Sighting]:
    for function in python.functions:
        if not _HASHER.match(function.name):
            continue
        given = [param.name.value for param in function.node.params.params]
        code = python.code(function.node.body)
        if any(re.search(rf"return\s+{re.escape(name)}\b\s*$", code) for name in given):
            what = "a password is kept as it is"
            line = python.line(function.node)
            yield Sighting(line, what, code, function.qualname, settled_by="review")
