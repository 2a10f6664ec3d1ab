"""What no longer loads, leads nowhere or hides something, beside what only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask, Tree

SHOP = {
    "shop/__init__.py": "from shop.cart import total\n",
    "shop/cart.py": "RATE = 2\n\ndef total(items):\n    return sum(items)\n",
    "shop/till.py": "from .cart import total\n\ndef pay(items):\n    return total(items)\n",
    "tests/test_cart.py": "from shop import cart\n\ndef test_rate():\n    assert cart.RATE == 2\n",
}


def worst(ask: Ask, rule: str, old: Tree, new: Tree) -> Risk:
    """Give the highest risk of what one rule finds."""
    return max((found.risk for found in ask(rule, old, new)), default=Risk.NONE)


def edited(**files: str | None) -> dict[str, str]:
    """Give the shop after an edit; names have ``__`` for a slash."""
    new = dict(SHOP)
    for name, text in files.items():
        path = f"{name.replace('__', '/', 1)}.py"
        new.pop(path, None)
        if text is not None:
            new[path] = text
    return new


@pytest.mark.parametrize(
    "line",
    [
        "from shop.cart import subtotal",
        "from shop.basket import total",
        "import shop.basket",
        "from .basket import total",
        "from . import basket",
        "from .cart import subtotal as total",
        "from ..shop.basket import total",
        "def pay():\n    from shop.cart import subtotal",
    ],
)
def test_an_import_that_leads_nowhere_is_denied(ask: Ask, line: str) -> None:
    """Absolute or relative, of a module or of a name, at the top or in a function."""
    assert worst(ask, "SMG505", SHOP, edited(shop__till=f"{line}\n")) == Risk.HIGH


@pytest.mark.parametrize(
    "line",
    [
        "from shop.cart import total, RATE",
        "from shop import cart, till",
        "from . import cart",
        "import shop.cart as c",
        "import basket",
        "from basket.shop import total",
        "from shop._version import version",
        "from shop.cart_pb2 import Cart",
        "try:\n    from shop.fast import total\nexcept ImportError:\n    total = sum",
        "if FAST:\n    from shop.fast import total",
        "from shop.cart import *",
        "from shop.cart import __doc__",
        "from shop import __version__",
    ],
)
def test_an_import_that_is_there_or_may_fail_is_silent(ask: Ask, line: str) -> None:
    """Nor is it ours to say what other people's packages hold."""
    assert worst(ask, "SMG505", SHOP, edited(shop__till=f"{line}\n")) == Risk.NONE


@pytest.mark.parametrize(
    "module",
    [
        "def __getattr__(name): ...\n",
        "from math import *\n",
        "globals().update(total=sum)\n",
        "import sys\nsetattr(sys.modules[__name__], 'total', sum)\n",
    ],
)
def test_a_module_that_makes_its_names_is_left_alone(ask: Ask, module: str) -> None:
    """What it has cannot be read off."""
    new = edited(shop__cart=module, shop__till="from shop.cart import subtotal\n")
    assert worst(ask, "SMG505", SHOP, new) == Risk.NONE
    assert worst(ask, "SMG506", SHOP, edited(shop__cart=module)) == Risk.NONE


@pytest.mark.parametrize(
    "name", ["class total: ...", "total: int = 1", "import math as total", "total, _ = 1, 2",
             "for total in (): ...", "if x:\n    total = 1\nelse:\n    total = 2",
             "try:\n    total = 1\nfinally:\n    pass", "with x as total: ...",
             "match x:\n    case total: ...", "async def total(): ..."],
)  # fmt: skip
def test_every_way_to_bind_a_name_counts(ask: Ask, name: str) -> None:
    """At the top of a module, in any branch."""
    new = edited(shop__cart=f"x = RATE = 2\n{name}\n")
    assert worst(ask, "SMG506", SHOP, new) == Risk.NONE


def test_a_name_that_goes_while_others_use_it_is_denied(ask: Ask) -> None:
    """The files that use it are named."""
    (found,) = ask("SMG506", SHOP, edited(shop__cart="RATE = 2\n"))
    assert found.risk == Risk.HIGH
    assert "'shop/__init__.py', 'shop/till.py' still use it" in found.message


def test_a_constant_used_as_an_attribute_counts(ask: Ask) -> None:
    """By the module that was imported, and not by anything of that name."""
    new = edited(shop__cart=SHOP["shop/cart.py"].replace("RATE", "_rate"))
    (found,) = ask("SMG506", SHOP, new)
    assert "tests/test_cart.py" in found.message
    other = {**SHOP, "tests/test_cart.py": "from other import cart\nassert cart.RATE == 2\n"}
    assert ask("SMG506", other, {**other, "shop/cart.py": new["shop/cart.py"]}) == []


def test_a_module_that_goes_while_others_use_it_is_denied(ask: Ask) -> None:
    """Deleted, or moved without those who import it."""
    assert worst(ask, "SMG506", SHOP, edited(shop__cart=None)) == Risk.HIGH
    moved = edited(shop__cart=None, shop__basket=SHOP["shop/cart.py"])
    found = ask("SMG506", SHOP, moved, {"shop/basket.py": "shop/cart.py"})
    assert max(one.risk for one in found) == Risk.HIGH


def test_who_goes_along_is_silent(ask: Ask) -> None:
    """A renaming that changes its users too, or keeps the old name."""
    renamed = {path: text.replace("total", "grand_total") for path, text in SHOP.items()}
    assert ask("SMG506", SHOP, renamed) == []
    assert ask("SMG505", SHOP, renamed) == []


def test_a_broken_file_of_before_is_not_the_changes_fault(ask: Ask) -> None:
    """Who imported in vain already is not held against it."""
    old = {**SHOP, "shop/old.py": "from shop.cart import subtotal\n"}
    new = {**old, "shop/cart.py": "RATE = 3\n\ndef total(items):\n    return sum(items)\n"}
    assert ask("SMG506", old, new) == []


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("def f():\n    return subtotal\n", Risk.HIGH),
        ("print(total)\ntotal = 1\n", Risk.HIGH),
        ("def f(x: Cart): ...\n", Risk.MEDIUM),
        ('def f(x: "Cart"): ...\n', Risk.MEDIUM),
        ("def f() -> Cart: ...\n", Risk.MEDIUM),
        ('__all__ = ["total"]\n', Risk.MEDIUM),
        ("try:\n    unicode\nexcept NameError:\n    unicode = str\n", Risk.NONE),
        ("from math import *\nfsum([1])\n", Risk.NONE),
        ("def f():\n    return __name__, __file__, ExceptionGroup\n", Risk.NONE),
        ("_('translated')\n", Risk.NONE),
        ("def f():\n    global later\n    later = 1\ndef g():\n    return later\n", Risk.NONE),
        ("[x for x in (1, 2) if x]\n", Risk.NONE),
    ],
)
def test_an_undefined_name(ask: Ask, code: str, risk: Risk) -> None:
    """Certain where the line must fail; a warning where it may never run."""
    assert worst(ask, "SMG504", {}, {"shop/new.py": code}) in (risk, min(risk, Risk.HIGH))
    assert (worst(ask, "SMG504", {}, {"shop/new.py": code}) > Risk.NONE) == (risk > Risk.NONE)


@pytest.mark.parametrize(
    "code",
    [
        "return 1\n",
        "def f(a, a): ...\n",
        "break\n",
        "def f():\n    nonlocal x\n",
        "def f():\n    x = 1\n    global x\n",
        "await x\n",
        "def f():\n    yield from x\nawait y\n",
    ],
)
def test_what_parses_and_does_not_compile_is_denied(ask: Ask, code: str) -> None:
    """Nobody can import it."""
    assert worst(ask, "SMG508", {}, {"shop/new.py": code}) == Risk.HIGH
    assert ask("SMG508", {"shop/new.py": code}, {"shop/new.py": f"x = 1\n{code}"}) == []


@pytest.mark.parametrize(
    ("wanted", "risk"),
    [
        ('[project]\nrequires-python = ">=3.8"\n', Risk.HIGH),
        ('[tool.poetry.dependencies]\npython = "^3.9"\n', Risk.HIGH),
        ('[project]\nrequires-python = ">=3.10,<4"\n', Risk.NONE),
        ('[project]\nname = "shop"\n', Risk.NONE),
        ("[project\n", Risk.NONE),
        ("[project]\nrequires-python = 3\n", Risk.NONE),
        ("tool = 3\n", Risk.NONE),
        ('project = "shop"\n', Risk.NONE),
    ],
)
def test_the_oldest_python_of_the_project_must_read_it(ask: Ask, wanted: str, risk: Risk) -> None:
    """Whatever the table says, or does not."""
    old = {"pyproject.toml": wanted}
    code = "match x:\n    case 1: ...\n"
    assert worst(ask, "SMG508", old, {**old, "shop/new.py": code}) == risk


def test_a_change_may_drop_an_old_python(ask: Ask) -> None:
    """What counts is what the project supports afterwards."""
    old = {"pyproject.toml": '[project]\nrequires-python = ">=3.9"\n'}
    new = {
        "pyproject.toml": old["pyproject.toml"].replace("9", "10"),
        "a.py": "match x:\n case 1: 1",
    }
    assert ask("SMG508", old, new) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff\xfe\xfa",
        b"# coding: nope\nx\n",
        b"(" * 5000,
        b"x = " + b"-" * 5000 + b"1\n",
        b"x = 1" + b" + 1" * 20_000,
        b"from . import x\n" * 2000,
        b"def f():\n" + b" " * 90 + b"return\n",
    ],
)
@pytest.mark.parametrize("rule", ["SMG503", "SMG504", "SMG505", "SMG506", "SMG507", "SMG508"])
def test_odd_bytes_crash_nothing(ask: Ask, rule: str, data: bytes) -> None:
    """On either side, and beside the change."""
    beside: dict[str, str | bytes] = {"b.py": data, "a.py": "def b(): ...\n"}
    assert isinstance(ask(rule, {}, {"a.py": data}), list)
    assert isinstance(ask(rule, {"a.py": data}, {"a.py": b"x = 1\n"}), list)
    assert isinstance(ask(rule, beside, {**beside, "a.py": ""}), list)


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", Risk.HIGH),
        ("<<<<<<< HEAD\na\n||||||| base\n=======\nb\n>>>>>>> x\n", Risk.HIGH),
        ("<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> x\r\n", Risk.HIGH),
        ("=======\n>>>>>>> x\n", Risk.NONE),
        ("<<<<<<< HEAD\n=======\n", Risk.NONE),
        (" <<<<<<< HEAD\n=======\n>>>>>>> x\n", Risk.NONE),
    ],
)
def test_the_markers_of_a_merge(ask: Ask, text: str, risk: Risk) -> None:
    """All three, in order, at the start of their lines."""
    assert worst(ask, "SMG503", {}, {"config.yml": text}) == risk
