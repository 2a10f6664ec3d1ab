"""Who made a change: hints, and none of them makes the judgement milder."""

from __future__ import annotations

import time

import pytest

from pytest_selfmod_guard.attribution import (
    Identity,
    _markers,
    attribute,
    names_agent,
    text_of_marks,
    trailer_for,
)
from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Actor, Confidence
from pytest_selfmod_guard.stages.read._kept import Cleaning, kept

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
SQUASHED = "Squashed commit of the following:\n\ncommit 1a2b3c4d\n"
OTHER = "commit 5e6f7a8b\nAuthor: Jo <jo@example.com>\n\n    Mend\n"
REVERT = 'Revert "Add"\n\nThis reverts commit 1a2b3c4.\n\nOriginal message:\n\nAdd\n\n'


def commit(message: str = "", *names: str) -> Identity:
    """Make a commit's identity."""
    return Identity("1a2b3c4d5e6f" + "0" * 28, names, message)


def says(message: str) -> str:
    """Give the name of the agent that a message shows."""
    return attribute({}, [commit(message)]).name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"CLAUDECODE": "1"}, "Claude Code"),
        ({"CODEX_SANDBOX": "seatbelt"}, "Codex"),
        ({"CURSOR_AGENT": "1"}, "Cursor"),
        ({"GEMINI_CLI": "1"}, "Gemini CLI"),
        ({"QWEN_CODE": "1"}, "Qwen Code"),
        ({"AI_AGENT": "own-agent"}, "own-agent"),
        ({"AI_AGENT": "claude-code_2.1.3"}, "Claude Code"),
        ({"AI_AGENT": "crush", "CRUSH": "1"}, "Crush"),
        ({"AGENT": "goose"}, "Goose"),
        ({"AGENT": "1"}, ""),
        ({"AI_AGENT": "x" * 5000}, "x" * 60),
        ({"GIT_AUTHOR_NAME": "Jo (aider)", "GIT_AUTHOR_EMAIL": "jo@example.com"}, "aider"),
        ({"GIT_COMMITTER_NAME": "Jo", "GIT_COMMITTER_EMAIL": "noreply@anthropic.com"}, "Claude"),
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
    ("environ", "why"),
    [
        ({"CURSOR_TRACE_ID": "3f"}, "a person types in Cursor's terminal"),
        ({"TERM_PROGRAM": "WarpTerminal", "ZED_TERM": "true"}, "or in another editor's"),
        ({"REPL_ID": "3f", "GOOSE_PROVIDER": "openai"}, "or has an agent configured"),
        ({"CLAUDECODE": "0", "AI_AGENT": "false", "AGENT": " off "}, "or turned it off"),
        ({"GIT_AUTHOR_NAME": "Claude Paroz", "GIT_AUTHOR_EMAIL": "claude@2xlibre.net"}, "a name"),
        ({"GIT_AUTHOR_NAME": "Claude", "GIT_AUTHOR_EMAIL": "claude@2xlibre.net"}, "a first name"),
        ({"SELFMOD_GUARD_ACTOR": "human"}, "anybody can say so"),
        ({"SELFMOD_GUARD_ACTOR": "unknown"}, "anybody can say so"),
    ],
)
def test_what_stands_in_a_persons_terminal_is_no_marker(environ: dict[str, str], why: str) -> None:
    """Whoever works in an agent's editor would be held to its limits."""
    assert attribute(environ) == UNKNOWN_ACTOR, why


@pytest.mark.parametrize(
    "message",
    [
        f"Fix\n\n{CLAUDE}",
        f"Fix\r\n\r\n{CLAUDE}\r\n",
        "Fix\n\nco-authored-by: Cursor <cursoragent@cursor.com>",
        "Fix\n\nCo-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>",
        "Fix\n\nCo-authored-by: claude[bot] <41898282+claude[bot]@users.noreply.github.com>",
        "Fix\n\nCo-authored-by: Claude Opus 4.6 (1M context) <opus@example.com>",
        "Fix\n\nCo-authored-by: Cursor Grok 4.5 <grok@x.ai>",
        "Fix\n\nCo-Authored-By: Claude",
        "Fix\n\nCo-developed-by: Claude claude-opus-4 <noreply@anthropic.com>",
        "Fix\n\nSigned-off-by: aider (gpt-5) <aider@aider.chat>",
        "Fix\n\nAssisted-by: Claude:opus [Edit]",
        "Fix\n\nAssisted-by: GitHub Copilot",
        "Fix\n\nAssisted-by: NewAgent:new-model-1 [Edit]",
        "Fix\n\nGenerated-by: gpt-5.1",
        "Fix\n\nMade-with: Cursor",
        "Fix\n\nReviewed-by: Jo <jo@example.com>\nClaude-Session: https://claude.ai/code/x",
        "Fix\n\nAmp-Thread-ID: https://ampcode.com/threads/T-1",
        f"Fix\n\nSee #12\nSigned-off-by: Jo <jo@example.com>\n{CLAUDE}",
        f"Fix\n\n---------\n{CLAUDE}\nCo-authored-by: Jo <jo@example.com>",
        "Fix\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)",
        "Fix\n\nGenerated with Codex.",
        "Fix\n\n💘 Generated with Crush",
        "Fix\n\nhttps://claude.ai/code/session_01Grz",
        f"Add (#12)\n\n* one\n\n{CLAUDE}\n\n* two\n\n---------\n\nCo-authored-by: Jo <j@x.org>",
        f"Fix\n\n{'x' * 2_000_000}\n\n{CLAUDE}",
        f"Add (#12)\n\n* one\n\nAssisted-by: Codex\n\n* two\n\nCloses #3\n{'x' * 2_000_000}",
        f"{SQUASHED}Author: Jo <jo@example.com>\nDate:   Mon\n\n    Fix\n\n    {CLAUDE}\n\n{OTHER}",
        f"{SQUASHED}Author: Claude <noreply@anthropic.com>\nDate:   Mon\n\n    Fix\n",
        f'Revert "Add" (#13)\n\nThis reverts commit 1a2b3c4.\n\n{CLAUDE}',
    ],
)
def test_an_agents_message_is_known(message: str) -> None:
    """Whatever the trailer is called, and where a squash has left it."""
    actor = attribute({}, [commit("Fix"), commit(message)])
    assert actor.kind == "agent"
    assert actor.name
    assert actor.source.endswith("of 1a2b3c4d5e")


@pytest.mark.parametrize(
    "message",
    [
        "Fix\n\nCo-authored-by: Jo Claude <jo@example.com>",
        "Fix\n\nCo-authored-by: Claude Paroz <claude@2xlibre.net>",
        "Fix\n\nCo-authored-by: Claude <claude@2xlibre.net>",
        "Fix\n\nCo-authored-by: Claude Max <max@example.com>",
        "Fix\n\nCo-authored-by: Devin <devin@example.com>\nCo-authored-by: Jules <j@example.com>",
        "Fix\n\nCo-authored-by: Devin",
        "Fix\n\nCo-authored-by: Kimi <kimi@example.com>",
        "Fix\n\nCo-authored-by: zed <zed@example.com>",
        "Fix\n\nCo-authored-by: Jo <jo@anthropic.com>\nCo-authored-by: Al <al@openai.com>",
        "Fix\n\nReviewed-by: Claude <noreply@anthropic.com>",
        "Fix\n\nSuggested-by: Copilot",
        "Fix\n\nAssisted-by: Jo Doe <jo@example.com>",
        "Fix\n\nAssisted-by: Jo Doe",
        "Fix\n\nGenerated-by: protoc",
        "Fix\n\nGenerated-by: scripts:make",
        "Fix\n\nGenerated-by: https://example.org/protoc",
        "Explain why Cursor crashed, claude said",
        f"Drop the Claude trailer\n\n{CLAUDE} is what it adds,\nand nobody wants it.",
        f"Say how agents sign\n\nFor example:\n\n{CLAUDE}\n\nis what one writes.",
        f"Say how agents sign\n\n> {CLAUDE}",
        f"Say how agents sign\n\n    {CLAUDE}",
        f"Say how agents sign\n\n* {CLAUDE}",
        f"Say how agents sign\n\n{CLAUDE}\nis a line, and others are not\nat all\nor so\nlike this",
        CLAUDE,
        f"{REVERT}🤖 Generated with Codex\n\n{CLAUDE}",
        f"fix: revert Claude's work\n\nIt said\n\n{CLAUDE}\n\nand was wrong.",
        "Document it\n\nThe code is generated with Claude Code, as you can see.",
        "Document it\n\nSee https://claude.ai/code/session_01 for how it came about",
        "Document it\n\nhttps://claude.ai/code/session_01 has how it came about",
        "Generated with Claude Code",
        "Support Copilot, Codex and Gemini",
        "Bump\n\nSigned-off-by: dependabot[bot] <support@github.com>",
        "",
        "\n\n\n",
        "Fix\n\n:\n: x\n-by: y\nCo-authored-by:\nAssisted-by: \n<>",
    ],
)
def test_what_a_person_says_of_agents_is_no_marker(message: str) -> None:
    """The absence of a marker is no evidence of a person; but neither is a word one of an agent."""
    assert attribute({"HOME": "/home/jo"}, [commit(message, "Jo", "jo@example.com")]) == (
        UNKNOWN_ACTOR
    )


@pytest.mark.parametrize(
    ("names", "agent"),
    [
        (("devin-ai-integration[bot]", "1+devin-ai-integration[bot]@users.x"), "Devin"),
        (("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"), "Copilot"),
        (("Cursor Agent", "cursoragent@cursor.com"), "Cursor"),
        (("Jo", "jo@x.org", "Claude", "noreply@anthropic.com"), "Claude"),
        (("Jo", "jo@x.org", "GitHub", "noreply@github.com"), ""),
        (("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), ""),
        (("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com"), ""),
        (("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"), ""),
        (("Claude Paroz", "claude@2xlibre.net"), ""),
        (("zed", "arn+github@example.com"), ""),
        (("", ""), ""),
        ((), ""),
    ],
)
def test_author_and_committer_are_known_by_address_or_account(
    names: tuple[str, ...], agent: str
) -> None:
    """Machines that run a fixed program are no agents, and neither are namesakes."""
    assert attribute({}, [commit("Fix", *names)]).name == agent


def test_every_marker_of_the_tables_works() -> None:
    """A line that was added and is never looked at would be worse than none."""
    for variable, name, confidence in _markers.VARIABLES:
        actor = attribute({variable: "yes"})
        assert (actor.kind, actor.name, actor.confidence) == ("agent", name, confidence)
    for address, name in _markers.ADDRESSES.items():
        assert attribute({}, [commit("", "Jo", address.upper())]).name == name
    for account, name in _markers.ACCOUNTS.items():
        address = f"1+{account}@users.noreply.github.com"
        assert says(f"Fix\n\nCo-authored-by: Jo <{address}>") == name
    for called, name in _markers.NAMES.items():
        assert says(f"Fix\n\nAssisted-by: {called.title()}") == name
    for key, name in _markers.TRAILERS.items():
        assert says(f"Fix\n\n{key.title()}: x") == name
    for start, name in _markers.SESSIONS.items():
        assert says(f"Fix\n\n{start}x1") == name


def test_the_switch_only_tightens() -> None:
    """Calling oneself human has no effect, calling oneself an agent has."""
    claimed = {"SELFMOD_GUARD_ACTOR": "human", "CLAUDECODE": "1"}
    assert attribute(claimed).kind == "agent"
    assert attribute({"SELFMOD_GUARD_ACTOR": "human"}).kind == "unknown"
    assert attribute({"SELFMOD_GUARD_ACTOR": " Agent "}).kind == "agent"
    signed = commit(f"Fix\n\n{CLAUDE}")
    assert attribute({"SELFMOD_GUARD_ACTOR": "human"}, [signed]).kind == "agent"


def test_the_strongest_hint_wins_and_the_others_are_told() -> None:
    """A name goes before none, a sure one before a likely one, what was written before who asks."""
    environ = {"AGENT": "jo", "CLAUDECODE": "1", "SELFMOD_GUARD_ACTOR": "agent"}
    sources = "environment CLAUDECODE, environment SELFMOD_GUARD_ACTOR, environment AGENT"
    assert attribute(environ) == Actor("agent", "Claude Code", Confidence.HIGH, sources)
    likely = commit("Fix\n\nAssisted-by: Own:model-1")
    assert attribute({}, [likely]).confidence == Confidence.MEDIUM
    both = attribute({"CLAUDECODE": "1"}, [likely])
    assert (both.name, both.source) == (
        "Claude Code",
        "environment CLAUDECODE, trailer of 1a2b3c4d5e",
    )
    written = attribute({"CLAUDECODE": "1"}, [commit("Fix\n\nMade-with: Cursor")])
    assert (written.name, written.source.split(",")[0]) == ("Cursor", "trailer of 1a2b3c4d5e")


def test_commits_are_read_up_to_the_first_that_leaves_no_doubt() -> None:
    """A push of thousands need not be read to its end."""
    read = []

    def history() -> object:
        for message in ("Fix", f"Fix\n\n{CLAUDE}", "Never"):
            read.append(message)
            yield commit(message)

    assert attribute({}, history()).name == "Claude"  # type: ignore[arg-type]
    assert "Never" not in read


@pytest.mark.parametrize(
    "message",
    [
        "x" * 5_000_000,
        "Fix\n\n" + "Reviewed-by: Jo <jo@example.com>\n" * 100_000,
        "Fix\n\n" + f"{CLAUDE}\n" * 10_000,
        "Fix\n\n" + "Co-authored-by: " + "<" * 500_000,
        "Fix\n\n" + "a" * 500_000 + " :",
        "Fix" + "\n\n:" * 300_000,
        "Squashed commit of the following:\n" + f"commit {'a' * 40}\n" * 10_000,
        "revert" * 100_000 + "\n\n" + "original" * 50_000 + ":\n\nx",
        "Fix\n\n" + "🤖 Generated with [" * 20_000,
        "Fix\n\n" + " x\n" * 200_000,
        "Fix\n\nCo-authored-by: \udcff\udcfe\x00 <\x00@\udc80>",
    ],
)
def test_a_message_made_to_hurt_is_read_in_no_time(message: str) -> None:
    """Whoever makes a change writes its message."""
    began = time.perf_counter()
    attribute({}, [commit(message)])
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("message", "agent", "named"),
    [
        ("Fix\n\nAssisted-by: own-agent", "own-agent", True),
        ("Fix\n\nAssisted-by: Own-Agent 2", "own-agent", True),
        ("Fix\n\nAssisted-by: somebody", "own-agent", False),
        ("Fix\n\nAssisted-by: somebody", "", True),
        ("Fix\n\nAssisted-by:", "", False),
        (f"Fix\n\n{CLAUDE}", "Codex", True),
        ("Fix\n\nGenerated with Codex", "Codex", False),
        ("Fix\nAssisted-by: own-agent", "own-agent", False),
        ("Fix, as own-agent said", "own-agent", False),
        ("Fix\n\nReviewed-by: own-agent", "own-agent", False),
        ("", "own-agent", False),
    ],
)
def test_an_agent_is_named_by_a_trailer_and_by_nothing_else(
    message: str, agent: str, *, named: bool
) -> None:
    """One that no table knows must be able to name itself."""
    assert names_agent(message, agent) is named


def test_the_trailer_that_is_asked_for_is_accepted() -> None:
    """The hint would lead in circles."""
    for agent in ("Claude Code", "own agent", ""):
        assert names_agent(f"Fix\n\n{trailer_for(agent)}\n", agent)


def test_what_is_to_be_taken_out_is_named_line_by_line() -> None:
    """As it stands there, so that it is found; each once, and without it nothing is left."""
    message = f"Fix\n\n🤖 Generated with Codex\n\n{CLAUDE}\n{CLAUDE}\nReviewed-by: Jo <j@x.org>\n"
    assert text_of_marks(message) == (CLAUDE, "🤖 Generated with Codex")
    for line in text_of_marks(message):
        message = message.replace(line, "")
    assert says(message) == ""


SCISSORS = "# ------------------------ >8 ------------------------"
DIFF = f"{SCISSORS}\n# Do not touch the line above.\ndiff --git a/a b/a\n+{CLAUDE}\n"


@pytest.mark.parametrize(
    ("text", "mode", "mark", "edited", "left"),
    [
        ("Fix\n# no\n#no\nx", "default", "#", True, "Fix\nx"),
        ("Fix\n# yes", "default", "#", False, "Fix\n# yes"),
        ("Fix\n# yes", "whitespace", "#", True, "Fix\n# yes"),
        ("Fix\n# yes", "verbatim", "#", True, "Fix\n# yes"),
        ("Fix\n# no", "strip", "#", False, "Fix"),
        ("Fix\n; no\n# yes", "default", ";", True, "Fix\n# yes"),
        ("Fix\n// no\n# yes", "default", "//", True, "Fix\n# yes"),
        ("Fix\n# yes\n; no", "default", "auto", True, "Fix\n# yes"),
        (f"Fix\n{DIFF}", "default", "#", True, "Fix\n"),
        (f"Fix\n{SCISSORS}\n", "scissors", "#", True, "Fix\n"),
        (f"Fix\n{DIFF}", "default", "#", False, f"Fix\n{DIFF}"),
        (f"Fix\n{SCISSORS}\n{CLAUDE}", "default", "#", True, f"Fix\n{CLAUDE}"),
        (f"Fix\n{DIFF.replace('#', ';')}", "verbatim", ";", True, "Fix\n"),
        ("", "default", "#", True, ""),
    ],
)
def test_comments_are_taken_out_as_git_does(
    text: str, mode: str, mark: str, *, edited: bool, left: str
) -> None:
    """A trailer in a comment does not land, and one behind a line like git's own does."""
    assert kept(text, Cleaning(mode, mark, is_edited=edited)) == left
