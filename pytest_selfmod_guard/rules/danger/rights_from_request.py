"""SMG283: who asks says himself what he may do."""

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

_RIGHT = re.compile(
    r"(?i)(?:is_?)?(?:admin|superuser|staff|root|superadmin|moderator|owner_of_all)(?:istrator)?"
    r"|role|roles|access_level|privileges?|is_(?:authenticated|authorized|trusted|verified)"
    r"|user_type|authenticated|can_\w+"
)
_REQUEST = re.compile(
    r"(?:flask|quart|bottle|sanic|starlette|fastapi|django|falcon|tornado|aiohttp|cherrypy|litestar)[\w.]*"
    r"\.(?:request|Request|RequestHandler)(?:\..+)?"
    r"|\*\.(?:GET|POST|COOKIES|META|query_params|get_argument|get_json|query_string)(?:\..+)?"
    r"|param:[\w.]*\.(?:request|req)(?:\.(?:args|form|values|headers|cookies|json|GET|POST|data|query_params)"
    r"(?:\..+)?)?"
)
_ASKED = re.compile(
    r"\.(?:args|form|values|headers|cookies|json|GET|POST|COOKIES|META|query_params|data|query|get_json\(\)"
    r"|get_argument|body|match_info|params)\b"
)
_KEY = re.compile(
    r"(?i)['\"][\w-]*(?:admin|staff|super|role|root|permission|is_auth|su|trusted)[\w-]*['\"]"
)
_ANY_REQUEST = re.compile(r"\breq(?:uest)?\b|RequestHandler")
_FORMS = re.compile(r"(?i)admin|staff|manage|backoffice|/cms/")
_GUARDED = re.compile(
    r"(?i)admin_required|is_superuser\s?(?:or|and|:)|require_admin|requires?_role|admin_only|staff_member_required"
    r"|permission_required|superuser_required|roles_required|roles_accepted|user_passes_test|current_admin"
    r"|require_permission|has_perm"
)


@python_rule(
    "SMG283",
    risk=Risk.HIGH,
    hint="take rights from the account in the database, and set them only in a view that asks "
    "whether who calls is an administrator",
    triggers=(b"request", b"req", b"args", b"form", b"post", b"get", b"headers",
              b"cookies", b"json"),
)  # fmt: skip
def rights_from_request(python: Python) -> Iterable[Sighting]:
    """
    A request says by itself whether who sent it is an administrator.

    A field, header or cookie of the request becomes `is_admin`, a role or the
    like, of an account, a session or a decision. Who sends it writes it. Where
    the function asks for an administrator first it is silent. A person is to look.

    Flagged: a field of a form
        === shop/views.py
          from flask import request, g
          def me():
        +     g.user.is_admin = request.form.get("is_admin") == "1"

    Flagged: an account made with a role
        === shop/views.py
          from flask import request
          def register():
        +     return User(name=request.form["name"], role=request.form.get("role", "user"))

    Flagged: a header decides
        === shop/views.py
          from flask import request
          def page():
        +     is_admin = request.headers.get("X-Admin") == "1"
              return render(is_admin)

    Allowed: an administrator sets it
        === shop/views.py
          from flask import request
          @admin_required
          def edit(user):
        +     user.role = request.form["role"]

    Allowed: the account says it
        === shop/views.py
          from flask import request
          def page():
        +     name = request.form["name"]
        +     is_admin = find(name).is_admin
    """
    if paths.zone(python.path) == paths.TEST or _FORMS.search(python.path):
        return
    if not (_KEY.search(python.text) and _ANY_REQUEST.search(python.text)):
        return
    guarded = {f.qualname for f in python.functions if _GUARDED.search(_head(python, f.node))}
    for node, value in (*_assigned(python), *_passed(python), *_answered(python)):
        scope = python.scope(node)
        if scope not in guarded and _is_asked(python, value):
            what = "who sends the request says himself what he may do"
            yield Sighting(python.line(node), what, python.code(node), scope, settled_by="review")


def _head(python: Python, node: cst.FunctionDef) -> str:
    """Give the decorators, parameters and code of a function, as they are written."""
    decorators = "\n".join(python.code(one.decorator) for one in node.decorators)
    return f"{decorators}\n{python.code(node.params)}\n{python.code(node.body)[:_LONG]}"


_LONG = 4000


def _assigned(python: Python) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
    import libcst as cst  # noqa: PLC0415 (rarely needed)
    from libcst import matchers  # noqa: PLC0415

    for one in matchers.findall(python.module, matchers.Assign()):
        if isinstance(one, cst.Assign) and any(_is_right(each.target) for each in one.targets):
            yield one, one.value


def _is_right(target: cst.BaseExpression) -> bool:
    import libcst as cst  # noqa: PLC0415

    if isinstance(target, cst.Name):
        # A role that is only looked at may be what an administrator asks for.
        return "role" not in target.value and _RIGHT.fullmatch(target.value) is not None
    if isinstance(target, cst.Attribute):
        return _RIGHT.fullmatch(target.attr.value) is not None
    if not isinstance(target, cst.Subscript):
        return False
    key = getattr(target.slice[0].slice, "value", None)
    return (
        isinstance(key, cst.SimpleString) and _RIGHT.fullmatch(key.value.strip("'\"")) is not None
    )


def _passed(python: Python) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
    for call in python.calls:
        for arg in call.node.args:
            if arg.keyword is not None and _RIGHT.fullmatch(arg.keyword.value):
                yield call.node, arg.value


def _answered(python: Python) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
    """Give what a function that tells whether somebody may answers with."""
    import libcst as cst  # noqa: PLC0415
    from libcst import matchers  # noqa: PLC0415

    for function in python.functions:
        if re.fullmatch(
            r"(?i)_?(?:is|has)_\w*(?:admin|staff|superuser|root|auth\w*)\w*", function.name
        ):
            for one in matchers.findall(function.node, matchers.Return()):
                if isinstance(one, cst.Return) and one.value is not None:
                    yield one, one.value


def _is_asked(python: Python, value: cst.BaseExpression) -> bool:
    """Tell a field of a request, whose name speaks of rights, from what was looked up by one."""
    code = python.code(value)
    if not _KEY.search(code):
        return False
    if _ASKED.search(code) and re.search(r"\breq(?:uest)?\b", code):
        return True
    return any(_REQUEST.fullmatch(name) for name in python.origins(value))
