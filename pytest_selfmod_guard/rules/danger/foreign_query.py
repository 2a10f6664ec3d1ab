"""SMG246: an LDAP filter, an XPath expression or a document query is made from values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG246",
    risk=Risk.HIGH,
    hint="escape what goes into an LDAP filter (ldap.filter.escape_filter_chars), pass values "
         "to XPath as "
    'variables (tree.xpath("//user[@name=$name]", name=name)), and turn what goes into a '
    'document query '
    "into what it should be: str(request.json['name'])",
    triggers=(
        *REACHERS, b"search", b"search_s", b"search_st", b"search_ext", b"search_ext_s",
        b"simple_bind_s",
        b"connection", b"find", b"xpath", b"findall", b"findtext", b"iterfind", b"select",
        b"evaluate", b"xpatheval",
        b"find_one", b"update_one", b"update_many", b"delete_one", b"delete_many", b"aggregate",
        b"count_documents",
        b"find_one_and_update", b"find_one_and_delete", b"find_one_and_replace", b"replace_one",
        b"distinct",
        b"remove", b"find_one_or_404", b"filterexpression", b"keyconditionexpression",
        b"conditionexpression",
        b"updateexpression",
    ),
)  # fmt: skip
def foreign_query(python: Python) -> Iterable[Sighting]:
    """
    A query other than SQL is made from foreign data.

    With a bracket, a quote or an operator in the value the query asks for
    something else: for every user, or whether a password begins with "a".
    Where the value is a parameter it is mostly a warning.

    Flagged: an LDAP filter
        === shop/login.py
          import ldap
          from flask import request
          def look_up(connection):
        +     wanted = "(uid={})".format(request.form["user"])
        +     return connection.search_s("dc=shop", ldap.SCOPE_SUBTREE, wanted)

    Flagged: an XPath expression
        === shop/views.py
          from lxml import etree
          def user(request):
        +     return etree.parse("users.xml").xpath("//user[@name='%s']" % request.GET["name"])

    Flagged: an operator instead of a password
        === shop/login.py
          from flask import request
          from pymongo import MongoClient
          users = MongoClient().shop.users
          def login():
        +     return users.find_one({"name": request.json["name"], "pin": request.json["pin"]})

    Flagged: a parameter in an XPath expression [medium]
        === shop/store.py
          def user(tree, name):
        +     return tree.xpath(f"//user[@name='{name}']")

    Allowed: escaped
        === shop/login.py
          import ldap
          from flask import request
          from ldap.filter import escape_filter_chars
          def look_up(connection):
        +     wanted = "(uid={})".format(escape_filter_chars(request.form["user"]))
        +     return connection.search_s("dc=shop", ldap.SCOPE_SUBTREE, wanted)

    Allowed: a variable of the expression
        === shop/views.py
          from lxml import etree
          def user(request):
        +     return etree.parse("users.xml").xpath("//user[@name=$name]", name=request.GET["name"])

    Allowed: a text
        === shop/login.py
          from flask import request
          from pymongo import MongoClient
          users = MongoClient().shop.users
          def user():
        +     return users.find_one({"name": str(request.json["name"])})
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_queries import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
