"""Which files a pattern of a tool's exclusions takes out of its sight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.view import View

_ASIDE = re.compile(
    r"(^|/)(_?vendor(ed)?|third[_-]?party|_?extern(al)?s?|docs?|docs_src|examples?|benchmarks?|bench"
    r"|scripts?|tools?|migrations|alembic|generated|_generated|gen|build|dist|typings|stubs|fixtures"
    r"|samples?|demos?|notebooks?|templates?|\.[^/]+|node_modules|venv|env|site-packages|testing"
    r"|tasks|ci|release|fuzz|profiling|cookbook)(/|$)"
)
_MADE = re.compile(
    r"(^|/)(_?version|__version__|.*_pb2(_grpc)?|_?generated.*|setup|noxfile|versioneer|_vendored.*)"
    r"\.pyi?$|(^|/)(test_|tests?\b|conftest)"
)
_REGEX = re.compile(r"\\(.)|[\^$()]|\[\^?/\]|\.\*|\?")
_EVERYTHING = re.compile(r"(\./)?[*./]*(\*\.py)?|\.py")
_NOTHING = "^$"
_CHOICES = 20
_MANY = 2000  # files; more need not be looked at to know what a pattern is about


def risk_of_excluding(patterns: Iterable[str], view: View) -> dict[str, Risk]:
    """Rate each pattern by the code of the product that it covers."""
    found = {}
    product: list[str] | None = None
    for pattern in patterns:
        if product is None:
            product = _product(view)
        found[pattern] = _risk(pattern, product)
    return found


def covers_nothing(pattern: str, view: View) -> bool:
    """Tell whether a pattern for the files to look at leaves the whole product out."""
    if pattern == _NOTHING:
        return True
    parts, product = pattern.split("|")[:_CHOICES], _product(view)
    covered = any(covers(part, path) for path in product for part in parts)
    return bool(product) and not covered and not any(map(is_everything, parts))


def is_everything(pattern: str) -> bool:
    """Tell whether a pattern covers every file there is."""
    return pattern != _NOTHING and _EVERYTHING.fullmatch(_plain(pattern)) is not None


def covers(pattern: str, path: str) -> bool:
    """Tell whether a pattern covers a path, in any of the ways that tools read one."""
    plain = _plain(pattern).removeprefix("./").rstrip("/").removesuffix("/**").removesuffix("/*")
    folders = path.split("/")
    if "/" not in plain:
        return any(fnmatchcase(part, plain) for part in folders)
    heads = ("/".join(folders[:end]) for end in range(1, len(folders) + 1))
    return any(fnmatchcase(head, plain) for head in heads)


def is_aside(path: str) -> bool:
    """Tell whether a path is beside the product: tests, examples, what others or tools wrote."""
    return paths.is_test(path) or bool(_ASIDE.search(path) or _MADE.search(path))


def _risk(pattern: str, product: list[str]) -> Risk:
    parts = pattern.split("|")[:_CHOICES]
    if any(map(is_everything, parts)):
        return Risk.HIGH
    covered = [path for path in product if any(covers(part, path) for part in parts)]
    if not covered:
        return Risk.LOW
    return Risk.HIGH if len(covered) > 1 or len(product) == 1 else Risk.MEDIUM


def _product(view: View) -> list[str]:
    """Give the product's own modules, those of the base: what comes now was never checked."""
    touched = [file.old.path for file in view.files if file.old and file.new]
    known = sorted({*touched, *view.rest.paths()})
    return [path for path in known if paths.is_python(path) and not is_aside(path)][:_MANY]


def _plain(pattern: str) -> str:
    """Give a pattern, or a simple regular expression, as a pattern of the shell."""
    return _REGEX.sub(lambda found: found[1] or "*" * (found[0] == ".*"), pattern)
