"""Words that any code has which calls a function by another name."""

from __future__ import annotations

REACHERS = (
    b"__builtins__", b"__dict__", b"__getattribute__", b"__globals__", b"__import__",
    b"attrgetter", b"builtins", b"f_builtins", b"f_globals", b"getattr", b"getattr_static",
    b"globals", b"import_module", b"load_module", b"locals", b"methodcaller", b"modules",
    b"reduce", b"resolve_name", b"vars",
)  # fmt: skip
"""Words, one of which stands in any code that reaches a function without writing its name."""
