"""
Who made a change: markers in the environment, trailers and addresses, as data.

They are hints. Everything is judged whoever wrote it; attribution only sets
how strictly, and no marker makes the judgement milder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Actor, Confidence

ACTOR_VARIABLE = "SELFMOD_GUARD_ACTOR"
"""Set to ``agent`` it makes the judgement strict; nothing makes it lax."""


class Identity(NamedTuple):
    """What one commit says about its author."""

    commit: str
    names: tuple[str, ...]
    """Author and committer, names and addresses."""
    message: str


_VARIABLES = (
    ("CLAUDECODE", "Claude Code", Confidence.HIGH),
    ("CLAUDE_CODE_CHILD_SESSION", "Claude Code", Confidence.HIGH),
    ("CLAUDE_CODE", "Claude Code", Confidence.HIGH),
    ("CODEX_SANDBOX", "Codex", Confidence.HIGH),
    ("CODEX_THREAD_ID", "Codex", Confidence.HIGH),
    ("CODEX_CI", "Codex", Confidence.HIGH),
    ("CURSOR_AGENT", "Cursor", Confidence.HIGH),
    ("GEMINI_CLI", "Gemini CLI", Confidence.HIGH),
    ("COPILOT_CLI", "Copilot", Confidence.HIGH),
    ("OPENCODE", "OpenCode", Confidence.HIGH),
    ("CLINE_ACTIVE", "Cline", Confidence.HIGH),
    ("AUGMENT_AGENT", "Augment", Confidence.HIGH),
    ("ANTIGRAVITY_AGENT", "Antigravity", Confidence.HIGH),
    ("GROK_SESSION_ID", "Grok", Confidence.HIGH),
    ("AMP_CURRENT_THREAD_ID", "Amp", Confidence.HIGH),
    ("AI_AGENT", "", Confidence.HIGH),
    ("AGENT", "", Confidence.MEDIUM),
)

_ADDRESSES = (
    (r"noreply@anthropic\.com|claude\[bot\]", "Claude"),
    (r"cursoragent@cursor\.com|cursor\[bot\]", "Cursor"),
    (r"aider@aider\.chat|\(aider\)", "aider"),
    (r"\+copilot@|copilot-swe-agent|copilot\[bot\]", "Copilot"),
    (r"devin-ai-integration\[bot\]", "Devin"),
    (r"openai-codex\[bot\]|codex@openai\.com", "Codex"),
    (r"gemini-code-assist\[bot\]", "Gemini"),
    (r"openhands@all-hands\.dev", "OpenHands"),
    (r"google-labs-jules\[bot\]", "Jules"),
    (r"sweep-ai\[bot\]", "Sweep"),
)

_TRAILER = re.compile(
    r"^(co-authored-by|assisted-by|generated-by|generated with)\b[: ](.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_TOOL_TRAILER = re.compile(r"^(assisted-by|generated-by|generated with)", re.IGNORECASE)


def attribute(environ: Mapping[str, str], commits: Iterable[Identity] = ()) -> Actor:
    """
    Say who made a change, by the strongest marker there is.

    :param environ: the environment of the process that proposes the change
    :param commits: the commits of a range; none for a staged change
    """
    if environ.get(ACTOR_VARIABLE, "").lower() == "agent":
        return Actor("agent", "", Confidence.HIGH, f"environment {ACTOR_VARIABLE}")
    for commit in commits:
        if actor := _by_commit(commit):
            return actor
    return _by_environment(environ) or UNKNOWN_ACTOR


def _by_environment(environ: Mapping[str, str]) -> Actor | None:
    for variable, name, confidence in _VARIABLES:
        value = environ.get(variable, "")
        if value and value.lower() not in ("0", "false"):
            return Actor("agent", name or value, confidence, f"environment {variable}")
    author = (environ.get("GIT_AUTHOR_NAME", ""), environ.get("GIT_AUTHOR_EMAIL", ""))
    return _by_names(author, "author of the commit")


def _by_commit(commit: Identity) -> Actor | None:
    short = commit.commit[:10]
    if actor := _by_names(commit.names, f"author of {short}"):
        return actor
    for line in _TRAILER.finditer(commit.message):
        if actor := _by_names((line[2],), f"trailer of {short}"):
            return actor
        if _TOOL_TRAILER.match(line[0]):
            return Actor("agent", line[2].strip(), Confidence.MEDIUM, f"trailer of {short}")
    return None


def _by_names(names: Iterable[str], source: str) -> Actor | None:
    for name in names:
        for pattern, agent in _ADDRESSES:
            if re.search(pattern, name, re.IGNORECASE):
                return Actor("agent", agent, Confidence.HIGH, source)
    return None
