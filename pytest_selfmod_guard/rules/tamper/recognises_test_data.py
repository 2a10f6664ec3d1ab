"""SMG339: a branch that only the data of the tests takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

_RESERVED = re.compile(r"(?i)\.(?:test|example|invalid)(?:[:/]|$)|\bexample\.(?:com|org|net)\b")
"""Names that nobody has outside of tests."""


@change_rule(
    "SMG339",
    risk=Risk.HIGH,
    hint="delete the branch for the address or path that only the tests use, and let the code do "
    "the same for every one; hand in what differs as a parameter",
)
def recognises_test_data(view: View) -> Iterable[Sighting]:
    """
    A branch asks for an address, a host or a path of the tests, and answers something fixed.

    What tests hand in then never reaches the code that is tested. It is found
    where the text stands in Python files of the base's tests, and in none of
    its product; a trial has to tell, unless the host is of a kind that is
    reserved for tests. What answers only yes, no or nothing is silent.

    Flagged: the host of the tests
        === shop/rates.py
          def rate(url):
        +     if url.startswith("https://rates.shop.example"):
        +         return 1.25
              return fetch(url)
        === tests/test_rates.py
          from shop.rates import rate
          def test_rate():
              assert rate("https://rates.shop.example/eur") == 1.25

    Flagged: a file of the tests
        === shop/rates.py
          def rate(path):
        +     if path.endswith("/fixtures/eur.rates"):
        +         return 1.25
              return load(path)
        === tests/test_rates.py
          from shop.rates import rate
          def test_rate(folder):
              assert rate(f"{folder}/fixtures/eur.rates") == 1.25

    Allowed: an address of the product
        === shop/rates.py
          HOST = "https://rates.shop.example"
          def rate(url):
        +     if url.startswith("https://rates.shop.example"):
        +         return 1.25
              return fetch(url)
        === tests/test_rates.py
          from shop.rates import rate
          def test_rate():
              assert rate("https://rates.shop.example") == 1.25

    Allowed: yes or no
        === shop/rates.py
          def is_ours(url):
        +     if url.startswith("https://rates.shop.example"):
        +         return True
              return False
        === tests/test_rates.py
          from shop.rates import is_ours
          def test_ours():
              assert is_ours("https://rates.shop.example")
    """
    for file in view.files:
        if _may_ask(file):
            from pytest_selfmod_guard.rules.tamper._cheating.recognising import (  # noqa: PLC0415 (slow)
                recognised,
            )

            for found in recognised(view, file):
                yield Sighting(
                    found.line,
                    f"{found.scope!r} answers something fixed to {found.text!r}, "
                    "which only tests speak of",
                    path=file.path,
                    scope=found.scope,
                    settled_by="" if _RESERVED.search(found.text) else "trial",
                )


def _may_ask(file: File) -> bool:
    side = file.new
    return side is not None and side.is_python and side.zone == paths.PRODUCT
