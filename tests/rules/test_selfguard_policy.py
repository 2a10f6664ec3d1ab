"""Changes of the guard's own policy, and changes beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import SUBMODULE, SYMLINK, Blob, Finding, Risk
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules.selfguard._strictness import (
    STRICTER,
    UNDIRECTED,
    _leaves,
    differences,
)

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG401"
SHARED, OWN = "pyproject.toml", "selfmod-guard.toml"
TABLE = "[tool.selfmod-guard]\n"
PROJECT = '[project]\nname = "shop"\n\n'


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


WEAKER = [
    ("mode = 'enforce'", "mode = 'warn'"),
    ("block-at = 'high'", "block-at = 'critical'"),
    ("block-at = 'medium'", ""),
    ("limits.max-files = 5", "limits.max-files = 6"),
    ("limits.max-files = 2", ""),
    ("limits.max-changed-chars = 100", "limits.max-changed-chars = 99999999"),
    ("limits.modifications-window = '5m'", "limits.modifications-window = '1s'"),
    ("rate.window = '1h'", "rate.window = '59m'"),
    ("breaker.failure-threshold = 5", "breaker.failure-threshold = 500"),
    ("breaker.failures = ['crashed']", "breaker.failures = []"),
    ("health.min-score = 80", "health.min-score = 1"),
    ("health.max-cpu-percent = 90", "health.max-cpu-percent = 100"),
    ("backups.keep-for = '7d'", "backups.keep-for = '1s'"),
    ("trial.enabled = true", "trial.enabled = false"),
    ("trial.require = 'boxed'", "trial.require = 'none'"),
    ("trial.accept = 'full'", "trial.accept = 'quick'"),
    ("trial.memory = '4GiB'", "trial.memory = '64GiB'"),
    ("trial.allow = []", "trial.allow = ['tcp:0.0.0.0:1']"),
    ("trial.environment = []", "trial.environment = ['TOKEN']"),
    ("trial.command = ['pytest']", "trial.command = ['true']"),
    ("protect.paths = ['a', 'b']", "protect.paths = ['a']"),
    ("rules.off = []", "rules.off = ['SMG301']"),
    ("rules.risk = {}", "rules.risk = {SMG301 = 'low'}"),
    ("rules.risk = {SMG301 = 'critical'}", "rules.risk = {SMG301 = 'high'}"),
    ("rules.risk = {SMG301 = 'critical'}", ""),
    ("rules.local = []", "rules.local = ['evil']"),
    ("actors.unknown = 'agent'", "actors.unknown = 'human'"),
    ("actors.trailers = 'require'", "actors.trailers = 'ignore'"),
    ("approvals.allowed-signers = 'a'", "approvals.allowed-signers = 'b'"),
    ("approvals.revoked-keys = 'a'", ""),
    ("journal = ''", "journal = 'postgresql://elsewhere/x'"),
    ("notify = []", "notify = ['curl', 'https://example.com']"),
    ("limits.max-files = 5", "limits.max-files = 1\nlimits.range-factor = 1000"),
]


@pytest.mark.parametrize("name", [SHARED, OWN])
@pytest.mark.parametrize(("old", "new"), WEAKER)
def test_a_weaker_policy(ask: Ask, name: str, old: str, new: str) -> None:
    """A key that may have become weaker denies, in either file."""
    head = PROJECT + TABLE if name == SHARED else ""
    found = ask(RULE, {name: f"{head}{old}\n"}, {name: f"{head}{new}\n"})
    assert worst(found) == Risk.HIGH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode = 'warn'", "mode = 'enforce'"),
        ("block-at = 'high'", "block-at = 'low'"),
        ("limits.max-files = 5", "limits.max-files = 4"),
        ("", "limits.max-files = 4"),
        ("", "limits.max-files = 5"),
        ("health.min-score = 80", "health.min-score = 90"),
        ("protect.paths = ['a']", "protect.paths = ['b', 'a']"),
        ("rules.off = ['SMG301', 'SMG302']", "rules.off = ['SMG302']"),
        ("rules.risk = {SMG301 = 'low'}", "rules.risk = {SMG301 = 'medium'}"),
        ("rules.risk = {SMG301 = 'none'}", ""),
        ("", "rules.risk = {SMG301 = 'critical'}"),
        ("trial.require = 'watched'", "trial.require = 'sealed'"),
        ("actors.unknown = 'human'", "actors.unknown = 'agent'"),
        ("rate.window = '1m'", "rate.window = '60s'"),
    ],
)
def test_a_stricter_policy(ask: Ask, old: str, new: str) -> None:
    """A policy that is as strict in every key is a note, and not silent."""
    found = ask(RULE, {SHARED: f"{TABLE}{old}\n"}, {SHARED: f"{TABLE}{new}\n"})
    assert worst(found) == Risk.LOW


def test_every_key_has_a_direction_or_a_reason_for_none() -> None:
    """A key that is added to the policy must be added here, or it would count as undirected."""
    keys = {key for key, _ in _leaves(Policy())}
    assert keys == STRICTER.keys() | UNDIRECTED
    assert not STRICTER.keys() & UNDIRECTED


def test_no_default_differs_from_itself() -> None:
    """Two equal policies have no difference, whatever their mutable parts."""
    assert differences(Policy(), Policy()) == []


LOST: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "the table": ({SHARED: PROJECT + TABLE}, {SHARED: PROJECT}),
    "the file": ({SHARED: TABLE}, {}),
    "the own file": ({OWN: ""}, {}),
    "the own file, empty": ({OWN: "mode = 'enforce'\n"}, {OWN: "mode = 'warn'\n"}),
    "a table in a folder": ({f"a/b/{SHARED}": TABLE}, {f"a/b/{SHARED}": PROJECT}),
    "to TOML that does not parse": ({SHARED: TABLE}, {SHARED: TABLE + "= = =\n"}),
    "to a key twice": ({SHARED: TABLE}, {SHARED: TABLE + "mode = 'warn'\nmode = 'warn'\n"}),
    "to a table twice": ({SHARED: TABLE}, {SHARED: TABLE + TABLE}),
    "to an unknown key": ({SHARED: TABLE}, {SHARED: TABLE + "modus = 'warn'\n"}),
    "to a wrong type": ({SHARED: TABLE}, {SHARED: TABLE + "mode = 7\n"}),
    "to a number out of range": ({SHARED: TABLE}, {SHARED: TABLE + "limits.max-files = 0\n"}),
    "to another name": ({SHARED: TABLE}, {SHARED: "[tool.selfmod_guard]\n"}),
    "to no table": ({SHARED: TABLE}, {SHARED: "tool.selfmod-guard = 1\n"}),
    "to deep nesting": ({SHARED: TABLE}, {SHARED: f"{TABLE}notify = {'[' * 5000}{']' * 5000}\n"}),
    "to a comment": ({SHARED: TABLE}, {SHARED: "# " + TABLE}),
    "to another file": ({SHARED: TABLE}, {"pyproject.toml.old": TABLE}),
    "to an escaped name": ({SHARED: TABLE}, {SHARED: '[tool."self\\u006dod-guard"]\n'}),
}


@pytest.mark.parametrize(("old", "new"), LOST.values(), ids=LOST)
def test_a_policy_is_lost(ask: Ask, old: dict[str, str], new: dict[str, str]) -> None:
    """Whatever takes the policy away, or makes it unusable, denies."""
    assert worst(ask(RULE, old, new)) == Risk.HIGH


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe[\0t\0",
        b"[tool.selfmod-guard]\n\0",
        b"[tool.selfmod-guard]\nmode = '\xff'\n",
        b"[tool.selfmod-guard]\n" + b"#" * (5 << 20),
        b"\xef\xbb\xbf[tool.selfmod-guard]\n",
    ],
    ids=["UTF-16", "NUL", "not UTF-8", "5 MiB", "byte order mark"],
)
@pytest.mark.parametrize("name", [SHARED, OWN])
def test_a_policy_becomes_unreadable(ask: Ask, name: str, data: bytes) -> None:
    """Bytes that are no policy do not pass for one."""
    assert worst(ask(RULE, {name: TABLE if name == SHARED else ""}, {name: data})) == Risk.HIGH


@pytest.mark.parametrize("mode", [SYMLINK, SUBMODULE])
@pytest.mark.parametrize("name", [SHARED, OWN])
def test_something_else_in_the_place_of_a_policy(
    ask: Ask, blob: Callable[..., Blob], name: str, mode: int
) -> None:
    """A link or a submodule is no policy, even if a file of that name is at its end."""
    new = blob("other.toml", mode) if mode == SYMLINK else blob(None, mode)
    assert worst(ask(RULE, {name: TABLE if name == SHARED else ""}, {name: new})) == Risk.HIGH


def test_a_second_policy_beside_the_first(ask: Ask) -> None:
    """Two policies in a folder are none, and the first need not be in the change to count."""
    found = ask(RULE, {SHARED: TABLE}, {SHARED: TABLE, OWN: "block-at = 'low'\n"})
    assert worst(found) == Risk.HIGH
    assert "twice" in found[0].message


def test_a_policy_that_moves_unchanged(ask: Ask) -> None:
    """From one of the two files to the other it is the same policy."""
    found = ask(RULE, {SHARED: TABLE + "block-at = 'low'\n"}, {OWN: "block-at = 'low'\n"})
    assert worst(found) == Risk.LOW


def test_a_weaker_policy_for_a_folder_below(ask: Ask) -> None:
    """A folder's own first policy must not be weaker than the one above it."""
    old = {SHARED: TABLE + "limits.max-files = 3\n"}
    new = {**old, f"sub/{OWN}": "limits.max-files = 4\n"}
    assert worst(ask(RULE, old, new)) == Risk.HIGH
    new = {**old, f"sub/{OWN}": "limits.max-files = 2\n"}
    assert worst(ask(RULE, old, new)) == Risk.LOW


@pytest.mark.parametrize(
    ("new", "risk"),
    [
        (TABLE, Risk.LOW),
        (TABLE + "block-at = 'low'\nnotify = ['say']\n", Risk.LOW),
        (TABLE + "limits.max-files = 6\n", Risk.HIGH),
        (TABLE + "mode = 'warn'\n", Risk.HIGH),
        (TABLE + "limits.max-files = 'six'\n", Risk.HIGH),
    ],
)
def test_the_first_policy_of_a_project(ask: Ask, new: str, risk: Risk) -> None:
    """A first table is a note; laxer than the defaults, or unusable, it is denied."""
    assert worst(ask(RULE, {SHARED: PROJECT}, {SHARED: PROJECT + new})) == risk


HOOK = "repos: [{repo: https://x/selfmod-guard, rev: v1.0.0, hooks: [{id: selfmod-guard}]}]\n"
CI = "on: push\njobs: {guard: {steps: [{run: selfmod-guard check}]}}\n"
RUNNERS = {
    ".pre-commit-config.yaml": HOOK,
    ".pre-commit-config.yml": HOOK,
    "prek.toml": "[[repos]]\nrepo = 'x/selfmod-guard'\nhooks = [{id = 'selfmod-guard'}]\n",
    ".husky/pre-commit": "selfmod-guard check --staged\n",
    ".github/workflows/ci.yml": CI,
    ".gitlab-ci.yml": "guard: {script: [selfmod-guard check]}\n",
}


@pytest.mark.parametrize("path", RUNNERS)
@pytest.mark.parametrize("table", [SHARED, OWN, f"a/{OWN}"])
def test_the_first_policy_beside_a_hook(ask: Ask, path: str, table: str) -> None:
    """Where the guard was at work the defaults held, and a first table must not be laxer."""
    old, lax = {path: RUNNERS[path]}, TABLE if table == SHARED else ""
    new = {**old, table: lax + "mode = 'warn'\n"}
    assert worst(ask(RULE, old, new)) == Risk.HIGH
    assert worst(ask(RULE, {}, new)) == Risk.MEDIUM
    moved = {**new, path: RUNNERS[path] + "# more\n"}
    assert worst(ask(RULE, old, moved)) == Risk.HIGH
    strict = {**old, table: lax + "mode = 'enforce'\nblock-at = 'low'\n"}
    assert worst(ask(RULE, old, strict)) == Risk.LOW


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos: []  # selfmod-guard\n"),
        (".github/workflows/ci.yml", "on: push  # selfmod-guard\n"),
        (".github/workflows/ci.yml", "on: [  # selfmod-guard\n"),
        (".husky/pre-commit", "# selfmod-guard\n"),
        ("README.md", "selfmod-guard\n"),
    ],
)
def test_a_word_about_us_is_no_adoption(ask: Ask, path: str, text: str) -> None:
    """Only what runs the guard makes a lax first table a part of its adoption."""
    assert worst(ask(RULE, {}, {OWN: "mode = 'warn'\n", path: text})) == Risk.HIGH


def test_a_second_hook_is_no_adoption(ask: Ask) -> None:
    """Where one hook was there, another one beside it excuses nothing."""
    old = {".pre-commit-config.yaml": HOOK}
    new = {**old, OWN: "mode = 'warn'\n", ".github/workflows/ci.yml": CI}
    assert worst(ask(RULE, old, new)) == Risk.HIGH


def test_a_hook_configuration_that_could_not_be_read_counts_as_ours(ask: Ask) -> None:
    """The reader leaves nothing of it but its name, and what it runs is unknown."""
    new = {OWN: "mode = 'warn'\n", ".github/workflows/ci.yml": CI}
    old = {".pre-commit-config.yaml": ""}
    assert worst(ask(RULE, old, {**old, **new})) == Risk.HIGH


def test_a_command_in_the_first_policy_beside_a_hook(ask: Ask) -> None:
    """Nobody can say that another command is as strict as the one that was run until now."""
    old, new = {".pre-commit-config.yaml": HOOK}, {OWN: "trial.command = ['true']\n"}
    assert worst(ask(RULE, old, {**old, **new})) == Risk.HIGH


def test_what_is_laxer_is_named(ask: Ask) -> None:
    """The keys that are laxer than the defaults stand in the message, with both values."""
    (found,) = ask(RULE, {}, {OWN: "limits.max-files = 50\nblock-at = 'low'\n"})
    assert "limits.max-files from 5 to 50" in found.message
    assert "block-at" not in found.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PROJECT + TABLE, PROJECT.replace("shop", "store") + TABLE),
        (TABLE + "[tool.ruff]\nline-length = 88\n", TABLE + "[tool.ruff]\nline-length = 100\n"),
        (TABLE + "mode = 'warn'\n", "# why\n" + TABLE + 'mode = "warn"  # so\n'),
        (TABLE + "mode = 'warn'\nblock-at = 'low'\n", TABLE + "block-at = 'low'\nmode = 'warn'\n"),
        (TABLE + "limits.max-files = 3\n", "[tool.selfmod-guard.limits]\nmax-files = 3\n"),
        (PROJECT, PROJECT + "broken = = \n"),
    ],
    ids=["project", "another tool", "comments", "order", "spelling", "not ours and broken"],
)
def test_what_is_not_ours_is_silent(ask: Ask, old: str, new: str) -> None:
    """Everything in the file but our own table is somebody else's business."""
    assert ask(RULE, {SHARED: old}, {SHARED: new}) == []
