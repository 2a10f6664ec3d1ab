"""What ``d.update(...)`` and ``d.setdefault(...)`` put into a mapping."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

Entry = tuple[cst.BaseExpression, cst.BaseExpression, cst.BaseExpression]


def entries(owner: cst.BaseExpression, call: cst.Call) -> Iterator[Entry]:
    """Give the mapping, each key and each value, as far as they are written out."""
    for arg in call.args:
        if arg.keyword:
            yield owner, cst.SimpleString(repr(arg.keyword.value)), arg.value
        elif isinstance(arg.value, cst.Dict):
            for element in arg.value.elements:
                if isinstance(element, cst.DictElement):
                    yield owner, element.key, element.value
    if len(call.args) > 1 and not any(arg.keyword for arg in call.args):
        yield owner, call.args[0].value, call.args[1].value
