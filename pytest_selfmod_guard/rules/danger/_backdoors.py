"""Places where a check of who somebody is lets one written value through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Function, Python

_CHECKS = re.compile(
    r"(?i)auth|log_?in|sign_?in|passw|is_(?:admin|staff|super|allowed|authori)|permi(?:t|ssion)"
    r"|credential|check_(?:token|key|user|access)|verify_(?:token|key|user|sign|pass|jwt|otp)"
    r"|has_(?:access|perm)|valid(?:ate)?_(?:token|key|user|pass|jwt|otp)|access_(?:ok|granted)"
)
"""Names of functions that decide who may do something."""
_WEAK = re.compile(r"(?i)\b(?:key|token|code|pin|hash|digest)$")
"""Words that mean something else in most code: what they equal must look like a secret."""
_LONG = 12
_SECRET = re.compile(
    r"(?i)pass(?:word|wd|phrase|code)?\b|pwd|token|secret|api_?key|\bkey\b|\bpin\b|signature|digest"
    r"|hash|otp|credential|\bcode\b"
)
_FIELD = re.compile(r"(?i)headers|cookies|\bMETA\b|\bargs\b|query_params|get_header")
_PERSON = re.compile(r"(?i)\b(?:user(?:name)?|login|email|account|client_id)\b$")
_KIND = re.compile(
    r"(?i)type|algorithm|\balg\b|scheme|method|prefix|mode|kind|content|accept|origin|upgrade"
    r"|requested|status|version|len\(|format|\.name\b|state|fetch|encoding|grant|field|param"
)
"""Parts of what is compared where it says how, and not who."""
_PUBLIC = re.compile(
    r"(?i)|basic|bearer|digest|token|apikey|api[-_]key|jwt|none|null|undefined|true|false|[01]"
    r"|[hrep]s(?:256|384|512)|sha\d*|md5|bcrypt|argon2\w*|plain|oauth2?|admin|root|staff|user"
    r"|owner|guest|anonymous\w*|superuser|moderator|member|public|system|service|password|default"
    r"|access|refresh|id|session|key|secret|all|any|\*|auto|change_?me\w*|__\w+__"
)
_REFUSES = re.compile(
    r"(?i)denied|forbidden|unauthori[sz]ed|permission|authenticat|not_?allowed|invalid_?(?:token|"
    r"signature|credential|password)|HTTPException|abort\((?:401|403)"
)
_COMPARES = re.compile(r"\.?(?:compare_digest|check_password\w*|checkpw|verify_password)\(")
_NESTED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


class Door(NamedTuple):
    """A comparison that lets somebody in."""

    node: cst.CSTNode
    function: Function


def doors(python: Python) -> Iterator[Door]:
    """Give every value written in the file that a check accepts as such."""
    for function in python.functions:
        code = python.module.code_for_node(function.node.body)
        guards = _COMPARES.search(code) is not None or _refuses(code)
        if not (_CHECKS.search(function.name) or guards):
            continue
        for test in _letting_in(function.node.body, raises=_refuses(code)):
            yield from (Door(one, function) for one in _compared(python, test))


def _refuses(code: str) -> bool:
    return any(
        _REFUSES.search(line) for line in code.split("\n") if re.search(r"raise|abort", line)
    )


def _letting_in(body: cst.BaseSuite, *, raises: bool) -> Iterator[cst.BaseExpression]:
    """Give the conditions on which a function says yes before it has looked any further."""
    waiting: list[cst.CSTNode] = list(children(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _NESTED):
            continue
        if isinstance(node, cst.If) and _says_yes(node.body, raises=raises):
            yield node.test
        elif isinstance(node, cst.Return) and _is_either(node.value):
            yield cst.ensure_type(node.value, cst.BooleanOperation)
        waiting.extend(children(node))


def _is_either(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or)


def _says_yes(body: cst.BaseSuite, *, raises: bool) -> bool:
    lines = body.body if isinstance(body, cst.IndentedBlock) else [body]
    plain = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
    small = [part for line in lines if isinstance(line, plain) for part in line.body]
    returned = next((part for part in small if isinstance(part, cst.Return)), None)
    if returned is None:
        return False
    if returned.value is None:
        return raises
    refused = isinstance(returned.value, cst.Name) and returned.value.value in ("False", "None")
    return not refused and not isinstance(returned.value, cst.BaseString | cst.BaseNumber)


def _compared(python: Python, test: cst.BaseExpression) -> Iterator[cst.CSTNode]:
    waiting: list[cst.CSTNode] = [test]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.UnaryOperation):
            continue  # what is let in is what does not equal
        sides = _sides(python, node)
        if len(sides) == 2 and (  # noqa: PLR2004
            _lets_in(python, *sides) or _lets_in(python, *reversed(sides))
        ):
            yield node
        else:
            waiting.extend(children(node))


def _sides(python: Python, node: cst.CSTNode) -> list[cst.BaseExpression]:
    """Give the two things that are compared, if any are."""
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        right = node.comparisons[0]
        if isinstance(right.operator, cst.Equal | cst.In):
            return [node.left, right.comparator]
    if isinstance(node, cst.Call) and python.names(node.func) & _CONSTANT_TIME:
        return [arg.value for arg in node.args[:2]]
    return []


_CONSTANT_TIME = frozenset(("hmac.compare_digest", "secrets.compare_digest"))


def _lets_in(python: Python, subject: cst.BaseExpression, literal: cst.BaseExpression) -> bool:
    """Tell whether a secret, a field of a request or a person is compared to a written value."""
    value = python.fold(literal)
    values = value if isinstance(value, list | tuple | frozenset) else [value]
    texts = [one.decode("latin-1") if isinstance(one, bytes) else one for one in values]
    texts = [one for one in texts if isinstance(one, str) and not _PUBLIC.fullmatch(one)]
    if not texts:
        return False
    if not isinstance(subject, cst.Name | cst.Attribute | cst.Call | cst.Subscript):
        return False
    said = python.code(subject)
    if isinstance(python.fold(subject), str) or _KIND.search(said):
        return False
    if _WEAK.search(said) and not any(_is_secret(one) for one in texts if isinstance(one, str)):
        return False
    return any(pattern.search(said) for pattern in (_SECRET, _FIELD, _PERSON))


def _is_secret(text: str) -> bool:
    """Tell whether a text has what words of a language or of a format have not."""
    return len(text) >= _LONG or (any(map(str.isdigit, text)) and any(map(str.isalpha, text)))
