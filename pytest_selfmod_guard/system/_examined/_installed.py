"""The guard's own files against the record that its installer wrote."""

from __future__ import annotations

import json
import os
import shlex
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import metadata
from importlib.machinery import all_suffixes
from pathlib import Path

from pytest_selfmod_guard.checkups._facts import Installed

_NAME = "pytest-selfmod-guard"
_PACKAGE = "pytest_selfmod_guard"
_CACHE = "__pycache__"


def installed() -> Installed:
    """Compare what runs with what was installed."""
    place = str(Path(__file__).resolve().parents[2])
    try:
        about = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:
        return _found("", place, {}, is_recorded=False)
    origin = _origin(about)
    recorded = {file.as_posix(): file.hash.value for file in about.files or () if file.hash}
    ours = {path: value for path, value in recorded.items() if path.startswith(f"{_PACKAGE}/")}
    there = os.path.realpath(str(about.locate_file(_PACKAGE)))
    is_editable = bool(_part(origin, "dir_info").get("editable"))
    found = _found(about.version, place, origin, is_recorded=there == place and bool(ours))
    if is_editable or not found.is_recorded:
        return found._replace(is_editable=is_editable)
    return compare(found, ours, dict(_hashes(place)))


def compare(found: Installed, recorded: Mapping[str, str], there: Mapping[str, str]) -> Installed:
    """
    Name what differs.

    :param recorded: path in the package's parent folder to hash, as the record has them
    :param there: the same of what can be imported, as it is on disk
    """
    prefix = f"{_PACKAGE}/"
    wanted = {path.removeprefix(prefix): value for path, value in recorded.items()}
    wanted = {path: value for path, value in wanted.items() if is_importable(path)}
    return found._replace(
        modified=tuple(
            sorted(path for path in wanted if there.get(path, "") not in ("", wanted[path]))
        ),
        missing=tuple(sorted(wanted.keys() - there.keys())),
        extra=tuple(sorted(there.keys() - wanted.keys())),
    )


def is_importable(path: str) -> bool:
    """Tell whether Python may take a file for a module; what it caches follows from others."""
    return path.endswith(tuple(all_suffixes())) and _CACHE not in path.split("/")


def _found(
    version: str, place: str, origin: Mapping[str, object], *, is_recorded: bool
) -> Installed:
    return Installed(
        version,
        place,
        _source(version, origin),
        shlex.quote(sys.executable),
        is_editable=False,
        is_recorded=is_recorded,
    )


def _source(version: str, origin: Mapping[str, object]) -> str:
    url = origin.get("url")
    if not isinstance(url, str):
        return f"{_NAME}=={version}" if version else _NAME
    vcs = _part(origin, "vcs_info")
    return f"{_NAME} @ {vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else f"{_NAME} @ {url}"


def _hashes(place: str) -> Iterator[tuple[str, str]]:
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != _CACHE)
        for name in names:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, place).replace(os.sep, "/")
            if is_importable(path):
                yield path, _hash(full)


def _hash(path: str) -> str:
    """Hash a file as the record does; a word that no hash is where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return urlsafe_b64encode(sha256(file.read()).digest()).rstrip(b"=").decode()
    except OSError:
        return "unreadable"


def _origin(about: metadata.Distribution) -> Mapping[str, object]:
    try:
        found = json.loads(about.read_text("direct_url.json") or "{}")
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(origin: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = origin.get(name)
    return part if isinstance(part, dict) else {}
