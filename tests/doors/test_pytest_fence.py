"""What of a refused change pytest is kept from importing, and what not."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.doors import pytest_plugin
from pytest_selfmod_guard.doors._plugin.project import Project
from pytest_selfmod_guard.journals.sqlite import SqliteJournal

if TYPE_CHECKING:
    from tests.conftest import Repo

BAD = 'def answer():\n    return getattr(__import__("builtins"), "ev" + "al")("42")\n'

USEFUL = """
import sys
from importlib import import_module
from importlib.machinery import PathFinder

class Editable:
    def find_spec(self, name, path=None, target=None):
        return PathFinder.find_spec(name, [{top!r}]) if name == "found" else None

sys.meta_path.append(Editable())

def pytest_report_header():
    import shadowed
    return f"STILL HERE {{without('needed')}}, {{without('found')}}, {{shadowed.TRUE}}"

def without(name):
    try:
        import_module(name)
    except ImportError:
        return f"without {{name}}"
"""
"""A plugin that is installed, and finds modules as editable installs do."""


class Finder:
    """Finds what lies in a folder that is not on the path."""

    def __init__(self, folder: str) -> None:
        """Look in a folder."""
        self.folder = folder

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find a module by its name."""
        return PathFinder.find_spec(name, [self.folder])


def run(repo: Repo, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the project's top on its path."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=repo.path,
        env={**repo.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.proof
def test_no_later_plugin_of_the_project_is_imported(repo: Repo) -> None:
    """Not by an entry point, a variable or an argument, and none that an installed one needs."""
    repo.git("switch", "--quiet", "--create", "work")
    marker = repo.path.parent / "marker"
    marker.touch()
    removal = f"import os\n\nos.remove({str(marker)!r})\n"
    for name in ("by_entry", "by_variable", "by_word", "by_path/needed", "package/__init__"):
        repo.write(f"{name}.py", removal)
    for name in ("found", "conftest", "glued", "by_path/shadowed"):
        repo.write(f"{name}.py", removal)
    repo.write("evil.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    repo.write("evil.egg-info/entry_points.txt", "[pytest11]\nevil = by_entry\n")
    repo.write("pytest.ini", "[pytest]\npythonpath = by_path\n")
    repo.write("app.py", BAD)
    repo.commit("Improve the answer")
    installed = repo.path.parent / "installed"
    installed.mkdir()
    (installed / "useful.py").write_text(USEFUL.format(top=str(repo.path)))
    (installed / "shadowed.py").write_text("TRUE = 'and the true one'\n")
    environ = {
        "PYTEST_ADDOPTS": "-p selfmod_guard --selfmod-guard",
        "PYTEST_PLUGINS": "by_variable,package.inner",
        "PYTHONPATH": str(installed),
    }
    done = run(repo, "-p", "by_word", "-pglued", "-p", "by_variable", "-puseful", **environ)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED selfmod-guard::app.py" in done.stdout
    assert "STILL HERE without needed, without found, and the true one" in done.stdout
    assert "ran before the verdict" not in done.stdout
    assert marker.exists()


@pytest.mark.proof
def test_code_that_came_first_makes_a_pass_undecided(repo: Repo) -> None:
    """A plugin that an ini file names, and a conftest that brings the guard itself."""
    repo.write(".gitignore", "__pycache__/\n")
    repo.commit("Ignore what Python writes")
    repo.git("switch", "--quiet", "--create", "work")
    repo.write("early.py", "def pytest_sessionstart():\n    print('SEEN')\n")
    repo.write("pytest.ini", "[pytest]\naddopts = -p early\n")
    repo.write("test_app.py", "def test_it():\n    print('RUN')\n")
    repo.commit("Add a plugin")
    done = run(repo, "--selfmod-guard", "-s")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "code of the change ran before the verdict" in done.stdout
    assert '"early.py"' in done.stdout
    assert "SEEN" not in done.stdout
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    judged = [json.loads(event.body) for event in journal.events() if event.kind == "judged"]
    assert judged[-1]["slug"] == "code-ran-before"
    repo.remove("pytest.ini")
    plugin = "pytest_selfmod_guard.doors.pytest_plugin"
    repo.write("conftest.py", f"pytest_plugins = [{plugin!r}]\n")
    repo.commit("Name the plugin")
    done = run(
        repo, "--selfmod-guard", "-s", "-n1", "-p", "xdist", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "code-ran-before" in done.stdout, done.stdout
    assert "RUN" not in done.stdout


def test_what_is_installed_in_a_project_is_not_of_it(tmp_path: Path) -> None:
    """An environment may lie in the repository; a link out of it leads out of it."""
    site = sysconfig.get_path("purelib")
    around = Project(str(Path(site).parents[2].resolve()))
    assert not around.holds(site)
    assert not around.holds(f"{site}/pytest/__init__.py")
    assert around.holds(str(Path(site).parents[2] / "src/app.py"))
    project = Project(str(tmp_path / "project"))
    (tmp_path / "project").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "project/link").symlink_to(tmp_path / "other")
    (tmp_path / "back").symlink_to(tmp_path / "project")
    assert project.holds(str(tmp_path / "back/app.py"))
    assert not project.holds(str(tmp_path / "project/link/app.py"))
    assert not project.holds(str(tmp_path / "project2/app.py"))


def test_a_module_of_the_project_is_refused_by_whatever_finder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of editable installs do, a finder needs no path; packages without a file count."""
    (tmp_path / "spaced").mkdir()
    (tmp_path / "plain.py").touch()
    (tmp_path / "pytest_selfmod_guard").mkdir()
    project = Project(str(tmp_path.resolve()))
    monkeypatch.setattr(sys, "meta_path", [project, Finder(str(tmp_path))])
    for name in ("plain", "spaced"):
        with pytest.raises(ModuleNotFoundError, match="of a change that is refused"):
            project.find_spec(name)
    project.find_spec("nowhere")
    project.find_spec("pytest_selfmod_guard")


def test_the_guard_may_judge_its_own_repository() -> None:
    """And goes on working there, while other plugins of it do not."""
    project = Project(str(Path(pytest_plugin.__file__).resolve().parents[2]))
    assert not project.has_made(pytest_plugin)
    own = Project(str(Path(__file__).resolve().parent))
    assert own.has_made(sys.modules[__name__])
    assert own.has_made(Finder("."))
    assert not own.has_made(pytest)
