"""Settings that leave a web application open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_guards import written
from pytest_selfmod_guard.rules.danger._vulnerable_settings import (
    Setting,
    assigned,
    called,
    off,
    on,
    passed,
)
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_COOKIES = re.compile(r"(?:\*|[\w.]+)\.(?:set_cookie|set_signed_cookie|set_secure_cookie)")
_SESSION = re.compile(
    r"session|sess_?id|auth|token|jwt|login|remember|access|refresh|^sid$|user_?id", re.IGNORECASE
)
_READ = re.compile(r"csrf|xsrf", re.IGNORECASE)
_CORS = re.compile(
    r"(?:\*|[\w.]+)\.(?:add_middleware)|[\w.]*(?:CORSMiddleware|Middleware|CORS|cross_origin)"
)
_FORGED = "requests that other sites forge are taken for the user's own"
_OPEN = "anybody's page may act with the cookies of whoever looks at it"


def _set(names: str, test: object, what: str, risk: Risk = Risk.MEDIUM) -> Setting:
    return Setting(re.compile(names), "", None, test, what, risk)  # type: ignore[arg-type]


_SETTINGS = (
    _set(r"(?:.*[.\[])?WTF_CSRF_(?:ENABLED|CHECK_DEFAULT)\]?", off, _FORGED, Risk.HIGH),
    _set(
        r"(?:.*[.\[])?(?:SESSION|CSRF|REMEMBER)_COOKIE_(?:SECURE|HTTPONLY)\]?",
        off,
        "the cookie travels unprotected, or is shown to scripts",
    ),
    _set(
        r"SECURE_(?:SSL_REDIRECT|CONTENT_TYPE_NOSNIFF|BROWSER_XSS_FILTER)",
        off,
        "a protection of the framework is switched off",
    ),
    _set(
        r"DEBUG|(?:.*[.\[])(?:DEBUG|debug)\]?",
        on,
        "debugging shows strangers how the program works",
    ),
    _set(r"AUTH_PASSWORD_VALIDATORS", lambda value, _: value == [], "any password will do"),
    _set(
        r"ALLOWED_HOSTS",
        lambda value, _: isinstance(value, list | tuple) and "*" in value,
        "any name of the host is taken",
    ),
    _set(r"CORS_(?:ORIGIN_ALLOW_ALL|ALLOW_ALL_ORIGINS)", on, "any page may read the answers"),
)
_CALLS = (
    Setting(
        re.compile(r"(?:\*|[\w.]+)\.set_default_csrf_options"), "require_csrf", 0, off, _FORGED
    ),
    Setting(
        re.compile(r"(?:\*|[\w.]+)\.set_default_csrf_options"), "check_origin", None, off, _FORGED
    ),
    Setting(re.compile(r"[\w.*]*view_config"), "require_csrf", None, off, _FORGED, Risk.MEDIUM),
    Setting(re.compile(r"[\w.*]+"), "WTF_CSRF_ENABLED", None, off, _FORGED),
    Setting(
        re.compile(r"(?:\*|django\.\w+)\.run|flask\.Flask\.run"),
        "use_debugger",
        None,
        on,
        "strangers may run code in the debugger",
    ),
    Setting(
        re.compile(r"werkzeug\.(?:serving\.)?run_simple"),
        "use_debugger",
        None,
        on,
        "strangers may run code in the debugger",
    ),
    Setting(
        re.compile(r"jinja2\.(?:environment\.|sandbox\.)?\w*Environment"),
        "autoescape",
        None,
        off,
        "pages show foreign text unescaped",
    ),
    Setting(re.compile(r"tornado\.web\.Application"), "xsrf_cookies", None, off, _FORGED),
    Setting(
        re.compile(r"tornado\.web\.Application"),
        "debug",
        None,
        on,
        "debugging shows strangers how the program works",
        Risk.MEDIUM,
    ),
)
_EXEMPT = re.compile(r"csrf_exempt$|\.csrf\.exempt$|^\*\.exempt$")


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where an application is left open."""
    for said in (*assigned(python, _SETTINGS), *passed(python, _CALLS)):
        is_for_tests = re.search(r"test", said.scope, re.IGNORECASE) is not None
        yield said._replace(risk=Risk.MEDIUM) if is_for_tests and said.risk else said
    for call, _ in called(python, _COOKIES):
        yield from _cookie(python, call)
    for call, _ in called(python, _CORS):
        yield from _origins(python, call)
    yield from _exempted(python)


def _cookie(python: Python, call: Call) -> Iterator[Sighting]:
    if call.is_open(python):
        return
    missing = [flag for flag in ("secure", "httponly") if not _is_set(python, call, flag)]
    first = call.arg(python, 0, "key")
    name = python.fold(first) if first is not None else ""
    if not missing or (isinstance(name, str) and _READ.search(name)):
        return
    is_session = (
        isinstance(name, str) and _SESSION.search(name) is not None and "httponly" in missing
    )
    what = f"the cookie is sent without {' and '.join(missing)}"
    yield sighting(python, call.node, call.scope, what, Risk.HIGH if is_session else Risk.MEDIUM)


def _is_set(python: Python, call: Call, flag: str) -> bool:
    value = call.arg(python, None, flag)
    return value is not None and not off(python.fold(value), "") and python.fold(value) is not None


def _origins(python: Python, call: Call) -> Iterator[Sighting]:
    """Credentials together with any origin."""
    for keyword in ("allow_credentials", "supports_credentials"):
        value = call.arg(python, None, keyword)
        if value is not None and on(python.fold(value), "") and _is_any(python, call, keyword):
            yield sighting(python, call.node, call.scope, _OPEN)
            return


def _is_any(python: Python, call: Call, keyword: str) -> bool:
    for name in ("allow_origins", "origins", "allow_origin_regex"):
        value = call.arg(python, None, name)
        if value is not None:
            said = python.fold(value)
            return (
                "*" in said
                if isinstance(said, list | tuple | frozenset)
                else said in ("*", ".*", "https?://.*", "^.*$")
            )
    return keyword == "supports_credentials" and call.arg(python, None, "resources") is None


def _exempted(python: Python) -> Iterator[Sighting]:
    for function in python.functions:
        for decorator, names in zip(function.node.decorators, function.decorators, strict=True):
            if any(_EXEMPT.search(name) for name in names) and _is_csrf(decorator.decorator):
                yield sighting(python, decorator, function.qualname, _FORGED, Risk.MEDIUM)


def _is_csrf(node: cst.BaseExpression) -> bool:
    return "csrf" in written(node.func if isinstance(node, cst.Call) else node).lower()
