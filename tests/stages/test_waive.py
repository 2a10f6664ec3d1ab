"""What an approval does: it lets exactly its change pass, and nothing else does."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.approvals import NAMESPACE, REF, digest_of, keep
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.errors import GuardError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import Receipt, Waiver
from pytest_selfmod_guard.stages import read
from pytest_selfmod_guard.system import System, Wanted
from tests.signers import EVIL, RULE, SIGNERS, Office

if TYPE_CHECKING:
    from tests.conftest import NewRepo
    from tests.signers import Keys

HARMLESS = "def answer():\n    return 43\n"
WORSE = EVIL + "\n\ndef more():\n    return exec(input())\n"


def denied_for(told: Receipt) -> list[str]:
    """Give the rules that deny; nothing where it is allowed."""
    assert told.decision == ("denied" if told.because else "allowed")
    return sorted({one.rule for one in told.because})


def test_a_right_approval_lets_exactly_its_change_pass(office: Office) -> None:
    """To an agent as to anybody, and the findings stay to be seen."""
    office.approve(office.propose())
    for actor in ("", "agent"):
        told = office.judge(SELFMOD_GUARD_ACTOR=actor)
        assert told.decision == "allowed"
        (found,) = [one for one in told.findings if one.rule == RULE]
        assert isinstance(found.waiver, Waiver)
        assert found.waiver[:3] == ("approval", "ada@example.org", "it is safe")
        assert found.waiver.expires is not None
        assert 3500 < found.waiver.expires - time.time() < 3700
    office.propose(EVIL.replace("input()", "input() "))
    assert denied_for(office.judge()) == [RULE]


@pytest.mark.proof
def test_it_serves_for_the_commit_and_in_ci(office: Office) -> None:
    """What was approved while it was staged is the commit, known by its digest."""
    office.approve(office.propose())
    start = office.repo.git("rev-parse", "HEAD")
    office.repo.commit("Evaluate it")
    reader = partial(read.between, old=start, new="HEAD")
    assert denied_for(office.judge(reader, CI="true")) == []


@pytest.mark.proof
def test_it_serves_after_a_rebase_that_leaves_the_files_alone(office: Office) -> None:
    """And no longer where the same lines are put into another file than was seen."""
    repo = office.repo
    office.approve(office.propose())
    repo.git("switch", "--quiet", "--create", "work")
    repo.commit("Evaluate it")
    repo.git("switch", "--quiet", "main")
    repo.write("other.txt", "meanwhile\n")
    repo.commit("Go on")
    repo.git("rebase", "--quiet", "main", "work")
    proposed = partial(read.between, old="main", new="work")
    assert denied_for(office.judge(proposed)) == []
    repo.git("switch", "--quiet", "main")
    repo.write("app.py", "# first\ndef answer():\n    return 42\n")
    repo.commit("Say more")
    repo.git("rebase", "--quiet", "main", "work")
    assert denied_for(office.judge(proposed)) == [RULE]


def _forged(office: Office, change: str) -> None:
    data = office.signed(office.terms(change))
    keep(office.repo.at(), change, data.replace(b"it is safe", b"it is fine"))


def _by_eve(office: Office, change: str) -> None:
    data = office.signed(office.terms(change, approver="eve@example.org"), "eve")
    keep(office.repo.at(), change, data)


def _in_the_name_of_ada(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms(change), "eve"))


def _by_bob_as_ada(office: Office, change: str) -> None:
    office.repo.git("stash", "--quiet")
    office.sign_up("ada", "bob")
    office.repo.git("stash", "pop", "--quiet", "--index")
    keep(office.repo.at(), change, office.signed(office.terms(change), "bob"))


def _for_another(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms("0" * 64)))


def _elsewhere(office: Office, change: str) -> None:
    office.approve(change, repository="1" * 40)


def _expired(office: Office, change: str) -> None:
    office.approve(change, expires=int(time.time()) - 1)


def _in_another_namespace(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms(change), namespace="git"))


def _truncated(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms(change))[:-40])


def _cut_in_its_lines(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms(change))[30:])


def _huge(office: Office, change: str) -> None:
    keep(office.repo.at(), change, office.signed(office.terms(change)) + b"\n" * (1 << 20))


def _binary(office: Office, change: str) -> None:
    keep(office.repo.at(), change, bytes(range(256)) * 40)


def _empty(office: Office, change: str) -> None:
    keep(office.repo.at(), change, b"")


def _a_commit(office: Office, change: str) -> None:
    office.repo.git("update-ref", f"{REF}/{change}/{'0' * 16}", "HEAD")


def _two_in_one(office: Office, change: str) -> None:
    right = office.signed(office.terms("0" * 64))
    lines = office.terms(change, reason="x")
    keep(office.repo.at(), change, b"selfmod-guard approval 1\n" + right + repr(lines).encode())


@pytest.mark.proof
@pytest.mark.parametrize(
    ("attack", "why"),
    [
        (_forged, "incorrect signature"),
        (_by_eve, "not among the allowed signers|not made with a key of whom"),
        (_in_the_name_of_ada, "not made with a key of whom it names"),
        (_by_bob_as_ada, "not made with a key of whom it names"),
        (_for_another, "it is for another change"),
        (_elsewhere, "it is for another repository"),
        (_expired, "it has expired"),
        (_in_another_namespace, "namespace does not match"),
        (_truncated, "ouldn't parse signature|missing footer"),
        (_cut_in_its_lines, "its lines are not those of an approval"),
        (_huge, "it has no signature"),
        (_binary, "it has no signature"),
        (_empty, "it has no signature"),
        (_a_commit, "it has no signature"),
        (_two_in_one, "its lines are not those of an approval"),
    ],
)
def test_what_is_no_right_approval_gains_nothing(
    office: Office, attack: Callable[[Office, str], None], why: str
) -> None:
    """It is denied as before, with a note that says why; and a right one beside it counts."""
    change = office.propose()
    attack(office, change)
    told = office.judge()
    assert denied_for(told) == [RULE]
    (note,) = [note for note in told.notes if "approval" in note]
    assert note.startswith(f"An approval of change {change[:10]} does not count: ")
    assert any(part in note for part in why.split("|")), note
    office.approve(office.propose())
    assert denied_for(office.judge()) == []


def test_it_does_not_serve_once_it_has_expired(office: Office) -> None:
    """To the second, by the guard's clock."""
    change = office.propose()
    office.approve(change)
    expires = office.terms(change).expires
    office.clock = lambda: expires - 5.0
    assert denied_for(office.judge()) == []
    office.clock = lambda: expires + 5.0
    assert denied_for(office.judge()) == [RULE]


@pytest.mark.proof
def test_a_revoked_key_does_not_serve(office: Office) -> None:
    """Whether it is listed as a key or in a list that ssh-keygen makes; nor an unreadable list."""
    repo, public = office.repo, office.keys.file("ada").with_suffix(".pub")
    krl = repo.path / "revoked.krl"
    repo.run("ssh-keygen", "-q", "-k", "-f", str(krl), str(public))
    repo.run("ssh-keygen", "-q", "-k", "-f", str(repo.path / "others.krl"), "-s", str(public))
    for data, counts in (
        (public.read_bytes(), False),
        (krl.read_bytes(), False),
        (b"nonsense", False),
        (office.keys.file("eve").with_suffix(".pub").read_bytes(), True),
    ):
        repo.git("reset", "--quiet", "--hard")
        shutil.rmtree(repo.path / ".git" / "selfmod-guard", ignore_errors=True)
        repo.write(".revoked", data)
        repo.write("app.py", "def answer():\n    return 42\n")
        office.sign_up("ada", policy="approvals.revoked-keys = '.revoked'\n")
        office.approve(office.propose())
        told = office.judge()
        assert denied_for(told) == ([] if counts else [RULE])
        assert counts or any("its key is revoked" in note for note in told.notes)


@pytest.mark.proof
@pytest.mark.parametrize("options", ['valid-before="20200101" ', 'namespaces="git" '])
def test_a_key_serves_only_as_the_base_says(office: Office, options: str) -> None:
    """Until its day, and in its namespaces."""
    office.sign_up("ada", options=options)
    office.approve(office.propose())
    assert denied_for(office.judge()) == [RULE]


def test_a_key_that_the_change_adds_does_not_serve(office: Office) -> None:
    """Who may approve says the base; and the change is found out on top of it."""
    line = f"eve@example.org {office.keys.public('eve')}\n"
    office.repo.write(SIGNERS, line)
    change = office.propose()
    terms = office.terms(change, approver="eve@example.org")
    keep(office.repo.at(), change, office.signed(terms, "eve"))
    assert denied_for(office.judge()) == [RULE, "SMG404"]


@pytest.mark.proof
def test_replaced_objects_do_not_bring_other_signers(office: Office) -> None:
    """Neither the file of signers nor the approval is what ``git replace`` makes of it."""
    repo = office.repo
    change = office.propose()
    terms = office.terms(change, approver="eve@example.org")
    keep(repo.at(), change, office.signed(terms, "eve"))
    forged = f"eve@example.org {office.keys.public('eve')}\n".encode()
    blob = repo.git("hash-object", "-w", "--stdin", feed=forged)
    repo.git("replace", repo.git("rev-parse", f"HEAD:{SIGNERS}"), blob)
    assert repo.git("show", f"HEAD:{SIGNERS}").startswith("eve@")
    assert denied_for(office.judge()) == [RULE]


@pytest.mark.proof
def test_in_the_name_of_nobody_nothing_is_approved(repo_without_signers: Office) -> None:
    """Where the base names no signers, no signature counts."""
    office = repo_without_signers
    office.approve(office.propose())
    assert denied_for(office.judge()) == [RULE]


@pytest.fixture
def repo_without_signers(office: Office) -> Office:
    """Give a repository whose policy no longer says who may approve."""
    office.repo.write("pyproject.toml", "[tool.selfmod-guard]\n")
    office.repo.commit("Nobody")
    return office


@pytest.mark.proof
@pytest.mark.parametrize("path", ["gone", "../outside", "/etc/passwd", ".", "link"])
def test_signers_that_the_base_has_not_approve_nothing(office: Office, path: str) -> None:
    """A name that leads nowhere, out of the tree or through a link is none."""
    office.repo.link("link", SIGNERS)
    table = f"[tool.selfmod-guard]\napprovals.allowed-signers = '{path}'\n"
    office.repo.write("pyproject.toml", table)
    office.repo.commit("Another file")
    office.approve(office.propose())
    told = office.judge()
    assert denied_for(told) == [RULE]
    assert any("does not count" in note for note in told.notes)


@pytest.mark.proof
def test_without_ssh_keygen_nothing_is_approved(office: Office) -> None:
    """And the note says what is missing, or too old."""
    office.approve(office.propose())
    git = office.repo.run("which", "git").stdout.strip()
    tools = office.repo.path.parent / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(git)
    told = office.judge(PATH=str(tools))
    assert denied_for(told) == [RULE]
    assert any("not on the PATH" in note for note in told.notes)
    old = tools / "ssh-keygen"
    old.write_text("#!/bin/sh\necho 'unknown option -- Y' >&2\nexit 1\n")
    old.chmod(0o755)
    told = office.judge(PATH=f"{tools}:/usr/bin:/bin")
    assert denied_for(told) == [RULE]
    assert any("OpenSSH 8.8" in note for note in told.notes)


@pytest.mark.proof
def test_in_a_shallow_clone_it_cannot_be_told_which_repository_it_is(
    office: Office, new_repo: NewRepo
) -> None:
    """So nothing counts there, and the note says how to get the rest."""
    office.approve(office.propose())
    office.repo.commit("Evaluate it")
    clone = new_repo("clone")
    refs = ("main:refs/heads/work", f"{REF}/*:{REF}/*")
    clone.git("fetch", "--quiet", "--depth=2", office.repo.path.as_uri(), *refs)
    clone.git("switch", "--quiet", "work")
    office.repo = clone
    told = office.judge(partial(read.committed, commit="HEAD"))
    assert denied_for(told) == [RULE]
    assert any("because the clone is shallow" in note for note in told.notes)


def test_of_a_range_only_what_was_approved_passes(office: Office) -> None:
    """A commit that is approved excuses no other."""
    repo = office.repo
    start = repo.git("rev-parse", "HEAD")
    change = office.propose()
    repo.commit("Evaluate it")
    both = partial(read.between, old=start, new="HEAD")
    office.approve(change)
    repo.write("other.py", "def run(text):\n    exec(text)\n")
    second = repo.commit("Run it")
    told = office.judge(both)
    assert [(one.rule, one.path) for one in told.because] == [(RULE, "other.py")]
    assert [one.path for one in told.findings if one.waiver] == ["app.py"]
    office.approve(read.committed(repo.at(), second).digest, reason="this too")
    told = office.judge(both)
    assert denied_for(told) == []
    assert {one.waiver.reason for one in told.findings if one.waiver} == {"it is safe", "this too"}


@pytest.mark.proof
def test_a_commit_after_it_may_not_touch_what_was_approved(office: Office) -> None:
    """Who adds to an approved file has not seen what the approver saw, nor the other way round."""
    repo = office.repo
    start = repo.git("rev-parse", "HEAD")
    office.approve(office.propose())
    repo.commit("Evaluate it")
    repo.write("app.py", EVIL.replace("eval(input())", "eval(\n        open('x').read()\n    )"))
    repo.commit("Evaluate something else")
    assert denied_for(office.judge(partial(read.between, old=start, new="HEAD"))) == [RULE]


@pytest.mark.proof
def test_a_range_can_be_approved_as_a_whole(office: Office) -> None:
    """By the digest of what it changes in all."""
    repo = office.repo
    start = repo.git("rev-parse", "HEAD")
    office.propose()
    repo.commit("Evaluate it")
    repo.write("other.py", "def run(text):\n    exec(text)\n")
    repo.commit("Run it")
    whole = partial(read.between, old=start, new="HEAD")
    office.approve(whole(repo.at()).digest)
    assert denied_for(office.judge(whole)) == []
    repo.write("more.txt", "x\n")
    repo.commit("More")
    assert denied_for(office.judge(whole)) == [RULE]


@pytest.mark.proof
def test_what_went_round_the_hook_can_be_approved_afterwards(office: Office) -> None:
    """So that the next commit is not held for it; and what is new is held all the same."""
    office.judge()  # takes what is there for known
    change = office.propose()
    office.repo.commit("Past the hook")
    office.propose("x = 1\n", "new.py")
    assert denied_for(office.judge(modifies=True)) == [RULE]
    office.approve(change)
    assert denied_for(office.judge(modifies=True)) == []
    office.repo.write("app.py", WORSE)
    office.repo.add()
    assert denied_for(office.judge(modifies=True)) == [RULE]


@pytest.mark.proof
def test_an_approval_opens_no_closed_door(office: Office) -> None:
    """It speaks about a change; what speaks against the system is not its business."""
    office.approve(office.propose())
    office.repo.write(".git/selfmod-guard/journal.sqlite3", b"broken")
    assert office.judge().decision == "undecided"


@pytest.mark.proof
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_it_serves_in_both_kinds_of_repository(
    new_repo: NewRepo, keys: Keys, hash_name: str
) -> None:
    """Whatever the ids of objects look like."""
    repo = new_repo("other", f"--object-format={hash_name}")
    repo.write("app.py", "def answer():\n    return 42\n")
    repo.commit("Start")
    office = Office(repo, keys)
    office.approve(office.propose())
    assert denied_for(office.judge()) == []
    assert NAMESPACE == "selfmod-guard@v1"


@pytest.mark.proof
def test_who_may_approve_says_the_protected_branch_as_it_is_now(office: Office) -> None:
    """To leave it before a signer was taken off the list gains nothing."""
    repo = office.repo
    repo.git("switch", "--quiet", "--create", "work")
    office.approve(office.propose())
    repo.commit("Evaluate it")
    repo.git("switch", "--quiet", "main")
    for signers, expected in (("ada", []), ("eve", [RULE])):
        office.sign_up(signers)
        repo.git("update-ref", "refs/remotes/origin/main", "main")
        repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        repo.git("switch", "--quiet", "work")
        told = office.judge(partial(read.proposed, environ=repo.environ))
        assert denied_for(told) == expected
        repo.git("switch", "--quiet", "main")


@pytest.mark.proof
def test_a_base_that_is_asked_for_says_who_may_as_it_is_now(office: Office) -> None:
    """Neither for an approval nor for a signed commit does an older list of signers serve."""
    repo = office.repo
    repo.git("switch", "--quiet", "--create", "work")
    office.approve(office.propose())
    office.signed_commit("ada")
    for signers, expected, kind in (("ada", [], "human"), ("eve", [RULE], "unknown")):
        repo.git("switch", "--quiet", "main")
        office.sign_up(signers)
        repo.git("switch", "--quiet", "work")
        told = office.judge(partial(read.since, ref="main"))
        assert (denied_for(told), told.actor.kind) == (expected, kind)


@pytest.mark.proof
def test_the_merge_that_a_service_makes_changes_nothing(office: Office) -> None:
    """GitHub's job checks out a merge of the change, which nobody has signed or approved."""
    repo = office.repo
    repo.git("switch", "--quiet", "--create", "work")
    office.approve(office.propose())
    office.signed_commit("ada")
    office.propose("x = 1\n", "more.py")
    office.signed_commit("ada")
    repo.git("switch", "--quiet", "--detach", "main")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge", "work")
    told = office.judge(partial(read.since, ref="main"))
    assert (denied_for(told), told.actor.kind) == ([], "human")
    repo.write("evil.py", EVIL)
    repo.add()
    repo.git("commit", "--quiet", "--amend", "--no-edit")
    told = office.judge(partial(read.since, ref="main"))
    assert (denied_for(told), told.actor.kind) == ([RULE], "unknown")


@pytest.mark.proof
def test_what_a_merge_adds_is_approved_as_it_is_staged(office: Office) -> None:
    """The approval of a resolution serves for the commit that holds it."""
    repo = office.repo
    start = repo.git("rev-parse", "HEAD")
    repo.git("switch", "--quiet", "--create", "work")
    office.propose("x = 1\n", "mine.py")
    repo.commit("Mine")
    repo.git("switch", "--quiet", "main")
    repo.write("theirs.txt", "theirs\n")
    repo.commit("Theirs")
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.git("switch", "--quiet", "work")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "main")
    office.approve(office.propose())
    assert denied_for(office.judge()) == []
    repo.git("commit", "--quiet", "--no-edit")
    assert denied_for(office.judge(partial(read.between, old="main", new="work"))) == []
    assert denied_for(office.judge(partial(read.between, old=start, new="work"))) == []


@pytest.mark.proof
def test_the_digest_that_was_reported_is_the_one_to_approve(office: Office) -> None:
    """Also where what went round the hook is judged along with what is staged."""
    office.judge()
    office.propose()
    office.repo.commit("Past the hook")
    office.propose("x = 1\n", "new.py")
    told = office.judge(modifies=True)
    assert denied_for(told) == [RULE]
    office.approve(told.digest)
    assert denied_for(office.judge(modifies=True)) == []


@pytest.mark.proof
def test_signers_that_went_round_the_hook_do_not_serve(office: Office) -> None:
    """Nobody becomes an approver by a commit that no door let through."""
    office.judge()
    line = f"eve@example.org {office.keys.public('eve')}\n"
    office.repo.write(SIGNERS, line)
    office.repo.commit("Past the hook")
    change = office.propose()
    terms = office.terms(change, approver="eve@example.org")
    keep(office.repo.at(), change, office.signed(terms, "eve"))
    assert denied_for(office.judge(modifies=True)) == [RULE, "SMG404"]
    data = office.signed(office.terms(digest_of("disable"), approver="eve@example.org"), "eve")
    keep(office.repo.at(), digest_of("disable"), data)
    guard = Guard(Context(str(office.repo.path), {**office.repo.environ, "CLAUDECODE": "1"}))
    with pytest.raises(GuardError) as error:
        System(guard).disable("eve")
    assert error.value.slug == "loosening-refused"
    office.approve(digest_of("approve --staged --reason TEXT"))
    with pytest.raises(GuardError):
        System(guard).approve(Wanted("x", 60, staged=True), "eve")


@pytest.mark.proof
def test_where_the_base_is_empty_a_note_says_so(office: Office) -> None:
    """As at the first push: there is nobody yet who could say who may approve."""
    office.approve(office.propose())
    office.repo.commit("Evaluate it")
    told = office.judge(partial(read.everything, ref="HEAD"))
    assert denied_for(told) == [RULE]
    assert any("push the commit that names them first" in note for note in told.notes)


@pytest.mark.proof
def test_a_cut_off_history_makes_nobody_known(office: Office, new_repo: NewRepo) -> None:
    """What is out of sight was perhaps not signed."""
    repo = office.repo
    office.propose("x = 1\n", "more.py")
    office.signed_commit("ada")
    for depth, kind in ((2, "unknown"), (99, "human")):
        clone = new_repo(f"clone{depth}")
        fetch = ("fetch", "--quiet", f"--depth={depth}", repo.path.as_uri())
        clone.git(*fetch, "main:refs/heads/work")
        clone.git("switch", "--quiet", "work")
        office.repo = clone
        assert office.judge(partial(read.committed, commit="HEAD")).actor.kind == kind
