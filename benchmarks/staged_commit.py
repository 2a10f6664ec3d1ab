"""
How dear judging one staged commit is, beside its floor and beside bandit.

Whole processes, in turn, in one run; CPU is user and system time of the whole
tree. Only the ratios mean something: machines differ. The repository is made
from a package that our dependencies ship.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

RUNS = 7
MODULES = ("specifiers.py", "tags.py", "version.py")


class Command(NamedTuple):
    """Something to time."""

    name: str
    line: list[str]


def main() -> None:
    """Time two commits and print their ratios."""
    with tempfile.TemporaryDirectory(prefix="selfmod-bench-") as folder:
        repo = make_repository(Path(folder))
        for title, edit in (("all clear", clear), ("firing", firing)):
            stage(repo, edit)
            report(title, measure(repo))


def make_repository(folder: Path) -> Path:
    """Commit a package of some thousand lines."""
    found = importlib.util.find_spec("packaging")
    if found is None or found.origin is None:
        raise SystemExit("packaging is not installed; run: make bench")
    repo = folder / "project"
    shutil.copytree(Path(found.origin).parent, repo / "packaging")
    shutil.rmtree(repo / "packaging" / "__pycache__", ignore_errors=True)
    git(repo, "init", "-q")
    commit(repo)
    return repo


def clear(text: str, number: int) -> str:
    """Add what no rule minds."""
    return f"{text}\n\ndef added_{number}(items: list[int]) -> int:\n    return sum(items)\n"


def firing(text: str, number: int) -> str:
    """Add what a rule minds, in one of the files."""
    body = "eval(items)" if number == 0 else "len(items)"
    return f"{text}\n\ndef added_{number}(items: str) -> int:\n    return {body}\n"


def stage(repo: Path, edit: Callable[[str, int], str]) -> None:
    """Change three modules and stage them."""
    git(repo, "reset", "-q", "--hard")
    for number, name in enumerate(MODULES):
        path = repo / "packaging" / name
        path.write_text(edit(path.read_text(), number))
    git(repo, "add", "-A")


def measure(repo: Path) -> dict[str, list[float]]:
    """Run every command in turn, after one warm-up, and give its CPU seconds."""
    told: dict[str, list[float]] = {command.name: [] for command in commands(repo)}
    for turn in range(RUNS + 1):
        for command in commands(repo):
            seconds = cpu_seconds(command.line, repo)
            if turn:
                told[command.name].append(seconds)
    return told


def commands(repo: Path) -> Iterator[Command]:
    """Name what is timed side by side."""
    files = [str(repo / "packaging" / name) for name in MODULES]
    floor = f"{sys.executable} -I -S -c pass; git diff --cached -U0 >/dev/null"
    yield Command("floor", ["sh", "-c", floor])
    yield Command(
        "guard", [sys.executable, "-I", "-m", "pytest_selfmod_guard", "check", "--staged"]
    )
    yield Command("bandit", [sys.executable, "-m", "bandit", "-q", *files])


def cpu_seconds(line: list[str], folder: Path) -> float:
    """Run a command and give the CPU seconds of its whole process tree."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, cwd=folder, capture_output=True, check=False, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def report(title: str, told: dict[str, list[float]]) -> None:
    """Print medians, and the guard against the others."""
    print(f"{title}: median CPU of {RUNS} runs in turn")
    for name, seconds in told.items():
        ratio = statistics.median(told["guard"]) / statistics.median(seconds)
        spread = f"{min(seconds) * 1000:.0f}-{max(seconds) * 1000:.0f}"
        middle = f"{statistics.median(seconds) * 1000:6.0f} ms ({spread})"
        print(f"  {name:8} {middle}  guard/{name} {ratio:.2f}")


def git(repo: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=repo, check=True, env=environment())


def commit(repo: Path) -> None:
    """Commit everything."""
    git(repo, "add", "-A")
    git(repo, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "Start")


def environment() -> dict[str, str]:
    """Keep the user's git settings out of it."""
    return {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


if __name__ == "__main__":
    main()
