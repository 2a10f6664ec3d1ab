"""Options of pytest that leave tests out, hide failures, or rewrite what is expected."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WITH_VALUE = {
    "-k": "keyword", "-m": "marker", "--deselect": "deselect", "--ignore": "ignore",
    "--ignore-glob": "ignore-glob", "-p": "plugin", "-o": "ini", "--override-ini": "ini",
    "-W": "warning", "--pythonwarnings": "warning", "--assert": "assert", "-c": "file",
    "--config-file": "file", "--rootdir": "other", "--confcutdir": "other", "--cov": "cov",
    "--cov-fail-under": "threshold", "--cov-config": "other", "--cov-report": "other",
    "--maxfail": "other", "-n": "other", "--dist": "other", "--junitxml": "other",
    "--junit-xml": "other", "--tb": "other", "--durations": "other", "--timeout": "other",
    "--import-mode": "other", "--basetemp": "other", "--reruns": "reruns",
    "--asyncio-mode": "asyncio", "--log-level": "other", "--color": "other", "-r": "other",
    "--capture": "other", "--lfnf": "other", "--splits": "shard", "--group": "shard",
    "--shard-id": "shard", "--num-shards": "shard", "--hypothesis-profile": "other",
    "--html": "other", "--report-log": "other", "--verbosity": "other",
}  # fmt: skip
_FLAGS = {
    "--co": "nothing", "--collect-only": "nothing", "--collectonly": "nothing",
    "--setup-plan": "nothing", "--setup-only": "nothing", "--setuponly": "nothing",
    "--setupplan": "nothing", "--fixtures": "nothing", "--funcargs": "nothing",
    "--fixtures-per-test": "nothing", "--markers": "nothing", "--version": "nothing",
    "-V": "nothing", "--help": "nothing", "-h": "nothing", "--cache-show": "nothing",
    "--cache-clear": "", "--lf": "last", "--last-failed": "last", "--sw": "last",
    "--stepwise": "last", "--stepwise-skip": "last", "--sw-skip": "last",
    "--suppress-no-test-exit-code": "status", "--suppress-tests-failed-exit-code": "status",
    "--continue-on-collection-errors": "errors", "--noconftest": "noconftest",
    "--disable-warnings": "warnings", "--disable-pytest-warnings": "warnings",
    "--no-cov": "no-cov", "--no-cov-on-fail": "", "--snapshot-update": "rewrites",
    "--update-snapshots": "rewrites", "--force-regen": "rewrites", "--regen-all": "rewrites",
    "--accept": "rewrites", "--inline-snapshot-fix": "rewrites", "--golden-update": "rewrites",
    "--mpl-generate-path": "rewrites", "--allow-snapshot-deletion": "rewrites",
    "--strict": "strict", "--strict-markers": "strict", "--strict-config": "strict",
    "--doctest-modules": "doctest", "--exitfirst": "", "-x": "",
    "--doctest-ignore-import-errors": "", "--testmon": "last", "--picked": "last",
}  # fmt: skip
_LONGEST = 20_000
_SHORT = ("k", "m", "p", "o", "W", "c", "n", "r")


class Option(NamedTuple):
    """One option, by what it does."""

    kind: str
    """``keyword marker deselect ignore nothing last status ...``; ``path`` for what is none."""
    text: str
    """Its value, or the option itself."""


def options(arguments: Sequence[str]) -> list[Option]:
    """Read the arguments of pytest."""
    return list(_options(arguments))


def split(text: str) -> list[str]:
    """Split a line as a shell does; by spaces where it cannot be."""
    text = text[:_LONGEST]
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return text.split()


def _options(arguments: Sequence[str]) -> Iterator[Option]:
    waiting = iter(arguments)
    for word in waiting:
        name, equals, value = word.partition("=")
        if word == "--":
            continue
        if name in _WITH_VALUE and name.startswith("--"):
            optional = name in {"--cov", "--inline-snapshot"}
            text = value if equals or optional else next(waiting, "")
            yield Option(_WITH_VALUE[name], text)
        elif name in _FLAGS:
            yield Option(_FLAGS[name] or "other", word)
        elif name == "--inline-snapshot":
            yield Option(
                "rewrites" if {"fix", "update", "trim"} & {*value.split(",")} else "other", word
            )
        elif word.startswith("--"):
            yield Option("other", word)
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word, waiting)
        else:
            yield Option("path", word)


def _short(word: str, waiting: Iterator[str]) -> Iterator[Option]:
    """Read ``-k x``, ``-kx`` and bundles such as ``-qx``."""
    for place, letter in enumerate(word[1:], start=1):
        if letter in _SHORT:
            rest = word[place + 1 :].removeprefix("=")
            kind = _WITH_VALUE.get(f"-{letter}", "other")
            yield Option(kind, rest or next(waiting, ""))
            return
        yield Option(_FLAGS.get(f"-{letter}", "") or "other", f"-{letter}")
