"""Assertions that are swallowed, not reached, or reached only when they hold."""

from __future__ import annotations

from tests.corpus.cases.tests_shop import HEAD, case

_OLD = (
    "def test_total():\n    result = total([1, 2])\n    assert result > 0\n    assert result == 3\n"
)
_ASYNC = "import asyncio\n\nimport pytest\n\nfrom cart import total\n\n\n"
_MORE = _OLD + "    assert total([]) == 0\n"


def _around(block: str, end: str = "") -> str:
    return (
        "def test_total():\n"
        "    result = total([1, 2])\n"
        f"    {block}\n"
        "        assert result > 0\n"
        "        assert result == 3\n"
        f"{end}"
    )


CASES = [
    case(
        "caught",
        _OLD,
        _around("try:", "    except AssertionError:\n        pass\n"),
        _around("try:", "    except AssertionError:\n        print(result)\n        raise\n"),
    ),
    case(
        "caught-with-all",
        _OLD,
        _around("try:", "    except Exception as error:\n        print(error)\n"),
        _around("try:", "    finally:\n        print(result)\n"),
    ),
    case(
        "caught-bare",
        _OLD,
        _around("try:", "    except:\n        ...\n"),
        _around("try:", "    except AssertionError as error:\n        pytest.fail(str(error))\n"),
    ),
    case(
        "caught-among-others",
        _OLD,
        _around("try:", "    except (OSError, AssertionError):\n        return\n"),
        _around("try:", "    except OSError:\n        raise RuntimeError from None\n"),
    ),
    case(
        "turned-into-a-skip",
        _OLD,
        _around("try:", "    except Exception:\n        pytest.skip('not here')\n"),
        _MORE,
    ),
    case(
        "turned-into-an-xfail",
        _OLD,
        _around("try:", "    except AssertionError:\n        pytest.xfail('known')\n"),
        _MORE,
    ),
    case(
        "suppressed",
        _OLD,
        _around("with contextlib.suppress(AssertionError):"),
        _around("with contextlib.suppress(KeyError):"),
        head="import contextlib\n" + HEAD,
    ),
    case(
        "must-fail",
        _OLD,
        _around("with pytest.raises(AssertionError):"),
        _around("with pytest.warns(UserWarning):"),
    ),
    case(
        "lost-in-finally",
        _OLD,
        _around("try:", "    finally:\n        return\n"),
        _around("try:", "    finally:\n        result = 0\n"),
    ),
    case(
        "by-a-context-of-its-own",
        "import contextlib\n\n\n@contextlib.contextmanager\ndef step(name):\n    yield name\n\n\n"
        + _around("with step('sum'):"),
        "import contextlib\n\n\n"
        "@contextlib.contextmanager\n"
        "def step(name):\n"
        "    try:\n"
        "        yield name\n"
        "    except AssertionError:\n"
        "        print(name)\n\n\n" + _around("with step('sum'):"),
        "import contextlib\n\n\n"
        "@contextlib.contextmanager\n"
        "def step(name):\n"
        "    try:\n"
        "        yield name\n"
        "    except AssertionError:\n"
        "        print(name)\n"
        "        raise\n\n\n" + _around("with step('sum'):"),
    ),
    case(
        "by-a-class-of-its-own",
        _OLD,
        "class Quiet:\n"
        "    def __enter__(self):\n"
        "        return self\n\n"
        "    def __exit__(self, *error):\n"
        "        return True\n\n\n" + _around("with Quiet():"),
        "class Loud:\n"
        "    def __enter__(self):\n"
        "        return self\n\n"
        "    def __exit__(self, *error):\n"
        "        return False\n\n\n" + _around("with Loud():"),
    ),
    case(
        "by-a-decorator-of-its-own",
        _OLD,
        "def patient(test):\n"
        "    def run():\n"
        "        try:\n"
        "            test()\n"
        "        except AssertionError:\n"
        "            pass\n"
        "    return run\n\n\n"
        "@patient\n" + _OLD,
        "def timed(test):\n    def run():\n        test()\n    return run\n\n\n@timed\n" + _OLD,
    ),
    case(
        "returned-before",
        _OLD,
        _OLD.replace("    assert result == 3", "    return\n    assert result == 3"),
        _OLD + "    return\n",
    ),
    case(
        "returned-before-if-wrong",
        _OLD,
        _OLD.replace(
            "    assert result == 3", "    if result != 3:\n        return\n    assert result == 3"
        ),
        _OLD.replace(
            "    assert result == 3",
            "    if result != 3:\n        print(result)\n    assert result == 3",
        ),
    ),
    case(
        "raised-before",
        _OLD,
        _OLD.replace(
            "    assert result > 0",
            "    raise pytest.skip.Exception('later')\n    assert result > 0",
        ),
        _MORE,
    ),
    case(
        "skipped-if-wrong",
        _OLD,
        _OLD.replace(
            "    assert result == 3",
            "    if result != 3:\n        pytest.skip('flaky')\n    assert result == 3",
        ),
        _OLD.replace(
            "    assert result == 3",
            "    if result != 3:\n        pytest.fail('wrong')\n    assert result == 3",
        ),
    ),
    case("if-false", _OLD, _around("if False:"), _around("if True:")),
    case("if-zero-is-one", _OLD, _around("if 0 == 1:"), _MORE),
    case("while-false", _OLD, _around("while False:"), _around("for _ in range(2):")),
    case(
        "if-type-checking",
        _OLD,
        _around("if TYPE_CHECKING:"),
        _MORE,
        head="from typing import TYPE_CHECKING\n" + HEAD,
    ),
    case(
        "if-a-constant-says-so",
        "STRICT = False\n\n\n" + _OLD,
        "STRICT = False\n\n\n" + _around("if STRICT:"),
        "STRICT = False\n\n\n" + _MORE,
    ),
    case(
        "if-a-variable-is-set",
        _OLD,
        _around("if os.environ.get('FULL_TESTS') == '1':"),
        _OLD + "    if os.environ.get('FULL_TESTS') == '1':\n        assert total([5]) == 5\n",
        head="import os\n" + HEAD,
    ),
    case(
        "if-there-is-a-result",
        _OLD,
        _OLD.replace("    assert result == 3", "    if result:\n        assert result == 3"),
        _OLD + "    if result:\n        assert result < 9\n",
    ),
    case(
        "if-it-is-right",
        _OLD,
        _OLD.replace("    assert result == 3", "    if result == 3:\n        assert result == 3"),
        _MORE,
    ),
    case(
        "if-not-in-ci", _OLD, _around("if not os.getenv('CI'):"), _MORE, head="import os\n" + HEAD
    ),
    case(
        "else-of-true",
        _OLD,
        "def test_total():\n"
        "    result = total([1, 2])\n"
        "    if True:\n"
        "        print(result)\n"
        "    else:\n"
        "        assert result > 0\n"
        "        assert result == 3\n",
        _MORE,
    ),
    case("no-turn", _OLD, _around("for _ in []:"), _around("for _ in [1]:")),
    case("no-turn-by-range", _OLD, _around("for _ in range(0):"), _around("for _ in range(3):")),
    case(
        "nobody-calls-it", _OLD, _around("def check():"), _around("def check():", "    check()\n")
    ),
    case(
        "a-lambda",
        _OLD,
        "def test_total():\n    check = lambda: total([1, 2]) == 3\n    assert check\n",
        _MORE,
    ),
    case("a-generator", _OLD, _OLD + "    yield\n", _MORE),
    case(
        "a-coroutine",
        _OLD,
        "async " + _OLD,
        "async def test_total():\n"
        "    await asyncio.sleep(0)\n"
        "    result = total([1, 2])\n"
        "    assert result > 0\n"
        "    assert result == 3\n",
        head=_ASYNC,
    ),
    case(
        "only-one-branch-of-match",
        _OLD,
        "def test_total():\n"
        "    result = total([1, 2])\n"
        "    assert result > 0\n"
        "    match result:\n"
        "        case 3:\n"
        "            assert result == 3\n",
        _MORE,
    ),
    case(
        "defined-again",
        _OLD,
        _OLD + "\n\ndef test_total():\n    total([1, 2])\n",
        _OLD + "\n\ndef test_total_again():\n    total([1, 2])\n",
    ),
    case(
        "deleted-afterwards",
        _OLD,
        _OLD + "\n\ndel test_total\n",
        _OLD + "\n\nprices = [1]\ndel prices\n",
    ),
    case(
        "assigned-over",
        _OLD,
        _OLD + "\n\ntest_total = None\n",
        _OLD + "\n\ntotal_of_nothing = None\n",
    ),
    case(
        "in-a-class-that-opts-out",
        "class TestTotal:\n    def test_total(self):\n        assert total([1]) == 1\n",
        "class TestTotal:\n"
        "    __test__ = False\n\n"
        "    def test_total(self):\n"
        "        assert total([1]) == 1\n",
        "class TestTotals:\n    def test_total(self):\n        assert total([1]) == 1\n",
    ),
    case(
        "skipped-in-a-fixture",
        "@pytest.fixture\n"
        "def prices():\n"
        "    return [1, 2]\n\n\n"
        "def test_total(prices):\n"
        "    assert total(prices) == 3\n",
        "@pytest.fixture\n"
        "def prices():\n"
        "    pytest.skip('no prices')\n"
        "    return [1, 2]\n\n\n"
        "def test_total(prices):\n"
        "    assert total(prices) == 3\n",
        "@pytest.fixture\n"
        "def prices():\n"
        "    prices = [1, 2]\n"
        "    return prices\n\n\n"
        "def test_total(prices):\n"
        "    assert total(prices) == 3\n",
        needs_trial=True,
    ),
]
