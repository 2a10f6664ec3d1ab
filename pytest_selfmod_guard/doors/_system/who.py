"""Who sits here, as they call themselves; anybody can call themselves anything."""

from __future__ import annotations

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.git import Git

_MOST = 200  # characters; the journal carries the name along


def who(context: Context) -> str:
    """Give what git and the environment call whoever runs us: ``Ada <ada@x.org> (user ada)``."""
    git = Git(context.directory, context.environ)
    name, address = _setting(git, "user.name"), _setting(git, "user.email")
    user = context.environ.get("USER") or context.environ.get("LOGNAME") or ""
    known = (name, f"<{address}>" if address else "", f"(user {user})" if user else "")
    return " ".join(filter(None, known))[:_MOST] or "somebody without a name"


def _setting(git: Git, key: str) -> str:
    outcome = git.attempt("config", "--get", key)
    return outcome.output.decode("utf-8", "surrogateescape").strip()
