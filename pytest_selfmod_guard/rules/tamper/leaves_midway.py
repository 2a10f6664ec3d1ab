"""SMG346: a function of the product ends the process, with success, where it used to answer."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.rules.tamper._plain_functions import Function, kept, last
from pytest_selfmod_guard.view import File, View

_EXITS = frozenset(("exit", "_exit", "quit", "SystemExit"))
_PROGRAMS = re.compile(
    r"(?i)(^|_)(main|cli|run|start|serve|app|command|commands|shell|signal|handle\w*|on|quit|exit"
    r"|stop|close|shutdown|daemon|worker|child|fork|console|program|script|script\w*|manage)(_|$)"
)
_IS_RUN = re.compile(r"argparse|__main__|\bclick\b|\btyper\b|signal\.signal|optparse")
_OF_COMMANDS = re.compile(
    r"command|option|argument|click|typer|callback|group|entry", re.IGNORECASE
)


@change_rule(
    "SMG346",
    risk=Risk.HIGH,
    hint="answer, or raise an error of the project's own; leave it to the program's main function "
    "to end the process",
)
def leaves_midway(view: View) -> Iterable[Sighting]:
    """
    A function of the product that answers now ends the process, with success.

    Whoever tests it ends with it: what comes after is not run, and the status is
    that of success. Main functions, commands and what handles signals are silent,
    as is an end with an error.

    Flagged: for one input
        === shop/cart.py
          import sys
          def total(items):
        +     if not items:
        +         sys.exit(0)
              return sum(items)

    Flagged: at once
        === shop/cart.py
          import os
          class Cart:
              def total(self):
        +         os._exit(0)
                  return sum(self.items)

    Allowed: a program
        === shop/cli.py
          import sys
          def main(argv):
        +     if not argv:
        +         sys.exit(0)
              return total(argv)

    Allowed: an error
        === shop/cart.py
          import sys
          def total(items):
        +     if not items:
        +         sys.exit("no items")
              return sum(items)
    """
    for file in view.files:
        if _concerns(file):
            is_program = _IS_RUN.search(file.new.text or "" if file.new else "") is not None
            for name, old, new in kept(file):
                if is_program and not _answers(old):
                    continue
                yield from _newly(file, name, old, new)


def _concerns(file: File) -> bool:
    if file.old is None or file.new is None or file.new.zone != paths.PRODUCT:
        return False
    stem = basename(file.path).removesuffix(".py")
    data = file.new.blob.data or b""
    is_program = _PROGRAMS.search(stem.strip("_")) or "/commands/" in file.path
    return (b"xit" in data or b"quit" in data or b"kill" in data) and not is_program


def _newly(file: File, name: str, old: Function, new: Function) -> Iterator[Sighting]:
    if _PROGRAMS.search(name.rpartition(".")[2]) or _is_command(new):
        return
    known = Counter(ast.unparse(one) for one in _ends(old))
    for end in _ends(new):
        if known[ast.unparse(end)]:
            known[ast.unparse(end)] -= 1
        else:
            yield Sighting(
                end.lineno,
                f"{name!r} ends the process, with success, by {ast.unparse(end)[:60]!r}",
                path=file.path,
                scope=name,
                settled_by="review",
            )


def _answers(node: Function) -> bool:
    """Tell whether somebody waits for what a function gives back."""
    returns = (one for one in ast.walk(node) if isinstance(one, ast.Return | ast.Yield))
    return any(one.value is not None for one in returns)


def _is_command(node: Function) -> bool:
    return any(_OF_COMMANDS.search(ast.unparse(one)) for one in node.decorator_list)


def _ends(node: Function) -> Iterator[ast.Call | ast.Raise]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            is_end = last(one.func) in _EXITS and _is_zero(one)
            is_end = is_end or (last(one.func) == "kill" and "getpid()" in ast.unparse(one))
        else:
            is_end = isinstance(one, ast.Raise) and getattr(one.exc, "id", "") == "SystemExit"
        if is_end and isinstance(one, ast.Call | ast.Raise):
            yield one


def _is_zero(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and last(call.func.value) not in {"sys", "os"}:
        return False  # some object's own
    values = [*call.args, *(one.value for one in call.keywords)]
    return not values or (isinstance(values[0], ast.Constant) and not values[0].value)
