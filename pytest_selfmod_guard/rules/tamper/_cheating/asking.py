"""Questions that a program asks about the process it runs in, and what answers mean a test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from pytest_selfmod_guard.rules.tamper._nodes import last_name

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_TOOLS = re.compile(
    r"(?i)py\.?test|unit_?test|conftest|called_from_test|nosetests?|\bnose\b|doctest|(?<![a-z_])hypothesis(?![a-z_])"
    r"|xdist|(?<![a-z_])coverage(?![a-z_])|\btox\b|assertrewrite"
)
"""Names that only tests and their tools bear."""
_TESTISH = re.compile(r"(?i)(?:^|[^a-z])tests?(?:ing|case|runner|_mode)?(?:[^a-z]|$)|in_?tests?$")

FRAMES = (
    "inspect.stack", "inspect.currentframe", "inspect.trace", "inspect.getouterframes",
    "inspect.getframeinfo", "sys._getframe", "sys._current_frames",
    "sys._getframemodulename", "traceback.extract_stack", "traceback.walk_stack",
    "traceback.format_stack", "traceback.print_stack", "traceback.StackSummary",
)  # fmt: skip
_PROCESS = (
    "sys.modules", "sys.argv", "sys.orig_argv", "sys.meta_path", "sys.path_hooks", "sys.stdout",
    "sys.stderr", "sys.executable", "sys.path", "sys.flags", "os.getcwd", "os.readlink",
    "pathlib.Path.cwd", "psutil", "__main__", "threading.current_thread",
    "threading.enumerate", "gc.get_objects", "importlib.util.find_spec", "pkgutil.find_loader",
    "os.getppid", "importlib.find_loader",
)  # fmt: skip
_ENVIRONMENT = ("os.environ", "os.getenv", "os.environb", "os.getenvb")
_KNOWN = (*FRAMES, *_PROCESS, *_ENVIRONMENT)
_METHODS = frozenset(
    (
        "startswith", "endswith", "find", "rfind", "index", "count", "get", "intersection",
        "isdisjoint", "issubset", "issuperset", "match", "search", "fullmatch", "findall",
        "fnmatch", "__contains__", "__getitem__", "contains", "fnmatchcase", "partition", "split",
        "getitem",
    )
)  # fmt: skip
_VAGUE = ("importlib", "pkgutil", "sys.path", "builtins.open")
_MACHINES = frozenset(("CI", "GITHUB_ACTIONS", "GITLAB_CI", "CONTINUOUS_INTEGRATION", "BUILD_ID"))
_SPOKEN = re.compile(
    r"_called_from_test|/proc/|\b(?:modules|environb?|getenvb?|(?:orig_)?argv|stack|currentframe"
    r"|_getframe|(?:extract|walk|format)_stack|__main__|gettrace|psutil|getattr|vars|__dict__)\b"
)
_FAKE = re.compile(
    r"(?:^|[^A-Za-z])(?:unittest\.)?[A-Za-z]*(?:Fake|Mock|Stub|Dummy)(?![a-z])"
    r"|(?:^|[^A-Za-z])(?:fake|mock|stub|dummy)(?:[^A-Za-z]|$)|^Tests?[A-Z]\w+"
)
"""Names of what stands in for the real thing."""
_KIND = re.compile(r"\b__(?:name|qualname|module)__\b|\bhasattr\b|\bmock\b")
_OF_KIND = frozenset(("__name__", "__qualname__", "__module__"))
_LONGEST = 60
_MOCKS = ("unittest.mock.", "mock.", "pytest_mock.")
_BINDINGS = 4
_PROC = re.compile(r"/proc/(?:self|\d+)/")


class Question(NamedTuple):
    """One expression that asks."""

    node: cst.BaseExpression
    about: str
    """What is asked for: ``pytest``, ``PYTEST_CURRENT_TEST``."""
    is_certain: bool
    """True where only a test can be meant."""
    is_vague: bool = False
    """True where something else is more often meant: a tracer, a machine that builds."""


def questions(python: Python) -> Iterator[Question]:
    """Give every question of a file whose answer tells that tests are running."""
    if not _has_source(python):
        return
    every = list(nodes(python.module))
    seen = {id(node.target) for node in every if isinstance(node, cst.AssignTarget)}
    for node in every:
        if id(node) in seen:
            continue
        asked = _asked(python, node)
        if asked is not None:
            seen |= {id(inner) for inner in nodes(node)}
            yield asked


def _has_source(python: Python) -> bool:
    """Tell whether a file looks at its process at all, which few do."""
    if _SPOKEN.search(python.text):
        return True
    if _KIND.search(python.text):
        return True
    names = [one.name for one in python.imports]
    names += [name for call in python.calls for name in call.names]
    names += [name for reference in python.references for name in reference.names]
    return any(name.startswith(_KNOWN) for name in names)


def _asked(python: Python, node: cst.CSTNode) -> Question | None:
    if isinstance(node, cst.Call):
        return _called(python, node)
    if isinstance(node, cst.Attribute) and node.attr.value == "_called_from_test":
        return Question(node, "_called_from_test", is_certain=True)
    if isinstance(node, cst.Match):
        return _related(python, node.subject, _sides(node))
    return _related(python, node, _sides(node)) if isinstance(node, cst.BaseExpression) else None


def _sides(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """Give what an expression compares, looks up or intersects."""
    if isinstance(node, cst.Comparison):
        return [node.left, *(part.comparator for part in node.comparisons)]
    if isinstance(node, cst.Subscript):
        keys = [part.slice.value for part in node.slice if isinstance(part.slice, cst.Index)]
        return [node.value, *keys]
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitAnd):
        return [node.left, node.right]
    if isinstance(node, cst.Match):
        values = [part.value for part in nodes(node) if isinstance(part, cst.MatchValue)]
        return [node.subject, *values]
    return []


def _called(python: Python, node: cst.Call) -> Question | None:
    """``hasattr(sys, "_pytest")``, ``name.startswith("test_")``, ``os.getenv("PYTEST")``."""
    names = python.names(node.func)
    if names & {"sys.gettrace", "sys.getprofile"}:
        return Question(node, min(names), is_certain=False, is_vague=True)
    sides = [argument.value for argument in node.args]
    if isinstance(node.func, cst.Attribute):
        sides.append(node.func.value)
    if names & {"os.getenv", "os.getenvb", "importlib.util.find_spec", "pkgutil.find_loader"}:
        return _named(python, node, sides[:1], min(names))
    if "builtins.isinstance" in names and len(sides) > 1:
        mocks = {name for name in python.names(sides[1]) if name.startswith(_MOCKS)}
        return Question(node, min(mocks), is_certain=True) if mocks else None
    if names & {"builtins.hasattr", "builtins.getattr"} or last_name(node.func) in _METHODS:
        return _related(python, node, sides)
    return None


def _related(
    python: Python, node: cst.BaseExpression, sides: list[cst.BaseExpression]
) -> Question | None:
    """Join what is asked for with whom it is asked of."""
    words = {word: side for side in sides for word in _words(python, side)}
    for word, side in words.items():
        others = [other for other in sides if other is not side]
        if _is_kind_of_test(word) and any(_asks_for_kind(python, one) for one in others):
            return Question(node, word, is_certain=True)
        if _is_telling(word):
            found = _sources(python, others)
            if found:
                return _question(node, word, found)
    return None


def _is_kind_of_test(word: str) -> bool:
    """Tell whether a text names a class or a module that only tests have."""
    is_short = len(word) <= _LONGEST and " " not in word
    return is_short and bool(_FAKE.search(word) or _TOOLS.search(word) or _TESTISH.search(word))


def _asks_for_kind(python: Python, side: cst.BaseExpression) -> bool:
    """``type(self.transport).__name__``, also where it was bound to a name before."""
    if isinstance(side, cst.Name):
        bindings = python.place(side).scope.bindings.get(side.value, ())
        values = [one.value for one in bindings[:_BINDINGS]]
        return any(isinstance(v, cst.BaseExpression) and _names_a_kind(v) for v in values)
    return _names_a_kind(side)


def _names_a_kind(side: cst.BaseExpression) -> bool:
    return any(
        isinstance(node, cst.Attribute)
        and node.attr.value in _OF_KIND
        and (last_name(node.value) in ("type", "__class__") or node.attr.value == "__module__")
        for node in nodes(side)
    )


def _named(
    python: Python, node: cst.BaseExpression, sides: list[cst.BaseExpression], source: str
) -> Question | None:
    for side in sides:
        for word in _words(python, side):
            if _is_telling(word):
                return _question(node, word, [source])
    return None


def _is_telling(word: str) -> bool:
    if len(word) > _LONGEST or " " in word:
        return False
    return bool(_TOOLS.search(word) or _TESTISH.search(word) or word in _MACHINES)


def _question(node: cst.BaseExpression, word: str, sources: list[str]) -> Question:
    is_frame = any(source.startswith(FRAMES) for source in sources)
    is_vague = all(source.startswith(_VAGUE) for source in sources)
    is_certain = is_frame or (_TOOLS.search(word) is not None and not is_vague)
    return Question(node, word, is_certain, is_vague or word in _MACHINES)


def _words(python: Python, node: cst.BaseExpression) -> Iterator[str]:
    """Give the texts that an expression may be, or holds."""
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        for element in node.elements:
            yield from _words(python, element.value)
        return
    for value in python.folds(node):
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes):
            yield value.decode("latin-1")
        elif isinstance(value, tuple | list | frozenset):
            yield from (one for one in value if isinstance(one, str))


def _sources(python: Python, sides: Iterable[cst.BaseExpression]) -> list[str]:
    """Give what of the process some expressions come from."""
    origins = sorted({origin for side in sides for origin in python.origins(side)})
    found = [origin for origin in origins if origin.startswith(_KNOWN) or origin == "sys"]
    if not found and any(_PROC.search(word) for side in sides for word in _texts(python, side)):
        found = ["/proc"]
    return found


def _texts(python: Python, side: cst.BaseExpression) -> Iterator[str]:
    inner = (node for node in nodes(side) if isinstance(node, cst.SimpleString))
    return (word for node in inner for word in _words(python, node))


def nodes(top: cst.CSTNode) -> Iterator[cst.CSTNode]:
    from pytest_selfmod_guard.syntax.nodes import children  # noqa: PLC0415 (libcst)

    todo = [top]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(list(children(node)))
