"""What `init` adds to somebody's `.pre-commit-config.yaml`, and what it refuses to touch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_selfmod_guard.doors._setup.entry import Source
from pytest_selfmod_guard.doors._setup.hooks import CONFIG, plan
from pytest_selfmod_guard.errors import GuardError

LOCAL = Source()


def hook(name: str, stages: str) -> dict[str, object]:
    """Give one of our hooks as pre-commit reads it."""
    return {
        "id": name,
        "name": name,
        "entry": f"selfmod-guard pre-commit {name}",
        "language": "system",
        "pass_filenames": False,
        "always_run": True,
        "require_serial": True,
        "stages": stages.split(),
    }


JUDGING = hook("selfmod-guard", "pre-commit pre-merge-commit pre-push manual")
NAMING = hook("selfmod-post-commit", "post-commit")
READING = hook("selfmod-commit-msg", "commit-msg")
OURS = {"repo": "local", "hooks": [JUDGING, READING, NAMING]}
THEIRS = {
    "repo": "https://github.com/pre-commit/pre-commit-hooks",
    "rev": "v5.0.0",
    "hooks": [{"id": "check-yaml"}],
}


FIRST = """\
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
SECOND = """\
      - id: selfmod-commit-msg
        name: selfmod-commit-msg
        entry: selfmod-guard pre-commit selfmod-commit-msg
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
        stages: [commit-msg]
      - id: selfmod-post-commit
        name: selfmod-post-commit
        entry: selfmod-guard pre-commit selfmod-post-commit
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
        stages: [post-commit]
"""
HOOK = FIRST + SECOND
OLD_TYPES = "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]\n"
TYPES = OLD_TYPES.replace("pre-push]", "pre-push, commit-msg, post-commit]")
IDS = ("selfmod-guard", "selfmod-commit-msg", "selfmod-post-commit")
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


def pinned(rev: str, *ids: str) -> dict[str, object]:
    """Give some of our hooks as they come from a repository."""
    hooks = [{"id": name} for name in ids]
    return {"repo": "https://example.org/guard", "rev": rev, "hooks": hooks}


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
                "default_install_hook_types: [commit-msg, pre-commit, pre-merge-commit, pre-push, "
                f"post-commit]\nrepos:\n{HOOK}"
            ),
        ),
        (
            "default_install_hook_types: [\n  pre-push,  # early\n]\nrepos: []\n",
            (
                "default_install_hook_types: [\n"
                "  pre-push, pre-commit, pre-merge-commit, commit-msg, post-commit,  # early\n]\n"
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
                "default_install_hook_types:\n- pre-push # x\n- pre-commit\n- pre-merge-commit\n"
                f"- commit-msg\n- post-commit\n\n# all\nrepos:\n{HOOK}"
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
    assert yaml.safe_load(after)["repos"] == [THEIRS, pinned("1.0", *IDS)]


def test_what_an_earlier_version_wrote_gains_the_second_hook_in_place(tmp_path: Path) -> None:
    """Beside the first, as it stands there; and then there is nothing left to do."""
    before = f"{OLD_TYPES}repos:\n{FIRST}  # the rest\n  - repo: meta\n    hooks: []\n"
    after = _planned(tmp_path, before)
    assert after == f"{TYPES}repos:\n{HOOK}  # the rest\n  - repo: meta\n    hooks: []\n"
    assert _planned(tmp_path, after) == after
    wide = SAMPLE + SAMPLE_HOOK + "        # entry: not-now\n"
    added = _planned(tmp_path, wide).removeprefix(TYPES)
    assert added.startswith(wide + "    -   id: selfmod-commit-msg\n        name: selfmod-commit-m")


def test_a_hook_that_was_changed_stays_as_it_is(tmp_path: Path) -> None:
    """Its owner may run it from a path of their own, or the second one elsewhere."""
    own = FIRST.replace("entry: selfmod-guard", "entry: ./tools/selfmod-guard")
    assert _planned(tmp_path, f"{TYPES}repos:\n{own}") == f"{TYPES}repos:\n{own}{SECOND}"
    apart = f"{TYPES}repos:\n{own}  - repo: local\n    hooks:\n{SECOND}"
    assert _planned(tmp_path, apart) == apart


def test_the_first_hook_is_added_where_only_the_second_is(tmp_path: Path) -> None:
    """Naming what went round is not judging."""
    only = f"{TYPES}repos:\n  - repo: local\n    hooks:\n{SECOND}"
    assert _planned(tmp_path, only) == only + FIRST


def test_a_pin_is_its_owners(tmp_path: Path) -> None:
    """A second entry would judge twice, and an older version does not have the second hook."""
    config = TYPES + "repos:\n- repo: https://example.org/guard\n  rev: v1\n  hooks:\n"
    config += "  - id: selfmod-guard\n"
    assert _planned(tmp_path, config, Source("https://example.org/guard", "v2")) == config
    assert _planned(tmp_path, config) == config
    asked = _planned(tmp_path, config, Source("https://example.org/guard", "v1"))
    assert asked == config + "  - id: selfmod-commit-msg\n  - id: selfmod-post-commit\n"
    older = config.replace(TYPES, OLD_TYPES)
    assert _planned(tmp_path, older) == config


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
        (b"repos:\n- {repo: local, hooks: [{id: selfmod-guard}]}\n", "init-by-hand"),
        (
            b"repos:\n- hooks: &h\n  - id: selfmod-guard\n  repo: local\n- hooks: *h\n",
            "init-by-hand",
        ),
        (b"repos: [{repo: local, hooks: 3}]\n", "init-by-hand"),
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
    assert _pasted(caught.value)["repos"] == [OURS]
    with pytest.raises(GuardError) as caught:
        _planned(
            tmp_path, "repos:\n- {repo: local, hooks: [{id: selfmod-guard}]}\n", Source("u", "v")
        )
    assert _pasted(caught.value)["repos"] == [{"repo": "local", "hooks": [READING, NAMING]}]
    with pytest.raises(GuardError) as caught:
        _planned(tmp_path, "{repos: [{repo: u, rev: v, hooks: [{id: selfmod-guard}]}]}")
    assert list(_pasted(caught.value)) == ["default_install_hook_types"]


def _pasted(error: GuardError) -> dict[str, Any]:
    pasted: dict[str, Any] = yaml.safe_load(error.hint.split("\n\n", 1)[1])
    return pasted


def _planned(folder: Path, config: str | bytes, source: Source = LOCAL) -> str:
    """Give the text that the file would have; the same as before if there is nothing to do."""
    data = config if isinstance(config, bytes) else config.encode()
    (folder / CONFIG).write_bytes(data)
    edit = plan(str(folder), source)
    return (edit.new if edit else data).decode()


def _keeps_every_line(before: str, after: str) -> bool:
    lines = iter(after.splitlines(keepends=True))
    return all(line in lines for line in before.splitlines(keepends=True))
