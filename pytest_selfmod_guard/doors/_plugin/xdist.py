"""Tells a worker of pytest-xdist from a process that only has its variables."""

from __future__ import annotations

import inspect
from collections.abc import Mapping


def workerinput() -> Mapping[str, object] | None:
    """
    Return what the controller handed to this worker; None in any other process.

    Variables such as ``PYTEST_XDIST_WORKER`` are inherited by every pytest that
    a test starts, and can be set by hand. And ``config.workerinput`` comes only
    after conftest files have run. So this looks where xdist keeps it until
    then: in the module that is just making the configuration.
    """
    frame = inspect.currentframe()
    while frame:
        names, frame = frame.f_globals, frame.f_back
        # With a `config` that worker is already running, and a test in it has
        # started another pytest in the same process.
        if names.get("__name__") == "__channelexec__" and "config" not in names:
            given = names.get("workerinput")
            return given if isinstance(given, dict) else None
    return None
