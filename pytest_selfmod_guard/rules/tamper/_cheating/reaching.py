"""Where code lays hands on tests: files, modules, and the tools that run them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._cheating.asking import nodes
from pytest_selfmod_guard.rules.tamper._nodes import last_name, parameter_names

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_TEST_FILE = re.compile(
    r"(?:^|[/\\])(?:test_[\w*]*\.py|[\w*]+_test\.py|conftest\.py|pytest\.ini|\.pytest_cache\b"
    r"|junit[\w-]*\.xml|\.coverage\b|coverage\.xml|__snapshots__|sitecustomize\.py"
    r"|usercustomize\.py|[\w*]+\.(?:ambr|snap)$|\.pytest_results|test-results)"
)
_RECORD = re.compile(
    r"(?i)(?:^|[/._-])(?:snapshots?|expected|goldens?|approved|baselines?|recorded|reference"
    r"|regressions?|results?|outputs?|answers?)(?:$|[/._-])"
)
"""What tests compare with."""
_TEST_FOLDER = re.compile(r"(?:^|[/\\])tests?(?:[/\\]|$)")
_WRITES = frozenset(
    (
        "write_text", "write_bytes", "unlink", "remove", "rmtree", "rename", "replace", "rmdir",
        "copy", "copyfile", "copy2", "move", "symlink", "symlink_to", "link", "truncate", "touch",
        "chmod", "removedirs", "renames",
    )
)  # fmt: skip
_OF_FILES = ("os.", "shutil.", "pathlib.", "*.")
_READS = frozenset(
    (
        "read_text", "read_bytes", "run_path", "run_module", "import_module", "__import__",
        "glob", "rglob", "iglob", "walk", "listdir", "scandir", "iterdir", "getline", "getlines",
        "spec_from_file_location", "load_source", "SourceFileLoader", "find_spec", "iter_modules",
    )
)  # fmt: skip
_LOADS = frozenset(("import_module", "__import__", "run_module", "find_spec", "iter_modules"))
_OPENS = frozenset(("open", "FileInput", "fdopen", "input"))
_MODULE = re.compile(r"(?:^|\.)(?:tests?|conftest|test_\w+)(?:\.|$)")
_AT_HOME = ("__file__", "os.getcwd", "pathlib.Path.cwd", "inspect.getfile", "os.curdir")
_PIECES = 12
_TURNS = 4
_LONGEST = 200


class Touch(NamedTuple):
    """One place where tests are reached."""

    node: cst.CSTNode
    what: str
    """The file or the module."""
    is_write: bool
    risk: Risk


def touches(python: Python) -> Iterator[Touch]:
    """Give every call of a file that reads, runs, changes or deletes tests."""
    for call in python.calls:
        name = last_name(call.node.func)
        if name in _OPENS or name in _READS or (name in _WRITES and _is_of_files(call)):
            path = _path(python, call, name)
            if path:
                yield _touch(python, call, name, path)


def _is_of_files(call: Call) -> bool:
    """Tell ``os.replace`` from the ``replace`` of a text, as far as the name tells."""
    known = [name for name in call.names if not name.startswith("*")]
    return not known or any(name.startswith(_OF_FILES) for name in known)


def _touch(python: Python, call: Call, name: str, path: str) -> Touch:
    is_write = name in _WRITES or (name in _OPENS and _opens_to_write(python, call))
    is_module = name in _LOADS
    is_test = bool(_TEST_FILE.search(path)) or (is_module and bool(_MODULE.search(path)))
    is_ours = is_module or not _is_elsewhere(python, call)
    is_answer = bool(_RECORD.search(path)) and _is_returned(python, call)
    risk = Risk.HIGH if is_ours and (is_test or is_write or is_answer) else Risk.MEDIUM
    return Touch(call.node, path, is_write, risk)


def _is_returned(python: Python, call: Call) -> bool:
    """Tell whether what is read is answered, be it by way of other names."""
    for function in python.functions:
        if function.qualname == call.scope:
            inside = list(nodes(function.node.body))
            bound = [node for node in inside if isinstance(node, cst.Assign | cst.With)]
            names: set[str] = set()
            for _ in range(_TURNS):
                names |= {name for one in bound if _has(one, call, names) for name in _made(one)}
            returned = (node for node in inside if isinstance(node, cst.Return))
            return any(_has(node, call, names) for node in returned)
    return False


def _has(top: cst.CSTNode, call: Call, names: set[str]) -> bool:
    """Tell whether something is made of a call, or of names that are."""
    read = top.items if isinstance(top, cst.With) else (top.value,)  # type: ignore[attr-defined]
    return any(
        node is call.node or (isinstance(node, cst.Name) and node.value in names)
        for part in read
        if part is not None
        for node in nodes(part)
    )


def _made(node: cst.Assign | cst.With) -> Iterator[str]:
    """Give the names that a statement binds."""
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
    else:
        targets = [item.asname.name for item in node.items if item.asname]
    yield from (target.value for target in targets if isinstance(target, cst.Name))


def _opens_to_write(python: Python, call: Call) -> bool:
    is_method = isinstance(call.node.func, cst.Attribute) and "io.open" not in call.names
    mode = call.arg(python, 0 if is_method else 1, "mode")
    values = python.folds(mode) if mode is not None else ()
    return any(isinstance(value, str) and set(value) & set("wax+") for value in values)


def _path(python: Python, call: Call, name: str) -> str:
    """Give the path or the module of tests that a call speaks of, the most telling one."""
    found = ""
    for expression in _spoken(call):
        pieces = [piece for piece in _pieces(python, expression) if _is_short(piece)][:_PIECES]
        for piece in (*pieces, "/".join(pieces)):
            if _TEST_FILE.search(piece) or (name in _LOADS and _MODULE.search(piece)):
                return piece
            if not found and _is_of_tests(piece):
                found = piece
    return found


def _spoken(call: Call) -> list[cst.BaseExpression]:
    """Give the expressions that may name a file: of a method of something unknown, it itself."""
    given = [part.value for part in call.node.args[:2]]
    if not isinstance(call.node.func, cst.Attribute):
        return given
    is_method = all(name.startswith("*") for name in call.names)
    if is_method and last_name(call.node.func) not in _READS:
        return [call.node.func.value]
    return [*given, call.node.func.value]


def _is_short(piece: str) -> bool:
    return len(piece) < _LONGEST and "\n" not in piece


def _is_of_tests(piece: str) -> bool:
    return bool(
        _TEST_FILE.search(piece)
        or _TEST_FOLDER.search(piece)
        or (_MODULE.search(piece) and "." in piece and "/" not in piece and " " not in piece)
    )


def _pieces(python: Python, expression: cst.BaseExpression) -> Iterator[str]:
    """Give the texts that a path is put together from."""
    for value in python.folds(expression):
        if isinstance(value, str):
            yield value
    for node in nodes(expression):
        if isinstance(node, cst.Name | cst.SimpleString):
            yield from (value for value in python.folds(node) if isinstance(value, str))
        if isinstance(node, cst.Name):
            yield from _bound_pieces(python, node)


def _bound_pieces(python: Python, name: cst.Name) -> Iterator[str]:
    """``HERE = Path(__file__).parent / "tests"``: look one assignment back."""
    scope = python.place(name).scope
    while scope is not None:
        for binding in scope.bindings.get(name.value, ())[:_PIECES]:
            for node in nodes(binding.value) if isinstance(binding.value, cst.CSTNode) else ():
                if isinstance(node, cst.SimpleString):
                    yield from (v for v in python.folds(node) if isinstance(v, str))
        if scope.bindings.get(name.value):
            return
        scope = scope.parent  # type: ignore[assignment]  # the module's is None


def _is_elsewhere(python: Python, call: Call) -> bool:
    """Tell whether a path hangs on what a caller hands in: another project, a template."""
    spoken = _spoken(call)
    if any(isinstance(value, str) for one in spoken for value in python.folds(one)):
        return False
    origins = {origin for one in spoken for origin in python.origins(one)}
    if any(origin.startswith(_AT_HOME) for origin in origins):
        return False
    handed_in = any(origin.startswith("param:") for origin in origins)
    return handed_in or any(_names_a_parameter(python, call, one) for one in spoken)


def _names_a_parameter(python: Python, call: Call, spoken: cst.BaseExpression) -> bool:
    around = [one for one in python.functions if f"{call.scope}.".startswith(f"{one.qualname}.")]
    known = {name for one in around for name in parameter_names(one.node)}
    return any(isinstance(node, cst.Name) and node.value in known for node in nodes(spoken))
