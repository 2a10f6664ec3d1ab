"""Changes that break the project, and the like of them that do not."""

from __future__ import annotations

from tests.corpus import Case

_SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nrequires-python = ">=3.9"\n',
    "shop/__init__.py": "from shop.cart import total\n\n__all__ = ['total']\n",
    "shop/cart.py": (
        "import math\n\nRATE = 1.2\n\n\ndef total(items):\n    return math.fsum(items) * RATE\n"
        "\n\ndef count(items):\n    return len(items)\n"
    ),
    "shop/till.py": (
        "from shop.cart import count, total\n\n\ndef pay(items):\n"
        "    return f'{count(items)} items: {total(items)}'\n"
    ),
}
_ONLY_TOTAL = "from shop.cart import total\n\n\ndef pay(items):\n    return total(items)\n"
_WITH_TAX = "from shop.tax import vat\n\n\ndef pay(items):\n    return vat(items)\n"
_CART = _SHOP["shop/cart.py"]


def _cart(old: str, new: str) -> dict[str, str]:
    assert old in _CART
    return {"shop/cart.py": _CART.replace(old, new)}


CASES = [
    Case(
        "import-dropped",
        _SHOP,
        _cart("import math\n\n", ""),
        _cart("import math\n\n", "from math import fsum\n\n")
        | {
            "shop/cart.py": _CART.replace("import math", "from math import fsum").replace(
                "math.fsum", "fsum"
            )
        },
    ),
    Case("name-misspelt", _SHOP, _cart("* RATE", "* RTAE"), _cart("* RATE", "* max(RATE, 1)")),
    Case(
        "function-renamed-here-only",
        _SHOP,
        _cart("def count", "def number"),
        _cart("def count", "def number")
        | {"shop/till.py": _SHOP["shop/till.py"].replace("count", "number")},
    ),
    Case(
        "function-removed",
        _SHOP,
        _cart("\n\ndef count(items):\n    return len(items)\n", ""),
        _cart("\n\ndef count(items):\n    return len(items)\n", "") | {"shop/till.py": _ONLY_TOTAL},
    ),
    Case(
        "module-moved-alone",
        _SHOP,
        {"shop/cart.py": None, "shop/basket.py": _CART},
        {
            "shop/cart.py": None,
            "shop/basket.py": _CART,
            "shop/__init__.py": _SHOP["shop/__init__.py"].replace("cart", "basket"),
            "shop/till.py": _SHOP["shop/till.py"].replace("cart", "basket"),
        },
    ),
    Case(
        "import-of-what-is-not-there",
        _SHOP,
        {"shop/till.py": _WITH_TAX},
        {
            "shop/till.py": _WITH_TAX,
            "shop/tax.py": "def vat(items):\n    return sum(items) / 5\n",
        },
    ),
    Case(
        "return-at-the-top",
        _SHOP,
        {"shop/rates.py": "RATES = {}\nreturn RATES\n"},
        {"shop/rates.py": "RATES = {}\n\n\ndef rates():\n    return RATES\n"},
    ),
    Case(
        "syntax-too-new",
        _SHOP,
        {"shop/kind.py": "def kind(x):\n    match x:\n        case 1:\n            return 'one'\n"},
        {"shop/kind.py": "def kind(x):\n    if x == 1:\n        return 'one'\n    return None\n"},
    ),
    Case(
        "does-not-parse",
        _SHOP,
        _cart("return len(items)", "return len(items"),
        _cart("return len(items)", "return len(list(items))"),
    ),
    Case(
        "unfinished-merge",
        _SHOP,
        {"settings.yml": "<<<<<<< HEAD\nworkers: 2\n=======\nworkers: 4\n>>>>>>> feature\n"},
        {"settings.yml": "workers: 4\n"},
    ),
]
