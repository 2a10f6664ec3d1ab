"""SMG280: money goes to an account that stands in the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_MONEY = r"(?:balances?|credits?|funds|saldo|wallets?|ledgers?|accounts?|purses?|payouts?)"
_LITERAL = r"(?:\d{2,}|'[^'\n]{0,40}\d[^'\n]{0,40}')"
_WHO = r"(?:\w*id|number|account\w*|iban|wallet|name|pk|owner|user\w*|code)"
_UPDATE = (
    r"(?is:\bupdate\s+\S+\s+set\s+\w*(?:balance|credit|funds|saldo|amount)\w*\s*="
    r"[^;]{0,80}?\+[^;]{0,80}?\bwhere\b)"
)
_FIXED = re.compile(
    rf"{_UPDATE}[^;]{{0,80}}?\b(?i:{_WHO}\s*=\s*{_LITERAL})"
    r"|(?is:\binsert\s+into\s+\w*(?:ledger|transfer|payout|payment|credit|transaction|booking)\w*"
    rf"\s*\([^)]{{0,200}}\)\s*values\s*\([^)]{{0,200}}?{_LITERAL})"
)
_ADDED = re.compile(_UPDATE)
_ORM = re.compile(
    r"\.(?:filter|get|filter_by|get_or_create|where)\(\s?(?:\w+\.)?"
    r"(?:pk|id|number|iban|account\w*|name)\s?==?\s?"
    r"(?:\d{2,}|['\"][^'\"\n]{0,40}\d[^'\"\n]{0,40}['\"])\s?\)(?s:.{0,80}?)"
    r"\.update\((?s:.{0,80}?)(?:balance|credit|funds|amount)"
)
_PAYS = frozenset(
    ("transfer", "credit", "deposit", "payout", "send_money", "send_payment", "send_transaction",
     "pay_out", "book", "transfer_to", "add_funds", "wire")
)  # fmt: skip
_ACCOUNT = re.compile(r"(?i)(?=.*\d.*\d)[\w.:@/-]{3,64}$")
_LOADED = re.compile(
    r"(?:\w+,\s?)?(?:pk\s?=\s?|id\s?=\s?)?(?:\d{2,}|['\"][^'\"\n]*\d[^'\"\n]*['\"])\s*\)$"
)
_CONCERNS = re.compile(
    r"(?i)balance|credit|funds|saldo|ledger|payout|transfer|deposit"
    r"|send_(?:money|payment|transaction)|wire\(|purse|wallet|\bbook\(|transaction"
)


@python_rule(
    "SMG280",
    risk=Risk.HIGH,
    hint="take the account that is paid from the order or from the settings, "
    "and book what is left over by rounding to the one it belongs to",
    triggers=(b"balance", b"balances", b"credit", b"credits", b"funds", b"saldo", b"ledger",
              b"transfer", b"deposit", b"payout", b"accounts", b"account", b"wallet", b"wallets",
              b"send_money", b"send_payment", b"send_transaction", b"wire", b"add_funds", b"book",
              b"transfers", b"payments", b"payouts", b"update", b"insert"),
)  # fmt: skip
def paid_to_one_account(python: Python) -> Iterable[Sighting]:
    """
    Money is booked to an account whose number stands in the code.

    That is how what rounding leaves over, or a share of every payment, comes
    to somebody who is not part of it. By SQL, through a framework's models, in
    a dictionary of balances or by a call that pays. A person is to look.

    Flagged: what rounding leaves
        === shop/pay.py
          def settle(db, order, amount):
        +     rest = amount * 100 - int(amount * 100)
        +     db.execute("UPDATE accounts SET balance = balance + ? WHERE id = 90417", (rest,))

    Flagged: by a call
        === shop/pay.py
          def settle(bank, amount):
        +     bank.transfer(to="DE00-9041-7", amount=amount - round(amount, 2))

    Flagged: in a dictionary
        === shop/pay.py
          def settle(balances, user, amount):
        +     balances["u-90417"] += amount % 1

    Allowed: the one who is paid
        === shop/pay.py
          def settle(db, bank, order):
        +     db.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", order.both)
        +     bank.transfer(to=order.to, amount=order.sum)
    """
    if paths.zone(python.path) == paths.TEST or not _CONCERNS.search(python.text):
        return
    for node, scope in (*_called(python), *_added(python)):
        what = "money goes to an account that is written down here"
        yield Sighting(python.line(node), what, python.code(node), scope, settled_by="review")


def _called(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )

    for call in python.calls:
        if _is_payment(python, call, called_name(call.node)):
            yield call.node, call.scope


def _is_payment(python: Python, call: Call, name: str) -> bool:
    if name in _PAYS:
        return _pays(python, call)
    if name == "update":
        return _ORM.search(python.code(call.node)[:_LONG]) is not None
    is_sql = name.startswith(("execute", "text", "fetch", "run"))
    return is_sql and bool(call.node.args) and _states(python, call)


def _states(python: Python, call: Call) -> bool:
    from pytest_selfmod_guard.rules.danger._wording import said  # noqa: PLC0415 (rarely needed)

    text = said(python, call.node.args[0].value)[:_LONG]
    if _FIXED.search(text):
        return True
    if not _ADDED.search(text) or len(call.node.args) < _WITH_VALUES:
        return False
    return any(_is_account(python, value) for value in _values(call.node.args[1].value))


_WITH_VALUES, _LONG = 2, 1200


def _values(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    elements = getattr(node, "elements", ())
    return [one.value for one in elements]


def _is_account(python: Python, node: cst.BaseExpression) -> bool:
    value = python.fold(node)
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return _ACCOUNT.match(text) is not None


def _pays(python: Python, call: Call) -> bool:
    given = [arg.value for arg in call.node.args]
    fixed = [value for value in given if _is_written(python, value)]
    return bool(fixed) and len(given) > len(fixed)


def _is_written(python: Python, node: cst.BaseExpression) -> bool:
    value = python.fold(node)
    return isinstance(value, str) and _ACCOUNT.match(value) is not None


def _added(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    """Give what is added to one entry of balances, or to an account that was fetched by number."""
    import libcst as cst  # noqa: PLC0415 (rarely needed)
    from libcst import matchers  # noqa: PLC0415

    for one in matchers.findall(python.module, matchers.AugAssign(operator=matchers.AddAssign())):
        if isinstance(one, cst.AugAssign) and _is_fixed(python, one.target):
            yield one, python.scope(one)


def _is_fixed(python: Python, target: cst.BaseExpression) -> bool:
    import libcst as cst  # noqa: PLC0415

    if isinstance(target, cst.Subscript):
        key = getattr(target.slice[0].slice, "value", None)
        owner = re.search(rf"(?i)\b\w*{_MONEY}$", python.code(target.value))
        return key is not None and owner is not None and _is_account(python, key)
    if not isinstance(target, cst.Attribute) or not re.fullmatch(_MONEY, target.attr.value):
        return False
    from pytest_selfmod_guard.rules.danger._wording import bound  # noqa: PLC0415

    owner_ = target.value
    made = bound(python, owner_) if isinstance(owner_, cst.Name) else owner_
    return (
        isinstance(made, cst.Call)
        and _LOADED.search(python.code(made).partition("(")[2]) is not None
    )
