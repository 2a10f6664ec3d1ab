"""What is sent to browsers: pages, templates, redirects and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_pieces import pieces
from pytest_selfmod_guard.rules.danger._vulnerable_receivers import is_made_by
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import Sink, sighting, sink, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import (
    ADDRESS,
    PARAMETER,
    REQUEST,
    Source,
    is_handler,
)
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

SHOWN = frozenset((REQUEST, ADDRESS))
ESCAPES = frozenset(
    (
        "json.dumps", "markupsafe.escape", "markupsafe.Markup", "flask.Markup", "html.escape",
        "builtins.repr",
        "flask.json.dumps", "urllib.parse.quote", "base64.b64encode", "base64.urlsafe_b64encode",
        ".content_type",
    )
)  # fmt: skip
_PLAIN = re.compile(
    r"json|text/plain|text/csv|octet-stream|image/|application/(?!xhtml)|audio/|video/|event-stream"
)
_HTML_BY_DEFAULT = re.compile(
    r"^(?:flask|bottle|quart|cherrypy|web|sanic|flask_classful|klein)(?:\.|$)"
)
_ANSWERS = re.compile(
    r"(?:^|\.)(?:Response|HttpResponse|make_response|redirect|JsonResponse|JSONResponse"
    r"|HTMLResponse"
    r"|PlainTextResponse|StreamingHttpResponse|StreamingResponse|FileResponse)$"
)


def _is_html(python: Python, call: Call, _: Source) -> Risk | None:
    """An answer is HTML unless it says otherwise."""
    kinds = [call.arg(python, None, key) for key in ("content_type", "mimetype", "media_type")]
    said = [python.fold(kind) for kind in kinds if kind is not None]
    if any(isinstance(kind, str) and _PLAIN.search(kind) for kind in said):
        return None
    body = call.arg(python, 0, "")
    return None if isinstance(body, cst.Dict | cst.List) else Risk.HIGH


_SCRIPT = "is sent as HTML, so that it may run as a script"
MARKUP: tuple[Sink, ...] = (
    sink(
        r"(?:markupsafe|flask|jinja2)\.Markup|django\.utils\.(?:safestring|html)\.(?:mark_safe"
        r"|SafeString|SafeText|html_safe)"
        r"|django\.utils\.html\.format_html|webhelpers\.html\.literal|wtforms\.widgets\.HTMLString",
        ((0, ""),),
        "is declared safe HTML",
    ),
    sink(
        r"(?:flask|quart)\.(?:make_response|Response|helpers\.make_response|wrappers\.Response)"
        r"|werkzeug\.(?:wrappers\.)?(?:Response|wrappers\.Response)"
        r"|django\.http\.(?:response\.)?(?:HttpResponse|HttpResponseBadRequest"
        r"|HttpResponseNotFound|HttpResponseForbidden|HttpResponseServerError)"
        r"|(?:starlette|fastapi)\.responses\.HTMLResponse|sanic\.response\.html"
        r"|pyramid\.response\.Response|webob\.Response"
        r"|bottle\.HTTPResponse",
        ((0, "response"), (0, "content"), (0, "body")),
        _SCRIPT,
        _is_html,
    ),
    sink(
        r"aiohttp\.web\.Response",
        ((None, "text"), (None, "body")),
        _SCRIPT,
        lambda python, call, _: _says_html(python, call),
    ),
    sink(
        r"(?:\*|django\.http\.\w+)\.(?:set_content|write|finish|render_text)",
        ((0, "chunk"),),
        _SCRIPT,
        lambda python, call, _: _is_answering(python, call),
    ),
    sink(
        r"django\.core\.mail\.send_mail|django\.core\.mail\.EmailMultiAlternatives"
        r"|\*\.attach_alternative",
        ((None, "html_message"), (0, "content")),
        "is sent as HTML in a letter",
    ),
)
TEMPLATES: tuple[Sink, ...] = (
    sink(
        r"(?:flask|quart)\.(?:templating\.)?render_template_string|jinja2\.(?:[\w.]*\.)?Template"
        r"|mako\.template\.Template"
        r"|django\.template\.(?:base\.)?Template|tornado\.template\.Template"
        r"|jinja2\.[\w.]*\.from_string|chameleon\.PageTemplate"
        r"|bottle\.(?:template|SimpleTemplate)|\*\.(?:from_string|render_template_string"
        r"|template_from_string)|genshi\.template\.\w+"
        r"|Cheetah\.Template\.Template",
        ((0, "source"),),
        "is a template, which may run code",
    ),
)
REDIRECTS: tuple[Sink, ...] = (
    sink(
        r"(?:flask|quart|bottle|werkzeug\.utils|sanic\.response|django\.shortcuts"
        r"|web)(?:\.helpers)?\.(?:redirect|seeother|found)"
        r"|django\.http\.(?:response\.)?HttpResponse(?:Permanent)?Redirect|(?:starlette"
        r"|fastapi)\.responses\.RedirectResponse"
        r"|aiohttp\.web\.HTTP(?:Found|SeeOther|MovedPermanently|TemporaryRedirect"
        r"|PermanentRedirect)"
        r"|pyramid\.httpexceptions\.HTTP(?:Found|SeeOther|MovedPermanently|TemporaryRedirect"
        r"|PermanentRedirect)"
        r"|falcon\.HTTP(?:Found|SeeOther|MovedPermanently|TemporaryRedirect|PermanentRedirect)"
        r"|\*\.redirect",
        ((0, "location"), (0, "url"), (0, "redirect_to"), (0, "to")),
        "sends people to a place of the sender's choice",
        lambda python, call, _: _is_elsewhere(python, call),
    ),
)


def _says_html(python: Python, call: Call) -> Risk | None:
    kind = call.arg(python, None, "content_type")
    said = python.fold(kind) if kind is not None else ""
    return Risk.HIGH if isinstance(said, str) and "html" in said else None


def _is_answering(python: Python, call: Call) -> Risk | None:
    """``self.write(...)`` of a tornado handler, ``response.write(...)`` of Django."""
    code = python.code(call.node.func)
    is_own = code in ("self.write", "self.finish") and "tornado" in python.text
    return Risk.HIGH if is_own or code.startswith(("response.", "resp.")) else None


def _is_elsewhere(python: Python, call: Call) -> Risk | None:
    """Behind a path of our own a stranger can only choose what is below it."""
    for keyword in ("location", "url", "redirect_to", "to"):
        target = call.arg(python, 0, keyword)
        if target is not None:
            break
    else:
        return Risk.HIGH
    return place_of(python, target)


def place_of(python: Python, target: cst.BaseExpression) -> Risk | None:
    """Say how bad an address is: not at all where it begins with a place of our own."""
    parts = pieces(python, target)
    first = parts[0].lstrip() if parts and isinstance(parts[0], str) else ""
    if not first and len(parts) > 1 and isinstance(parts[0], str):
        return Risk.HIGH
    if re.match(r"/[^/\\]|\?|#|https?://[^/?#]+[/?#]", first):
        return None
    if parts and not isinstance(parts[0], str) and not sources(python, parts[0]):
        return None
    return Risk.HIGH


def returned(python: Python) -> Iterator[Sighting]:
    """Say where a handler gives back text with foreign data in it, which is HTML there."""
    modules = [imported.module for imported in python.imports]
    if not any(_HTML_BY_DEFAULT.match(module) for module in modules):
        return
    for function in python.functions:
        if not is_handler(python, function):
            continue
        for value in facts(python).returns.get(id(function.node), ()):
            body = (
                value.elements[0].value
                if isinstance(value, cst.Tuple) and value.elements
                else value
            )
            found = _foreign_text(python, body)
            if found:
                what = f"{found.what} is given back as HTML, so that it may run as a script"
                yield sighting(python, value, function.qualname, what)


def _foreign_text(python: Python, body: cst.BaseExpression) -> Source | None:
    if isinstance(body, cst.Dict | cst.List | cst.ListComp | cst.DictComp):
        return None
    if isinstance(body, cst.Call):
        is_text = isinstance(body.func, cst.Attribute) and body.func.attr.value in (
            "format",
            "join",
            "replace",
        )
        if not is_text and "builtins.str" not in python.names(body.func):
            return None
    found = sources(python, body, ESCAPES)
    if any(
        source.what.rpartition(".")[2].startswith(("get_json", "json")) for source in found
    ) and not isinstance(body, cst.FormattedString | cst.BinaryOperation):
        return None
    return worst(found, SHOWN)


def declared_markup(python: Python) -> Iterator[Sighting]:
    """Say where text with a parameter in it is declared safe HTML."""
    return _with_parameters(python, MARKUP[0], "declared safe HTML")


def declared_templates(python: Python) -> Iterator[Sighting]:
    """Say where text with a parameter in it is made into a template."""
    return _with_parameters(python, TEMPLATES[0], "made into a template")


def _with_parameters(python: Python, one: Sink, what: str) -> Iterator[Sighting]:
    for call in python.calls:
        text = call.arg(python, 0, "source")
        if text is None or not any(one.names.fullmatch(name) for name in call.names):
            continue
        if not any(isinstance(piece, str) for piece in pieces(python, text)):
            continue
        found = worst(sources(python, text, ESCAPES), frozenset((PARAMETER,)))
        if found:
            said = f"{found.what} is put unescaped into text that is {what}"
            yield sighting(python, call.node, call.scope, said, Risk.MEDIUM)


_OWN_FILTER = re.compile(r"<\s*\\?s?\*?\(?script", re.IGNORECASE)


_PROTECTS = re.compile(r"filter|sanit|escape|xss", re.IGNORECASE)
"""What a function is called that is to make HTML harmless, and not only to read it."""


def own_filters(python: Python) -> Iterator[Sighting]:
    """Say where a pattern is to take scripts out of HTML."""
    for call in python.calls:
        if not call.names & {"re.sub", "re.compile", "re.subn"}:
            continue
        pattern = call.arg(python, 0, "pattern")
        said = python.fold(pattern) if pattern is not None else None
        if isinstance(said, str) and _OWN_FILTER.match(said):
            what = "a pattern cannot take scripts out of HTML: they may be written in too many ways"
            risk = Risk.HIGH if _PROTECTS.search(call.scope) else Risk.MEDIUM
            yield sighting(python, call.node, call.scope, what, risk)


_TELLING = re.compile(
    r"^(?:location|content-type|access-control-allow-origin|refresh|link|set-cookie"
    r"|content-disposition)$",
    re.IGNORECASE,
)


def headers(python: Python) -> Iterator[Sighting]:
    """Say where foreign data becomes a header of an answer."""
    for target, value in facts(python).assignments:
        if isinstance(target, cst.Subscript) and _is_header(python, target):
            found = worst(sources(python, value), frozenset((REQUEST,)))
            name = (
                python.fold(target.slice[0].slice.value)
                if isinstance(target.slice[0].slice, cst.Index)
                else ""
            )
            said = _said(python, found, name, value)
            if said:
                yield sighting(python, target, python.scope(target), *said)
    for call in python.calls:
        yield from _added(python, call)


def _added(python: Python, call: Call) -> Iterator[Sighting]:
    """``headers.add(name, value)`` and its like."""
    method = python.code(call.node.func).rpartition(".")[2]
    code = python.code(call.node.func)
    is_header = method in ("set_header", "add_header", "append_header", "setHeader") or (
        method in ("add", "set", "setdefault", "append") and _HEADERS.search(code)
    )
    value = call.arg(python, 1, "value") if is_header else None
    name = call.arg(python, 0, "key")
    if value is None or name is None:
        return
    found = worst(sources(python, value), frozenset((REQUEST,)))
    said = _said(python, found, python.fold(name), value)
    if said:
        yield sighting(python, call.node, call.scope, *said)


_HEADERS = re.compile(r"\bheaders\.\w+$")


def _said(
    python: Python, found: Source | None, name: object, value: cst.BaseExpression
) -> tuple[str, Risk] | None:
    if found is None:
        return None
    telling = isinstance(name, str) and _TELLING.match(name)
    if telling and str(name).lower() == "location" and place_of(python, value) is None:
        return None
    return (
        f"{found.what} becomes the header {name!r} of an answer",
        Risk.HIGH if telling else Risk.MEDIUM,
    )


def _is_header(python: Python, target: cst.Subscript) -> bool:
    on = target.value
    if isinstance(on, cst.Attribute) and on.attr.value == "headers":
        return not re.search(r"req(?:uest)?\b", python.code(on.value))
    return isinstance(on, cst.Name) and is_made_by(python, on, _ANSWERS)
