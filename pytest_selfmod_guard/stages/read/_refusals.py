"""Why ``git apply`` refused a diff, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from pytest_selfmod_guard.errors import ReadError


class _Refusal(NamedTuple):
    slug: str
    message: str
    hint: str
    signs: tuple[str, ...] = ()

    def error(self, context: str) -> ReadError:
        return ReadError(self.slug, self.message, context=context, hint=self.hint)


DOES_NOT_APPLY = _Refusal(
    "diff-does-not-apply",
    "the diff applies neither to HEAD nor to the index",
    "make it anew against the current HEAD with `git diff --binary HEAD`",
)
_OUTSIDE = _Refusal(
    "diff-outside-project",
    "the diff reaches out of the repository, into git's own folder or through a link",
    "name files by their paths from the top, as `git diff` does",
    ("invalid path", "beyond a symbolic link", "outside repository"),
)
_NOT_A_DIFF = _Refusal(
    "not-a-diff",
    "the input is not a unified diff, or a damaged one",
    "make one with `git diff --binary`, and check it with `git apply --stat`",
    (
        "corrupt",
        "fragment without header",
        "no valid patches",
        "only garbage",
        "unrecognized binary patch",
        "unrecognized input",
    ),
)
_MISSING = _Refusal(
    "missing-object",
    "the repository lacks an object that the diff builds on",
    "get all contents with `git fetch --refetch`, or `git fetch --unshallow`",
    ("could not fetch", "lazy fetching disabled", "unable to read"),
)


def refusal(reason: bytes) -> ReadError:
    """Return the error for what git wrote when it refused a diff."""
    lines = reason.decode("utf-8", "backslashreplace").splitlines()
    reasons = [line for line in lines if line.startswith(("error:", "fatal:"))]
    context = "; ".join((reasons or lines)[:2])[:500] or "git gave no reason"
    told = context.lower()
    for known in (_OUTSIDE, _MISSING, _NOT_A_DIFF):
        if any(sign in told for sign in known.signs):
            return known.error(context)
    return DOES_NOT_APPLY.error(context)


def outside(name: bytes) -> ReadError:
    """Return the error for a path as it is written in a diff."""
    return _OUTSIDE.error(f'"{name.decode("utf-8", "backslashreplace")[:200]}"')


def too_large(size: int, limit: int) -> ReadError:
    """Return the error for a diff that is not even looked at."""
    return ReadError(
        "diff-too-large",
        f"the diff is larger than {limit} bytes",
        context=f"{size} bytes",
        hint="propose it as a commit, and judge that with `selfmod-guard check --range A..B`",
    )
