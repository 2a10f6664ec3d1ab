"""Whether a folder is on a network file system, where the embedded journal must not be."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals import Entry, _network
from pytest_selfmod_guard.journals._network import network, network_kind
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

MOUNTS = r"""
21 27 0:20 / /odd rw,relatime - tmpfs 0:31 rw
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 27 0:30 / /home rw,relatime shared:5 - autofs systemd-1 rw,fd=51,direct
32 31 0:31 / /home/ada rw,relatime shared:6 master:1 - nfs4 server:/export/ada rw,vers=4.2
33 27 0:32 / /mnt/my\040share rw - cifs //host/share rw,vers=3.1.1
34 27 0:33 / /afs rw - afs none rw
35 27 0:34 / /mnt/ssh rw - fuse.sshfs ada@host:/srv rw,user_id=1000
36 27 0:35 / /mnt/dav rw - fuse https://host/dav rw,user_id=1000
37 27 0:36 / /mnt/bucket rw - fuse.novelty bucket: rw
38 27 0:37 / /mnt/gluster rw - fuse.glusterfs host:vol rw
39 27 254:0 /srv/data /home/bound rw,relatime - ext4 /dev/vda rw
40 27 0:39 / /var/lib/box/merged rw - overlay overlay rw,lowerdir=/nfs/l1:/nfs/l2,upperdir=/u
41 27 0:40 / /mnt/ntfs rw - fuseblk /dev/sdb1 rw
42 27 0:41 / /mnt/pool rw - fuse.mergerfs disk1:disk2 rw
43 27 0:42 / /mnt/crypt rw - fuse.gocryptfs /home/ada/crypt rw
44 27 0:43 /sub /btrfs rw - btrfs /dev/sdc rw,subvol=/sub
45 32 0:21 / /home/ada/local rw - tmpfs tmpfs rw
46 27 0:45 / /over rw - ext4 /dev/sdd rw
47 46 0:46 / /over rw - nfs server:/over rw
48 27 0:47 / /mnt/host rw - virtiofs host rw
50 27 0:49 / /mnt/s3 rw - fuse.s3fs s3fs rw
49 27 0:48 / /mnt/ceph rw - ceph a,b:/ rw
""".strip()


@pytest.mark.parametrize(
    ("path", "device", "kind"),
    [
        ("/home/ada/project/.git", "0:31", "nfs4"),
        ("/mnt/my share/project", "0:32", "cifs"),
        ("/afs/cell/ada", "0:33", "afs"),
        ("/mnt/ssh/project", "0:34", "fuse.sshfs"),
        ("/mnt/dav/project", "0:35", "fuse"),
        ("/mnt/bucket/project", "0:36", "fuse.novelty"),
        ("/mnt/gluster", "0:37", "fuse.glusterfs"),
        ("/mnt/s3/project", "0:49", "fuse.s3fs"),
        ("/work", "254:0", ""),
        ("/home/bound/project", "254:0", ""),
        ("/var/lib/box/merged/project", "0:39", ""),
        ("/mnt/ntfs/project", "0:40", ""),
        ("/mnt/pool/project", "0:41", ""),
        ("/mnt/crypt/project", "0:42", ""),
        ("/mnt/host/project", "0:47", ""),
        ("/mnt/ceph/project", "0:48", ""),
    ],
)
def test_a_network_file_system_is_told_by_its_device(path: str, device: str, kind: str) -> None:
    """Wherever it is mounted, and whatever is mounted around it."""
    assert network_kind(MOUNTS, path, device) == kind
    assert network_kind(MOUNTS, "/", device) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/btrfs/project", ""),
        ("/home/ada/project", "nfs4"),
        ("/home/ada", "nfs4"),
        ("/home/adam/project", ""),
        ("/home/ada/local/project", ""),
        ("/mnt/my share/project", "cifs"),
        ("/over/project", "nfs"),
        ("/elsewhere", ""),
    ],
)
def test_an_unknown_device_is_told_by_the_mount_that_it_is_below(path: str, kind: str) -> None:
    """The nearest one, and of two on one another the upper one; Btrfs numbers by itself."""
    assert network_kind(MOUNTS, path, "0:999") == kind
    assert network_kind(MOUNTS, path, "0:4") == kind


@pytest.mark.parametrize("mounts", ["", "\n", "nonsense", "1 2", "1 2 0:1 / /"])
def test_a_list_that_says_nothing_says_nothing(mounts: str) -> None:
    """Such a system is taken as it is."""
    assert network_kind(mounts, "/work", "0:1") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a list")
def test_this_machine_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own folder for scratch files is local, unless the list of mounts says otherwise."""
    assert network(str(tmp_path / "not" / "yet" / "there")) == ""
    listed = tmp_path / "mountinfo"
    listed.write_text("27 1 9:9 / / rw - nfs server:/ rw\n")
    monkeypatch.setattr(_network, "_MOUNTS", str(listed))
    assert network(str(tmp_path / "not" / "yet" / "there")) == "nfs"
    listed.unlink()
    assert network(str(tmp_path)) == ""


def test_no_journal_is_begun_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is created; what is there already can be looked at, and not gone on with."""
    made = Entry(1.0, "judged", "a", "{}", "s")
    journal, other = (SqliteJournal(str(tmp_path / name)) for name in ("one", "other"))
    journal.append(made)
    listed = tmp_path / "mountinfo"
    listed.write_text("27 1 9:9 / / rw - nfs server:/ rw\n")
    monkeypatch.setattr(_network, "_MOUNTS", str(listed))
    for refusing in (journal, other):
        with pytest.raises(JournalError, match=r"network file system \(nfs\)") as caught:
            refusing.append(made)
        assert (caught.value.slug, caught.value.context) == ("journal-on-network", refusing.path)
        assert "local disk" in caught.value.hint
        assert 'journal = "postgresql://' in caught.value.hint
    assert not (tmp_path / "other").exists()
    assert journal.about("s") == [made]


def test_asking_costs_next_to_nothing() -> None:
    """On a machine full of containers too: each turn asks."""
    many = "\n".join(f"{n} 27 1:{n} / /box/{n} rw - overlay overlay rw" for n in range(2000))
    many += "\n9999 27 254:0 / / rw,relatime - ext4 /dev/vda rw"
    times = []
    for _ in range(20):
        began = time.perf_counter()
        assert network_kind(many, "/work", "254:0") == ""
        times.append(time.perf_counter() - began)
    assert min(times) < 0.001
