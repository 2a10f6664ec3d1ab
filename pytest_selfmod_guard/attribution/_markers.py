"""
What coding agents leave behind, as data: to add a marker is to add one line here.

Words are in lower case. What is listed is what an agent itself sets or writes.
Left out on purpose is what stands also in a terminal that a person works in
(``CURSOR_TRACE_ID``, ``REPL_ID``, ``ZED_TERM``, ``TERM_PROGRAM``), what is
somebody's configuration (``GOOSE_PROVIDER``, ``COPILOT_MODEL``), and machines
that write no code of their own (dependabot, renovate, pre-commit.ci, GitHub's
own actions): they run a fixed program, and are unknown authors here.
"""

from __future__ import annotations

from pytest_selfmod_guard.model import Confidence

HIGH, MEDIUM = Confidence.HIGH, Confidence.MEDIUM

VARIABLES = (
    ("CLAUDECODE", "Claude Code", HIGH),
    ("CLAUDE_CODE", "Claude Code", HIGH),
    ("CLAUDE_CODE_CHILD_SESSION", "Claude Code", HIGH),
    ("CLAUDE_CODE_ENTRYPOINT", "Claude Code", HIGH),
    ("CODEX_SANDBOX", "Codex", HIGH),
    ("CODEX_SANDBOX_NETWORK_DISABLED", "Codex", HIGH),
    ("CODEX_THREAD_ID", "Codex", HIGH),
    ("CODEX_CI", "Codex", HIGH),
    ("CURSOR_AGENT", "Cursor", HIGH),
    ("GEMINI_CLI", "Gemini CLI", HIGH),
    ("QWEN_CODE", "Qwen Code", HIGH),
    ("COPILOT_CLI", "Copilot", HIGH),
    ("OPENCODE", "OpenCode", HIGH),
    ("CLINE_ACTIVE", "Cline", HIGH),
    ("ROO_ACTIVE", "Roo Code", HIGH),
    ("AUGMENT_AGENT", "Augment", HIGH),
    ("ANTIGRAVITY_AGENT", "Antigravity", HIGH),
    ("GROK_SESSION_ID", "Grok", HIGH),
    ("AMP_CURRENT_THREAD_ID", "Amp", HIGH),
    ("CRUSH", "Crush", HIGH),
    ("GOOSE_TERMINAL", "Goose", HIGH),
    ("JUNIE_DATA", "Junie", HIGH),
    ("JUNIE_SHIM_PATH", "Junie", HIGH),
    ("KIMI_PLUGIN_ROOT", "Kimi", HIGH),
    ("PI_CODING_AGENT", "Pi", HIGH),
    ("TRAE_AI_SHELL_ID", "Trae", HIGH),
    ("OPENCLAW_SHELL", "OpenClaw", HIGH),
    ("AI_AGENT", "", HIGH),
    ("AGENT", "", MEDIUM),
)
"""Variable of the environment, the agent that sets it, confidence; without a
name the value is the name. Set for what the agent runs, and for nobody else."""

USUAL_VARIABLES = frozenset(("AGENT",))
"""Those of them that others set too, for machinery of their own."""

MACHINERY = ("ssh-agent", "gpg-agent", "jenkins", "buildkite", "teamcity", "bamboo", "vsts-agent")
"""How the name of such machinery begins."""

ADDRESSES = {
    "noreply@anthropic.com": "Claude",
    "claude@anthropic.com": "Claude",
    "claude@users.noreply.github.com": "Claude",
    "cursoragent@cursor.com": "Cursor",
    "ai@cursor.sh": "Cursor",
    "noreply@cursor.com": "Cursor",
    "noreply@openai.com": "Codex",
    "codex@openai.com": "Codex",
    "aider@aider.chat": "aider",
    "noreply@aider.chat": "aider",
    "copilot@github.com": "Copilot",
    "openhands@all-hands.dev": "OpenHands",
    "openhands@openhands.dev": "OpenHands",
    "amp@ampcode.com": "Amp",
    "noreply@ampcode.com": "Amp",
    "noreply@opencode.ai": "OpenCode",
    "crush@charm.land": "Crush",
    "noreply@cline.bot": "Cline",
    "noreply@windsurf.com": "Windsurf",
    "noreply@continue.dev": "Continue",
    "agent@warp.dev": "Warp",
    "oz-agent@warp.dev": "Warp",
    "junie@jetbrains.com": "Junie",
    "noreply@kiro.dev": "Kiro",
    "qwen-coder@alibabacloud.com": "Qwen Code",
    "it+v0agent@vercel.com": "v0",
    "grok@x.ai": "Grok",
    "noreply@x.ai": "Grok",
    "noreply@google-gemini.com": "Gemini",
    "noreply@factory.ai": "Droid",
}
"""Address of an author, a committer or in a trailer, and the agent that it is of."""

ACCOUNTS = {
    "claude[bot]": "Claude",
    "anthropic-code-agent[bot]": "Claude",
    "cursor[bot]": "Cursor",
    "cursoragent": "Cursor",
    "copilot": "Copilot",
    "copilot[bot]": "Copilot",
    "copilot-swe-agent": "Copilot",
    "copilot-swe-agent[bot]": "Copilot",
    "openai-codex[bot]": "Codex",
    "openai-code-agent[bot]": "Codex",
    "chatgpt-codex-connector[bot]": "Codex",
    "devin-ai-integration[bot]": "Devin",
    "gemini-code-assist[bot]": "Gemini",
    "gemini-cli[bot]": "Gemini CLI",
    "google-labs-jules[bot]": "Jules",
    "openhands-agent": "OpenHands",
    "openhands-ai[bot]": "OpenHands",
    "opencode-agent[bot]": "OpenCode",
    "factory-droid[bot]": "Droid",
    "amazon-q-developer[bot]": "Amazon Q",
    "kiro-agent[bot]": "Kiro",
    "jetbrains-junie[bot]": "Junie",
    "junie-eap[bot]": "Junie",
    "augmentcode[bot]": "Augment",
    "roomote[bot]": "Roo Code",
    "kiloconnect[bot]": "Kilo Code",
    "continue[bot]": "Continue",
    "sweep-ai[bot]": "Sweep",
    "sweep-nightly[bot]": "Sweep",
    "codegen-sh[bot]": "Codegen",
    "codeflash-ai[bot]": "Codeflash",
    "coderabbitai[bot]": "CodeRabbit",
    "ellipsis-dev[bot]": "Ellipsis",
    "seer-by-sentry[bot]": "Seer",
    "qodo-merge-pro[bot]": "Qodo",
    "cubic-dev-ai[bot]": "Cubic",
    "gpt-engineer-app[bot]": "Lovable",
    "lovable-dev[bot]": "Lovable",
    "v0[bot]": "v0",
    "warp-agent[bot]": "Warp",
}
"""Account of an agent on GitHub: as a name, or in an address such as
``1+NAME@users.noreply.github.com``. The number in front is not looked at."""

NAMES = {
    "claude": "Claude",
    "claude code": "Claude Code",
    "claudecode": "Claude Code",
    "anthropic claude": "Claude",
    "codex": "Codex",
    "openai codex": "Codex",
    "chatgpt": "ChatGPT",
    "gpt": "ChatGPT",
    "openai gpt": "ChatGPT",
    "cursor": "Cursor",
    "copilot": "Copilot",
    "github copilot": "Copilot",
    "gemini": "Gemini",
    "google gemini": "Gemini",
    "gemini cli": "Gemini CLI",
    "antigravity": "Antigravity",
    "aider": "aider",
    "opencode": "OpenCode",
    "openhands": "OpenHands",
    "qwen": "Qwen Code",
    "qwen coder": "Qwen Code",
    "deepseek": "DeepSeek",
    "grok": "Grok",
    "kimi": "Kimi",
    "glm": "GLM",
    "windsurf": "Windsurf",
    "amazon q": "Amazon Q",
    "roo code": "Roo Code",
    "kilo code": "Kilo Code",
    "coderabbit": "CodeRabbit",
    "openclaw": "OpenClaw",
    "cline": "Cline",
    "kiro": "Kiro",
    "junie": "Junie",
    "crush": "Crush",
    "goose": "Goose",
    "amp": "Amp",
    "warp": "Warp",
    "zed": "Zed",
    "sweep": "Sweep",
    "jules": "Jules",
    "devin": "Devin",
    "factory droid": "Droid",
    "droid": "Droid",
    "continue": "Continue",
    "augment": "Augment",
    "replit": "Replit",
    "replit agent": "Replit",
    "lovable": "Lovable",
    "cascade": "Windsurf",
}
"""How an agent is called where a message says who wrote it."""

PEOPLES_NAMES = frozenset(
    ("devin", "jules", "junie", "kimi", "kiro", "cline", "amp", "goose", "warp", "zed", "sweep")
) | {"continue", "crush", "droid", "cascade", "lovable", "replit", "augment", "cursor", "grok"}
"""Those of the names that are a person's, a handle or a word as well, so that a trailer without
an address says nothing by them. "Claude" without one is what agents write."""

MODELS = frozenset(
    ("opus", "sonnet", "haiku", "fable", "mythos", "code", "agent", "ai", "bot", "cli", "assist")
) | {"assistant", "coder", "composer", "thinking", "codex", "subagent"}
"""Words that stand behind an agent's name, and behind no person's."""

GRADES = frozenset(
    ("pro", "flash", "max", "mini", "nano", "turbo", "lite", "high", "medium", "low", "xhigh")
) | {"preview", "latest", "fast", "auto", "context", "cloud", "web", "app", "desktop", "ide"}
"""Words that stand behind an agent's name, and behind a person's too."""

WRITERS = frozenset(
    ("co-authored-by", "co-developed-by", "authored-by", "written-by", "signed-off-by")
)
"""Trailers that name a person who has written some of it, which may be none."""

TOOLS = frozenset(
    ("assisted-by", "ai-assisted-by", "generated-by", "ai-generated-by", "generated-with")
) | {"made-with", "made-by", "built-with", "ai-agent", "coding-agent", "agent"}
"""Trailers that name a tool."""

TRAILERS = {
    "claude-session": "Claude Code",
    "claude-code-session": "Claude Code",
    "amp-thread-id": "Amp",
    "agent-logs-url": "Copilot",
    "codex-session": "Codex",
    "codex-thread-id": "Codex",
    "replit-commit-session-id": "Replit",
    "kiro-session-id": "Kiro",
    "droid-session-id": "Droid",
}
"""Trailers that only one agent writes, whatever they say."""

SESSIONS = {
    "https://claude.ai/code/session_": "Claude Code",
    "https://claude.ai/code/scheduled/": "Claude Code",
    "https://chatgpt.com/codex/tasks/": "Codex",
    "https://app.devin.ai/sessions/": "Devin",
    "https://ampcode.com/threads/": "Amp",
    "https://jules.google.com/task/": "Jules",
    "https://cursor.com/agents": "Cursor",
}
"""How an address begins that stands on a line of its own: the conversation it came from."""
