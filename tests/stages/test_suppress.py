"""Suppress: what a comment of the base excuses, and what it does not."""

from __future__ import annotations

import time
import tokenize
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import (
    REGULAR,
    Base,
    Blob,
    Change,
    Confidence,
    FileChange,
    Finding,
    Risk,
    Waiver,
)
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import rules_called
from pytest_selfmod_guard.stages.detect import detect
from pytest_selfmod_guard.stages.suppress import Suppressed, excuse
from pytest_selfmod_guard.surroundings import Given

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules import Rule

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
SHELL = "rm -rf / --no-preserve-root"
ALLOW = '# selfmod: allow[SMG201] reason="ours" expires=2026-06-30'
ALLOW_SHELL = ALLOW.replace("SMG201", "SMG202")
EVAL = f"def f(a):\n    return eval(a)  {ALLOW}\n"


def rules() -> tuple[Rule, ...]:
    """Give a rule about Python, one about text, bandit, and one about the difference."""
    return rules_called(frozenset(("SMG201", "SMG202", "SMG290", "SMG301")))


def blob(text: str | bytes) -> Blob:
    """Make one side of a file."""
    data = text if isinstance(text, bytes) else text.encode()
    return Blob(REGULAR, f"{hash(data):x}", len(data), data)


def changed(
    old: str | bytes | None, new: str | bytes, path: str = "cart.py", was: str = ""
) -> Change:
    """Make a change of one file."""
    file = FileChange(path, None if old is None else blob(old), blob(new), was)
    return Change((file,), Base("c", {}), "index", "--staged")


def judge(change: Change, now: float = NOW, **asked: object) -> Suppressed:
    """Look for what is new, and excuse of it what can be."""
    found = detect(change, Policy(), rules())
    return excuse(change, found.findings, rules(), now=now, **asked)  # type: ignore[arg-type]


def split(old: str | bytes | None, new: str | bytes, **other: str) -> tuple[list[int], list[int]]:
    """Give the lines of what is excused, and of what is not."""
    found = judge(changed(old, new, **other)).findings
    assert found, "nothing was found that could be excused"
    excused = [one.line for one in found if one.waiver]
    return excused, [one.line for one in found if not one.waiver]


def notes(old: str, new: str, **asked: object) -> list[str]:
    """Give what is said of the comments of a file, without its name."""
    said = judge(changed(old, new), **asked).notes  # type: ignore[arg-type]
    return [note.removeprefix("the suppression at cart.py:") for note in said]


def edited(text: str) -> str:
    """Give the code with every `eval` in it a little otherwise."""
    return text.replace("eval(a)", "eval(a, {})")


def test_an_edit_beside_it_is_excused_and_still_there() -> None:
    """With where it stands in the base, why, and until when."""
    (found,) = judge(changed("\n" + EVAL, edited(EVAL))).findings
    last = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC).timestamp()
    assert found.waiver == Waiver("suppression", "base cart.py:3", "ours", last)
    assert (found.rule, found.line, found.risk) == ("SMG201", 2, Risk.HIGH)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{ALLOW}\nx = eval(a)\ny = eval(a)\n", [2]),
        (f"{ALLOW}\n\n# because\nx = eval(a)\n", [4]),
        (f"x = (\n    eval(a),\n    2,\n)  {ALLOW}\n", [2]),
        (f"x = (\n    {ALLOW}\n    2,\n    eval(a),\n)\n", [4]),
        (f"x = '''\n''' + eval(a)  {ALLOW}\n", [2]),
        (f"x = 1; y = eval(a)  {ALLOW}\ny = eval(a)\n", [1]),
        (f"if eval(a):  {ALLOW}\n    eval(a)\n", [1]),
        (f"def f(a):\n    pass\n    {ALLOW}\n\nx = eval(a)\n", [5]),
        (f"class A:\n    async def f(self, a):\n        eval(a)  {ALLOW}\n    eval(a)\n", [3]),
        (f"x = eval(a)  # noqa: E501  {ALLOW}  # and more\n", [1]),
        ("x = eval(a)  #selfmod:allow [ SMG201 ]  reason = 'ours'  expires = 2026-06-30\n", [1]),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'runs-text-as-code')}\n", [1]),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'SMG204, SMG201')}\n", [1]),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'SMG204')}  {ALLOW}\n", [1]),
        (f"x = eval(a)  {ALLOW.replace('06-30', '01-31')}  {ALLOW}\n", [1]),
        (f"\ufeffx = eval(a)  {ALLOW}\r\ny = eval(a)\r\n", [1]),
        (f"x = eval(a)  {ALLOW}", [1]),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'SMG204')}\n", []),
        (f"x = 1\nx = eval(a)\n{ALLOW}\n", []),
        (f"def f(a):  {ALLOW}\n    eval(a)\n", []),
        (f"x = eval(a), '{ALLOW}'\n", []),
        (f"x = '''\n{ALLOW}\n''' + eval(a)\n", []),
    ],
)
def test_what_a_comment_speaks_of(text: str, lines: list[int]) -> None:
    """Its statement up to the colon, or the next one, and nothing in a string."""
    assert split(text, edited(text))[0] == lines


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("clean.sh", f"{SHELL}  {ALLOW_SHELL}\n{SHELL} x\n", [1]),
        ("Makefile", f"all:\n\t{ALLOW_SHELL}\n\n\t# so\n\t{SHELL}\n\t{SHELL} x\n", [5]),
        ("Dockerfile", f"{ALLOW_SHELL}\r\nRUN {SHELL}\r\n", [2]),
        ("deploy.yaml", f"run: '{SHELL}'  {ALLOW_SHELL}\n", [1]),
        ("tox.ini", f"commands = {SHELL}  {ALLOW_SHELL}\n", [1]),
        ("tasks.toml", f'run = "{SHELL}"  {ALLOW_SHELL}\n', [1]),
        ("clean.sh", f"{SHELL}; echo ' {ALLOW_SHELL} # '\n", []),
        ("clean.sh", f"{SHELL}  {ALLOW_SHELL}{' ' * 4000}#\n", []),
        ("clean.sh", f"{SHELL}#{ALLOW_SHELL[1:]}\n", []),
    ],
)
def test_files_that_are_no_python(path: str, text: str, lines: list[int]) -> None:
    """By the line; quotes and very long lines leave a doubt, and a doubt excuses nothing."""
    new = text.replace(SHELL, SHELL.replace("rm -rf", "rm -r -f"))
    assert split(text, new, path=path)[0] == lines


@pytest.mark.parametrize("path", ["README.md", "a.json", "uv.lock", "x.patch"])
def test_files_whose_comments_nothing_reads(path: str) -> None:
    """There, they are text."""
    one = Finding("SMG202", "n", Risk.HIGH, Confidence.HIGH, path, 1, "m", "h")
    change = changed(f"x  {ALLOW_SHELL}\n", f"y  {ALLOW_SHELL}\n", path=path)
    assert excuse(change, [one], rules(), now=NOW) == Suppressed((one,))


BOTH = f"def f(a):\n    return eval(a)  {ALLOW}\ndef g(a):\n    return 1\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(a):\n    pass\n", EVAL),
        (f"# selfmod: nothing\n{EVAL.replace(ALLOW, '')}", edited(EVAL)),
        (BOTH, f"def f(a):\n    return 1\ndef g(a):\n    return eval(a, 1)  {ALLOW}\n"),
        (EVAL, edited(EVAL.replace("def f", "def other"))),
        (EVAL, edited(f"class A:\n    {EVAL.replace('    ', '        ')}")),
        (EVAL, f"def f(a): eval(a, 1)  {ALLOW}\n".replace("f(a)", "g(a)")),
        (f"x = eval(a)  {ALLOW}\n", f"def f(a):\n    eval(a, 1)  {ALLOW}\n"),
        (
            BOTH.replace("def", "async def"),
            f"async def f(a):\n    pass\nasync def g(a):\n    return eval(a, 1)  {ALLOW}\n",
        ),
        (f"{EVAL}x = 1  {ALLOW}\n", f"{EVAL}    y = eval(a)  {ALLOW}\n"),
        (EVAL, edited(EVAL.replace("SMG201", "SMG201, SMG204"))),
        (EVAL.replace("SMG201", "SMG204"), edited(EVAL)),
        (EVAL, edited(EVAL.replace("06-30", "07-30"))),
        (EVAL, edited(EVAL.replace("ours", "theirs"))),
        (EVAL.replace(" reason", "  # selfmod: x\n# "), edited(EVAL)),
        (f"'''\n{ALLOW}\n'''\nx = eval(a)\n", f"x = eval(a, 1)  {ALLOW}\n"),
        (f"x = 1\n{ALLOW}\n", f"x = eval(a)  {ALLOW}\n"),
        (f"x = 1  {ALLOW}\n", f"x = 1\ny = eval(a)  {ALLOW}\n"),
        (f"x = 1  {ALLOW}\n", f"x = (1)\nx=1 # that\ny = eval(a)  {ALLOW}\n"),
    ],
    ids=[
        "new", "new-beside-another-word", "moved", "renamed-function", "into-a-class",
        "another-one-liner", "into-a-function", "between-coroutines", "into-the-one-above", "wider",
        "other-rule", "prolonged", "other-reason", "completed", "was-a-string", "spoke-of-nothing",
        "code-left-behind", "left-and-reformatted",
    ],
)  # fmt: skip
def test_what_the_change_made_of_it_excuses_nothing(old: str, new: str) -> None:
    """Whatever is not the base's own comment in its own place."""
    assert split(old, new)[0] == []


def test_a_copy_excuses_nothing() -> None:
    """Above or below the first one, which goes on to count for its own code."""
    one, two = f"x = eval(a)  {ALLOW}\n", f"y = eval(b)  {ALLOW}\n"
    assert split(one, one + two) == ([], [2])
    assert split(one, two + one) == ([], [1])
    assert split(one, edited(one) + two) == ([1], [2])
    assert split(one + one, edited(one) + two) == ([1, 2], [])


def test_a_moved_file_takes_it_along_within_its_part_of_the_project() -> None:
    """And not from a test into the product."""
    assert split(EVAL, edited(EVAL), path="b.py", was="a.py")[0] == [2]
    assert split(EVAL, edited(EVAL), path="b.py", was="tests/test_b.py")[0] == []


def test_the_trusted_base_has_to_have_it_too() -> None:
    """Where to branch off is up to whoever makes the change."""
    for rest, count in (({"cart.py": EVAL}, 1), ({"cart.py": "def f(a):\n    pass\n"}, 0), ({}, 0)):
        given = Given({path: text.encode() for path, text in rest.items()})
        (found,) = judge(changed(EVAL, edited(EVAL)), rest=given).findings
        assert bool(found.waiver) == bool(count), rest


@pytest.mark.parametrize(
    ("rule", "line"), [("SMG101", 2), ("SMG406", 2), ("SMG201", 0), ("SMG290", 2)]
)
def test_what_is_never_excused(rule: str, line: int) -> None:
    """Limits, the guard itself, what has no place, and what it does not name."""
    text = EVAL.replace("[SMG201]", "[SMG101, SMG406, SMG201, a-name]")
    parts = (rule, "a-name-of-its-own", Risk.HIGH, Confidence.HIGH, "cart.py", line, "m", "h")
    one = Finding(*parts)
    told = excuse(changed(text, edited(text)), [one], rules(), now=NOW)
    assert told.findings == (one,)
    (also,) = excuse(
        changed(text, edited(text)), [one._replace(rule="SMG201", line=2)], rules(), now=NOW
    ).findings
    assert also.waiver


def test_a_name_of_bandit_s_is_no_handle() -> None:
    """Its names are not ours to keep apart; its ids are."""
    for handle, is_excused in (("B307", True), ("blacklist", False)):
        text = EVAL.replace("SMG201", handle)
        one = Finding("B307", "blacklist", Risk.LOW, Confidence.LOW, "cart.py", 2, "m", "h")
        (found,) = excuse(changed(text, edited(text)), [one], rules(), now=NOW).findings
        assert bool(found.waiver) == is_excused


def test_it_holds_to_the_end_of_its_last_day() -> None:
    """In UTC, to the last fraction of a second."""
    last = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
    for now, is_excused in ((0.0, True), (last - 0.5, True), (last, False), (1e12, False)):
        (found,) = judge(changed(EVAL, edited(EVAL)), now=now).findings
        assert bool(found.waiver) == is_excused, now


FORM = "does not count: it does not read '# selfmod: allow[RULE] reason=\"...\" expires=YYYY-MM-DD'"


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (ALLOW, []),
        (ALLOW.replace("06-30", "05-31"), ["2 does not count: it ended on 2026-05-31"]),
        (ALLOW.replace(' reason="ours"', ""), ['2 does not count: it gives no reason="..."']),
        (ALLOW.replace('"ours"', '"  "'), ['2 does not count: it gives no reason="..."']),
        (
            ALLOW.replace(" expires=2026-06-30", ""),
            ["2 does not count: it does not say until when: expires=YYYY-MM-DD"],
        ),
        (
            ALLOW.replace("06-30", "02-30"),
            ["2 does not count: '2026-02-30' is no day: expires=YYYY-MM-DD"],
        ),
        (
            ALLOW.replace("2026-06-30", "20260630"),
            ["2 does not count: '20260630' is no day: expires=YYYY-MM-DD"],
        ),
        (ALLOW.replace("SMG201", " , "), ["2 does not count: it names no rule"]),
        (
            ALLOW.replace("SMG201", "SMG201, SMG999"),
            ["2 names 'SMG999', and there is no such rule; list them: selfmod-guard rules"],
        ),
        (
            ALLOW.replace("SMG201", "SMG201, SMG101"),
            ["2 names 'SMG101', which no comment excuses"],
        ),
        (f"{ALLOW} and more", [f"2 {FORM}"]),
        (f"{ALLOW} expires=2027-01-01", [f"2 {FORM}"]),
        ("# selfmod: allow", [f"2 {FORM}"]),
        (ALLOW.replace("SMG201", "[[SMG201]]"), [f"2 {FORM}"]),
        (ALLOW.replace("SMG201", "*"), [f"2 {FORM}"]),
        (ALLOW.replace('ours"', "ours"), [f"2 {FORM}"]),
        (
            ALLOW.replace("ours", "o\u202eurs"),
            ["2 does not count: it has characters that cannot be seen"],
        ),
        (
            ALLOW.replace("ours", "o" * 1000),
            ["2 does not count: it is longer than 1000 characters, or names more than 20 rules"],
        ),
        (
            ALLOW.replace("SMG201", ",".join(["SMG201"] * 21)),
            ["2 does not count: it is longer than 1000 characters, or names more than 20 rules"],
        ),
    ],
)
def test_what_does_not_count_says_so(comment: str, said: list[str]) -> None:
    """In a note with its place, and it excuses nothing."""
    text = f"def f(a):\n    return eval(a)  {comment}\n"
    assert notes(text, edited(text)) == said
    is_excused = bool(split(text, edited(text))[0])
    assert is_excused == all("does not count" not in note for note in said)


USELESS = "of no use: nothing that it names is seen there; take it away"


def test_one_that_is_of_no_use_is_named() -> None:
    """Not where its rule sees something old there, and not where that cannot be known."""
    more = "y = 1\n"
    for text, said in (
        (f"x = 1  {ALLOW}\n", [f"1 is {USELESS}"]),
        (f"x = eval(a)\nx = 1  {ALLOW}\n", [f"2 is {USELESS}"]),
        (f"x = eval(a)  {ALLOW}\n", []),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'B307')}\n", []),
        (f"x = eval(a)  {ALLOW.replace('SMG201', 'B605')}\n", [f"1 is {USELESS}"]),
        (f"x = 1  {ALLOW.replace('SMG201', 'SMG301')}\n", []),
        (f"x = 1  {ALLOW.replace('SMG201', 'SMG301, SMG201')}\n", []),
    ):
        assert notes(text, text + more) == said, text
    text = f"x = 1  {ALLOW}\n"
    assert notes(text, text + more, off=("SMG201",)) == []
    assert notes(text, text + more, off=("runs-text-as-code",)) == []


def test_a_new_one_is_spoken_of_only_where_it_would_have_counted() -> None:
    """It is a finding already, by a rule of its own."""
    old = f"x = 1  {ALLOW.replace('SMG201', 'SMG301')}\n"
    assert notes(old, f"{old}y = 1  {ALLOW}\n") == []
    assert notes(old, f"{old}y = eval(a)  {ALLOW}\n") == [
        "2 does not count: the base does not have it there"
    ]


def test_who_asks_some_rules_only_says_nothing_of_the_comments() -> None:
    """And lets count what counts."""
    text = f"x = eval(a)  {ALLOW}\ny = 1  {ALLOW}\n"
    told = judge(changed(text, edited(text)), is_whole=False)
    assert told.notes == ()
    assert told.findings[0].waiver


def test_many_of_no_use_are_ten_notes_and_a_number() -> None:
    """A report is for reading."""
    text = f"x = 1  {ALLOW}\n" * 12
    said = notes(text, text + "y = 1\n")
    assert (len(said), said[-1]) == (11, "and 2 more suppressions like these")


@pytest.mark.parametrize(
    "lines",
    [
        b"# a\r# b\n",
        b"# coding: utf-7\n",
        b"# coding: nothing-at-all\n",
        b"x = 'unfinished\n",
        b"x = ((((\n",
        b"  x = 1\n y = 2\n",
        b"x = $\n",
        b"#" * (1 << 20) + b"\n",
    ],
)
def test_lines_that_cannot_be_told_apart_excuse_nothing(lines: bytes) -> None:
    """Another count of the lines could put a comment beside other code; and it is said."""
    old = EVAL.encode()
    parts = ("SMG201", "runs-text-as-code", Risk.HIGH, Confidence.HIGH, "cart.py")
    there = [Finding(*parts, line, "m", "h") for line in range(1, 6)]
    for one, other in ((lines + old, old), (old, lines + old)):
        told = excuse(changed(one, other), there, rules(), now=NOW)
        assert [found.waiver for found in told.findings] == [None] * 5
        assert told.notes == ("no suppression in cart.py counts: its lines cannot be told apart",)
        whole = there[0]._replace(line=0)
        assert excuse(changed(one, other), [whole], rules(), now=NOW).notes == ()


def test_odd_bytes_elsewhere_do_no_harm() -> None:
    """A Latin-1 comment and name, with the place of each token as it was."""
    old = f"# coding: latin-1\nn\xe4me = '\xe9'\nx = eval(a)  {ALLOW}\n".encode("latin-1")
    assert split(old, old.replace(b"eval(a)", b"eval(a, {})"))[0] == [3]


def test_hostile_comments_take_no_time() -> None:
    """Thousands in one statement, one of a megabyte, brackets and quotes without end."""
    started = time.monotonic()
    many = f"x = [\n{f'1, {ALLOW}{chr(10)}' * 2000}eval(a)]\n"
    assert len(split(many, edited(many))[0]) == 1
    for text in ("# selfmod: allow" * 30_000, "# selfmod: allow[" + "[" * 500_000):
        hostile = f"{text}\n{EVAL}"
        assert split(hostile, edited(hostile))[0] == [3]
    loose = f"# selfmod: allow[SMG201]{' reason=' * 60_000}\n# selfmod: allow{' ' * 400_000}x\n"
    assert split(loose + EVAL, edited(loose + EVAL))[0] == [4]
    assert time.monotonic() - started < 10


def test_without_the_word_on_both_sides_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that do not speak of the guard pay for nothing."""
    plain = EVAL.replace(ALLOW, "")
    change = changed(plain, edited(EVAL))
    found = detect(change, Policy(), rules()).findings

    def never(_: object) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr(tokenize, "generate_tokens", never)
    told = excuse(change, found, rules(), now=NOW)
    assert told == Suppressed(found, ())
    with pytest.raises(AssertionError, match="was read"):
        excuse(changed(EVAL, edited(EVAL)), found, rules(), now=NOW)


def test_a_class_is_no_function_of_the_same_name() -> None:
    """A comment in one is none in the other."""
    there = f"class f:\n    x = eval(a, {{}})  {ALLOW}\n"
    told = judge(changed(EVAL, there))
    assert [found.waiver for found in told.findings if found.rule == "SMG201"] == [None]
