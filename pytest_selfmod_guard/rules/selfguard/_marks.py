"""The marks by which a comment switches off what keeps watch over the code beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_selfmod_guard import paths, suppressions
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.selfguard._comments import Comment

OURS, SECURITY, LINT, TYPES, COVERAGE = "the guard", "security", "lint", "types", "coverage"
ALL = "*"

_CODE = r"(?:[A-Z]{1,10}\d+|(?-i:[A-Z]{1,4})\b)"
_NUMBERED = rf"(?:\s*[:=]?\s*\[?\s*(?P<codes>{_CODE}(?:[\s,]+{_CODE})*))?"
_BRACKETED = r"(?:\s*[\[(](?P<codes>[^\])]*)[\])])?"
_NAMED = r"(?:\s*=\s*(?P<codes>[\w-]+(?:\s*,\s*[\w-]+)*))?"
_LAXER = (
    r"(?:disable-error-code|allow|follow-imports|no-|implicit)[\w-]*(?!\s*=\s*false|[\w-])"
    r"|(?!ignore|allow|no-|implicit)[\w-]+\s*=\s*false"
)
_FORMS = (
    (OURS, r"\bselfmod(?:[-_ ]?guard)?\s*[:=-]?\s*(?:allow|ignore|off|disable|skip|noqa)\b"),
    (SECURITY, rf"#\s*nosec\b{_NUMBERED}"),
    (SECURITY, r"\bnosem(?:grep)?\b"),
    (SECURITY, r"\b(?:gitleaks|trufflehog|ggshield|detect-secrets)\s*:\s*(?:allow|ignore)\b"),
    (SECURITY, r"\bpragma\s*:?\s*(?:allow|white)list[ -](?:nextline[ -])?secret|\bggignore\b"),
    (SECURITY, r"\b(?:checkov|tfsec|trivy|bearer|snyk|dlint|duo)\s*:\s*(?:skip|ignore|disable)"),
    (SECURITY, r"\bNOSONAR\b|\bskipcq\b|\blgtm\s*\[|\bcodeql\s*\[|\bDevSkim\s*:\s*ignore"),
    (LINT, rf"#\s*(?P<wide>(?:ruff|flake8)\s*[:=]\s*noqa)\b{_NUMBERED}"),
    (LINT, rf"#\s*(?:ruff\s*:\s*(?:ignore|disable)|(?P<wide>ruff\s*:\s*file-ignore))\b{_NUMBERED}"),
    (LINT, rf"#\s*noqa\b{_NUMBERED}"),
    (LINT, r"\bpylint\s*:\s*(?P<wide>skip-file)\b"),
    (LINT, rf"\bpylint\s*:\s*disable(?:-next|-msg)?\b{_NAMED}"),
    (LINT, r"\b(?:shellcheck\s+disable|hadolint\s+ignore|(?:zizmor|actionlint)\s*:\s*ignore)\b"),
    (LINT, r"\blint-(?:ignore|fixme)\b"),
    (TYPES, rf"#\s*type\s*:\s*ignore\b{_BRACKETED}"),
    (TYPES, rf"#\s*(?:based)?pyright\s*:\s*ignore\b{_BRACKETED}"),
    (TYPES, r"#\s*mypy\s*:\s*(?P<wide>ignore[-_]errors)\b(?!\s*=\s*false)"),
    (TYPES, r"#\s*(?P<wide>pyre-ignore-all-errors|pyre-unsafe|pytype\s*:\s*skip-file)\b"),
    (TYPES, r"#\s*(?:based)?pyright\s*:\s*(?P<codes>off|basic|report\w+\s*=\s*(?:false|none))\b"),
    (TYPES, rf"#\s*mypy\s*:\s*(?P<codes>{_LAXER})"),
    (TYPES, rf"#\s*(?:pyre-(?:ignore|fixme)|(?:ty|pyrefly):\s*ignore)\b{_BRACKETED}"),
    (COVERAGE, r"#\s*pragma\b\s*:?\s*no\s*-?(?:cover|branch)\b"),
)  # fmt: skip
_READ = tuple((kind, re.compile(form, re.IGNORECASE)) for kind, form in _FORMS)
_WORDS = (
    "selfmod", "nosec", "nosem", "noqa", "nosonar", "gitleaks", "trufflehog", "ggshield", "secret",
    "pragma", "ggignore", "checkov", "tfsec", "trivy", "bearer", "snyk", "dlint", "duo", "skipcq",
    "lgtm", "codeql", "devskim", "ruff", "pylint", "shellcheck", "hadolint", "zizmor", "actionlint",
    "lint-", "ignore", "pyright", "mypy", "pyre", "pytype",
)  # fmt: skip
"""A comment without one of these has no mark."""

_RUFF_SECURITY = re.compile(r"S\d*")
_OFTEN_WRONG = re.compile(r"S(?:101|10[567]|311|404)")
_SERIOUS = re.compile(r"C901|PLR09\d\d|E9\d*|F|F82\d|E|PLE\d*|ALL|[A-Z]", re.IGNORECASE)


class Mark(NamedTuple):
    """One thing that one comment switches off."""

    kind: str
    code: str
    """The rule that is switched off; ``*`` for all of them. Of the guard's own, all it says."""
    about: str
    """The code beside it; empty for what holds for a whole file."""
    line: int
    text: str


_ADVICE = frozenset(("S311", "S404", "S403"))
"""What scanners say of any use, to make sure that somebody thought of it."""


def may_have_a_mark(text: str) -> bool:
    """Tell quickly whether a text could have a mark."""
    lowered = text.lower()
    return any(word in lowered for word in _WORDS)


def marks(comment: Comment) -> Iterator[Mark]:
    """Give every mark of a comment, one for each rule that it names."""
    for kind, form in _READ:
        for found in form.finditer(comment.text):
            parts = found.groupdict()
            about = "" if _is_wide(kind, comment, parts.get("wide")) else comment.code or "-"
            codes = _codes(parts.get("codes"))
            for code in [_ours(comment.text, found.start())] if kind == OURS else codes:
                text = found[0].strip()
                if kind == SECURITY or (kind == LINT and _RUFF_SECURITY.fullmatch(code.upper())):
                    yield Mark(SECURITY, _as_ruff(code), about, comment.line, text)
                else:
                    yield Mark(kind, code, about, comment.line, text)


def risk_of(mark: Mark, path: str, *, was_unmarked: bool = False) -> Risk:
    """
    Say how much a new mark is worth asking about.

    :param was_unmarked: the code beside it is not new, and had no such mark
    """
    is_test = paths.is_test(path)
    if mark.kind == OURS:
        return Risk.HIGH
    if mark.kind == SECURITY:
        if mark.code in _ADVICE and not was_unmarked:
            return Risk.LOW
        return Risk.MEDIUM if is_test or _OFTEN_WRONG.fullmatch(mark.code) else Risk.HIGH
    if not mark.about:
        return Risk.HIGH if mark.code == ALL and not is_test else Risk.MEDIUM
    if mark.kind == COVERAGE:
        return Risk.MEDIUM if was_unmarked and not is_test else Risk.LOW
    is_serious = mark.code == ALL or _SERIOUS.fullmatch(mark.code)
    return Risk.MEDIUM if is_serious else Risk.LOW


def _codes(told: str | None) -> list[str]:
    codes = [code for code in re.split(r"[\s,]+", told or "") if code]
    return [ALL if code.lower() == "all" else code for code in codes] or [ALL]


def _ours(text: str, at: int) -> str:
    """Give all that one of the guard's own says, so that to say more or for longer is new."""
    read = {one.at: one.text for one in suppressions.read(text)}
    return read.get(at) or " ".join(text[at:].split())


def _as_ruff(code: str) -> str:
    """Give ruff's name of one of bandit's checks, so that to change the tool is silent."""
    return re.sub(r"^B(?=\d)", "S", code.upper())


def _is_wide(kind: str, comment: Comment, said: str | None) -> bool:
    """Tell whether a mark holds for its whole file."""
    text = comment.text.lower()
    if said or re.search(r"\b(?:mypy|pyright)\s*:(?!\s*ignore\b)", text):
        return True
    if kind == TYPES:
        return comment.is_alone and comment.is_first
    is_block = "pylint" in text and "next" not in text
    return is_block and comment.is_alone and comment.column == 0


def for_agents(risk: Risk, path: str) -> tuple[Risk, str]:
    """Hold agents outside of tests for what is a warning to people; give risk and who settles."""
    is_held = risk == Risk.MEDIUM and not paths.is_test(path)
    return (Risk.HIGH, "review") if is_held else (risk, "")
