"""A look at the machine that the tests run on, and at cgroups of its kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pytest_selfmod_guard.machine import _host, _memory, measure
from pytest_selfmod_guard.machine._words import size

Lay = Callable[[Mapping[str, str]], str]

CGROUPS = "/sys/fs/cgroup"
BUSY = """
import json, sys, threading
for place in sys.argv[1:]:
    with open(place + "/cgroup.procs", "w") as procs:
        procs.write("0")
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
from pytest_selfmod_guard.machine import _cpu
import time
before, start = _cpu.quotas("/"), time.monotonic()
time.sleep(0.6)
print(json.dumps(list(_cpu.used_between(before, _cpu.quotas("/"), time.monotonic() - start))))
"""


def test_every_number_of_this_machine_is_a_percentage(tmp_path: Path) -> None:
    """Nothing is missing here, and each says of what it is a part."""
    for measured in measure(str(tmp_path), seconds=0.05):
        assert measured.value is not None
        assert 0 <= measured.value <= 100
        assert measured.detail


def test_a_busy_processor_is_seen() -> None:
    """A single question is answered with 0.0 by psutil, however busy the processor is."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            start = time.monotonic()
            cpu = measure(".", seconds=0.4).cpu
            took = time.monotonic() - start
        finally:
            busy.kill()
    assert took >= 0.4
    assert cpu.value is not None
    assert cpu.value > 50 / (os.cpu_count() or 1)


def test_one_that_cannot_be_read_says_why_and_leaves_the_others(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with one of them, and even if it has nothing to say."""

    def silent() -> _host.Memory:
        raise RuntimeError

    monkeypatch.setattr(_host, "memory", silent)
    cpu, memory, disk = measure("/no/such/folder", seconds=0.01, root=lay({"a": ""}))
    assert cpu.value is not None
    assert memory == (None, "RuntimeError")
    assert disk.value is None
    assert "No such file or directory" in disk.detail


def test_limits_that_cannot_be_read_are_told(lay: Lay) -> None:
    """The machine may be fine; of the container nobody knows."""
    root = lay({"proc/self/cgroup": "garbage\n"})
    cpu, memory, disk = measure(".", seconds=0.01, root=root)
    assert (cpu.value, memory.value) == (None, None)
    assert cpu.detail == memory.detail == "/proc/self/cgroup says 'garbage'"
    assert disk.value is not None


def test_a_disk_is_as_full_as_an_ordinary_user_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept back for root is neither used nor free."""
    monkeypatch.setattr(_host, "disk", lambda folder: _host.Disk(len(folder) * 3072, 1024))
    assert measure("/", seconds=0.01).disk == (75.0, "1 KiB free")
    monkeypatch.setattr(_host, "disk", lambda _: _host.Disk(0, 0))
    assert measure("/proc", seconds=0.01).disk == (None, "the file system of '/proc' has no size")


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_there_must_be_time_to_watch(seconds: float) -> None:
    """Without it the processor would look idle."""
    with pytest.raises(ValueError, match="cannot be watched for"):
        measure(".", seconds=seconds)


def test_sizes_are_short() -> None:
    """Three digits are enough to know how much that is."""
    told = [size(count) for count in (0, 1023, 1024, 1536, 23.54 * 2**30, 5000 * 2**40)]
    assert told == ["0 B", "1023 B", "1 KiB", "1.5 KiB", "23.5 GiB", "5000 TiB"]


@pytest.mark.proof
def test_a_quota_of_the_kernel_is_seen() -> None:
    """A process that may use a fifth of a processor uses all of that, whatever else is idle."""
    with cgroup("cpu", "cpuacct") as (limits, counts):
        Path(limits, "cpu.cfs_quota_us").write_text("20000", encoding="ascii")
        Path(limits, "cpu.cfs_period_us").write_text("100000", encoding="ascii")
        command = [sys.executable, "-c", BUSY, limits, counts]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
    ((share, detail),) = json.loads(done.stdout)
    assert detail == "limit of the container, 0.2 CPUs"
    assert share > 60


def test_a_limit_of_the_kernel_is_seen(lay: Lay) -> None:
    """Its own files are understood, of a cgroup that may have nothing and of one without limit."""
    with cgroup("memory") as (folder,):
        root = lay(
            {
                "proc/self/cgroup": f"4:memory:/{os.path.basename(folder)}\n",
                "proc/self/mountinfo": f"1 1 0:1 / {CGROUPS}/memory rw - cgroup cgroup rw,memory\n",
                "sys/fs/cgroup/x": "",
            }
        )
        Path(root, "sys/fs/cgroup/memory").symlink_to(f"{CGROUPS}/memory")
        assert _memory.available(root).detail.startswith("of the machine")
        Path(folder, "memory.limit_in_bytes").write_text("0", encoding="ascii")
        assert _memory.available(root) == (0.0, "limit of the container, 0 B")


@contextmanager
def cgroup(*controllers: str) -> Iterator[list[str]]:
    """Make a cgroup of version 1 in each hierarchy; skip where that is not for us to do."""
    with ExitStack() as stack:
        folders = [f"{CGROUPS}/{one}/selfmod-guard-test-{os.getpid()}" for one in controllers]
        for folder in folders:
            try:
                os.mkdir(folder)
            except OSError as error:
                pytest.skip(f"no cgroup can be made here: {error}")
            stack.callback(os.rmdir, folder)
            if not os.path.exists(f"{folder}/cgroup.procs"):
                pytest.skip(f"{folder} is no cgroup")
        yield folders
