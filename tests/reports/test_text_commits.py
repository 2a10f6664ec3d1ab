"""How the text report speaks of commits: who brought what, and who went round the guard."""

from __future__ import annotations

import json

from pytest_selfmod_guard.model import UNKNOWN_ACTOR, Confidence, Finding, Origin, Receipt, Risk
from pytest_selfmod_guard.reports import render

HOSTILE = "a\x1b[2J\r\n\u202egnp.\udce9\x00<script>"
SPEED = Origin("1a2b3c4d56" + "7" * 30, "Speed up", "Ada <ada@example.org>")
TIDY = Origin("9f8e7d6c5b" + "4" * 30, "Tidy up", "Bob <bob@example.org>")


def finding() -> Finding:
    """Make a finding that nobody brought yet."""
    return Finding(
        "SMG201", "runs-text-as-code", Risk.HIGH, Confidence.HIGH, "shop/cart.py", 12,
        "eval() runs text as code", "use ast.literal_eval", "return eval(text)",
    )  # fmt: skip


def receipt(decision: str = "denied", **other: object) -> Receipt:
    """Make a receipt, denied for one finding or as told otherwise."""
    found = (finding(),) if decision == "denied" else ()
    parts: dict[str, object] = {
        "attempt": "a1", "at": 1.5, "seconds": 0.25, "decision": decision, "outcome": decision,
        "enforced": True, "risk": Risk.HIGH, "actor": UNKNOWN_ACTOR, "source": "--staged",
        "base": "b" * 40, "head": "index", "digest": "d" * 64, "files": ("shop/cart.py",),
        "findings": found, "because": found, "preflight": (), "trial": None, "layers": (),
        "notes": (),
    }  # fmt: skip
    return Receipt(**{**parts, **other})  # type: ignore[arg-type]  # each value fits its field


def brought(origin: Origin) -> Finding:
    """Make a finding that a commit brought."""
    return finding()._replace(commit=origin.commit)


def slipped(*ungated: Origin, because: tuple[Finding, ...] = (), **other: object) -> Receipt:
    """Make a receipt of a denial that names commits which went round the guard."""
    because = because or (brought(ungated[0]),)
    parts = {"findings": because, "because": because, "ungated": ungated, **other}
    return receipt("denied", **parts)


def test_a_finding_names_the_commit_that_brought_it() -> None:
    """In a range of forty commits nobody wants to look for it."""
    text = render("text", receipt(because=(brought(SPEED),), origins=(TIDY, SPEED)))
    assert '  brought by 1a2b3c4d56 "Speed up", Ada <ada@example.org>\n' in text
    assert "Tidy up" not in text
    assert "went round" not in text
    assert "  brought by 1a2b3c4d56\n" in render("text", receipt(because=(brought(SPEED),)))


def test_a_finding_of_no_commit_names_none() -> None:
    """What is only staged was brought by nobody yet."""
    assert "brought by" not in render("text", receipt(origins=(SPEED,)))


def test_a_commit_that_went_round_the_guard_is_named_with_what_to_do() -> None:
    """Which, who, and the command that takes it back."""
    text = render("text", slipped(SPEED))
    named = '\n\n1 commit went round the guard:\n  1a2b3c4d56 "Speed up" by Ada <ada@example.org>\n'
    assert named in text
    assert '  brought by 1a2b3c4d56 "Speed up", Ada <ada@example.org>\n' in text
    assert "mend 1 finding and stage that; it is judged together with that commit" in text
    way_out = "git stash && git revert --no-edit 1a2b3c4d56 && git stash pop"
    assert f"\nor take back what went round the guard: {way_out}\n" in text
    after = render("text", slipped(SPEED)._replace(source="--range a..b"))
    assert "\nor take back what went round the guard: git revert --no-edit 1a2b3c4d56\n" in after
    assert "stage again" not in text


def test_only_the_guilty_are_taken_back_and_the_newest_first() -> None:
    """An innocent commit that went round is named, and may stay."""
    both = render("text", slipped(SPEED, TIDY, because=(brought(SPEED), brought(TIDY))))
    assert "2 commits went round the guard:" in both
    assert "judged together with those commits" in both
    assert "git revert --no-edit 9f8e7d6c5b 1a2b3c4d56 &&" in both
    one = render("text", slipped(SPEED, TIDY, because=(brought(TIDY),)))
    assert '  1a2b3c4d56 "Speed up"' in one
    assert "git revert --no-edit 9f8e7d6c5b &&" in one
    unclear = render("text", slipped(SPEED, TIDY, because=(finding(), brought(TIDY))))
    assert "git revert --no-edit 9f8e7d6c5b 1a2b3c4d56 &&" in unclear


def test_a_commit_that_passed_is_not_to_be_taken_back_for_what_came_later() -> None:
    """It is the base of what is staged, which alone denies."""
    text = render("text", slipped(SPEED, because=(finding(),), base=SPEED.commit))
    assert "1 commit went round the guard:" in text
    assert "git revert" not in text
    assert "mend 1 finding, stage again and commit" in text


def test_one_that_passes_is_named_without_a_task() -> None:
    """It is known now, and there is nothing left to do."""
    text = render("text", receipt("allowed", ungated=(SPEED,)))
    assert '1 commit went round the guard:\n  1a2b3c4d56 "Speed up" by Ada' in text
    assert "revert" not in text
    assert "mend" not in text


def test_a_policy_that_only_warns_gives_no_task() -> None:
    """Nothing is refused, so nothing has to be taken back."""
    text = render("text", slipped(SPEED, enforced=False))
    assert "1 commit went round the guard:" in text
    assert "git revert" not in text


def test_what_could_not_be_judged_still_names_them() -> None:
    """Who went round is known before the verdict is."""
    text = render("text", receipt("undecided", because=(), ungated=(SPEED,), reason="no", slug="s"))
    assert text.index("no (s)") < text.index("1 commit went round the guard:")


def test_many_are_counted_and_five_are_shown() -> None:
    """One short answer, also after a week without hooks."""
    many = tuple(SPEED._replace(commit=f"{at:040x}") for at in range(1, 8))
    text = render("text", slipped(*many))
    assert "7 commits went round the guard:" in text
    assert text.count(' "Speed up" by ') == 5
    assert "  and 2 more, all of them in --format json\n" in text


def test_hostile_subjects_and_authors_are_inert() -> None:
    """They are as their author wrote them: no escape, no endless line, no second author."""
    bad = SPEED._replace(subject=HOSTILE + "\n" + "x" * 9_999, author=f"{HOSTILE}\n" + "y" * 9_999)
    text = render("text", slipped(bad, origins=(bad,)))
    assert text.encode("utf-8")
    assert not set(text) & set("\x1b\r\u202e\x00")
    assert max(map(len, text.splitlines())) < 200
    liar = SPEED._replace(subject='Speed up" by Bob <bob@example.org> "')
    assert "\"Speed up' by Bob <bob@example.org> '\" by Ada" in render("text", slipped(liar))


def test_json_has_all_of_them() -> None:
    """Programs read what text leaves out."""
    many = tuple(SPEED._replace(commit=f"{at:040x}") for at in range(1, 8))
    told = json.loads(render("json", slipped(*many, origins=(TIDY,))))
    assert [one["commit"] for one in told["ungated"]] == [one.commit for one in many]
    assert told["origins"] == [TIDY._asdict()]
    assert told["findings"][0]["commit"] == many[0].commit
