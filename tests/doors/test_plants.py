"""
Nine ways to run code before the judge, each tried against the three forms.

The table in docs/pytest.md is made of what these tests see, and is held by them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repo
    from tests.doors.conftest import Environment

pytestmark = pytest.mark.proof

PAGE = Path(__file__).parents[2] / "docs" / "pytest.md"
ADDOPTS = "-o addopts= -o pythonpath= -p selfmod_guard --selfmod-guard"

INI = """\
[build-system]
requires = []

[tool.pytest.ini_options]
testpaths = ["tests"]
"""
EVIL = "import os\nopen(os.environ['MARKER'], 'a').close()\n"
OPTION = (
    "def pytest_addoption(parser):\n    parser.addoption('--selfmod-guard', action='store_true')\n"
)
BASE = {
    "pyproject.toml": INI,
    "app.py": "def answer():\n    return 42\n",
    "src/shop_plugin.py": "",
    "tests/test_app.py": "def test_answer():\n    assert 6 * 7 == 42\n",
}
SHADOW = {
    "__init__.py": EVIL,
    "doors/__init__.py": "",
    "doors/pytest_plugin.py": OPTION,
}  # it even takes the option, so that nothing looks amiss


class Plant(NamedTuple):
    """What a change brings besides what denies it, and how its project is run."""

    files: Mapping[str, str]
    environ: Mapping[str, str] = {}
    as_module: bool = False
    """Run by ``python -m pytest``, which puts the current folder on the path."""
    has_entry_point: bool = False


PLANTS = {
    "`-p evil` in `addopts`": Plant(
        {"pyproject.toml": f'{INI}addopts = "-p evil"\n', "src/evil.py": EVIL}
    ),
    "`-p no:selfmod_guard` in `addopts`": Plant(
        {
            "pyproject.toml": f'{INI}addopts = "-p no:selfmod_guard"\n',
            "conftest.py": EVIL + OPTION,
        }
    ),
    "`--disable-plugin-autoload` in `addopts`": Plant(
        {
            "pyproject.toml": f'{INI}addopts = "--disable-plugin-autoload"\n',
            "conftest.py": EVIL + OPTION,
        }
    ),
    "a `pythonpath` that shadows the guard": Plant(
        {
            "pyproject.toml": f'{INI}pythonpath = ["lib"]\n',
            **{f"lib/pytest_selfmod_guard/{name}": text for name, text in SHADOW.items()},
        }
    ),
    "`python -m pytest` beside a shadow": Plant(
        {f"pytest_selfmod_guard/{name}": text for name, text in SHADOW.items()}, as_module=True
    ),
    "the project's own `pytest11` plugin": Plant(
        {"src/shop_plugin.py": EVIL}, has_entry_point=True
    ),
    "`PYTEST_PLUGINS` names a module of it": Plant(
        {"src/shop_plugin.py": EVIL}, environ={"PYTEST_PLUGINS": "shop_plugin"}
    ),
    "`sitecustomize` in an editable source": Plant({"src/sitecustomize.py": EVIL}),
    "`os._exit(0)` in an early plugin": Plant(
        {"src/shop_plugin.py": f"{EVIL}os._exit(0)\n"}, has_entry_point=True
    ),
}


class Planted(NamedTuple):
    """A branch with a plant, and the environment that its project is installed in."""

    plant: Plant
    repo: Repo
    installed: Environment
    guards_own: Environment
    marker: Path

    def run(self, *line: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a job would, from the top."""
        inherited = {**self.repo.environ, **self.plant.environ, "MARKER": str(self.marker)}
        self.marker.unlink(missing_ok=True)
        return subprocess.run(
            line, cwd=self.repo.path, env={**inherited, **environ},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def launched(self) -> subprocess.CompletedProcess[str]:
        """Run the launcher from an environment of its own."""
        active = str(self.installed.path)
        return self.run(self.guards_own.script("selfmod-guard"), "pytest", VIRTUAL_ENV=active)

    def by_variable(self) -> subprocess.CompletedProcess[str]:
        """Run the project's pytest with what closes most of the gap."""
        return self.run(*self._pytest(), PYTEST_ADDOPTS=ADDOPTS)

    def plain(self) -> subprocess.CompletedProcess[str]:
        """Run the project's pytest with the flag alone."""
        return self.run(*self._pytest(), "--selfmod-guard")

    def _pytest(self) -> list[str]:
        as_module = [self.installed.script("python"), "-m", "pytest"]
        return as_module if self.plant.as_module else [self.installed.script("pytest")]


FORMS: dict[str, Callable[[Planted], subprocess.CompletedProcess[str]]] = {
    "`selfmod-guard pytest`": Planted.launched,
    "`PYTEST_ADDOPTS`": Planted.by_variable,
    "plain": Planted.plain,
}
STOPPED = "stopped"
LATE = "denied, after it ran"
PASSED = "**passes, no verdict**"
CELLS = {(1, "denied", False): STOPPED, (1, "denied", True): LATE, (0, "", True): PASSED}
"""Exit code, verdict that was shown, and whether the plant ran, as the table says it."""


@pytest.fixture
def planted(
    request: pytest.FixtureRequest,
    repo: Repo,
    make_environment: Callable[[Path], Environment],
    guards_own: Environment,
    tmp_path: Path,
) -> Planted:
    """Give a branch with the plant that a test is about, and an editable install of it."""
    plant: Plant = PLANTS[request.param]
    for name, text in BASE.items():
        repo.write(name, text)
    repo.commit("Open the shop")
    repo.git("switch", "--quiet", "--create", "feature")
    for name, text in plant.files.items():
        repo.write(name, text)
    repo.write("orders.sql", "DROP TABLE orders;\n")
    repo.commit("Speed up")
    installed = make_environment(tmp_path / "venv")
    installed.add(repo.path / "src")
    if plant.has_entry_point:
        _install(installed, tmp_path / "later")
    return Planted(plant, repo, installed, guards_own, tmp_path / "marker")


def _install(installed: Environment, later: Path) -> None:
    """Say that the project has a plugin, which is loaded before the guard's."""
    about = installed.site / "shop-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[pytest11]\nshop = shop_plugin\n")
    # In one folder the file system chooses which of two is first; in two the path does.
    (guards,) = installed.site.glob("pytest_selfmod_guard-*.dist-info")
    later.mkdir()
    guards.rename(later / guards.name)
    installed.add(later)


@pytest.mark.parametrize("planted", PLANTS, indirect=True)
def test_each_plant_ends_as_the_table_says(
    planted: Planted, request: pytest.FixtureRequest
) -> None:
    """The launcher lets nothing run; what the other forms cannot stop is written down."""
    told = {}
    for name, run in FORMS.items():
        done = run(planted)
        shown = re.findall(r"selfmod-guard: (allowed|denied|undecided)", done.stdout + done.stderr)
        verdict = "/".join(sorted(set(shown)))
        ending = (done.returncode, verdict, planted.marker.exists())
        told[name] = CELLS.get(ending, f"{ending} {done.stdout} {done.stderr}")
    assert told[next(iter(FORMS))] == STOPPED
    assert told == table()[request.node.callspec.params["planted"]]


def test_the_table_holds_all_plants_and_forms() -> None:
    """No row and no column more than is tried."""
    assert list(table()) == list(PLANTS)
    assert all(list(row) == list(FORMS) for row in table().values())


def table() -> dict[str, dict[str, str]]:
    """Read the table of the page."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("\n## Nine plants\n")
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line[:1] == "|"]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: dict(zip(head[1:], cells, strict=True)) for name, *cells in rows}
