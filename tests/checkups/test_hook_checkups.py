"""Hooks: which of them run the guard, and every way in which one does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_selfmod_guard.checkups._facts import HookFolder, Ours, Program, Script, Wanted
from pytest_selfmod_guard.checkups._types import hook_for, needed
from tests.checkups.facts import (
    BODY,
    FOLDER,
    HOOKS,
    TYPES,
    ask,
    local,
    only,
    script,
    scripts,
    written,
)

DIRECT = "#!/bin/sh\nexec selfmod-guard pre-commit selfmod-guard\n"
CALLED = written("pre-commit")
GONE = Program("", is_on_path=False, template="")


def of(one: Script | None, **changes: object) -> list[str]:
    """Say what is told of a pre-commit hook that is like this."""
    folder = HookFolder(FOLDER, scripts(pre_commit=one))
    lines = ask("hooks", hook_folder=folder, **changes)
    return [line.message for line in lines if line.state != "ok"]


def test_all_hooks_in_order_are_one_line() -> None:
    """It says which, and from where."""
    (line,) = ask("hooks")
    assert (line.state, line.mend) == ("ok", "")
    assert line.message == (
        f"pre-commit, pre-merge-commit, post-commit and pre-push run the guard, from {FOLDER}"
    )


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "has nothing in it to run"),
        ("#!/bin/sh\n# selfmod-guard pre-commit\n", "has nothing in it to run"),
        ("#!/bin/sh\nexit 0\n", "is another hook, which does not run the guard"),
        ("#!/bin/sh\nexit 0\n" + DIRECT, "ends before it comes to the guard"),
        (written("pre-commit").replace("HERE=", "exit 0\nHERE=", 1), "is not any more what"),
        (written("pre-commit").replace("exit 1", "exit 0"), "is not any more what"),
        (written("pre-commit") + "exit 0\n", "is not any more what"),
        (written("pre-commit").replace("-mpre_commit", "-mjson.tool"), "is not any more what"),
        (written("pre-commit", python="''; exit 0"), "is not any more what"),
        (written("pre-commit").replace("pre-commit)", "pre-commit); exit"), "is not any more"),
        (written("pre-commit", python="/bin/true"), "starts /bin/true in the place of Python"),
        (written("pre-commit", config="other.yaml"), "reads other.yaml in the place of"),
        (written("pre-push"), "was written for pre-push"),
        (written("pre-commit", shebang="#!/bin/true"), "is run by /bin/true, and not by a shell"),
        (DIRECT.replace("/bin/sh", "/bin/bash -n"), "is run by /bin/bash -n"),
        (DIRECT.replace("exec ", "echo "), "is another hook"),
        (DIRECT.replace("exec ", "").strip() + " || true\n", "goes on when the guard refuses"),
        (DIRECT.replace("exec ", "") + "true\n", "goes on when the guard refuses"),
        (DIRECT.strip() + " &\n", "goes on when the guard refuses"),
        (CALLED.replace("hook-impl ", "hook-impl --help "), "is not any more what"),
        (CALLED.replace("hook-impl ", "hook-impl --hook-type=pre-commit "), "is not any more"),
        (CALLED.replace("# end", "ARGS=(hook-impl --help)\n# end"), "is not any more what"),
        (CALLED.replace("# end", "INSTALL_PYTHON=/usr/bin/python3\n# end"), "is not any more"),
        (CALLED.replace("commit)\n#", "commit --skip-on-missing-config)\n#"), "passes everything"),
        (DIRECT.replace("-guard\n", "-size\n"), "runs selfmod-size in the place of"),
    ],
)
def test_a_hook_that_does_not_run_the_guard_is_broken(text: str, trouble: str) -> None:
    """Emptied, ended early, forged or forgiving: it is named with what is wrong with it."""
    (message,) = of(script("pre-commit", text))
    assert message.startswith(f"the hook pre-commit {trouble}")


@pytest.mark.parametrize(
    "text",
    [
        "G | cat\n",
        "G ; :\n",
        "G || [ 1 ]\n",
        "G || exit 0\n",
        "G || exit 00\n",
        "if ! G; then echo no; fi\n",
        "trap 'exit 0' EXIT\nG\n",
        "alias selfmod-guard=true\nG\n",
        "[ -n '1' ] && exit 0\nG\n",
        "set -e\nset +e\nG\nmake\n",
        "PATH=/tmp G\n",
        "./G\n",
        "G --help\n",
        "G --max-files\n",
        "if false\nthen\nG\nfi\n",
        "# a comment\x0cexec G\n",
    ],
)
def test_a_hook_by_hand_that_may_lose_the_verdict_is_not_in_order(text: str) -> None:
    """What is not one of the few simple forms cannot be told to be well."""
    text = text.replace("G", "selfmod-guard pre-commit selfmod-guard")
    folder = HookFolder(FOLDER, scripts(pre_commit=script("pre-commit", f"#!/bin/sh\n{text}")))
    line = only(ask("hooks", hook_folder=folder))
    if line.state == "warning":
        assert "cannot be told to run the guard" in line.message
        assert line.mend.endswith('only line: exec selfmod-guard pre-commit selfmod-guard "$@"')


def test_several_hooks_by_hand_are_told_in_english_each_with_its_own_command() -> None:
    """One line for two would give one of them the other's hook."""
    odd = script("x", f"{DIRECT.strip()} | cat\n")
    folder = HookFolder(FOLDER, scripts(pre_commit=odd, post_commit=odd))
    _, *lines = ask("hooks", hook_folder=folder)
    assert [line.mend.split()[-2] for line in lines] == ["selfmod-guard", "selfmod-post-commit"]
    gone = scripts(pre_commit=script("x", "#!/bin/sh\nx\n"), pre_push=script("x", "#!/bin/sh\nx\n"))
    line = only(ask("hooks", hook_folder=HookFolder(FOLDER, gone)))
    assert line.message == (
        "the hooks pre-commit and pre-push are other hooks, which do not run the guard"
    )


def test_a_python_that_is_a_script_is_to_be_looked_at() -> None:
    """It may do anything, and its name says nothing."""
    line = only(
        ask(
            "hooks",
            hook_folder=HookFolder(
                FOLDER, scripts(pre_commit=script("pre-commit", is_program=False))
            ),
        )
    )
    assert (line.state, line.mend) == ("warning", "pre-commit install -f -t pre-commit")
    assert "starts /usr/bin/python3.11, a script" in line.message


@pytest.mark.parametrize(
    "line",
    ["INSTALL_PYTHON=" + "a" * 60_000 + "!", "ARGS=(hook-impl" + " a'" * 20_000, "x\0" * 30_000],
)
def test_a_hook_file_made_to_be_slow_is_told_at_once(line: str) -> None:
    """A pattern that tries every way to read it would never end."""
    (message,) = of(script("pre-commit", written("pre-commit") + line))
    assert "is not any more what" in message


@pytest.mark.parametrize(
    "text",
    [
        DIRECT,
        "#!/bin/sh\nset -e\npython -I -m pytest_selfmod_guard pre-commit selfmod-guard\nmake\n",
        "selfmod-guard pre-commit selfmod-guard || exit 1\nmake lint\n",
        f"#!/bin/bash\nset -euo pipefail\n{DIRECT}",
        '/v/bin/selfmod-guard pre-commit selfmod-guard --max-files 3 "$@"\n',
        "selfmod-guard pre-commit selfmod-guard || exit $?\nmake lint\n",
        written("pre-commit", python="'/with blank/python3'"),
        written("pre-commit", python="''"),
        written("pre-commit", shebang="#!/bin/sh"),
    ],
)
def test_a_hook_that_runs_the_guard_is_in_order(text: str) -> None:
    """pre-commit's own, and one written by hand."""
    assert of(script("pre-commit", text)) == []


def test_a_later_template_of_pre_commit_is_known_from_the_one_that_is_installed() -> None:
    """A release of pre-commit that writes other hooks is no alarm."""
    text = written("pre-commit").replace(BODY, "exec pre-commit-ng\n")
    assert len(of(script("pre-commit", text))) == 1
    assert of(script("pre-commit", text), pre_commit=Program("x", False, text)) == []  # noqa: FBT003


def test_a_hook_whose_pre_commit_is_gone_is_broken() -> None:
    """It refuses every commit, so somebody will take it away."""
    left = script("pre-commit", python=False)
    assert of(left) == []  # it falls back to the path
    (message,) = of(left, pre_commit=GONE)
    assert "a pre-commit that is gone" in message


def test_missing_hooks_are_installed_by_one_command() -> None:
    """Nobody wants to type four."""
    folder = HookFolder(FOLDER, scripts(pre_push=None, post_commit=None))
    line = only(ask("hooks", hook_folder=folder))
    assert line.message == "the hooks post-commit and pre-push are not installed"
    assert line.mend == "pre-commit install -f -t post-commit -t pre-push"


def test_a_file_that_is_not_executable_is_broken() -> None:
    """Git leaves it out with a hint that nobody reads; the path is quoted."""
    path = f"{FOLDER}/my hook"
    folder = HookFolder(
        FOLDER, scripts(pre_push=script("pre-push", None, is_executable=False, path=path))
    )
    line = only(ask("hooks", hook_folder=folder))
    assert (line.state, line.mend) == ("broken", f"chmod +x '{path}'")


@pytest.mark.parametrize("aside", [DIRECT, written("pre-commit")])
def test_a_hook_that_was_put_aside_is_told(aside: str) -> None:
    """What stands there now may be somebody's, so it is kept by the command."""
    one = script("pre-commit", "#!/bin/sh\nmake\n", aside=aside)
    folder = HookFolder(FOLDER, scripts(pre_commit=one))
    line = only(ask("hooks", hook_folder=folder))
    assert line.message.endswith("is another hook, and the guard's was put aside")
    assert line.mend == "pre-commit install -t pre-commit"


def test_a_hooks_path_elsewhere_is_taken_back_before_anything_is_installed() -> None:
    """pre-commit refuses to install while it is set."""
    folder = HookFolder("/dev/null", {}, ("/home/a b/.gitconfig", "/project/.git/config"))
    (line,) = ask("hooks", hook_folder=folder)
    assert line.state == "broken"
    assert line.mend.split(" && ") == [
        "git config --file '/home/a b/.gitconfig' --unset-all core.hooksPath",
        "git config --file /project/.git/config --unset-all core.hooksPath",
        "pre-commit install -f -t pre-commit -t pre-merge-commit -t post-commit -t pre-push",
    ]
    (line,) = ask("hooks", hook_folder=HookFolder("/dev/null", {}, ("",)))
    assert line.mend.startswith("unset GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS && ")


def test_a_hooks_path_whose_hooks_run_the_guard_is_in_order() -> None:
    """Many a team keeps its hooks in a folder of their own."""
    folder = HookFolder("/team", scripts(), ("/home/a/.gitconfig",))
    assert [line.state for line in ask("hooks", hook_folder=folder)] == ["ok"]


def test_without_a_configuration_hooks_of_ones_own_count() -> None:
    """And where there are none either, init makes both."""
    (line,) = ask("hooks", in_head=None, hook_folder=HookFolder(FOLDER, {}))
    assert (line.state, line.mend) == ("broken", "selfmod-guard init")
    names = (*TYPES, "commit-msg")
    texts = {name: f"exec selfmod-guard pre-commit {hook_for(name)}\n" for name in names}
    own = {name: script(name, text) for name, text in texts.items()}
    assert [
        line.state for line in ask("hooks", in_head=None, hook_folder=HookFolder("/h", own))
    ] == ["ok"]


def test_only_what_the_configuration_asks_for_is_needed() -> None:
    """A stage by its old name, the stages of the manifest, and no `manual`."""
    hooks = (Ours("selfmod-guard", ("commit", "push", "manual"), "local", ""),)
    (line,) = ask("hooks", in_head=Wanted(hooks, TYPES))
    assert line.message.startswith("pre-commit and pre-push run")
    others = (Ours("selfmod-commit-msg", (), "url", "v1"), Ours("selfmod-size", (), "url", "v1"))
    line = only(ask("hooks", in_head=Wanted(others, TYPES)))
    assert line.message == "the hook commit-msg is not installed"


def test_the_stages_of_our_hooks_are_those_of_the_manifest() -> None:
    """A hook that is added there must be asked for here."""
    manifest = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    assert len(manifest) >= 5
    for hook in manifest:
        wanted = Wanted((Ours(hook["id"], (), "url", "v1"),), ())
        assert set(needed(wanted)) == set(hook["stages"]) - {"manual"}, hook["id"]


def test_a_configuration_in_order_is_one_line() -> None:
    """It says which hooks it asks for."""
    (line,) = ask("hook_config")
    assert line.state == "ok"
    assert line.message.endswith("asks for selfmod-guard and selfmod-post-commit")


@pytest.mark.parametrize(
    ("head", "state", "told"),
    [
        (Wanted((), TYPES), "broken", "has no hook of the guard"),
        (Wanted((), (), "is not YAML (x)"), "broken", "is not YAML (x)"),
        (Wanted(HOOKS, ()), "warning", "leaves out pre-merge-commit, post-commit and pre-push"),
        (Wanted((*HOOKS, Ours("selfmod-size", (), "url", "main")), TYPES), "warning", "'main'"),
        (Wanted((*HOOKS, Ours("selfmod-size", (), "url", "")), TYPES), "warning", "is missing"),
    ],
)
def test_a_configuration_that_asks_for_too_little_is_told(
    head: Wanted, state: str, told: str
) -> None:
    """No hook, no YAML, no pin, or types that a new clone would lack."""
    (line,) = ask("hook_config", in_head=head, on_disk=head)
    assert line.state == state
    assert told in line.message
    assert line.mend


@pytest.mark.parametrize("rev", ["v1.2.0", "1.0", "v0.3.0rc1", "a" * 40, "b" * 64])
def test_a_release_and_a_whole_commit_id_are_pins(rev: str) -> None:
    """Both are what pre-commit is made for."""
    head = Wanted((*HOOKS, Ours("selfmod-size", (), "url", rev)), TYPES)
    assert [line.state for line in ask("hook_config", in_head=head, on_disk=head)] == ["ok"]


@pytest.mark.parametrize("disk", [None, Wanted((), TYPES), Wanted(HOOKS[:1], TYPES)])
def test_hooks_that_are_gone_on_disk_are_broken(disk: Wanted | None) -> None:
    """pre-commit reads the file on disk, so an emptied one is a way round."""
    line = only(ask("hook_config", on_disk=disk))
    assert line.state == "broken"
    assert "selfmod-post-commit" in line.message
    assert line.mend.endswith(" HEAD -- :/.pre-commit-config.yaml")


def test_more_hooks_on_disk_are_no_trouble() -> None:
    """Somebody is about to add one."""
    disk = Wanted((*HOOKS, Ours("selfmod-size", (), "local", "")), TYPES)
    assert [line.state for line in ask("hook_config", on_disk=disk)] == ["ok"]


def test_another_rev_on_disk_is_said_and_no_alarm() -> None:
    """Somebody is about to raise a pin, or to get another guard."""
    far = Ours("selfmod-size", (), "url", "v1")
    there = Wanted((*HOOKS, far._replace(rev="v9")), TYPES)
    line = only(ask("hook_config", in_head=Wanted((*HOOKS, far), TYPES), on_disk=there))
    assert (line.state, line.mend) == ("warning", "git diff HEAD -- :/.pre-commit-config.yaml")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"entry": "true"}, "does not run the guard"),
        ({"entry": ""}, "does not run the guard"),
        ({"entry": "'"}, "does not run the guard"),
        ({"entry": "./selfmod-guard pre-commit selfmod-guard"}, "does not run the guard"),
        ({"entry": "python -m pytest_selfmod_guard pre-commit selfmod-guard"}, "does not run"),
        ({"entry": "./python -I -m pytest_selfmod_guard pre-commit selfmod-guard"}, "does not"),
        ({"entry": "selfmod-guard pre-commit selfmod-size"}, "does not run the guard"),
        ({"entry": "selfmod-guard pre-commit selfmod-guard --help"}, "does not run the guard"),
        ({"entry": "selfmod-guard pre-commit selfmod-guard --max-files"}, "does not run the"),
        ({"entry": "bash -c 'selfmod-guard pre-commit selfmod-guard; :'"}, "does not run the"),
        ({"args": ["--help"]}, "has arguments that do not tighten it"),
        ({"args": "--help"}, "has arguments that do not tighten it"),
        ({"language": "pygrep"}, "is no command to pre-commit, but pygrep"),
        ({"always_run": "false"}, "is left out where no file"),
        ({"always_run": "false", "files": "^$"}, "is left out where no file"),
    ],
)
def test_a_local_hook_that_runs_nothing_is_broken(settings: dict[str, Any], told: str) -> None:
    """Its id says the guard; what pre-commit starts for it is something else, or nothing."""
    stages = ("pre-commit", "pre-merge-commit", "pre-push")
    head = Wanted((local("selfmod-guard", *stages, **settings), HOOKS[1]), TYPES)
    line = only(ask("hook_config", in_head=head, on_disk=head))
    assert line.state == "broken"
    assert line.message.startswith(f"selfmod-guard {told}")
    assert line.mend.startswith("in .pre-commit-config.yaml, hook selfmod-guard: ")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"entry": "true"}, "has an entry of its own"),
        ({"language": "fail"}, "is no command to pre-commit"),
        ({"always_run": "no"}, "is left out where"),
        ({"args": ["--max-files", "3", "-h"]}, "has arguments that"),
    ],
)
def test_a_hook_of_a_repository_is_not_to_be_made_another(
    settings: dict[str, Any], told: str
) -> None:
    """Of what its manifest says only arguments may be set, which tighten."""
    far = Ours("selfmod-size", (), "url", "v1", settings)
    head = Wanted((*HOOKS, far), TYPES)
    line = only(ask("hook_config", in_head=head, on_disk=head))
    assert line.state == "broken"
    assert line.message.startswith(f"selfmod-size {told}")


@pytest.mark.parametrize(
    "settings",
    [
        {"entry": "/v/bin/python3.11 -I -m pytest_selfmod_guard pre-commit selfmod-guard"},
        {
            "entry": "/v/bin/selfmod-guard pre-commit selfmod-guard --max-files 3",
            "language": "python",
        },
        {"args": ["--max-chars=1000", "--pattern", "x"], "always_run": "True"},
        {"language": "unsupported"},
    ],
)
def test_other_ways_to_run_the_guard_are_in_order(settings: dict[str, Any]) -> None:
    """By its module, from a folder, stricter, or in pre-commit's newer words."""
    stages = ("pre-commit", "pre-merge-commit", "pre-push")
    head = Wanted((local("selfmod-guard", *stages, **settings), HOOKS[1]), TYPES)
    assert [line.state for line in ask("hook_config", in_head=head, on_disk=head)] == ["ok"]


@pytest.mark.parametrize("name", ["files", "exclude", "types", "types_or", "exclude_types"])
def test_a_filter_is_weak_even_where_it_does_nothing(name: str) -> None:
    """`always_run` is all that keeps it from leaving the guard out."""
    stages = ("pre-commit", "pre-merge-commit", "pre-push")
    head = Wanted((local("selfmod-guard", *stages, **{name: "x"}), HOOKS[1]), TYPES)
    line = only(ask("hook_config", in_head=head, on_disk=head))
    assert (line.state, f"has `{name}`" in line.message) == ("warning", True)


@pytest.mark.parametrize(
    ("hooks", "missing"),
    [
        ((local("selfmod-guard", "manual"),), ["pre-commit", "pre-push", "pre-merge-commit"]),
        ((local("selfmod-guard", "commit", "merge-commit"),), ["pre-push"]),
        ((local("selfmod-guard", "pre-push", "merge-commit"),), ["pre-commit"]),
        ((Ours("selfmod-size", (), "url", "v1"),), ["pre-commit", "pre-push", "pre-merge-commit"]),
        ((Ours("selfmod-guard", (), "url", "v1"),), []),
    ],
)
def test_a_stage_in_which_nothing_asks_every_rule_is_told(
    hooks: tuple[Ours, ...], missing: list[str]
) -> None:
    """Only `selfmod-guard` does; in the stage `manual` git never runs it."""
    head = Wanted(hooks, TYPES)
    lines = ask("hook_config", in_head=head, on_disk=head)
    told = [line.message.rpartition(" ")[2] for line in lines if "in the stage" in line.message]
    assert told == missing
    broken = {line.message.rpartition(" ")[2] for line in lines if line.state == "broken"}
    assert broken == set(missing) - {"pre-merge-commit"}


def test_a_configuration_by_which_no_hook_of_git_runs_is_broken() -> None:
    """It was without a line, and so looked well."""
    head = Wanted((local("selfmod-guard", "manual"),), TYPES)
    (line,) = ask("hooks", in_head=head)
    assert (line.state, line.mend) == ("broken", "selfmod-guard init")


@pytest.mark.parametrize("settings", [{"entry": "true"}, {"always_run": "false"}, {"args": "-h"}])
def test_a_hook_that_is_another_on_disk_is_broken(settings: dict[str, Any]) -> None:
    """Its id and stages alone say nothing of what it runs."""
    stages = ("pre-commit", "pre-merge-commit", "pre-push", "manual")
    disk = Wanted((local("selfmod-guard", *stages, **settings), HOOKS[1]), TYPES)
    line = only(ask("hook_config", on_disk=disk))
    assert line.state == "broken"
    assert "does not ask for selfmod-guard as HEAD does" in line.message


def test_a_missing_pre_commit_is_broken() -> None:
    """Without it no command of this page works."""
    line = only(ask("hook_config", pre_commit=GONE))
    assert (line.state, line.mend) == ("broken", "python -m pip install pre-commit")


@pytest.mark.parametrize("skip", ["selfmod-guard", "ruff, selfmod-post-commit ,x", "selfmod-size"])
def test_a_skip_of_the_guard_is_broken(skip: str) -> None:
    """It was exported once, and is forgotten."""
    line = only(ask("skipped", environ={"SKIP": skip}))
    assert (line.state, line.mend) == ("broken", "unset SKIP")


def test_a_skip_of_others_and_an_empty_one_are_nobodys_business() -> None:
    """Only what leaves the guard out is told."""
    for skip in ("ruff", "", "guard"):
        assert [line.state for line in ask("skipped", environ={"SKIP": skip})] == ["ok"]


def test_a_configuration_that_may_be_missing_is_told() -> None:
    """pre-commit passes everything without one, where this is set."""
    line = only(ask("skipped", environ={"PRE_COMMIT_ALLOW_NO_CONFIG": "1"}))
    assert (line.state, line.mend) == ("warning", "unset PRE_COMMIT_ALLOW_NO_CONFIG")
