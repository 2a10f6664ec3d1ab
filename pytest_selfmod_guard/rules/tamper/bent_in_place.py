"""SMG345: a test stays as it is written, and something beside it keeps it from speaking."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import File, Side, View

_NAMESPACE = re.compile(
    r"\bdel\s+(?:globals|vars|locals)\(\)|\b(?:globals|vars)\(\)\.(?:pop|clear|update|__delitem__)\("
    r"|\bdelattr\(sys\.modules|\bdel\s+sys\.modules\[__name__\]"
)
_FIXED = re.compile(
    r"override_settings|modify_settings|patch\.dict|freeze_time|time_machine|environ"
)
_MEASURES = re.compile(
    r"(?i)^\w*(?:self\.)?(?:assert_?num_?queries|django_assert_(?:max_)?num_queries|assert_?logs"
    r"|assert_?no_?logs|assert_?template_?(?:not_?)?used|assert_?max_?queries|fail_after|time_?limit)"
)
_LARGEST = 600_000
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Told:
    """What is newly wrong in one file of tests."""

    def __init__(self, old: ast.Module, new: ast.Module, text: str, before: str) -> None:
        """Take both versions, parsed and as they are written."""
        self._old, self._new = _functions(old), _functions(new)
        self._trees = old, new
        self._texts = before, text

    def all(self) -> Iterator[tuple[int, str]]:
        """Give lines and messages."""
        before, text = self._texts
        if len(_NAMESPACE.findall(text)) > len(_NAMESPACE.findall(before)):
            yield 0, "names are taken out of the module by hand, and tests with them"
        yield from self._of_top()
        for name, node in self._new.items():
            if name in self._old and _name(name).startswith("test"):
                yield from self._of_test(self._old[name], node)

    def _of_top(self) -> Iterator[tuple[int, str]]:
        """Look for methods of imported classes that are replaced for good."""
        imported = _imported(self._trees[1])
        known = {ast.unparse(node) for node in self._trees[0].body}
        for node in self._trees[1].body:
            if isinstance(node, ast.Assign) and ast.unparse(node) not in known:
                target = node.targets[0]
                if isinstance(target, ast.Attribute) and _root(target) in imported:
                    is_code = isinstance(node.value, ast.Lambda | ast.Name | ast.Call)
                    if is_code and _root(target) not in {*sys.stdlib_module_names, "pytest"}:
                        yield node.lineno, f"{ast.unparse(target)!r} is replaced for all tests"

    def _of_test(self, old: Function, new: Function) -> Iterator[tuple[int, str]]:
        known = {ast.unparse(one) for one in old.decorator_list}
        for mark in new.decorator_list:
            if ast.unparse(mark) not in known:
                yield from self._of_mark(mark, old, new)
        for name, count in (_measured(old) - _measured(new)).items():
            if count and name not in ast.unparse(self._trees[1]):
                yield new.lineno, f"{new.name!r} is not measured by {name!r} any more"
        for node in ast.walk(new):
            if isinstance(node, ast.With | ast.AsyncWith) and _raises_itself(node):
                if ast.dump(node) not in {ast.dump(one) for one in ast.walk(old)}:
                    yield node.lineno, f"{new.name!r} raises by itself what it expects"
            elif isinstance(node, ast.ClassDef | Function) and node is not new:
                is_subject = node.name in _imported(self._trees[0])
                if is_subject and node.name not in _inner(old):
                    yield node.lineno, f"{new.name!r} tests a {node.name!r} of its own"

    def _of_mark(self, mark: ast.expr, old: Function, new: Function) -> Iterator[tuple[int, str]]:
        name = _name(ast.unparse(mark.func if isinstance(mark, ast.Call) else mark))
        helper = self._new.get(name)
        if helper is not None and name not in self._old and _drops(helper):
            yield new.lineno, f"{name!r} keeps {new.name!r} from failing"
        same = [ast.dump(one) for one in old.body] == [ast.dump(one) for one in new.body]
        if same and _FIXED.search(ast.unparse(mark)) and _FIXED.search(_marks(old)):
            yield new.lineno, f"{new.name!r} runs under other settings: {ast.unparse(mark)[:60]!r}"


@change_rule(
    "SMG345",
    risk=Risk.HIGH,
    hint="leave the test and what is around it as they were, and correct the code that it tests",
)
def bent_in_place(view: View) -> Iterable[Sighting]:
    """
    A test stays as it is written, and something beside it keeps it from speaking.

    A decorator of the file's own that does not call the test, or swallows what
    it says; a `raise` in the block that expects one; a class of the subject's
    name in the test; a method of the subject that is replaced at the top;
    settings that are overridden with other values; names that are deleted from
    the module; a block that counted queries or messages and is gone. What was
    meant only a trial can tell.

    Flagged: a decorator that does nothing
        === tests/test_cart.py
          from cart import total
        + def quarantine(test):
        +     return lambda: None
        + @quarantine
          def test_total():
              assert total([1, 2]) == 3

    Flagged: it raises by itself
        === tests/test_cart.py
          import pytest
          from cart import total
          def test_nothing():
              with pytest.raises(ValueError):
                  total(None)
        +         raise ValueError

    Flagged: another subject
        === tests/test_cart.py
          from cart import Cart
          def test_total():
        +     class Cart:
        +         total = 3
              assert Cart().total == 3

    Flagged: other settings
        === tests/test_cart.py
        - @override_settings(LIMIT=2)
        + @override_settings(LIMIT=200)
          def test_limit():
              assert allowed(3) is False

    Flagged: how often it asks
        === blog/tests.py
          def test_page(self):
        -     with self.assertNumQueries(2):
        -         self.client.get("/")
        +     self.client.get("/")

    Allowed: a decorator that runs it
        === tests/test_cart.py
          from cart import total
        + def twice(test):
        +     def both():
        +         test()
        +         test()
        +     return both
        + @twice
          def test_total():
              assert total([1, 2]) == 3

    Allowed: a new test with settings of its own
        === tests/test_cart.py
          from cart import allowed
        + @override_settings(LIMIT=3)
        + def test_limit():
        +     assert allowed(3) is True
    """
    for file in view.files:
        if file.old and file.new and file.new.is_python and paths.is_test(file.path):
            yield from _judged(file)


def _judged(file: File) -> Iterator[Sighting]:
    old, new = _tree(file.old), _tree(file.new)
    if old is None or new is None:
        return
    before, text = ((side.text if side else None) or "" for side in (file.old, file.new))
    for line, what in Told(old, new, text, before).all():
        yield Sighting(line, what, path=file.path, settled_by="trial")


def _tree(side: Side | None) -> ast.Module | None:
    if side is None or side.blob.size > _LARGEST:
        return None
    try:
        return ast.parse(side.text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _functions(tree: ast.Module) -> Mapping[str, Function]:
    found: dict[str, Function] = {}
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found.update({f"{prefix}{one.name}": one for one in inner if isinstance(one, Function)})
    return found


def _imported(tree: ast.Module) -> frozenset[str]:
    """Give the names that a module imports from others, libraries of tests left out."""
    return frozenset(
        alias.asname or alias.name.partition(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name(dotted: str) -> str:
    return dotted.rpartition(".")[2]


def _marks(node: Function) -> str:
    return " ".join(ast.unparse(one) for one in node.decorator_list)


def _measured(node: Function) -> Counter[str]:
    """Give the blocks that assert something about what runs in them."""
    items = (
        item.context_expr
        for part in ast.walk(node)
        if isinstance(part, ast.With | ast.AsyncWith)
        for item in part.items
    )
    return Counter(ast.unparse(one) for one in items if _MEASURES.search(ast.unparse(one)))


def _inner(node: Function) -> frozenset[str]:
    return frozenset(one.name for one in ast.walk(node) if isinstance(one, ast.ClassDef | Function))


def _raises_itself(node: ast.With | ast.AsyncWith) -> bool:
    """Tell whether a block that expects an error ends by raising one."""
    around = " ".join(ast.unparse(item) for item in node.items)
    is_expecting = re.search(r"\braises\w*\(|assertRaises\w*\(|\bsuppress\(", around) is not None
    return is_expecting and len(node.body) > 1 and isinstance(node.body[-1], ast.Raise)


def _drops(helper: Function) -> bool:
    """Tell whether a decorator does not call what it decorates, or catches what it raises."""
    arguments = [one.arg for one in (*helper.args.posonlyargs, *helper.args.args)]
    if not arguments:
        return False
    named = [n for n in ast.walk(helper) if isinstance(n, ast.Name) and n.id == arguments[0]]
    catches = any(
        isinstance(node, ast.ExceptHandler) and not any(map(_is_loud, ast.walk(node)))
        for node in ast.walk(helper)
    )
    return catches or not named


def _is_loud(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise | ast.Assert | ast.Continue)
