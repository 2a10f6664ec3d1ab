"""SMG285: a new way into the application hands out all its users, to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Function, Python

_PEOPLE = (
    r"(?:User|Account|Customer|Member|Employee|Patient|Profile|Person|Credential|Session|Token"
    r"|ApiKey)s?"
)
_ALL = re.compile(
    rf"\b{_PEOPLE}\.(?:objects|query)\.(?:all|values|values_list|order_by)\("
    rf"|\.query\(\s?(?:\w+\.)?{_PEOPLE}\s?\)\.(?:all|order_by)\("
    rf"|\bselect\(\s?(?:\w+\.)?{_PEOPLE}\s?\)(?!\s*\.where)"
    rf"|\b{_PEOPLE}\.(?:all|find_all|find)\(\s?\)"
    r"|(?i:select\s[^'\"]{1,80}\bfrom\s+[\w.]*(?:users?|accounts?|customers?|members?|credentials?|sessions?|api_keys?)"
    r"\s*(?:order\s[^'\"]{0,60})?;?['\"])"
    r"|\b(?:dict|str|repr|list)\(\s?os\.environ\b"
)
_GIVES = re.compile(
    r"jsonify|JsonResponse|Response\(|\breturn\b|\bwrite\(|render|dumps|to_csv|yield"
)
_ROUTE = re.compile(
    r"\.(?:route|get|post|put|api_route|websocket|add_url_rule|view|expose|endpoint)$|(?:^|\.)(?:route|api_view|expose)$"
)
_GUARD = re.compile(
    r"(?i)login|auth|permi|admin_|staff|superuser|require|current_user|Depends|Security|token|guard|protect|role"
    r"|api_key|jwt|abort\(40|session\[|session\.get|g\.user|request\.user\b|is_admin|count\(\)"
)
_OF_ALL = re.compile(
    r"(?i)dependencies\s?=\s?\[|before_request|permission_classes|LoginRequired|decorators\s?=|DEFAULT_PERMISSION"
)


@python_rule(
    "SMG285",
    risk=Risk.HIGH,
    hint="ask who calls before anything of other people is read (a decorator, a dependency), "
    "and give out field by field what he may see",
    triggers=(b"user", b"users", b"account", b"accounts", b"customer", b"customers", b"member",
              b"members", b"environ", b"credential", b"credentials", b"sessions", b"session",
              b"employee", b"profile", b"patient", b"token", b"apikey", b"api_keys", b"person"),
)  # fmt: skip
def people_dumped(python: Python) -> Iterable[Sighting]:
    """
    A view that nobody guards answers with every user, account or session there is.

    It is called by a route, or takes a request, reads whole tables of people
    (or the environment) and gives them back, and neither it nor its file asks
    who calls. A person is to look.

    Flagged: a route
        === shop/views.py
          from flask import Flask, jsonify
          app = Flask(__name__)
        + @app.get("/debug/users")
        + def dump():
        +     return jsonify([user.__dict__ for user in User.query.all()])

    Flagged: by SQL
        === shop/api.py
          from fastapi import APIRouter
          router = APIRouter()
        + @router.get("/internal/users")
        + async def dump():
        +     return await db.fetch_all("SELECT * FROM users")

    Flagged: a view of Django
        === shop/views.py
          from django.http import JsonResponse
        + def dump(request):
        +     return JsonResponse(list(User.objects.values()), safe=False)

    Allowed: guarded
        === shop/views.py
          from flask import Flask, jsonify
          app = Flask(__name__)
        + @app.get("/users")
        + @login_required
        + def users():
        +     return jsonify([user.name for user in User.query.all()])

    Allowed: what is for sale
        === shop/views.py
          from flask import Flask, jsonify
          app = Flask(__name__)
        + @app.get("/goods")
        + def goods():
        +     return jsonify(db.execute("SELECT * FROM goods").fetchall())
    """
    if paths.zone(python.path) == paths.TEST or _OF_ALL.search(python.text):
        return
    for function in python.functions:
        if not _is_view(python, function):
            continue
        code = python.code(function.node)[:_LONG]
        found = _ALL.search(code)
        if found and _GIVES.search(code) and not _GUARD.search(_plain(code)):
            what = f"anybody who calls {function.name}() gets everything about everybody"
            line = python.line(function.node)
            yield Sighting(line, what, found[0], function.qualname, settled_by="review")


_LONG = 6000


def _plain(code: str) -> str:
    """Leave the models and tables themselves out of where a guard is looked for."""
    return _ALL.sub(
        " ", re.sub(r"(?:password|token|api_key|secret|auth)\w*_?(?:hash|key)?['\",\]}]", " ", code)
    )


def _is_view(python: Python, function: Function) -> bool:
    if any(_ROUTE.search(name) for names in function.decorators for name in names):
        return True
    parameters = [one.name.value for one in function.node.params.params]
    if not parameters or function.name.startswith("_"):
        return False
    is_django = "django" in python.text and parameters[:1] == ["request"]
    return is_django or (parameters[:2] == ["self", "request"] and function.name == "get")
