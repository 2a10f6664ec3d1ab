"""Archives that are unpacked wherever they want to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._vulnerable_facts import facts
from pytest_selfmod_guard.rules.danger._vulnerable_guards import is_guarded
from pytest_selfmod_guard.rules.danger._vulnerable_receivers import is_made_by, receiver
from pytest_selfmod_guard.rules.danger._vulnerable_sinks import sighting

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Sighting
    from pytest_selfmod_guard.syntax import Call, Python

_TAR = re.compile(r"^tarfile\.(?:open|TarFile|TarFile\.\w+)$")
_TRUSTING = ("fully_trusted", "tar")


def unfiltered(python: Python) -> Iterator[Sighting]:
    """Say where a tar archive is unpacked without a filter."""
    if "tarfile" not in python.text:
        return
    for call in python.calls:
        if _is_extraction(python, call) and not _is_filtered(python, call):
            zone = paths.zone(python.path)
            yield sighting(
                python,
                call.node,
                call.scope,
                "the archive may write anywhere: it is unpacked without a filter",
                Risk.MEDIUM if zone == paths.BUILD else Risk.HIGH,
                'pass filter="data", which refuses paths outside of the folder',
            )


def _is_extraction(python: Python, call: Call) -> bool:
    if not any(name.rpartition(".")[2] in ("extractall", "extract") for name in call.names):
        return False
    return is_made_by(python, receiver(call.node), _TAR)


def _is_filtered(python: Python, call: Call) -> bool:
    chosen = call.arg(python, None, "filter")
    if chosen is not None:
        return python.fold(chosen) not in _TRUSTING
    if call.is_open(python) or call.arg(python, None, "members") is not None:
        return True
    checked = (call.arg(python, 0, "member"), receiver(call.node))
    return any(isinstance(one, cst.Name) and is_guarded(facts(python), one) for one in checked)
