"""SMG257: a web application is left open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG257",
    risk=Risk.HIGH,
    hint="keep the framework's protection on; name the origins that may send cookies; "
    'cookies with secure=True, httponly=True, samesite="Lax"; debugging only by the environment',
    triggers=(
        *REACHERS, b"wtf_csrf_enabled", b"wtf_csrf_check_default", b"session_cookie_secure",
        b"session_cookie_httponly",
        b"csrf_cookie_secure", b"csrf_cookie_httponly", b"remember_cookie_secure",
        b"remember_cookie_httponly",
        b"secure_ssl_redirect", b"secure_content_type_nosniff", b"secure_browser_xss_filter",
        b"debug",
        b"auth_password_validators", b"allowed_hosts", b"cors_origin_allow_all",
        b"cors_allow_all_origins",
        b"set_default_csrf_options", b"require_csrf", b"use_debugger", b"autoescape",
        b"xsrf_cookies", b"set_cookie",
        b"set_signed_cookie", b"set_secure_cookie", b"allow_credentials", b"supports_credentials",
        b"csrf_exempt",
        b"exempt", b"cookies",
    ),
    supersedes=("B701", "B201"),
)  # fmt: skip
def left_open(python: Python) -> Iterable[Sighting]:
    """
    A web application is left open: to forged requests, to any origin, to debuggers.

    The session's cookie must not be shown to scripts; cookies must not go to
    whatever page asks. Of debug switches, hosts and cookies that say little
    a person may say that they are meant; in tests and examples they are a warning.

    Flagged: forged requests
        === shop/app.py
          from flask import Flask
          app = Flask(__name__)
        + app.config["WTF_CSRF_ENABLED"] = False

    Flagged: any page may use the cookies
        === shop/app.py
          from fastapi import FastAPI
          from fastapi.middleware.cors import CORSMiddleware
          app = FastAPI()
        + app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)

    Flagged: scripts see the session
        === shop/login.py
          def login(response, token):
        +     response.set_cookie("session_token", token)

    Flagged: some cookie [medium]
        === shop/login.py
          def choose(response, theme):
        +     response.set_cookie("theme", theme)

    Flagged: for all to see how it works [medium]
        === shop/settings.py
        + DEBUG = True
        + ALLOWED_HOSTS = ["*"]

    Flagged: in the settings for tests [medium]
        === shop/config.py
        + class TestConfig:
        +     WTF_CSRF_ENABLED = False

    Allowed: protected
        === shop/login.py
          def login(response, token):
        +     flags = {"secure": True, "httponly": True, "samesite": "Lax"}
        +     response.set_cookie("session_token", token, **flags)

    Allowed: origins by name
        === shop/app.py
          from fastapi import FastAPI
          from fastapi.middleware.cors import CORSMiddleware
          app = FastAPI()
        + ORIGINS = ["https://shop.example.invalid"]
        + app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True)

    Allowed: by the environment
        === shop/settings.py
          import os
        + DEBUG = os.environ.get("SHOP_DEBUG") == "1"
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_doors import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from (_weighed(python, seen) for seen in sightings(python))


_FOLDERS = re.compile(
    r"(?i)(?:^|/)(?:examples?|docs?(?:_src)?|samples?|demos?|tutorials?|fixtures)/|test|\bdev(?:el\w*)?\b"
    r"|local|debug|example|demo"
)


def _weighed(python: Python, seen: Sighting) -> Sighting:
    """Have a person look at what is a warning elsewhere, unless it is there to try things."""
    if seen.risk != Risk.MEDIUM or _FOLDERS.search(f"{python.path} {seen.scope}"):
        return seen
    return seen._replace(risk=Risk.HIGH, settled_by="review")
