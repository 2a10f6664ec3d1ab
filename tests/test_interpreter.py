"""The project's tests are run with the project's Python, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard import interpreter
from pytest_selfmod_guard.errors import GuardError, UsageError
from pytest_selfmod_guard.interpreter import Interpreter, find, has_pytest, is_for_the_guard_alone

if TYPE_CHECKING:
    from tests.conftest import Repo

Made = dict[str, str]


def python(path: Path, *, has: bool = True) -> str:
    """Write what answers as a Python that has pytest, or has not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {0 if has else 1}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Give a Python with pytest in each of the places that are looked at."""
    monkeypatch.setattr(sys, "executable", python(tmp_path / "running/python"))
    monkeypatch.chdir("/")
    relative = str(tmp_path / "second")[1:]
    folders = [relative, *(f"{tmp_path}/{name}" for name in ("none", "first", "second"))]
    return {
        "top": str(tmp_path / "top"),
        "venv": python(tmp_path / "active/bin/python"),
        "local": python(tmp_path / "top/.venv/bin/python"),
        "running": sys.executable,
        "path3": python(tmp_path / "first/python3"),
        "path": python(tmp_path / "second/python"),
        "PATH": os.pathsep.join(folders),
        "VIRTUAL_ENV": str(tmp_path / "active"),
    }


def environ(made: Made, *names: str) -> dict[str, str]:
    """Give an environment with some of the variables."""
    return {name: made[name] for name in ("PATH", *names)}


def test_the_order_is_asked_active_local_running_path(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is taken when those before it are not there, or have no pytest."""
    everything = environ(made, "VIRTUAL_ENV")
    asked = find(everything, made["top"], made["path"])
    assert asked == Interpreter(made["path"], "--python")
    assert find(everything, made["top"]) == Interpreter(made["venv"], "VIRTUAL_ENV")
    python(Path(made["venv"]), has=False)
    assert find(everything, made["top"]) == Interpreter(made["local"], ".venv")
    Path(made["local"]).unlink()
    assert find(everything, made["top"]) == Interpreter(made["running"], "running")
    monkeypatch.setattr(interpreter, "is_for_the_guard_alone", lambda: True)
    assert find(everything, made["top"]) == Interpreter(made["path3"], "PATH")
    python(Path(made["path3"]), has=False)
    assert find(everything, made["top"]) == Interpreter(made["path"], "PATH")


def test_none_is_an_error_that_says_where_was_looked(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite that nobody ran is no suite that passed."""
    monkeypatch.setattr(interpreter, "is_for_the_guard_alone", lambda: True)
    for name in ("venv", "local", "path3", "path"):
        python(Path(made[name]), has=False)
    with pytest.raises(GuardError) as caught:
        find(environ(made, "VIRTUAL_ENV"), made["top"])
    assert caught.value.slug == "no-interpreter"
    assert f"{made['venv']} (VIRTUAL_ENV)" in caught.value.context
    with pytest.raises(GuardError, match="neither an environment nor a python"):
        find({"PATH": "", "VIRTUAL_ENV": ""}, made["PATH"])


def test_what_was_asked_for_is_taken_or_refused(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, an environment's folder or a name on PATH; never another instead."""
    top = made["top"]
    assert find(environ(made), top, made["VIRTUAL_ENV"]).python == made["venv"]
    assert find(environ(made), top, "python3").python == made["path3"]
    monkeypatch.chdir(top)
    assert find(environ(made), "/", ".venv").python == made["local"]
    python(Path(made["local"]), has=False)
    for asked in (made["local"], ".venv", "/nowhere/python", "python9", made["top"], "a\0b"):
        with pytest.raises(UsageError) as caught:
            find(environ(made), top, asked)
        assert caught.value.slug == "interpreter-unusable"


def test_a_relative_environment_is_not_followed(made: Made) -> None:
    """It would depend on where one stands; even if it fits where one stands just now."""
    relative = made["VIRTUAL_ENV"][1:]
    assert find({**environ(made), "VIRTUAL_ENV": relative}, made["top"]).source == ".venv"


def test_a_real_python_with_pytest_is_told_from_one_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By looking for it as Python does, but in no folder where something could pretend to be it."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", "empty"], cwd=tmp_path, check=True
    )
    (tmp_path / "pytest.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert has_pytest(sys.executable, {})
    for other in (f"{tmp_path}/empty/bin/python", "/bin/false", str(tmp_path), ""):
        assert not has_pytest(other, {})


@pytest.mark.parametrize(
    ("script", "used"),
    [
        ("#!/x/bin/python3\nimport pytest\n", ["pytest"]),
        ("#!/bin/sh\n'''exec' /a/long/path/bin/python \"$0\" \"$@\"\n' '''\n", ["pytest"]),
        ("#!/usr/bin/env bash\nexec pyenv exec pytest\n", []),
        ("\x7fELF", []),
        (None, []),
    ],
)
def test_the_command_beside_it_is_used_if_python_can_read_it(
    tmp_path: Path, script: str | None, used: list[str]
) -> None:
    """What an installer wrote, but no shim, and no other kind of program."""
    if script is not None:
        (tmp_path / "pytest").write_text(script)
    start = Interpreter(f"{tmp_path}/python", "PATH").pytest()
    expected = [f"{tmp_path}/{name}" for name in used] or ["-c"]
    assert start[: 1 + len(expected)] == [f"{tmp_path}/python", *expected]


def test_without_a_command_the_current_folder_supplies_no_pytest(tmp_path: Path) -> None:
    """What it does is what the command does: settings, path and the name in its messages."""
    for name in ("pytest.py", "pluggy.py", "_pytest.py"):
        (tmp_path / name).write_text("raise SystemExit(0)\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/shop.py").write_text("total = sum\n")
    (tmp_path / "conftest.py").write_text("import shop\n")
    (tmp_path / "test_it.py").write_text(
        "import sys\nimport shop\n\n\ndef test_it():\n    assert '' not in sys.path\n"
        "    assert shop.total([1]) == 2\n"
    )
    _, *start = Interpreter(f"{tmp_path}/none/python", "PATH").pytest()
    words = ("-q", "--import-mode=importlib", "-p", "no:cacheprovider")
    line = [sys.executable, *start]
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*line, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "assert 1 == 2" in done.stdout
    done = subprocess.run(
        [*line, "--nothing"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "pytest: error:" in done.stderr


@pytest.mark.parametrize("name", [".venv", ".VENV"])
def test_an_environment_that_is_committed_is_not_taken(repo: Repo, made: Made, name: str) -> None:
    """It would answer for the tests; one that git does not have is the usual case."""
    local = python(repo.path / ".venv/bin/python")
    environ = {**made, "PATH": f"{made['PATH']}{os.pathsep}{repo.environ['PATH']}"}
    del environ["VIRTUAL_ENV"]
    top = str(repo.path)
    assert find(environ, top) == Interpreter(local, ".venv")
    repo.write(f"{name}/pyvenv.cfg", "")
    repo.git("add", "--force", f"{name}/pyvenv.cfg")
    repo.git("commit", "--quiet", "-m", "Help")
    assert find(environ, top) == Interpreter(made["running"], "running")
    assert find(environ, top, local).source == "--python"


def installed(site: Path, name: str, *requires: str) -> None:
    """Write what an installer says of a distribution."""
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    lines = [f"Requires-Dist: {what}\n" for what in requires]
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{''.join(lines)}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of an environment that holds the guard, and nothing else but pip."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    installed(tmp_path, "pytest_selfmod.guard", "PyYAML>=6", "colorama; os_name == 'nt'")
    installed(tmp_path, "pyyaml", 'Cython; extra == "fast"')
    installed(tmp_path, "pip")
    return tmp_path


def test_an_environment_of_the_guard_alone_is_known(site: Path) -> None:
    """Then the project is elsewhere; anything more, and it may be here."""
    assert is_for_the_guard_alone()
    installed(site, "cython")
    assert not is_for_the_guard_alone()


@pytest.mark.parametrize("mark", ["uv-receipt.toml", "pipx_metadata.json"])
def test_a_tools_environment_is_known_by_its_mark(site: Path, mark: str) -> None:
    """Whatever else was injected."""
    installed(site, "flask")
    assert not is_for_the_guard_alone()
    (site / mark).write_text("")
    assert is_for_the_guard_alone()


def test_an_environment_that_does_not_say_what_is_in_it_is_not_the_guards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at all is no proof."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert not is_for_the_guard_alone()
