"""
What the values of a file are made from, as marks that spread over the whole file.

Every name gets the marks of all that is ever put into it, wherever: assigned,
appended, passed as an argument, given back. That is more than what can happen,
and is meant so: both ends of a finding are precise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import libcst as cst

from pytest_selfmod_guard.rules.danger._flow_edges import Edge, Edges, Key, called_name
from pytest_selfmod_guard.rules.danger._flow_marks import Mark, is_wide, of_text
from pytest_selfmod_guard.rules.danger._flow_packages import of_attribute, of_finder
from pytest_selfmod_guard.rules.danger._flow_sources import (
    PASSES_NOTHING,
    PROCESSES,
    of_call,
    of_environment,
    of_names,
)
from pytest_selfmod_guard.rules.danger._flow_texts import sketch
from pytest_selfmod_guard.syntax.nodes import children

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_TEXTUAL = (
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.FormattedString,
    cst.BinaryOperation,
)
_Step = tuple[Mark, set[Key], list[cst.CSTNode]]
_BOOLEAN = (cst.Comparison, cst.Lambda)
_files: WeakKeyDictionary[Python, Flow] = WeakKeyDictionary()


_WALKERS = frozenset(("os.walk", "os.listdir", "os.scandir", "glob.glob", "glob.iglob", "os.fwalk"))
_WALKING = frozenset(("rglob", "glob", "iterdir", "walk"))


def flow(python: Python) -> Flow:
    """Give the flow of a file; all rules share it."""
    if python not in _files:
        _files[python] = Flow(python)
    return _files[python]


class Flow:
    """The marks of every value of one file."""

    def __init__(self, python: Python) -> None:
        self.python = python
        self._calls: dict[int, Call] = {id(call.node): call for call in python.calls}
        self._edges = Edges(python)
        self._direct: dict[int, tuple[Mark, frozenset[Key]]] = {}
        self._called: dict[int, tuple[Mark, list[cst.CSTNode]]] = {}
        self._told: dict[int, Mark] = {}
        self._known: dict[Key, Mark] = defaultdict(lambda: Mark.NOTHING)
        self._spread()

    @property
    def edges(self) -> Edges:
        """How values get from one place to another."""
        return self._edges

    def marks(self, node: cst.CSTNode | None) -> Mark:
        """Give the marks of an expression."""
        if node is None:
            return Mark.NOTHING
        mark, keys = self._look(node)
        for key in keys:
            mark |= self._known[key]
        return mark

    def direct(self, node: cst.CSTNode) -> Mark:
        """Give what an expression says by itself."""
        return self._look(node)[0]

    def own(self, node: cst.Call) -> Mark:
        """Give what a call says by what is called alone."""
        return of_names(self._edges.names(node))

    def _spread(self) -> None:
        """Carry marks from value to name until nothing changes."""
        readers: dict[Key, list[Edge]] = defaultdict(list)
        todo: list[Edge] = []
        for edge in self._edges.all:
            for key in self._look(edge.value)[1]:
                readers[key].append(edge)
            todo.append(edge)
        while todo:
            edge = todo.pop()
            mark = self.marks(edge.value) & ~edge.without
            if mark & ~self._known[edge.key]:
                self._known[edge.key] |= mark
                todo.extend(readers[edge.key])

    def _look(self, node: cst.CSTNode) -> tuple[Mark, frozenset[Key]]:
        """Give what an expression says by itself, and the names it reads."""
        if id(node) not in self._direct:
            mark, keys = Mark.NOTHING, set[Key]()
            for said, read in self._parts(node):
                mark |= said
                keys |= read
            self._direct[id(node)] = (mark, frozenset(keys))
        return self._direct[id(node)]

    def _parts(self, node: cst.CSTNode) -> Iterator[tuple[Mark, set[Key]]]:
        todo: list[tuple[cst.CSTNode, bool]] = [(node, False)]
        while todo:
            here, is_told = todo.pop()
            if isinstance(here, _BOOLEAN):
                continue
            mark, keys, inside = self._step(here)
            if isinstance(here, _TEXTUAL):
                # What a text is put together from has been looked at with it.
                mark |= Mark.NOTHING if is_told else self._text(here)
                is_told = True
            else:
                is_told = is_told and not isinstance(here, cst.Call)
            yield mark, keys
            todo += [(part, is_told) for part in inside]

    def _text(self, node: cst.BaseExpression) -> Mark:
        if id(node) not in self._told:
            self._told[id(node)] = of_text(sketch(self.python, node))
        return self._told[id(node)]

    def _step(self, node: cst.CSTNode) -> _Step:
        """Give the marks and names of one node, and the parts that its value is made from."""
        if isinstance(node, cst.Call):
            mark, parts = self._call(node)
            return mark, self._edges.returned(node), parts
        if isinstance(node, cst.IfExp):
            return Mark.NOTHING, set(), [node.body, node.orelse]
        if isinstance(node, cst.Subscript):
            found = of_environment(self.python, node, self._edges.dotted(node.value))
            if found is not None:
                return found, set(), [part.slice for part in node.slice]
        inside = list(children(node))
        if isinstance(node, cst.Attribute | cst.Name):
            mark = self._of_name(node)
            is_asked = isinstance(node, cst.Attribute) and isinstance(node.value, cst.Call)
            return mark, self._edges.read(node), inside if is_asked or not mark else []
        return Mark.NOTHING, set(), inside

    def _of_name(self, node: cst.Attribute | cst.Name) -> Mark:
        names = self._edges.dotted(node)
        said = node.attr.value if isinstance(node, cst.Attribute) else ""
        return of_names(names) | of_attribute(self.python.path, said, names)

    def _call(self, node: cst.Call) -> tuple[Mark, list[cst.CSTNode]]:
        """Say what a call gives by itself, and which of its parts its value is made from."""
        if id(node) not in self._called:
            self._called[id(node)] = self._of_call(node)
        return self._called[id(node)]

    def _of_call(self, node: cst.Call) -> tuple[Mark, list[cst.CSTNode]]:
        call = self._calls.get(id(node))
        names = self._edges.names(node)
        if names & PASSES_NOTHING:
            return Mark.NOTHING, []
        found = of_environment(self.python, call, names) if call else None
        if found is not None:
            return found, [arg.value for arg in node.args[:1]]
        text = sketch(self.python, node)
        mark = of_call(names, self._said(node, names, text)) | of_text(text)
        mark |= self._walked(node, names) | of_names(self.python.names(node))
        mark |= of_finder(self.python, node, names)
        return mark, [*(arg.value for arg in node.args), node.func]

    def _said(self, node: cst.Call, names: frozenset[str], text: str) -> str:
        """Add the commands that a loop goes through to what a process is handed."""
        if not any(name.startswith(PROCESSES) for name in names):
            return text
        folded = (value for arg in node.args[:2] for value in self.python.folds(arg.value))
        return "\n".join([text, *(value for value in folded if isinstance(value, str))])

    def _walked(self, node: cst.Call, names: frozenset[str]) -> Mark:
        """Say whether a call lists files, and whether those of a whole home or system."""
        if names & _WALKERS:
            base = node.args[0].value if node.args else None
        elif isinstance(node.func, cst.Attribute) and called_name(node) in _WALKING:
            base = node.func.value
        else:
            return Mark.NOTHING
        wide = base is not None and is_wide(sketch(self.python, base, "x"))
        return Mark.LISTED | (Mark.TREE if wide else Mark.NOTHING)
