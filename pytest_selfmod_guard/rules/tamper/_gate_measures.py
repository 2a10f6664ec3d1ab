"""The numbers and lists that a script measures by, and which of two lets more pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

_LEAST = re.compile(r"(?i)(?:^|_)(?:min|minimum|least|floor|required|require|target|wanted)(?:_|$)")
_MOST = re.compile(
    r"(?i)(?:^|_)(?:max|maximum|most|ceiling|limit|budget|tolerance|tol|eps|epsilon|allowed|timeout"
    r"|slack)(?:_|$)"
)
_EXCEPT = re.compile(r"(?i)ignor|skip|allow|exclu|known|exempt|except|whitelist|permit|optional")


def measures(tree: ast.Module) -> Mapping[str, ast.expr]:
    """Give the constants at the top of a script, by name."""
    return dict(_bound(tree))


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def is_stricter(name: str, old: ast.expr, new: ast.expr) -> bool:
    """Tell whether a measure of one name lets no more pass than it did."""
    before, after = number(old), number(new)
    if before is not None and after is not None:
        if _LEAST.search(name):
            return after >= before
        return after <= before if _MOST.search(name) else after == before
    was, now = _elements(old), _elements(new)
    if was is None or now is None:
        return False
    if _EXCEPT.search(name):
        return now <= was
    return all(one in now or any(_lies_in(one, folder) for folder in now) for one in was)


def _lies_in(path: str, folder: str) -> bool:
    """Tell whether one quoted path is below another, which therefore stands for it, too."""
    return folder.endswith(("/'", "/**'", "/*'")) and path.startswith(folder.rstrip("*'"))


def number(node: ast.expr) -> float | None:
    """Give a plain number; None for all else."""
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1.0, node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return None if isinstance(node.value, bool) else sign * float(node.value)
    return None


def _elements(node: ast.expr) -> set[str] | None:
    if isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {ast.unparse(one) for one in node.elts}
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {f"{ast.unparse(k) if k else '**'}: {ast.unparse(v)}" for k, v in pairs}
    return None
