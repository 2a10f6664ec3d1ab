"""What decides in a script whether it ends well: its conditions, answers and measures."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

_SAYS = frozenset(
    ("print", "log", "info", "debug", "warning", "error", "write", "echo", "add_argument",
     "basicConfig", "secho", "flush", "set_defaults", "parse_args", "ArgumentParser", "annotate")
)  # fmt: skip
_EXITS = frozenset(("exit", "_exit", "quit", "SystemExit", "Exit"))
_TOKEN = re.compile(r"\w+|[^\w\s]")
_BOUNDING = frozenset(("max", "min", "round", "abs", "or", "any", "suppress", "try", "except"))


class Part(NamedTuple):
    """One thing that the end of a script depends on."""

    kind: str
    """``if``, ``return``, ``exit``, ``raise``, ``set`` or ``call``."""
    text: str
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What it is, wherever it stands."""
        return self.kind, self.text


def parts(tree: ast.AST) -> Iterator[Part]:
    """Give everything that decides in a script."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.While):
            yield Part("if", ast.unparse(node.test), node.lineno)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield Part("return", ast.unparse(node.value), node.lineno)
        elif isinstance(node, ast.Raise | ast.Assert):
            yield _raised(node)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
            yield Part("set", ast.unparse(_plain(node)), node.lineno)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _called(node.value)


def _raised(node: ast.Raise | ast.Assert) -> Part:
    """Leave out what an error says, which may be reworded."""
    told = node.exc if isinstance(node, ast.Raise) else node.test
    if isinstance(told, ast.Call) and last(told.func) not in _EXITS:
        told = told.func
    return Part("raise", ast.unparse(told) if told is not None else "", node.lineno)


def _plain(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> ast.stmt:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        made = ast.Assign([node.target], node.value, lineno=node.lineno)
        return ast.fix_missing_locations(made)
    return node


def _called(node: ast.Call) -> Iterator[Part]:
    name = last(node.func)
    if name in _EXITS:
        yield Part("exit", ", ".join(map(ast.unparse, node.args)), node.lineno)
    elif name not in _SAYS:
        yield Part("call", ast.unparse(node), node.lineno)


def last(node: ast.AST) -> str:
    """Give the last name of a dotted one."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def says_no_less(old: Part, new: Part) -> bool:
    """Tell whether a part was only extended, to something that lets no more pass."""
    if old.kind != new.kind:
        return False
    if old.kind == "if":
        return new.text.startswith(f"{old.text} or ") or new.text.endswith(f" or {old.text}")
    more = Counter(_TOKEN.findall(new.text)) - Counter(_TOKEN.findall(old.text))
    if _BOUNDING & more.keys() or {"[", ":"} <= more.keys():
        return False
    if old.kind in {"return", "exit"}:
        return not Counter(_TOKEN.findall(old.text)) - Counter(_TOKEN.findall(new.text))
    return re.search(rf"(?<!\w){re.escape(old.text)}(?![\w.])", new.text) is not None


def can_fail(tree: ast.AST) -> bool:
    """Tell whether a script ends with a status of its own."""
    names = (last(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))
    raised = (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc)
    exits = any(last(one.func if isinstance(one, ast.Call) else one) in _EXITS for one in raised)
    return exits or not _EXITS.isdisjoint(names)


def ways_out(tree: ast.AST) -> Iterator[Part]:
    """Give the branches and handlers by which a script ends well before it has looked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and node.body and is_success(node.body[-1]):
            yield Part("way", ast.unparse(node.test), node.lineno)
        elif isinstance(node, ast.ExceptHandler) and _swallows(node):
            yield Part("way", f"except {ast.unparse(node.type) if node.type else ''}", node.lineno)
        elif isinstance(node, ast.FunctionDef) and node.body and is_success(node.body[0]):
            yield Part("way", node.name, node.lineno)


def is_success(node: ast.stmt) -> bool:
    """Tell whether a statement ends a script, or its main function, without an error."""
    value = node.value if isinstance(node, ast.Return | ast.Expr) else None
    if isinstance(node, ast.Return):
        return value is None or (isinstance(value, ast.Constant) and not value.value)
    if isinstance(node, ast.Raise) and node.exc is not None:
        value = node.exc
    if isinstance(value, ast.Call) and last(value.func) in _EXITS:
        codes = [one.value for one in value.args if isinstance(one, ast.Constant)]
        return not value.args or (len(codes) == 1 and not codes[0])
    return False


def _swallows(node: ast.ExceptHandler) -> bool:
    """Tell whether a script goes on after an error as if there were none."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise):
            return False
        if isinstance(inner, ast.Return | ast.Expr) and _is_way_out(inner):
            return is_success(inner)
    return True


def _is_way_out(node: ast.Return | ast.Expr) -> bool:
    is_call = isinstance(node.value, ast.Call) and last(node.value.func) in _EXITS
    return isinstance(node, ast.Return) or is_call
