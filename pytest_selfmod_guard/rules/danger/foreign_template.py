"""SMG244: foreign data becomes a template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG244",
    risk=Risk.HIGH,
    hint='keep the template constant and pass the value: render_template_string("Hello {{ name '
         '}}", name=name)',
    triggers=(
        *REACHERS, b"render_template_string", b"template", b"from_string", b"pagetemplate",
        b"simpletemplate",
        b"template_from_string", b"genshi", b"cheetah",
    ),
)  # fmt: skip
def foreign_template(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes the text of a template.

    A template is a program: with `{{ ... }}` in the right place a stranger
    runs code on the server. A value that is passed to a template is only
    data. Where a parameter is put into the text it is a warning.

    Flagged: a piece of the text
        === shop/views.py
          from flask import render_template_string, request
        + def hello():
        +     return render_template_string("<h1>Hello " + request.args["name"] + "</h1>")

    Flagged: the whole text
        === shop/views.py
          import jinja2
        + def preview(request):
        +     return jinja2.Template(request.POST["text"]).render()

    Flagged: a parameter in the text [medium]
        === shop/mail.py
          from jinja2 import Template
        + def letter(name):
        +     return Template(f"Dear {name}").render()

    Allowed: a value for the template
        === shop/views.py
          from flask import render_template_string, request
        + def hello():
        +     return render_template_string("<h1>Hello {{ name }}</h1>", name=request.args["name"])
    """
    from pytest_selfmod_guard.rules.danger import _vulnerable_pages as pages  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    strict = list(flows(python, pages.TEMPLATES, kinds=pages.SHOWN))
    yield from strict
    lines = {one.line for one in strict}
    yield from (one for one in pages.declared_templates(python) if one.line not in lines)
