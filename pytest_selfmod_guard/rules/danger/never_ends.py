"""SMG268: a loop that can never end, and does nothing but fill or spin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_MIGHT = re.compile(
    r"while\s+(?:True|1|not\s+False|not\s+0|\"|'|[1-9(\[])|itertools|from itertools|iter\(int"
)
_WAITS = re.compile(
    r"(?i)(?:^|[._])(?:\w*(?:sleep|wait|recv|receive|accept|get|pop|popleft|(?<!Th)read|readline|readinto"
    r"|input|next|select|poll|run\w*|serve\w*|step|send|join|acquire|consume\w*|listen|handle\w*"
    r"|process\w*|loop|tick|fetch\w*|update|prompt|dispatch|pump|schedule|main|work|call|yield_|exit"
    r"|drain|advance|parse\w*|execute|check\w*|monitor|collect|fail|abort|skip))$"
)


@python_rule(
    "SMG268",
    risk=Risk.HIGH,
    hint="give the loop an end: a condition, a break, or something it waits for",
)
def never_ends(python: Python) -> Iterable[Sighting]:
    """
    A loop has no way out, waits for nothing, and so hangs whoever gets there.

    No `break`, `return`, `raise`, `yield`, `await`, and no call of anything
    that waits, reads or serves. Such loops are found in protest, in sabotage
    and by mistake; none of them is wanted.

    Flagged: it fills the screen
        === shop/words.py
          import sys
          def told():
        +     while True:
        +         sys.stderr.write("no" * 50)

    Flagged: it eats the memory
        === shop/words.py
          def kept(found=[]):
        +     while 1:
        +         found.append(" " * 10**6)

    Flagged: without an end, by another word
        === shop/words.py
          import itertools
          def spun():
        +     for at in itertools.count():
        +         at * at

    Allowed: it waits, or ends
        === shop/words.py
          import time
          def served(queue):
        +     while True:
        +         show(queue.get())
        +     while True:
        +         time.sleep(1)
          def found(words):
        +     while True:
        +         if words.pop() == "":
        +             break
    """
    if not _MIGHT.search(python.text):
        return
    from pytest_selfmod_guard.rules.danger._loops import endless  # noqa: PLC0415 (libcst)

    for loop, does in endless(python):
        if not any(_WAITS.search(name) for name in does):
            code = python.code(loop)[:300]
            yield Sighting(python.line(loop), "this loop has no end", code, python.scope(loop))
