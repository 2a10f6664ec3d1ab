"""SMG412: an agent or an editor is allowed more, or is watched less."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules._moved import Moved, moved
from pytest_selfmod_guard.rules._yaml import Tree, Unreadable, read
from pytest_selfmod_guard.rules.selfguard._agent_files import is_settings
from pytest_selfmod_guard.rules.selfguard._grants import changes
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._json import plain_tree, read_json
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs, text_of
from pytest_selfmod_guard.view import Side, View

_NAMED = 3


@change_rule(
    "SMG412",
    risk=Risk.HIGH,
    hint="take the change of these settings back; say what you would be allowed to do, or which "
    "hook is in the way and why, and leave it to a person",
)
def agent_set_free(view: View) -> Iterable[Sighting]:
    """
    An agent or an editor is allowed more, asked less, or watched less.

    What an agent may do without a question, which servers it talks to and
    which hooks see its edits stand in files of the project: `.claude/`,
    `.cursor/`, `.codex/`, `.gemini/`, `.vscode/`, `.mcp.json`, `.devcontainer/`
    and the like. They are compared value by value. Broad permissions, a mode
    without questions, a new server, what starts when a folder is opened, a
    variable that decides what is run, a deny rule or a hook that goes: each
    needs a person's approval. A new hook of the project's own and a narrow
    permission are a warning; reading, searching and running the tests is
    granted in silence, and so is any rule more.

    Flagged: a mode that asks nobody
        === .claude/settings.json
        - {"permissions": {"deny": ["Bash(git push:*)"]}}
        + {"permissions": {"deny": ["Bash(git push:*)"], "defaultMode": "bypassPermissions"}}

    Flagged: any command
        === .claude/settings.local.json
        + {"permissions": {"allow": ["Bash(*)"]}}

    Flagged: a hook is dropped
        === .claude/settings.json
        - {"hooks": {"PreToolUse": [{"hooks": [{"command": "selfmod-guard agent-hook"}]}]}}
        + {"hooks": {}}

    Flagged: a server nobody knows
        === .mcp.json
        + {"mcpServers": {"helper": {"command": "npx", "args": ["-y", "helper-mcp"]}}}

    Flagged: it runs when the folder is opened
        === .vscode/tasks.json
        + {"tasks": [{"label": "a", "command": "true", "runOptions": {"runOn": "folderOpen"}}]}

    Flagged: in TOML
        === .codex/config.toml
        - approval_policy = "on-request"
        + approval_policy = "never"

    Flagged: a hook of the project's own is new [medium]
        === .claude/settings.json
        + {"hooks": {"PostToolUse": [{"hooks": [{"command": "ruff check ."}]}]}}

    Allowed: running the tests and reading
        === .claude/settings.json
        - {"permissions": {"allow": ["Bash(pytest:*)"]}}
        + {"permissions": {"allow": ["Bash(pytest:*)", "Bash(uv run ruff:*)", "Read(docs/**)"]}}

    Allowed: more is denied
        === .claude/settings.json
        - {"permissions": {"deny": []}}
        + {"permissions": {"deny": ["Bash(curl:*)"]}}

    Allowed: a folder moves, and is held back where it is now
        === .claude/settings.json
        - {"permissions": {"deny": ["Edit(tests/golden/**)"]}}
        + {"permissions": {"deny": ["Edit(test/golden/**)"]}}
        === tests/golden/total.txt
        - 3
        === test/golden/total.txt
        + 3

    Allowed: the looks of an editor
        === .vscode/settings.json
        - {"editor.rulers": [88]}
        + {
        +   // wider, as ruff has it
        +   "editor.rulers": [100],
        + }
    """
    for pair in pairs(view):
        if not is_settings(pair.path):
            continue
        worst: dict[Risk, list[str]] = {}
        for told in _changes(pair, moved(view)):
            worst.setdefault(told.risk, []).append(told.message)
        for risk, said in worst.items():
            yield Sighting(0, "; ".join(said[:_NAMED]), path=pair.path, risk=risk)


def _changes(pair: Pair, gone: Moved) -> Iterator[Told]:
    old, new = _tree(pair.old, gone), _tree(pair.new)
    if new is None and pair.new is not None:
        yield Told(Risk.HIGH, "the settings cannot be read")
    else:
        yield from changes(old, new)


def _tree(side: Side | None, gone: Moved | None = None) -> Tree | None:
    text = text_of(side)
    if side is None or text is None:
        return None
    # What holds a folder back does so under its new name, where the folder moved as a whole.
    text = gone.renamed(text) if gone else text
    try:
        if side.path.endswith(".toml"):
            return plain_tree(tomllib.loads(text))
        return read(text) if side.path.endswith((".yml", ".yaml")) else read_json(text)
    except (ValueError, Unreadable, RecursionError):
        return None
