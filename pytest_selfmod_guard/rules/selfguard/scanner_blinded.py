"""SMG418: a scanner is told to overlook files or findings, in a file of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._sides import Pair, pairs, text_of
from pytest_selfmod_guard.view import View

_LISTS = frozenset(
    (".semgrepignore", ".gitleaksignore", ".trivyignore", ".snyk", ".banditignore", ".safetyignore",
     ".trivyignore.yaml", ".checkov.baseline", ".checkov.yaml", ".grype.yaml", ".osv-scanner.toml",
     "osv-scanner.toml", ".safety-policy.yml", ".gitguardian.yml", ".gitguardian.yaml",
     ".pip-audit.toml", ".bandit-baseline.json", "bandit-baseline.json", ".codeqlignore",
     ".trufflehogignore", ".trufflehog-exclude", ".hadolint.yaml", ".nancy-ignore",
     ".ruff-baseline.json", ".mypy-baseline.txt", "mypy-baseline.txt")
)  # fmt: skip
_SECRETS = frozenset((".secrets.baseline", ".gitleaks.toml", "gitleaks.toml"))
_ALLOWS = re.compile(
    r"(?i)allowlist|paths\s*=|regexes\s*=|stopwords|is_secret|hashed_secret|exclude|\"files\"|commits\s*="
)
_HARMLESS = re.compile(
    r"(?:\.git|\.?venv|node_modules|docs?|examples?|dist|build|\*?\.(?:md|rst|lock|svg|png)"
    r"|__pycache__|\.tox|\.nox|site)(?:/.*)?\*?"
)


@change_rule(
    "SMG418",
    risk=Risk.HIGH,
    hint="correct what the scanner reports; if it is wrong, say why and let a person add the entry",
)
def scanner_blinded(view: View) -> Iterable[Sighting]:
    """
    A scanner is told to overlook files or findings, in a file of its own.

    New entries of `.semgrepignore`, `.trivyignore`, `.gitleaksignore`, of the
    allow list of gitleaks, of `.secrets.baseline` and of their like. Whether a
    finding was wrong is for a person to say. Folders of documents, of tools and
    of other people's code, and entries that go, are silent.

    Flagged: the product is not scanned
        === .semgrepignore
        + shop/

    Flagged: a known weakness
        === .trivyignore
          # reviewed in May
        + CVE-2024-0001

    Flagged: everything is allowed
        === .gitleaks.toml
        + [allowlist]
        + paths = ['''.*''']

    Allowed: what is not ours
        === .semgrepignore
        + node_modules/
        + # generated
        + dist/

    Allowed: less is overlooked
        === .trivyignore
        - CVE-2024-0001
          CVE-2024-0002
    """
    for pair in pairs(view):
        name = basename(pair.path)
        if pair.new is not None and (name in _LISTS or name in _SECRETS):
            entry = next(_entries(pair, only=_ALLOWS if name in _SECRETS else None), "")
            if entry and not paths.is_test(pair.path):
                told = f"a scanner is told to overlook {entry[:80]!r}"
                yield Sighting(0, told, path=pair.path, settled_by="review")


def _entries(pair: Pair, only: re.Pattern[str] | None) -> Iterator[str]:
    """Give the new lines of a file that take something out of a scanner's sight."""
    old, new = Counter(_lines(text_of(pair.old))), Counter(_lines(text_of(pair.new)))
    for line in (new - old).elements():
        plain = line.strip("\"',- ").rstrip("/")
        if not _HARMLESS.fullmatch(plain) and (only is None or only.search(line)):
            yield line


def _lines(text: str | None) -> Iterator[str]:
    for line in (text or "").splitlines():
        told = line.split(" #")[0].strip()
        if len(told) > 1 and not told.startswith(("#", "//", "!", "version:", "---")):
            yield told
