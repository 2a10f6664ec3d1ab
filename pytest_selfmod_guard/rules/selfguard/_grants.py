"""What settings of agents and editors grant that they did not, and hold back no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules._yaml import Tree
from pytest_selfmod_guard.rules.selfguard._hook_changes import Told
from pytest_selfmod_guard.rules.selfguard._watch import never_fails

_ALLOWS = re.compile(
    r"allow|allowed-?_?tools|auto-?approve|always-?allow|additional-?directories|trusted-?folders"
    r"|core-?tools|allowed-?commands|excluded-?commands|allow-?(?:write|read)|allowed-?domains"
    r"|enabledmcpjsonservers|chat\.tools\.\S*autoapprove"
)
_HOLDS = re.compile(
    r"deny|ask|(?:disallowed|exclude)-?tools|deny-?(?:read|write)|(?:denied|blocked)-?commands"
    r"|disabledmcpjsonservers|forbidden|exclude"
)
_HARMLESS = re.compile(
    r"""
    (?:read|grep|glob|ls|websearch|todowrite|task|notebookread|skill)\b.*
    | webfetch\(domain:[\w.-]+\)
    | (?:(?:bash|shell|run_shell_command)\()? (?:[a-z_]+=\w+\ )*
      (?:(?:uv|poetry|pdm|hatch)\ run\ |uvx\ )? (?:python3?\ -m\ )?
      (?:pytest|ruff|mypy|pyright|black|isort|flake8|pylint|bandit|tox|nox|coverage|make|just|ls|cat
        |head|tail|grep|rg|tree|wc|pwd|which|fd|jq|selfmod-guard\ check|pre-commit\ run
        |git\ (?:status|diff|log|show|grep|branch|blame|ls-files|rev-parse|add|fetch)
        |gh\ (?:pr|issue|run|repo|release|search)\ (?:view|list|diff|checks|status))
      (?:[\ :*][^;&|`$<>]*)? \)?
    """,
    re.VERBOSE,
)
_BROAD = re.compile(
    r"""
    \*+ | mcp__\*.* | / | /.* | ~.* | \.\.
    | (?:bash|shell|terminal|run_shell_command|edit|write|multiedit|webfetch|computer)
      (?:\(:?\**:?\**\))?
    | (?:edit|write)\((?:\*|/|~|\./\*\*|\.claude|\.git).*
    | (?:(?:bash|shell|run_shell_command)\()?
      (?:sudo|rm|curl|wget|ba?sh|zsh|sh|eval|ssh|scp|nc|chmod|chown|dd|docker|kubectl|npx|perl|ruby
        |node|env|xargs|git|gh|git\ (?:push|commit|config|reset|rebase|checkout|update-ref|clean
        |filter-branch|commit-tree)|gh\ (?:api|pr\ merge|auth|secret)|python3?(?:\ -c)?
        |pip3?\ install|pre-commit\ uninstall|selfmod-guard.*)
      (?:[\ :*/].*)? \)?
    """,
    re.VERBOSE,
)
_SERVERS = frozenset(("mcpservers", "servers", "mcp_servers", "mcp", "context_servers"))
_COMMANDS = frozenset(("command", "args", "url", "httpurl", "bash", "cmd", "script"))
_RUN_BY_ITSELF = re.compile(
    r"apikeyhelper|statusline|awsauthrefresh|awscredentialexport|\w*headershelper|initializecommand"
)
_CONTAINER = frozenset(("runargs", "mounts", "capadd", "securityopt"))
_DANGEROUS = re.compile(
    r"\bcurl\b|\bwget\b|base64|\bnc\b|\beval\b|https?://|/dev/tcp|\brm -|--no-verify|hookspath"
    r"|python3? -c|docker\.sock|\.ssh\b|--privileged|--network[= ]host|--cap-add|seccomp[=:]unconf"
)
_ENVIRONMENT = re.compile(
    r"pythonpath|pythonstartup|pythonhome|ld_\w+|dyld_\w+|path|\w*_base_url|pre_commit\w*|skip"
    r"|husky\w*|node_options|pytest_addopts|selfmod\w*|git_\w+|pip_\w+|uv_index\w*|\w+_proxy|bash_env"
    r"|claude_code_\w+"
)
_LAX: Mapping[str, str] = {
    "defaultmode": "bypasspermissions|acceptedits|dontask|auto",
    "approval_policy": "never|on-failure", "sandbox_mode": "danger-full-access",
    "approvalmode": "yolo|auto_?edit|never", "chat.tools.autoapprove": "true",
    "chat.tools.global.autoapprove": "true", "enableallprojectmcpservers": "true",
    "skipdangerousmodepermissionprompt": "true", "trust": "true", "yolo": "true",
    "autoaccept": "true", "disableallhooks": "true", "network_access": "true", "yes-always": "true",
    "git-commit-verify": "false", "auto-test": "false", "auto-lint": "false", "privileged": "true",
    "runon": "folderopen", "task.allowautomatictasks": "on|true", "alwaysapprove": "true",
    "security.workspace.trust.enabled": "false", "git.allownoverifycommit": "true",
    "sandbox": "false|none|off", "allowunsandboxedcommands": "true", "permission": "allow",
    "autoallowbashifsandboxed": "true", "full_auto": "true", "autorun": "true",
    "bypasspermissions": "true", "dangerouslyskippermissions": "true", "bash": "allow",
    "edit": "allow", "webfetch": "allow", "auto_approve": "true",
}  # fmt: skip
_GUARDS = frozenset(
    ("disablebypasspermissionsmode", "allowmanagedhooksonly", "git-commit-verify", "auto-test",
     "sandbox", "failifunavailable")
)  # fmt: skip


class Leaf(NamedTuple):
    """One value, and the keys that lead to it, in small letters."""

    keys: tuple[str, ...]
    value: str

    @property
    def name(self) -> str:
        return self.keys[-1] if self.keys else ""


def leaves(tree: Tree | None, keys: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Give every value of a tree."""
    if isinstance(tree, str):
        yield Leaf(keys, tree)
    elif isinstance(tree, dict):
        for key, part in tree.items():
            yield from leaves(part, (*keys, key.lower()))
    else:
        for part in tree or ():
            yield from leaves(part, keys)


def changes(old: Tree | None, new: Tree | None) -> Iterator[Told]:
    """Say what is granted that was not, and what is held back no more."""
    before, after = Counter(leaves(old)), Counter(leaves(new))
    for leaf in sorted((after - before).elements()):
        if told := _gained(leaf):
            yield told
    stay = {leaf.keys for leaf in after}
    for leaf in sorted((before - after).elements()):
        if told := _lost(leaf, is_replaced=leaf.keys in stay):
            yield told


def _gained(leaf: Leaf) -> Told | None:
    value, shown = leaf.value.strip().lower(), f"{'.'.join(leaf.keys)} = {leaf.value[:60]!r}"
    if leaf.name in _LAX and re.fullmatch(_LAX[leaf.name], value):
        return Told(Risk.HIGH, f"{shown} takes a question or a limit away")
    if any(map(_ALLOWS.fullmatch, leaf.keys)):
        return Told(_grant(value), f"{shown} is granted")
    risk = _risk_of_running(leaf, value)
    return Told(risk, f"{shown} decides what is run, unasked") if risk else None


def _risk_of_running(leaf: Leaf, value: str) -> Risk | None:
    """Rate a value by which something runs that nobody asked for in the session."""
    if _RUN_BY_ITSELF.search(" ".join(leaf.keys)) or _is_environment(leaf):
        return Risk.HIGH
    if not _SERVERS.isdisjoint(leaf.keys) and leaf.name in _COMMANDS:
        return Risk.HIGH
    if "hooks" in leaf.keys and leaf.name in _COMMANDS | {"prompt"}:
        return Risk.HIGH if _DANGEROUS.search(value) or never_fails(value) else Risk.MEDIUM
    if leaf.name in _CONTAINER and _DANGEROUS.search(value):
        return Risk.HIGH
    return Risk.MEDIUM if "command" in leaf.name else None


def _lost(leaf: Leaf, *, is_replaced: bool) -> Told | None:
    shown = f"{'.'.join(leaf.keys)} = {leaf.value[:60]!r}"
    if any(map(_HOLDS.fullmatch, leaf.keys)):
        return Told(Risk.HIGH, f"{shown} is held back no more")
    if "hooks" in leaf.keys and leaf.name in _COMMANDS:
        risk = Risk.MEDIUM if is_replaced else Risk.HIGH
        return Told(risk, f"the hook {shown} is gone")
    if (leaf.name in _GUARDS or "sandbox" in leaf.keys) and leaf.value in ("true", "disable"):
        return Told(Risk.HIGH, f"{shown} is gone")
    return None


def _grant(value: str) -> Risk:
    if _HARMLESS.fullmatch(value):
        return Risk.LOW
    return Risk.HIGH if _BROAD.fullmatch(value) else Risk.MEDIUM


def _is_environment(leaf: Leaf) -> bool:
    is_env = any(key.endswith("env") or ".env" in key for key in leaf.keys[:-1])
    return is_env and _ENVIRONMENT.fullmatch(leaf.name) is not None
