"""Who signs commits with a key of the base is a known human; a mark of an agent counts for more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.git import Objects
from pytest_selfmod_guard.model import Actor, Confidence, Receipt
from pytest_selfmod_guard.stages import read
from tests.signers import EVIL, RULE

if TYPE_CHECKING:
    from tests.conftest import NewRepo
    from tests.signers import Keys, Office

POLICY = "[tool.selfmod-guard]\napprovals.allowed-signers = '.allowed-signers'\nmode = 'warn'\n"
"""What only a person may write: the guard's own policy, weakened."""


def proposed(office: Office, start: str, agent: str = "") -> Receipt:
    """Judge what was committed since, perhaps under an agent's mark."""
    return office.judge(partial(read.between, old=start, new="HEAD"), CLAUDECODE=agent)


@pytest.fixture
def start(office: Office) -> str:
    """Give the commit from which on is judged."""
    return office.repo.git("rev-parse", "HEAD")


def test_a_signed_change_of_the_guard_itself_is_allowed_and_said(
    office: Office, start: str
) -> None:
    """The signature is the approval."""
    office.repo.write("pyproject.toml", POLICY)
    commit = office.signed_commit("ada")
    told = proposed(office, start)
    source = f"signature of {commit[:10]}"
    assert told.actor == Actor("human", "ada@example.org", Confidence.HIGH, source)
    assert told.decision == "allowed"
    assert "SMG401" in {one.rule for one in told.findings}


def test_danger_is_no_less_for_being_signed(office: Office, start: str) -> None:
    """Somebody's name does not make it right; an approval says why it is."""
    office.repo.write("app.py", EVIL)
    office.signed_commit("ada")
    assert [one.rule for one in proposed(office, start).because] == [RULE]


@pytest.mark.proof
def test_a_mark_of_an_agent_counts_for_more_than_a_signature(office: Office, start: str) -> None:
    """Git signs whatever is committed with the key of whose machine it is."""
    office.repo.write("pyproject.toml", POLICY)
    office.signed_commit("ada", "Mend it\n\nCo-authored-by: Claude <noreply@anthropic.com>")
    told = proposed(office, start)
    assert (told.actor.kind, told.decision) == ("agent", "denied")
    office.repo.git("reset", "--quiet", "--soft", start)
    office.signed_commit("ada")
    assert proposed(office, start, agent="1").actor.kind == "agent"


@pytest.mark.proof
@pytest.mark.parametrize("other", ["nobody", "eve"])
def test_one_commit_that_is_not_signed_makes_the_whole_unknown(
    office: Office, start: str, other: str
) -> None:
    """Nor by a key that the base does not list."""
    office.repo.write("pyproject.toml", POLICY)
    if other == "eve":
        office.signed_commit("eve")
    else:
        office.repo.commit("Not signed")
    office.repo.write("more.txt", "x\n")
    office.signed_commit("ada")
    told = proposed(office, start)
    assert (told.actor.kind, told.decision) == ("unknown", "denied")
    assert any("not known by the signature" in note for note in told.notes) == (other == "eve")


@pytest.mark.proof
def test_a_forged_signature_makes_nobody_known(office: Office, start: str) -> None:
    """A commit that was changed after it was signed, or bears another's signature."""
    repo = office.repo
    repo.write("pyproject.toml", POLICY)
    signed = office.signed_commit("ada")
    raw = repo.raw("cat-file", "commit", signed)
    forged = raw.replace(b"Change something", b"Changed otherwise")
    oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", feed=forged)
    repo.git("reset", "--quiet", "--hard", oid)
    assert proposed(office, start).actor.kind == "unknown"


@pytest.mark.proof
def test_a_key_for_approvals_only_makes_nobody_known(office: Office) -> None:
    """What the base lists it for is what it serves for."""
    office.sign_up("ada", options='namespaces="selfmod-guard@v1" ')
    start = office.repo.git("rev-parse", "HEAD")
    office.repo.write("more.txt", "x\n")
    office.signed_commit("ada")
    assert proposed(office, start).actor.kind == "unknown"


@pytest.mark.proof
def test_the_key_that_a_change_lists_itself_makes_nobody_known(office: Office, start: str) -> None:
    """Who counts says the base."""
    line = f"eve@example.org {office.keys.public('eve')}\n"
    office.repo.write(".allowed-signers", line)
    office.signed_commit("eve")
    told = proposed(office, start)
    assert (told.actor.kind, told.decision) == ("unknown", "denied")


@pytest.mark.proof
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_what_is_checked_is_what_git_signs(new_repo: NewRepo, keys: Keys, hash_name: str) -> None:
    """Taken out of the commit, also of a merge and of one with an odd message."""
    repo = new_repo("other", f"--object-format={hash_name}")
    repo.write("a.txt", "a\n")
    repo.commit("Start")
    repo.config("gpg.format", "ssh")
    repo.config("user.signingkey", str(keys.file("ada")))
    signers = repo.write("signers", f"ada@example.org {keys.public('ada')}\n")
    repo.config("gpg.ssh.allowedSignersFile", str(signers))
    repo.git("switch", "--quiet", "--create", "work")
    repo.write("b.txt", "b\n")
    repo.add()
    repo.git("commit", "-S", "--quiet", "--cleanup=verbatim", "-m", "\n\ngpgsig odd\n gpgsig\n\n")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "-S", "--quiet", "--no-ff", "-m", "Merge", "work")
    with Objects(repo.at()) as objects:
        for rev in ("HEAD", "work"):
            commit = objects.commit(rev)
            assert commit is not None
            assert b"gpgsig" not in commit.signed.partition(b"\n\n")[0]
            repo.write("signature", commit.signature)
            checked = ("-Y", "verify", "-f", "signers", "-I", "ada@example.org", "-n", "git")
            repo.write("text", commit.signed)
            done = repo.run("sh", "-c", f"ssh-keygen {' '.join(checked)} -s signature < text")
            assert done.returncode == 0, done.stderr
            repo.git("verify-commit", rev)
