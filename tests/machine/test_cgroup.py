"""Which cgroups hold for us: of both versions, nested, and seen from within a namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_selfmod_guard.machine._cgroup import levels

Lay = Callable[[Mapping[str, str]], str]

V2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
ROOT_DISK = "24 1 254:0 / / rw,relatime - ext4 /dev/vda rw"


def mount(controllers: str, top: str = "/") -> str:
    """Give the line of a hierarchy of version 1, mounted where it usually is."""
    return f"40 39 0:33 {top} /sys/fs/cgroup/{controllers} ro - cgroup cgroup rw,{controllers}"


def seen(lay: Lay, controller: str, ours: str, *mounts: str) -> list[str]:
    """Give the names and folders of the levels, ``/a /sys/fs/cgroup/a``."""
    root = lay({"proc/self/cgroup": ours, "proc/self/mountinfo": "\n".join(mounts)})
    return [f"{one.name} {one.folder.removeprefix(root)}" for one in levels(controller, root)]


def test_limits_around_ours_are_seen(lay: Lay) -> None:
    """Each cgroup that ours lies in may have a limit, up to the top."""
    assert seen(lay, "memory", "0::/user.slice/a.scope\n", ROOT_DISK, V2) == [
        "/user.slice/a.scope /sys/fs/cgroup/user.slice/a.scope",
        "/user.slice /sys/fs/cgroup/user.slice",
        "/ /sys/fs/cgroup",
    ]


def test_each_controller_has_a_path_of_its_own_in_the_first_version(lay: Lay) -> None:
    """What limits memory need not be where the processor is limited."""
    ours = "3:memory:/a\n2:cpu,cpuacct:/b\n1:name=systemd:/c\n"
    mounts = (mount("memory"), mount("cpu,cpuacct"), mount("name=systemd"))
    assert seen(lay, "memory", ours, *mounts)[0] == "/a /sys/fs/cgroup/memory/a"
    assert seen(lay, "cpu", ours, *mounts)[0] == "/b /sys/fs/cgroup/cpu,cpuacct/b"
    assert seen(lay, "cpuacct", ours, *mounts)[0] == "/b /sys/fs/cgroup/cpu,cpuacct/b"
    assert seen(lay, "pids", ours, *mounts) == []


def test_a_hybrid_has_both(lay: Lay) -> None:
    """A controller is in one of the two, and the files there tell in which."""
    hybrid = V2.replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
    found = seen(lay, "memory", "4:memory:/a\n0::/b\n", mount("memory"), hybrid)
    assert found == [
        "/a /sys/fs/cgroup/memory/a",
        "/ /sys/fs/cgroup/memory",
        "/b /sys/fs/cgroup/unified/b",
        "/ /sys/fs/cgroup/unified",
    ]


@pytest.mark.parametrize(
    ("top", "ours", "found"),
    [
        ("/", "/", ["/ /sys/fs/cgroup/memory"]),
        ("/docker/a", "/docker/a", ["/docker/a /sys/fs/cgroup/memory"]),
        (
            "/docker/a",
            "/docker/a/job",
            ["/docker/a/job /sys/fs/cgroup/memory/job", "/docker/a /sys/fs/cgroup/memory"],
        ),
        ("/docker/a", "/docker/ab", []),
        ("/docker/a", "/docker", []),
        ("/..", "/", ["/.. /sys/fs/cgroup/memory"]),
        ("/../..", "/../a", ["/../.. /sys/fs/cgroup/memory"]),
        (
            "/..",
            "/../a",
            ["/../a /sys/fs/cgroup/memory/a", "/.. /sys/fs/cgroup/memory"],
        ),
        ("/", "/../a", []),
        ("/../b", "/a", []),
    ],
)
def test_only_what_we_are_in_is_looked_at(lay: Lay, top: str, ours: str, found: list[str]) -> None:
    """A mount may show a part of a hierarchy, and a namespace tells paths from its own top."""
    assert seen(lay, "memory", f"4:memory:{ours}\n", mount("memory", top)) == found


def test_a_mount_point_may_have_blanks_and_a_cgroup_colons(lay: Lay) -> None:
    """The kernel writes a blank as an octal number, and a path as it is."""
    line = V2.replace("/sys/fs/cgroup", r"/my\040cgroups")
    assert seen(lay, "cpu", "0::/a:b\n", line) == ["/a:b /my cgroups/a:b", "/ /my cgroups"]


def test_without_cgroups_there_are_no_levels(lay: Lay) -> None:
    """Another system, no proc, nothing mounted, or a mount of a hierarchy that we are not in."""
    assert list(levels("memory", lay({"etc/os-release": ""}))) == []
    assert seen(lay, "memory", "0::/a\n", ROOT_DISK) == []
    assert seen(lay, "memory", "", V2) == []
    assert seen(lay, "memory", "4:memory:/a\n", mount("cpu")) == []


@pytest.mark.parametrize(
    ("ours", "mounts", "names"),
    [("memory", V2, "/proc/self/cgroup"), ("0::/", "1 - cgroup2 x rw", "/proc/self/mountinfo")],
)
def test_garbage_is_no_answer(lay: Lay, ours: str, mounts: str, names: str) -> None:
    """Whoever cannot read where limits stand does not know that there are none."""
    with pytest.raises(ValueError, match=f"{names} says "):
        seen(lay, "memory", ours, mounts)
