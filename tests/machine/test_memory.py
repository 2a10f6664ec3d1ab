"""What memory is left: the smallest share of the machine's and of every limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_selfmod_guard.machine import Measured, _host, _memory

Lay = Callable[[Mapping[str, str]], str]

MIB, GIB = 1 << 20, 1 << 30
V2 = {
    "proc/self/cgroup": "0::/a/b\n",
    "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
}
V1 = {
    "proc/self/cgroup": "4:memory:/docker/a\n0::/\n",
    "proc/self/mountinfo": "40 39 0:33 /docker/a /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory"
    "\n41 39 0:34 / /sys/fs/cgroup/unified ro - cgroup2 cgroup2 rw\n",
}
HOST = Measured(50.0, "of the machine, 8 GiB")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a machine of 8 GiB, of which half is available."""
    monkeypatch.setattr(_host, "memory", lambda: _host.Memory(8 * GIB, 4 * GIB))


def second(
    folder: str, limit: str, used: int, stat: str = "anon 1\ninactive_file 0\n"
) -> dict[str, str]:
    """Give the files of a cgroup of version 2."""
    place = f"sys/fs/cgroup/{folder}"
    return {
        f"{place}/memory.max": f"{limit}\n",
        f"{place}/memory.current": f"{used}\n",
        f"{place}/memory.stat": stat,
    }


def first(limit: str, used: int, stat: str) -> dict[str, str]:
    """Give the files of a cgroup of version 1."""
    place = "sys/fs/cgroup/memory"
    return {
        f"{place}/memory.limit_in_bytes": f"{limit}\n",
        f"{place}/memory.usage_in_bytes": f"{used}\n",
        f"{place}/memory.stat": stat,
    }


def container(value: float, limit: str = "512 MiB") -> Measured:
    """Give what is told of a limit."""
    return Measured(value, f"limit of the container, {limit}")


def test_a_container_smaller_than_the_machine_counts(lay: Lay) -> None:
    """Half of the machine is free, and the container is nearly full."""
    assert _memory.available(lay(V2 | second("a/b", str(512 * MIB), 480 * MIB))) == container(6.25)


def test_files_read_long_ago_can_be_taken_back(lay: Lay) -> None:
    """A page cache that fills the container is not memory in use."""
    stat = f"active_file 7\ninactive_file {352 * MIB}\n"
    root = lay(V2 | second("a/b", str(512 * MIB), 480 * MIB, stat))
    assert _memory.available(root) == HOST
    stat = f"inactive_file {96 * MIB}\n"
    root = lay(V2 | second("a/b", str(512 * MIB), 480 * MIB, stat))
    assert _memory.available(root) == container(25.0)


def test_the_tightest_of_nested_limits_counts(lay: Lay) -> None:
    """The outer one may leave less than the inner one, and the other way round."""
    inner, outer = second("a/b", str(GIB), 0), second("a", str(2 * GIB), 1536 * MIB)
    assert _memory.available(lay(V2 | inner | outer)) == container(25.0, "2 GiB")
    inner = second("a/b", str(GIB), 960 * MIB)
    assert _memory.available(lay(V2 | inner | outer)) == container(6.25, "1 GiB")


def test_a_namespace_hides_the_path_and_not_the_limit(lay: Lay) -> None:
    """In a container our path is often just ``/``, and the limit stands at the top."""
    ours = {"proc/self/cgroup": "0::/\n"}
    assert _memory.available(lay(V2 | ours | second(".", str(MIB), MIB))) == container(0.0, "1 MiB")


def test_the_first_version_counts_the_cgroups_within_apart(lay: Lay) -> None:
    """Its use includes them, so what can be taken back must include them as well."""
    stat = f"inactive_file 0\ntotal_inactive_file {192 * MIB}\n"
    assert _memory.available(lay(V1 | first(str(512 * MIB), 512 * MIB, stat))) == container(37.5)
    stat = f"inactive_file {64 * MIB}\n"
    assert _memory.available(lay(V1 | first(str(512 * MIB), 512 * MIB, stat))) == container(12.5)


@pytest.mark.parametrize("limit", ["9223372036854771712", "9223372036854710272"])
def test_no_limit_of_the_first_version_is_no_limit(lay: Lay, limit: str) -> None:
    """It is written as a huge number, which depends on the size of a page."""
    assert _memory.available(lay(V1 | first(limit, 7 * GIB, ""))) == HOST


def test_no_limit_of_the_second_version_is_no_limit(lay: Lay) -> None:
    """It says so in a word, and the files may be missing at the top."""
    assert _memory.available(lay(V2 | second("a/b", "max", 7 * GIB))) == HOST
    assert _memory.available(lay({"etc/os-release": ""})) == HOST


def test_the_machine_counts_where_it_is_fuller_than_the_container(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's limit promises nothing: others may have taken the memory."""
    monkeypatch.setattr(_host, "memory", lambda: _host.Memory(8 * GIB, GIB // 4))
    root = lay(V2 | second("a/b", str(512 * MIB), 0))
    assert _memory.available(root) == Measured(3.12, "of the machine, 8 GiB")


def test_odd_numbers_stay_within_bounds(lay: Lay) -> None:
    """A limit of nothing leaves nothing; more in use than allowed, or less than none, is none."""
    assert _memory.available(lay(V2 | second("a/b", "0", 0))) == container(0.0, "0 B")
    assert _memory.available(lay(V2 | second("a/b", str(MIB), 2 * MIB))) == container(0.0, "1 MiB")
    root = lay(V2 | second("a/b", str(MIB), 0, f"inactive_file {MIB}\n"))
    assert _memory.available(root) == HOST


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (second("a/b", "lots", 0), "memory.max says 'lots"),
        (second("a/b", "", 0), "memory.max says "),
        ({"sys/fs/cgroup/a/b/memory.max": ""}, "memory.max says ''"),
        (second("a/b", "5", 0, "inactive_file many\n"), "memory.stat says 'many'"),
        ({"sys/fs/cgroup/a/b/memory.max": "5\n"}, "a limit of memory and no memory.current"),
        ({"sys/fs/cgroup/a/b/memory.max/x": "a folder"}, "Is a directory"),
    ],
)
def test_what_cannot_be_read_is_no_number(lay: Lay, files: Mapping[str, str], says: str) -> None:
    """A limit that is there and says nothing must not count as none."""
    with pytest.raises((ValueError, OSError), match=says):
        _memory.available(lay({**V2, **files}))
