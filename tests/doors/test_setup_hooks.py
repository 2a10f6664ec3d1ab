"""What `init` adds to somebody's `.pre-commit-config.yaml`, and what it refuses to touch."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pytest_selfmod_guard.doors._setup_hooks import CONFIG, Source, plan
from pytest_selfmod_guard.errors import GuardError

LOCAL = Source()
OURS = {
    "repo": "local",
    "hooks": [
        {
            "id": "selfmod-guard",
            "name": "selfmod-guard",
            "entry": "selfmod-guard pre-commit selfmod-guard",
            "language": "system",
            "pass_filenames": False,
            "always_run": True,
            "require_serial": True,
            "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
        }
    ],
}
THEIRS = {
    "repo": "https://github.com/pre-commit/pre-commit-hooks",
    "rev": "v5.0.0",
    "hooks": [{"id": "check-yaml"}],
}


HOOK = """\
  - repo: local
    hooks:
      - id: selfmod-guard
        name: selfmod-guard
        entry: selfmod-guard pre-commit selfmod-guard
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
        stages: [pre-commit, pre-merge-commit, pre-push, manual]
"""
TYPES = "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\n"
SAMPLE = """\
repos:
-   repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0
    hooks:
    -   id: check-yaml
"""
SAMPLE_HOOK = """\
-   repo: local
    hooks:
    -   id: selfmod-guard
        name: selfmod-guard
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{TYPES}repos:\n{HOOK}"),
        ("# ours\n", f"# ours\n{TYPES}repos:\n{HOOK}"),
        ("# ours\nrepos: []\n", f"# ours\n{TYPES}repos:\n{HOOK}"),
        ("repos: []  # none yet\n", f"{TYPES}repos:  # none yet\n{HOOK}"),
        ("repos:\nfail_fast: true\n", f"{TYPES}repos:\n{HOOK}fail_fast: true\n"),
        ("repos: null", f"{TYPES}repos:\n{HOOK}"),
        ("fail_fast: true\n", f"{TYPES}fail_fast: true\nrepos:\n{HOOK}"),
        ("---\nrepos: []\n...\n", f"---\n{TYPES}repos:\n{HOOK}...\n"),
        (
            "default_install_hook_types: [commit-msg]\nrepos: []\n",
            (
                "default_install_hook_types: [commit-msg, pre-commit, pre-merge-commit, pre-push]\n"
                f"repos:\n{HOOK}"
            ),
        ),
        (
            "default_install_hook_types: [\n  pre-push,  # early\n]\nrepos: []\n",
            (
                "default_install_hook_types: [\n"
                "  pre-push, pre-commit, pre-merge-commit,  # early\n]\n"
                f"repos:\n{HOOK}"
            ),
        ),
        (
            "default_install_hook_types: []\nrepos: []\n",
            f"{TYPES}repos:\n{HOOK}",
        ),
        (
            "default_install_hook_types:\n- pre-push # x\n\n# all\nrepos: []\n",
            (
                "default_install_hook_types:\n- pre-push # x\n- pre-commit\n- pre-merge-commit\n\n"
                f"# all\nrepos:\n{HOOK}"
            ),
        ),
    ],
)
def test_the_hook_is_added_and_the_rest_stays(tmp_path: Path, before: str, after: str) -> None:
    """Comments, order and layout are the author's."""
    assert _planned(tmp_path, before) == after


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    "tail",
    [
        "",
        "    # -   id: not-now\n",
        "\n# the rest\nfail_fast: true\n",
        "        args: [--strict]  # said twice\nexclude: |\n  # no comment\n  (?x)^a$\n",
    ],
    ids=["end", "commented-out", "more-keys", "block-scalar"],
)
def test_the_hook_takes_the_lists_own_indentation(tmp_path: Path, tail: str, end: str) -> None:
    """What pre-commit's own sample writes, with its wide dashes, goes on in that way."""
    before = (SAMPLE + tail).replace("\n", end)
    after = _planned(tmp_path, before)
    assert SAMPLE_HOOK.replace("\n", end) in after
    assert _keeps_every_line(before, after)
    assert yaml.safe_load(after)["repos"][1:] == [OURS]
    assert end == "\n" or after.count("\r\n") == after.count("\n")


def test_a_released_version_is_pinned(tmp_path: Path) -> None:
    """With a repository and a tag pre-commit installs the hook by itself."""
    after = _planned(tmp_path, SAMPLE, Source("https://example.org/guard", "1.0"))
    pinned = {"repo": "https://example.org/guard", "rev": "1.0", "hooks": [{"id": "selfmod-guard"}]}
    assert yaml.safe_load(after)["repos"] == [THEIRS, pinned]


def test_a_hook_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """A second entry would judge twice; a pin is the owner's to move."""
    config = TYPES + "repos:\n- repo: https://example.org/guard\n  rev: v1\n  hooks:\n"
    config += "  - id: selfmod-guard\n"
    assert _planned(tmp_path, config, Source("https://example.org/guard", "v2")) == config


@pytest.mark.parametrize(
    ("config", "slug"),
    [
        (b"repos: [", "init-odd-pre-commit-config"),
        (b"- repo: local\n", "init-odd-pre-commit-config"),
        (b"repos: 3\n", "init-odd-pre-commit-config"),
        (b"repos: [x]\n", "init-odd-pre-commit-config"),
        (b"default_install_hook_types: pre-push\nrepos: []\n", "init-odd-pre-commit-config"),
        (b"a: 1\n---\nb: 2\n", "init-odd-pre-commit-config"),
        (b"a: !!python/name:os.system\n", "init-odd-pre-commit-config"),
        (b"a: 2000-99-99\n", "init-odd-pre-commit-config"),
        (b"\xff\xfe", "init-unusable-file"),
        (b"{repos: []}\n", "init-by-hand"),
        (b"repos: [{repo: meta, hooks: [{id: identity}]}]\n", "init-by-hand"),
        (b"a: 1\n...\n", "init-by-hand"),
        (b"x: &x\n- repo: meta\n  hooks: [{id: identity}]\nrepos: *x\n", "init-by-hand"),
        (b"default_install_hook_types:\nrepos: []\n", "init-by-hand"),
    ],
)
def test_what_cannot_be_added_to_is_refused(tmp_path: Path, config: bytes, slug: str) -> None:
    """A broken file of somebody else's is worse than none of ours."""
    with pytest.raises(GuardError) as caught:
        _planned(tmp_path, config)
    assert caught.value.slug == slug
    assert caught.value.hint


def test_what_to_add_by_hand_is_what_would_have_been_added(tmp_path: Path) -> None:
    """The hint can be pasted."""
    with pytest.raises(GuardError) as caught:
        _planned(tmp_path, "{repos: []}")
    pasted = yaml.safe_load(caught.value.hint.split("\n\n", 1)[1])
    assert pasted["repos"] == [OURS]


def _planned(folder: Path, config: str | bytes, source: Source = LOCAL) -> str:
    """Give the text that the file would have; the same as before if there is nothing to do."""
    data = config if isinstance(config, bytes) else config.encode()
    (folder / CONFIG).write_bytes(data)
    edit = plan(str(folder), source)
    return (edit.new if edit else data).decode()


def _keeps_every_line(before: str, after: str) -> bool:
    lines = iter(after.splitlines(keepends=True))
    return all(line in lines for line in before.splitlines(keepends=True))
