"""A verdict on its way from one process to the next stays the same, fits, and is never guessed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.doors._launch.bond import Bond, opened, seal
from pytest_selfmod_guard.doors._launch.handover import LIMIT, pack, unpack, written
from pytest_selfmod_guard.errors import CouldNotJudge
from pytest_selfmod_guard.model import (
    LAYERS,
    Actor,
    Confidence,
    Finding,
    Layer,
    Origin,
    PreflightResult,
    Receipt,
    Risk,
    State,
)

if TYPE_CHECKING:
    from tests.conftest import NewRepo, Repo

YES: object = True
WIDE = "\U0001f600"  # twelve bytes in JSON


def finding(path: str = "shop/cart.py", message: str = "eval() runs text as code") -> Finding:
    """Make a finding."""
    return Finding(
        "SMG201", "runs-text-as-code", Risk.HIGH, Confidence.MEDIUM, path, 12,
        message, "use ast.literal_eval", "return eval(text)",
    )  # fmt: skip


def receipt(decision: str = "denied", **other: object) -> Receipt:
    """Make a receipt in which every field says something, or as told otherwise."""
    denies = (finding(),) if decision == "denied" else ()
    parts: dict[str, object] = {
        "attempt": "a1", "at": 1.5, "seconds": 0.25, "decision": decision, "outcome": decision,
        "enforced": True, "risk": Risk.HIGH,
        "actor": Actor("agent", "Ada", Confidence.HIGH, "trailer"),
        "source": "--base main", "base": "b" * 40, "head": "c" * 40, "digest": "d" * 64,
        "files": ("shop/cart.py", "ä.py"), "findings": (finding("other.py"), *denies),
        "because": denies, "preflight": (PreflightResult("health", allowed=True, message="ok"),),
        "trial": None, "layers": tuple(Layer(name, State.NOT_RUN, "-") for name in LAYERS),
        "notes": ("A note.",), "slug": "no-rules" if decision == "undecided" else "",
        "retry_after": 3.5, "origins": (Origin("e" * 40, "Start", "Ada <a@b>"),),
    }  # fmt: skip
    return Receipt(**{**parts, **other})  # type: ignore[arg-type]  # each value fits its field


@pytest.mark.parametrize("decision", ["allowed", "denied", "undecided"])
def test_what_is_handed_over_arrives_unchanged(decision: str) -> None:
    """Every field, with its type."""
    told = receipt(decision)
    assert unpack(pack(told)) == told
    assert unpack(written(told)) == told
    assert type(unpack(pack(told)).at) is float
    assert isinstance(unpack(pack(told)).findings[0].confidence, Confidence)


def test_a_verdict_is_for_one_process_one_repository_and_one_commit(
    repo: Repo, new_repo: NewRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anywhere in it, and through links; for all others there is none."""
    folder, environ = str(repo.path), repo.environ
    repo.write("sub/mod.py", "")
    repo.commit()
    told = receipt("allowed")
    sealed = seal(told, folder, environ)
    assert opened(sealed, folder, environ) == opened(sealed, f"{folder}/sub", environ) == pack(told)
    (repo.path.parent / "link").symlink_to(repo.path)
    assert opened(sealed, f"{folder}/../link/sub", environ) == pack(told)
    other = new_repo("other")
    other.git("fetch", "--quiet", folder, "main")
    other.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    assert other.git("rev-parse", "HEAD") == repo.git("rev-parse", "HEAD")
    assert opened(sealed, str(other.path), environ) is None
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: 1)
        assert opened(sealed, folder, environ) is None
    repo.commit()
    assert opened(sealed, folder, environ) is None


def test_a_place_without_a_commit_is_a_place_too(new_repo: NewRepo, tmp_path: Path) -> None:
    """There is nothing to allow there, but a verdict that says so has to arrive."""
    told = receipt("undecided")
    empty = new_repo("empty")
    for folder, environ in ((empty.path, empty.environ), (tmp_path, {"PATH": "/nowhere"})):
        sealed = seal(told, str(folder), environ)
        assert opened(sealed, str(folder), environ) == pack(told)
        assert Bond.here(str(folder), environ, 7) == Bond(7, str(folder), "")


@pytest.mark.parametrize("first", ["", "{", "[]", "7", "{}", '{"pid": 1}', '{"x": 1}', "[" * 9999])
def test_what_does_not_say_whom_it_is_for_is_no_verdict(repo: Repo, first: str) -> None:
    """It is neither believed nor passed over; nor is a receipt alone, however good."""
    packed = pack(receipt("allowed"))
    for text in (f"{first}\n{packed}", first, packed):
        found = opened(text, str(repo.path), repo.environ)
        assert found == ""
        with pytest.raises(CouldNotJudge, match="cannot be read"):
            unpack(found)


def test_a_file_name_that_is_no_text_fits_into_a_variable() -> None:
    """As everywhere in JSON, its odd bytes come out escaped."""
    told = unpack(pack(receipt(files=("caf\udce9.py", "a\0b\n"))))
    assert told.files == ("caf\\xe9.py", "a\0b\n")
    assert pack(told).isascii()
    assert "\0" not in pack(told)


@pytest.mark.parametrize("deny", [1, 400])
@pytest.mark.parametrize("width", [10, 3000])
def test_the_largest_verdict_fits_and_still_denies(deny: int, width: int) -> None:
    """However many and however long: the decision stays, with a finding that denies."""
    long = WIDE * width
    denies = tuple(finding(f"{at}{long}", long) for at in range(deny))
    others = tuple(finding(f"other{at}", long) for at in range(300))
    origin = Origin("e" * 40, long, long)
    packed = pack(
        receipt(
            findings=others + denies, because=denies, files=(long,) * 400, notes=(long,) * 50,
            reason=long, hint=long, source=long, actor=Actor("agent", long, source=long),
            origins=(origin,) * 99, ungated=(origin,) * 99,
            layers=tuple(Layer(name, State.FAILED, long) for name in LAYERS),
            preflight=(PreflightResult(long, allowed=False, message=long),) * 99,
        )
    )  # fmt: skip
    told = unpack(packed)
    assert len(packed) <= LIMIT
    assert told.decision == "denied"
    assert told.because
    assert set(told.because) <= set(told.findings)
    assert (told.base, told.digest, told.enforced) == ("b" * 40, "d" * 64, True)
    assert f"{deny} of {300 + deny} findings deny, in 400 files." in told.notes[0]


def test_what_fits_is_not_cut() -> None:
    """A verdict of the usual size loses nothing, and gets no note."""
    told = receipt(files=tuple(f"file{at}.py" for at in range(2000)))
    assert unpack(pack(told)) == told


Change = Callable[[dict[str, Any]], None]


def _without(*keys: str) -> Change:
    def change(told: dict[str, Any]) -> None:
        del _inner(told, *keys[:-1])[keys[-1]]

    return change


def _with(value: object, *keys: str) -> Change:
    def change(told: dict[str, Any]) -> None:
        _inner(told, *keys[:-1])[keys[-1]] = value

    return change


def _inner(told: Any, *keys: str) -> Any:
    for key in keys:
        told = told[int(key) if key.isdigit() else key]
    return told


@pytest.mark.parametrize(
    "change",
    [
        _without("decision"), _without("because"), _without("ungated"), _without("actor", "kind"),
        _without("findings", "0", "risk"),
        _with("passed", "decision"), _with("Allowed", "decision"), _with(None, "decision"),
        _with("allowed", "decision"), _with("undecided", "decision"),
        _with([], "because"), _with({}, "because"), _with(None, "because"), _with("", "findings"),
        _with("true", "enforced"), _with(1, "enforced"), _with(None, "enforced"),
        _with("severe", "risk"), _with(3, "risk"), _with("HIGH", "risk"), _with([], "risk"),
        _with(YES, "at"), _with("1.5", "at"), _with(float("nan"), "at"), _with("1", "retry_after"),
        _with(YES, "findings", "0", "line"), _with(1.0, "findings", "0", "line"),
        _with(7, "files"), _with([7], "files"), _with("ab", "files"),
        _with([], "actor"), _with(0, "trial"), _with("failed!", "layers", "0", "state"),
        _with(2, "schema_version"), _with("1", "schema_version"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_no_verdict(change: Change) -> None:
    """A key too few, a wrong type, an unknown word, or a decision that its reasons contradict."""
    told = json.loads(written(receipt()))
    change(told)
    with pytest.raises(CouldNotJudge) as caught:
        unpack(json.dumps(told))
    assert caught.value.slug == "handover-unusable"


@pytest.mark.parametrize(
    "text",
    ["", "rubbish", "null", "[]", "1", '"allowed"', "{}", '{"decision": "allowed"}', "[" * 9**5],
)
def test_rubbish_is_no_verdict(text: str) -> None:
    """Whatever a dying process may leave behind."""
    with pytest.raises(CouldNotJudge):
        unpack(text)


def test_a_verdict_cut_short_is_no_verdict() -> None:
    """At whatever byte it ends."""
    text = written(receipt())
    for end in range(0, len(text), 7):
        with pytest.raises(CouldNotJudge):
            unpack(text[:end])


def test_what_a_later_version_adds_is_passed_over() -> None:
    """The guard that judges and the one in the project's environment may differ."""
    told = json.loads(written(receipt("allowed")))
    told["mood"] = "fine"
    told["actor"]["mood"] = "fine"
    assert unpack(json.dumps(told)) == receipt("allowed")


@pytest.mark.parametrize(
    ("decision", "other"),
    [
        ("allowed", {"slug": "no-rules"}), ("allowed", {"because": (finding(),)}),
        ("denied", {"because": ()}), ("undecided", {"slug": ""}),
    ],
)  # fmt: skip
def test_a_verdict_that_contradicts_itself_is_none(decision: str, other: dict[str, object]) -> None:
    """An allowed one has nothing against it, and any other one has."""
    with pytest.raises(CouldNotJudge):
        unpack(written(receipt(decision, **other)))


def test_a_denial_that_only_warns_is_a_verdict() -> None:
    """It is not enforced, and says so."""
    told = receipt(enforced=False)
    assert unpack(pack(told)) == told
