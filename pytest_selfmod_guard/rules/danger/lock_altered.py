"""SMG234: a lock file says something else about the same version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._locks import Locked, is_lock, locked
from pytest_selfmod_guard.view import File, Side, View

_HOSTS = frozenset(
    (
        "pypi.org", "files.pythonhosted.org", "test.pypi.org", "test-files.pythonhosted.org",
        "github.com", "gitlab.com", "download.pytorch.org", "download-r2.pytorch.org",
        "pypi.nvidia.com",
    )
)  # fmt: skip


@change_rule(
    "SMG234",
    risk=Risk.HIGH,
    hint="let the tool write the lock file again from the project's own "
    "dependencies, and never edit it "
    "by hand; a new address is named in the project's configuration first",
)
def lock_altered(view: View) -> Iterable[Sighting]:
    """
    A lock file gives another hash or another address for a version that it had.

    An index never changes a file that it has published, so a file of the same
    name with another hash is another file. And what is fetched from a host
    that the project has not known is somebody else's.

    Flagged: another hash for the same file
        === uv.lock
          [[package]]
          name = "click"
          version = "8.1.7"
          source = { registry = "https://pypi.org/simple" }
        - sdist = { url = "https://pypi.org/click.tar.gz", hash = "sha256:ca9853ad" }
        + sdist = { url = "https://pypi.org/click.tar.gz", hash = "sha256:deadbeef" }

    Flagged: another host
        === uv.lock
          [[package]]
          name = "click"
          version = "8.1.7"
        - source = { registry = "https://pypi.org/simple" }
        + source = { registry = "https://packages.example.invalid/simple" }

    Flagged: none of the hashes is left
        === requirements.txt
        - click==8.1.7 --hash=sha256:ca9853ad459e787e
        + click==8.1.7 --hash=sha256:deadbeef459e787e

    Allowed: another version
        === requirements.txt
        - click==8.1.7 --hash=sha256:ca9853ad459e787e
        + click==8.1.8 --hash=sha256:63c132bbbed01578

    Allowed: one more file of the same version
        === requirements.txt
        - click==8.1.7 --hash=sha256:ca9853ad459e787e
        + click==8.1.7 --hash=sha256:ca9853ad459e787e --hash=sha256:63c132bbbed01578
    """
    for file in view.files:
        if file.new is not None and is_lock(file.path):
            yield from _altered(file, file.new)


def _altered(file: File, new: Side) -> Iterator[Sighting]:
    before = {(package.name, package.version): package for package in locked(file.old)}
    hosts = {_host(place) for package in before.values() for place in package.places} | _HOSTS
    for package in locked(new):
        old = before.get((package.name, package.version))
        if old is not None and _is_other(old, package):
            what = (
                f"{package.name!r} {package.version} has another hash than "
                "before, for the same version"
            )
        elif strange := sorted({_host(place) for place in package.places} - hosts - {""}):
            what = f"{package.name!r} comes from {strange[0]!r}, which the lock file did not know"
        else:
            continue
        line = next((at for at, text in enumerate(new.lines, 1) if package.name in text.lower()), 0)
        yield Sighting(line, what, path=file.path)


def _is_other(old: Locked, new: Locked) -> bool:
    """Tell whether a file of the same name has another hash, or none that was known is left."""
    known = {name: digest for name, digest in old.hashes if name}
    if any(name and known.get(name, digest) != digest for name, digest in new.hashes):
        return True
    return (
        bool(old.hashes and new.hashes)
        and not any(name for name, _ in old.hashes | new.hashes)
        and old.hashes.isdisjoint(new.hashes)
    )


def _host(place: str) -> str:
    if "://" not in place:
        return ""
    return place.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
