"""What a refusal says, to whom, and that nothing of it acts on who reads it."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._launch.handover import unpack
from pytest_selfmod_guard.doors._plugin import run
from pytest_selfmod_guard.doors._plugin.items import explained
from pytest_selfmod_guard.doors._plugin.refusal import Exit
from pytest_selfmod_guard.doors._plugin.report import HANDED_ON, Report, is_refused
from pytest_selfmod_guard.doors._plugin.xdist import workerinput
from pytest_selfmod_guard.model import (
    UNKNOWN_ACTOR,
    Confidence,
    Finding,
    Origin,
    Receipt,
    Risk,
)

ASKED = run.Asked(("--selfmod-guard",), None, None)
HOSTILE = "a\x1b[2J\n]]>\u202e\udc9b\x00::().py"


def receipt(decision: str = "allowed", **parts: Any) -> Receipt:
    """Make a receipt without anything in it."""
    return Receipt(
        attempt="0" * 12,
        at=0.0,
        seconds=0.0,
        decision=decision,
        outcome=decision,
        enforced=True,
        risk=Risk.NONE,
        actor=UNKNOWN_ACTOR,
        source="--selfmod-guard",
        base="",
        head="",
        digest="",
        files=(),
        findings=(),
        because=(),
        preflight=(),
        trial=None,
        layers=(),
        notes=("Judged against main.",),
    )._replace(**parts)


def finding(path: str, line: int = 0, risk: Risk = Risk.HIGH, text: str = "it is bad") -> Finding:
    """Make a finding."""
    return Finding("SMG999", "badness", risk, Confidence.HIGH, path, line, text, text, text)


def test_there_is_one_item_for_each_file_and_one_for_the_whole() -> None:
    """With the first line that is known, and all that was found in it."""
    because = (finding("b.py"), finding("a.py"), finding("", 0), finding("b.py", 7))
    told = explained(receipt("denied", because=because))
    places = [(why.name, why.path, why.line) for why in told]
    assert places == [("b.py", "b.py", 7), ("a.py", "a.py", 0), ("the whole change", "", 0)]
    first = told[0].text.split("\n")
    assert first[0] == "b.py: SMG999 badness, high risk: it is bad"
    assert first[3] == "b.py:7: SMG999 badness, high risk: it is bad"
    assert first[5] == "    do instead: it is bad"


def test_a_refusal_always_has_an_item() -> None:
    """Also one that names no finding, or is of a kind that nobody knows."""
    assert len(explained(receipt("denied"))) == 1
    (why,) = explained(receipt("undecided", slug="odd", reason="no idea", hint="ask again"))
    assert (why.name, why.path, why.line) == ("undecided", "", 0)
    assert "no idea (odd)\n    do next: ask again" in why.text
    assert len(explained(receipt("perhaps"))) == 1


def test_what_a_change_says_of_itself_is_made_harmless() -> None:
    """Names and texts come from files, and nothing of them reaches a terminal as it is."""
    told = receipt("denied", because=(finding(HOSTILE, 3, text=HOSTILE),))
    stuck = receipt("undecided", slug=HOSTILE, reason=HOSTILE, hint=HOSTILE)
    for why in (*explained(told), *explained(stuck)):
        assert all(line.isprintable() for line in why.text.split("\n"))
        assert why.name.isprintable()
        assert why.path.isprintable()
        assert "::" not in why.name


def test_only_a_pass_and_a_warning_let_the_suite_run() -> None:
    """Whatever else a receipt says is a refusal."""
    assert not is_refused(receipt("allowed"))
    assert not is_refused(receipt("denied", enforced=False))
    for told in (receipt("denied"), receipt("perhaps"), receipt("undecided", enforced=False)):
        assert is_refused(told)


@pytest.mark.parametrize(
    ("parts", "is_shown"),
    [
        ({}, False),
        ({"findings": (finding("a.py", risk=Risk.LOW),)}, False),
        ({"findings": (finding("a.py", risk=Risk.MEDIUM),)}, True),
        ({"ungated": (Origin("1" * 40, "Slip past", "Ada"),)}, True),
        ({"notes": ("Judged against main.", "A file was too large.")}, True),
        ({"decision": "denied", "enforced": False}, True),
    ],
)
def test_the_section_at_the_end_is_there_when_something_is(
    parts: dict[str, Any], *, is_shown: bool
) -> None:
    """What the change was judged against stands in the first line, and is no reason."""
    written: list[str] = []
    terminal = SimpleNamespace(
        config=SimpleNamespace(
            get_terminal_writer=lambda: SimpleNamespace(hasmarkup=False),
            getoption=lambda _, default: default,
        ),
        stats={},
        section=lambda title, **_: written.append(title),
        write=written.append,
    )
    report = Report(receipt(**parts))
    report.pytest_terminal_summary(terminal)  # type: ignore[arg-type]
    assert bool(written) is is_shown
    assert "Judged against main" in report.pytest_report_header()


def test_what_was_not_shown_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """When pytest ends before its session, and only for a refusal."""
    Report(receipt("allowed")).close()
    assert capsys.readouterr() == ("", "")
    Report(receipt("denied", because=(finding(HOSTILE, 3),))).close()
    said = capsys.readouterr().err
    assert re.fullmatch(r"selfmod-guard: denied, .*SMG999 badness, high risk: it is bad\n", said)


def test_a_worker_is_handed_the_verdict() -> None:
    """Whole, so that it need not ask."""
    node = SimpleNamespace(workerinput={})
    told = receipt(notes=("Judged against main.", "More."))
    Report(told).pytest_configure_node(node)
    assert unpack(node.workerinput[HANDED_ON]) == told
    context = Context("/nowhere", {})
    assert run._verdict(context, ASKED, node.workerinput) == told  # noqa: SLF001 (the seam)
    without = run._verdict(context, ASKED, {})  # noqa: SLF001 (the seam)
    assert (without.decision, without.slug) == ("undecided", "no-verdict-for-worker")


def test_only_the_process_that_xdist_prepares_is_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that says so, nor a pytest that is run inside a worker's test."""
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    names = {"__name__": "__channelexec__", "workerinput": {"a": 1}, "ask": workerinput}
    assert eval("ask()", names) == {"a": 1}  # noqa: S307 (as xdist runs its own module)
    assert eval("ask()", {**names, "config": None}) is None  # noqa: S307 (the same)
    assert eval("ask()", {**names, "__name__": "other"}) is None  # noqa: S307 (the same)
    assert eval("ask()", {**names, "workerinput": "me"}) is None  # noqa: S307 (the same)


def test_a_crash_of_ours_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what went wrong, and where."""

    def crash(*_: object) -> Receipt:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(run, "judge", crash)
    told = run._verdict(Context("/nowhere", {}), ASKED, None)  # noqa: SLF001 (the seam)
    assert (told.decision, told.slug) == ("undecided", "crashed-in-pytest")
    assert re.search(r"ZeroDivisionError: by nothing \(test_pytest_items\.py:\d+\)", told.reason)


@pytest.mark.parametrize(
    ("status", "kept"),
    [(0, 1), (5, 1), (256, 1), (512 + 5, 1), (None, 1), ("0", 1), (1, 1), (2, 2), (3, 3), (4, 4)],
)
def test_no_status_of_a_refusal_looks_like_a_pass(status: Any, kept: int) -> None:
    """Neither returned nor thrown; an interruption and a crash stay what they are."""
    running = Exit().pytest_cmdline_main()
    next(running)
    with pytest.raises(StopIteration) as ended:
        running.send(status)
    assert ended.value.value == kept
    running = Exit().pytest_cmdline_main()
    next(running)
    with pytest.raises(StopIteration) as ended:
        running.throw(SystemExit(status))
    assert ended.value.value == kept


def test_who_reads_the_status_of_the_session_sees_a_failure() -> None:
    """At the end of the session, and after all that other plugins did there."""
    session = SimpleNamespace(exitstatus=0)
    running = Exit().pytest_sessionfinish(session)  # type: ignore[arg-type]
    next(running)
    assert session.exitstatus == 1
    session.exitstatus = 0
    with pytest.raises(StopIteration):
        running.send(None)
    assert session.exitstatus == 1


def test_the_running_python_is_not_touched() -> None:
    """These tests import the fence and leave no finder behind."""
    assert not [one for one in sys.meta_path if type(one).__name__ == "Project"]
