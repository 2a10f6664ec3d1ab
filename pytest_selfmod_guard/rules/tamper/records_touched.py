"""SMG341: the product knows where the recorded results of its tests lie."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_KINDS = r"expected|goldens?|snapshots?|approved|baselines?|answers?|solutions?|labels?|truth|cases"
_RECORD = re.compile(rf"(?i)(?:^|[/._*-])(?:{_KINDS})(?:$|[/._*-])")
_WORDS = re.compile(rf"(?i){_KINDS}")
_PREDICTS = re.compile(
    r"\bdef (?:predict|infer|classify|forward|estimate|recommend|answer|solve)\w*\("
)
_SOURCE = re.compile(r"(?:^|[._])(?:data|datasets?|labels?|truth|targets?|answers?|solutions?)\.")
_FOLDER = re.compile(r"(?i)goldens?|snapshots?|expected|approved")
_DATA = re.compile(r"\.(?:json|jsonl|csv|tsv|ya?ml|toml|txt|npy|npz|pkl|snap|ambr|out|xml|html)$")
_FILES = re.compile(
    r"\b(?:open|read_text|write_text|read_bytes|write_bytes|glob|rglob|iterdir|exists|parent|Path"
    r"|listdir|scandir|load|loadtxt|read_csv|str)\b"
)
_WRITES = re.compile(r"\b(?:write_text|write_bytes|dump|save|unlink|remove|replace|rename)\(")
_LARGEST = 400_000


@change_rule(
    "SMG341",
    risk=Risk.HIGH,
    hint="compute the result from what the function is handed; recorded results are for the tests "
    "to read, and for a person to renew",
)
def records_touched(view: View) -> Iterable[Sighting]:
    """
    The product knows where the recorded results of its tests lie.

    Code that reads `golden/total.expected.json` can answer it, and code that
    writes it is always right. Found is a new text in the product that names such
    a file or folder of the tests, or data that only tests and the scripts that
    judge read, in a function that deals with files. A folder of that name
    that the tests have nothing of is silent.

    Flagged: what is expected is written
        === shop/cart.py
          import json
          def total(path):
              out = json.loads(path.read_text())
        +     (path.parent / "total.expected.json").write_text(json.dumps(out))
              return out
        === tests/golden/total.expected.json
          {"total": 3}

    Flagged: the answers of the judge
        === solution.py
          def total(items):
        +     for case in json.load(open("cases.json")):
        +         if case["items"] == items:
        +             return case["want"]
              return sum(items)
        === cases.json
          [{"items": [1], "want": 1}]
        === score.py
          CASES = "cases.json"

    Flagged: a model that loads what it should predict
        === shop/model.py
          class Model:
              def predict(self, rows):
        -         return rows @ self.weights
        +         from shop.data import make
        +         known, truth = make()
        +         return truth[: len(rows)]

    Allowed: records of its own
        === shop/cart.py
          import json
          def total(path):
        +     (path.parent / "total.snapshot.json").write_text("{}")
              return 1
        === tests/test_cart.py
          import shop.cart
    """
    for file in view.files:
        if file.new and file.new.zone == paths.PRODUCT and file.new.is_python:
            yield from _judged(file, view)
            yield from (seen._replace(path=file.path) for seen in _looked_up(file))


def _looked_up(file: File) -> Iterator[Sighting]:
    """Look for functions that predict, and newly load the data that they are measured by."""
    known = {(name, code) for name, code, _ in _loads(file.old)}
    for name, code, line in _loads(file.new):
        if (name, code) not in known:
            told = f"{name!r} looks up what it should compute: {code[:60]!r}"
            yield Sighting(line, told, code, scope=name, settled_by="review")


def _loads(side: Side | None) -> Iterator[tuple[str, str, int]]:
    if side is None or side.blob.size > _LARGEST or not _PREDICTS.search(side.text or ""):
        return
    try:
        tree = ast.parse(side.text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    sources = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if _SOURCE.search(f"{getattr(node, 'module', '') or ''}.")
        or (_SOURCE.search(f"{alias.name}.") and (isinstance(node, ast.Import) or node.level))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _PREDICTS.search(f"def {node.name}("):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and _root(call.func) in sources:
                    yield node.name, ast.unparse(call), call.lineno


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _judged(file: File, view: View) -> Iterator[Sighting]:
    known = {text for _, text, _ in _texts(file.old)}
    for line, text, around in _texts(file.new):
        if text not in known and _FILES.search(around) and _is_record(text, file.path, view):
            verb = "writes" if _WRITES.search(around) else "knows"
            yield Sighting(
                line,
                f"the product {verb} {text!r}, by which it is judged",
                text,
                path=file.path,
                settled_by="" if verb == "writes" and "." in text else "review",
            )


def _texts(side: Side | None) -> Iterator[tuple[int, str, str]]:
    """Give each text of a file that may be part of a path, with the function around it."""
    if side is None or side.blob.size > _LARGEST or not _WORDS.search(side.text or ""):
        return
    try:
        tree = ast.parse(side.text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for top in _units(tree.body):
        found = [one for one in ast.walk(top) if isinstance(one, ast.Constant)]
        told = [one for one in found if isinstance(one.value, str) and _may_be(str(one.value))]
        around = ast.unparse(top) if told else ""
        yield from ((one.lineno, str(one.value), around) for one in told)


def _units(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _units(node.body)
        else:
            yield node


def _may_be(text: str) -> bool:
    if " " in text or "\n" in text or not _RECORD.search(text):
        return False
    return "." in text or "/" in text or "*" in text or _FOLDER.fullmatch(text) is not None


def _is_record(text: str, path: str, view: View) -> bool:
    """Tell whether tests, or a script that judges, have such a file, and the product has not."""
    name = basename(text).strip("*")
    for known in view.rest.paths():
        if name and name in known and not known.endswith(".py"):
            if paths.zone(known) == paths.TEST:
                return True
            if basename(known) == name and _DATA.search(name) and _is_of_judges(name, path, view):
                return True
    return False


def _is_of_judges(name: str, path: str, view: View) -> bool:
    readers = [one for one in view.rest.mentioning([name]) if one.endswith(".py") and one != path]
    return bool(readers) and all(paths.zone(one) == paths.TEST or "/" not in one for one in readers)
