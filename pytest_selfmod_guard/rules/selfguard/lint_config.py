"""SMG408: a linter, a type checker or a security scanner is told to see less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.selfguard._keys import PER_FILE, Settings
from pytest_selfmod_guard.rules.selfguard._settings import FILES, ORDER, Document, document
from pytest_selfmod_guard.rules.selfguard._sides import pairs
from pytest_selfmod_guard.rules.selfguard._weaker import weaker
from pytest_selfmod_guard.view import View

_NAMED = 4
_OFF_AT_FIRST = (
    "ignore", "extend-ignore", "disable", "skips", "exclude", "extend-exclude", "exclude-dirs",
    "ignore-errors", "exit-zero",
)  # fmt: skip
"""What counts where a project takes a tool up; it loses nothing that it never asked for."""


@change_rule(
    "SMG408",
    risk=Risk.HIGH,
    hint="take the change of the configuration back and correct the code that the tool reports; if "
    "the tool is wrong in one place, say which rule, where and why, and leave it to a person",
)
def tool_weakened(view: View) -> Iterable[Sighting]:
    """
    A linter, a type checker or a security scanner is told to see less.

    The configuration of ruff, flake8, pylint, bandit, mypy, pyright, ty and
    pyrefly is read from every file that they read, and compared by what it
    means: which rules are still on, for which files, and how strict. Rules of
    security, real errors (`F821`), all rules at once, product code that is
    left out, `strict`, `ignore_errors` and what they are made of need a person's
    approval. Rules that judge quality and lesser switches are a warning, rules
    of style a note, and so is what a project says when it takes a tool up.

    Sorting, reformatting, moving a table from `setup.cfg` to `pyproject.toml`
    and leaving out what is not the product's own code are silent.

    Flagged: a scanner leaves a check out
        === pyproject.toml
          [tool.bandit]
        - skips = []
        + skips = ["B602"]

    Flagged: the rules of security are deselected
        === pyproject.toml
          [tool.ruff.lint]
        - select = ["E", "F", "S"]
        + select = ["E", "F"]

    Flagged: for the product's files
        === ruff.toml
          [lint]
          select = ["ALL"]
        + [lint.per-file-ignores]
        + "shop/*.py" = ["S"]

    Flagged: undefined names, in an INI file
        === setup.cfg
          [flake8]
          max-line-length = 100
        + extend-ignore =
        +     F821

    Flagged: types are not checked any more
        === mypy.ini
          [mypy]
        - strict = True
        + ignore_errors = True

    Flagged: the product is left out
        === pyproject.toml
          [tool.mypy]
          strict = true
        + exclude = ["^shop/"]
        === shop/cart.py
          TOTAL = 0
        === shop/prices.py
          TOTAL = 0

    Flagged: another file that the tool reads first
        === pyproject.toml
          [tool.ruff.lint]
          select = ["E", "F", "S"]
        === ruff.toml
        + lint.select = ["E"]

    Flagged: one switch [medium]
        === pyproject.toml
          [tool.mypy]
        - warn_return_any = true
        + warn_return_any = false

    Allowed: a rule of style
        === pyproject.toml
          [tool.ruff.lint]
          select = ["ALL"]
        - ignore = ["D203"]
        + ignore = ["D203", "D212"]

    Allowed: asserts in tests
        === pyproject.toml
          [tool.ruff.lint]
          select = ["E", "F", "S"]
        + [tool.ruff.lint.per-file-ignores]
        + "tests/*" = ["S101"]

    Allowed: a package without types
        === pyproject.toml
          [tool.mypy]
          strict = true
        + [[tool.mypy.overrides]]
        + module = "some_library.*"
        + ignore_missing_imports = true

    Allowed: the table moves
        === setup.cfg
        - [mypy]
        - strict = True
        - disable_error_code = misc, override
        === pyproject.toml
        + [tool.mypy]
        + strict = true
        + disable_error_code = ["override", "misc"]

    Allowed: more rules, and exceptions from them
        === pyproject.toml
          [tool.ruff.lint]
        - select = ["E", "F"]
        + select = ["E", "F", "S"]
        + ignore = ["S602"]
    """
    touched = [pair.path for pair in pairs(view) if basename(pair.path) in FILES]
    known = _Known(view)
    for folder in dict.fromkeys(map(dirname, touched)):
        mine = [path for path in touched if dirname(path) == folder]
        for path in mine:
            if known.is_lost(path):
                told = "the configuration of its tools cannot be read any more"
                yield Sighting(0, told, path=path)
        for tool in ORDER:
            if any(known.differs(tool, path) for path in mine):
                yield from _compared(tool, folder, known)


class _Known:
    """Both versions of the files of a project, each read once."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._read: dict[str, tuple[Document, Document]] = {}

    def both(self, path: str) -> tuple[Document, Document]:
        if path not in self._read:
            sides = self.view.before(path), self.view.after(path)
            old = document(sides[0])
            self._read[path] = old, old if sides[0] is sides[1] else document(sides[1])
        return self._read[path]

    def differs(self, tool: str, path: str) -> bool:
        old, new = self.both(path)
        return old.tools.get(tool) != new.tools.get(tool)

    def is_lost(self, path: str) -> bool:
        """Tell whether no tool can read the file any more that some could read."""
        old, new = self.both(path)
        return not new.is_readable and (bool(old.tools) or not old.is_readable) and old != new


def _compared(tool: str, folder: str, known: _Known) -> Iterator[Sighting]:
    before, old = _effective(tool, folder, known, 0)
    path, new = _effective(tool, folder, known, 1)
    if old is None:
        new = {key: values for key, values in (new or {}).items() if _is_off_at_first(key)}
    worst: dict[Risk, list[str]] = {}
    for told in weaker(tool, old or {}, new or {}, known.view):
        is_adopted = old is None and told.risk < Risk.HIGH
        worst.setdefault(Risk.LOW if is_adopted else told.risk, []).append(told.message)
    for risk, said in sorted(worst.items(), reverse=True):
        message = f"{tool} is weakened: {_listed(said)}"
        yield Sighting(0, message, path=path or before, risk=risk)


def _is_off_at_first(key: str) -> bool:
    return key in _OFF_AT_FIRST or key.startswith(PER_FILE)


def _effective(tool: str, folder: str, known: _Known, version: int) -> tuple[str, Settings | None]:
    """Give the settings that hold in a folder, and the file that they stand in."""
    for path in (join(folder, name) for name in ORDER[tool]):
        found = known.both(path)[version].tools.get(tool)
        if found is not None:
            return path, found
    # Of all of them only ruff looks in the folders above.
    above = tool == "ruff" and folder
    return _effective(tool, dirname(folder), known, version) if above else ("", None)


def _listed(messages: list[str]) -> str:
    more = f" and {len(messages) - _NAMED} more" if len(messages) > _NAMED else ""
    return ", ".join(messages[:_NAMED]) + more
