"""``selfmod-guard approve``, as people use it: with a key of their own, and not as an agent."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.approvals import REF, listed
from pytest_selfmod_guard.journals.sqlite import SqliteJournal
from tests.signers import EVIL

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.conftest import NewRepo, Repo
    from tests.signers import Keys, Office

pytestmark = pytest.mark.proof  # each runs the command line a few times


@pytest.fixture
def ada(office: Office) -> Office:
    """Give an office in which Ada's key lies where keys lie."""
    give_key(office, "ada")
    return office


def give_key(office: Office, owner: str, name: str = "id_ed25519") -> Path:
    """Put somebody's key into ``~/.ssh``."""
    folder = office.repo.path.parent / "home" / ".ssh"
    folder.mkdir(exist_ok=True)
    key = folder / name
    shutil.copy2(office.keys.file(owner), key)
    shutil.copy2(office.keys.file(owner).with_suffix(".pub"), key.with_name(f"{name}.pub"))
    return key


def refused(done: subprocess.CompletedProcess[bytes], code: int, slug: str) -> str:
    """See a command refused for a reason, on standard error alone, and give what it says."""
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), said
    assert f"({slug})" in said
    assert "do next: " in said
    assert "\x1b" not in said
    return said


def test_denied_approved_passes(ada: Office) -> None:
    """The whole way, with what is printed, through a real commit's change and the next one."""
    ada.propose()
    assert ada.repo.guard("check", "--staged").returncode == 1
    done = ada.repo.guard("approve", "--staged", "--reason", "our own input")
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert said.startswith("selfmod-guard: what is staged is approved by ada@example.org\n  until ")
    assert "app.py:2  SMG201 high  eval() runs text as code\n" in said
    assert "share it: git push origin 'refs/selfmod/approvals/*'\n" in said
    done = ada.repo.guard("check", "--staged")
    assert done.returncode == 0
    assert b"approved by ada@example.org until " in done.stdout
    assert b": our own input\n  app.py:2  SMG201 high" in done.stdout
    told = json.loads(ada.repo.guard("check", "--staged", "--format", "json").stdout)
    (waiver,) = {json.dumps(one["waiver"]) for one in told["findings"] if one["waiver"]}
    assert json.loads(waiver)["by"] == "ada@example.org"
    ada.repo.commit("Evaluate it")
    ada.propose("import os\n\n\ndef go(text):\n    os.system(text)\n", "go.py")
    assert ada.repo.guard("check", "--staged").returncode == 1


def test_what_it_says_to_do_with_it_works(ada: Office, new_repo: NewRepo) -> None:
    """It is pushed and fetched as is printed, counts elsewhere, and is taken back."""
    repo = ada.repo
    repo.git("clone", "--quiet", "--bare", ".", "../origin.git")
    repo.git("remote", "add", "origin", "../origin.git")
    start = repo.git("rev-parse", "HEAD")
    ada.propose()
    said = repo.guard("approve", "--staged", "--reason", "why").stdout.decode()
    repo.commit("Evaluate it")
    repo.git("push", "--quiet", "origin", "main")
    clone = new_repo("clone")
    clone.git("remote", "add", "origin", str(repo.path.parent / "origin.git"))
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "--track", "origin/main")
    judge = ("check", "--range", f"{start}..HEAD")
    assert clone.guard(*judge).returncode == 1
    (push,) = [line.removeprefix("share it: ") for line in said.splitlines() if "git push" in line]
    assert repo.run("sh", "-c", push).returncode == 0
    clone.git("fetch", "--quiet", "origin", f"+{REF}/*:{REF}/*")
    assert clone.guard(*judge).returncode == 0
    (back,) = [line.removeprefix("take it back: ") for line in said.splitlines() if "-d" in line]
    assert repo.run("sh", "-c", back).returncode == 0
    assert repo.guard(*judge).returncode == 1


def test_a_commit_and_a_range_and_a_digest_can_be_approved(ada: Office) -> None:
    """Each is what it is for, and no more."""
    repo = ada.repo
    start = repo.git("rev-parse", "HEAD")
    digest = ada.propose()
    said = refused(repo.guard("approve", digest[:-1] + "0", "--reason", "x"), 2, "unknown-change")
    assert digest[:10] in said
    done = repo.guard("approve", digest, "--reason", "while it is staged", "--format", "json")
    assert json.loads(done.stdout)["change"] == digest
    commit = repo.commit("Evaluate it")
    done = repo.guard("approve", commit[:12], "--reason", "as a commit", "--format", "json")
    told = json.loads(done.stdout)
    assert (told["change"], told["approver"]) == (digest, "ada@example.org")
    assert told["what"] == f'commit {commit[:10]}, "Evaluate it"'
    ada.propose("def run(text):\n    exec(text)\n", "other.py")
    repo.commit("Run it")
    assert repo.guard("check", "--range", f"{start}..HEAD").returncode == 1
    done = repo.guard("approve", f"{start}..HEAD", "--reason", "both")
    assert b"other.py:2  SMG201" in done.stdout
    assert repo.guard("check", "--range", f"{start}..HEAD").returncode == 0
    assert len(listed(repo.at())) == 3


def test_an_agent_cannot_approve(ada: Office) -> None:
    """Not with the key at hand, and not with an approval; it is written down that it tried."""
    ada.propose()
    done = ada.repo.guard("approve", "--staged", "--reason", "me", CLAUDECODE="1")
    refused(done, 1, "loosening-refused")
    assert listed(ada.repo.at()) == ()
    journal = SqliteJournal(str(ada.repo.path / ".git" / "selfmod-guard"))
    assert [event.kind for event in journal.events()][-1] == "refused"


def test_an_approved_action_is_an_agents_to_do(ada: Office) -> None:
    """That one, as long as the approval holds; and the journal says who approved it."""
    repo = ada.repo
    refused(repo.guard("disable", CLAUDECODE="1"), 1, "loosening-refused")
    done = repo.guard("approve", "--action", "disable", "--reason", "night work")
    assert done.returncode == 0, done.stderr
    refused(repo.guard("breaker", "reset", CLAUDECODE="1"), 1, "loosening-refused")
    done = repo.guard("disable", CLAUDECODE="1")
    assert (done.returncode, b"ada@example.org has approved" in done.stdout) == (0, True)
    journal = SqliteJournal(str(repo.path / ".git" / "selfmod-guard"))
    assert json.loads(list(journal.events())[-1].body)["approver"] == "ada@example.org"
    repo.guard("enable")
    for kept in listed(repo.at()):
        repo.git("update-ref", "-d", kept.ref)
    refused(repo.guard("disable", CLAUDECODE="1"), 1, "loosening-refused")


def test_a_key_that_the_base_does_not_list_signs_nothing(office: Office) -> None:
    """Whether there is no key, another, or one that is named; and nothing is kept."""
    repo = office.repo
    office.propose()
    said = refused(repo.guard("approve", "--staged", "--reason", "x"), 2, "key-not-listed")
    assert "no key was found in ~/.ssh" in said
    give_key(office, "eve")
    refused(repo.guard("approve", "--staged", "--reason", "x"), 2, "key-not-listed")
    for key, slug in (
        (str(office.keys.file("eve")), "key-not-listed"),
        ("/nowhere/key", "key-unreadable"),
        ("/", "key-unreadable"),
        ("/dev/null", "key-unreadable"),
        ("\x1b[2J", "key-unreadable"),
    ):
        refused(repo.guard("approve", "--staged", "--reason", "x", "--key", key), 2, slug)
    assert listed(repo.at()) == ()
    key = str(office.keys.file("ada"))
    assert repo.guard("approve", "--staged", "--reason", "x", "--key", key).returncode == 0


def test_gits_own_key_is_taken(office: Office) -> None:
    """The one that commits are signed with here."""
    give_key(office, "eve", "id_rsa")
    office.repo.config("gpg.format", "ssh")
    office.repo.config("user.signingkey", str(office.keys.file("ada")))
    office.propose()
    assert office.repo.guard("approve", "--staged", "--reason", "x").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "slug"),
    [
        (("--staged", "--reason", " "), 64, "reason-needed"),
        (("--staged", "--reason", "two\nlines"), 64, "reason-needed"),
        (("--staged", "--reason", "x" * 501), 64, "reason-too-long"),
        (("--staged", "--reason", "x", "--expires", "0d"), 64, "bad-expiry"),
        (("--staged", "--reason", "x", "--expires", "400d"), 64, "bad-expiry"),
        (("--staged", "--reason", "x", "--expires", "soon"), 64, "bad-expiry"),
        (("--staged", "--reason", "x"), 64, "nothing-to-approve"),
        (("HEAD~99", "--reason", "x"), 2, "unknown-revision"),
        (("--reason=x", "--", "-x"), 2, "unknown-revision"),
        (("a..b..c", "--reason", "x"), 64, "bad-range"),
    ],
)
def test_what_cannot_be_approved_is_said(
    ada: Office, arguments: tuple[str, ...], code: int, slug: str
) -> None:
    """With what to do, and nothing is kept."""
    refused(ada.repo.guard("approve", *arguments), code, slug)
    assert listed(ada.repo.at()) == ()


def test_where_nobody_may_approve_it_says_how_to_set_that_up(repo: Repo, keys: Keys) -> None:
    """And doing what it says mends it."""
    repo.write("app.py", EVIL)
    repo.add()
    said = refused(repo.guard("approve", "--staged", "--reason", "x"), 2, "signers-unnamed")
    assert "selfmod-guard init --approver KEY.pub" in said
    repo.git("stash", "--quiet")
    public = str(keys.file("ada").with_suffix(".pub"))
    done = repo.guard("init", "--approver", public)
    assert done.returncode == 0, done.stderr
    repo.commit("Guard it")
    repo.git("stash", "pop", "--quiet", "--index")
    key = str(keys.file("ada"))
    assert repo.guard("approve", "--staged", "--reason", "x", "--key", key).returncode == 0
    assert repo.guard("check", "--staged").returncode == 0


def test_without_ssh_keygen_it_says_what_to_install(ada: Office) -> None:
    """Nothing is kept."""
    tools = ada.repo.path.parent / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(ada.repo.run("which", "git").stdout.strip())
    ada.propose()
    done = ada.repo.guard("approve", "--staged", "--reason", "x", PATH=str(tools))
    assert "apt install openssh-client" in refused(done, 2, "ssh-keygen-missing")
