"""How import statements bind names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .binding import bind_name

if TYPE_CHECKING:
    from .walking import Step, Walk


def visit_import(walk: Walk, step: Step, node: cst.Import) -> None:
    """``import a.b`` binds ``a``; ``import a.b as c`` binds ``a.b`` to ``c``."""
    for alias in node.names:
        name = dotted(alias.name)
        bound = _alias(alias)
        walk.imports.append((node, name, name, bound or name.partition(".")[0]))
        if bound:
            bind_name(walk, step, bound, name)
        else:
            top = name.partition(".")[0]
            bind_name(walk, step, top, top)


def visit_from(walk: Walk, step: Step, node: cst.ImportFrom) -> None:
    """``from a import b as c`` binds ``a.b`` to ``c``; a star binds who knows what."""
    module = "." * len(node.relative) + (dotted(node.module) if node.module else "")
    joint = module if module.endswith(".") else module + "."
    if isinstance(node.names, cst.ImportStar):
        walk.imports.append((node, joint + "*", module, ""))
        step.scope.stars.append(joint)
        return
    for alias in node.names:
        name = dotted(alias.name)
        bound = _alias(alias) or name
        walk.imports.append((node, joint + name, module, bound))
        bind_name(walk, step, bound, joint + name)


def dotted(node: cst.BaseExpression) -> str:
    """Write a chain of names as text."""
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    parts.append(node.value if isinstance(node, cst.Name) else "")
    return ".".join(reversed(parts))


def _alias(alias: cst.ImportAlias) -> str:
    name = alias.asname.name if alias.asname else None
    return name.value if isinstance(name, cst.Name) else ""
