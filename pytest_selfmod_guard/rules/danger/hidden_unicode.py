"""SMG216: Python that reads other than it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, source_rule
from pytest_selfmod_guard.rules.danger._segments import Lines, Segment, segments
from pytest_selfmod_guard.rules.danger._unicode import Odd, disguised, hidden, is_balanced, twins
from pytest_selfmod_guard.view import Side


@source_rule(
    "SMG216",
    risk=Risk.HIGH,
    hint="write names in plain ASCII letters, and odd characters in strings as escapes: "
    r'"\u202e", "\u200b"',
)
def hidden_unicode(side: Side) -> Iterable[Sighting]:
    """
    Python source reads other than it looks, by characters that nobody sees.

    Controls that change the order in which text is shown and outlast their
    string or comment, names with letters of another alphabet that look the
    same, names in full-width or mathematical letters, invisible letters in
    names, tag characters, and data in runs of invisible characters. Texts in
    any language, emoji, names in one alphabet and Greek formulas are silent.

    Flagged: an order that is turned round
        === shop/users.py
        + if level != "user\u202e \u2066// admins only\u2069 \u2066":
        +     grant()

    Flagged: a name with a Cyrillic letter
        === shop/users.py
        + def s\u0441ope(user):
        +     return True

    Flagged: a name in mathematical letters
        === shop/users.py
        + \U0001d68e\U0001d69f\U0001d68a\U0001d695(text)

    Allowed: texts, formulas, emoji
        === shop/texts.py
        + GREETING = "\u041f\u0440\u0438, \u05e9\u05dc, \U0001f469\u200d\U0001f467"
        + \u0394t, \u03c3_x, gr\u00f6\u00dfe = 1, 2, 3
        + \u0446\u0435\u043d\u0430 = 4
    """
    text = side.text or ""
    if text.isascii():
        return
    lines, ceiling = Lines(text), Risk.MEDIUM if side.zone == paths.TEST else Risk.HIGH
    taken = tuple(segments(text))
    for odd in sorted((*_in_order(text, taken), *_names(taken))):
        line = lines.at(odd.start)
        code = ascii(" ".join(side.lines[line - 1].split())) if line <= len(side.lines) else ""
        risk = ceiling if odd.is_certain else Risk.MEDIUM
        yield Sighting(line, f"the source has {odd.what}", code, risk=risk)


def _in_order(text: str, taken: tuple[Segment, ...]) -> Iterator[Odd]:
    for odd in hidden(text):
        if "order" in odd.what and not odd.is_certain:
            around = next((s for s in taken if s.start <= odd.start < s.start + len(s.text)), None)
            is_kept = around is not None and all(map(is_balanced, around.text.split("\n")))
            yield odd._replace(is_certain=not is_kept)
        else:
            yield odd


def _names(taken: tuple[Segment, ...]) -> Iterator[Odd]:
    words = {segment.text for segment in taken if segment.kind == "word"}
    same = twins(words)
    for segment in taken:
        if segment.kind != "word":
            continue
        if why := disguised(segment.text):
            yield Odd(segment.start, f"the name {segment.text!r}, which {why}", is_certain=True)
        elif segment.text in same:
            what = f"the name {segment.text!r}, which is not {same[segment.text]!r}"
            yield Odd(segment.start, what, is_certain=True)
