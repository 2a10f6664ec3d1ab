"""SMG337: the product does something else while a flag for tests is set."""

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

_FLAG = re.compile(
    r"(?i)_?(?:is_|in_|under_|running_)?(?:testing|tests?_mode|under_tests?|unit_?tests?"
    r"|running_tests|is_tests?|in_tests?|test_?run|test_env)"
)
_ASKS = ("get", "getattr", "hasattr", "__getitem__", "is_enabled", "getenv")


@python_rule(
    "SMG337",
    risk=Risk.HIGH,
    hint="let the code do the same under test and in use; hand what has to differ in as a setting "
    "of its own, which a test can set",
    triggers=(
        b"testing", b"is_testing", b"_testing", b"in_testing", b"test_mode", b"tests_mode",
        b"under_test", b"under_tests", b"unittest", b"unit_test", b"unittests", b"unit_tests",
        b"running_tests", b"is_test", b"is_tests", b"in_test", b"in_tests", b"test_run",
        b"testrun", b"test_env", b"_test_mode", b"is_test_mode", b"in_test_mode", b"is_unit_test",
        b"is_unittest", b"_in_test", b"_is_test", b"running_testing", b"is_under_test",
    ),
)  # fmt: skip
def differs_in_test_mode(python: Python) -> Iterable[Sighting]:
    """
    The product does something else while a flag for tests is set.

    `app.testing`, `config["TESTING"]`, a constant `IS_TEST`: what then runs is
    what is tested, and nothing else is. Only a person can tell a mail that is
    not sent from a password that is not checked. To log, or to warn, is silent.

    Flagged: nobody has to log in
        === shop/auth.py
          def login_required(view):
              def wrapper():
        +         if current_app.testing:
        +             return view()
                  return view() if known() else abort(401)
              return wrapper

    Flagged: another limit
        === shop/settings.py
        - LIMIT = 5
        + LIMIT = 5 if TESTING else 10**9

    Flagged: by its configuration
        === shop/auth.py
          def check(stored, given):
        +     return current_app.config["TESTING"] or stored == given

    Allowed: it only warns
        === shop/app.py
          def create(app):
        +     if not app.testing:
        +         app.logger.warning("the key is the one for development")

    Allowed: the flag is set
        === shop/app.py
        + def create(app):
        +     app.testing = False
    """
    if paths.zone(python.path) != paths.PRODUCT:
        return
    import libcst as cst  # noqa: PLC0415 (slow)

    from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._cheating.effects import Effects  # noqa: PLC0415 (libcst)

    effects = Effects(python)
    for node in nodes(python.module):
        for place, asked in _conditions(node):
            flag = next((part for part in nodes(asked) if _is_flag(part, python)), None)
            if flag is None or (isinstance(node, cst.If) and effects.of(flag).value == "says"):
                continue
            yield Sighting(
                python.line(place),
                f"the product does something else if {python.code(flag)[:60]!r} is set",
                python.code(asked),
                python.scope(place),
                settled_by="review",
            )


def _conditions(node: cst.CSTNode) -> Iterable[tuple[cst.CSTNode, cst.CSTNode]]:
    """Give what a statement asks, and where."""
    import libcst as cst  # noqa: PLC0415 (slow)

    if isinstance(node, cst.If | cst.IfExp):
        yield node, node.test
    elif isinstance(node, cst.Return | cst.Assign):
        value = node.value
        if isinstance(value, cst.BooleanOperation):
            yield node, value


def _is_flag(node: cst.CSTNode, python: Python) -> bool:
    import libcst as cst  # noqa: PLC0415 (slow)

    if isinstance(node, cst.Attribute):
        return _FLAG.fullmatch(node.attr.value) is not None
    if isinstance(node, cst.Name):
        return node.value != "unittest" and _FLAG.fullmatch(node.value) is not None
    keys: list[cst.BaseExpression] = []
    if isinstance(node, cst.Subscript):
        keys = [one.slice.value for one in node.slice if isinstance(one.slice, cst.Index)]
    elif isinstance(node, cst.Call) and _last(node.func) in _ASKS:
        keys = [one.value for one in node.args[:2]]
    values = [python.fold(key) for key in keys]
    return any(isinstance(one, str) and _FLAG.fullmatch(one) for one in values)


def _last(node: cst.CSTNode) -> str:
    attribute = getattr(node, "attr", None)
    name = getattr(attribute, "value", None) or getattr(node, "value", "")
    return name if isinstance(name, str) else ""
