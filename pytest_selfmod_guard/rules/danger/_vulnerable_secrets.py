"""Texts that are secrets, by their form or by what they are called."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_settings import target_name
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Python

FORMS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{40,}"
    r"|\bglpat-[\w-]{20,}"
    r"|\bxox[baprs]-[\w-]{20,}|\bsk-(?:proj-|ant-[\w-]{3,9}-)?[A-Za-z0-9_-]{32,}"
    r"|\b[sr]k_live_[0-9A-Za-z]{20,}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b|\bya29\.[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bnpm_[A-Za-z0-9]{36}\b"
    r"|\bpypi-AgE[\w-]{50,}|\bhf_[A-Za-z]{34}\b|\bdop_v1_[a-f0-9]{64}\b|\bshp(?:at"
    r"|ss)_[a-fA-F0-9]{32}\b"
    r"|https://hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"
    r"|-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED "
    r"|PGP )?PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/=\\n\s:,-]{60,}"
)
_ADDRESS = re.compile(
    r"\b[a-z][\w+.-]{2,30}://[^\s/:@{}$<>%*]{1,64}:([^\s/@{}$<>%*]{0,64})@[\w.-]+"
)
_CALLED = re.compile(
    r"(?:^|[_.\[])(?:(?:api|app|access|auth|account|aws|azure|bot|client|consumer|db|encryption|jwt|master|oauth|private|secret|service|"
    r"shared|signing|slack|stripe|user|admin|root|session|hmac|crypt\w*|flask|django|twilio"
    r"|sendgrid|github|gitlab|openai)_?)*"
    r"(?:secret|secret_?key|token|passwords?|passwd|pwd|api_?key|apikey|access_?key|private_?key"
    r"|signing_?key|encryption_?key|"
    r"auth_?key|secret_?token|credentials?|passphrase|client_?secret|jwt_?key"
    r"|secret_?access_?key|auth_?token|key)\]?$",
    re.IGNORECASE,
)
_WEAKLY = re.compile(r"(?:^|[_.\[])(?:pass(?:word|wd)?|pwd|passphrase)\]?$", re.IGNORECASE)
_BARE_KEY = re.compile(r"(?:^|[_.\[])key\]?$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:your|example|change|replace|dummy|fake|sample|placeholder|insert|todo|xxx|test|mock"
    r"|secret$|<|>|\{|\}|\$\(|\.\.\.|\*\*|None|null|not[_-]?a|invalid|redacted|abc|1234|unused"
    r"|here$)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]+(?:[-_. /:][A-Za-z]+)*|[a-z_.:/-]+|[A-Z_.:-]+")
_CONNECTS = re.compile(
    r"(?:mysql\.connector|MySQLdb|pymysql|psycopg2?|pymssql|cx_Oracle|oracledb|asyncpg|aiomysql"
    r"|aiopg|mariadb|pyodbc|snowflake\.connector|"
    r"pg8000|asyncmy|clickhouse_driver|ibm_db|redis|pika|ldap3|vertica_python|hdbcli\.dbapi"
    r"|sqlcipher3?)\.(?:\w+\.)*"
    r"(?:connect|Connection|Redis|StrictRedis|create_pool|PlainCredentials|Client|ConnectionPool"
    r"|MySQLConnectionPool)"
    r"|\*\.login"
)
_PASSWORDS = ("password", "passwd", "pwd", "passphrase")
_SHORT, _LONG, _SURE = 3, 16, 3.5
_STRINGS = (cst.SimpleString, cst.ConcatenatedString)


class Secret(NamedTuple):
    """A text that should not stand in code."""

    node: cst.BaseExpression
    what: str
    risk: Risk
    settled_by: str = ""


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where secrets stand in code, each line once."""
    said: dict[int, Secret] = {}
    for secret in (
        *_formed(python),
        *_named(python),
        *_connected(python),
        *_signed(python),
        *_compared(python),
        *_likely(python),
    ):
        line = python.line(secret.node)
        if line not in said or said[line].risk < secret.risk:
            said[line] = secret
    for secret in said.values():
        risk = _mild(python, secret.risk)
        seen = sighting(python, secret.node, python.scope(secret.node), secret.what, risk)
        yield seen._replace(settled_by=secret.settled_by)


def _mild(python: Python, risk: Risk) -> Risk:
    folders = python.path.lower().split("/")
    is_example = not {"examples", "example", "docs", "docs_src", "samples", "fixtures"}.isdisjoint(
        folders
    )
    return Risk.MEDIUM if is_example else risk


def _formed(python: Python) -> Iterator[Secret]:
    """What has the form of a key that some service gives out."""
    for node in _strings(python):
        text = _text(python, node)
        found = FORMS.search(text)
        if found and not _PLACEHOLDER.search(found[0][:40]) and entropy(found[0][-24:]) > _LEAST:
            yield Secret(
                node, "a secret key stands in the code, for all who can read it", Risk.HIGH
            )
            continue
        address = _ADDRESS.search(text)
        if address and not _PLACEHOLDER.search(address[0]) and not _is_local(address[0]):
            risk = Risk.HIGH if _is_random(address[1]) else Risk.MEDIUM
            yield Secret(node, "an address with a password in it stands in the code", risk)


def _likely(python: Python) -> Iterator[Secret]:
    """What is written like a secret, though a word in it may say that it is none."""
    if _TRYING.search(python.path):
        return
    for name, node in _candidates(python):
        text = _text(python, node)
        address = _ADDRESS.search(text)
        is_long = _LIKE_A_KEY.fullmatch(text) and entropy(text) > _LEAST
        is_key = FORMS.search(text) or (_CALLED.search(name) and is_long)
        is_address = address and address[1] and not _NOBODYS.fullmatch(address[1])
        if is_address and address and not _OWN_MACHINE.search(address[0]):
            what = "an address with a password in it stands in the code"
            yield Secret(node, what, Risk.HIGH, "review")
        elif is_key or (_WEAKLY.search(name) and _LIKE_A_PASSWORD.fullmatch(text)):
            yield Secret(node, f"{name or 'a secret'} stands in the code", Risk.HIGH, "review")


_TRYING = re.compile(r"(?i)test|example|docs?/|docs_src|sample|demo|local|\bdev|fixture|conftest")
_LIKE_A_KEY = re.compile(r"(?=[^\d]*\d)(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[\w+/=.~-]{20,200}")
_LIKE_A_PASSWORD = re.compile(r"(?=[^\d]*\d)(?=\D*[A-Za-z]|\d+[A-Za-z])[^\s/{}<>$%]{6,64}")
_NOBODYS = re.compile(
    r"(?i)pass(?:word)?|pwd|postgres|guest|secret|\*+|x+|\.+|root|user|admin|test|token"
)
_OWN_MACHINE = re.compile(
    r"@(?:localhost|127\.|0\.0\.0\.0|host\b|db\b[^.]|db$|postgres$|redis$)|proxy"
)
_LEAST = 3.0


def _is_local(address: str) -> bool:
    return (
        "localhost" in address or "127.0.0.1" in address or "@db" in address or "@host" in address
    )


def _named(python: Python) -> Iterator[Secret]:
    """What is called a secret, and is none of the usual words."""
    for name, node in _candidates(python):
        text = _text(python, node)
        if not _CALLED.search(name) or len(text) < _SHORT or _PLACEHOLDER.search(text):
            continue
        if _is_random(text):
            yield Secret(node, f"{name} is a secret, and stands in the code", Risk.HIGH)
        elif _is_signing(name) or (_WEAKLY.search(name) and " " not in text and not _is_path(text)):
            yield Secret(node, f"{name} stands in the code", Risk.MEDIUM)


def _is_path(text: str) -> bool:
    return "/" in text or "." in text


def _is_signing(name: str) -> bool:
    return name.rpartition(".")[2].lower().strip("[]").endswith(
        ("secret_key", "config[secret_key")
    ) or ("secret_key" in name.lower() and "access" not in name.lower())


def _candidates(python: Python) -> Iterator[tuple[str, cst.BaseExpression]]:
    for target, value in facts(python).assignments:
        if isinstance(value, (*_STRINGS, cst.BinaryOperation)):
            yield target_name(python, target), value
        elif isinstance(value, cst.Dict):
            yield from _of_pairs(python, value)
    for call in python.calls:
        for arg in call.node.args:
            if arg.keyword and isinstance(arg.value, _STRINGS):
                yield arg.keyword.value, arg.value
            elif isinstance(arg.value, cst.Dict):
                yield from _of_pairs(python, arg.value)


def _of_pairs(python: Python, node: cst.Dict) -> Iterator[tuple[str, cst.BaseExpression]]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        for element in here.elements:
            if not isinstance(element, cst.DictElement):
                continue
            if isinstance(element.value, cst.Dict):
                waiting.append(element.value)
            elif isinstance(element.value, _STRINGS) and isinstance(element.key, cst.SimpleString):
                yield str(python.fold(element.key)), element.value


def _connected(python: Python) -> Iterator[Secret]:
    """Passwords with which a database is opened, however simple."""
    for call in python.calls:
        if not any(_CONNECTS.fullmatch(name) for name in call.names):
            continue
        for keyword in _PASSWORDS:
            value = call.arg(python, None, keyword)
            text = python.fold(value) if value is not None else None
            if value is not None and isinstance(text, str):
                risk = Risk.HIGH if text and not _PLACEHOLDER.match(text) else Risk.MEDIUM
                what = (
                    "the password of a connection stands in the code"
                    if text
                    else "a connection has an empty password"
                )
                yield Secret(value, what, risk)


_TOKENS = re.compile(
    r"(?:jose\.)?jwt\.(?:encode|decode)|itsdangerous\.(?:\w+\.)?\w*Serializer"
    r"|itsdangerous\.\w*Signer"
)


def _signed(python: Python) -> Iterator[Secret]:
    """Keys with which tokens are signed, however simple."""
    for call in python.calls:
        if not any(_TOKENS.fullmatch(name) for name in call.names):
            continue
        key = call.arg(
            python, 0 if any("itsdangerous" in name for name in call.names) else 1, "key"
        )
        text = python.fold(key) if key is not None else None
        if key is not None and isinstance(text, str) and text and "-----BEGIN PUBLIC" not in text:
            yield Secret(key, "the key that signs tokens stands in the code", Risk.HIGH)


def _compared(python: Python) -> Iterator[Secret]:
    """A password that is compared with the one that all installations share."""
    for node in facts(python).comparisons:
        one = node.comparisons[0]
        if not isinstance(one.operator, cst.Equal | cst.NotEqual):
            continue
        for name, other in ((node.left, one.comparator), (one.comparator, node.left)):
            text = python.fold(other) if isinstance(other, cst.SimpleString) else None
            if isinstance(text, str) and len(text) >= _SHORT and _is_password(python, name):
                yield Secret(
                    node, "a password is compared with one that stands in the code", Risk.HIGH
                )


def _is_password(python: Python, node: cst.BaseExpression) -> bool:
    name = written(node) if isinstance(node, cst.Name | cst.Attribute) else ""
    if isinstance(node, cst.Subscript):
        name = target_name(python, node)
    elif isinstance(node, cst.Call) and node.args and written(node.func).endswith(".get"):
        name = f"[{python.fold(node.args[0].value)}]"
    return _COMPARED.search(name) is not None


_COMPARED = re.compile(
    r"(?:^|[_.\[])(?:password|passwd|pwd|passphrase|api_?key|secret|auth_token)\]?$", re.IGNORECASE
)


def _is_random(text: str) -> bool:
    """Tell whether a text was drawn rather than thought of."""
    if len(text) < _LONG or " " in text or _WORDS.fullmatch(text) or "://" in text:
        return False
    kinds = sum(bool(re.search(kind, text)) for kind in (r"[a-z]", r"[A-Z]", r"\d"))
    is_hex = re.fullmatch(r"[0-9a-fA-F-]{24,}", text) is not None
    return (
        entropy(text) >= (_LEAST if is_hex else _SURE)
        and (kinds > 1)
        and re.search(r"\d", text) is not None
    )


def entropy(text: str) -> float:
    """Give the bits a character of a text is worth, by how often each occurs."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def _text(python: Python, node: cst.BaseExpression) -> str:
    value = python.fold(node)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else ""


def _strings(python: Python) -> Iterator[cst.BaseExpression]:
    waiting: list[cst.CSTNode] = [python.module]
    while waiting:
        here = waiting.pop()
        if isinstance(here, _STRINGS):
            yield here
        else:
            waiting.extend(children(here))
