"""How busy the processor is: the largest share of the machine's and of every quota."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_selfmod_guard.machine import Measured, _cpu, _host

Lay = Callable[[Mapping[str, str]], str]

V2 = {
    "proc/self/cgroup": "0::/a/b\n",
    "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
}
V1 = {
    "proc/self/cgroup": "2:cpuacct:/a/job\n1:cpu:/a\n",
    "proc/self/mountinfo": "40 39 0:33 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
    "41 39 0:34 / /sys/fs/cgroup/cpuacct ro - cgroup cgroup rw,cpuacct\n",
}
TOGETHER = {
    "proc/self/cgroup": "2:cpu,cpuacct:/docker/a\n",
    "proc/self/mountinfo": "40 39 0:33 /docker/a /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup "
    "rw,cpu,cpuacct\n",
}


def second(folder: str, limit: str, used: int) -> dict[str, str]:
    """Give the files of a cgroup of version 2; microseconds."""
    place = f"sys/fs/cgroup/{folder}"
    return {f"{place}/cpu.max": f"{limit}\n", f"{place}/cpu.stat": f"usage_usec {used}\nnr 0\n"}


def first(limit: tuple[int, int], used: int, limits: str, counts: str) -> dict[str, str]:
    """Give the files of a cgroup of version 1; microseconds, and nanoseconds of use."""
    return {
        f"sys/fs/cgroup/{limits}/cpu.cfs_quota_us": f"{limit[0]}\n",
        f"sys/fs/cgroup/{limits}/cpu.cfs_period_us": f"{limit[1]}\n",
        f"sys/fs/cgroup/{counts}/cpuacct.usage": f"{used}\n",
    }


def share(lay: Lay, before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[float, str]]:
    """Give what of each quota was used in two seconds."""
    start = _cpu.quotas(lay(before))
    return list(_cpu.used_between(start, _cpu.quotas(lay(after)), 2.0))


def test_the_share_is_that_of_the_quota(lay: Lay) -> None:
    """Half a second of two, where half a processor is allowed, is half of it."""
    before, after = (
        second("a/b", "50000 100000", 7_000_000),
        second("a/b", "50000 100000", 7_500_000),
    )
    assert share(lay, V2 | before, V2 | after) == [(50.0, "limit of the container, 0.5 CPUs")]


def test_a_quota_may_be_of_several_processors(lay: Lay) -> None:
    """A period is seldom a second, and a quota may be longer than it."""
    before, after = second("a/b", "300000 200000", 0), second("a/b", "300000 200000", 2_250_000)
    assert share(lay, V2 | before, V2 | after) == [(75.0, "limit of the container, 1.5 CPUs")]


def test_each_nested_quota_has_its_share(lay: Lay) -> None:
    """Neighbours may use up the outer quota while ours is hardly touched."""
    before = second("a/b", "100000 100000", 0) | second("a", "400000 100000", 0)
    after = second("a/b", "100000 100000", 200_000) | second("a", "400000 100000", 7_200_000)
    assert share(lay, V2 | before, V2 | after) == [
        (10.0, "limit of the container, 1 CPU"),
        (90.0, "limit of the container, 4 CPUs"),
    ]


def test_the_first_version_may_count_elsewhere(lay: Lay) -> None:
    """Quota and use stand in two hierarchies, and belong together by name."""
    before, after = (
        first((50_000, 100_000), used, "cpu/a", "cpuacct/a") for used in (0, 250_000_000)
    )
    assert share(lay, V1 | before, V1 | after) == [(25.0, "limit of the container, 0.5 CPUs")]


def test_the_first_version_may_count_in_the_same_place(lay: Lay) -> None:
    """Most systems mount both controllers as one."""
    place = "cpu,cpuacct"
    before, after = (first((100_000, 100_000), used, place, place) for used in (0, 10**9))
    assert share(lay, TOGETHER | before, TOGETHER | after) == [
        (50.0, "limit of the container, 1 CPU")
    ]


def test_no_quota_is_no_quota(lay: Lay) -> None:
    """Unlimited in either version, or without the files, as at the top."""
    assert _cpu.quotas(lay(V2 | second("a/b", "max 100000", 5))) == {}
    assert _cpu.quotas(lay(V1 | first((-1, 100_000), 5, "cpu/a", "cpuacct/a"))) == {}
    assert _cpu.quotas(lay({"proc/self/cgroup": "0::/elsewhere\n"})) == {}


def test_the_share_stays_within_bounds(lay: Lay) -> None:
    """A quota may be overdrawn for a moment, and a counter may start anew."""
    quota = "100000 100000"
    over = share(lay, V2 | second("a/b", quota, 0), V2 | second("a/b", quota, 9_000_000))
    under = share(lay, V2 | second("a/b", quota, 9_000_000), V2 | second("a/b", quota, 0))
    assert (over[0][0], under[0][0]) == (100.0, 0.0)


def test_a_quota_that_was_just_set_has_no_share_yet(lay: Lay) -> None:
    """Nobody knows how much of it was used meanwhile."""
    assert share(lay, V2, V2 | second("a/b", "100000 100000", 9_000_000)) == []


def test_the_largest_share_counts(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may be throttled on an idle machine, and idle on a busy one."""
    used = iter((0, 10**9, 10**9, 10**9))

    def watched(percent: float) -> Measured:
        root = lay(V2 | second("a/b", "100 100000", next(used)))

        def watch(seconds: float) -> float:
            assert seconds == 0.25
            lay(second("a/b", "100 100000", next(used)))
            return percent

        monkeypatch.setattr(_host, "cpu_percent", watch)
        return _cpu.in_use(0.25, root)

    monkeypatch.setattr(_host, "cpus", lambda: 4)
    assert watched(40.0) == Measured(100.0, "limit of the container, 0 CPUs")
    assert watched(40.0) == Measured(40.0, "of the machine, 4 CPUs")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (V2 | second("a/b", "some 100000", 0), "cpu.max says 'some 100000"),
        (V2 | second("a/b", "", 0), "cpu.max says "),
        (V2 | second("a/b", "0 100000", 0), "gives 0 of 100000 microseconds"),
        (V2 | second("a/b", "100000 0", 0), "gives 100000 of 0 microseconds"),
        (V2 | {"sys/fs/cgroup/a/b/cpu.max": "1 2\n"}, "nothing counts its use"),
        (V1 | first((0, 100_000), 5, "cpu/a", "cpuacct/a"), "gives 0 of 100000 microseconds"),
        (V1 | {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "1\n"}, "gives 1 of 0 microseconds"),
        (V1 | first((1, 2), 5, "cpu/a", "cpuacct/b"), "nothing counts its use"),
        (V1 | first((1, 2), 5, "cpu", "cpuacct/a"), "nothing counts its use"),
    ],
)
def test_what_cannot_be_read_is_no_number(lay: Lay, files: Mapping[str, str], says: str) -> None:
    """A quota that is there and cannot be told must not count as none."""
    with pytest.raises(ValueError, match=says):
        _cpu.quotas(lay(files))
