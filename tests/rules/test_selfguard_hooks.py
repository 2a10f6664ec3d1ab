"""Hooks that are removed, narrowed or pointed elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import EXECUTABLE, SYMLINK, Blob, Finding, Risk
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.stages.detect import detect

if TYPE_CHECKING:
    from tests.rules.conftest import Ask, ChangeOf

RULE = "SMG402"
PATH = ".pre-commit-config.yaml"
URL = "https://github.com/example/pytest-selfmod-guard"
OURS = f"""\
  - repo: {URL}
    rev: v1.2.0
    hooks:
      - id: selfmod-guard
      - id: selfmod-size
        args: [--max-chars=5000, --pattern, TODO]
"""
BLACK = """\
  - repo: https://github.com/psf/black
    rev: 26.1.0
    hooks:
      - id: black
"""
BASE = f"""\
default_install_hook_types: [pre-commit, pre-push]
repos:
{BLACK}{OURS}"""


def worst(found: list[Finding]) -> Risk:
    """Give the highest risk of some findings."""
    return max((item.risk for item in found), default=Risk.NONE)


def changed(*pairs: tuple[str, str]) -> str:
    """Give the base's configuration with some texts replaced, each of which is in it."""
    text = BASE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


HASH = "0c1f3a7e5d9b8c2a4f6e1d3b5a7c9e8f0a2b4c6d"
GUARD = "      - id: selfmod-guard\n"
ARGS = "[--max-chars=5000, --pattern, TODO]"
ATTACKS = {
    "our repository removed": changed((OURS, "")),
    "one hook removed": changed((GUARD, "")),
    "renamed to another": changed((GUARD, "      - id: black\n")),
    "commented out": changed((OURS, "# " + OURS.replace("\n", "\n# ") + "\n")),
    "emptied": "",
    "only a comment": "# selfmod-guard\n",
    "no repositories": "repos: []\n",
    "no list of repositories": "repos: selfmod-guard\n",
    "no mapping": "- selfmod-guard\n",
    "a repository that is none": changed(("repos:\n", "repos:\n  - selfmod-guard\n")),
    "another address": changed((URL, "https://github.com/evil/pytest-selfmod-guard")),
    "a local repository": changed((URL, "local")),
    "a lower release": changed(("v1.2.0", "v1.1.9")),
    "the same number otherwise": changed(("v1.2.0", "v1.2.0.post1")),
    "a branch": changed(("v1.2.0", "main")),
    "a hash": changed(("v1.2.0", "0c1f3a7e5d9b8c2a4f6e1d3b5a7c9e8f0a2b4c6d")),
    "a release candidate": changed(("v1.2.0", "v1.3.0rc1")),
    "no revision": changed((f"{URL}\n    rev: v1.2.0", URL)),
    "another entry": changed((GUARD, GUARD + "        entry: 'true'\n")),
    "another language": changed((GUARD, GUARD + "        language: fail\n")),
    "another Python": changed((GUARD, GUARD + "        language_version: /tmp/python\n")),
    "another package": changed((GUARD, GUARD + "        additional_dependencies: [evil]\n")),
    "not always": changed((GUARD, GUARD + "        always_run: false\n")),
    "by file names": changed((GUARD, GUARD + "        pass_filenames: true\n")),
    "only some files": changed((GUARD, GUARD + "        files: ^docs/\n")),
    "without some files": changed((GUARD, GUARD + "        exclude: ^src/\n")),
    "only some types": changed((GUARD, GUARD + "        types: [markdown]\n")),
    "any of some types": changed((GUARD, GUARD + "        types_or: [markdown]\n")),
    "without some types": changed((GUARD, GUARD + "        exclude_types: [python]\n")),
    "only by hand": changed((GUARD, GUARD + "        stages: [manual]\n")),
    "more words": changed((GUARD, GUARD + "        verbose: true\n")),
    "a larger limit": changed(("=5000", "=50000")),
    "a limit that is none": changed(("=5000", "=many")),
    "a second limit that wins": changed(("=5000", "=5000, --max-chars=60000")),
    "a pattern less": changed((", --pattern, TODO", "")),
    "another pattern": changed(("TODO", "FIXME")),
    "no arguments": changed((f"        args: {ARGS}\n", "")),
    "an argument more": changed((ARGS, "[--max-chars=5000, --pattern, TODO, --help]")),
    "a hash that is frozen at a lower release": changed(("v1.2.0", f"{HASH}  # frozen: v1.1.9")),
    "a hash that is frozen at no release": changed(("v1.2.0", f"{HASH}  # frozen: main")),
    "a hash with another comment": changed(("v1.2.0", f"{HASH}  # v1.3.0")),
    "a hash frozen elsewhere": changed(("v1.2.0", HASH)) + f"# {HASH}  # frozen: v1.3.0\n",
    "other stages by default": "default_stages: [manual]\n" + BASE,
    "stop at the first": "fail_fast: true\n" + BASE,
    "a hook type less": changed(("[pre-commit, pre-push]", "[pre-push]")),
    "no hook types": changed(("default_install_hook_types: [pre-commit, pre-push]\n", "")),
    "another Python by default": "default_language_version:\n  python: /tmp/python\n" + BASE,
    "a Python beside it": "default_language_version:\n  python: ./python3\n" + BASE,
    "a Python that is none": "default_language_version:\n  python: true\n" + BASE,
    "skipped by the service": "ci:\n  skip: [selfmod-guard]\n" + BASE,
    "a merge of a removal": changed((GUARD, GUARD + "        <<: {files: ^docs/}\n")),
    "not YAML": BASE + "  - [\n",
    "a tab": BASE.replace("    rev", "\trev"),
    "a key twice": BASE + "repos: []\n",
    "the same key twice": changed(("    rev: v1.2.0\n", "    rev: v1.2.0\n    rev: v1.2.0\n")),
    "two documents": BASE + "---\nrepos: []\n",
    "an unknown anchor": BASE + "x: *nowhere\n",
    "itself inside": BASE + "x: &x [*x]\n",
    "a bomb of aliases": BASE
    + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
    "deep nesting": BASE + f"x: {'[' * 4000}{']' * 4000}\n",
    "endless nesting": BASE + "x: " + "[" * 100_000,
    "a key that is a list": BASE + "? [a]\n: b\n",
    "a tag": changed(("rev: v1.2.0", "rev: !!python/object/apply:os.system [ls]")),
}


@pytest.mark.parametrize("new", ATTACKS.values(), ids=ATTACKS)
def test_a_hook_is_weakened(ask: Ask, new: str) -> None:
    """Whatever keeps our hook from running as it did is denied, and nothing crashes."""
    assert worst(ask(RULE, {PATH: BASE}, {PATH: new})) == Risk.HIGH


@pytest.mark.parametrize(
    "data",
    [
        BASE.encode("utf-16"),
        BASE.encode() + b"\0",
        BASE.encode() + b"# \xff\n",
        BASE.encode() + b"#" * (5 << 20),
        BASE.encode() + b"x: \x07\n",
    ],
    ids=["UTF-16", "NUL", "not UTF-8", "5 MiB", "a control character"],
)
def test_a_hook_configuration_becomes_unreadable(ask: Ask, data: bytes) -> None:
    """Bytes that no YAML reader takes do not pass for a configuration."""
    assert worst(ask(RULE, {PATH: BASE}, {PATH: data})) == Risk.HIGH


def test_a_hook_configuration_that_goes(ask: Ask, blob: Callable[..., Blob]) -> None:
    """Deleted, renamed or replaced by a link, it is not read any more."""
    assert worst(ask(RULE, {PATH: BASE}, {})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {"old.yaml": BASE}, {"old.yaml": PATH})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {PATH: blob("x.yaml", SYMLINK)})) == Risk.HIGH
    assert worst(ask(RULE, {PATH: BASE}, {PATH: blob(BASE, SYMLINK)})) == Risk.HIGH


def test_a_broken_configuration_is_not_replaced_silently(ask: Ask) -> None:
    """What the base's file said of us is unknown, so its replacement is denied."""
    assert worst(ask(RULE, {PATH: BASE + "  - [\n"}, {PATH: "repos: []\n"})) == Risk.HIGH


def test_a_bomb_that_was_there_is_harmless(ask: Ask) -> None:
    """Two bombs are not compared, and nobody says that all is well."""
    assert worst(ask(RULE, {PATH: ATTACKS["a bomb of aliases"]}, {PATH: BASE})) == Risk.HIGH


def test_a_hook_of_ours_by_any_name(ask: Ask) -> None:
    """What comes from our address is ours, whatever the hook is called."""
    old = f"repos:\n  - repo: {URL}\n    rev: v1.0.0\n    hooks: [{{id: judge}}]\n"
    assert worst(ask(RULE, {PATH: old}, {PATH: "repos: []\n"})) == Risk.HIGH


HARMLESS = {
    "a higher release": (changed(("v1.2.0", "v1.10.0")), Risk.LOW),
    "a smaller limit": (changed(("=5000", "=4999")), Risk.LOW),
    "a limit more": (changed(("=5000", "=5000, --max-files, 3")), Risk.LOW),
    "a pattern more": (changed(("TODO", "TODO, --pattern=FIXME")), Risk.LOW),
    "a hook more": (changed((GUARD, GUARD + "      - id: selfmod-files\n")), Risk.LOW),
    "a hook type more": (changed(("pre-push]", "pre-push, commit-msg]")), Risk.NONE),
    "a Python by its name": ("default_language_version: {python: python3.12}\n" + BASE, Risk.LOW),
    "a node by its number": ("default_language_version: {node: 20.0.0}\n" + BASE, Risk.LOW),
    "frozen": (changed(("v1.2.0", f"{HASH}  # frozen: v1.2.0")), Risk.MEDIUM),
    "frozen and quoted": (changed(("v1.2.0", f"'{HASH}' # frozen: v1.3.0")), Risk.MEDIUM),
    "nothing under src": ("exclude: ^src/\n" + BASE, Risk.MEDIUM),
    "only docs": ("files: ^docs/\n" + BASE, Risk.MEDIUM),
    "an exclusion less": (BASE, Risk.LOW),
    "another description": (changed((GUARD, GUARD + "        name: the guard\n")), Risk.NONE),
    "another release of black": (changed(("26.1.0", "26.2.0")), Risk.NONE),
    "black removed": (changed((BLACK, "")), Risk.NONE),
    "after ours": (changed((BLACK + OURS, OURS + BLACK)), Risk.NONE),
    "skipped by the service": ("ci:\n  skip: [black]\n" + BASE, Risk.NONE),
    "comments": ("# why\n" + BASE, Risk.NONE),
    "another style": (changed((ARGS, "['--max-chars=5000', \"--pattern\", TODO]")), Risk.NONE),
}


@pytest.mark.parametrize(("new", "risk"), HARMLESS.values(), ids=HARMLESS)
def test_a_hook_is_not_weakened(ask: Ask, new: str, risk: Risk) -> None:
    """What tightens is a note, and what is somebody else's is silent."""
    old = "exclude: ^docs/\n" + BASE if risk == Risk.LOW and new == BASE else BASE
    assert worst(ask(RULE, {PATH: old}, {PATH: new})) == risk


OTHER = HASH[::-1]


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (f"{HASH}  # frozen: v1.2.0", f"{OTHER}  # frozen: v1.3.0", Risk.MEDIUM),
        (f"{HASH}  # frozen: v1.2.0", f"{OTHER}  # frozen: v1.2.0", Risk.HIGH),
        (f"{HASH}  # frozen: v1.2.0", "v1.3.0", Risk.LOW),
        (f"{HASH}  # frozen: v1.2.0", "v1.2.0", Risk.HIGH),
        (f"{HASH}  # frozen: v1.2.0", f"{HASH}  # frozen: v1.3.0", Risk.NONE),
        (HASH, f"{OTHER}  # frozen: v1.3.0", Risk.HIGH),
        (HASH, "v1.3.0", Risk.HIGH),
    ],
)
def test_a_frozen_revision(ask: Ask, old: str, new: str, risk: Risk) -> None:
    """A release has one hash, and a comment is all that says which release a hash is."""
    before, after = changed(("v1.2.0", old)), changed(("v1.2.0", new))
    assert worst(ask(RULE, {PATH: before}, {PATH: after})) == risk


@pytest.mark.parametrize("key", ["exclude", "files"])
@pytest.mark.parametrize(
    ("hook", "risk"),
    [
        (BASE, Risk.MEDIUM),
        (changed((GUARD, GUARD + "        always_run: true\n")), Risk.MEDIUM),
        (changed((GUARD, GUARD + "        always_run: false\n")), Risk.HIGH),
        ("repos: [{repo: local, hooks: [{id: selfmod-guard}]}]\n", Risk.HIGH),
        ("repos: [{repo: local, hooks: [{id: selfmod-guard, always_run: true}]}]\n", Risk.MEDIUM),
    ],
)
def test_files_are_excluded_for_every_hook(ask: Ask, key: str, hook: str, risk: Risk) -> None:
    """A hook that always runs sees the whole change, whatever files are named to it."""
    assert worst(ask(RULE, {PATH: hook}, {PATH: f"{key}: ^src/\n{hook}"})) == risk


def test_prek_s_file_comes_beside_ours_of_which_only_the_base_knows(
    change_of: ChangeOf,
) -> None:
    """A change that has nothing but the new file is judged by what stands beside it."""
    (rule,) = (rule for rule in all_rules() if rule.id == RULE)
    old = {"README.md": "x", ".pre-commit-config.yml": BASE}
    for name in ("prek.toml", ".pre-commit-config.yaml"):
        change = change_of(old, {**old, name: "repos = []\n"})
        assert [file.path for file in change.files] == [name]
        assert worst(list(detect(change, Policy(), (rule,)).findings)) == Risk.HIGH
    change = change_of({PATH: ""}, {PATH: "", "prek.toml": "repos = []\n"})
    assert worst(list(detect(change, Policy(), (rule,)).findings)) == Risk.HIGH


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ({}, {PATH: BASE}, Risk.LOW),
        ({PATH: f"repos:\n{BLACK}"}, {PATH: BASE}, Risk.LOW),
        ({PATH: f"repos:\n{BLACK}"}, {PATH: "repos: []\n"}, Risk.NONE),
        ({PATH: f"repos:\n{BLACK}"}, {}, Risk.NONE),
        ({PATH: "repos: [\n"}, {PATH: "repos: []\n"}, Risk.NONE),
        ({"docs/hooks.yaml": BASE}, {}, Risk.NONE),
    ],
    ids=["first file", "first hook", "of others", "of others, deleted", "broken", "elsewhere"],
)
def test_a_configuration_without_us(
    ask: Ask, old: dict[str, str], new: dict[str, str], risk: Risk
) -> None:
    """Adopting our hook is a note; a configuration that never had it is silent."""
    assert worst(ask(RULE, old, new)) == risk


PREK = f'[[repos]]\nrepo = "{URL}"\nrev = "v1.2.0"\nhooks = [{{ id = "selfmod-guard" }}]\n'


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ({PATH: BASE}, {PATH: BASE, "prek.toml": "repos = []\n"}, Risk.HIGH),
        ({PATH: BASE}, {PATH: BASE, "prek.toml": "repos = [\n"}, Risk.HIGH),
        ({PATH: BASE}, {PATH: BASE, "prek.toml": PREK}, Risk.MEDIUM),
        ({}, {"prek.toml": "repos = []\n"}, Risk.MEDIUM),
        ({}, {"prek.toml": PREK}, Risk.LOW),
        ({"prek.toml": PREK}, {"prek.toml": PREK.replace("v1.2.0", "v1.3.0")}, Risk.LOW),
        ({"prek.toml": PREK}, {"prek.toml": PREK.replace("v1.2.0", "main")}, Risk.HIGH),
        ({"prek.toml": PREK}, {"prek.toml": "repos = []\n"}, Risk.HIGH),
        ({"prek.toml": PREK}, {}, Risk.HIGH),
    ],
)
def test_prek_has_a_file_of_its_own(
    ask: Ask, old: dict[str, str], new: dict[str, str], risk: Risk
) -> None:
    """Where there is a `prek.toml`, prek reads nothing else."""
    assert worst(ask(RULE, old, new)) == risk


SCRIPT = "#!/bin/sh\nset -e\nselfmod-guard check --staged\nnpm test\n"


@pytest.mark.parametrize("path", [".husky/pre-commit", "lefthook.yml", ".githooks/pre-commit"])
@pytest.mark.parametrize(
    ("new", "risk"),
    [
        (SCRIPT.replace("--staged", "--staged || true"), Risk.HIGH),
        (SCRIPT.replace("selfmod-guard", "# selfmod-guard"), Risk.HIGH),
        (SCRIPT.replace("selfmod-guard check --staged\n", ""), Risk.HIGH),
        (SCRIPT.replace("set -e\n", "exit 0\n"), Risk.HIGH),
        (SCRIPT.replace("set -e\n", "set +e\n"), Risk.HIGH),
        (SCRIPT + "exit 0\n", Risk.HIGH),
        (SCRIPT.replace("set -e\n", ""), Risk.MEDIUM),
        (SCRIPT.replace("npm test", "make test"), Risk.MEDIUM),
        (SCRIPT + "# a word\n", Risk.NONE),
        ("", Risk.HIGH),
        (b"\xff\xfe", Risk.HIGH),
        (None, Risk.HIGH),
    ],
)
def test_a_hook_that_is_a_script(ask: Ask, path: str, new: str | bytes | None, risk: Risk) -> None:
    """A script's lines that run us must stay, and be reached."""
    after = {} if new is None else {path: new}
    assert worst(ask(RULE, {path: SCRIPT}, after)) == risk


def test_a_script_that_is_not_executable_any_more(ask: Ask, blob: Callable[..., Blob]) -> None:
    """Git skips a hook that it may not execute."""
    path = ".husky/pre-commit"
    found = ask(RULE, {path: blob(SCRIPT, EXECUTABLE)}, {path: SCRIPT})
    assert worst(found) == Risk.HIGH


def test_a_script_adopts_us(ask: Ask) -> None:
    """The first line that runs us is a note, and a script without us is silent."""
    path, others = ".husky/pre-commit", "npm test\n"
    assert worst(ask(RULE, {path: others}, {path: SCRIPT})) == Risk.LOW
    assert ask(RULE, {path: others}, {path: "exit 0\n"}) == []
