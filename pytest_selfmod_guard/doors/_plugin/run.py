"""One judged run of pytest: asks for the verdict, then lets the suite run or takes its place."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._launch.clean import judge, top_of
from pytest_selfmod_guard.doors._launch.handover import unpack
from pytest_selfmod_guard.doors._plugin.fence import fence
from pytest_selfmod_guard.doors._plugin.refusal import Exit, Refusal
from pytest_selfmod_guard.doors._plugin.report import HANDED_ON, Report, is_refused
from pytest_selfmod_guard.doors._plugin.xdist import workerinput
from pytest_selfmod_guard.errors import CouldNotJudge, GuardError
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Evidence, Receipt
from pytest_selfmod_guard.stages.decide import undecided
from pytest_selfmod_guard.stages.record import receipt

if TYPE_CHECKING:
    import pytest


class Asked(NamedTuple):
    """What whoever started pytest wants to know."""

    words: tuple[str, ...]
    """The command line and ``PYTEST_ADDOPTS``, without the ini file's words."""
    base: str | None
    """What to judge against; None to find out."""
    handed: str | None
    """A verdict that the launcher handed over."""


def begin(config: pytest.Config, asked: Asked) -> None:
    """Find the verdict, and add what shows it and what enforces it."""
    given = workerinput()
    context = Context.here(str(config.invocation_params.dir))
    told = _verdict(context, asked, given)
    # No names: what has one, an ini file can switch off with `-p no:NAME`.
    if given is None:
        report = Report(told)
        config.pluginmanager.register(report)
        config.add_cleanup(report.close)
    if is_refused(told):
        top = top_of(context.directory, context.environ)
        fence(config, top, asked.words)
        config.pluginmanager.register(Refusal(told, top, asked.words))
        config.pluginmanager.register(Exit())


def _verdict(context: Context, asked: Asked, given: Mapping[str, object] | None) -> Receipt:
    started = context.clock()
    try:
        if given is not None:
            return _handed_on(given)
        if asked.handed is not None:
            return unpack(asked.handed)
        return judge(context.directory, context.environ, asked.base)
    except GuardError as error:
        return _stuck(context, started, error)
    except Exception as error:  # noqa: BLE001 (our own crash must not look like a pass)
        return _stuck(context, started, _crashed(error))


def _stuck(context: Context, started: float, error: GuardError) -> Receipt:
    return receipt(
        undecided(Evidence((), (), (), ()), error),
        attempt=context.new_id(),
        at=started,
        seconds=context.clock() - started,
        source="--selfmod-guard",
        change=None,
        actor=UNKNOWN_ACTOR,
    )


def _handed_on(given: Mapping[str, object]) -> Receipt:
    handed = given.get(HANDED_ON)
    if isinstance(handed, str):
        return unpack(handed)
    raise CouldNotJudge(
        "no-verdict-for-worker",
        "this process runs tests for a pytest that handed no verdict on",
        hint="let the same plugins load in both, or run without workers:"
        " pytest --selfmod-guard -n0",
    )


def _crashed(error: Exception) -> CouldNotJudge:
    last = traceback.format_exception_only(error)[-1].strip()
    where = traceback.extract_tb(error.__traceback__)[-1]
    return CouldNotJudge(
        "crashed-in-pytest",
        "the guard crashed inside pytest",
        context=f"{last} ({os.path.basename(where.filename)}:{where.lineno})",
        hint="please report it, and judge without pytest: selfmod-guard check --base origin/HEAD",
    )
