"""The order of the house: imports point down, and only the doors touch the outside world."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

PACKAGE = "pytest_selfmod_guard"
ROOT = Path(__file__).parents[1] / PACKAGE

OPEN_SETS = {"rules", "journals", "reports", "preflights", "sandboxes", "checkups"}
FACTS = {
    "git", "paths", "policy", "policy_schema", "syntax", "lines", "view", "attribution", "ci",
    "interpreter", "sizes", "state", "machine", "health", "history", "processes", "spoken",
    "surroundings", "programs", "signing", "approvals", "suppressions",
}  # fmt: skip
LAYERS = (
    {"model", "errors", "context", "status"},
    FACTS,
    OPEN_SETS,
    {"gate", "rulebook"},
    {"stages"},
    {"guard", "system", "saying"},
    {"doors", "testing", "__init__", "__main__"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}

ONLY_FOR_DOORS = {
    "print", "input", "exit", "quit", "SystemExit", "sys.exit", "sys.stdin", "sys.stdout",
    "sys.stderr", "os._exit", "os.environ", "os.environb", "os.getenv", "os.putenv",
}  # fmt: skip
# A context is where the process's own environment enters; a caller asks for it by name.
# And bandit makes an interrupt into an exit, which has to be turned back.
EXCEPTIONS = {"context": {"os.environ"}, "rules.danger._bandit": {"SystemExit"}}

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted(ROOT.rglob("*.py"))
}
HOUSE = {
    "__init__", "model", "errors", "policy", "guard", "stages.read", "doors.cli",
    "rules.__init__", "rules.danger.__init__", "rules.danger.b", "rules.danger._b",
    "rules.limits.__init__", "rules.limits.b", "rules.limits._b", "journals.sqlite", "gate",
    "rules.limits._c.__init__", "rules.limits._c.d", "rules.limits._c.e",
}  # fmt: skip


def test_there_is_something_to_look_at() -> None:
    """A checker that looks in the wrong folder finds nothing, and would pass."""
    assert {"__init__", "model", "rules.__init__"} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_its_layer(module: str) -> None:
    """No module imports what is above or beside it, or does what only doors may."""
    assert list(breaches(module, MODULES[module].read_text(encoding="utf-8"), MODULES)) == []


@pytest.mark.parametrize(
    ("module", "source", "breach"),
    [
        ("model", "import pytest_selfmod_guard.guard", "imports guard, which is not below it"),
        ("policy", "from pytest_selfmod_guard.rules import x", "imports rules.__init__, which"),
        ("policy", "def f():\n from pytest_selfmod_guard.doors import cli", "imports doors.cli"),
        ("policy", "from pytest_selfmod_guard import Guard", "imports __init__, which"),
        ("guard", "from .doors.cli import run", "imports doors.cli, which"),
        ("stages.read", "from .. import guard, policy", "imports guard, which"),
        ("rules.danger.a", "from .b import x", "imports rules.danger.b, its neighbour"),
        ("rules.danger.a", "from . import b", "imports rules.danger.b, its neighbour"),
        ("rules.danger.a", "from ..limits import b", "imports rules.limits.b, its neighbour"),
        ("rules.danger.a", "from ..limits._b import x", "imports rules.limits._b, its"),
        ("rules.danger.a", "from ..limits._c.d import x", "imports rules.limits._c.d, its"),
        ("rules.danger.__init__", "from ..limits import b", "imports rules.limits.b, its"),
        ("rules.danger.a", "from ...journals import sqlite", "imports journals.sqlite, which"),
        ("journals.postgres", "from .sqlite import x", "imports journals.sqlite, its neighbour"),
        (
            "reports.text",
            "from pytest_selfmod_guard.errors import x",
            "imports errors, and reports",
        ),
        ("reports.text", "import yaml", "imports yaml, and reports know only the model"),
        ("context", "import sys\nsys.exit(1)", "uses sys.exit, which is for doors"),
        ("guard", "def f():\n print('x')", "uses print, which is for doors"),
        ("stages.read", "import os\nx = os.environ['X']", "uses os.environ"),
        ("stages.read", "from os import environ", "uses os.environ"),
        ("policy", "def f():\n raise SystemExit(1)", "uses SystemExit"),
        ("novelty", "", "has no layer"),
    ],
)
def test_a_breach_is_seen(module: str, source: str, breach: str) -> None:
    """Each kind of breach is reported once, wherever in the module it stands."""
    (found,) = breaches(module, source, HOUSE)
    assert breach in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("rules.danger.a", "from ._b import x\nfrom . import SHARED"),
        ("rules.danger.a", "from pytest_selfmod_guard.rules import Sighting, python_rule"),
        ("rules.danger.__init__", "from .b import x"),
        ("rules.limits.b", "from ._c import x\nfrom ._c.d import y"),
        ("rules.limits._c.d", "from .e import x\nfrom .._b import y\nfrom . import z"),
        ("reports.json", "import json\nfrom pytest_selfmod_guard.model import as_json"),
        ("stages.detect", "from pytest_selfmod_guard import gate\nfrom .read import read"),
        ("context", "import os\nx = os.environ"),
        ("doors.cli", "import os, sys\nprint(os.environ)\nsys.exit(1)"),
    ],
)
def test_what_is_in_order_is_not_reported(module: str, source: str) -> None:
    """Looking down, at a private helper or at the set's own words is no breach."""
    assert list(breaches(module, source, HOUSE)) == []


def breaches(module: str, source: str, known: Collection[str]) -> Iterator[str]:
    """Say, one sentence each, where a module leaves the order; names count from the package."""
    home = _top(module)
    if home not in HEIGHT:
        yield f"{module} has no layer: give it one here and in docs/architecture.md"
        return
    tree = ast.parse(source)
    for name in _imports(module, tree):
        inside = _top(name) == PACKAGE
        why = _why_not_inside(module, name, known) if inside else _why_not_outside(home, name)
        if why:
            yield f"{module} imports {why}"
    if HEIGHT[home] < HEIGHT["doors"]:
        used = _names(tree) & (ONLY_FOR_DOORS - EXCEPTIONS.get(module, set()))
        yield from (f"{module} uses {name}, which is for doors" for name in sorted(used))


def _why_not_outside(home: str, name: str) -> str:
    if home != "reports" or _top(name) in {*sys.stdlib_module_names, "jinja2"}:
        return ""
    return f"{name}, and reports know only the model"


def _why_not_inside(module: str, name: str, known: Collection[str]) -> str:
    home, target = _top(module), _resolved(name.removeprefix(PACKAGE).lstrip("."), known)
    there = _top(target)
    if there == home:
        beside = home in OPEN_SETS and _are_neighbours(module, target)
        return f"{target}, its neighbour in an open set" if beside else ""
    if home == "reports" and there != "model":
        return f"{target}, and reports know only the model"
    level = HEIGHT[there] == HEIGHT[home] and home not in OPEN_SETS
    return "" if HEIGHT[there] < HEIGHT[home] or level else f"{target}, which is not below it"


def _are_neighbours(module: str, target: str) -> bool:
    folder, own = module.rpartition(".")[::2]
    if own == "__init__" and not _is_private(folder):
        return not target.startswith(f"{folder}.")
    # What is private to a folder, a module or a package, is for all that lies in it.
    parts = target.split(".")
    at = next((at for at, part in enumerate(parts) if part.startswith("_")), len(parts))
    return at == len(parts) or not f"{folder}.".startswith("".join(f"{p}." for p in parts[:at]))


def _is_private(module: str) -> bool:
    return any(part.startswith("_") for part in module.split("."))


def _resolved(name: str, known: Collection[str]) -> str:
    """Cut what is imported from a module off, so that the module is left."""
    while name:
        if name in known:
            return name
        if f"{name}.__init__" in known:
            return f"{name}.__init__"
        name = name.rpartition(".")[0]
    return "__init__"


def _top(name: str) -> str:
    return name.partition(".")[0]


def _imports(module: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = [PACKAGE, *module.split(".")][: -node.level] if node.level else []
            start = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def _names(tree: ast.Module) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
