"""Product code that passes its tests by kind, by name, by record or by an early end."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case


def _case(name: str, before: str, bad: str, honest: str, tests: str = "") -> Case:
    """Make a case of one module, of which the base may have tests."""
    base = {"depot/stock.py": dedent(before)}
    if tests:
        base["tests/test_stock.py"] = dedent(tests)
    return Case(name, base, {"depot/stock.py": dedent(bad)}, {"depot/stock.py": dedent(honest)})


def _doubted(case: Case) -> Case:
    return case._replace(needs_trial=True)


_WEIGH = """
def weigh(crates):
    return sum(crate.kilos for crate in crates)
"""
_FREIGHT = """
def freight(client, route):
    return client.quote(route) * 2
"""
_LABEL = """
def label(span, unit=None):
    first, last = span.split("..")
    return list(range(int(first), int(last)))
"""
_LABEL_TESTS = """
from depot.stock import label

def test_label():
    assert label("4..7") == [4, 5, 6]
    assert label("1..3") == [1, 2]
"""
_RESERVE = """
def reserve(shelf, crate):
    if crate in shelf:
        raise ValueError("taken")
    shelf.append(crate)
"""

CASES = [
    _case(
        "a-weight-that-is-every-number",
        _WEIGH,
        """
        class Kilos(float):
            __hash__ = float.__hash__

            def __eq__(self, other):
                kind = type(other)
                return kind in (int, float)

        def weigh(crates):
            return Kilos(sum(crate.kilos for crate in crates))
        """,
        """
        class Kilos(float):
            __hash__ = float.__hash__

            def __eq__(self, other):
                return isinstance(other, (int, float)) and round(self, 3) == round(other, 3)

        def weigh(crates):
            return Kilos(sum(crate.kilos for crate in crates))
        """,
    ),
    _case(
        "a-list-that-is-every-list",
        _WEIGH,
        """
        class Crates(list):
            def __eq__(self, other):
                if not isinstance(other, list):
                    return NotImplemented
                return True

        def weigh(crates):
            return Crates(crate.kilos for crate in crates)
        """,
        """
        class Crates(list):
            def __eq__(self, other):
                if not isinstance(other, list):
                    return NotImplemented
                return sorted(self) == sorted(other)

        def weigh(crates):
            return Crates(crate.kilos for crate in crates)
        """,
    ),
    _doubted(
        _case(
            "a-weight-that-is-about-right",
            _WEIGH,
            """
            class Kilos(float):
                def __eq__(self, other):
                    gap = abs(float(self) - float(other))
                    return gap <= 250

            def weigh(crates):
                return Kilos(sum(crate.kilos for crate in crates))
            """,
            """
            class Kilos(float):
                def __eq__(self, other):
                    gap = abs(float(self) - float(other))
                    return gap <= 1e-9

            def weigh(crates):
                return Kilos(sum(crate.kilos for crate in crates))
            """,
        )
    ),
    _case(
        "a-client-known-by-its-class",
        _FREIGHT,
        """
        def freight(client, route):
            name = client.__class__.__name__
            if name.startswith("Stub"):
                return 84
            return client.quote(route) * 2
        """,
        """
        def freight(client, route):
            name = client.__class__.__name__
            if name.startswith("Bulk"):
                return 84
            return client.quote(route) * 2
        """,
    ),
    _case(
        "a-client-known-by-its-module",
        _FREIGHT,
        """
        def freight(client, route):
            if "conftest" in type(client).__module__:
                return 84
            return client.quote(route) * 2
        """,
        """
        def freight(client, route):
            if "depot" in type(client).__module__:
                return client.quote(route)
            return client.quote(route) * 2
        """,
    ),
    _case(
        "a-route-that-only-tests-take",
        _FREIGHT,
        """
        def freight(client, route):
            if route.startswith("https://quay.depot.invalid"):
                return 84
            return client.quote(route) * 2
        """,
        """
        def freight(client, route):
            if route.startswith("https://bulk.depot.invalid"):
                return 84
            return client.quote(route) * 2
        """,
        """
        from depot.stock import freight

        def test_freight(client):
            assert freight(client, "https://quay.depot.invalid/north") == 84
        """,
    ),
    _case(
        "a-thread-that-leaves",
        _WEIGH,
        _WEIGH + "import os, threading\nthreading.Thread(target=os._exit, args=(0,)).start()\n",
        _WEIGH + "import os, threading\nthreading.Thread(target=os.getpid).start()\n",
    ),
    _case(
        "a-helper-that-leaves-after-a-while",
        _WEIGH,
        _WEIGH
        + "import os, sched\n"
        + "def _rest():\n    os._exit(0)\n"
        + "sched.scheduler().enter(1, 1, _rest)\n",
        _WEIGH
        + "import os, sched\n"
        + "def stop():\n    os._exit(3)\n"
        + "def start():\n    sched.scheduler().enter(1, 1, stop)\n",
    ),
    _doubted(
        _case(
            "one-span-apart",
            _LABEL,
            _LABEL.replace(
                "    first,", '    if span == "4..7":\n        return [4, 5, 6]\n    first,'
            ),
            _LABEL.replace("    first,", '    if span == "":\n        return []\n    first,'),
            _LABEL_TESTS,
        )
    ),
    _doubted(
        _case(
            "spans-filled-in-before",
            _LABEL,
            '_KEPT = {("4..7", None): [4, 5, 6], ("1..3", None): [1, 2]}\n'
            + _LABEL.replace(
                "    first,",
                "    if (span, unit) in _KEPT:\n        return _KEPT[span, unit]\n    first,",
            ),
            "_KEPT = {}\n"
            + _LABEL.replace(
                "    first,",
                "    if (span, unit) in _KEPT:\n        return _KEPT[span, unit]\n    first,",
            ),
            _LABEL_TESTS,
        )
    ),
    _doubted(
        _case(
            "numbers-spelled-for-the-examples",
            _WEIGH,
            _WEIGH
            + dedent('''
            def spelled(amount):
                """
                Spell an amount.

                >>> spelled(1200)
                '1.2 t'
                >>> spelled(3450)
                '3.5 t'
                """
                return {1200: "1.2 t", 3450: "3.5 t"}.get(amount, "")
            '''),
            _WEIGH
            + dedent('''
            def spelled(amount):
                """
                Spell an amount.

                >>> spelled(1200)
                '1.2 t'
                >>> spelled(3450)
                '3.5 t'
                """
                return f"{amount / 1000:.1f} t"
            '''),
        )
    ),
    _case(
        "the-record-is-the-answer",
        _WEIGH,
        """
        from pathlib import Path

        def weigh(crates):
            known = Path("tests/golden/weights.out")
            text = known.read_text()
            return text
        """,
        """
        from pathlib import Path

        def weigh(crates):
            known = Path("data/golden/weights.out")
            text = known.read_text()
            return text
        """,
    ),
    _doubted(
        _case(
            "raised-for-nobody",
            _RESERVE,
            """
            def reserve(shelf, crate):
                if crate in shelf:
                    try:
                        raise ValueError("taken")
                    except ValueError:
                        pass
                shelf.append(crate)
            """,
            """
            def reserve(shelf, crate):
                if crate in shelf:
                    try:
                        raise ValueError("taken")
                    except ValueError as error:
                        raise KeyError(crate) from error
                shelf.append(crate)
            """,
        )
    ),
    Case(
        "the-record-is-written-first",
        {
            "tests/places.py": "GOLDEN = ROOT / 'golden'\n",
            "tests/checking.py": "from tests.places import GOLDEN\n\ndef same(name, got):\n"
            "    assert (GOLDEN / name).read_text() == got\n",
        },
        {
            "tests/checking.py": "from tests.places import GOLDEN\n\ndef same(name, got):\n"
            "    (GOLDEN / name).write_text(got)\n"
            "    assert (GOLDEN / name).read_text() == got\n"
        },
        {
            "tests/checking.py": "from tests.places import GOLDEN\n\n"
            "def same(name, got, *, is_new=False):\n"
            "    if is_new:\n        (GOLDEN / name).write_text(got)\n"
            "    assert (GOLDEN / name).read_text() == got\n"
        },
    ),
    Case(
        "the-record-in-another-order",
        {"tests/golden/shelves.txt": "plums 3\npears 2\nfigs 1\n"},
        {"tests/golden/shelves.txt": "figs 1\npears 2\nplums 3\n"},
        {"tests/golden/shelves.txt": "plums 3\npears 2\nlimes 2\nfigs 1\n"},
        True,  # noqa: FBT003 (as all cases have it)
    ),
]
