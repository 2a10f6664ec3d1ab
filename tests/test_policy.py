"""The policy of the base: typed, complete, and clear about what does not fit."""

from __future__ import annotations

import pytest

from pytest_selfmod_guard.errors import PolicyError
from pytest_selfmod_guard.model import Base, Risk
from pytest_selfmod_guard.policy import Policy, Tightening, load, seconds, size_in_bytes
from pytest_selfmod_guard.policy_schema import schema


def base(**documents: str) -> Base:
    """Make a base whose documents are given with ``__`` for dots and slashes."""
    names = {"own": "selfmod-guard.toml", "shared": "pyproject.toml",
             "sub_own": "sub/selfmod-guard.toml", "sub_shared": "sub/pyproject.toml"}  # fmt: skip
    return Base("c" * 40, {names[key]: text.encode() for key, text in documents.items()})


def test_without_a_table_the_defaults_judge() -> None:
    """No file, a file without our table, and an empty table mean the same."""
    assert load(base()) == Policy()
    assert load(base(shared="[project]\nname = 'x'\n")) == Policy()
    assert load(base(shared="[tool.selfmod-guard]\n")) == Policy()


def test_the_defaults_are_the_promised_ones() -> None:
    """The numbers of the design are the defaults."""
    policy = Policy()
    assert (policy.limits.max_changed_chars, policy.limits.max_files) == (10_000, 5)
    assert (policy.rate.max_per_window, policy.rate.window) == (10, "1m")
    assert (policy.breaker.failure_threshold, policy.breaker.recovery_timeout) == (5, "5m")
    assert (policy.backups.keep_for, policy.backups.keep_at_most) == ("7d", 50)
    assert policy.denies_at == Risk.HIGH


def test_keys_are_read_from_either_file() -> None:
    """The same keys stand in our own table or at the top of our own file."""
    shared = load(base(shared="[tool.selfmod-guard.limits]\nmax-files = 3\n"))
    own = load(base(own="[limits]\nmax-files = 3\n"))
    assert shared == own
    assert own.limits.max_files == 3


def test_a_folder_of_its_own_comes_before_the_top() -> None:
    """A project in a subfolder has its own policy, or else the top's."""
    both = base(shared="[tool.selfmod-guard]\nmode='warn'\n", sub_own="mode='enforce'\n")
    assert load(both, "sub").mode == "enforce"
    assert load(both, "other").mode == "warn"


def test_a_policy_in_both_files_is_an_error() -> None:
    """Nobody could say which of two policies judges."""
    twice = base(shared="[tool.selfmod-guard]\n", own="mode = 'warn'\n")
    with pytest.raises(PolicyError, match="both") as caught:
        load(twice)
    assert caught.value.slug == "policy-twice"


@pytest.mark.parametrize(
    ("table", "says", "hint"),
    [
        ("blok-at = 'high'", "unknown key 'blok-at'", "did you mean 'block-at'?"),
        ("[tool.selfmod-guard.limits]\nmax_files = 3", "'limits.max_files'", "'max-files'"),
        ("[tool.selfmod-guard.limits]\nmax-files = '3'", "limits.max-files", "policy"),
        ("[tool.selfmod-guard.limits]\nmax-files = 0", "limits.max-files", "policy"),
        ("[tool.selfmod-guard.rate]\nwindow = '3x'", "rate.window", "policy"),
        ("max-fils = 3", "unknown key 'max-fils'", "did you mean 'limits.max-files'?"),
        ("mode = 'off'", "mode", "policy"),
        ("limits = 3", "limits", "policy"),
        ("[tool.selfmod-guard.zzz]\nq = 1", "unknown key 'zzz'", "known here: mode, block-at"),
    ],
)
def test_what_does_not_fit_is_named(table: str, says: str, hint: str) -> None:
    """The message names the key, and the hint the way out."""
    with pytest.raises(PolicyError) as caught:
        load(base(shared=f"[tool.selfmod-guard]\n{table}\n"))
    assert says in str(caught.value)
    assert "pyproject.toml" in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["selfmod_guard", "selfmodguard", "pytest-selfmod-guard"])
def test_a_table_with_a_wrong_name_is_not_ignored(name: str) -> None:
    """A policy that is silently not read would be the worst of all."""
    with pytest.raises(PolicyError, match="there is no table"):
        load(base(shared=f"[tool.{name}]\nmode = 'enforce'\n"))


@pytest.mark.parametrize(
    "text",
    [
        "selfmod-guard = [",
        "selfmod-guard\n",
        "[tool]\nselfmod-guard = 3\n",
        "\0selfmod",
        "[" * 3000 + "selfmod",
    ],
)
def test_what_is_no_policy_is_an_error_and_not_the_defaults(text: str) -> None:
    """A base that cannot be read cannot judge."""
    with pytest.raises(PolicyError):
        load(base(shared=text))


def test_bytes_that_are_not_utf_8_are_an_error() -> None:
    """TOML is UTF-8; a guess could mean something else."""
    with pytest.raises(PolicyError, match="not TOML"):
        load(Base("c", {"selfmod-guard.toml": b"mode = 'enforc\xe9'"}))


@pytest.mark.parametrize(
    ("text", "number"), [("250ms", 0.25), ("10s", 10), ("5m", 300), ("2h", 7200), ("7d", 604800)]
)
def test_durations_are_strings_with_a_unit(text: str, number: float) -> None:
    """Each unit counts as what it says."""
    assert seconds(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("7B", 7), ("2KiB", 2048), ("3MiB", 3 << 20), ("4GiB", 4 << 30)]
)
def test_sizes_are_strings_with_a_unit(text: str, number: int) -> None:
    """Each unit counts as what it says."""
    assert size_in_bytes(text) == number


def test_tightening_only_tightens() -> None:
    """A larger number than the policy's has no effect, a smaller one has."""
    policy = Policy()
    assert Tightening(max_changed_chars=10_000_000, max_files=99).of(policy) == policy
    tight = Tightening(max_changed_chars=50, max_files=2).of(policy)
    assert (tight.limits.max_changed_chars, tight.limits.max_files) == (50, 2)


def test_a_limit_set_by_hand_holds_for_every_author() -> None:
    """Whoever writes a limit into a hook means it for himself too."""
    assert Tightening(max_files=2).of(Policy()).actors.unknown == "agent"
    assert Tightening(max_files=99).of(Policy()).actors.unknown == "human"


def test_the_schema_knows_every_key_and_no_other() -> None:
    """Editors complete and check what the guard reads."""
    made = schema(Policy)
    tables = made["$defs"]
    assert set(tables["Policy"]["properties"]) == {
        field.replace("_", "-") for field in Policy._fields
    }
    assert tables["Limits"]["additionalProperties"] is False
    assert tables["Limits"]["properties"]["max-files"] == {
        "type": "integer", "minimum": 1, "maximum": 1_000_000_000, "default": 5,
    }  # fmt: skip
