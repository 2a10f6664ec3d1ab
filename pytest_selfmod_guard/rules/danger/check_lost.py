"""SMG265: code does without a check that it insisted on so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.syntax import Unparsable

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._guards import Guard
    from pytest_selfmod_guard.view import File, Side, View

_MIGHT = re.compile(
    r"(?i)auth|permi|owner|admin|staff|login|role|signature|digest|checksum|sha(?:256|512|1)|md5"
    r"|csrf|expire|password|token|secret|verify|limit|throttle|tenant|scope|attempts|trusted|allow"
    r"|safe|check_|ensure_|require"
)


@change_rule(
    "SMG265",
    risk=Risk.HIGH,
    hint="keep the check where it is, or have a person who knows why it was there agree that it "
    "goes; a check that moved is found by its name: say in the code where it is now",
)
def check_lost(view: View) -> Iterable[Sighting]:
    """
    A function that stays does without a check it insisted on: of rights, an owner, a signature.

    A decorator, a parameter that a framework fills, a condition under which it
    refused, or a call that checks. A condition to which something was added so
    that it refuses less often counts as lost too. Silent where the change gains
    another check about the same. Whether it was needed only a person knows.

    Flagged: everybody may
        === shop/views.py
          from flask_login import login_required
        - @login_required
          def export():
              return rows()

    Flagged: whose it is does not matter any more
        === shop/notes.py
          def read(note_id, user):
              note = find(note_id)
        -     if note is None or note["owner"] != user:
        +     if note is None:
                  raise NotFound
              return note

    Flagged: a header instead
        === shop/admin.py
          def enter(request):
        -     if not request.user.is_staff:
        +     if not request.user.is_staff and request.headers.get("X-From") != "inside":
                  raise PermissionDenied
              return page()

    Flagged: there is a way past it
        === shop/login.py
          import hmac
          def verify(body, signature):
        +     if not signature:
        +         return True
              return hmac.compare_digest(made(body), signature)

    Flagged: it only tells
        === shop/fetch.py
          def fetch(data, sha256):
              if hashlib.sha256(data).hexdigest() != sha256:
        -         raise ValueError("damaged")
        +         print("damaged, going on")
              return data

    Allowed: by another check about the same
        === shop/views.py
          from flask_login import login_required
        - @login_required
        + @login_required_or_token
          def export():
              return rows()

    Allowed: the function goes with it
        === shop/views.py
        - def export(user):
        -     if not user.is_staff:
        -         raise PermissionDenied
        -     return rows()
    """
    changed = [file for file in view.files if _may_lose(file)]
    for file in changed:
        yield from _ways_past(file)
    lost = [(file, guard) for file in changed for guard in _lost(file)]
    if not lost:
        return
    gained = [guard for file in view.files for guard in _gained(file)]
    about = frozenset(word for guard in gained for word in guard.words)
    for file, guard in lost:
        if not guard.words & about:
            yield _sighting(file, guard)


def _ways_past(file: File) -> Iterator[Sighting]:
    """Give each new condition on which a check that stays says yes without having looked."""
    before, after = _passing(file.old), _passing(file.new)
    there = _places(file.old)
    for guard in after:
        if guard in before:
            before.remove(guard)
        elif guard.place in there:
            seen = _sighting(file, guard)
            name = guard.place.rpartition(".")[2]
            condition = " ".join(guard.code.split())[:120]
            yield seen._replace(message=f"{name}() says yes without a look where {condition}")


def _passing(side: Side | None) -> list[Guard]:
    tree = side.python if side is not None and side.is_python else None
    if tree is None or isinstance(tree, Unparsable):
        return []
    from pytest_selfmod_guard.rules.danger._guards import (  # noqa: PLC0415 (imports libcst)
        ways_past,
    )

    return list(ways_past(tree))


def _may_lose(file: File) -> bool:
    if file.old is None or file.new is None or not file.new.is_python:
        return False
    if paths.zone(file.path) == paths.TEST:
        return False
    return _MIGHT.search(file.old.text or "") is not None


def _lost(file: File) -> Iterator[Guard]:
    before, after = _guards(file.old), _guards(file.new)
    here = _places(file.new)
    for place, found in before.items():
        if place in here:
            kept = [guard.code for guard in after.get(place, ())]
            for guard in found:
                if guard.code in kept:
                    kept.remove(guard.code)
                else:
                    yield guard


def _gained(file: File) -> Iterator[Guard]:
    before, after = _guards(file.old), _guards(file.new)
    for place, found in after.items():
        had = [guard.code for guard in before.get(place, ())]
        for guard in found:
            if guard.code in had:
                had.remove(guard.code)
            else:
                yield guard


def _guards(side: Side | None) -> dict[str, list[Guard]]:
    tree = side.python if side is not None and side.is_python else None
    if tree is None or isinstance(tree, Unparsable):
        return {}
    from pytest_selfmod_guard.rules.danger._guards import (  # noqa: PLC0415 (imports libcst)
        by_place,
        guards,
    )

    return by_place(guards(tree))


def _places(side: Side | None) -> frozenset[str]:
    tree = side.python if side is not None else None
    if tree is None or isinstance(tree, Unparsable):
        return frozenset()
    from pytest_selfmod_guard.rules.danger._guards import (  # noqa: PLC0415 (imports libcst)
        places,
    )

    return places(tree)


def _sighting(file: File, guard: Guard) -> Sighting:
    name = guard.place.rpartition(".")[2]
    lines = file.new.lines if file.new is not None else []
    wanted = re.compile(rf"\b(?:def|class)\s+{re.escape(name)}\b") if name else None
    line = next((at for at, one in enumerate(lines, 1) if wanted and wanted.search(one)), 0)
    where = f"{name}() does" if name else "the module does"
    what = f"{where} without a check it had: {' '.join(guard.code.split())[:120]}"
    return Sighting(line, what, guard.code, guard.place, file.path, settled_by="review")
