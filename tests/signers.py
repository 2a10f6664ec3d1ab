"""People with real SSH keys, and a repository whose base says which of them may approve."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_selfmod_guard.approvals import NAMESPACE, Terms, keep, pack, repository_of
from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.guard import Asked, Guard
from pytest_selfmod_guard.model import Receipt
from pytest_selfmod_guard.signing import Keygen
from pytest_selfmod_guard.stages import read

if TYPE_CHECKING:
    from pytest_selfmod_guard.guard import Reader
    from tests.conftest import Repo

SIGNERS = ".allowed-signers"
EVIL = "def answer():\n    return eval(input())\n"
"""What is denied to everybody, for one reason."""
RULE = "SMG201"


class Keys:
    """Keys of people, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder."""
        self._folder = folder

    def file(self, owner: str) -> Path:
        """Give somebody's private key; the public one lies beside it."""
        path = self._folder / owner
        if not path.exists():
            command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", owner, "-f", str(path))
            subprocess.run(command, check=True, timeout=30)
        return path

    def public(self, owner: str) -> str:
        """Give somebody's public key, as a line without its end."""
        return self.file(owner).with_suffix(".pub").read_text().strip()


class Office:
    """A repository in which Ada may approve, and Eve may not."""

    def __init__(self, repo: Repo, keys: Keys) -> None:
        """Take a repository, and commit the policy and who may sign."""
        self.repo = repo
        self.keys = keys
        self.clock = time.time
        self.sign_up("ada")

    def sign_up(self, *owners: str, policy: str = "", options: str = "") -> None:
        """Commit who may sign; ``options`` stand before each key."""
        lines = [f"{who}@example.org {options}{self.keys.public(who)}\n" for who in owners]
        self.repo.write(SIGNERS, "".join(lines))
        table = f"approvals.allowed-signers = '{SIGNERS}'\n{policy}"
        self.repo.write("pyproject.toml", f"[tool.selfmod-guard]\n{table}")
        self.repo.commit("Say who may approve")

    def propose(self, content: str = EVIL, path: str = "app.py") -> str:
        """Stage a change, and return its digest."""
        self.repo.write(path, content)
        self.repo.add()
        return read.staged(self.repo.at()).digest

    def terms(self, change: str, **others: object) -> Terms:
        """Make what a right approval of a change says, but for what is told."""
        git = self.repo.at()
        whose = repository_of(git, self.repo.git("rev-parse", "HEAD"))
        right = Terms(whose, change, "ada@example.org", int(self.clock()) + 3600, "it is safe")
        return right._replace(**others)  # type: ignore[arg-type] # by name, as the caller knows them

    def signed(self, terms: Terms, key: str = "ada", namespace: str = NAMESPACE) -> bytes:
        """Sign terms with anybody's key."""
        lines = pack(terms)
        file = str(self.keys.file(key))
        return lines + Keygen(self.repo.environ).sign(lines, file, namespace=namespace)

    def approve(self, change: str, **others: object) -> str:
        """Keep a right approval, but for what is told, and return its ref."""
        return keep(self.repo.at(), change, self.signed(self.terms(change, **others)))

    def judge(
        self, reader: Reader = read.staged, *, modifies: bool = False, **environ: str
    ) -> Receipt:
        """Judge what is staged, or what a reader reads."""
        context = Context(str(self.repo.path), {**self.repo.environ, **environ}, self.clock)
        return Guard(context).judge(reader, "test", Asked(modifies=modifies))

    def signed_commit(self, key: str, message: str = "Change something") -> str:
        """Commit everything, signed by somebody, and return the commit."""
        self.repo.add()
        settings = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={self.keys.file(key)}")
        self.repo.git(*settings, "commit", "-S", "--quiet", "--message", message)
        return self.repo.git("rev-parse", "HEAD")
