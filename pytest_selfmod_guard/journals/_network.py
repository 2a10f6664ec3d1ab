"""
Whether a folder is on a network file system, where locks are not to be trusted.

Two machines, or two caches of one, may then both believe that it is their turn
to write. What has sound locks for all machines (CephFS, GFS2, OCFS2, GPFS) is
not meant; nor is what merely shows a folder of the same machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

_MOUNTS = "/proc/self/mountinfo"
_KINDS = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smbfs", "smb3", "smbnetfs", "ncpfs", "afs", "coda"),
        *("sshfs", "davfs", "davfs2", "curlftpfs", "rclone", "gvfsd-fuse"),
        *("glusterfs", "lustre", "beegfs", "pvfs2", "orangefs", "moosefs", "mfs", "seaweedfs"),
        *("s3fs", "goofys", "mount-s3", "mountpoint-s3", "gcsfuse", "blobfuse", "blobfuse2"),
    )
)
_HERE = frozenset(("fuse.mergerfs", "fuse.unionfs"))  # whose sources look as if they were far away
_PLAIN = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


class Mount(NamedTuple):
    """One line of mountinfo."""

    point: str
    kind: str
    source: str


def network(folder: str) -> str:
    """
    Tell which network file system a folder is on, or would be made on.

    :returns: its kind, such as ``nfs4``; empty for a local one, and where the
        system has no list of mounts
    """
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            mounts = file.read()
    except OSError:
        return ""
    there = os.path.realpath(folder)
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    number = os.stat(there).st_dev
    return network_kind(mounts, there, f"{os.major(number)}:{os.minor(number)}")


def network_kind(mounts: str, path: str, device: str) -> str:
    """
    Tell the same from the text of mountinfo.

    :param path: with every symbolic link in it followed
    :param device: the number of the device that the path is on
    """
    # Looked for by number first: a machine full of containers has a thousand lines.
    mount = next(_mounts(mounts, device), None) or _around(mounts, path)
    if mount is None:
        return ""
    kind = mount.kind.removeprefix("fuse.")
    return mount.kind if kind in _KINDS or _is_far(mount) else ""


def _is_far(mount: Mount) -> bool:
    """
    Tell it of a program that acts as a file system, whatever its name.

    Such a one shows where it gets its files: ``user@host:/path``, ``bucket:``,
    ``https://host/path``, ``//host/share``.
    """
    is_program = mount.kind.startswith("fuse") and mount.kind not in _HERE
    start, _, rest = mount.source.partition("/")
    return is_program and (start.find(":") > 0 or (not start and rest.startswith("/")))


def _around(mounts: str, path: str) -> Mount | None:
    """Give the mount that a path is below; Btrfs gives each subvolume a number of its own."""
    above = [mount for mount in _mounts(mounts) if _is_below(path, mount.point)]
    # Of two at one point the later one hides the other.
    return max(reversed(above), key=lambda mount: len(mount.point), default=None)


def _is_below(path: str, point: str) -> bool:
    return f"{path}/".startswith(f"{point.rstrip('/')}/")


def _mounts(text: str, device: str = "") -> Iterator[Mount]:
    """Give all that are listed, or those of a device."""
    for line in text.splitlines():
        if device and f" {device} " not in line:
            continue
        before, _, after = line.partition(" - ")
        match before.split(" "), after.split(" "):
            case [_, _, number, _, point, *_], [kind, source, *_] if device in ("", number):
                yield Mount(_plain(point), kind, _plain(source))


def _plain(text: str) -> str:
    """Undo what is done there to spaces, tabs, line ends and backslashes, in this order."""
    for written, meant in _PLAIN.items() if "\\" in text else ():
        text = text.replace(written, meant)
    return text
