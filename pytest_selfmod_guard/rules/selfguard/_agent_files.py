"""The files by which coding agents and editors are told what to do, and what they may do."""

from __future__ import annotations

import re

_TEXT = re.compile(
    r"(?:.*/)?(?:claude(?:\.local)?|agents?|gemini|qwen|copilot|warp|codex|jules|skill)\.md"
    r"|(?:.*/)?\.(?:cursorrules|windsurfrules|clinerules|roorules|goosehints|rules|junierules|aiderrules)"
    r"|(?:.*/)?\.(?:cursor|windsurf|clinerules|roo|kiro|continue|amazonq|augment|trae|junie|claude|agents"
    r"|codex|gemini|opencode|qwen|factory|goose)/.*\.(?:mdc?|txt|prompt)"
    r"|(?:.*/)?\.github/(?:copilot-instructions\.md|(?:instructions|prompts|agents|chatmodes)/.*\.md)"
    r"|(?:.*/)?conventions\.md",
    re.IGNORECASE,
)
_SETTINGS = re.compile(
    r"(?:.*/)?\.(?:claude|cursor|codex|gemini|qwen|vscode|roo|kiro|amazonq|windsurf|opencode|continue"
    r"|devcontainer|zed|factory|trae|augment|goose|copilot)/.*\.(?:json|jsonc|json5|toml|ya?ml)"
    r"|(?:.*/)?\.github/(?:copilot|hooks)/.*\.json"
    r"|(?:.*/)?\.?(?:mcp|claude|opencode|devcontainer|mcp_settings)\.jsonc?"
    r"|(?:.*/)?\.aider\.(?:conf|model\.settings)\.yml|(?:.*/)?[\w-]+\.code-workspace",
    re.IGNORECASE,
)


def is_instructions(path: str) -> bool:
    """Tell whether agents read a file as what they should do."""
    return _TEXT.fullmatch(path) is not None


def is_settings(path: str) -> bool:
    """Tell whether agents or editors read a file for what they may do and run."""
    return _SETTINGS.fullmatch(path) is not None
