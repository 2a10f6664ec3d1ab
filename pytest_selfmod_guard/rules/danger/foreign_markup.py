"""SMG243: foreign data becomes part of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG243",
    risk=Risk.HIGH,
    hint='render a template file, which escapes: render_template("hello.html", name=name); '
    "or escape by hand: markupsafe.escape(name); or answer as data: jsonify(name=name)",
    triggers=(
        *REACHERS, b"markup", b"mark_safe", b"safestring", b"safetext", b"html_safe",
        b"format_html", b"literal",
        b"htmlstring", b"response", b"make_response", b"httpresponse", b"httpresponsebadrequest",
        b"httpresponsenotfound", b"httpresponseforbidden", b"httpresponseservererror",
        b"htmlresponse", b"html",
        b"httpresponse", b"set_content", b"write", b"finish", b"render_text", b"send_mail",
        b"emailmultialternatives", b"attach_alternative", b"flask", b"bottle", b"quart",
        b"cherrypy", b"web",
        b"sanic", b"flask_classful", b"klein", b"re",
    ),
    supersedes=("B308", "B703", "B704"),
)  # fmt: skip
def foreign_markup(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes part of a page without being escaped.

    What a stranger puts into the address or a form runs as a script in the
    browser of whoever follows his link, with that person's session. Text that
    a handler of Flask gives back is HTML too. Data (JSON, plain text) is
    silent. Where only a parameter is declared safe it is a warning.

    Flagged: an answer
        === shop/views.py
          from django.http import HttpResponse
        + def hello(request):
        +     return HttpResponse("<h1>" + request.GET["name"] + "</h1>")

    Flagged: what a handler gives back
        === shop/views.py
          from flask import Flask
          app = Flask(__name__)
        + @app.route("/hello/<name>")
        + def hello(name):
        +     return f"Hello {name}"

    Flagged: declared safe
        === shop/views.py
          from flask import request
          from markupsafe import Markup
        + def banner():
        +     return Markup("<b>%s</b>" % request.cookies.get("name"))

    Flagged: a parameter that is declared safe [medium]
        === shop/tags.py
          from django.utils.safestring import mark_safe
        + def bold(text):
        +     return mark_safe(f"<b>{text}</b>")

    Allowed: escaped
        === shop/views.py
          from flask import Flask
          from markupsafe import escape
          app = Flask(__name__)
        + @app.route("/hello/<name>")
        + def hello(name):
        +     return f"Hello {escape(name)}"

    Allowed: as data
        === shop/views.py
          from flask import Flask, jsonify, request
          app = Flask(__name__)
        + @app.post("/echo")
        + def echo():
        +     return {"name": request.json["name"]}

    Allowed: by a template
        === shop/views.py
          from flask import render_template, request
        + def hello():
        +     return render_template("hello.html", name=request.args["name"])
    """
    from pytest_selfmod_guard.rules.danger import _vulnerable_pages as pages  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    strict = list(flows(python, pages.MARKUP, kinds=pages.SHOWN, cleaners=pages.ESCAPES))
    strict += pages.returned(python)
    yield from strict
    lines = {one.line for one in strict}
    yield from (one for one in pages.declared_markup(python) if one.line not in lines)
    yield from pages.own_filters(python)
