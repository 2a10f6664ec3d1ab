"""SMG414: a path that is not what it seems, or not the same everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?")
_LIKE_GIT = re.compile(r"(?i)\.git[ .]*|git~\d+|\.git(?:::.*|:.*)")
_GIT_FILES = frozenset((".gitmodules", ".gitattributes", ".gitignore", ".gitconfig", ".mailmap"))
_SHORT = re.compile(r"(?i)gi(?:tmod|tatt|tign)~\d")
_LATIN_LIKE = re.compile(r"CYRILLIC|GREEK|ARMENIAN|CHEROKEE|FULLWIDTH|MATHEMATICAL|LETTERLIKE")


@change_rule(
    "SMG414",
    risk=Risk.HIGH,
    hint="give the file a plain name: ASCII letters, digits, '-', '_' and '.', and not that of "
    "another file in other case",
)
def odd_path(view: View) -> Iterable[Sighting]:
    """
    A new path is not what it seems, or names another file elsewhere.

    Letters that only look like Latin ones, directions and characters nobody
    sees, a leading dash, `.GIT` and `.GitModules`, a trailing dot or blank,
    names that Windows keeps for itself: a reader, a shell or another file
    system takes them for something else. So do two paths that differ only in
    case, of which a checkout keeps one. Names in other alphabets are silent.

    Flagged: a letter that only looks like an a
        === shop/c\u0430rt.py
        + TOTAL = 0

    Flagged: git's own folder, in other case
        === vendor/.GIT/config
        + [core]

    Flagged: an option for whoever says "*"
        === --checkpoint-action=exec=sh
        + x

    Flagged: another file's name in other case
        === shop/Cart.py
        + TOTAL = 0
        === shop/cart.py
          TOTAL = 1

    Allowed: a name in another alphabet
        === docs/\u043f\u0440\u0438\u043c\u0435\u0440.md
        + text

    Allowed: only its case changes
        === shop/cart.py (was shop/Cart.py)
          TOTAL = 0
    """
    gone = {file.change.before for file in view.files if file.is_gone or file.change.old_path}
    kept = _kept(view)
    new = [file.path for file in view.files if file.new and file.path not in kept]
    others: dict[str, str] = {}
    if new:
        others = {_folded(path): path for path in (view.rest.paths() | kept) - gone}
    for path in new:
        if why := _why(path):
            yield Sighting(0, f"the name {why}", path=path)
        twin = others.setdefault(_folded(path), path)
        if twin != path:
            is_code = paths.zone(path) != paths.DATA or paths.zone(twin) != paths.DATA
            told = f"on some systems it is the same file as {twin!r}"
            yield Sighting(0, told, path=path, risk=Risk.HIGH if is_code else Risk.MEDIUM)


def _kept(view: View) -> frozenset[str]:
    return frozenset(file.path for file in view.files if file.old and not file.change.old_path)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).casefold()


def _why(path: str) -> str:
    return next((why for part in path.split("/") for why in _odd(part)), "")


def _odd(part: str) -> Iterator[str]:
    seen = "".join(char for char in part if unicodedata.category(char) != "Cf")
    if seen != part or any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in part):
        yield "has characters that nobody sees"
    if _LIKE_GIT.fullmatch(seen) or _SHORT.fullmatch(seen):
        yield "is git's own, to some file systems"
    if seen.lower() in _GIT_FILES and seen not in _GIT_FILES:
        yield f"is {seen.lower()!r} to some file systems"
    if part.startswith("-"):
        yield "begins like an option"
    if part != part.rstrip(". ") or "\\" in part or ":" in part or _RESERVED.fullmatch(part):
        yield "is another one, or none, on Windows"
    if _is_mixed(part):
        yield "mixes letters that look alike"


def _is_mixed(part: str) -> bool:
    if part.isascii():
        return False
    letters = [
        unicodedata.name(char, "") for char in part.rpartition(".")[0] or part if char.isalpha()
    ]
    latin = any(name.startswith("LATIN") for name in letters)
    return latin and any(map(_LATIN_LIKE.match, letters))
