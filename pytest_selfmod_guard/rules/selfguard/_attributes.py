"""Lines of ``.gitattributes`` that hide files, or have other bytes checked out than judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from posixpath import splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting
from pytest_selfmod_guard.rules.selfguard._ci import is_ci
from pytest_selfmod_guard.rules.selfguard._sides import Pair, mentions_us
from pytest_selfmod_guard.view import Side

_HIDES = frozenset(("-diff", "binary", "linguist-generated", "linguist-generated=true"))
_ONE_SIDED = frozenset(("merge=ours", "merge=theirs", "merge=union"))
_Does = Callable[[list[str]], bool]
_SAME_BYTES = frozenset(("utf-8", "utf8"))
_RUN = frozenset((".so", ".pyd", ".pyc", ".whl", ".egg", ".lock"))
_MACRO = "[attr]"
_DRIVERS = frozenset(
    ("ada", "bash", "bibtex", "cpp", "csharp", "css", "dts", "elixir", "fortran", "fountain",
     "golang", "html", "ini", "java", "kotlin", "markdown", "matlab", "objc", "pascal", "perl",
     "php", "python", "r", "ruby", "rust", "scheme", "tex")
)  # fmt: skip
"""The diff drivers that git brings; they show every line."""

_OUR_FILES = (
    "pyproject.toml", "selfmod-guard.toml", ".pre-commit-config.yaml", ".gitattributes",
    "prek.toml",
)  # fmt: skip
_GENERATED = re.compile(r".*(_pb2(_grpc)?\.pyi?|\.min\.(js|mjs|css))")
_OUTPUT = frozenset(("dist", "_build", "node_modules", "htmlcov", "__pycache__"))
_PROSE = frozenset(
    ("authors", "changelog", "contributors", "copying", "license", "notice", "readme")
)
_ONE_PATH = re.compile(r"/?[\w.-]+(/[\w.-]+)+")
_SUFFIX = re.compile(r"\.[a-z0-9_-]+")
_SOURCE = frozenset(
    (".py", ".pyi", ".pyw", ".pyx", ".pxd", ".pth", ".sh", ".bash", ".zsh", ".ksh", ".fish", ".ps1",
     ".bat", ".cmd", ".mk")
)  # fmt: skip
_SETTINGS = frozenset((".toml", ".yaml", ".yml", ".cfg", ".ini", ".env", ".conf", ".properties"))
_CODE = frozenset(
    (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".json", ".txt", ".c", ".cc", ".cpp", ".h",
     ".hpp", ".rs", ".go", ".java", ".kt", ".rb", ".pl", ".php", ".lua", ".sql", ".r", ".jl", ".cs",
     ".swift", ".tf", ".nix", ".cmake", ".in")
)  # fmt: skip


def hidden(pair: Pair) -> Iterator[Sighting]:
    """Look at lines that are new, whatever their order, and say what they hide or rewrite."""
    if pair.new is not None and pair.new.blob.data is None:
        yield Sighting(0, "it is too large to be read")
        return
    lines = _lines(pair.new)
    old = _lines(pair.old)
    new, lost = Counter(lines) - Counter(old), set(old) - set(lines)
    known = len(_git_lines(pair.new))
    kinds = [(does, said, _macros(lines, does)) for does, said in _KINDS]
    for number, line in enumerate(lines, 1):
        pattern, *marks = line.split() or [""]
        if not new[line] or pattern.startswith("#") or _only_drops(line, lost):
            continue
        for does, said, macros in kinds:
            if (does(marks) or not macros.isdisjoint(marks)) and (seen := said(pattern)):
                yield seen._replace(line=number if number <= known else 0)


def _only_drops(line: str, lost: set[str]) -> bool:
    """Tell whether a line is one that went, with fewer marks and in their order."""
    pattern, *marks = line.split() or [""]
    for other in lost:
        was, *had = other.split() or [""]
        if was == pattern and not pattern.startswith(_MACRO):
            return [mark for mark in had if mark in marks] == marks
    return False


def _hides(marks: list[str]) -> bool:
    drivers = (mark.removeprefix("diff=") for mark in marks if mark.startswith("diff="))
    return not _HIDES.isdisjoint(marks) or any(driver not in _DRIVERS for driver in drivers)


def _rewrites(marks: list[str]) -> bool:
    """
    Tell whether git checks out other bytes than it stores.

    ``ident`` too: it drops what stands between ``$Id:`` and the next dollar.
    """
    told = dict(mark.split("=", 1) for mark in marks if "=" in mark)
    encoding = told.get("working-tree-encoding", "utf-8").lower()
    return encoding not in _SAME_BYTES or bool(told.get("filter")) or "ident" in marks


def _drops(marks: list[str]) -> bool:
    """Tell whether a merge takes one side without a word, so that what others did is gone."""
    return not _ONE_SIDED.isdisjoint(marks)


def _macros(lines: list[str], does: _Does) -> frozenset[str]:
    """Give the names under which a file sums up such marks."""
    told = [line.split() for line in lines if line.lstrip().startswith(_MACRO)]
    return frozenset(name.removeprefix(_MACRO) for name, *marks in told if does(marks))


def _rewritten(pattern: str) -> Sighting | None:
    risk = _risk(pattern, is_rewritten=True)
    told = f"{pattern!r} has git check out other bytes than those that are judged"
    return Sighting(0, told, risk=risk) if risk else None


def _dropped(pattern: str) -> Sighting | None:
    risk = _risk(pattern)
    told = f"{pattern!r} has git drop one side of a merge without a conflict"
    return Sighting(0, told, risk=risk) if risk > Risk.LOW else None


def _seen(pattern: str) -> Sighting | None:
    if any(paths.matches(name, pattern) for name in _OUR_FILES) or mentions_us(pattern):
        return Sighting(0, f"{pattern!r} hides the guard's own files from diffs")
    risk = _risk(pattern)
    if risk == Risk.NONE:
        return None
    what = "what is said to be generated" if risk == Risk.LOW else "source"
    return Sighting(0, f"{pattern!r} hides {what} from diffs, or from the limits", risk=risk)


def _risk(pattern: str, *, is_rewritten: bool = False) -> Risk:
    """
    Rate what a pattern may name by its last part.

    Only an ending that is written out says what the files are; a folder, a
    wildcard or a quoted name may be anything. What a tool wrote may be hidden,
    but is run as it is checked out.
    """
    *folders, name = pattern.lower().split("/")
    suffix = splitext(name)[1]
    is_lock = paths.is_lock_file(pattern)
    if pattern.startswith(('"', _MACRO)) or (is_rewritten and (is_lock or suffix in _RUN)):
        return Risk.HIGH
    if not is_rewritten and (not _OUTPUT.isdisjoint(folders) or _GENERATED.fullmatch(name)):
        return Risk.LOW
    if is_lock or name in _PROSE:
        return Risk.NONE
    if not _SUFFIX.fullmatch(suffix) or suffix in _SOURCE or paths.zone(name) == paths.BUILD:
        return Risk.HIGH
    if suffix in _SETTINGS and (is_ci(pattern) or not _ONE_PATH.fullmatch(pattern)):
        return Risk.HIGH
    return Risk.MEDIUM if suffix in _SETTINGS | _CODE else Risk.NONE


def _lines(side: Side | None) -> list[str]:
    """Give the lines as git cuts them, and then what other readers take for lines."""
    own = _git_lines(side)
    known = set(own)
    return [*own, *(line for line in _text(side).splitlines() if line not in known)]


def _git_lines(side: Side | None) -> list[str]:
    return [line.rstrip("\r") for line in _text(side).split("\n")]


def _text(side: Side | None) -> str:
    # Not the side's own text, which is None for what has a NUL and is read by git all the same.
    return (side.blob.data or b"").decode("utf-8-sig", "replace") if side else ""


_KINDS: tuple[tuple[_Does, Callable[[str], Sighting | None]], ...] = (
    (_hides, _seen),
    (_rewrites, _rewritten),
    (_drops, _dropped),
)
