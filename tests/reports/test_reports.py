"""Every format tells the same receipt, loses nothing, and lets nothing hostile through."""

from __future__ import annotations

import json
import re

import pytest

from pytest_selfmod_guard.model import (
    LAYERS,
    Actor,
    Confidence,
    Finding,
    Layer,
    PreflightResult,
    Receipt,
    Risk,
    State,
)
from pytest_selfmod_guard.reports import formats, render

OPEN = PreflightResult(
    "breaker", allowed=False, message="the circuit breaker is open; it lets probes through in 9 s",
    retry_after=9.0, slug="breaker-open", hint="see why: selfmod-guard breaker status",
)  # fmt: skip
TIRED = PreflightResult(
    "health", allowed=True, message="degraded, with caution: \x1b[2J disk 91 %", with_caution=True
)
FINE = PreflightResult("rate", allowed=True, message="1 of 10 modifications in 1m")
HOSTILE = "a\x1b[2J\r\n\u202egnp.\udce9\x00<script>"


def finding(path: str = "shop/cart.py", risk: Risk = Risk.HIGH, line: int = 12) -> Finding:
    """Make a finding."""
    return Finding(
        "SMG201", "runs-text-as-code", risk, Confidence.HIGH, path, line,
        "eval() runs text as code", "use ast.literal_eval", "return eval(text)",
    )  # fmt: skip


def receipt(decision: str = "denied", **other: object) -> Receipt:
    """Make a receipt of a denied change, or as told otherwise."""
    found = () if decision == "allowed" else (finding(),)
    parts: dict[str, object] = {
        "attempt": "a1", "at": 1.5, "seconds": 0.25, "decision": decision, "outcome": decision,
        "enforced": True, "risk": Risk.HIGH,
        "actor": Actor("agent", "Claude", Confidence.HIGH, "x"),
        "source": "--staged", "base": "b" * 40, "head": "index", "digest": "d" * 64,
        "files": ("shop/cart.py",), "findings": found, "because": found, "preflight": (),
        "trial": None, "layers": tuple(Layer(name, State.NOT_RUN) for name in LAYERS), "notes": (),
    }  # fmt: skip
    return Receipt(**{**parts, **other})  # type: ignore[arg-type]  # each value fits its field


def test_there_are_the_promised_formats() -> None:
    """A format that vanished would break somebody's pipeline."""
    assert {"json", "text"} <= set(formats())


def test_json_keeps_the_promised_keys() -> None:
    """Programs read them."""
    told = json.loads(render("json", receipt()))
    assert {
        "schema_version", "decision", "enforced", "risk", "actor", "findings", "preflight",
        "trial", "attempt", "layers",
    } <= set(told)  # fmt: skip
    assert {"rule", "risk", "confidence", "path", "line", "message", "hint"} <= set(
        told["findings"][0]
    )
    assert (told["schema_version"], told["risk"], told["actor"]["kind"]) == (1, "high", "agent")
    assert [layer["name"] for layer in told["layers"]] == list(LAYERS)


def test_a_denial_says_what_where_and_what_to_do_instead() -> None:
    """One short answer to: why, and what do I type."""
    text = render("text", receipt())
    for part in (
        "selfmod-guard: denied", "agent Claude", "shop/cart.py:12", "SMG201 runs-text-as-code",
        "return eval(text)", "eval() runs text as code", "do instead: use ast.literal_eval",
        "selfmod-guard explain SMG201",
    ):  # fmt: skip
        assert part in text


def test_the_next_step_fits_the_source() -> None:
    """Nobody stages a range again."""
    assert "stage again and commit" in render("text", receipt())
    assert "stage again" not in render("text", receipt(source="--range a..b"))


def test_long_sentences_are_broken_between_words() -> None:
    """A terminal breaks them anywhere."""
    hint = " ".join(["word"] * 60)
    lines = render("text", receipt(because=(finding()._replace(hint=hint),))).splitlines()
    assert max(map(len, lines)) <= 101
    assert sum(line.count("word") for line in lines) == 60


def test_a_pass_is_one_line() -> None:
    """A good commit passes unnoticed."""
    assert render("text", receipt("allowed")).count("\n") == 1


def test_nothing_to_judge_is_said_in_these_words() -> None:
    """An empty change is no silent success."""
    assert "nothing to judge" in render("text", receipt("allowed", files=()))


def test_what_could_not_be_judged_says_why_and_what_next() -> None:
    """It must not read like a pass."""
    text = render("text", receipt("undecided", slug="git-missing", reason="no git", hint="get git"))
    for part in ("could not be judged", "not a pass", "no git (git-missing)", "do next: get git"):
        assert part in text


def test_warnings_are_shown_apart_from_what_denies() -> None:
    """And a denial that is not enforced says so."""
    mild = finding(risk=Risk.MEDIUM, line=40)
    text = render("text", receipt(findings=(finding(), mild), enforced=False))
    assert "denied (not enforced)" in text
    denying, warned = text.split("worth a look")
    assert "shop/cart.py:12" in denying
    assert "shop/cart.py:40" in warned
    assert "1 finding would deny it; the policy only warns" in warned


def test_low_notes_are_counted_and_not_listed() -> None:
    """What hardly matters does not push out what does."""
    low = finding(risk=Risk.LOW, line=77)
    text = render("text", receipt("allowed", findings=(low, low), because=()))
    assert "cart.py:77" not in text
    assert "2 low notes" in text


@pytest.mark.parametrize("shape", formats())
def test_hostile_text_is_inert(shape: str) -> None:
    """No control, direction or invalid character of a change reaches the reader."""
    bad = finding(path=HOSTILE)._replace(message=HOSTILE, hint=HOSTILE, code=HOSTILE)
    told = receipt(
        findings=(bad, bad._replace(risk=Risk.MEDIUM)), because=(bad,), notes=(HOSTILE,),
        files=(HOSTILE,), actor=Actor("agent", HOSTILE, Confidence.LOW, HOSTILE),
    )  # fmt: skip
    stuck = told._replace(decision="undecided", reason=HOSTILE, hint=HOSTILE, slug="s")
    for shown in (render(shape, told), render(shape, stuck)):
        assert shown.encode("utf-8")
        assert not set(shown) & set("\x1b\r\u202e\x00")


@pytest.mark.parametrize("shape", formats())
def test_colour_adds_no_word(shape: str) -> None:
    """Colour is never the only sign."""
    colored = render(shape, receipt(), color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(shape, receipt())


def test_a_refusal_is_one_short_answer() -> None:
    """What, when to come back, and what to type; nothing is said twice."""
    told = receipt(
        "undecided", findings=(), because=(), preflight=(OPEN,), slug=OPEN.slug,
        reason=OPEN.message, hint=OPEN.hint, retry_after=9.0,
    )  # fmt: skip
    assert render("text", told).splitlines() == [
        "selfmod-guard: undecided, nothing may be modified now, so the change was not looked at",
        "  the circuit breaker is open; it lets probes through in 9 s (breaker-open)",
        "  do next: see why: selfmod-guard breaker status",
    ]


def test_another_reason_is_not_taken_for_a_refusal() -> None:
    """A person was let through with a warning, and then a rule crashed."""
    told = receipt(
        "undecided", findings=(), because=(), preflight=(OPEN,), slug="rule-crashed", reason="x"
    )
    text = render("text", told)
    assert "could not be judged" in text
    assert "pre-flight: the circuit breaker is open" in text


@pytest.mark.parametrize("decision", ["allowed", "denied"])
def test_what_only_warns_is_said_and_what_is_fine_is_not(decision: str) -> None:
    """One line each, with nothing in it that moves a terminal."""
    text = render("text", receipt(decision, preflight=(OPEN, TIRED, FINE)))
    assert "  pre-flight: the circuit breaker is open; it lets probes" in text
    assert "  pre-flight: degraded, with caution: \\x1b[2J disk 91 %" in text
    assert "1 of 10" not in text


def test_what_time_mends_is_not_to_be_mended() -> None:
    """Unless there is something else that is."""
    told = receipt("denied")
    (found,) = told.because
    often = found._replace(rule="SMG104", path="", line=0)
    assert "wait that long and try again" in render("text", told._replace(because=(often,)))
    assert "mend 2 findings" in render("text", told._replace(because=(often, found)))


def test_a_command_is_never_broken() -> None:
    """It is there to be copied, however long the words before it are."""
    command = "mkdir -p damaged && mv /a/long/path/" + "x" * 60 + " damaged"
    told = receipt("undecided", slug="s", reason="r", hint=f"keep it and begin anew: {command}")
    lines = render("text", told).splitlines()
    assert lines[2:4] == ["  do next: keep it and begin anew:", f"    {command}"]
    short = render("text", told._replace(hint="see why: selfmod-guard status"))
    assert "  do next: see why: selfmod-guard status\n" in short
