"""
bandit in process: the one file that knows its interface.

Only its public interface is used (the manager, on a file of its own), with
every ``# nosec`` ignored: whether a suppression counts is for the base to say.
"""

from __future__ import annotations

import ast
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pytest_selfmod_guard.errors import RuleError
from pytest_selfmod_guard.syntax.running import deep_recursion

_NOT_ASKED = ("B101",)  # every assert of every test


class Issue(NamedTuple):
    """One thing that bandit says."""

    id: str
    name: str
    severity: str
    """``LOW``, ``MEDIUM`` or ``HIGH``; the confidence likewise."""
    confidence: str
    text: str
    line: int
    first: int
    """The line on which the call or statement begins that it is about."""
    code: str
    """Normalised, so that reformatting does not change it."""
    scope: str


class Unread(Exception):
    """bandit could not read a file that libcst can."""


def scan(source: bytes) -> list[Issue]:
    """
    Ask bandit about one file.

    :raises Unread: it uses syntax newer than the Python that runs bandit
    :raises RuleError: bandit crashed
    """
    with warnings.catch_warnings():
        # Of its own dependencies, and of odd escapes in the code it parses.
        warnings.simplefilter("ignore")
        places = _places(source)
        return [_issue(found, places) for found in _run(source)]


def _run(source: bytes) -> list[Any]:
    manager = _manager()
    with TemporaryDirectory(prefix="selfmod-guard-") as folder:
        path = os.path.join(folder, "module.py")
        with open(path, "wb") as file:
            file.write(source)
        manager.discover_files([path])
        try:
            # A check of bandit's that runs out of recursion finds nothing, slowly.
            with _no_looking_for_nosec(), deep_recursion():
                manager.run_tests()
        except SystemExit:  # what bandit makes of an interrupt
            raise KeyboardInterrupt from None
    if manager.skipped:
        reason = manager.skipped[0][1]
        if "syntax error" in reason:
            raise Unread(reason)
        raise RuleError(
            "rule-crashed",
            f"bandit crashed on a file of the change ({reason})",
            hint="judge the rest without it: put that file in a commit of its own",
        )
    return list(manager.results)


@contextmanager
def _no_looking_for_nosec() -> Iterator[None]:
    """
    Spare bandit the search for suppressions, of which there are none here.

    For each string of a literal it looks at every line of the literal: minutes
    for a table of 20,000 lines.
    """
    from bandit.core import utils  # noqa: PLC0415 (100 ms)

    found = getattr(utils, "get_nosec", None)
    utils.get_nosec = lambda *_: None
    try:
        yield
    finally:
        utils.get_nosec = found


def _manager() -> Any:  # noqa: ANN401 (bandit has no types)
    for name in ("bandit", "stevedore"):  # they log what they do without, as an error
        logging.getLogger(name).setLevel(logging.CRITICAL)
    from bandit.core.config import BanditConfig  # noqa: PLC0415 (100 ms)
    from bandit.core.manager import BanditManager  # noqa: PLC0415

    return BanditManager(
        BanditConfig(), "file", profile={"exclude": list(_NOT_ASKED)}, ignore_nosec=True
    )


_Places = dict[tuple[int, int, int], tuple[ast.AST, str]]


def _places(source: bytes) -> _Places:
    """Find the node, and its scope, by line, first and last column."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unread(str(error)) from None
    return {
        (node.lineno, node.col_offset, node.end_col_offset): (node, scope)
        for node, scope in _walk(tree)
        if hasattr(node, "lineno")
    }


def _walk(tree: ast.AST) -> Iterator[tuple[Any, str]]:
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, scope = waiting.pop()
        yield node, scope
        name = getattr(node, "name", "") if isinstance(node, _SCOPES) else ""
        inner = ".".join(filter(None, (scope, name)))
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _issue(found: Any, places: _Places) -> Issue:  # noqa: ANN401 (bandit has no types)
    place = (found.lineno, found.col_offset, found.end_col_offset)
    node, scope = places.get(place, (None, ""))
    return Issue(
        found.test_id,
        found.test.replace("_", "-"),
        found.severity,
        found.confidence,
        found.text,
        found.lineno,
        min(found.linerange or [found.lineno]),
        _unparsed(node) if node is not None else found.text,
        scope,
    )


def _unparsed(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return type(node).__name__
