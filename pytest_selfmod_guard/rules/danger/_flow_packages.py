"""Where the files of other packages are asked for."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._popular import POPULAR, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

_FILES = re.compile(
    r"^(?!\*)([A-Za-z_]\w*)(?:\.\w+)*\.(?:__file__|__path__|__cached__|__spec__\.origin)$"
)
_FINDERS = frozenset(
    (
        "inspect.getfile", "inspect.getsourcefile", "inspect.getabsfile",
        "importlib.resources.files", "importlib.resources.path", "importlib_resources.files",
        "importlib.util.find_spec", "importlib.metadata.distribution", "importlib.metadata.files",
        "pkg_resources.resource_filename", "pkg_resources.get_distribution",
        "pkgutil.get_loader", "importlib.machinery.PathFinder.find_spec",
    )
)  # fmt: skip
_GIT_FOLDERS = frozenset(("git_dir", "common_dir"))


def of_attribute(path: str, name: str, names: Iterable[str]) -> Mark:
    """Say whether an attribute tells where another package, or git, keeps its files."""
    if name in _GIT_FOLDERS:
        return Mark.GIT
    roots = (found[1] for dotted in names if (found := _FILES.match(dotted)))
    return Mark.FOREIGN if any(_is_other(path, root) for root in roots) else Mark.NOTHING


def of_finder(python: Python, node: cst.Call, names: Iterable[str]) -> Mark:
    """Say whether a call tells where another package is."""
    if _FINDERS.isdisjoint(names) or not node.args:
        return Mark.NOTHING
    asked = node.args[0].value
    said = {name for name in python.folds(asked) if isinstance(name, str)} or python.names(asked)
    roots = {name.partition(".")[0] for name in said}
    return Mark.FOREIGN if any(_is_other(python.path, root) for root in roots) else Mark.NOTHING


def _is_other(path: str, root: str) -> bool:
    """
    Tell a package of somebody else from the project's own, and its scripts' from both.

    A script beside the package works on the package: only a name that is well
    known is another's there.
    """
    if not root.isidentifier() or root in re.split(r"[/.]", path):
        return False
    is_known = normal(root) in POPULAR or root in sys.stdlib_module_names
    return is_known or paths.zone(path) == paths.PRODUCT
