"""What `demo` shows, what it checks of itself, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import site
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from venv import EnvBuilder

import pytest

from pytest_selfmod_guard.doors._demo import scratch as scratch_module
from pytest_selfmod_guard.doors._demo.acts import ACTS, Act
from pytest_selfmod_guard.doors._demo.scratch import Scratch
from pytest_selfmod_guard.doors._demo.shop import FILES, PRICE_TESTS
from pytest_selfmod_guard.doors._demo.stage import Outcome
from pytest_selfmod_guard.doors.demo import fault
from pytest_selfmod_guard.errors import GuardError

ROOT = Path(__file__).parents[2]
DEMO = (
    "from pytest_selfmod_guard.doors import cli, demo\n{}\nraise SystemExit(cli.main(['demo']{}))"
)
FIRST = "demo.ACTS = demo.ACTS[:1]"

LANDS = Act("", "", "", {})
REFUSED = Act("", "", "", {}, ("SMG101", "SMG401"))
NAMED = Act("", "", "", {}, named_by=("SMG201",))
STANDS = "circuit breaker:"
EARLY = Act("", "", "", {}, kept_out_by="breaker-open")
WATCHED = LANDS._replace(breaker="half-open")


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """
    Give an interpreter in which the guard is installed.

    The demo's hook runs isolated, as users' do, so the path of this test run
    does not reach it.
    """
    installed = [sys.executable, "-I", "-c", "import pytest_selfmod_guard"]
    if subprocess.run(installed, capture_output=True, check=False).returncode == 0:
        return sys.executable
    folder = tmp_path_factory.mktemp("venv")
    EnvBuilder(symlinks=True).create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "here.pth").write_text("\n".join([str(ROOT), *site.getsitepackages()]))
    return str(folder / "bin" / "python")


@pytest.mark.proof
def test_every_act_ends_as_it_should(python: str, tmp_path: Path) -> None:
    """Also when an agent runs it, with a hostile git around, and without a trace afterwards."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[commit]\n\tgpgsign = true\n[core]\n\thooksPath = nowhere\n")
    markers = {"CLAUDECODE": "1", "GIT_DIR": str(tmp_path / "nowhere"), "SKIP": "selfmod-guard",
               "PRE_COMMIT_FROM_REF": "x", "HOME": str(home), "LANG": "C.UTF-8"}  # fmt: skip
    played = _play(tmp_path, [python, "-m", "pytest_selfmod_guard", "demo"], markers)
    assert played.returncode == 0, played.stdout + played.stderr
    assert _verdicts(played.stdout) == ["✗ REFUSED" if act.refusers else "✓ LANDED" for act in ACTS]
    shown = re.findall(r"\n   │ circuit breaker: (\S+)\n", played.stdout.replace(",", "\n"))
    assert shown == ["open", "half-open", "closed"]
    assert re.search(r"breaker: open, it lets probes through in [1-5] s\n", played.stdout)
    assert re.search(r"\(it waits as it was told to: [0-4]\.\d s\)\n", played.stdout)
    assert f"{len(ACTS)} of {len(ACTS)} acts ended as they should" in played.stdout
    assert "Everything above was a real git commit in a real repository.\n" in played.stdout
    assert played.stdout.count("and NAMED for SMG201") == 2
    assert "\x1b" not in played.stdout
    assert _left(tmp_path) == []


def test_it_covers_what_the_guard_promises() -> None:
    """A pass, and a denial each by danger, tampering, size and self-protection."""
    families = {rule[:4] for act in ACTS for rule in act.refused_by}
    assert families >= {"SMG1", "SMG2", "SMG3", "SMG4"}
    assert any(not act.refused_by for act in ACTS)
    assert any(act.named_by for act in ACTS)
    assert [act.breaker for act in ACTS if act.breaker] == ["open", "half-open", "closed"]
    assert {act.kept_out_by for act in ACTS} == {"", "breaker-open"}


@pytest.mark.proof
def test_kept_is_kept_and_ascii_is_ascii(python: str, tmp_path: Path) -> None:
    """Under `LC_ALL=C` a terminal may show nothing else; the place is the last word."""
    command = [python, "-c", DEMO.format(FIRST, "+['--keep']")]
    played = _play(tmp_path, command, {"LC_ALL": "C", "LANG": "C.UTF-8"})
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.isascii()
    assert "   + LANDED as " in played.stdout
    kept = played.stdout.splitlines()[-1].removeprefix("Kept: ")
    log = subprocess.run(
        ["git", "log", "--format=%s"], cwd=kept, capture_output=True, text=True, check=True
    )
    assert log.stdout == f"{ACTS[0].subject}\nOpen the shop, guarded\n"


@pytest.mark.proof
@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ("refused_by=('SMG999',)", "should have been refused, and landed"),
        ("files={'shop/price.py': 'eval(input())'}", "should have landed, and did not"),
    ],
)
def test_an_act_that_goes_wrong_is_named_and_the_exit_code_says_so(
    python: str, tmp_path: Path, changed: str, wrong: str
) -> None:
    """A demonstration that cannot fail proves nothing."""
    first = f"demo.ACTS = (demo.ACTS[0]._replace({changed}),)"
    played = _play(tmp_path, [python, "-c", DEMO.format(first, "")])
    assert played.returncode == 1, played.stdout + played.stderr
    assert "NOT AS IT SHOULD BE" in played.stdout
    assert wrong in played.stdout
    assert "0 of 1 acts" in played.stdout


def test_without_git_it_says_so(python: str, tmp_path: Path) -> None:
    """A traceback would not tell a newcomer what to install."""
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [python, "-m", "pytest_selfmod_guard", "demo"]
    played = _play(tmp_path, command, {"PATH": str(empty)})
    assert played.returncode == 2
    assert "git was not found" in played.stderr
    assert _left(tmp_path) == []


@pytest.mark.proof
@pytest.mark.parametrize("moment", [b"1. ", b"LANDED"], ids=["in-a-commit", "between"])
def test_an_interrupt_leaves_nothing_behind(python: str, tmp_path: Path, moment: bytes) -> None:
    """Neither the folder nor a process that goes on writing into it."""
    command = [python, "-m", "pytest_selfmod_guard", "demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=_environ(tmp_path), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        while moment not in (line := process.stdout.readline()):
            assert line, "it ended before the moment came"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"interrupted" in complaint
    assert _left(tmp_path) == []


def test_a_command_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a hook leaves running would hold the output open, and write on."""
    monkeypatch.setattr(scratch_module, "_PATIENCE", 0.2)
    (tmp_path / "shop").mkdir()
    scratch = Scratch(str(tmp_path), {"PATH": os.environ["PATH"]})
    started = time.monotonic()
    with pytest.raises(GuardError) as caught:
        scratch.run("sh", "-c", "sleep 30 & sleep 30")
    assert caught.value.slug == "demo-hung"
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("act", "outcome", "wrong"),
    [
        (LANDS, Outcome(0, (), "1a2b3c4", 0.1), ""),
        (LANDS, Outcome(1, (), "", 0.1), "did not"),
        (LANDS, Outcome(0, (), "", 0.1), "did not"),
        (NAMED, Outcome(0, ("1 commit went round the guard:", "SMG201"), "1a2b3c4", 0.1), ""),
        (NAMED, Outcome(0, ("1 commit went round the guard:",), "1a2b3c4", 0.1), "not named"),
        (NAMED, Outcome(0, ("SMG201",), "1a2b3c4", 0.1), "not named"),
        (NAMED, Outcome(1, ("1 commit went round the guard:", "SMG201"), "", 0.1), "did not"),
        (REFUSED, Outcome(1, ("- exit code: 1", "SMG101", "SMG401"), "", 0.1), ""),
        (REFUSED, Outcome(0, ("- exit code: 1", "SMG101", "SMG401"), "1a2b3c4", 0.1), "landed"),
        (REFUSED, Outcome(1, ("- exit code: 2", "SMG101", "SMG401"), "", 0.1), "not judge"),
        (REFUSED, Outcome(1, ("SMG101", "SMG401"), "", 0.1), "not judge"),
        (REFUSED, Outcome(1, ("- exit code: 1", "SMG401"), "", 0.1), "not by SMG101"),
        (REFUSED, Outcome(1, ("- exit code: 1",), "", 0.1), "not by SMG101 and SMG401"),
        (EARLY, Outcome(1, ("- exit code: 2", "(breaker-open)"), "", 0.1), ""),
        (EARLY, Outcome(1, ("- exit code: 2", "(busy)"), "", 0.1), "not by breaker-open"),
        (EARLY, Outcome(1, ("- exit code: 1", "(breaker-open)"), "", 0.1), "been looked at"),
        (EARLY, Outcome(0, ("- exit code: 2", "(breaker-open)"), "1a2b3c4", 0.1), "landed"),
        (WATCHED, Outcome(0, (), "1a2b3c4", 0.1, f"{STANDS} half-open, it lets"), ""),
        (WATCHED, Outcome(0, (), "1a2b3c4", 0.1, f"{STANDS} open, it lets"), "and is open"),
        (WATCHED, Outcome(0, (), "1a2b3c4", 0.1, ""), "should be half-open"),
        (WATCHED, Outcome(1, (), "", 0.1, f"{STANDS} half-open"), "did not"),
    ],
)
def test_only_the_right_end_is_right(act: Act, outcome: Outcome, wrong: str) -> None:
    """Refused for another reason, or not judged at all, is not what the act shows."""
    told = fault(act, outcome)
    assert wrong in told
    assert bool(wrong) == bool(told)


@pytest.mark.proof
def test_the_shops_suite_is_green_after_every_act_that_lands(tmp_path: Path) -> None:
    """The honest acts are honest."""
    _write(tmp_path, FILES)
    for act in ACTS:
        if not act.refusers:
            _write(tmp_path, act.files)
            assert _suite(tmp_path) == 0, act.title


def test_the_tampering_act_deletes_a_test_that_fails(tmp_path: Path) -> None:
    """Its story is true: with the test that it deletes, the suite is red."""
    (tampering,) = [act for act in ACTS if "SMG301" in act.refused_by]
    _write(tmp_path, {**FILES, **ACTS[0].files})
    _write(tmp_path, {path: text for path, text in tampering.files.items() if path != PRICE_TESTS})
    assert _suite(tmp_path) == 1
    _write(tmp_path, tampering.files)
    assert _suite(tmp_path) == 0


def test_the_large_act_is_as_large_as_it_says() -> None:
    """12,000 characters are told, and about that many are committed."""
    (text,) = [act.files["shop/postage.py"] for act in ACTS if act.refused_by == ("SMG101",)]
    assert text is not None
    assert round(len(text), -3) == 12_000


def _play(
    tmp_path: Path, command: list[str], extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environ = {**_environ(tmp_path), **(extra or {})}
    return subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=150
    )


def _environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "temporary").mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path / "temporary")}


def _left(tmp_path: Path) -> list[str]:
    return os.listdir(tmp_path / "temporary")


def _verdicts(told: str) -> list[str]:
    """Give glyph and word of each act's own verdict line."""
    return re.findall(r"^   (. (?:LANDED|REFUSED))\b", told, re.MULTILINE)


def _write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        assert text is not None
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _suite(folder: Path) -> int:
    suite = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environ = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        suite, cwd=folder, env=environ, capture_output=True, check=False
    ).returncode
