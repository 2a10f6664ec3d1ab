"""Line numbers, worked out only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from .running import deep_recursion, no_collection

if TYPE_CHECKING:
    import libcst as cst


class Positions:
    """The positions of one module's nodes."""

    def __init__(self, module: cst.Module) -> None:
        # The module is ours alone and never changes, so it need not be copied.
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        with deep_recursion(), no_collection():
            self._ranges = wrapper.resolve(PositionProvider)

    def line(self, node: cst.CSTNode) -> int:
        """Give the 1-based line on which a node begins; 0 for a node of another module."""
        found = self._ranges.get(node)
        return found.start.line if isinstance(found, CodeRange) else 0
