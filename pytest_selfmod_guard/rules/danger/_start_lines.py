"""What is written into a start file, and whether that only completes words in a shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_selfmod_guard.rules.danger._flow_back import texts_behind
from pytest_selfmod_guard.rules.danger._flow_edges import called_name
from pytest_selfmod_guard.rules.danger._flow_marks import Mark
from pytest_selfmod_guard.rules.danger._flow_texts import sketch
from pytest_selfmod_guard.rules.danger._flow_writes import writes

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.rules.danger._flow_writes import Written

_STARTED = Mark.STARTUP | Mark.HOOK | Mark.PACKAGES | Mark.FOREIGN | Mark.PROGRAM
_FILLERS = frozenset(("write", "writelines", "print"))
_PLACE = re.compile(
    r"bash_completion(?:\.d)?(?:/|$)|/completions?/|zsh/site-functions|/vendor_completions\.d/"
    r"|/\.zfunc/"
)
_PARTS = re.compile(r"\n|;|&&|\|\|")
_COMPLETES = re.compile(
    r"(?:source|\.|eval|complete|compdef)\s[^|`]{0,200}complet[^|`]{0,200}"
    r"|(?:autoload|fpath\+?=|compinit|bashcompinit|export\s+fpath|zstyle\s)[^|`]{0,200}"
    r"|(?:\[\[?|test|if\s+\[\[?)\s[^|`]{0,200}|then|fi|#.{0,300}",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?i)complet|compinit")
_FETCHES = re.compile(
    r"(?i)https?:|ftp:|curl|wget|base64|/dev/(?:tcp|udp)|\bnc\b|python[\d.]*\s+-c|/tmp/"
)


def only_completes(flow: Flow, written: Written) -> bool:
    """Tell whether all that is written lets a shell complete words, judged by what is written."""
    if _PLACE.search(sketch(flow.python, written.target).replace("\\", "/")):
        return True
    known = [text for node in contents(flow, written) for _, text in texts_behind(flow, node)]
    lines = [part.strip() for text in known for part in _PARTS.split(text)]
    told = [line for line in lines if line and line != "*"]
    return any(map(_NAMES.search, told)) and all(map(_is_mild, told))


def contents(flow: Flow, written: Written) -> list[cst.BaseExpression]:
    """Give what is written: by the call itself, or to what it opens."""
    own = [arg.value for arg in written.call.node.args if arg.value is not written.target]
    if called_name(written.call.node) != "open":
        return own
    nearby = [call.node for call in flow.python.calls if call.scope == written.call.scope]
    fillers = [call for call in nearby if called_name(call) in _FILLERS]
    return [arg.value for call in fillers for arg in call.args]


def _is_mild(line: str) -> bool:
    return _COMPLETES.fullmatch(line) is not None and not _FETCHES.search(line)


def started_lines(flow: Flow) -> frozenset[int]:
    """Give the lines of the texts that are written where something is started from."""
    started = (known for known in writes(flow) if known.marks & _STARTED)
    parts = (node for known in started for node in contents(flow, known))
    return frozenset(
        flow.python.line(text) for node in parts for text, _ in texts_behind(flow, node)
    )
