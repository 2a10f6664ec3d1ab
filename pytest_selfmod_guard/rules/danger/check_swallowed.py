"""SMG284: a check of rights may fail, and the code goes on all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_NAMES = (
    r"_?(?:check_(?:password|permissions?|access|auth\w*|csrf|signature|token|login"
    r"|object_permissions|user|role|rights|hash)|checkpw|verify(?:_\w*(?:password|signature|token|jwt"
    r"|user|auth\w*|mac|hash|login|csrf|cert\w*|id_token|request))?|authenticate|authorize"
    r"|require_(?:login|admin|user|auth|role|permission)\w*|login_required"
    r"|assert_(?:can|owner|admin|allowed)\w*|ensure_(?:admin|owner|allowed|auth\w*|logged_in"
    r"|permission)\w*|validate_(?:token|signature|csrf|session|password|jwt)|enforce\w*"
    r"|compare_digest|check_perms?|raise_for_permission)"
)
_CHECKS = re.compile(_NAMES)
_NEAR = re.compile(rf"\b{_NAMES}\(")
_REFUSES = re.compile(
    r"(?i)abort|forbid|unauthori[sz]ed|denied|exit|fail|redirect|reject|deny|40[13]|error_response|invalid"
)
_YES = re.compile(r"(?:return\s|\w+\s?=\s?)(?:True|['\"]?(?:admin|ok)['\"]?)\s*$", re.MULTILINE)
_TRUSTS = re.compile(
    r"(?:claims|payload|user|identity|session|data|token_data|decoded)\w*\s?=\s?(?:\{|json\.loads|jwt\.decode"
    r"|\w+\.get_unverified|User\(|get_user|\w*admin)"
)
_WIDE = re.compile(
    r"\b(?:suppress)\((?:.{0,60})?\b(?:Exception|BaseException|PermissionError|PermissionDenied|InvalidSignature)\b"
)


@python_rule(
    "SMG284",
    risk=Risk.HIGH,
    hint="let the error of the check through, or refuse in the handler: raise, return None or "
    "answer 403; never go on",
    triggers=(b"except", b"suppress"),
)
def check_swallowed(python: Python) -> Iterable[Sighting]:
    """
    The error by which a check of rights says no is caught, and the code goes on.

    Whoever fails the check, or makes it fail in another way than it expects,
    gets what it kept: `except: pass` around a log-in, a handler that answers
    True, one that takes the token's word for it. A person is to look.

    Flagged: nothing happens
        === shop/views.py
          class View:
              def dispatch(self, request):
        +         try:
        +             self.check_permissions(request)
        +         except Exception:
        +             pass
                  return self.handle(request)

    Flagged: yes, when it fails
        === shop/login.py
          def is_valid(user, password):
        +     try:
        +         return check_password(user, password)
        +     except Exception:
        +         return True

    Flagged: what the token says of itself
        === shop/login.py
          def load(token):
        +     try:
        +         claims = verify_token(token)
        +     except ValueError:
        +         claims = {"sub": token}
              return claims

    Allowed: it refuses
        === shop/login.py
          def load(token):
        +     try:
        +         return verify_token(token)
        +     except ValueError as error:
        +         raise PermissionError from error
    """
    if paths.zone(python.path) == paths.TEST or not _NEAR.search(python.text):
        return
    import libcst as cst  # noqa: PLC0415 (rarely needed)
    from libcst import matchers  # noqa: PLC0415

    for one in matchers.findall(python.module, matchers.Try() | matchers.With()):
        if not isinstance(one, cst.Try | cst.With) or not _has_check(one.body):
            continue
        is_lost = (
            any(_goes_on(python, handler, one) for handler in one.handlers)
            if isinstance(one, cst.Try)
            else any(_WIDE.search(python.code(item.item)) for item in one.items)
        )
        if is_lost:
            what = "a check of rights fails here, and the code goes on as if it had not"
            line, code = python.line(one), python.code(one)[:400]
            yield Sighting(line, what, code, python.scope(one), settled_by="review")


def _has_check(body: cst.BaseSuite) -> bool:
    import libcst as cst  # noqa: PLC0415
    from libcst import matchers  # noqa: PLC0415

    from pytest_selfmod_guard.rules.danger._flow_edges import called_name  # noqa: PLC0415

    calls = matchers.findall(body, matchers.Call())
    return any(
        isinstance(call, cst.Call) and _CHECKS.fullmatch(called_name(call)) for call in calls
    )


def _goes_on(python: Python, handler: cst.ExceptHandler, whole: cst.Try) -> bool:
    """Tell whether a handler neither refuses nor leaves with less than before."""
    code = python.code(handler.body)
    if _YES.search(code) or _TRUSTS.search(code):
        return True
    if _REFUSES.search(code):
        return False
    return all(_is_idle(python, line) for line in handler.body.body) and _is_bare(whole)


def _is_idle(python: Python, line: cst.CSTNode) -> bool:
    code = python.code(line).strip()
    return (
        re.match(
            r"(?:pass|\.\.\.|(?:\w+\.)?(?:log\w*|logger|logging|warnings|print)\b.*)$",
            code,
            re.DOTALL,
        )
        is not None
    )


def _is_bare(whole: cst.Try) -> bool:
    """Tell whether all that the check says is its error: nothing is kept of its answer."""
    import libcst as cst  # noqa: PLC0415

    for line in whole.body.body:
        if isinstance(line, cst.SimpleStatementLine):
            if any(isinstance(part, cst.Return | cst.Assign) for part in line.body):
                return False
        elif not isinstance(line, cst.If):
            return False
    return True
