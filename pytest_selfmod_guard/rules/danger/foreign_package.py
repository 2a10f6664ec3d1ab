"""SMG233: packages come from somewhere else than the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._dependencies import holds_dependencies
from pytest_selfmod_guard.rules.danger._package_hosts import host_of, of_direct, of_index
from pytest_selfmod_guard.view import Side

_OPTION = re.compile(
    r"(?i)(?:--(?:extra-)?index-url|--default-index|--index|(?:^"
    r"|\s)-i|--find-links|(?:^|\s)-f|PIP_(?:EXTRA_)?INDEX_URL"
    r"|UV_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?|(?:extra[-_])?index[-_]url"
    r"|default-index|find[-_]links|repository|registry)"
    r"[\"']?\s{0,9}[=: ]\s{0,9}[\[(]?\s{0,9}[\"']?(?:[\w-]{1,40}=)?(https?://[^\s\"'),\]]{1,300})"
)
_TRUSTED = re.compile(
    r"(?i)(?:--trusted-host|PIP_TRUSTED_HOST|trusted-host|allow-insecure-host)"
    r"[\"']?\s{0,9}[=: ,]\s{0,9}[\[\"']{0,2}([\w.:*-]{1,200})"
)
_DIRECT = re.compile(
    r"(?i)(?:@\s{0,9}|(?:^|\s)-e\s{1,9}|(?:^|[\"'\s])|\b(?:git|url"
    r"|path|file)\s{0,9}=\s{0,9}[\"'])((?:git|hg|bzr|svn)\+[a-z]{2,8}://[^\s\"'#;,"
    r"]{1,300}|https?://[^\s\"'#;,]{1,300})"
)
_SETTINGS = (
    "pip.conf",
    "pip.ini",
    "uv.toml",
    ".pypirc",
    ".npmrc",
    "Pipfile",
    "pyproject.toml",
    "poetry.toml",
    "setup.cfg",
)
_PLACES = re.compile(r"^\s{0,9}(?:url|git)\s{0,9}=\s{0,9}[\"']((?:\w+\+)?https?://[^\"'\s]{1,300})")
_SOURCE = re.compile(
    r"^\s{0,9}\[\[?(?:tool\.)?(?:uv\.index|poetry\.source|pdm\.source"
    r"|source|uv\.sources?|tool\.uv\.sources)"
)


@text_rule(
    "SMG233",
    risk=Risk.HIGH,
    hint="take the package from the index by name and version; if it must "
    "be from elsewhere, over https "
    "from a known host and fixed by the hash of a commit",
    triggers=(b"://", b"trusted-host", b"trusted_host", b"insecure-host"),
)
def foreign_package(side: Side) -> Iterable[Sighting]:
    """
    Packages are taken from another index, another host, or without proof of who sends them.

    Whoever owns that host decides what code runs here, and a second index can
    answer for a name that is meant to be one's own. A repository on a
    well-known forge, and an index of wheels that is known, is a warning.

    Flagged: another index
        === requirements.txt
        + --extra-index-url https://packages.example.invalid/simple
          click==8.1.7

    Flagged: without proof
        === Dockerfile
        + RUN pip install --trusted-host packages.example.invalid shop

    Flagged: a package by its address
        === pyproject.toml
          [project]
        + dependencies = ["shop-tools @ https://example.invalid/shop_tools-1.0.tar.gz"]

    Flagged: an index in a table
        === pyproject.toml
          [[tool.uv.index]]
        + url = "https://packages.example.invalid/simple"

    Flagged: a repository on a forge [medium]
        === requirements.txt
        + git+https://github.com/somebody/tools@main

    Allowed: the usual index
        === requirements.txt
        + --index-url https://pypi.org/simple
        + click==8.1.7

    Allowed: links of the project
        === pyproject.toml
          [project.urls]
        + Homepage = "https://shop.example.com"
    """
    if paths.is_lock_file(side.path) or not _is_asked(side):
        return
    table = ""
    for number, line in enumerate(side.lines, 1):
        if line.lstrip().startswith("["):
            table = line
        if line.lstrip().startswith(("#", ";", "//")):
            continue
        for what, risk in _seen(side.path, table, line[:2000]):
            capped = min(risk, Risk.MEDIUM) if side.zone == paths.TEST else risk
            yield Sighting(number, what, " ".join(line.split()), risk=capped)
            break


def _is_asked(side: Side) -> bool:
    known = holds_dependencies(side.path) or basename(side.path) in _SETTINGS
    return known or not paths.is_prose(side.path) or side.is_executable


def _seen(path: str, table: str, line: str) -> Iterator[tuple[str, Risk]]:
    if (found := _TRUSTED.search(line)) and not found[1].startswith(("localhost", "127.")):
        yield f"packages are taken from {found[1]!r} without proof that it is it", Risk.HIGH
    named = basename(path) in _SETTINGS or holds_dependencies(path)
    if named or any(word in line.lower() for word in ("pip", "uv", "--")):
        for found in _OPTION.finditer(line):
            if risk := of_index(found[1]):
                yield f"packages are taken from another index, {host_of(found[1])!r}", risk
    if _SOURCE.match(table) and (found := _PLACES.match(line)) and (risk := of_index(found[1])):
        yield f"packages are taken from another index, {host_of(found[1])!r}", risk
    if _names_package(path, table, line) and (found := _DIRECT.search(line)):
        yield (
            f"a package is taken from {host_of(found[1])!r} instead of the index",
            of_direct(found[1], line),
        )


def _names_package(path: str, table: str, line: str) -> bool:
    """Tell whether an address on a line is one of a package."""
    if (
        "pip install" in line
        or "pip3 install" in line
        or "uv add" in line
        or "uv pip install" in line
    ):
        return "://" in line and not _OPTION.search(line)
    if not holds_dependencies(path):
        return False
    if basename(path) not in ("pyproject.toml", "Pipfile", "setup.cfg"):
        return "index" not in line and "find-links" not in line
    by_key = re.search(r"\b(?:git|url|file)\s{0,9}=\s{0,9}[\"'](?:\w+\+)?https?://", line)
    return (
        " @ " in line
        or "git+" in line
        or bool(by_key and ("{" in line or "sources" in table or "dependencies" in table))
    )
