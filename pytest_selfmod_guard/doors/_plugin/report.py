"""Shows the verdict on pytest's terminal, and hands it on to workers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from pytest_selfmod_guard.doors._launch.handover import pack
from pytest_selfmod_guard.doors._plugin.items import explained
from pytest_selfmod_guard.model import Receipt, Risk, inert
from pytest_selfmod_guard.reports import text

HANDED_ON = "selfmod_guard_receipt"
"""Where a worker of pytest-xdist finds the verdict."""


def is_refused(told: Receipt) -> bool:
    """Tell whether a verdict keeps the suite from running."""
    return not (told.decision == "allowed" or (told.decision == "denied" and not told.enforced))


class Report:
    """One line at the start, and at the end only what is worth a look."""

    def __init__(self, told: Receipt) -> None:
        self.told = told
        self.shown = False

    def pytest_report_header(self) -> str:
        # The first note says what the change was judged against, and why that.
        against = "".join(f". {inert(note).rstrip('.')}" for note in self.told.notes[:1])
        return _headline(self.told) + against

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        color = terminalreporter.config.get_terminal_writer().hasmarkup
        self.shown = True
        if _is_worth_a_look(self.told):
            terminalreporter.section("selfmod-guard", bold=True)
            terminalreporter.write(self._body(terminalreporter)(self.told, color=color))

    def _body(self, terminalreporter: pytest.TerminalReporter) -> Callable[..., str]:
        """Give what words the section: when all items were shown they have said most of it."""
        shown = len(terminalreporter.stats.get("failed", ()))
        is_said = is_refused(self.told) and shown == len(explained(self.told))
        hidden = terminalreporter.config.getoption("tbstyle", "auto") == "no"
        return text.summary if is_said and not hidden else text.render

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 (xdist may not be there)
        node.workerinput[HANDED_ON] = pack(self.told)

    def close(self) -> None:
        """Leave nobody without a reason: there may be no terminal, or no session at all."""
        if is_refused(self.told) and not self.shown:
            first = explained(self.told)[0].text.split("\n")[0]
            print(f"{_headline(self.told)}: {first}", file=sys.stderr, flush=True)


def _headline(told: Receipt) -> str:
    return text.render(told).split("\n")[0]


def _is_worth_a_look(told: Receipt) -> bool:
    risk = max((finding.risk for finding in told.findings), default=Risk.NONE)
    return bool(told.decision != "allowed" or risk >= Risk.MEDIUM or told.ungated or told.notes[1:])
