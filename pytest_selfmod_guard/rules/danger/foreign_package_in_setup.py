"""SMG236: a setup script takes packages from somewhere else than the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._package_hosts import host_of, of_direct, of_index

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_NAMED = re.compile(
    r"^\s{0,9}[A-Za-z][\w.-]{0,100}\s{0,9}(?:\[[^\]]{0,200}\])?\s{0,9}@\s{0,9}(\S{4,400})"
)
_STORED = re.compile(r"^\s{0,9}(?:-e\s{1,9})?((?:git|hg|bzr|svn)\+[a-z]{2,8}://\S{1,400})")
_EGG = re.compile(r"^\s{0,9}((?:[a-z+]{2,12})://\S{1,400}#egg=\S{0,100})")
_ADDRESS = re.compile(r"^\s{0,9}((?:[a-z+]{2,12})://\S{1,400})")
_KINDS = (_NAMED, _STORED, _EGG)
_LINKS = "dependency_links"
_WORDS = (
    b"install_requires", b"setup_requires", b"extras_require", b"tests_require",
    b"dependency_links", b"requires",
)  # fmt: skip


@python_rule(
    "SMG236",
    risk=Risk.HIGH,
    hint="ask for the package by name and version, as the index has it; if it must be from "
    "elsewhere, over https from a known host and fixed by the hash of a commit",
    triggers=_WORDS,
)
def foreign_package_in_setup(python: Python) -> Iterable[Sighting]:
    """
    A `setup.py` takes a package from an address, or from pages of links.

    Whoever owns that address decides what code is installed with this project.
    Texts are put together first. A repository on a well-known forge is a
    warning.

    Flagged: a package by its address
        === setup.py
          from setuptools import setup
        + setup(install_requires=["shop-tools @ https://example.invalid/shop_tools-1.0.tar.gz"])

    Flagged: put together
        === setup.py
          from setuptools import setup
        + HOST = "https://packages.example.invalid"
        + NEEDS = ["click"]
        + NEEDS.append(f"shop-tools @ {HOST}/shop_tools.zip")
        + setup(install_requires=NEEDS)

    Flagged: a page of links
        === setup.py
          from setuptools import setup
        + setup(install_requires=["click"], dependency_links=["https://example.invalid/simple"])

    Flagged: a repository on a forge [medium]
        === setup.py
          from setuptools import setup
        + setup(install_requires=["tools @ git+https://github.com/somebody/tools@main"])

    Allowed: packages of the index, and links of the project
        === setup.py
          from setuptools import setup
        + setup(url="https://shop.example.com", install_requires=["click>=8"])
    """
    if basename(python.path) != "setup.py":
        return
    from pytest_selfmod_guard.rules.danger._setup_texts import (  # noqa: PLC0415 (imports libcst)
        setup_texts,
    )

    for node, text, is_link in setup_texts(python, _LINKS):
        for url, risk in _places(text, is_link=is_link):
            yield Sighting(
                python.line(node),
                f"a package is taken from {host_of(url)!r} instead of the index",
                " ".join(text.split())[:200],
                risk=risk,
            )


def _places(text: str, *, is_link: bool) -> Iterator[tuple[str, Risk]]:
    """Give the addresses of packages in a text of a setup script, and how bad they are."""
    for line in text[:20000].splitlines():
        found = next((seen for kind in _KINDS if (seen := kind.match(line[:2000]))), None)
        if found is not None and "://" in found[1]:
            yield found[1], of_direct(found[1], line)
        elif is_link and (link := _ADDRESS.match(line[:2000])) and (risk := of_index(link[1])):
            yield link[1], risk
