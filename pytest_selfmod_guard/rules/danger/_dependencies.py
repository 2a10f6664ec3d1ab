"""What packages a file asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigError
from posixpath import basename

from pytest_selfmod_guard.rules.danger._popular import normal
from pytest_selfmod_guard.syntax import Unparsable
from pytest_selfmod_guard.view import Side

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:requirements?|constraints?|deps)[\w.-]*\.(?:txt"
    r"|in)|requirements/[\w.-]+\.(?:txt|in))$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^\s{0,20}[\"']?([A-Za-z0-9][\w.-]{0,100})\s{0,9}(?:\[[^\]]{0,"
    r"200}\])?\s{0,9}(?=[=<>!~;@#,\"'\s(]|$)"
)
_CONDA = re.compile(r"^\s{0,20}-\s{1,9}[\"']?(?:[\w-]{1,40}::)?([A-Za-z0-9][\w.-]{0,100})")
_SETUP = ("install_requires", "setup_requires", "tests_require", "extras_require")
_TABLES = ("dependencies", "dev-dependencies", "packages", "dev-packages")


def is_requirements(path: str) -> bool:
    """Tell whether a path names a list of packages for pip."""
    return _REQUIREMENTS.search(path) is not None


def holds_dependencies(path: str) -> bool:
    """Tell whether a file of this path asks for packages."""
    name = basename(path)
    known = (
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "Pipfile",
        "environment.yml",
        "environment.yaml",
    )
    return name in known or is_requirements(path)


def dependencies(side: Side | None) -> frozenset[str]:
    """Give the normalised names of the packages that a file asks for."""
    if side is None or not side.is_text or not holds_dependencies(side.path):
        return frozenset()
    return frozenset(normal(name) for name in _names(side) if name.lower() != "python")


def _names(side: Side) -> Iterator[str]:
    name = basename(side.path)
    if name == "setup.py":
        yield from _of_setup(side)
    elif name == "setup.cfg":
        yield from _of_config(side.text or "")
    elif name in ("pyproject.toml", "Pipfile"):
        yield from _of_toml(side.text or "")
    elif name.startswith("environment."):
        yield from (found[1] for line in side.lines if (found := _CONDA.match(line[:200])))
    else:
        yield from _of_lines(side.lines)


def _of_lines(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.lstrip().startswith(("#", "-")) and (found := _NAME.match(line[:400])):
            yield found[1]


def _of_config(text: str) -> Iterator[str]:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (ConfigError, ValueError):
        return
    for section, key in (
        ("options", "install_requires"),
        ("options", "setup_requires"),
        ("options", "tests_require"),
    ):
        yield from _of_lines(parser.get(section, key, fallback="").split("\n"))
    if parser.has_section("options.extras_require"):
        for _, value in parser.items("options.extras_require"):
            yield from _of_lines(value.split("\n"))


def _of_toml(text: str) -> Iterator[str]:
    import tomllib  # noqa: PLC0415 (slow, and rarely needed)

    try:
        todo: list[tuple[str, object]] = [("", tomllib.loads(text))]
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    while todo:
        key, value = todo.pop()
        if isinstance(value, dict):
            if key in _TABLES:
                yield from value
            todo += [(_place(key, name), inner) for name, inner in value.items()]
        elif isinstance(value, list) and key in (
            "dependencies",
            "requires",
            "optional",
            "groups",
            "dev-dependencies",
        ):
            yield from _of_lines([line for line in value if isinstance(line, str)])


def _place(table: str, name: str) -> str:
    """Remember that what lies below a table of groups are lists of packages."""
    if table in ("optional-dependencies", "dependency-groups", "optional"):
        return "optional"
    return name


def _of_setup(side: Side) -> Iterator[str]:
    from pytest_selfmod_guard.rules.danger._flow_texts import (  # noqa: PLC0415 (imports libcst)
        strings,
    )

    tree = side.python if side.is_python else None
    if tree is None or isinstance(tree, Unparsable):
        return
    for call in tree.calls:
        for word in _SETUP:
            given = call.arg(tree, None, word)
            if given is not None:
                yield from _of_lines(strings(tree, given))
