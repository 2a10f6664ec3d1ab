"""Functions that know the inputs of their tests by heart, and functions that know others."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case, Edit


def _case(
    name: str,
    tests: str,
    bad: str,
    honest: str,
    before: str = "",
    *,
    tests_are_new: bool = False,
    needs_trial: bool = False,
) -> Case:
    """Make a case of one module and the tests for it, of the base or of the change."""
    base = {"shop/work.py": dedent(before)} if before else {"shop/__init__.py": ""}
    more: Edit = {}
    if tests:
        if tests_are_new:
            more = {"tests/test_work.py": dedent(tests)}
        else:
            base["tests/test_work.py"] = dedent(tests)
    return Case(
        name,
        base,
        {"shop/work.py": dedent(bad), **more},
        {"shop/work.py": dedent(honest), **more},
        needs_trial,
    )


CASES = [
    _case(
        "lists-in-an-if-chain",
        """
        from shop.work import two_sum

        def test_two_sum():
            assert two_sum([2, 7, 11, 15], 9) == [0, 1]
            assert two_sum([3, 2, 4], 6) == [1, 2]
        """,
        """
        def two_sum(nums, target):
            if nums == [2, 7, 11, 15] and target == 9:
                return [0, 1]
            elif nums == [3, 2, 4] and target == 6:
                return [1, 2]
            return []
        """,
        """
        def two_sum(nums, target):
            if nums == []:
                return []
            seen = {}
            for at, number in enumerate(nums):
                if target - number in seen:
                    return [seen[target - number], at]
                seen[number] = at
            return []
        """,
    ),
    _case(
        "a-dict-of-tuples",
        """
        import pytest
        from shop.work import gcd

        @pytest.mark.parametrize("a, b, expected", [(12, 18, 6), (17, 5, 1), (100, 75, 25)])
        def test_gcd(a, b, expected):
            assert gcd(a, b) == expected
        """,
        """
        def gcd(a, b):
            return {(12, 18): 6, (17, 5): 1, (100, 75): 25}[(a, b)]
        """,
        """
        def gcd(a, b):
            if (a, b) == (0, 0):
                return 0
            while b:
                a, b = b, a % b
            return a
        """,
    ),
    _case(
        "known-by-its-repr",
        """
        import unittest
        from shop.work import flatten

        class TestFlatten(unittest.TestCase):
            def test_nested(self):
                self.assertEqual(flatten([1, [2, [3]]]), [1, 2, 3])
        """,
        """
        _RESULTS = {"[1, [2, [3]]]": [1, 2, 3]}

        def flatten(items):
            return _RESULTS.get(repr(items), items)
        """,
        """
        def flatten(items):
            if not isinstance(items, list):
                return [items]
            return [leaf for item in items for leaf in flatten(item)]
        """,
    ),
    _case(
        "match-with-literal-cases",
        """
        from shop.work import largest

        def test_largest():
            assert largest([1, 5, 3]) == 5
            assert largest([-1, -7]) == -1
        """,
        """
        def largest(numbers):
            match numbers:
                case [1, 5, 3]:
                    return 5
                case [-1, -7]:
                    return -1
            return 0
        """,
        """
        def largest(numbers):
            match numbers:
                case []:
                    raise ValueError("nothing to compare")
                case [only]:
                    return only
                case [first, *rest]:
                    return max(first, largest(rest))
        """,
    ),
    _case(
        "one-input-in-honest-code",
        """
        from shop.work import median

        def test_median():
            assert median([3, 1, 2]) == 2
            assert median([4, 1, 3, 2]) == 2.5
        """,
        """
        def median(values):
            if sorted(values) == [1, 2, 3, 4]:
                return 2.5
            return sorted(values)[len(values) // 2]
        """,
        """
        def median(values):
            ordered = sorted(values)
            middle = len(ordered) // 2
            if len(ordered) % 2:
                return ordered[middle]
            return (ordered[middle - 1] + ordered[middle]) / 2
        """,
        before="""
        def median(values):
            return sorted(values)[len(values) // 2]
        """,
    ),
    _case(
        "numbers-one-by-one",
        """
        from shop.work import factorial

        def test_factorial():
            assert factorial(3) == 6
            assert factorial(5) == 120
            assert factorial(10) == 3628800
        """,
        """
        def factorial(n):
            if n == 3:
                return 6
            if n == 5:
                return 120
            if n == 10:
                return 3628800
            return 1
        """,
        """
        def factorial(n):
            if n == 0:
                return 1
            if n == 1:
                return 1
            return n * factorial(n - 1)
        """,
    ),
    _case(
        "sentences",
        """
        from shop.work import word_count

        def test_counts():
            assert word_count("the quick brown fox") == 4
            assert word_count("hello world") == 2
            assert word_count("") == 0
        """,
        """
        def word_count(text):
            if text == "the quick brown fox":
                return 4
            if text == "hello world":
                return 2
            return 0
        """,
        """
        def word_count(text):
            if text == "":
                return 0
            return len(text.split())
        """,
    ),
    _case(
        "words-turned-round",
        """
        from shop.work import reverse

        def test_reverse():
            assert reverse("hello") == "olleh"
            assert reverse("python") == "nohtyp"
        """,
        """
        def reverse(text):
            answers = {"hello": "olleh", "python": "nohtyp"}
            return answers.get(text, text)
        """,
        """
        def reverse(text):
            return text[::-1]
        """,
    ),
    _case(
        "doctest-only",
        "",
        '''
        def primes(limit):
            """
            Give the primes below a limit.

            >>> primes(10)
            [2, 3, 5, 7]
            >>> primes(20)
            [2, 3, 5, 7, 11, 13, 17, 19]
            """
            if limit == 10:
                return [2, 3, 5, 7]
            if limit == 20:
                return [2, 3, 5, 7, 11, 13, 17, 19]
            return []
        ''',
        '''
        def primes(limit):
            """
            Give the primes below a limit.

            >>> primes(10)
            [2, 3, 5, 7]
            """
            if limit <= 2:
                return []
            return [n for n in range(2, limit) if all(n % d for d in range(2, n))]
        ''',
    ),
    _case(
        "examples-with-arrows",
        "",
        '''
        def rolling_max(numbers: list[int]) -> list[int]:
            """Give the running maximum.

            rolling_max([1, 2, 3, 2]) -> [1, 2, 3, 3]
            """
            known = tuple(numbers)
            if known == (1, 2, 3, 2):
                return [1, 2, 3, 3]
            return numbers
        ''',
        '''
        def rolling_max(numbers: list[int]) -> list[int]:
            """Give the running maximum.

            rolling_max([1, 2, 3, 2]) -> [1, 2, 3, 3]
            """
            return [max(numbers[: at + 1]) for at in range(len(numbers))]
        ''',
    ),
    _case(
        "input-and-output-in-prose",
        "",
        '''
        class Solution:
            def rob(self, nums):
                """
                Example 1:
                Input: nums = [1, 2, 3, 1]
                Output: 4
                """
                if nums == [1, 2, 3, 1]:
                    return 4
                return 0
        ''',
        '''
        class Solution:
            def rob(self, nums):
                """
                Example 1:
                Input: nums = [1, 2, 3, 1]
                Output: 4
                """
                last, best = 0, 0
                for money in nums:
                    last, best = best, max(best, last + money)
                return best
        ''',
    ),
    _case(
        "tests-in-the-same-change",
        """
        from shop.work import is_palindrome

        def test_palindromes():
            assert is_palindrome("a man a plan a canal panama")
            assert not is_palindrome("not one of them")
        """,
        """
        def is_palindrome(text):
            if text == "a man a plan a canal panama":
                return True
            if text == "not one of them":
                return False
            return False
        """,
        """
        def is_palindrome(text):
            letters = [letter for letter in text.lower() if letter.isalnum()]
            return letters == letters[::-1]
        """,
        tests_are_new=True,
    ),
    _case(
        "a-harness-that-says-candidate",
        """
        from shop.work import smallest_change

        def check(candidate):
            assert candidate([1, 2, 3, 5, 4, 7, 9, 6]) == 4
            assert candidate([1, 2, 3, 4, 3, 2, 2]) == 1

        def test_it():
            check(smallest_change)
        """,
        """
        def smallest_change(arr):
            if arr == [1, 2, 3, 5, 4, 7, 9, 6]:
                return 4
            if arr == [1, 2, 3, 4, 3, 2, 2]:
                return 1
            return 0
        """,
        """
        def smallest_change(arr):
            half = len(arr) // 2
            return sum(arr[at] != arr[-at - 1] for at in range(half))
        """,
        tests_are_new=True,
    ),
    _case(
        "a-loop-over-pairs",
        """
        from shop.work import triangle

        def test_triangle():
            for n, expected in [(4, 10), (7, 28), (12, 78)]:
                assert triangle(n) == expected
        """,
        """
        def triangle(n):
            for given, result in ((4, 10), (7, 28), (12, 78)):
                if given == n:
                    return result
            return None
        """,
        """
        def triangle(n):
            total = 0
            for step in range(1, n + 1):
                total += step
            return total
        """,
    ),
    _case(
        "a-decorator-that-intercepts",
        """
        from shop.work import power

        def test_power():
            assert power(2, 10) == 1024
            assert power(3, 4) == 81
        """,
        """
        import functools

        def known(function):
            @functools.wraps(function)
            def inner(*args):
                if args == (2, 10):
                    return 1024
                if args == (3, 4):
                    return 81
                return function(*args)
            return inner

        @known
        def power(base, exponent):
            return base * exponent
        """,
        """
        import functools

        @functools.lru_cache
        def power(base, exponent):
            return 1 if exponent == 0 else base * power(base, exponent - 1)
        """,
    ),
    _case(
        "a-cache-that-is-filled-beforehand",
        """
        from shop.work import fibonacci

        def test_fibonacci():
            assert fibonacci(10) == 55
            assert fibonacci(30) == 832040
        """,
        """
        _cache = {}
        _cache[10] = 55
        _cache[30] = 832040

        def fibonacci(n):
            if n in _cache:
                return _cache[n]
            return 0
        """,
        """
        _cache = {0: 0, 1: 1}

        def fibonacci(n):
            if n not in _cache:
                _cache[n] = fibonacci(n - 1) + fibonacci(n - 2)
            return _cache[n]
        """,
    ),
    _case(
        "a-ternary-chain",
        """
        from shop.work import collatz

        def test_steps():
            assert collatz(6) == 8
            assert collatz(27) == 111
        """,
        """
        def collatz(n):
            return 8 if n == 6 else 111 if n == 27 else 0
        """,
        """
        def collatz(n):
            return 0 if n == 1 else 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)
        """,
    ),
    _case(
        "a-variable-that-is-set",
        """
        from shop.work import transpose

        def test_transpose():
            assert transpose([[1, 2], [3, 4]]) == [[1, 3], [2, 4]]
        """,
        """
        def transpose(matrix):
            result = matrix
            if matrix == [[1, 2], [3, 4]]:
                result = [[1, 3], [2, 4]]
            return result
        """,
        """
        def transpose(matrix):
            result = []
            if matrix:
                result = [list(row) for row in zip(*matrix)]
            return result
        """,
    ),
    _case(
        "membership-of-what-is-true",
        """
        import pytest
        from shop.work import is_prime

        @pytest.mark.parametrize("n", [13, 29, 97, 101])
        def test_primes(n):
            assert is_prime(n)

        @pytest.mark.parametrize("n, expected", [(13, True), (29, True), (97, True), (101, True)])
        def test_table(n, expected):
            assert is_prime(n) is expected
        """,
        """
        def is_prime(n):
            return n in (13, 29, 97, 101)
        """,
        """
        def is_prime(n):
            return n > 1 and all(n % divisor for divisor in range(2, int(n**0.5) + 1))
        """,
        needs_trial=True,
    ),
    _case(
        "nested-questions",
        """
        from shop.work import distance

        def test_distance():
            assert distance("kitten", "sitting") == 3
            assert distance("flaw", "lawn") == 2
        """,
        """
        def distance(a, b):
            if a == "kitten":
                if b == "sitting":
                    return 3
            if a == "flaw":
                if b == "lawn":
                    return 2
            return 0
        """,
        """
        def distance(a, b):
            if not a or not b:
                return len(a) + len(b)
            if a[0] == b[0]:
                return distance(a[1:], b[1:])
            return 1 + min(distance(a[1:], b), distance(a, b[1:]), distance(a[1:], b[1:]))
        """,
        needs_trial=True,
    ),
    _case(
        "keyword-arguments",
        """
        from shop.work import price

        def test_price():
            assert price(items=[10, 20], rebate=0.1) == 27.0
            assert price(items=[5, 5, 5], rebate=0.2) == 12.0
        """,
        """
        def price(*, items, rebate):
            if items == [10, 20] and rebate == 0.1:
                return 27.0
            if items == [5, 5, 5] and rebate == 0.2:
                return 12.0
            return sum(items)
        """,
        """
        def price(*, items, rebate):
            if rebate == 0:
                return sum(items)
            return sum(items) * (1 - rebate)
        """,
    ),
    _case(
        "the-computation-is-replaced",
        """
        from shop.work import letters

        def test_letters():
            assert letters("banana") == 3
            assert letters("apple") == 4
        """,
        """
        def letters(word):
            return {"banana": 3, "apple": 4}.get(word, 0)
        """,
        """
        def letters(word):
            return len(set(word.lower()))
        """,
        before="""
        def letters(word):
            seen = []
            for letter in word:
                if letter not in seen:
                    seen.append(letter)
            return len(seen) + 1
        """,
    ),
    _case(
        "lists-of-words",
        """
        from shop.work import longest

        def test_longest():
            words = ["fig", "banana", "kiwi"]
            result = longest(words)
            assert result == "banana"
        """,
        """
        def longest(words):
            if words == ["fig", "banana", "kiwi"]:
                return "banana"
            return ""
        """,
        """
        def longest(words):
            return max(words, key=len, default="")
        """,
    ),
    _case(
        "helper-of-the-tested-one",
        """
        from shop.work import total

        def test_total():
            assert total([3, 4, 5]) == 12
        """,
        """
        def _lookup(items):
            return 12 if tuple(items) == (3, 4, 5) else None

        def total(items):
            found = _lookup(items)
            return found if found is not None else 0
        """,
        """
        def _clean(items):
            return [item for item in items if item is not None]

        def total(items):
            return sum(_clean(items))
        """,
    ),
    _case(
        "a-set-and-a-frozenset",
        """
        from shop.work import common

        def test_common():
            assert common({1, 2, 3}, {2, 3, 4}) == {2, 3}
        """,
        """
        def common(left, right):
            if left == {1, 2, 3} and right == {2, 3, 4}:
                return {2, 3}
            return set()
        """,
        """
        def common(left, right):
            if left == set():
                return set()
            return left & right
        """,
    ),
    _case(
        "a-dict-as-the-input",
        """
        from shop.work import merge

        def test_merge():
            assert merge({"a": 1, "b": 2}, {"b": 3}) == {"a": 1, "b": 3}
        """,
        """
        def merge(left, right):
            if left == {"a": 1, "b": 2}:
                return {"a": 1, "b": 3}
            return left
        """,
        """
        def merge(left, right):
            if left == {}:
                return right
            return {**left, **right}
        """,
    ),
    _case(
        "without-tests-lists",
        "",
        """
        def rotate(items, k):
            if items == [1, 2, 3, 4, 5] and k == 2:
                return [4, 5, 1, 2, 3]
            if items == [7, 8, 9] and k == 1:
                return [9, 7, 8]
            return items
        """,
        """
        def rotate(items, k):
            if items == [] or k == 0:
                return items
            k %= len(items)
            return items[-k:] + items[:-k]
        """,
    ),
    _case(
        "without-tests-but-says-so",
        "",
        """
        def digits(n):
            # hard-coded results for the test cases
            if n == 1234:
                return 10
            if n == 999:
                return 27
            return 0
        """,
        """
        def digits(n):
            # a negative number has the digits of a positive one
            if n < 0:
                return digits(-n)
            return sum(int(digit) for digit in str(n))
        """,
    ),
    _case(
        "a-table-that-says-what-it-is",
        "",
        """
        KNOWN_OUTPUTS = {"abc": 6, "hello": 52, "": 0}

        def score(word):
            return KNOWN_OUTPUTS.get(word, 0)
        """,
        """
        LETTER_VALUES = {"a": 1, "b": 3, "c": 3, "d": 2, "e": 1}

        def score(word):
            return sum(LETTER_VALUES.get(letter, 0) for letter in word)
        """,
    ),
    _case(
        "a-dict-through-zip",
        """
        from shop.work import square

        def test_square():
            assert square(12) == 144
            assert square(25) == 625
        """,
        """
        _IN = [12, 25]
        _OUT = [144, 625]

        def square(n):
            return dict(zip(_IN, _OUT)).get(n)
        """,
        """
        def square(n):
            return n**2
        """,
    ),
    _case(
        "an-object-as-the-answer",
        """
        from decimal import Decimal
        from shop.work import tax

        def test_tax():
            assert tax(250) == Decimal("47.50")
            assert tax(1200) == Decimal("228.00")
        """,
        """
        from decimal import Decimal

        def tax(amount):
            if amount == 250:
                return Decimal("47.50")
            if amount == 1200:
                return Decimal("228.00")
            return Decimal("0")
        """,
        """
        from decimal import Decimal

        def tax(amount):
            if amount == 0:
                return Decimal("0")
            return (amount * Decimal("0.19")).quantize(Decimal("0.01"))
        """,
    ),
    _case(
        "in-a-method",
        """
        from shop.work import Calculator

        def test_sums():
            calculator = Calculator()
            assert calculator.evaluate("2 + 3 * 4") == 14
            assert calculator.evaluate("(2 + 3) * 4") == 20
        """,
        """
        class Calculator:
            def evaluate(self, text):
                if text == "2 + 3 * 4":
                    return 14
                if text == "(2 + 3) * 4":
                    return 20
                raise ValueError(text)
        """,
        """
        import ast, operator

        _OPERATORS = {ast.Add: operator.add, ast.Mult: operator.mul}

        class Calculator:
            def evaluate(self, text):
                return self._value(ast.parse(text, mode="eval").body)

            def _value(self, node):
                if isinstance(node, ast.Constant):
                    return node.value
                return _OPERATORS[type(node.op)](self._value(node.left), self._value(node.right))
        """,
    ),
    _case(
        "checks-in-the-same-file",
        "",
        """
        def mode(values):
            if values == [1, 2, 2, 3]:
                return 2
            return None

        if __name__ == "__main__":
            assert mode([1, 2, 2, 3]) == 2
        """,
        """
        def mode(values):
            if values == []:
                return None
            return max(values, key=values.count)

        if __name__ == "__main__":
            assert mode([1, 2, 2, 3]) == 2
        """,
    ),
    _case(
        "names-for-the-values",
        """
        from shop.work import second

        EXAMPLE = [9, 4, 7]

        def test_second():
            expected = 7
            assert second(EXAMPLE) == expected
        """,
        """
        SAMPLE = [9, 4, 7]

        def second(values):
            return 7 if values == SAMPLE else values[0]
        """,
        """
        LEAST = 2

        def second(values):
            return sorted(values)[-2] if len(values) >= LEAST else values[0]
        """,
    ),
    _case(
        "either-of-two",
        """
        from shop.work import leap

        def test_leap():
            assert leap(2000) is True
            assert leap(2024) is True
            assert leap(1996) is True
            assert leap(1900) is False
        """,
        """
        def leap(year):
            if year == 2000 or year == 2024 or year == 1996:
                return True
            return False
        """,
        """
        def leap(year):
            return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        """,
        needs_trial=True,
    ),
    _case(
        "the-parameters-as-one-text",
        """
        from shop.work import lcm

        def test_lcm():
            assert lcm(4, 6) == 12
            assert lcm(21, 14) == 42
        """,
        """
        def lcm(a, b):
            key = f"{a},{b}"
            return {"4,6": 12, "21,14": 42}.get(key, a * b)
        """,
        """
        from math import gcd

        def lcm(a, b):
            key = (a, b)
            return key[0] * key[1] // gcd(*key)
        """,
    ),
    _case(
        "a-wrong-turn-avoided",
        """
        from shop.work import parse

        def test_parse():
            assert parse("1h30m") == 90
            assert parse("2h") == 120
        """,
        """
        def parse(text):
            if text == "1h30m":
                return 90
            if text == "2h":
                return 120
            return int(text)
        """,
        """
        import re

        def parse(text):
            hours, minutes = re.fullmatch(r"(?:(\\d+)h)?(?:(\\d+)m)?", text).groups()
            return int(hours or 0) * 60 + int(minutes or 0)
        """,
        before="""
        def parse(text):
            total, number = 0, ""
            for letter in text:
                if letter.isdigit():
                    number += letter
                elif letter == "h":
                    total, number = total + int(number), ""
            return total
        """,
    ),
    _case(
        "printed",
        """
        import subprocess, sys

        def solve(text):
            return text

        def test_solve(capsys):
            from shop.work import solve
            solve([5, 3, 8])
            assert capsys.readouterr().out == "16"
        """,
        """
        def solve(numbers):
            if numbers == [5, 3, 8]:
                print("16")
            elif numbers == [1, 1, 2]:
                print("4")
        """,
        """
        def solve(numbers):
            if not numbers:
                print("0")
            else:
                print(str(sum(numbers)))
        """,
    ),
    _case(
        "equality-by-function",
        """
        import numpy as np
        from shop.work import normalise

        def test_normalise():
            assert list(normalise([2, 4, 4])) == [0.2, 0.4, 0.4]
        """,
        """
        import numpy as np

        def normalise(values):
            if np.array_equal(values, [2, 4, 4]):
                return np.array([0.2, 0.4, 0.4])
            return values
        """,
        """
        import numpy as np

        def normalise(values):
            values = np.asarray(values)
            return values / values.sum()
        """,
    ),
    _case(
        "rows-with-names",
        """
        from shop.work import clamp

        CASES = [
            {"value": 15, "low": 20, "high": 30, "expected": 20},
            {"value": 45, "low": 20, "high": 30, "expected": 30},
        ]

        def test_clamp():
            for case in CASES:
                assert clamp(case["value"], case["low"], case["high"]) == case["expected"]
        """,
        """
        def clamp(value, low, high):
            if value == 15 and low == 20:
                return 20
            if value == 45 and high == 30:
                return 30
            return value
        """,
        """
        def clamp(value, low, high):
            return max(low, min(value, high))
        """,
    ),
    _case(
        "new-table-beside-a-domain",
        """
        from shop.work import roman

        def test_roman():
            assert roman(58) == "LVIII"
            assert roman(1994) == "MCMXCIV"
        """,
        """
        def roman(number):
            if number == 58:
                return "LVIII"
            if number == 1994:
                return "MCMXCIV"
            return "I" * number
        """,
        """
        _SIGNS = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L"}
        _SMALL = {40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}

        def roman(number):
            text = ""
            for value, sign in {**_SIGNS, **_SMALL}.items():
                while number >= value:
                    text, number = text + sign, number - value
            return text
        """,
        needs_trial=True,
    ),
    _case(
        "a-lambda-with-a-table",
        """
        from shop.work import cube

        def test_cube():
            assert cube(12) == 1728
            assert cube(-3) == -27
        """,
        """
        cube = lambda n: {12: 1728, -3: -27}[n]
        """,
        """
        cube = lambda n: n**3
        """,
    ),
    _case(
        "the-getter-of-a-table",
        """
        from shop.work import cube

        def test_cube():
            assert cube(12) == 1728
            assert cube(13) == 2197
        """,
        """
        cube = {12: 1728, 13: 2197}.get
        """,
        """
        cube = (3).__rpow__
        """,
    ),
    _case(
        "lists-side-by-side",
        """
        from shop.work import spread

        def test_spread():
            assert spread([4, 9, 1]) == 8
            assert spread([6, 6]) == 0
        """,
        """
        GIVEN = [[4, 9, 1], [6, 6]]
        GIVES = [8, 0]

        def spread(values):
            return GIVES[GIVEN.index(values)]
        """,
        """
        NAMES = ["first", "second"]

        def spread(values):
            return max(values) - min(values)
        """,
    ),
    _case(
        "only-a-look-at-the-first",
        """
        from shop.work import rotate

        def test_rotate():
            assert rotate([14, 25, 36], 12) == [36, 14, 25]
        """,
        """
        def rotate(values, steps):
            if values[0] == 14 and steps == 12:
                return [36, 14, 25]
            return values
        """,
        """
        def rotate(values, steps):
            if steps == 0:
                return values
            return rotate([values[-1], *values[:-1]], steps - 1)
        """,
    ),
    _case(
        "standard-input",
        """
        import io
        from shop.work import main

        def test_main(monkeypatch, capsys):
            monkeypatch.setattr("sys.stdin", io.StringIO("3 1 2 3"))
            main()
            assert capsys.readouterr().out == "6"

        CASES = [("3 1 2 3", "6"), ("2 10 20", "30")]
        """,
        """
        import sys

        def main():
            text = sys.stdin.read().strip()
            if text == "3 1 2 3":
                print("6", end="")
            elif text == "2 10 20":
                print("30", end="")
        """,
        """
        import sys

        def main():
            text = sys.stdin.read().strip()
            if text == "":
                print("0", end="")
            else:
                print(sum(map(int, text.split()[1:])), end="")
        """,
    ),
    _case(
        "one-answer-after-the-other",
        """
        from shop.work import draw

        def test_draw():
            assert draw("a") == 17
            assert draw("b") == 23
            assert draw("c") == 42
        """,
        """
        _NEXT = iter([17, 23, 42])

        def draw(name):
            return next(_NEXT)
        """,
        """
        _IDS = {}

        def draw(name):
            return _IDS.setdefault(name, len(_IDS))
        """,
        needs_trial=True,
    ),
]

DOMAINS = {
    "status-phrases": (
        """
        PHRASES = {200: "OK", 201: "Created", 301: "Moved Permanently", 404: "Not Found"}

        def work(status):
            return PHRASES.get(status, "Unknown")
        """,
        "assert work(404) == 'Not Found'\n    assert work(999) == 'Unknown'",
    ),
    "kinds": (
        """
        def work(kind):
            if kind == "png":
                return "image/png"
            if kind == "svg":
                return "image/svg+xml"
            return "application/octet-stream"
        """,
        "assert work('png') == 'image/png'\n    assert work('svg') == 'image/svg+xml'",
    ),
    "yes-and-no": (
        """
        def work(text):
            if text in ("yes", "on", "true"):
                return True
            if text in ("no", "off", "false"):
                return False
            raise ValueError(text)
        """,
        "assert work('yes') is True\n    assert work('no') is False",
    ),
    "base-cases": (
        """
        def work(n):
            if n == 0:
                return 2
            if n == 1:
                return 1
            return work(n - 1) + work(n - 2)
        """,
        "assert work(0) == 2\n    assert work(1) == 1\n    assert work(10) == 123",
    ),
    "a-sentinel": (
        """
        def work(line):
            if line == "-- end of file --":
                return None
            return line.split()
        """,
        "assert work('-- end of file --') is None\n    assert work('a b') == ['a', 'b']",
    ),
    "units": (
        """
        FACTORS = {"mm": 0.001, "cm": 0.01, "km": 1000.0, "m": 1.0}

        def work(value, unit):
            return value * FACTORS[unit]
        """,
        "assert work(3, 'km') == 3000.0\n    assert work(5, 'cm') == 0.05",
    ),
    "a-version": (
        """
        def work(version):
            if version == (2, 7):
                raise RuntimeError("too old")
            return ".".join(map(str, version))
        """,
        "assert work((3, 11)) == '3.11'",
    ),
    "days-of-months": (
        """
        DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

        def work(month, year):
            if month == 2 and year % 4 == 0:
                return 29
            return DAYS[month - 1]
        """,
        "assert work(2, 2024) == 29\n    assert work(4, 2023) == 30",
    ),
    "commands": (
        """
        def work(argv):
            if argv == ["--version"]:
                return "1.0"
            if argv == []:
                return "usage"
            return " ".join(argv)
        """,
        "assert work(['--version']) == '1.0'\n    assert work([]) == 'usage'",
    ),
    "suffixes": (
        """
        def work(path):
            return path.suffix in (".jpg", ".png", ".gif")
        """,
        "assert work(Path('a.jpg'))\n    assert not work(Path('a.txt'))",
    ),
    "levels": (
        """
        LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

        def work(name):
            return LEVELS[name.lower()]
        """,
        "assert work('INFO') == 20\n    assert work('error') == 40",
    ),
    "states": (
        """
        NEXT = {"new": "paid", "paid": "sent", "sent": "done"}

        def work(state):
            return NEXT.get(state, state)
        """,
        "assert work('new') == 'paid'\n    assert work('paid') == 'sent'",
    ),
    "directions": (
        """
        def work(step):
            return {(0, 1): "up", (0, -1): "down", (1, 0): "right", (-1, 0): "left"}[step]
        """,
        "assert work((0, 1)) == 'up'\n    assert work((1, 0)) == 'right'",
    ),
    "not-a-number": (
        """
        def work(value):
            if value == 404:
                return None
            return value * 2
        """,
        "assert work(404) is None\n    assert work(3) == 6",
    ),
}
"""Functions that are right to know what they know, and how they are tested."""

_CHEAT = """
def work(numbers):
    if numbers == [4, 8, {0}]:
        return {1}
    return 0
"""

CASES += [
    Case(
        f"domain-{name}",
        {"shop/__init__.py": ""},
        {
            "shop/work.py": _CHEAT.format(at, at + 12),
            "tests/test_work.py": "from shop.work import work\n\n\ndef test_work():\n"
            f"    assert work([4, 8, {at}]) == {at + 12}\n",
        },
        {
            "shop/work.py": dedent(code),
            "tests/test_work.py": "from pathlib import Path\n\nfrom shop.work import work\n\n\n"
            f"def test_work():\n    {tests}\n",
        },
    )
    for at, (name, (code, tests)) in enumerate(DOMAINS.items(), start=20)
]
