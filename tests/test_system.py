"""The system as the library tells it: how it stands, and what turns it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import GuardError, JournalError, UsageError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.journals import Entry, Event
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from pytest_selfmod_guard.machine import Measured, Reading
from pytest_selfmod_guard.model import LAYERS, Layer, State
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.processes import here
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.stages._ledger import Ledger
from pytest_selfmod_guard.stages.anchor import anchor
from pytest_selfmod_guard.stages.preflight import Ending, Opening, admit, base_on, end
from pytest_selfmod_guard.status import CircuitBreaker, Health, Past, RateLimit, Status
from pytest_selfmod_guard.system import System
from pytest_selfmod_guard.system._place import is_shut

if TYPE_CHECKING:
    from tests.conftest import Repo

WELL = (10.0, 60.0, 50.0)
FULL = (10.0, 60.0, 99.0)
BUSY = (95.0, 60.0, 50.0)
ADA = "Ada <ada@example.org>"


class Scene:
    """A system in a repository, with a clock and a machine that do as they are told."""

    def __init__(self, repo: Repo) -> None:
        """Begin at 1000 seconds, on a machine that is well."""
        self.repo = repo
        self.now = 1000.0
        self.machine: tuple[float | None, float | None, float | None] = WELL
        self.journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
        self.ledger = Ledger(self.journal, lambda: self.now)
        self._names = (f"a{number}" for number in count(1))
        self.system = self.under()

    def under(self, **environ: str) -> System:
        """Give the system as a process with more variables sees it."""
        context = Context(
            str(self.repo.path),
            {**self.repo.environ, **environ},
            lambda: self.now,
            lambda: next(self._names),
        )
        return System(Guard(context, measure=self._measure))

    def begin(self, *, is_bound: bool = True, base: str = "") -> Opening:
        """Let a modification begin, which has to be let through."""
        name = next(self._names)
        base = base or f"base of {name}"
        opening = Opening(name, base, "agent robot", "--staged", "", is_bound=is_bound)
        assert admit(self.ledger, opening, Policy()).is_open
        return opening

    def attempt(self, outcome: str = "allowed", files: int = 1, *, is_bound: bool = True) -> None:
        """Let a modification begin and end."""
        opening = self.begin(is_bound=is_bound)
        counts = outcome != "denied"
        ending = Ending(outcome, counts, 0.5, "agent robot", {"files": files})
        end(self.ledger, opening, ending, Policy())

    def policy(self, text: str) -> None:
        """Commit a policy."""
        self.repo.write("selfmod-guard.toml", text)
        self.repo.commit("Set the policy")

    def sampled_elsewhere(self, status: str, disk: float) -> None:
        """Write down how another machine of a fleet is."""
        body = {"score": 50.0, "status": status, "cpu": 10, "memory": 60, "disk": disk}
        with self.ledger.page() as page:
            page.add("sampled", "", {**body, "where": "elsewhere"})

    def layers(self) -> dict[str, Layer]:
        """Tell how the ten stand."""
        return {layer.name: layer for layer in self.system.status().layers}

    def events(self) -> list[Event]:
        """Read the journal."""
        return list(self.journal.events())

    def last(self) -> tuple[str, dict[str, Any]]:
        """Give kind and body of the last event."""
        event = self.events()[-1]
        return event.kind, json.loads(event.body)

    def _measure(self, folder: str) -> Reading:
        assert folder == str(self.repo.path)
        return Reading(*(Measured(value, "of the machine") for value in self.machine))


@pytest.fixture
def scene(repo: Repo) -> Iterator[Scene]:
    """Give a system whose journal is whole at the end."""
    made = Scene(repo)
    yield made
    prev = "0" * 64
    for event in made.events():
        assert (event.prev, event.hash) == (prev, event.follows)
        prev = event.hash


def test_a_look_changes_nothing_and_promises_nothing(scene: Scene) -> None:
    """Ten layers in their order; what is not there says so, and no file appears."""
    status = scene.system.status()
    assert [layer.name for layer in status.layers] == list(LAYERS)
    told = {layer.name: layer for layer in status.layers}
    absent = {name for name, layer in told.items() if layer.detail == "not built in yet"}
    assert absent == {
        *("automatic backup", "sandbox testing"),
        *("post-modification monitor", "automatic rollback"),
    }
    passed = {name for name, layer in told.items() if layer.state == State.PASSED}
    assert passed == {*LAYERS} - absent - {"health monitoring"}
    assert {told[name].state for name in {*LAYERS} - passed} == {State.NOT_RUN}
    assert status.frequency == RateLimit(5, 300.0, 0, None)
    assert (status.enabled, status.mode, status.disabled) == (True, "enforce", None)
    assert (status.attempts, status.backups) == ((), {"count": 0})
    assert status.journal == (scene.journal.path, 0, "")
    assert status.circuit_breaker.since is None
    assert not Path(scene.journal.folder).exists()


def test_failures_open_the_breaker_and_time_lets_probes_through(scene: Scene) -> None:
    """The countdown runs down, then three probes at most are under way, then it is closed."""
    for _ in range(4):
        scene.attempt("rolled_back")
    assert scene.layers()["circuit breaker"] == (
        *("circuit breaker", State.PASSED, "closed, 4 of 5 failures in a row"),
    )
    scene.attempt("rolled_back")
    scene.now += 50
    breaker = scene.system.breaker()
    assert (breaker.state, breaker.since, breaker.retry_after) == ("open", 1000, 250)
    assert breaker.probes_left is None
    assert breaker.metrics == (5, 0, 0.0, 5, None)
    layers = scene.layers()
    assert layers["circuit breaker"].state == State.FAILED
    assert layers["circuit breaker"].detail == "open after 5 failures, probes in 4 min 10 s"
    assert layers["pre-flight checks"].state == State.FAILED
    assert layers["pre-flight checks"].detail == (
        "an agent would be refused: breaker-open, come back in 4 min 10 s"
    )
    # The other questions are answered, though the pre-flight would not come to them.
    assert layers["rate limiting"].state == State.PASSED

    scene.now += 250
    assert scene.system.breaker()[:4] == ("half_open", 1300, None, 3)
    assert scene.layers()["circuit breaker"].state == State.WARNED
    openings = [scene.begin(), scene.begin()]
    assert scene.system.breaker().probes_left == 1
    for opening in openings:
        ending = Ending("allowed", counts=True, seconds=0.5, actor="", change={})
        end(scene.ledger, opening, ending, Policy())
    assert scene.system.breaker().probes_left == 1  # one success more closes it
    assert "2 of 3 probes" in scene.layers()["circuit breaker"].detail
    scene.now += 20
    scene.attempt()
    breaker = scene.system.breaker()
    assert (breaker.state, breaker.since, breaker.probes_left) == ("closed", 1320, None)
    assert breaker.metrics == (8, 3, 0.375, 0, 320)


def test_probes_under_way_leave_no_room(scene: Scene) -> None:
    """It is half-open and would still refuse, and both is said."""
    for _ in range(5):
        scene.attempt("rolled_back")
    scene.now += 300
    for _ in range(3):
        scene.begin()
    assert scene.system.breaker().probes_left == 0
    layers = scene.layers()
    assert layers["circuit breaker"].state == State.FAILED
    assert "half-open, with 3 probes under way" in layers["circuit breaker"].detail
    assert "refused: busy" in layers["pre-flight checks"].detail


def test_rate_and_frequency_count_what_landed_and_what_is_under_way(scene: Scene) -> None:
    """And say when there is room again; people's are counted apart."""
    for _ in range(4):
        scene.attempt()
    scene.attempt("denied")
    scene.attempt(is_bound=False)
    scene.now += 15
    scene.begin()
    status = scene.system.status()
    assert status.rate_limit == RateLimit(10, 60.0, 5, None)
    assert status.frequency[:3] == (5, 300.0, 5)
    assert status.frequency.retry_after == 285
    layers = {layer.name: layer for layer in status.layers}
    assert layers["rate limiting"].detail == "5 of 10 in 1m"
    assert layers["anomaly detection"].state == State.WARNED
    assert layers["anomaly detection"].detail.endswith("rules; 5 of 5 in 5m, room in 4 min 45 s")
    for _ in range(5):
        scene.attempt()
    status = scene.system.status()
    assert status.rate_limit == RateLimit(10, 60.0, 10, 45)
    layers = {layer.name: layer for layer in status.layers}
    assert layers["rate limiting"][1:] == (State.FAILED, "10 of 10 in 1m, room in 45 s")


def test_what_is_tried_again_on_a_base_counts_once(scene: Scene) -> None:
    """As admission counts: of two that passed on HEAD only the last can have landed."""
    head = scene.repo.git("rev-parse", "HEAD")
    opening = scene.begin(base=base_on(scene.repo.at(), head))
    ending = Ending("allowed", counts=True, seconds=0.5, actor="", change={})
    end(scene.ledger, opening, ending, Policy())
    assert scene.system.status().rate_limit.current_count == 0
    scene.repo.commit("Land it")
    assert scene.system.status().rate_limit.current_count == 1


def test_a_look_buries_nobody(scene: Scene) -> None:
    """Whoever modifies next closes the attempts of the dead, and a look only reckons with it."""
    scene.begin()
    before = scene.events()
    scene.now += 600
    assert scene.system.status().circuit_breaker.metrics.consecutive_failures == 1
    assert scene.events() == before


def test_somebody_who_died_is_counted_before_anybody_buries_him(scene: Scene) -> None:
    """The fifth failure was a crash: the breaker is open for whoever comes next, and it is said."""
    for _ in range(4):
        scene.attempt("rolled_back")
    scene.begin()
    assert scene.system.breaker().state == "closed"
    before = scene.events()
    scene.now += 600
    assert scene.system.breaker()[:3] == ("open", 1600, 300)
    status = scene.system.status()
    assert status.circuit_breaker == scene.system.breaker()
    assert status.circuit_breaker.metrics.consecutive_failures == 5
    assert "refused: breaker-open" in status.layers[0].detail
    assert status.rate_limit.current_count == 1  # whatever it did, it may have modified something
    assert scene.events() == before


def test_a_look_at_the_machine_reckons_with_the_dead(scene: Scene) -> None:
    """The same as a look at everything: of twenty modifications one was killed."""
    for _ in range(19):
        scene.attempt()
        scene.now += 10
    scene.begin()
    scene.now += 600
    told = scene.system.health().checks["error_rate"]
    assert (told.value, told.healthy) == (0.05, True)
    assert scene.system.status().health.checks["error_rate"] == told


def test_what_binds_nobody_is_not_called_a_refusal(scene: Scene) -> None:
    """Under a policy that only warns, and while the guard is off; but CI ignores the latter."""
    for _ in range(5):
        scene.attempt("rolled_back")
    scene.system.disable(ADA, "an outage")
    status = scene.system.status()
    assert (status.enabled, status.mode) == (False, "enforce")
    assert status.disabled == (1000.0, ADA, "an outage")
    assert status.layers[0][1] == State.WARNED
    assert "warned, and let through: breaker-open" in status.layers[0].detail
    in_ci = scene.under(CI="true").status()
    assert (in_ci.enabled, in_ci.disabled) == (True, status.disabled)
    assert in_ci.layers[0][1] == State.FAILED

    scene.system.enable(ADA)
    scene.policy('mode = "warn"\n')
    status = scene.system.status()
    assert (status.enabled, status.mode) == (True, "warn")
    assert status.layers[0][1] == State.WARNED


def test_the_last_attempts_are_told_newest_first(scene: Scene) -> None:
    """Five of them, and of one that was killed whose it was."""
    for files in range(1, 6):
        scene.now += 1
        scene.attempt("denied" if files == 5 else "allowed", files)
    scene.begin()
    scene.now += 601
    scene.attempt("allowed", 7)  # which finds the one before it dead
    told = [(one.outcome, one.files, one.at) for one in scene.system.status().attempts]
    assert told == [
        ("allowed", 7, 1606), ("crashed", 0, 1606), ("denied", 5, 1005), ("allowed", 4, 1004),
        ("allowed", 3, 1003),
    ]  # fmt: skip
    crashed = scene.system.status().attempts[1]
    assert (crashed.actor, crashed.source) == ("agent robot", "--staged")


@pytest.mark.parametrize(
    "body", ["[]", "{", "[" * 100_000, '{"outcome": 3, "change": 4}', '{"change": {"files": "x"}}']
)
def test_a_damaged_line_hides_no_other(scene: Scene, body: str) -> None:
    """What cannot be read of an attempt is left blank."""
    scene.attempt("allowed", 3)
    scene.journal.append(Entry(1000.0, "closed", "odd", body))
    odd, good = scene.system.status().attempts
    assert (odd.attempt, odd.files, odd.actor) == ("odd", 0, "")
    assert (good.outcome, good.files) == ("allowed", 3)


def judged(scene: Scene, outcome: str = "denied", about: str = "", **body: Any) -> str:
    """Let an agent's modification be judged and end, and give the name of the attempt."""
    name = f"judged{scene.now}{body}"
    opening = Opening(name, name, "agent robot", "--staged", name, is_bound=True)
    assert admit(scene.ledger, opening, Policy()).is_open
    entry = Entry(scene.now, "judged", name, json.dumps(body), about or name)
    ending = Ending(outcome, counts=False, seconds=0.5, actor="agent robot", change={})
    end(scene.ledger, opening, ending, Policy(), entry)
    return name


SHELL = {"rule": "SMG202", "path": "clean.sh"}
EVAL = {"rule": "SMG201", "path": "app.py"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"because": [SHELL], "findings": [EVAL, SHELL]}, "SMG202 clean.sh"),
        ({"because": [], "findings": [EVAL]}, "SMG201 app.py"),
        ({"slug": "rule-crashed", "findings": [EVAL], "reason": "it broke"}, "rule-crashed"),
        ({"slug": "", "because": [{"rule": "SMG101", "path": ""}]}, "SMG101"),
        ({"reason": "the guard is tired"}, "the guard is tired"),
        ({"because": "x", "findings": [3], "slug": None}, ""),
        ({}, ""),
    ],
)
def test_what_failed_is_said(scene: Scene, body: dict[str, Any], why: str) -> None:
    """By the judgement of the same attempt, and not by another one of the same change."""
    name = judged(scene, **body)
    scene.journal.append(Entry(1000.0, "judged", "check", '{"slug":"other"}', name))
    scene.journal.append(Entry(1000.0, "opened", name, '{"slug":"other"}', name))
    judged(scene, "allowed", findings=[EVAL])
    good, bad = scene.system.status().attempts
    assert (good.why, bad.why) == ("", why)


def test_what_failed_is_said_of_a_judgement_about_more_than_the_change(scene: Scene) -> None:
    """The commits before it, which went round the guard, are in its digest."""
    judged(scene, about="other", because=[SHELL])
    assert scene.system.status().attempts[0].why == "SMG202 clean.sh"


def test_the_failures_in_a_row_are_told(scene: Scene) -> None:
    """Five at most; what people did in between is none, and ends no row; nor do denials."""
    judged(scene, "rolled_back", because=[EVAL])
    scene.attempt()
    assert scene.system.breaker().failures == ()
    for number in range(6):
        scene.now += 1
        if number < 5:
            judged(scene, "denied", because=[EVAL])
            judged(scene, "rolled_back", because=[{"rule": "SMG202", "path": f"{number}.sh"}])
        scene.attempt(is_bound=False)
        failed = scene.system.breaker().failures
        assert len(failed) == min(number + 1, 5)
    assert [one.why for one in failed] == [f"SMG202 {number}.sh" for number in (4, 3, 2, 1, 0)]
    assert failed[0].at == 1005
    assert scene.system.status().circuit_breaker.failures == failed
    scene.system.reset(ADA)
    assert scene.system.breaker().failures == ()
    scene.now += 60
    scene.attempt("rolled_back")
    assert [one.at for one in scene.system.breaker().failures] == [1066]


def test_a_killed_one_is_among_the_failures_before_anybody_buries_him(scene: Scene) -> None:
    """With whose it was; and that nobody knows more."""
    opening = scene.begin()
    scene.now += 600
    died = Past(
        *(opening.attempt, 1600, "crashed", "agent robot", "--staged", 0),
        why="its process died, or nobody heard of it for too long",
    )
    assert scene.system.breaker().failures == (died,)
    assert scene.system.status().attempts == (died,)
    scene.policy("[breaker]\nfailures = ['denied']\n")
    assert scene.system.breaker().failures == ()
    assert scene.system.status().attempts == (died,)
    scene.now = 1000.0
    scene.attempt("rolled_back")
    scene.now += 600
    assert [one.outcome for one in scene.system.breaker().failures] == ["rolled_back"]


def test_an_error_of_the_guard_itself_is_told_from_a_death(scene: Scene) -> None:
    """It has closed its attempt, and has no judgement."""
    opening = Opening("a", "b", "", "", "digest", is_bound=True)
    assert admit(scene.ledger, opening, Policy()).is_open
    ending = Ending("crashed", counts=False, seconds=0.5, actor="", change={})
    end(scene.ledger, opening, ending, Policy())
    assert scene.system.breaker().failures[0].why == "the guard itself was ended, or failed"


def test_a_journal_that_does_not_tell_the_state_is_an_error(scene: Scene) -> None:
    """To show an empty state would be to say that all is well."""
    scene.attempt()
    scene.journal.append(Entry(1000.0, "sampled", "", "{}", "", "[1, 2]"))
    with pytest.raises(JournalError) as caught:
        scene.system.status()
    assert caught.value.slug == "journal-damaged"


def test_rules_that_the_policy_turns_off_are_not_counted(scene: Scene) -> None:
    """A layer without a rule has not run, whatever else it is called."""
    before = scene.layers()["anomaly detection"].detail
    number = int(before.split()[0])
    validity = [rule.id for rule in all_rules() if rule.family == "validity"]
    scene.policy(f"[rules]\noff = {[*validity, 'SMG201']}\n")
    layers = scene.layers()
    assert layers["anomaly detection"].detail.startswith(f"{number - 1} rules; ")
    assert layers["code validation"][1:] == (
        *(State.NOT_RUN, "the policy turns all of its rules off"),
    )


def test_a_look_at_the_machine_is_kept(scene: Scene) -> None:
    """With its numbers, and what they meant; for a minute it says how the machine is."""
    health = scene.system.health()
    assert (health.status, health.score, health.notes) == ("healthy", 100.0, ())
    kind, body = scene.last()
    assert kind == "sampled"
    assert body.pop("where") == here() != ""
    assert body == {"score": 100, "status": "healthy", "cpu": 10, "memory": 60, "disk": 50}
    scene.now += 59
    assert scene.layers()["health monitoring"][1:] == (State.PASSED, "healthy, score 100, stable")
    scene.now += 2
    assert scene.layers()["health monitoring"].state == State.NOT_RUN


def unwritable(path: str, mode: int, **_: object) -> bool:
    """Judge by the modes alone, as the system does for those who are not root."""
    return Path(path).exists() and bool(Path(path).stat().st_mode & 0o200 or not mode & os.W_OK)


def test_a_journal_that_is_seen_not_to_take_anything_is_said(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, its folder, or where that would be made; and nothing is tried."""
    monkeypatch.setattr(os, "access", unwritable)
    said = "the journal cannot be written to: every attempt ends undecided"
    git, folder = scene.repo.path / ".git", Path(scene.journal.folder)
    places = (git, folder, Path(scene.journal.path))
    for place in places:
        if not place.exists():
            scene.attempt()
        mode = place.stat().st_mode
        place.chmod(mode & 0o555)
        assert scene.system.status().layers[0] == ("pre-flight checks", State.FAILED, said)
        place.chmod(mode)
        assert scene.system.status().layers[0].state == State.PASSED
    assert len(scene.events()) == 2
    folder.chmod(0o555)
    scene.policy("mode = 'warn'\n")
    assert scene.system.status().layers[0] == ("pre-flight checks", State.WARNED, said)
    assert not is_shut("postgresql://ada@example.org/guard")
    folder.chmod(0o700)


def full(*_: object) -> None:
    """Be a disk that takes nothing more."""
    raise JournalError("journal-full", "the disk is full", context="journal.sqlite3")


def test_a_look_that_cannot_be_kept_is_told_and_somebody_is_called(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is what the look is there to find."""
    scene.policy("""notify = ["sh", "-c", "cat >> told.jsonl"]\n""")
    scene.machine = FULL
    before = scene.events()
    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "turn", full)
        told = scene.system.health()
    assert (told.status, told.score is None) == ("critical", False)
    why = "the disk is full: journal.sqlite3 (journal-full)"
    assert told.notes == (f"this look at the machine was not kept: {why}",)
    assert scene.events() == before
    assert "health-critical" in (scene.repo.path / "told.jsonl").read_text()


def test_of_two_who_see_it_turn_only_one_tells(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one has written it down just before."""
    scene.policy("""notify = ["sh", "-c", "cat >> told.jsonl"]\n""")
    scene.machine = FULL
    turn = SqliteJournal.turn

    def late(journal: SqliteJournal) -> object:
        monkeypatch.undo()
        scene.system.health()
        return turn(journal)

    monkeypatch.setattr(SqliteJournal, "turn", late)
    assert scene.system.health().status == "critical"
    assert len(scene.events()) == 2
    assert len((scene.repo.path / "told.jsonl").read_text().splitlines()) == 1


def test_one_failure_is_no_failures(scene: Scene) -> None:
    """Where the policy lets one open the breaker."""
    opening, strict = scene.begin(), Policy().breaker._replace(failure_threshold=1)
    ending = Ending("crashed", counts=False, seconds=0.5, actor="", change={})
    end(scene.ledger, opening, ending, Policy()._replace(breaker=strict))
    detail = scene.layers()["circuit breaker"].detail
    assert detail == "open after 1 failure, probes in 5 min 0 s"


def test_a_commit_that_went_round_sets_no_policy(scene: Scene) -> None:
    """Neither the numbers nor whom to tell: that of the last one that came through holds."""
    scene.policy("""notify = ["sh", "-c", "cat >> told.jsonl"]\n""")
    guard = Guard(Context(str(scene.repo.path), scene.repo.environ, lambda: 1000.0, lambda: "g"))
    assert guard.reconcile() is None
    for _ in range(3):
        scene.attempt("rolled_back")
    scene.begin()
    scene.now += 600
    before = scene.system.status()
    assert before.circuit_breaker.metrics.consecutive_failures == 4
    scene.policy(
        "mode = 'warn'\nnotify = ['sh', '-c', 'touch pwned']\n[breaker]\nfailures = ['denied']\n"
        "[rate]\nmax-per-window = 500\n[health]\nmax-disk-percent = 100\n"
    )
    assert guard.policy().mode == "warn"
    assert scene.system.status() == before
    assert scene.system.breaker() == before.circuit_breaker
    scene.machine = FULL
    told = scene.system.health()
    assert (told.status, told.checks["disk"].limit) == ("critical", 90)
    assert (scene.repo.path / "told.jsonl").exists()
    assert not (scene.repo.path / "pwned").exists()


def test_notes_about_the_journal_are_told(scene: Scene) -> None:
    """Of one that was lost, in a status as in a breaker."""
    scene.attempt()
    head = scene.journal.head()
    assert head is not None
    anchor(scene.repo.at(), head)
    assert scene.system.status().notes == scene.system.breaker().notes == ()
    Path(scene.journal.path).unlink()
    system = scene.under()
    (note,) = system.breaker().notes
    assert note.startswith("The journal that was here is gone (its event ")
    assert system.status().notes == (note,)
    assert system.status().circuit_breaker.notes == ()


def test_a_processor_that_stays_busy_is_critical(scene: Scene) -> None:
    """Its own samples before count for this machine."""
    scene.machine = (99.0, 60.0, 50.0)
    assert [scene.system.health().status for _ in range(3)] == [*["unhealthy"] * 2, "critical"]


def test_another_machine_says_nothing_of_this_one(scene: Scene) -> None:
    """Neither whether it is well, nor that its trouble was told already."""
    scene.policy("""notify = ["sh", "-c", "cat >> told.jsonl"]\n""")
    scene.machine = FULL
    scene.system.health()
    for status in ("healthy", "critical"):
        scene.sampled_elsewhere(status, disk=50)
    assert scene.system.status().health.status == "critical"
    scene.sampled_elsewhere("healthy", disk=50)
    assert scene.system.health().status == "critical"
    assert len((scene.repo.path / "told.jsonl").read_text().splitlines()) == 1
    scene.machine = WELL
    scene.system.health()
    scene.sampled_elsewhere("critical", disk=99)
    assert scene.system.status().health.status == "healthy"
    scene.machine = FULL
    scene.system.health()
    assert len((scene.repo.path / "told.jsonl").read_text().splitlines()) == 2


def test_a_machine_that_is_not_well_is_said(scene: Scene) -> None:
    """Somewhat unwell halves the limits, and really unwell lets nothing through."""
    for _ in range(20):
        scene.now += 30
        scene.attempt()
    scene.machine = BUSY  # one of six items
    assert scene.system.health().status == "degraded"
    status = scene.system.status()
    layers = {layer.name: layer for layer in status.layers}
    assert layers["pre-flight checks"].state == State.WARNED
    assert "half the limits" in layers["pre-flight checks"].detail
    assert layers["health monitoring"][1:] == (State.WARNED, "degraded, score 83, stable")
    assert status.rate_limit.max_per_window == 5
    assert layers["rate limiting"].detail == "2 of 5 in 1m; half of the policy's limit"
    scene.machine = (95.0, 60.0, 95.0)
    assert scene.system.health().status == "unhealthy"
    layers = scene.layers()
    assert layers["health monitoring"].state == State.FAILED
    assert "refused: unhealthy" in layers["pre-flight checks"].detail


def test_a_machine_that_cannot_be_read_is_unknown(scene: Scene) -> None:
    """And the layer is not called healthy."""
    scene.machine = (None, None, None)
    assert scene.system.health().status == "unknown"
    assert scene.layers()["health monitoring"].state == State.FAILED


def test_somebody_is_told_once_when_it_turns_critical(scene: Scene) -> None:
    """Not at each sample; and again when it does so again, or after long silence."""
    scene.policy("""notify = ["sh", "-c", "cat >> told.jsonl; echo heard"]\n""")
    told = scene.repo.path / "told.jsonl"
    assert scene.system.health().status == "healthy"
    assert not told.exists()
    scene.machine = FULL
    for _ in range(3):
        scene.now += 10
        health = scene.system.health()
        assert (health.status, health.notes) == ("critical", ())
    (line,) = told.read_text().splitlines()
    document = json.loads(line)
    assert (document["event"], document["at"]) == ("health-critical", 1010)
    assert document["project"] == str(scene.repo.path)
    assert document["details"]["health"]["checks"]["disk"]["value"] == 99
    scene.machine = BUSY
    assert scene.system.health().status == "unhealthy"
    assert len(told.read_text().splitlines()) == 1
    scene.machine = FULL
    scene.system.health()
    assert len(told.read_text().splitlines()) == 2
    scene.now += 899
    scene.system.health()
    assert len(told.read_text().splitlines()) == 2
    scene.now += 901
    scene.system.health()
    assert len(told.read_text().splitlines()) == 3


def test_a_notification_that_fails_is_said_and_changes_nothing(scene: Scene) -> None:
    """The sample is kept, and its meaning is the same."""
    scene.policy('notify = ["sh", "-c", "echo no network; exit 3"]\n')
    scene.machine = FULL
    health = scene.system.health()
    assert health.status == "critical"
    assert health.notes == (*("notify: the command failed with exit 3; it said last: no network",),)
    assert scene.last()[1]["status"] == "critical"


def test_without_a_command_nobody_is_told(scene: Scene) -> None:
    """Which is no fault."""
    scene.machine = FULL
    assert scene.system.health().notes == ()


def test_a_reset_closes_the_breaker_and_says_who_and_why(scene: Scene) -> None:
    """The rates start anew too, or they would block what comes now."""
    for _ in range(5):
        scene.attempt("rolled_back")
    turned = scene.system.reset(ADA, "the disk was full")
    assert turned[:4] == ("reset", True, ADA, "the disk was full")
    assert turned.message == "the circuit breaker is closed; it was open"
    assert scene.last() == ("reset", {"by": ADA, "reason": "the disk was full"})
    breaker = scene.system.breaker()
    assert (breaker.state, breaker.metrics.consecutive_failures) == ("closed", 0)
    assert scene.ledger.state().outcomes == ()


def test_a_reset_of_what_is_closed_is_written_down_all_the_same(scene: Scene) -> None:
    """And says what it was good for, which may be nothing."""
    turned = scene.system.reset(ADA)
    assert (turned.changed, turned.reason) == (False, "")
    assert "nothing to reset" in turned.message
    assert scene.last() == ("reset", {"by": ADA, "reason": ""})
    scene.attempt("rolled_back")
    turned = scene.system.reset(ADA)
    assert turned.changed
    assert "it had counted 1 in a row" in turned.message
    scene.attempt()
    turned = scene.system.reset(ADA)
    assert turned.changed
    assert "the rates of success start anew" in turned.message
    assert "nothing to reset" in scene.system.reset(ADA).message


def test_it_can_be_turned_off_and_on(scene: Scene) -> None:
    """Each time with who, and whether that changed anything."""
    assert scene.system.disable(ADA, "an outage").changed
    assert scene.last() == ("disabled", {"by": ADA, "reason": "an outage"})
    again = scene.system.disable("Bob")
    assert not again.changed
    assert ADA in again.message
    assert scene.system.status().disabled == (1000.0, "Bob", "")
    on = scene.system.enable(ADA)
    assert on.changed
    assert "Bob" in on.message
    assert scene.last() == ("enabled", {"by": ADA})
    assert scene.system.status().disabled is None
    assert not scene.system.enable(ADA).changed


def test_a_ci_job_is_told_that_turning_it_off_is_for_nothing(scene: Scene) -> None:
    """It is written down, and CI goes on."""
    system = scene.under(CI="true")
    assert "CI ignores it" in system.disable(ADA).notes[0]
    assert system.enable(ADA).notes == ()
    assert system.reset(ADA).notes == ()
    assert scene.system.disable(ADA).notes == ()


@pytest.mark.parametrize("marker", ["AI_AGENT", "CLAUDECODE", "CURSOR_AGENT"])
def test_an_agent_loosens_nothing(scene: Scene, marker: str) -> None:
    """What it tried is written down, and the state is as it was; tightening it may."""
    for _ in range(5):
        scene.attempt("rolled_back")
    scene.system.disable(ADA)
    scene.system.enable(ADA)
    before = scene.ledger.state()
    agent = scene.under(**{marker: "1"})
    for ask, what in ((agent.reset, "breaker reset"), (agent.disable, "disable")):
        with pytest.raises(GuardError) as caught:
            ask("me", "I must")
        assert (caught.value.slug, caught.value.exit_code) == ("loosening-refused", 1)
        assert marker in str(caught.value)
        assert caught.value.hint == f"let a person run: selfmod-guard {what}"
        kind, body = scene.last()
        source = f"environment {marker}"
        assert kind == "refused"
        assert body == {"what": what, "by": "me", "reason": "I must", "marker": source}
        assert scene.events()[-1].fold == ""
    assert scene.ledger.state() == before
    assert agent.enable("me").action == "enabled"


def test_a_reason_has_a_measure(scene: Scene) -> None:
    """The journal would carry it along in every event for as long as the guard is off."""
    for ask in (scene.system.reset, scene.system.disable, scene.under(AI_AGENT="1").reset):
        with pytest.raises(UsageError) as caught:
            ask(ADA, "x" * 501)
        assert caught.value.slug == "reason-too-long"
    assert scene.events() == []
    scene.system.disable(ADA, "x" * 500)
    assert scene.last()[1]["reason"] == "x" * 500


def test_odd_letters_are_kept_fit_for_any_reader(scene: Scene) -> None:
    """A name can hold bytes that are no text, and a reason a line break."""
    scene.system.disable("A\udce9da", "one\ntwo\x1b[2J\0")
    assert scene.last()[1] == {"by": r"A\xe9da", "reason": "one\ntwo\x1b[2J\0"}
    status = scene.system.status()
    assert status.disabled is not None
    assert status.disabled.by == r"A\xe9da"


def test_in_the_middle_of_a_conflict_it_still_answers(scene: Scene) -> None:
    """What is staged then cannot be read, and nobody has asked about it."""
    repo = scene.repo
    repo.git("checkout", "--quiet", "-b", "other")
    repo.write("app.py", "one\n")
    repo.commit("One")
    repo.git("checkout", "--quiet", "main")
    repo.write("app.py", "other\n")
    repo.commit("Another")
    repo.git("merge", "--quiet", "other", fails=True)
    assert scene.system.status().circuit_breaker.state == "closed"
    scene.system.reset(ADA, "all is well")
    assert scene.system.health().status == "healthy"


def test_a_breaker_can_be_reset_under_a_policy_that_is_broken(scene: Scene) -> None:
    """Which at that time of night may be what has gone wrong."""
    scene.policy("no = toml = at all\n")
    assert scene.system.reset(ADA).action == "reset"
    with pytest.raises(GuardError) as caught:
        scene.system.status()
    assert caught.value.slug == "policy-not-toml"


def test_the_values_are_what_they_say(scene: Scene) -> None:
    """The names are a promise to whoever reads the JSON."""
    assert Status._fields == (
        "enabled", "mode", "disabled", "layers", "circuit_breaker", "rate_limit", "frequency",
        "health", "attempts", "backups", "journal", "schema_version", "notes",
    )  # fmt: skip
    assert CircuitBreaker._fields == (
        *("state", "since", "retry_after", "probes_left", "metrics", "failures", "notes"),
    )
    assert Past._fields == ("attempt", "at", "outcome", "actor", "source", "files", "why")
    assert Health._fields == ("status", "score", "trend", "checks", "notes")
    scene.system.health()
    status = scene.system.status()
    assert list(status.health.checks) == [
        *("cpu", "memory", "disk", "response_time", "error_rate", "success_rate"),
    ]
    last = scene.events()[-1]
    assert status.journal == (scene.journal.path, 1, last.hash)
