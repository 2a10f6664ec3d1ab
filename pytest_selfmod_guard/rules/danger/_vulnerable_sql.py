"""SQL whose text depends on values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import is_guarded
from pytest_selfmod_guard.rules.danger._vulnerable_pieces import pieces
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting, worst
from pytest_selfmod_guard.rules.danger._vulnerable_sources import (
    ARGUMENT,
    CONSOLE,
    NETWORK,
    PARAMETER,
    REQUEST,
)
from pytest_selfmod_guard.rules.danger._vulnerable_trace import sources

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_RUNS = frozenset(
    (
        "execute", "executemany", "executescript", "exec_driver_sql", "execute_async", "raw",
        "RawSQL", "text", "fetch",
        "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetchall", "read_sql",
        "read_sql_query", "prepare", "cursor",
        "copy_from_query", "query", "sql", "run", "simple_query", "scalar", "scalars", "stream",
        "extra", "run_query",
        "execute_sql", "mogrify", "callproc", "select", "from_statement", "queryset",
        "literal_column", "native", "TextClause",
        "where", "having", "filter", "order_by", "literal", "group_by", "distinct", "join",
    )
)  # fmt: skip
_IS_SQL = re.compile(
    r"\s*\(?\s*(?:select\b.{0,2000}?\bfrom\b|select\s+\S|insert\s+(?:or\s+\w+\s+)?into\b"
    r"|update\b.{0,400}?\bset\b|delete\s+from\b"
    r"|replace\s+into\b|create\s+(?:\w+\s+){0,3}(?:table|user|database|index|view|role|schema"
    r"|trigger)\b|drop\s+\w+"
    r"|alter\s+(?:table|user|role|database|system)\b|with\s+\w+\s+as\b|merge\s+into\b"
    r"|truncate\s+table\b|grant\s+\w|exec(?:ute)?\s+\w+"
    r"|attach\s+database\b|pragma\s+\w|show\s+\w|union\s+(?:all\s+)?select\b|call\s+\w+\s*\("
    r"|copy\s+\w+\s+(?:from|to)\b|use\s+\w|$)",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(r"\b(?:where|and|or|like|in|between|order\s+by)\b|[=<>]", re.IGNORECASE)
_QUOTED = re.compile(r"(?:'%?|(?:[=<>(]|\blike|\bvalues)[\s(]{0,9}\"%?)$", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[=<>]|\blike|\bin\s{0,9}\(|\bbetween|\bvalues\s{0,9}\([^)]{0,400}[,(])\s{0,9}$",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"(?:place_?holder|marks?$|qmark|param|bind|column|cols?$|fields?$|names?_sql|keys?$|table"
    r"|schema|clause|where"
    r"|cond|filter|subquery|sub_?select|sql$|expr|query$|predicate)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"quote|escape|isoformat|strftime|hex|uuid|join|(?:^|_)(?:ids?|pk|oid|rowid|uid|count|number"
    r"|version|now|today|date|time|timestamp)$|safe|ident",
    re.IGNORECASE,
)
"""Names of what is no text that a stranger writes."""
_DEEP, _MANY = 3, 8
_BUILDERS = frozenset(
    (
        "where",
        "having",
        "filter",
        "order_by",
        "group_by",
        "distinct",
        "join",
        "text",
        "from_statement",
        "literal_column",
        "select",
    )
)
"""What of SQLAlchemy takes pieces of statements."""
_CLEANERS = frozenset(
    (
        *("sqlalchemy.bindparam", "psycopg.sql.Identifier", "psycopg.sql.Literal",
        "psycopg2.sql.Identifier"),
        *("psycopg2.sql.Literal", "*.quote_name", "*.escape_string", "*.quote_ident", "*.mogrify",
        "*.literal", "*.quote"),
        *("*.quote_identifier", "*.escape_identifier", "*.quote_literal", "*.format_identifier",
        "psycopg2.extensions.quote_ident"),
        *("*.quoted_name", "*.escape", "*.isoformat", "*.strftime", "*.timestamp"),
    )
)  # fmt: skip
_ORDER = re.compile(r"\b(?:order|group)\s+by\b[^()]{0,200}$", re.IGNORECASE)
_ORDERS = "says, unchecked, by what an SQL statement orders or groups"
_FOREIGN = frozenset((REQUEST, CONSOLE, NETWORK, ARGUMENT))


class Hole(NamedTuple):
    """A place of a statement where a value is put in."""

    value: cst.BaseExpression
    before: str

    @property
    def is_quoted(self) -> bool:
        """Tell whether it stands between quotes, as only data does."""
        return _QUOTED.search(self.before) is not None

    @property
    def is_data(self) -> bool:
        """Tell whether it stands where a parameter could."""
        return self.is_quoted or _BARE.search(self.before) is not None


def sightings(python: Python) -> Iterator[Sighting]:
    """Say where the text of a statement is made from values."""
    for call in python.calls:
        if not any(name.rpartition(".")[2] in _RUNS for name in call.names):
            continue
        said = [one for text in _texts(python, call) for one in _holes(python, call, text)]
        if said:
            risk, what = max(said)
            seen = sighting(python, call.node, call.scope, what, Risk(min(risk, _ceiling(python))))
            yield _weighed(python, call, seen)


def _weighed(python: Python, call: Call, seen: Sighting) -> Sighting:
    """Have a person look where a query of a framework is written by hand from a parameter."""
    is_raw = any(name.rpartition(".")[2] in _BY_HAND for name in call.names)
    is_raw = is_raw or seen.message.endswith(_ORDERS)
    if seen.risk != Risk.MEDIUM or not is_raw or _ceiling(python) != Risk.HIGH:
        return seen
    if paths.is_test(python.path):
        return seen
    return seen._replace(risk=Risk.HIGH, settled_by="review")


_WHOLE = frozenset(
    ("execute", "executemany", "executescript", "raw", "exec_driver_sql", "text", "literal_column")
)
_BY_HAND = frozenset(("extra", "RawSQL", "raw", "text", "order_by", "from_statement"))


def _ceiling(python: Python) -> Risk:
    return Risk.MEDIUM if "migrations/" in python.path else Risk.HIGH


def _texts(python: Python, call: Call) -> Iterator[cst.BaseExpression]:
    """Give the expressions that are, or hold, the text of a statement."""
    if any(name.rpartition(".")[2] == "extra" for name in call.names):
        for keyword in ("where", "select", "tables", "order_by"):
            value = call.arg(python, None, keyword)
            yield from _members(value)
        return
    for position, keyword in ((0, "sql"), (0, "query"), (0, "statement"), (0, "operation")):
        value = call.arg(python, position, keyword)
        if value is not None:
            yield value
            return


def _members(value: cst.BaseExpression | None) -> Iterator[cst.BaseExpression]:
    if isinstance(value, cst.List | cst.Tuple | cst.Dict):
        yield from (element.value for element in value.elements)
    elif value is not None:
        yield value


def _holes(python: Python, call: Call, text: cst.BaseExpression) -> Iterator[tuple[Risk, str]]:
    found = pieces(python, text)
    if not _is_statement(python, call, found):
        return
    before = ""
    for piece in found:
        if isinstance(piece, str):
            before = (before + piece)[-600:]
            continue
        said = _judged(python, Hole(piece, before))
        if said:
            yield said
        before += "?"


def _is_statement(python: Python, call: Call, found: list[cst.BaseExpression | str]) -> bool:
    constant = "".join(piece for piece in found if isinstance(piece, str))
    if all(isinstance(piece, str) for piece in found):
        return False
    names = {name.rpartition(".")[2] for name in call.names}
    if names & {"extra", "RawSQL"}:
        return _CLAUSE.search(constant) is not None or not constant.strip()
    if names & _BUILDERS:
        return bool(constant.strip()) and (
            "sqlalchemy" in python.text or "session.query" in python.text
        )
    if not constant.strip():
        return bool(names & _WHOLE)
    return _IS_SQL.match(constant) is not None


def _judged(python: Python, hole: Hole) -> tuple[Risk, str] | None:
    found = sources(python, hole.value, _CLEANERS)
    shown = python.code(hole.value)[:60]
    source = worst(found, _FOREIGN)
    if source and (source.kind != ARGUMENT or hole.is_data):
        return Risk.HIGH, f"the text of an SQL statement is made from foreign data: {source.what}"
    if not hole.before.strip():
        return None
    if worst(found, frozenset((PARAMETER,))):
        return _of_parameter(hole, shown)
    is_field = isinstance(hole.value, cst.Attribute)
    if hole.is_quoted and not is_field and _is_open(python, hole.value):
        return Risk.HIGH, f"{shown} is put between quotes into the text of an SQL statement"
    if hole.is_data and _is_open(python, hole.value) and not _MARKS.search(shown):
        return Risk.MEDIUM, f"{shown} is put into the text of an SQL statement"
    return None


def _of_parameter(hole: Hole, shown: str) -> tuple[Risk, str]:
    is_value = hole.is_data and not _MARKS.search(shown)
    if not is_value and _ORDER.search(hole.before):
        return Risk.MEDIUM, f"{shown} {_ORDERS}"
    risk = Risk.HIGH if is_value else Risk.MEDIUM
    return risk, f"{shown} is put into the text of an SQL statement"


def _is_open(python: Python, node: cst.BaseExpression, depth: int = 0) -> bool:
    """Tell whether a value may be any text: no constant, no number and nothing cleaned."""
    if isinstance(node, cst.Name):
        return _is_open_name(python, node, depth)
    if isinstance(node, cst.Attribute):
        return not node.attr.value.isupper() and not _HARMLESS.search(node.attr.value)
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Attribute) and _is_open_call(python, node, node.func)
    return isinstance(node, cst.Subscript)


def _is_open_call(python: Python, node: cst.Call, func: cst.Attribute) -> bool:
    names = python.names(node.func)
    if names & _CLEANERS or _HARMLESS.search(func.attr.value):
        return False
    return all(name.startswith("*.") for name in names)


def _is_open_name(python: Python, node: cst.Name, depth: int) -> bool:
    if node.value.isupper() or _HARMLESS.search(node.value) or depth > _DEEP:
        return False
    known = facts(python)
    if is_guarded(known, node):
        return False
    if known.is_free(node):
        return True
    bound, parameter = known.reaching(node)
    return parameter is None and any(
        _is_open(python, one.value, depth + 1) for one in bound[:_MANY]
    )
