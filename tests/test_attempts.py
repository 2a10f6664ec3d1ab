"""Modifications through the guard: let through or not, counted once, and closed in any case."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard import Guard
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import JournalError, NotNow, UsageError
from pytest_selfmod_guard.guard import Asked
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.model import Allowed, Denied, State
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from tests.conftest import Repo

EVAL = "def answer():\n    return eval('4' + input())\n"
LANDS = Asked(modifies=True)
WELL = Reading(Measured(5.0, ""), Measured(60.0, ""), Measured(10.0, ""))
STARVED = Reading(Measured(5.0, ""), Measured(3.0, ""), Measured(10.0, ""))
FRAIL = """[tool.selfmod-guard.breaker]
failures = ["denied"]
failure-threshold = 1
[tool.selfmod-guard]
notify = {notify}
"""


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        """Begin at second 1,000."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


def guard_of(repo: Repo, clock: Clock, reading: Reading = WELL, **environ: str) -> Guard:
    """Make a guard that an agent asks."""
    told = {**repo.environ, "AI_AGENT": "robot", **environ}
    context = Context(str(repo.path), told, clock, sleep=clock.sleep)
    return Guard(context, measure=lambda _: reading)


def frail(repo: Repo, notify: str = "[]") -> None:
    """Give the base a policy by which one denial opens the breaker."""
    head, _, tail = FRAIL.format(notify=notify).partition("[tool.selfmod-guard]\n")
    repo.write("pyproject.toml", f"[tool.selfmod-guard]\n{tail}{head}")
    repo.commit("Policy")


def stage(repo: Repo, text: str) -> None:
    """Stage one version of the file."""
    repo.write("app.py", text)
    repo.add()


def bodies(repo: Repo, kind: str) -> list[dict[str, Any]]:
    """Give what was written down of a kind, oldest first."""
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    return [json.loads(event.body) for event in journal.events() if event.kind == kind]


def test_a_judgement_is_recorded_and_never_counted(repo: Repo, clock: Clock) -> None:
    """Thirty of them in a minute take nothing from what may be modified."""
    stage(repo, "x = 1\n")
    guard = guard_of(repo, clock)
    for _ in range(30):
        assert isinstance(guard.check(guard.staged()), Allowed)
    assert len(bodies(repo, "judged")) == 30
    assert bodies(repo, "opened") == []
    state = guard.ledger.state()
    assert (state.attempts, state.landed) == (0, ())


def test_a_modification_is_counted_with_what_it_was(repo: Repo, clock: Clock) -> None:
    """Its author, size and folders are what later ones are compared with."""
    stage(repo, "x = 1\n")
    told = guard_of(repo, clock).judge(read.staged, "--staged", LANDS)
    assert told.decision == "allowed"
    assert [result.name for result in told.preflight] == ["breaker", "health", "rate"]
    (closed,) = bodies(repo, "closed")
    assert (closed["actor"], closed["outcome"], closed["counts"]) == (
        "agent robot",
        "allowed",
        True,
    )
    assert closed["change"]["files"] == 1
    assert bodies(repo, "opened")[0]["base"].startswith(f"{told.base} refs/heads/main ")
    kinds = [event.kind for event in guard_of(repo, clock).journal.events()]
    assert kinds == ["adopted", "opened", "judged", "closed"]


def test_after_a_failure_nothing_is_even_looked_at(repo: Repo, clock: Clock) -> None:
    """It is undecided, says when to come back, and that no rule was asked."""
    frail(repo)
    guard = guard_of(repo, clock)
    stage(repo, EVAL)
    assert guard.judge(read.staged, "--staged", LANDS).decision == "denied"
    told = guard.judge(read.staged, "--staged", LANDS)
    assert (told.decision, told.slug, told.retry_after) == ("undecided", "breaker-open", 300.0)
    assert told.findings == ()
    states = {layer.name: layer.state for layer in told.layers}
    assert states["pre-flight checks"] == states["circuit breaker"] == State.FAILED
    assert states["rate limiting"] == states["anomaly detection"] == State.NOT_RUN
    assert bodies(repo, "judged")[-1]["slug"] == "breaker-open"
    # A judgement still answers about the change.
    verdict = guard.check(guard.staged())
    assert isinstance(verdict, Denied)
    assert [result.allowed for result in verdict.evidence.preflight] == [False]


def test_a_person_is_let_through_an_open_breaker(repo: Repo, clock: Clock) -> None:
    """And is told of it in the layers."""
    frail(repo)
    stage(repo, EVAL)
    guard_of(repo, clock).judge(read.staged, "--staged", LANDS)
    stage(repo, "x = 1\n")
    told = guard_of(repo, clock, AI_AGENT="").judge(read.staged, "--staged", LANDS)
    assert told.decision == "allowed"
    states = {layer.name: layer.state for layer in told.layers}
    assert states["circuit breaker"] == State.WARNED


def test_a_disabled_guard_says_so_and_enforces_nothing(repo: Repo, clock: Clock) -> None:
    """But not in CI, where what is kept on a machine must not matter."""
    guard = guard_of(repo, clock)
    with guard.ledger.page() as page:
        page.add("disabled", "", {"by": "Ada", "reason": "a fire"})
    stage(repo, EVAL)
    told = guard.judge(read.staged, "--staged", LANDS)
    assert (told.decision, told.enforced) == ("denied", False)
    assert any("disabled since" in note and "Ada (a fire)" in note for note in told.notes)
    assert bodies(repo, "closed")[0]["counts"] is True
    in_ci = guard_of(repo, clock, CI="true").judge(read.staged, "--staged", LANDS)
    assert (in_ci.decision, in_ci.enforced) == ("denied", True)


@pytest.mark.parametrize(
    ("error", "outcome"), [(KeyboardInterrupt, "interrupted"), (MemoryError, "crashed")]
)
def test_an_attempt_that_is_broken_off_is_closed(
    repo: Repo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
    outcome: str,
) -> None:
    """Nobody has to wait for its lease; whoever broke it off sees his error."""

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pytest_selfmod_guard.stages._looking.detect", broken)
    stage(repo, "x = 1\n")
    guard = guard_of(repo, clock)
    with pytest.raises(error):
        guard.judge(read.staged, "--staged", LANDS)
    assert [body["outcome"] for body in bodies(repo, "closed")] == [outcome]
    state = guard.ledger.state()
    assert state.leases == ()
    assert state.breaker.failures == (1 if outcome == "crashed" else 0)


def test_one_waits_until_it_is_allowed(repo: Repo, clock: Clock) -> None:
    """No longer than it has to be, and no longer than one wants to."""
    frail(repo)
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    guard.judge(read.staged, "--staged", LANDS)
    with pytest.raises(NotNow) as caught:
        guard.wait_until_allowed(timeout=100)
    assert clock.now == 1100.0
    assert (caught.value.slug, caught.value.retry_after) == ("breaker-open", 200.0)
    results = guard.wait_until_allowed()
    assert clock.now == 1300.0
    assert [result.allowed for result in results] == [True, True, True]
    with pytest.raises(NotNow) as caught:
        guard_of(repo, clock, STARVED).wait_until_allowed(timeout=0)
    assert caught.value.slug == "health-critical"


def test_whoever_is_named_hears_when_the_breaker_opens(
    repo: Repo, clock: Clock, tmp_path: Path
) -> None:
    """Once, by the policy's own command."""
    heard = tmp_path / "heard"
    program = f"import sys; open({str(heard)!r}, 'a').write(sys.stdin.read())"
    frail(repo, json.dumps([sys.executable, "-c", program]))
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    told = [guard.judge(read.staged, "--staged", LANDS) for _ in range(3)]
    (line,) = heard.read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["event"], json.loads(line)["attempt"]) == (
        "breaker-opened",
        told[0].attempt,
    )


def test_a_commit_pins_what_was_let_through(repo: Repo, clock: Clock) -> None:
    """So that branches from one commit do not make one modification of many."""
    guard = guard_of(repo, clock)
    for number in range(3):
        repo.git("checkout", "--quiet", "-B", f"b{number}", "main")
        stage(repo, f"x = {number}\n")
        assert guard.judge(read.staged, "--staged", LANDS).decision == "allowed"
        repo.git("commit", "--quiet", "-m", f"Number {number}")
        guard.reconcile(is_new=True)
    assert len(guard.ledger.state().landed) == 3
    assert all(landed.is_settled for landed in guard.ledger.state().landed)


@pytest.mark.parametrize("how", [["-b"], ["--detach"]])
def test_many_that_begin_at_one_commit_are_many(repo: Repo, clock: Clock, how: list[str]) -> None:
    """Each on a branch of its own, or on none; also where no hook comes after the commit."""
    guard = guard_of(repo, clock)
    for number in range(6):
        name = [f"b{number}"] if how == ["-b"] else []
        repo.git("checkout", "--quiet", *how, *name, "main")
        stage(repo, f"x = {number}\n")
        told = guard.judge(read.staged, "--staged", LANDS)
        assert told.decision == ("allowed" if number < 5 else "denied")
        repo.git("commit", "--quiet", "-m", f"Number {number}")
    assert [finding.rule for finding in told.because] == ["SMG104"]


def test_a_clock_that_was_set_back_blocks_no_longer_than_the_breaker(
    repo: Repo, clock: Clock
) -> None:
    """Not for the whole day by which it was wrong."""
    clock.now = 100_000.0
    frail(repo)
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    guard.judge(read.staged, "--staged", LANDS)
    clock.now -= 86_400.0
    began = clock.now
    guard.wait_until_allowed()
    assert clock.now - began == 300.0
    stage(repo, "x = 1\n")
    assert guard.judge(read.staged, "--staged", LANDS).decision == "allowed"
    assert [body["seconds"] for body in bodies(repo, "clock-set-back")] == [86_400.0]


def test_another_journal_is_not_taken_by_a_commit(repo: Repo, clock: Clock) -> None:
    """A commit round the hook could name one that knows of nothing."""
    stage(repo, "x = 1\n")
    guard_of(repo, clock).judge(read.staged, "--staged", LANDS)
    repo.write("pyproject.toml", "[tool.selfmod-guard]\njournal = 'postgresql://nowhere/x'\n")
    repo.commit("Forget it all")
    stage(repo, "x = 2\n")
    told = guard_of(repo, clock).judge(read.staged, "--staged", LANDS)
    assert told.slug != "journal-unusable"
    assert any("names another journal" in note for note in told.notes)
    assert len(bodies(repo, "opened")) == 2


def test_a_lost_journal_starts_half_open(repo: Repo, clock: Clock) -> None:
    """What it knew is gone, but not that there was one: it was anchored in git."""
    from pytest_selfmod_guard.stages.anchor import anchor  # noqa: PLC0415 (only here)

    guard = guard_of(repo, clock)
    stage(repo, "x = 1\n")
    guard.judge(read.staged, "--staged", LANDS)
    head = guard.journal.head()
    assert head is not None
    anchor(guard.git, head)
    Path(guard.journal.place).unlink()
    again = guard_of(repo, clock)
    assert again.ledger.state().breaker.phase == "half_open"
    assert bodies(repo, "journal-lost") == [{"anchored": head.hash}]
    assert guard_of(repo, clock).ledger.state().breaker.turn == 1


def test_crashes_and_interrupts_while_it_is_written_down_leave_nothing_open(
    repo: Repo, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written down as a pass is none, and nobody waits for it."""

    def broken(*_: object) -> bool:
        monkeypatch.undo()
        raise KeyboardInterrupt

    def busy(*_: object) -> bool:
        monkeypatch.undo()
        raise JournalError("journal-busy", "somebody else writes")

    stage(repo, "x = 1\n")
    guard = guard_of(repo, clock)
    monkeypatch.setattr("pytest_selfmod_guard.guard.Attempt.close", broken)
    with pytest.raises(KeyboardInterrupt):
        guard.judge(read.staged, "--staged", LANDS)
    monkeypatch.setattr("pytest_selfmod_guard.guard.Attempt.close", busy)
    told = guard.judge(read.staged, "--staged", LANDS)
    assert (told.decision, told.slug) == ("undecided", "journal-busy")
    assert [body["outcome"] for body in bodies(repo, "closed")] == ["interrupted", "undecided"]
    assert [body["decision"] for body in bodies(repo, "judged")] == ["undecided"]
    assert guard.ledger.state().leases == ()


def test_an_attempt_that_was_taken_for_dead_is_no_pass_and_is_recorded(
    repo: Repo, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may have begun in its place; the commit it let through has no verdict."""
    from pytest_selfmod_guard.stages.detect import detect  # noqa: PLC0415 (only here)

    def slow(*told: Any, **how: Any) -> Any:
        clock.now += 601
        guard_of(repo, clock).wait_until_allowed()
        return detect(*told, **how)

    monkeypatch.setattr("pytest_selfmod_guard.stages._looking.detect", slow)
    stage(repo, "x = 1\n")
    told = guard_of(repo, clock).judge(read.staged, "--staged", LANDS)
    assert (told.decision, told.slug) == ("undecided", "attempt-lost")
    assert [body["decision"] for body in bodies(repo, "judged")] == ["undecided"]
    assert [body["outcome"] for body in bodies(repo, "closed")] == ["crashed"]


def test_a_question_that_is_wrong_needs_no_journal(repo: Repo, clock: Clock) -> None:
    """Nothing has begun that would have to be closed."""
    repo.write(".git/selfmod-guard", "in the way")

    def asks(_: object) -> Any:
        raise UsageError("bad-range", "what is that")

    with pytest.raises(UsageError):
        guard_of(repo, clock).judge(asks, "--range x")


def test_whoever_is_named_hears_of_it_however_the_breaker_opened(
    repo: Repo, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a crash of our own, and by a dead attempt that only a waiter finds."""
    heard = tmp_path / "heard"
    program = f"import sys; open({str(heard)!r}, 'a').write(sys.stdin.read())"
    frail(repo, json.dumps([sys.executable, "-c", program]))
    policy = (repo.path / "pyproject.toml").read_text()
    repo.write("pyproject.toml", policy.replace('"denied"', '"crashed"'))
    repo.commit("Only crashes")
    guard = guard_of(repo, clock)

    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    stage(repo, "x = 1\n")
    with monkeypatch.context() as patch:
        patch.setattr("pytest_selfmod_guard.stages._looking.detect", broken)
        with pytest.raises(MemoryError):
            guard.judge(read.staged, "--staged", LANDS)
    assert len(heard.read_text().splitlines()) == 1
    with guard.ledger.page() as page:
        page.add("reset", "", {"by": "Ada", "reason": ""})
        terms = {"terms": [1, 1, 300, 300], "lease": 1, "bound": True, "base": "b"}
        page.add("opened", "dead", {**terms, "who": ""})
    clock.now += 2
    with pytest.raises(NotNow):
        guard.wait_until_allowed(timeout=0)
    assert len(heard.read_text().splitlines()) == 2
    clock.now += 301
    with guard.ledger.page() as page:
        page.add("opened", "dead too", {**terms, "who": ""})
    clock.now += 2
    assert guard.judge(read.staged, "--staged", LANDS).slug == "breaker-open"
    assert len(heard.read_text().splitlines()) == 3


def test_somebody_is_told_too_where_a_person_finds_the_dead(
    repo: Repo, clock: Clock, tmp_path: Path
) -> None:
    """The person is let through, and the breaker has opened all the same."""
    heard = tmp_path / "heard"
    frail(repo, json.dumps([sys.executable, "-c", f"open({str(heard)!r}, 'a').write('x')"]))
    policy = (repo.path / "pyproject.toml").read_text()
    repo.write("pyproject.toml", policy.replace('"denied"', '"crashed"'))
    repo.commit("Only crashes")
    guard = guard_of(repo, clock, AI_AGENT="")
    with guard.ledger.page() as page:
        terms = {"terms": [1, 1, 300, 300], "lease": 1, "bound": True, "base": "b"}
        page.add("opened", "dead", {**terms, "who": ""})
    clock.now += 2
    stage(repo, "x = 1\n")
    assert guard.judge(read.staged, "--staged", LANDS).decision == "allowed"
    assert heard.read_text() == "x"


def test_nobody_waits_where_nothing_is_enforced(repo: Repo, clock: Clock) -> None:
    """A guard that is turned off lets a commit through, and so says the waiting."""
    frail(repo)
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    guard.judge(read.staged, "--staged", LANDS)
    with guard.ledger.page() as page:
        page.add("disabled", "", {"by": "Ada", "reason": ""})
    assert [result.allowed for result in guard.wait_until_allowed(timeout=0)] == [False]
    with pytest.raises(NotNow):
        guard_of(repo, clock, CI="1").wait_until_allowed(timeout=0)


def test_a_commit_round_the_hook_does_not_choose_who_is_told(
    repo: Repo, clock: Clock, tmp_path: Path
) -> None:
    """Nor has its own command run: the policy of the last commit that was judged counts."""
    heard, pwned = tmp_path / "heard", tmp_path / "pwned"
    told = [sys.executable, "-c", f"open({str(heard)!r}, 'a').write('x')"]
    frail(repo, json.dumps(told))
    guard = guard_of(repo, clock)
    stage(repo, "x = 1\n")
    guard.judge(read.staged, "--staged", LANDS)
    repo.git("commit", "--quiet", "-m", "Through the hook")
    for number, mine in enumerate(
        (json.dumps([sys.executable, "-c", f"open({str(pwned)!r}, 'w')"]), "[]", "5")
    ):
        frail(repo, mine)
        assert guard_of(repo, clock).reconcile(is_new=True) is not None
        assert heard.read_text() == "x" * (number + 1)
    assert not pwned.exists()
    assert guard.policy_in_force().notify == tuple(told)


def test_a_judgement_is_no_way_through_for_an_agent(repo: Repo, clock: Clock) -> None:
    """It goes round the pre-flight: the commit is named. A person's is not."""
    guard = guard_of(repo, clock)
    stage(repo, "x = 0\n")
    guard.judge(read.staged, "--staged", LANDS)
    repo.git("commit", "--quiet", "-m", "Through the hook")
    for marker, count in (("robot", 1), ("", 0)):
        asked = guard_of(repo, clock, AI_AGENT=marker)
        stage(repo, f"x = {count + 5}\n")
        assert isinstance(asked.check(asked.staged()), Allowed)
        repo.git("commit", "--quiet", "-m", "Judged only")
        told = asked.reconcile(is_new=True)
        assert len(told.ungated if told else ()) == count


def test_a_person_mends_what_an_agent_broke_while_the_breaker_is_open(
    repo: Repo, clock: Clock
) -> None:
    """The change is judged as an agent's, but it is the person who modifies."""
    frail(repo)
    agent = guard_of(repo, clock)
    stage(repo, EVAL)
    agent.judge(read.staged, "--staged", LANDS)
    repo.git("commit", "--quiet", "-m", "Round the hook")
    told = agent.reconcile(is_new=True)
    assert told is not None
    assert len(told.ungated) == 1
    stage(repo, "x = 1\n")
    mend = guard_of(repo, clock, AI_AGENT="").judge(read.staged, "--staged", LANDS)
    assert (mend.decision, mend.slug) == ("allowed", "")


def test_a_policy_that_only_warns_binds_nobody(repo: Repo, clock: Clock) -> None:
    """A denied change lands and counts; the one after it is let through an open breaker."""
    frail(repo)
    policy = (repo.path / "pyproject.toml").read_text()
    repo.write("pyproject.toml", policy.replace("notify", 'mode = "warn"\nnotify'))
    repo.commit("Only warn")
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    for _ in range(3):
        told = guard.judge(read.staged, "--staged", LANDS)
        assert (told.decision, told.enforced) == ("denied", False)
    assert [body["counts"] for body in bodies(repo, "closed")] == [True] * 3
    assert [body["bound"] for body in bodies(repo, "opened")] == [False] * 3


def test_what_is_denied_or_undecided_counts_for_nothing(repo: Repo, clock: Clock) -> None:
    """Nothing was modified."""
    stage(repo, EVAL)
    guard = guard_of(repo, clock)
    guard.judge(read.staged, "--staged", LANDS)
    assert [body["counts"] for body in bodies(repo, "closed")] == [False]
    assert guard.ledger.state().landed == ()


def test_with_caution_half_of_the_files_may_change(repo: Repo, clock: Clock) -> None:
    """Three are too many then, and the text says why."""
    repo.write("pyproject.toml", "[tool.selfmod-guard.health]\nmin-score = 50\n")
    repo.commit("Be patient")
    guard = guard_of(repo, clock)
    with guard.ledger.page() as page:
        body = {"score": 66.0, "status": "degraded", "cpu": 5.0, "memory": 50.0, "disk": 95.0}
        page.add("sampled", "", {**body, "where": here()})
    for name in "abc":
        repo.write(f"{name}.txt", "x\n")
    repo.add()
    told = guard.judge(read.staged, "--staged", LANDS)
    assert [finding.rule for finding in told.because] == ["SMG102"]
    assert "the limit is 2" in told.because[0].message
    states = {layer.name: layer.state for layer in told.layers}
    assert states["health monitoring"] == states["pre-flight checks"] == State.WARNED


def test_somebody_is_told_once_of_what_went_round(repo: Repo, clock: Clock, tmp_path: Path) -> None:
    """Not at each door, as long as it is not mended."""
    heard = tmp_path / "heard"
    frail(repo, json.dumps([sys.executable, "-c", f"open({str(heard)!r}, 'a').write('x')"]))
    guard = guard_of(repo, clock)
    stage(repo, "x = 1\n")
    guard.judge(read.staged, "--staged", LANDS)
    repo.git("commit", "--quiet", "-m", "Through the hook")
    stage(repo, EVAL)
    repo.git("commit", "--quiet", "-m", "Round it")
    for _ in range(3):
        assert guard.reconcile(is_new=True) is not None
    assert heard.read_text() == "x"


def test_in_ci_only_the_base_names_a_journal(repo: Repo, clock: Clock) -> None:
    """HEAD is the change there, and could name one that is all its own."""
    repo.write("pyproject.toml", "[tool.selfmod-guard]\njournal = 'postgresql://nowhere/x'\n")
    repo.commit("Here, please")
    assert guard_of(repo, clock, CI="true").journal.place.endswith("journal.sqlite3")
    # Elsewhere it is the first use of this clone, and begins with what is there.
    with pytest.raises(JournalError, match="nowhere"):
        _ = guard_of(repo, clock).journal
