"""Who made a change: hints, and none of them makes the judgement milder."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.attribution import Identity, attribute
from pytest_selfmod_guard.model import UNKNOWN_ACTOR


def commit(message: str = "", *names: str) -> Identity:
    """Make a commit's identity."""
    return Identity("1a2b3c4d5e6f" + "0" * 28, names, message)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"CLAUDECODE": "1"}, "Claude Code"),
        ({"CODEX_SANDBOX": "seatbelt"}, "Codex"),
        ({"CURSOR_AGENT": "1"}, "Cursor"),
        ({"GEMINI_CLI": "1"}, "Gemini CLI"),
        ({"AI_AGENT": "own-agent"}, "own-agent"),
        ({"GIT_AUTHOR_NAME": "Jo (aider)", "GIT_AUTHOR_EMAIL": "jo@example.com"}, "aider"),
    ],
)
def test_an_agents_marker_in_the_environment_is_believed(
    environ: dict[str, str], name: str
) -> None:
    """The report can say who it took the author for, and why."""
    actor = attribute(environ)
    assert (actor.kind, actor.name) == ("agent", name)
    assert actor.source


@pytest.mark.parametrize(
    "who",
    [
        commit("Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>"),
        commit("Fix\n\nco-authored-by: Cursor <cursoragent@cursor.com>"),
        commit("Fix\n\nAssisted-by: Claude:opus [Edit]"),
        commit("Fix", "devin-ai-integration[bot]", "1+devin-ai-integration[bot]@users.x"),
    ],
)
def test_an_agents_trailer_or_address_is_believed(who: Identity) -> None:
    """One commit of an agent makes the whole range an agent's."""
    assert attribute({}, [commit("Fix"), who]).kind == "agent"


@pytest.mark.parametrize(
    "who",
    [
        commit("Fix\n\nCo-authored-by: Jo Claude <jo@example.com>"),
        commit("Explain why Cursor crashed, claude said", "Jo", "jo@example.com"),
        commit("Bump", "dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com"),
    ],
)
def test_no_marker_means_unknown_and_not_human(who: Identity) -> None:
    """The absence of a marker is no evidence of a person."""
    assert attribute({"HOME": "/home/jo", "CLAUDECODE": ""}, [who]) == UNKNOWN_ACTOR


def test_the_switch_only_tightens() -> None:
    """Calling oneself human has no effect, calling oneself an agent has."""
    claimed = {"SELFMOD_GUARD_ACTOR": "human", "CLAUDECODE": "1"}
    assert attribute(claimed).kind == "agent"
    assert attribute({"SELFMOD_GUARD_ACTOR": "human"}).kind == "unknown"
    assert attribute({"SELFMOD_GUARD_ACTOR": "agent"}).kind == "agent"
