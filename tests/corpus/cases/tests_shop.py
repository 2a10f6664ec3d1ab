"""The small project whose tests are tampered with, and how cases are made of it."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

PRODUCT = '''\
"""A cart."""

NAME = "cart"


class Cart:
    def __init__(self, items=()):
        self.items = list(items)

    def total(self):
        return sum(price for _, price in self.items)

    def names(self):
        return sorted(name for name, _ in self.items)

    def receipt(self):
        return {"total": self.total(), "count": len(self.items), "names": self.names()}


def total(prices):
    if prices is None:
        raise ValueError("no prices at all")
    return sum(prices)


def tax(price, rate=0.19):
    return price * rate


def slug(text):
    return "-".join(text.lower().split())
'''
HEAD = "import pytest\n\nimport cart\nfrom cart import Cart, slug, tax, total\n\n\n"
PATH = "tests/test_cart.py"
CASES: list[Case] = []


def case(
    name: str, old: str, bad: str, honest: str, *, head: str = HEAD, needs_trial: bool = False
) -> Case:
    """Make a case of one test file's content before, tampered with, and honestly changed."""
    before, after, twin = (head + dedent(text).lstrip("\n") for text in (old, bad, honest))
    base = {"cart.py": PRODUCT, PATH: before}
    return Case(name, base, {PATH: after}, {PATH: twin}, needs_trial)
