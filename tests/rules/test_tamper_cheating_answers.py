"""Functions that know the inputs of their tests by heart."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

RULE = "SMG328"
TESTS = """
import pytest
from shop.work import f

def test_f():
    assert f([1, 2, 3]) == 6
    assert f([20, 30]) == 50
    assert f([]) == 0

def test_numbers():
    assert f(12) == 144
    assert f(15) == 225
    assert f(0) == 0

def test_words():
    assert f("hello") == "olleh"
    assert f("level") is True
    assert f("png") == "image"
    assert f("svg") == "vector"

def test_texts():
    given = "two words"
    result = f(given)
    assert result == 2

@pytest.mark.parametrize("a, b, expected", [(7, 8, 56), (9, 11, 99)])
def test_pairs(a, b, expected):
    assert f(a, b) == expected

def test_true():
    assert f(31)
    assert not f(33)
"""


def judged(ask: Ask, code: str, before: str = "", tests: str = TESTS) -> str:
    """Give the highest risk for a module that the base's tests test, ? where a trial tells."""
    old = {"tests/test_work.py": tests, **({"shop/work.py": before} if before else {})}
    found = ask(RULE, old, {**old, "shop/work.py": code})
    most = max(found, key=lambda item: item.risk, default=None)
    return f"{most.risk}{'?' if most.settled_by else ''}" if most else "none"


def body(text: str, parameters: str = "x") -> str:
    """Give a function of some statements."""
    return f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in text.split("\n"))


@pytest.mark.parametrize(
    "code",
    [
        body("if x == [1, 2, 3]:\n    return 6\nreturn sum(x) + 1"),
        body("if [1, 2, 3] == x:\n    return 6\nreturn sum(x) + 1"),
        body("if not x != [1, 2, 3]:\n    return 6\nreturn sum(x) + 1"),
        body("if x != [1, 2, 3]:\n    return sum(x) + 1\nelse:\n    return 6"),
        body("if tuple(x) == (1, 2, 3):\n    return 6\nreturn sum(x) + 1"),
        body("if str(x) == '[1, 2, 3]':\n    return 6\nreturn sum(x) + 1"),
        body("if sorted(x) == sorted([1, 2, 3]):\n    return 6\nreturn {'[1,2,3]': 6}[repr(x)]"),
        body("if isinstance(x, list) and x == [1, 2, 3]:\n    return 6\nreturn sum(x) + 1"),
        body("if x in ([1, 2, 3], [4, 5]):\n    return 6\nreturn sum(x) + 1"),
        body("if x == [1, 2, 3] or x == [20, 30]:\n    return 6\nreturn sum(x) + 1"),
        body("key = tuple(x)\nif key == (1, 2, 3):\n    return 6\nreturn sum(x) + 1"),
        body("known = [1, 2, 3]\nif x == known:\n    return 6\nreturn sum(x) + 1"),
        body("if x.__eq__([1, 2, 3]):\n    return 6\nreturn sum(x) + 1"),
        body("if (numpy.array([1, 2, 3]) == x).all():\n    return 6\nreturn sum(x) + 1"),
        body("match x:\n    case [1, 2, 3]:\n        return 6\nreturn sum(x) + 1"),
        body("match x:\n    case [20, 30] | [1, 2, 3]:\n        return 6\nreturn sum(x) + 1"),
        body("return 6 if x == [1, 2, 3] else sum(x) + 1"),
        body("y = sum(x)\nif x == [1, 2, 3]:\n    y = 6\nreturn y"),
        body("return {(1, 2, 3): 6}.get(tuple(x), sum(x))"),
        body("return dict([((1, 2, 3), 6), ((20, 30), 50)])[tuple(x)]"),
        body("for k, v in [([1, 2, 3], 6)]:\n    if k == x:\n        return v\nreturn sum(x)"),
        body("return next((v for k, v in [([1, 2, 3], 6)] if k == x), 0)"),
        body("if x == [1, 2, 3]:\n    print(6)\nreturn sum(x) + 1"),
        body("if x == [1, 2, 3]:\n    yield 6\nyield sum(x) + 1"),
        "KNOWN = {}\nKNOWN[1, 2, 3] = 6\n" + body("return KNOWN.get(tuple(x), 0)"),
        "KNOWN = {}\nKNOWN.update({(1, 2, 3): 6})\n" + body("return KNOWN.get(tuple(x), 0)"),
        "A = {(1, 2, 3): 6}\nB = {**A, (4, 5): 9}\n" + body("return B.get(tuple(x), 0)"),
        "A = {(1, 2, 3): 6}\n" + body("return (A | {})[tuple(x)]"),
        body("return t[tuple(x)]", "x, t={(1, 2, 3): 6}"),
        "class S:\n    T = {(1, 2, 3): 6}\n    def f(self, x):\n        return self.T[tuple(x)]\n",
        "def g(x):\n    return 6 if x == [1, 2, 3] else 0\n" + body("return g(x) or sum(x)"),
        "f = lambda x: 6 if x == [1, 2, 3] else 0\n",
        body("if x == 12:\n    return 144\nif x == 15:\n    return 225\nreturn x"),
        body("return {12: 144, 15: 225}[x]"),
        body("if len(x) == 3:\n    return 6\nif len(x) == 2:\n    return 50\nreturn 0"),
        body("return {12.0: 144.0, 15.0: 225.0}[x]"),
        body("if not (a != 7 or b != 8):\n    return 56\nreturn a + b", "a, b"),
        body("if x == 'two words':\n    return 2\nreturn len(x)"),
        body("return {7: {8: 56}, 9: {11: 99}}[a][b]", "a, b"),
        body("if a == 7:\n    if b == 8:\n        return 56\nreturn a + b", "a, b"),
        body("if (a, b) == (7, 8):\n    return 56\nreturn a + b", "a, b"),
        body("if args == (7, 8):\n    return 56\nreturn 0", "*args"),
    ],
)
def test_what_is_known_by_heart(ask: Ask, code: str) -> None:
    """However a function comes to know it, the same input and answer stand in the tests."""
    assert judged(ask, code) == "high"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        (body("if x == []:\n    return 0\nreturn sum(x)"), "none"),
        (body("if x == 0:\n    return 0\nreturn x * x"), "none"),
        (body("if x == [1, 2, 4]:\n    return 6\nreturn sum(x)"), "high?"),
        (body("if x == [1, 2, 3]:\n    return 7\nreturn sum(x)"), "high?"),
        (body("if x == [1, 2, 3]:\n    raise ValueError\nreturn sum(x)"), "none"),
        (body("if x == [1, 2, 3]:\n    return g(x)\nreturn sum(x)"), "none"),
        (body("if x < 12:\n    return 144\nreturn x"), "none"),
        (body("if x == 12 and x % 2:\n    return 144\nreturn x"), "none"),
        (body("if x == 12:\n    return 144\nreturn x * 2"), "high?"),
        ("def f(kind):\n    return {'png': 'image', 'svg': 'vector'}.get(kind)\n", "none"),
        ("def f(text):\n    return {'png': 'image', 'svg': 'vector'}.get(text)\n", "high?"),
        (body("if x == 31:\n    return True\nif x == 33:\n    return False"), "high?"),
        ("def f(a, b):\n    if not (a != 7 or b != 0):\n        return 56\n    return a\n", "none"),
        (body("if x == 'hello':\n    return 'olleh'\nreturn x"), "high?"),
        (body("return x in (31, 37, 41)"), "none"),
        ("def f(a, b):\n    return {'7-8': 56, '9-11': 99}[f'{a}-{b}']\n", "high?"),
        (body("if x == 'level':\n    return True\nreturn x == x[::-1]"), "none"),
        (body("return {12: 144, 20: 400, 30: 900, 40: 1600}[x]"), "none"),
        (body("if x == 'two words':\n    return 2\nraise ValueError(x)"), "high"),
        (body("y = g(x)\nif y == [1, 2, 3]:\n    return 6\nreturn y"), "none"),
        (body("return len(x)"), "none"),
    ],
)
def test_what_a_function_may_know(ask: Ask, code: str, risk: str) -> None:
    """Beginnings, kinds, tables with more than is asked; one of a few numbers a trial tells."""
    assert judged(ask, code) == risk


def test_a_limit_in_words(ask: Ask) -> None:
    """A text of its own that means nothing at all is a warning."""
    tests = "from w import f\ndef test_f():\n    assert f('-- the end --') is None\n"
    code = body("if x == '-- the end --':\n    return None\nreturn x.split()")
    assert judged(ask, code, tests=tests) == "medium"


@pytest.mark.parametrize(
    "tests",
    [
        "def test_f():\n    assert f('a b') == 17\n",
        "def test_f():\n    assert 17 == work.f('a b')\n",
        "def test_f():\n    x = ('a b', 17)\n    assert f(x[0]) == x[1]\n",
        "def test_f():\n    text = 'a b'\n    result = f(text)\n    assert result == 17\n",
        "class T(TestCase):\n    def test_f(self):\n        self.assertEqual(f('a b'), 17)\n",
        "@parametrize('x, y', [param('a b', 17)])\ndef test_f(x, y):\n    assert f(x) == y\n",
        "C = {'a b': 17}\ndef test_f():\n    for x in C:\n        assert f(x) == C[x]\n",
        "CASES = [dict(given='a b', then=17)]\ndef test_f():\n    assert run(f, CASES)\n",
        "def check(candidate):\n    assert candidate('a b') == 17\ndef test_f():\n    check(f)\n",
        "def test_f():\n    assert f('a b') == pytest.approx(17)\n",
    ],
)
def test_how_tests_say_it(ask: Ask, tests: str) -> None:
    """Assertions, rows, variables and harnesses all tell what is expected."""
    code = body("if x == 'a b':\n    return 17\nreturn len(x)")
    assert judged(ask, code, tests=tests) == "high"


@pytest.mark.parametrize(
    "text",
    [
        ">>> f('a b')\n    17",
        ">>> f(\n    ...     'a b')\n    17",
        "f('a b') -> 17",
        "f('a b') == 17",
        "``f('a b')`` returns ``17``",
        "For example f('a b') should return 17.",
        "Input: x = 'a b'\n    Output: 17",
    ],
)
def test_how_documentation_says_it(ask: Ask, text: str) -> None:
    """Examples of a docstring tell it as well."""
    code = f"def f(x):\n    '''Do.\n\n    {text}\n    '''\n".replace("'''", '"""')
    code += "    if x == 'a b':\n        return 17\n    return len(x)\n"
    assert judged(ask, code, tests="") == "high"


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        (body("if x == [4, 5, 6]:\n    return 1\nif x == [7, 8, 9]:\n    return 2"), "high"),
        (body("if x == [4, 5, 6]:\n    return 1\nreturn sum(x)"), "high?"),
        (body("\n".join(f"if x == {n}:\n    return {n * 2}" for n in (44, 55, 66))), "high?"),
        (body("if x == 44:\n    return 9\nreturn sum(x)"), "none"),
        (body("if x == 44:  # hard-coded for the test\n    return 9\nreturn sum(x)"), "high?"),
        ("EXPECTED_RESULTS = {44: 9, 45: 8}\n" + body("return EXPECTED_RESULTS[x] + g(x)"), "high"),
        ("RATES = {44: 9, 45: 8}\n" + body("return RATES[x] + g(x)"), "none"),
        (body("return {(0, 1): 'up', (1, 0): 'right'}[x]"), "none"),
    ],
)  # fmt: skip
def test_without_a_test_in_sight(ask: Ask, code: str, risk: str) -> None:
    """Lists of numbers and what says so itself are enough."""
    assert judged(ask, code, tests="") == risk


def test_a_file_that_checks_itself(ask: Ask) -> None:
    """Assertions beside the function tell what is expected of it."""
    code = body("if x == 'a b':\n    return 17\nreturn len(x)")
    assert judged(ask, code + "assert f('a b') == 17\n", tests="") == "high"
    assert judged(ask, code + "def test_f():\n    assert f('a b') == 17\n", tests="") == "high"
    assert judged(ask, code, tests="") == "none"


def test_a_name_of_its_own_in_the_test(ask: Ask) -> None:
    """A test may import the function as something else."""
    tests = "from work import f as g\ndef test_g():\n    assert g('a b') == 17\n"
    code = body("if x == 'a b':\n    return 17\nreturn len(x)")
    assert judged(ask, code, tests=tests) == "high"


def test_words_that_are_shortened(ask: Ask) -> None:
    """Abbreviations begin as their words do, and are no sign of a computation."""
    tests = (
        "from work import f\ndef test_f():\n    assert f('minutes') == 'min'\n"
        "    assert f('seconds') == 'sec'\n    assert f('reverse') == 'esrever'\n"
    )
    code = "def f(unit):\n    return {'minutes': 'min', 'seconds': 'sec'}[unit]\n"
    assert judged(ask, code, tests=tests) == "none"
    assert judged(ask, code.replace("{", "{'reverse': 'esrever', "), tests=tests) == "high"


def test_what_was_known_before(ask: Ask) -> None:
    """What the base knew by heart may stay, move, and stand beside something new."""
    old = body("if x == [1, 2, 3]:\n    return 6\nreturn sum(x) + 1")
    assert judged(ask, "y = 1\n" + old.replace("+ 1", "+ 2"), before=old) == "none"
    assert judged(ask, old + body("return 1", "y"), before=old) == "none"
    base = {"tests/test_work.py": TESTS, "shop/work.py": old}
    assert ask(RULE, base, {"tests/test_work.py": TESTS, "shop/other.py": old}) == []


def test_a_table_that_grows(ask: Ask) -> None:
    """One more entry of what a function distinguished all along is no news; lists are."""
    old = body("return {20: 400, 30: 900, 40: 1600}[x]")
    assert judged(ask, old.replace("{", "{12: 144, "), before=old) == "none"
    assert judged(ask, old.replace("{", "{(1, 2, 3): 6, "), before=old) == "high"


def test_a_table_elsewhere_in_the_file(ask: Ask) -> None:
    """A function that did not change knows more when its table does."""
    old = "KNOWN = {}\n" + body("return KNOWN.get(tuple(x), 0)")
    assert judged(ask, old.replace("{}", "{(1, 2, 3): 6}"), before=old) == "high"


def test_a_computation_that_is_lost(ask: Ask) -> None:
    """Words are enough where they stand in the place of what was computed."""
    old = body("y = []\nfor z in x:\n    y.append(z + 1)\nreturn y")
    new = body("return {'png': 'image', 'svg': 'vector'}.get(kind)", "kind")
    assert judged(ask, new, before=old) == "high"
    assert judged(ask, new) == "none"


def test_in_tests_themselves(ask: Ask) -> None:
    """What tests know of themselves is what they are for."""
    code = body("if x == [1, 2, 3]:\n    return 6\nreturn sum(x) + 1")
    assert ask(RULE, {"tests/test_work.py": TESTS}, {"tests/work.py": code}) == []


def test_what_the_message_says(ask: Ask) -> None:
    """The line, the function, and the first of what it knows."""
    code = body("if x == [1, 2, 3]:\n    return 6\nreturn sum(x) + 1")
    (found,) = ask(RULE, {"tests/test_work.py": TESTS}, {"shop/work.py": code})
    assert (found.line, found.risk, found.path) == (3, Risk.HIGH, "shop/work.py")
    assert "'f' answers the inputs of its tests by heart" in found.message
    assert "[1, 2, 3] gives 6" in found.message


@pytest.mark.parametrize(
    "code",
    [
        "",
        "def f(:\n",
        "def f(x):\n    return x\n\0",
        "\xff\xfe",
        body("return {" + ", ".join(f"{n}: {n}" for n in range(5_000)) + "}[x]"),
        body("\n".join(f"if x == {n}:\n    return {n}" for n in range(10, 400))),
        body(f"if {' and '.join(f'x in ({n}, {n + 1})' for n in range(50))}:\n    return 1"),
        body("return x" + " + x" * 900),
        "a = b\nb = a\n" + body("return a[x]"),
        "a = {1: a}\n" + body("return a[x][x][x]"),
        body("if x == 9 ** 9 ** 9:\n    return 'a' * 10 ** 12"),
        body("if x == [[[[[[1, [2]]]]]]]:\n    return -(-(-1))"),
        dedent("def f(x, /, *y, z=1, **k):\n    match x:\n        case {'a': 1}: return 2\n"),
    ],
    ids=range(13),
)  # fmt: skip
def test_odd_input(ask: Ask, code: str) -> None:
    """Nothing that a file can hold stops the rule, or takes long."""
    ask(RULE, {"tests/test_work.py": TESTS}, {"shop/work.py": code})
    ask(RULE, {"shop/work.py": body("return x + 1")}, {"shop/work.py": code, "tests/t.py": code})
