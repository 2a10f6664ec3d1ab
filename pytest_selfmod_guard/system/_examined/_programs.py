"""How pre-commit can be run here."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec

from pytest_selfmod_guard import programs
from pytest_selfmod_guard.checkups._facts import Program


def pre_commit(environ: Mapping[str, str]) -> Program:
    """Find the command, or the module beside the guard."""
    is_on_path = programs.find("pre-commit", environ) is not None
    is_beside = find_spec("pre_commit") is not None
    beside = f"{shlex.quote(sys.executable)} -m pre_commit" if is_beside else ""
    template = _template() if is_beside else ""
    return Program("pre-commit" if is_on_path else beside, is_on_path, template)


def _template() -> str:
    file = resources.files("pre_commit").joinpath("resources", "hook-tmpl")
    return file.read_text("utf-8") if file.is_file() else ""
