"""Where foreign data comes in: requests above all, then consoles, arguments and the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Function, Python
    from pytest_selfmod_guard.syntax.scopes import Scope

REQUEST = "request"
CONSOLE = "console"
ARGUMENT = "argument"
NETWORK = "network"
PARAMETER = "parameter"
ADDRESS = "address"
"""What a request asks for; only for what is shown or run, for it is our own place."""

FIELDS = frozenset(
    (
        "args", "form", "values", "json", "data", "get_json", "get_data", "cookies", "headers",
        "files",
        "query_string", "view_args", "GET", "POST", "COOKIES", "META", "FILES", "REQUEST", "body",
        "query_params", "path_params", "query", "params", "matchdict", "match_info", "forms",
        "stream",
        "json_body", "text", "post", "read", "multipart", "raw_args", "content", "urlvars", "input",
        "get_argument", "get_arguments", "get_query_argument", "get_body_argument", "full_path",
        "arguments", "body_arguments", "query_arguments", "referrer", "raw_post_data", "subdomain",
    )
)  # fmt: skip
"""What of a request its sender chooses."""
_ALL_FIELDS = FIELDS | {"url", "path", "base_url", "full_url", "uri"}
REQUESTS = frozenset(
    (
        "flask.request", "flask.globals.request", "quart.request", "bottle.request",
        "sanic.request",
        "werkzeug.local.request", "cherrypy.request", "web.ctx", "falcon.request",
        "flask_restful.request",
        "pyramid.threadlocal.get_current_request", "starlette.requests.Request",
        "bottle.local.request",
    )
)  # fmt: skip
_NAMED = frozenset(("request", "req", "http_request", "_request", "flask_request"))
_TYPED = re.compile(r"\b(?:(?:Http|HTTP|WSGI|ASGI)?Request|WebSocket)\b")
_OWN = frozenset(("get_argument", "get_arguments", "get_query_argument", "get_body_argument"))
_ROUTES = re.compile(
    r"(?:^|[.*])(?:route|get|post|put|delete|patch|head|options|websocket|api_route|view_config"
    r"|expose|api_view)$"
)
_ROUTERS = re.compile(
    r"(?:flask|quart|fastapi|starlette|bottle|sanic|aiohttp|pyramid|tornado|blacksheep|litestar)"
)
_PLAIN = re.compile(
    r"\b(?:int|float|bool|UUID\d?|date|datetime|Decimal|timedelta|Enum|Session|AsyncSession)\b"
)
_INJECTED = re.compile(r"(?:\w+\.)*(?:Depends|Security)\b")
_CONSOLE = frozenset(("builtins.input", "builtins.raw_input", "getpass.getpass", "click.prompt"))
_ARGUMENTS = frozenset(("sys.argv", "sys.orig_argv"))
_CLIENTS = re.compile(
    r"(?:requests|httpx|urllib3|aiohttp|niquests)\.(?:[\w.]*\.)?(?:get|post|put|patch|request"
    r"|delete)$"
    r"|urllib\.request\.urlopen$|urllib2\.urlopen$"
)
_RECEIVERS = frozenset(("recv", "recvfrom", "recv_into", "recvmsg"))


class Source(NamedTuple):
    """Where a value comes from."""

    kind: str
    what: str
    """As it stands in the code, to be shown."""


def of_expression(python: Python, node: cst.BaseExpression) -> Source | None:
    """Tell whether an expression is foreign by itself."""
    if isinstance(node, cst.Call):
        return _of_call(python, node)
    if isinstance(node, cst.Attribute) and node.attr.value in _ALL_FIELDS:
        if is_request(python, node.value):
            kind = REQUEST if node.attr.value in FIELDS else ADDRESS
            return Source(kind, python.code(node))
    elif isinstance(node, cst.Name | cst.Attribute) and python.names(node) & _ARGUMENTS:
        return Source(ARGUMENT, python.code(node))
    return None


def _of_call(python: Python, node: cst.Call) -> Source | None:
    names = python.names(node.func)
    if names & _CONSOLE:
        return Source(CONSOLE, python.code(node.func) + "()")
    if any(_CLIENTS.search(name) for name in names):
        return Source(NETWORK, python.code(node.func) + "()")
    if isinstance(node.func, cst.Attribute):
        method = node.func.attr.value
        if method in _RECEIVERS:
            return Source(NETWORK, python.code(node.func) + "()")
        if method in _OWN and isinstance(node.func.value, cst.Name):
            return Source(REQUEST, python.code(node.func) + "()")
    return None


def is_request(python: Python, node: cst.BaseExpression) -> bool:
    """Tell whether an expression is a web request."""
    if isinstance(node, cst.Attribute):
        if node.attr.value == "request":
            return True
    elif isinstance(node, cst.Name) and _is_request_parameter(python, node):
        return True
    return bool(python.names(node) & REQUESTS)


def _is_request_parameter(python: Python, node: cst.Name) -> bool:
    scope: Scope | None = python.place(node).scope
    while scope is not None and node.value not in scope.bindings:
        scope = scope.parent
    function = scope.node if scope is not None else None
    param = parameter(function, node.value) if isinstance(function, cst.FunctionDef) else None
    if param is None:
        return False
    if param.annotation is None:
        return node.value in _NAMED
    return _TYPED.search(python.code(param.annotation.annotation)) is not None


def parameter(function: cst.FunctionDef, name: str) -> cst.Param | None:
    """Give a function's parameter by its name."""
    given = function.params
    stars = [star for star in (given.star_arg, given.star_kwarg) if isinstance(star, cst.Param)]
    every = (*given.posonly_params, *given.params, *given.kwonly_params, *stars)
    return next((param for param in every if param.name.value == name), None)


def of_parameter(python: Python, function: Function, name: str) -> Source | None:
    """Tell what a caller may put into a parameter; None where its type leaves no room for harm."""
    param = parameter(function.node, name)
    if param is None or name in ("self", "cls"):
        return None
    annotation = python.code(param.annotation.annotation) if param.annotation else ""
    if _PLAIN.search(annotation) or _INJECTED.match(_default(python, param)):
        return None
    if isinstance(param.default, cst.Integer | cst.Float):
        return None
    if is_handler(python, function):
        typed = any(
            f":{name}>" in rule and "string:" not in rule and "path:" not in rule
            for rule in _rules(python, function)
        )
        return (
            None if typed or name in _NAMED or _TYPED.search(annotation) else Source(REQUEST, name)
        )
    if name == "event" and parameter(function.node, "context"):
        return Source(REQUEST, name)
    return None if name in _NAMED else Source(PARAMETER, name)


def _default(python: Python, param: cst.Param) -> str:
    return python.code(param.default) if param.default else ""


def is_handler(python: Python, function: Function) -> bool:
    """Tell whether a function answers web requests, by its decorators."""
    if not any(_ROUTES.search(name) for names in function.decorators for name in names):
        return False
    return any(rule.startswith(("/", "<")) or not rule for rule in _rules(python, function)) or any(
        _ROUTERS.match(imported.module) for imported in python.imports
    )


def _rules(python: Python, function: Function) -> list[str]:
    """Give the paths that a handler's decorators name."""
    found = []
    for decorator in function.node.decorators:
        made = decorator.decorator
        if isinstance(made, cst.Call) and made.args:
            path = python.fold(made.args[0].value)
            found += [path] if isinstance(path, str) else []
    return found
