"""What lock files say about each package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from posixpath import basename
from typing import NamedTuple

from pytest_selfmod_guard.rules.danger._dependencies import is_requirements
from pytest_selfmod_guard.rules.danger._popular import normal
from pytest_selfmod_guard.view import Side

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]{0,100})(?:\[[^\]]{0,200}\])?==([^\s;\\]{1,100})")
_HASH = re.compile(r"--hash[= ](\w{3,10}:[0-9a-fA-F]{16,128})")
_TOML = frozenset(("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"))


class Locked(NamedTuple):
    """One package of a lock file."""

    name: str
    version: str
    hashes: frozenset[tuple[str, str]]
    """File and hash; the file is empty where it is not told."""
    places: frozenset[str]
    """Where it comes from: addresses of its index, repository and files."""


def is_lock(path: str) -> bool:
    """Tell whether a path names a lock file that is understood."""
    return basename(path) in _TOML or basename(path) == "Pipfile.lock" or is_requirements(path)


def locked(side: Side | None) -> tuple[Locked, ...]:
    """Give the packages of a lock file; none where it cannot be read."""
    if side is None or not side.is_text or not is_lock(side.path):
        return ()
    text = side.text or ""
    if basename(side.path) == "Pipfile.lock":
        return tuple(_of_pipfile(text))
    return tuple(_of_toml(text) if basename(side.path) in _TOML else _of_requirements(text))


def _of_requirements(text: str) -> Iterator[Locked]:
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").split("\n"):
        if (found := _PINNED.match(line)) and "--hash" in line:
            hashes = frozenset(("", digest.lower()) for digest in _HASH.findall(line))
            yield Locked(normal(found[1]), found[2], hashes, frozenset())


def _of_pipfile(text: str) -> Iterator[Locked]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return
    for group in ("default", "develop"):
        packages = whole.get(group) if isinstance(whole, dict) else None
        for name, entry in packages.items() if isinstance(packages, dict) else ():
            if isinstance(entry, dict):
                hashes = entry.get("hashes", ())
                digests = frozenset(
                    ("", str(digest)) for digest in (hashes if isinstance(hashes, list) else ())
                )
                places = frozenset(
                    str(entry[key]) for key in ("git", "file", "path", "url") if key in entry
                )
                yield Locked(normal(name), str(entry.get("version", "")), digests, places)


def _of_toml(text: str) -> Iterator[Locked]:
    import tomllib  # noqa: PLC0415 (slow, and rarely needed)

    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    packages = whole.get("package", whole.get("packages", []))
    for entry in packages if isinstance(packages, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            files = list(_files(entry))
            hashes = frozenset((name, digest) for name, digest, _ in files if digest)
            places = frozenset(
                (*_source(entry.get("source")), *(url for _, _, url in files if url))
            )
            yield Locked(normal(entry["name"]), str(entry.get("version", "")), hashes, places)


def _files(entry: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    for key in ("files", "wheels", "sdist"):
        value = entry.get(key, [])
        for file in value if isinstance(value, list) else [value]:
            if isinstance(file, dict):
                url = str(file.get("url", ""))
                hashes = file.get("hashes", {})
                digest = file.get("hash") or (
                    hashes.get("sha256") if isinstance(hashes, dict) else ""
                )
                yield (
                    str(file.get("file") or file.get("name") or basename(url)),
                    str(digest or ""),
                    url,
                )


def _source(source: object) -> Iterator[str]:
    if isinstance(source, dict):
        yield from (
            str(value) for key, value in source.items() if key in ("registry", "url", "git")
        )
