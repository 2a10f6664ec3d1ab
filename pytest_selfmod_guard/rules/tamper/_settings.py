"""What pytest is told by the configuration of a project, in one version of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.rules.tamper._selecting import Option, options, split
from pytest_selfmod_guard.view import Side

ROOT_FILES = (
    "pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini",
    "setup.cfg",
)  # fmt: skip
"""In the order in which pytest looks: the first that speaks of it is the only one."""
_SECTIONS = {
    "pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"
}  # fmt: skip
_ALWAYS_COUNT = frozenset(("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"))
LARGEST = 1 << 20
Look = Callable[[str], Side | None]


class Settings(NamedTuple):
    """The keys of pytest's own table, and what stands in ``addopts``."""

    path: str
    """The file that counts; empty when there is none."""
    keys: Mapping[str, object]
    folder: str = ""
    """Where it stands, with a slash at the end; empty for the top."""

    def words(self, key: str) -> list[str]:
        """Give a key that is a list, or a line of words."""
        value = self.keys.get(key, "")
        if isinstance(value, list):
            return [str(item) for item in value]
        return (
            split(str(value))
            if key in {"addopts", "testpaths", "required_plugins"}
            else (str(value).split())
        )

    def lines(self, key: str) -> list[str]:
        """Give a key that is a list, or has one entry a line."""
        value = self.keys.get(key, "")
        if isinstance(value, list):
            return [str(item) for item in value]
        return [line.strip() for line in str(value).splitlines() if line.strip()]

    def is_on(self, key: str) -> bool:
        """Tell whether a key is true."""
        return str(self.keys.get(key, "")).lower() in {"true", "1", "yes", "on"}

    @property
    def options(self) -> list[Option]:
        """What ``addopts`` asks for."""
        return options(self.words("addopts"))


def settings(look: Look, folder: str = "") -> Settings:
    """
    Find and read what pytest would.

    :param look: gives a file of the project in the version that is asked about
    :param folder: where pytest is run, with a slash at the end
    """
    for path in ROOT_FILES:
        text = text_of(look(f"{folder}{path}"))
        if text is None:
            continue
        found = table(path, text)
        if found is None and path not in _ALWAYS_COUNT:
            continue
        return overridden(Settings(f"{folder}{path}", found or {}, folder))
    return Settings("", {}, folder)


def overridden(found: Settings) -> Settings:
    """Apply ``-o key=value`` of ``addopts``."""
    keys = dict(found.keys)
    for option in found.options:
        if option.kind == "ini" and "=" in option.text:
            key, _, value = option.text.partition("=")
            keys[key.strip()] = value
    return found._replace(keys=keys)


def text_of(side: Side | None) -> str | None:
    """Give what a configuration file says; None for what no tool could read."""
    if side is None or not side.blob.is_regular or side.blob.data is None:
        return None
    if side.blob.size > LARGEST:
        return None
    return side.blob.data.decode("utf-8", "replace").removeprefix("\ufeff")


def table(path: str, text: str) -> Mapping[str, object] | None:
    """Give pytest's table in a file; None where it has none, or cannot be read."""
    if path.endswith(".toml"):
        tree = toml(text)
        names = ("pytest",) if "pytest.toml" in path else ("tool", "pytest", "ini_options")
        found = within(tree, *names)
        if found is None and "pytest.toml" not in path:
            found = within(tree, "tool", "pytest")
        return found
    section = _SECTIONS[path.rpartition("/")[2]]
    return ini(text).get(section)


def toml(text: str) -> Mapping[str, object]:
    """Read TOML; nothing where it is none."""
    import tomllib  # noqa: PLC0415 (few changes touch such a file)

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}


def within(tree: object, *names: str) -> Mapping[str, object] | None:
    """Give a table within tables; None where there is none."""
    for name in names:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, Mapping) else None


def ini(text: str) -> Mapping[str, Mapping[str, str]]:
    """Read an ini file; nothing where it is none."""
    import configparser  # noqa: PLC0415 (few changes touch such a file)

    parser = configparser.RawConfigParser(
        strict=False, allow_no_value=True, interpolation=None, inline_comment_prefixes=(" #", " ;")
    )
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # keys keep their case
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return {}
    return {
        name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()
    }
