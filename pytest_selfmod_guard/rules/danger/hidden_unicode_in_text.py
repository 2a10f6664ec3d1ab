"""SMG217: a script, a configuration or instructions that read other than they look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, text_rule
from pytest_selfmod_guard.rules.danger._segments import Lines
from pytest_selfmod_guard.rules.danger._unicode import Odd, disguised, hidden
from pytest_selfmod_guard.view import Side

_NAMED = re.compile(
    r"(?:.*requirements.*\.(?:txt|in)|pyproject\.toml|setup\.cfg|tox\.ini|pipfile|.*\.lock|constraints.*\.txt"
    r"|environment\.ya?ml|package\.json|dockerfile|containerfile|makefile|justfile)",
    re.IGNORECASE,
)
_CONFIG = (
    ".toml",
    ".cfg",
    ".ini",
    ".yml",
    ".yaml",
    ".json",
    ".conf",
    ".env",
    ".lock",
    ".tf",
    ".mk",
)
_TEXTS = re.compile(
    r"(?:^|/)(?:locales?|translations?|i18n|l10n|lang|messages)(?:/|$)|\.(?:po|pot|ftl|arb|xlf)$"
)
_WORD = re.compile(r"[^\W_][\w.-]*")


@text_rule(
    "SMG217",
    risk=Risk.HIGH,
    hint="take the invisible or foreign characters out; type the name again on a keyboard",
)
def hidden_unicode_in_text(side: Side) -> Iterable[Sighting]:
    """
    A script, a configuration or a text for agents hides characters that nobody sees.

    Tag characters and runs of invisible ones anywhere, because they tell a
    machine what no person reads; changed order in scripts and configuration;
    and names of packages, commands and settings with a letter of another
    alphabet. Translations, and right-to-left text in prose, are silent.

    Flagged: a package that is another one
        === requirements.txt
        + r\u0435quests==2.32.0

    Flagged: an order that is turned round
        === deploy/run.sh
        + true \u202e # esac

    Flagged: data that nobody sees
        === deploy/run.sh
        + true \ufe01\ufe07\ufe03\ufe09

    Allowed: texts
        === docs/index.md
        + \u05e9\u05dc\u05d5\u05dd, \u041f\u0440\u0438, \U0001f469\u200d\U0001f467
        === locale/he.yml
        + greeting: "\u202b\u05e9\u05dc\u05d5\u05dd\u202c"
    """
    text = side.text or ""
    if text.isascii() or "\ufffd" in text[:200]:
        return
    lines, is_test = Lines(text), side.zone == paths.TEST
    for odd in sorted((*_hidden(side, text), *_names(side, text))):
        line = lines.at(odd.start)
        code = ascii(" ".join(side.lines[line - 1].split())) if line <= len(side.lines) else ""
        risk = Risk.MEDIUM if is_test or not odd.is_certain else None
        yield Sighting(line, f"the text has {odd.what}", code, risk=risk)


def _hidden(side: Side, text: str) -> Iterable[Odd]:
    for odd in hidden(text):
        if "order" not in odd.what:
            yield odd._replace(is_certain=odd.is_certain and ("tag" in odd.what or _is_read(side)))
        elif _is_read(side) and not _TEXTS.search(side.path):
            yield odd


def _names(side: Side, text: str) -> Iterable[Odd]:
    name = basename(side.path)
    if not (_NAMED.fullmatch(name) or paths.is_shell(side.path)):
        return
    for match in _WORD.finditer(text):
        if why := disguised(match[0].replace("-", "_").replace(".", "_")):
            yield Odd(
                match.start(),
                f"{match[0]!r}, which {why}",
                paths.is_shell(name) or "#" not in _line(text, match.start()),
            )


def _line(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 : start]


def _is_read(side: Side) -> bool:
    """Tell whether a machine acts on the file."""
    lowered = side.path.lower()
    return (
        side.zone == paths.BUILD
        or paths.is_shell(side.path)
        or side.is_executable
        or lowered.endswith(_CONFIG)
        or _NAMED.fullmatch(basename(lowered)) is not None
    )
