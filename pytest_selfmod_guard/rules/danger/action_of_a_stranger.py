"""SMG264: a workflow takes an action from somebody else than before, or from nobody knows whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.danger._workflows import used_actions
from pytest_selfmod_guard.view import File, View

_KNOWN = frozenset(
    ("actions", "github", "docker", "pypa", "codecov", "astral-sh", "pre-commit", "peter-evans",
     "softprops", "aws-actions", "azure", "google-github-actions", "hashicorp", "ruby", "dtolnay",
     "actions-rs", "snok", "abatilo", "conda-incubator", "mamba-org", "peaceiris", "dorny",
     "julia-actions", "r-lib", "coverallsapp", "sigstore", "ossf", "release-drafter", "tox-dev",
     "zizmorcore", "anthropics", "crazy-max", "dependabot", "goreleaser", "golangci", "pnpm",
     "oven-sh", "denoland", "swatinem", "taiki-e", "pyo3", "reviewdog", "rhysd", "sonarsource",
     "snyk", "aquasecurity", "cloudflare", "jamesives", "8398a7", "slackapi", "pdm-project",
     "googleapis", "microsoft", "readthedocs", "hynek", "re-actors", "cibuildwheel", "codspeedhq",
     "benchmark-action", "mxschmitt", "step-security", "trufflesecurity", "gitleaks",
     "super-linter")
)  # fmt: skip
_POPULAR = tuple(sorted(one for one in _KNOWN if len(one) > 4))  # noqa: PLR2004
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ALIKE = str.maketrans("0134579", "oieastg", "-_.")
_FOLDER = ".github/"
_MOST = 60  # workflows of the base that are read for the owners it trusts


@change_rule(
    "SMG264",
    risk=Risk.HIGH,
    hint="take the action from the owner that the project took it from so far, by the hash of a "
    "release; a new owner is for the people of the project to choose",
)
def action_of_a_stranger(view: View) -> Iterable[Sighting]:
    """
    A workflow takes an action from somebody new.

    It runs with the secrets of the project. Flagged are names that imitate a
    well-known owner, and an action that came from somebody else so far. An
    owner that is used for the first time is a warning, unless what it runs is
    fixed by a hash.

    Flagged: it only looks like the well-known one
        === .github/workflows/test.yml
        +       - uses: acti0ns/setup-python@v5

    Flagged: the same action of somebody else
        === .github/workflows/test.yml
        -       - uses: codecov/codecov-action@v4
        +       - uses: somebody/codecov-action@v4

    Flagged: somebody new [medium]
        === .github/workflows/test.yml
        +       - uses: somebody/spell-checker@v1

    Allowed: well-known, or fixed
        === .github/workflows/test.yml
        -       - uses: actions/setup-python@v4
        +       - uses: actions/setup-python@v5
        +       - uses: somebody/spell-checker@0123456789012345678901234567890123456789
    """
    changed = [file for file in view.files if _is_workflow(file)]
    if not changed:
        return
    trusted = _KNOWN | view.once(_owners)
    for file in changed:
        yield from _new(file, trusted)


def _is_workflow(file: File) -> bool:
    return file.new is not None and (
        file.path.startswith(_FOLDER) or file.path.endswith(("action.yml", "action.yaml"))
    )


def _owners(view: View) -> frozenset[str]:
    """Give the owners whose actions the base uses."""
    found = [path for path in view.rest.paths() if path.startswith(_FOLDER)]
    sides = [view.before(path) for path in sorted(found)[:_MOST]]
    sides += [file.old for file in view.files if _is_workflow(file)]
    return frozenset(owner.lower() for side in sides for _, owner, _, _ in used_actions(side))


def _new(file: File, trusted: frozenset[str]) -> Iterator[Sighting]:
    before = {(owner, name) for _, owner, name, _ in used_actions(file.old)}
    after = {(owner, name) for _, owner, name, _ in used_actions(file.new)}
    left = {name: owner for owner, name in before - after}
    for line, owner, name, version in used_actions(file.new):
        if (owner, name) in before or owner.lower() in trusted:
            continue
        action, risk = f"{owner}/{name}", Risk.HIGH
        if meant := _meant(owner):
            what = f"{action} only looks like an action of {meant}"
        elif name in left:
            what = f"{action} takes the place of {left[name]}/{name}"
        elif not _HASH.fullmatch(version):
            what, risk = f"{action} is of somebody new, and not fixed by a hash", Risk.MEDIUM
        else:
            continue
        yield Sighting(line, what, f"{action}@{version}", path=file.path, risk=risk)


def _meant(owner: str) -> str:
    """Give the well-known owner that a name imitates."""
    plain = owner.lower().translate(_ALIKE)
    for known in _POPULAR:
        if plain == known.translate(_ALIKE) or _is_near(owner.lower(), known):
            return known
    return ""


def _is_near(one: str, other: str) -> bool:
    """Tell whether a letter was added, left out, exchanged, or two were swapped."""
    if abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    start = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
