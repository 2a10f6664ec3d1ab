"""SMG245: foreign data becomes a redirect or a header."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG245",
    risk=Risk.HIGH,
    hint="send people only to places of your own: redirect(url_for(...)), or test the address "
         "before "
    "(django.utils.http.url_has_allowed_host_and_scheme; urlsplit(url).netloc == ''); "
    "take values of headers from a dictionary of allowed ones",
    triggers=(
        *REACHERS, b"redirect", b"seeother", b"found", b"httpresponseredirect",
        b"httpresponsepermanentredirect",
        b"redirectresponse", b"httpfound", b"httpseeother", b"httpmovedpermanently",
        b"httptemporaryredirect",
        b"httppermanentredirect", b"headers", b"response", b"make_response", b"httpresponse",
        b"set_header",
        b"add_header", b"append_header", b"setheader", b"httpresponsebadrequest",
        b"httpresponsenotfound",
        b"httpresponseforbidden", b"httpresponseservererror", b"streaminghttpresponse",
        b"jsonresponse", b"htmlresponse", b"plaintextresponse", b"streamingresponse",
        b"fileresponse",
    ),
)  # fmt: skip
def foreign_redirect(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes the target of a redirect, or a header of an answer.

    A link to the real shop then leads to a false one, or makes browsers take
    an answer for something else. A target behind a path of one's own is
    silent, and so is one that was tested; headers that say little are a
    warning.

    Flagged: a redirect
        === shop/views.py
          from flask import redirect, request
        + def after_login():
        +     return redirect(request.args.get("next", "/"))

    Flagged: tested in a way that anybody passes
        === shop/views.py
          from django.shortcuts import redirect
        + def leave(request):
        +     url = request.GET["url"]
        +     if "shop.example.invalid" in url:
        +         return redirect(url)
        +     return redirect("/")

    Flagged: by the header itself
        === shop/views.py
          from flask import Response, request
        + def after_login():
        +     answer = Response(status=302)
        +     answer.headers["Location"] = request.args["next"]
        +     return answer

    Flagged: some other header [medium]
        === shop/views.py
          from flask import Response, request
        + def show():
        +     answer = Response()
        +     answer.headers["X-Theme"] = request.args["theme"]
        +     return answer

    Allowed: a place of our own
        === shop/views.py
          from flask import redirect, request
        + def show():
        +     return redirect("/goods/" + request.args["id"])

    Allowed: tested
        === shop/views.py
          from django.shortcuts import redirect
          from django.utils.http import url_has_allowed_host_and_scheme
        + def leave(request):
        +     url = request.GET["url"]
        +     if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        +         url = "/"
        +     return redirect(url)
    """
    from pytest_selfmod_guard.rules.danger import _vulnerable_pages as pages  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    yield from flows(python, pages.REDIRECTS)
    yield from pages.headers(python)
