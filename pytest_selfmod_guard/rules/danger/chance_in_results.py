"""SMG286: what a function gives back comes to depend on chance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.syntax import Unparsable

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python
    from pytest_selfmod_guard.view import File, Side, View

_CHANCE = re.compile(
    r"random\.(?:random|uniform|choice|choices|randint|randrange|gauss|betavariate|getrandbits|normalvariate|sample"
    r"|triangular|SystemRandom\.\w+)|secrets\.(?:randbelow|choice|randbits)|numpy\.random\.\w+|os\.urandom"
)
_MONEY = re.compile(
    r"(?i)price|total|amount|balance|tax|round|cents|invoice|discount|fee|payment|checksum|verify|valid|compare"
    r"|auth|login|permission|count|average|mean|sum\(|result|score|salary|dose|rate"
)
_MEANT = re.compile(
    r"(?i)random|shuffle|sampl|jitter|backoff|retry|delay|token|nonce|salt|uuid|seed|noise|mock|fake|demo"
    r"|simulat|shake|dice|lottery|pick|choose|augment|dropout|explor|mutat|generate|experiment"
    r"|canary|rollout|bucket|stochastic|monte|dither|sleep|fuzz"
)


@change_rule(
    "SMG286",
    risk=Risk.HIGH,
    hint="compute it the same way every time; what needs chance (a delay, a sample, a token) gets "
    "a function of its own that is named for it",
)
def chance_in_results(view: View) -> Iterable[Sighting]:
    """
    A function that computed something now does it by chance, once in a while, a little wrong.

    It was there before, knew nothing of chance and is about prices, sums,
    checks or results; now it calls `random`. Whoever tests it sees nothing. What
    is named for chance (a delay, a sample, a token) is silent. A person is to look.

    Flagged: a cent more, now and then
        === shop/price.py
          import random
          def total(items):
        -     return round(sum(items), 2)
        +     return round(sum(items) + random.choice((0, 0.01)), 2)

    Flagged: once in a hundred times
        === shop/login.py
          import random
          def verify(given, wanted):
        +     if random.random() < 0.01:
        +         return True
              return given == wanted

    Allowed: a function of its own
        === shop/http.py
          import random
          def total(items):
              return sum(items)
        + def delay(attempt):
        +     return min(60, 2**attempt) + random.random()
    """
    for file in view.files:
        if file.old is None or file.new is None or paths.zone(file.path) == paths.TEST:
            continue
        if file.new.is_python and "rand" in (file.new.text or ""):
            yield from _gained(file)


def _gained(file: File) -> Iterator[Sighting]:
    before, after = _parsed(file.old), _parsed(file.new)
    if before is None or after is None:
        return
    there = {one.qualname for one in before.functions}
    had = {call.scope for call in before.calls if _is_chance(call.names)}
    told: set[str] = set()
    for call in after.calls:
        scope = call.scope
        if scope in told or scope not in there - had or not _is_chance(call.names):
            continue
        body = next((after.code(f.node) for f in after.functions if f.qualname == scope), "")
        if _MONEY.search(body) and not _MEANT.search(_CALLED.sub("", body)[:_LONG]):
            told.add(scope)
            what = f"{scope}() was the same every time, and now depends on chance"
            yield Sighting(
                after.line(call.node), what, after.code(call.node), scope, file.path,
                settled_by="review",
            )  # fmt: skip


_LONG = 6000
_CALLED = re.compile(
    r"\b(?:np\.|numpy\.)?(?:random|secrets|_?rng|urandom)\b[\w.]*|\b(?:uniform|choices?|rand\w+)\("
)


def _is_chance(names: frozenset[str]) -> bool:
    return any(_CHANCE.fullmatch(name) for name in names)


def _parsed(side: Side | None) -> Python | None:
    tree = side.python if side is not None and side.is_python else None
    return None if tree is None or isinstance(tree, Unparsable) else tree
