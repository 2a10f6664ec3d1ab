"""SMG320: a conftest replaces what the tests are about, or rewrites files of the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, View

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.tamper._replaced import Replaced
    from pytest_selfmod_guard.syntax import Python

_WORDS = (
    b"=", b"setattr", b"patch", b"open", b"write_", b"unlink", b"remove", b"rename", b"copy",
)  # fmt: skip


@change_rule(
    "SMG320",
    risk=Risk.HIGH,
    hint="let the tests meet the real code; replace only what lies beyond it (network, clock,"
    " payment), in a fixture that the tests which need it ask for by name",
)
def project_replaced(view: View) -> Iterable[Sighting]:
    """
    Before tests run, a conftest puts something else in the place of what they test.

    Where tests call `cart.total` themselves and a conftest replaces it, they
    test the replacement. Replaced for good, on import or in a hook, it is denied;
    by an automatic fixture that puts it back only a trial can tell. So it is
    where a conftest writes to source, tests, configuration or the reports of the
    run.

    Settings, and what tests do not call by themselves, are silent.

    Flagged: replaced on import
        === shop/cart.py
          def total(items):
              return sum(items)
        === tests/test_cart.py
          from shop import cart
          def test_total():
              assert cart.total([1, 2]) == 3
        === tests/conftest.py (kept)
        + import shop.cart
        + shop.cart.total = lambda items: 3

    Flagged: by a fixture that every test gets
        === shop/cart.py
          def total(items):
              return sum(items)
        === tests/test_cart.py
          from shop.cart import total
          def test_total():
              assert total([1, 2]) == 3
        === tests/conftest.py
        + import pytest
        + @pytest.fixture(autouse=True)
        + def simple(monkeypatch):
        +     monkeypatch.setattr("shop.cart.total", lambda items: 3)

    Flagged: a report is written
        === conftest.py
        + def pytest_unconfigure(config):
        +     with open("build/junit.xml", "w") as report:
        +         report.write("<testsuite failures='0'/>")

    Allowed: what lies beyond
        === shop/mail.py
          def send(text):
              post(text)
        === shop/cart.py
          def order():
              mail.send("thanks")
        === tests/test_cart.py
          from shop import cart
          def test_order():
              assert cart.order() is None
        === tests/conftest.py
        + import pytest
        + @pytest.fixture(autouse=True)
        + def no_mail(monkeypatch):
        +     monkeypatch.setattr("shop.mail.send", lambda text: None)

    Allowed: a setting, and a file of the test's own
        === shop/settings.py
          DEBUG = False
        === tests/test_cart.py
          from shop import settings
        === tests/conftest.py
        + import pytest
        + from shop import settings
        + settings.DEBUG = True
        + @pytest.fixture(autouse=True)
        + def module(tmp_path):
        +     (tmp_path / "module.py").write_text("x = 1")
    """
    for file in view.files:
        if _concerns(file):
            yield from _newly(file, view)


def _concerns(file: File) -> bool:
    """Tell whether a file may be a conftest or a plugin that replaces something."""
    side = file.new
    if side is None or not side.is_python:
        return False
    data = side.blob.data or b""
    if basename(side.path) != "conftest.py" and b"pytest_" not in data and data.isascii():
        return False
    return any(word in data for word in _WORDS)


def _newly(file: File, view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._trees import parsed  # noqa: PLC0415 (libcst)

    new, old = parsed(file.new), parsed(file.old)
    if new is None:
        return
    known = Counter(seen.code for seen in _seen(old, view)) if old is not None else Counter[str]()
    for seen in _seen(new, view):
        if known[seen.code]:
            known[seen.code] -= 1
        else:
            yield seen._replace(path=file.path)


def _seen(python: Python, view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._plugins import is_plugin  # noqa: PLC0415 (libcst)
    from pytest_selfmod_guard.rules.tamper._replaced import (  # noqa: PLC0415 (libcst)
        replaced,
        rewrites,
    )

    if not is_plugin(python):
        return
    for one in replaced(python, view):
        if one.is_tested:
            yield _weighed(one, python)
    for step, path in rewrites(python):
        where = step.hook or "the top of the module"
        yield weighed(step, python, f"{where!r} rewrites {path!r}")


def _weighed(one: Replaced, python: Python) -> Sighting:
    from pytest_selfmod_guard.rules.tamper._excuses import weighed  # noqa: PLC0415 (libcst)

    told = f"{one.name!r} is replaced before tests run that call it"
    seen = weighed(one.step, python, told)
    return seen._replace(settled_by="trial") if one.is_put_back else seen
