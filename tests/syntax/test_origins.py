"""Where a value comes from is seen through what lies between."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pytest_selfmod_guard.syntax import Python

Read = Callable[[str], Python]

SOURCE = "flask.request.args.get"
HEAD = "from flask import request\nimport os\n"
FOLLOWED = {
    "itself": "sink(request.args.get('q'))",
    "an assignment": "x = request.args.get('q')\nsink(x)",
    "many assignments": "a = request.args.get('q')\nb = a\nc = b\nsink(c)",
    "an annotated assignment": "x: str = request.args.get('q')\nsink(x)",
    "an augmented assignment": "x = 'ls '\nx += request.args.get('q')\nsink(x)",
    "a walrus": "if (x := request.args.get('q')):\n    sink(x)",
    "a tuple": "x, y = request.args.get('q'), 1\nsink(x)",
    "a star": "x, *y = 1, request.args.get('q')\nsink(y)",
    "a nested tuple": "x, (y, z) = 1, (2, request.args.get('q'))\nsink(z)",
    "a choice": "x = request.args.get('q') if os.name else ''\nsink(x)",
    "a default": "x = request.args.get('q') or ''\nsink(x)",
    "a branch": "x = ''\nif os.name:\n    x = request.args.get('q')\nsink(x)",
    "a loop": "for x in request.args.get('q'):\n    sink(x)",
    "the next turn of a loop": "x = ''\nwhile True:\n    sink(x)\n    x = request.args.get('q')",
    "with": "with request.args.get('q') as x:\n    sink(x)",
    "with into a field": "class A:\n    pass\nwith request.args.get('q') as A.x:\n    sink(A.x)",
    "except": "try:\n    pass\nexcept request.args.get('q') as x:\n    sink(x)",
    "match": "match request.args.get('q'):\n    case x:\n        sink(x)",
    "the rest of a match": "match request.args.get('q'):\n    case [a, *x]:\n        sink(x)",
    "the rest of a mapping": "match request.args.get('q'):\n    case {'a': 1, **x}:\n"
    "        sink(x)",
    "part of a match": "match {'a': request.args.get('q')}:\n    case {'a': x}:\n        sink(x)",
    "a comprehension": "sink([x for x in request.args.get('q')])",
    "a dict comprehension": "sink({k: v for k, v in request.args.get('q')})",
    "a generator": "sink(' '.join(x.strip() for x in request.args.get('q')))",
    "a sum": "sink('ls ' + request.args.get('q'))",
    "percent": "sink('ls %s' % request.args.get('q'))",
    "percent with a tuple": "sink('%s %s' % ('ls', request.args.get('q')))",
    "format": "sink('ls {}'.format(request.args.get('q')))",
    "format by name": "sink('ls {a}'.format(a=request.args.get('q')))",
    "an f-string": "x = request.args.get('q')\nsink(f'ls {x!r:>10}')",
    "the width of an f-string": "sink(f'{1:{request.args.get(0)}}')",
    "join": "sink(' '.join(['ls', request.args.get('q')]))",
    "a slice": "sink(request.args.get('q')[1:])",
    "methods": "sink(request.args.get('q').strip().split(',')[0])",
    "a method's argument": "sink('abc'.replace('b', request.args.get('q')))",
    "an unknown function": "sink(os.path.join('a', request.args.get('q')))",
    "a keyword": "sink(os.path.join('a', b=request.args.get('q')))",
    "a star argument": "sink(os.path.join(*request.args.get('q')))",
    "a list": "x = ['ls', request.args.get('q')]\nsink(x)",
    "a dictionary": "x = {'a': request.args.get('q')}\nsink(x['a'])",
    "append": "x = []\nx.append(request.args.get('q'))\nsink(x)",
    "extend": "x = []\nx.extend(request.args.get('q'))\nsink(x[0])",
    "insert": "x = []\nx.insert(0, request.args.get('q'))\nsink(x.pop())",
    "update": "x = {}\nx.update(a=request.args.get('q'))\nsink(x)",
    "an item": "x = {}\nx['a'] = request.args.get('q')\nsink(x['a'])",
    "an item of an item": "x = {'a': {}}\nx['a']['b'] = request.args.get('q')\nsink(x)",
    "setdefault": "x = {}\nx.setdefault('a', []).append(request.args.get('q'))\nsink(x)",
    "write": "import io\nx = io.StringIO()\nx.write(request.args.get('q'))\nsink(x.getvalue())",
    "a field": "x = object()\nx.a = request.args.get('q')\nsink(x.a)",
    "an object with a field": "x = object()\nx.a = request.args.get('q')\nsink(x)",
    "setattr": "x = object()\nsetattr(x, 'a', request.args.get('q'))\nsink(x.a)",
    "a function": "def f():\n    return request.args.get('q')\nsink(f())",
    "a function further down": "def g():\n    sink(f())\n"
    "def f():\n    return request.args.get('q')",
    "functions of functions": "def f(a):\n    return a\ndef g(a):\n    return f(a)\n"
    "sink(g(request.args.get('q')))",
    "a parameter": "def f(a):\n    sink(a)\nf(request.args.get('q'))",
    "a keyword parameter": "def f(*, a):\n    sink(a)\nf(a=request.args.get('q'))",
    "a default parameter": "def f(a=request.args.get('q')):\n    sink(a)",
    "a starred parameter": "def f(*a):\n    sink(a)\nf(request.args.get('q'))",
    "a double starred parameter": "def f(**a):\n    sink(a['x'])\nf(x=request.args.get('q'))",
    "a starred argument": "def f(a, b):\n    sink(b)\nx = request.args.get('q')\nf(*x)",
    "a parameter through two calls": "def f(a):\n    sink(a)\ndef g(b):\n    f(b)\n"
    "g(request.args.get('q'))",
    "a parameter six calls away": "".join(f"def f{i}(a):\n    f{i + 1}(a)\n" for i in range(6))
    + "def f6(a):\n    sink(a)\nf0(request.args.get('q'))",
    "results of six calls": "def f0(a):\n    return a\n"
    + "".join(f"def f{i + 1}(a):\n    return f{i}(a)\n" for i in range(6))
    + "sink(f6(request.args.get('q')))",
    "a function of itself": "def f(a):\n    sink(a)\n    f(a[1:])\nf(request.args.get('q'))",
    "a closure": "def f(a):\n    def g():\n        sink(a)\n    g()\nf(request.args.get('q'))",
    "a global": "x = ''\ndef f():\n    global x\n    x = request.args.get('q')\nf()\nx\nsink(x)",
    "a global set before": "x = ''\ndef f():\n    global x\n    x = request.args.get('q')\n"
    "x = 'a'\nf()\nsink(x)",
    "a generator function": "def f():\n    yield request.args.get('q')\nfor x in f():\n    sink(x)",
    "a delegating generator": "def f():\n    yield from request.args.get('q')\nsink(list(f()))",
    "a context manager": "import contextlib\n@contextlib.contextmanager\ndef f():\n"
    "    yield request.args.get('q')\nwith f() as x:\n    sink(x)",
    "a coroutine": "async def f():\n    return request.args.get('q')\n"
    "async def g():\n    sink(await f())",
    "a lambda": "f = lambda: request.args.get('q')\nsink(f())",
    "a lambda's parameter": "f = lambda a: a\nsink(f(request.args.get('q')))",
    "map": "sink(list(map(str, request.args.get('q'))))",
    "map over a lambda": "sink(list(map(lambda a: sink(a), request.args.get('q'))))",
    "a thread": "import threading\ndef f(a):\n    sink(a)\n"
    "threading.Thread(target=f, args=(request.args.get('q'),))",
    "a partial": "import functools\ndef f(a):\n    sink(a)\n"
    "functools.partial(f, request.args.get('q'))()",
    "a field of self": "class A:\n    def __init__(self):\n        self.x = request.args.get('q')\n"
    "    def run(self):\n        sink(self.x)",
    "a field from a parameter": "class A:\n    def __init__(self, x):\n        self.x = x\n"
    "    def run(self):\n        sink(self.x)\nA(request.args.get('q')).run()",
    "an augmented field": "class A:\n    x = ''\n    def put(self):\n"
    "        self.x += request.args.get('q')\n    def run(self):\n        sink(self.x)",
    "a list in a field": "class A:\n    def __init__(self):\n        self.x = []\n"
    "    def put(self, a):\n        self.x.append(a)\n    def run(self):\n        sink(self.x[0])\n"
    "A().put(request.args.get('q'))",
    "a field of a base": "class A:\n    def __init__(self, x):\n        self.x = x\n"
    "class B(A):\n    def run(self):\n        sink(self.x)\nB(request.args.get('q')).run()",
    "a field of a record": "import dataclasses\n@dataclasses.dataclass\nclass A:\n"
    "    x: str = ''\na = A(x=request.args.get('q'))\nsink(a.x)",
    "a property": "class A:\n    @property\n"
    "    def x(self):\n        return request.args.get('q')\n"
    "    def run(self):\n        sink(self.x)",
    "a method": "class A:\n    def x(self):\n        return request.args.get('q')\n"
    "    def run(self):\n        sink(self.x())",
    "a method's parameter": "class A:\n    def x(self, a):\n        sink(a)\n"
    "    def run(self):\n        self.x(request.args.get('q'))",
    "a static method": "class A:\n    @staticmethod\n    def x(a):\n        sink(a)\n"
    "A.x(request.args.get('q'))",
    "a class method": "class A:\n    @classmethod\n    def x(cls, a):\n        sink(a)\n"
    "A.x(request.args.get('q'))",
    "a method of the class": "class A:\n    def x(self, a):\n        sink(a)\n"
    "A.x(A(), request.args.get('q'))",
    "a callable object": "class A:\n    def __call__(self, a):\n        sink(a)\n"
    "A()(request.args.get('q'))",
    "an inner class": "class A:\n    class B:\n        def __init__(self, a):\n"
    "            sink(a)\nA.B(request.args.get('q'))",
    "an alias of the module": "import flask as f\nx = f.request.args.get\nsink(x('q'))",
    "getattr": "sink(getattr(request, 'args').get('q'))",
    "a cached function": "import functools\n@functools.cache\ndef f(a):\n    sink(a)\n"
    "f(request.args.get('q'))",
    "the second of two calls": "def f(a):\n    return a\nsink(f('ls') + f(request.args.get('q')))",
    "the first of two calls": "def f(a):\n    return a\nsink(f(request.args.get('q')) + f('ls'))",
    "a function that may be another": "try:\n    from fast import f\nexcept ImportError:\n"
    "    def f(a):\n        return 1\nsink(f(request.args.get('q')))",
}
NOT_FOLLOWED = {
    "what it was before": "x = request.args.get('q')\nx = 'ls'\nsink(x)",
    "what it is later": "x = 'ls'\nsink(x)\nx = request.args.get('q')",
    "what was added before it was set": "x = ''\nx += request.args.get('q')\nx = 'ls'\nsink(x)",
    "what a parameter was before": "def f(x):\n    x = 'ls'\n    sink(x)\nf(request.args.get('q'))",
    "a condition": "x = 'a' if request.args.get('q') else 'b'\nsink(x)",
    "a comparison": "sink(request.args.get('q') == 'a')",
    "another name": "x = request.args.get('q')\ny = 'ls'\nsink(y)",
    "another part": "x, y = request.args.get('q'), 'ls'\nsink(y)",
    "the key of a look-up": "table = {'a': 'ls'}\nsink(table[request.args.get('q')])",
    "the key of a get": "table = {'a': 'ls'}\nsink(table.get(request.args.get('q')))",
    "the filter of a comprehension": "sink([x for x in 'abc' if x == request.args.get('q')])",
    "another field": "x = object()\nx.a = request.args.get('q')\nx.b = 'ls'\nsink(x.b)",
    "another field of self": "class A:\n    def __init__(self):\n        self.x = 'ls'\n"
    "        self.y = request.args.get('q')\n    def run(self):\n        sink(self.x)",
    "another call's result": "def f(a):\n    return a\ny = f(request.args.get('q'))\nsink(f('ls'))",
    "another call's function": "def f(a):\n    a()\n    return a\n"
    "y = f(request.args.get('q'))\nsink(f(print))",
    "another parameter": "def f(a, b):\n    sink(b)\nf(request.args.get('q'), 'ls')",
    "another parameter of a method": "class A:\n    def f(self, a, b):\n        sink(b)\n"
    "    def g(self):\n        self.f(request.args.get('q'), 'ls')",
    "an argument that is not returned": "def f(a):\n    print(a)\n    return 'ls'\n"
    "sink(f(request.args.get('q')))",
    "a name of another function": "def f():\n    x = request.args.get('q')\n"
    "def g():\n    x = 'ls'\n    sink(x)",
}


def origins(python: Python, stop: frozenset[str] = frozenset()) -> frozenset[str]:
    """Give the origins of what the last call of ``sink`` in the file is given."""
    found = [call for call in python.calls if getattr(call.node.func, "value", "") == "sink"]
    node = found[-1].arg(python, 0)
    assert node is not None
    return python.origins(node, stop)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_value_is_followed_through(read: Read, name: str) -> None:
    """What a user sent is known again behind each detour."""
    python = read(HEAD + FOLLOWED[name])
    assert {"flask.request.args.get", "flask.request"} <= origins(python)
    assert not python.gave_up


@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_a_value_is_not_mistaken_for(read: Read, name: str) -> None:
    """What a user sent elsewhere does not stain what is constant."""
    assert not {found for found in origins(read(HEAD + NOT_FOLLOWED[name])) if "flask" in found}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(a):\n    sink(a)", {"param:f.a"}),
        ("class A:\n    def f(self, a):\n        sink(a + 'x')", {"param:A.f.a"}),
        ("def f(*a, **b):\n    sink((a, b))", {"param:f.a", "param:f.b"}),
        ("def f(request):\n    sink(request.GET['x'])", {"param:f.request", "*.GET"}),
        ("async def f(request):\n    sink(request.query.get('x'))", {"param:f.request", "*.query"}),
        ("class V:\n    def get(self, request):\n        sink(self.request.GET)", {"*.GET"}),
        ("@app.route('/<a>')\ndef f(a):\n    sink(a)\nf('x')", {"param:f.a"}),
        ("def outer():\n    def f(a):\n        sink(a)", {"param:outer.f.a"}),
        ("def g(a):\n    f(a)\ndef f(b):\n    sink(b)", {"param:g.a"}),
        ("run = lambda a: sink(a)", {"param:a"}),
        ("import sys\nsink(sys.argv[1])", {"sys.argv"}),
        ("with open('x') as f:\n    sink(f.read())", {"builtins.open", "*.read"}),
        ("import requests as r\nx = r.get('u').json()['a']\nsink(x)", {"requests.get", "*.json"}),
        ("import base64, zlib\nsink(zlib.decompress(base64.b64decode(X)))", {"base64.b64decode"}),
        ("def f(x):\n    return input()\nsink(f(1))", {"builtins.input"}),
    ],
)
def test_what_nobody_explains_is_named(read: Read, source: str, found: set[str]) -> None:
    """A parameter that anybody may pass keeps its own name, and fields theirs."""
    assert found <= origins(read(source))


@pytest.mark.parametrize(
    "source",
    [
        "def f(a):\n    sink(a)\nf('x')",
        "import functools\n@functools.lru_cache(maxsize=1)\ndef f(a):\n    sink(a)\nf('x')",
        "def plain(g):\n    return g\n@plain\ndef f(a):\n    sink(a)\nf('x')",
        "class A:\n    def f(self, a):\n        sink(a)\n    def g(self):\n        self.f('x')",
    ],
)
def test_a_parameter_that_the_file_explains_is_not_named(read: Read, source: str) -> None:
    """Where every caller is known, nothing unknown is left."""
    assert not {found for found in origins(read(source)) if found.startswith("param:")}


def test_nothing_passes_through_what_stops_it(read: Read) -> None:
    """A quoted value is clean, what stands beside it is not."""
    stop = frozenset({"shlex.quote", "*.escape"})
    head = HEAD + "import shlex\n"
    clean = read(head + "x = shlex.quote(request.args.get('q'))\nsink('ls ' + x)")
    assert not {name for name in origins(clean, stop) if "flask" in name}
    assert SOURCE in origins(clean)
    method = read(head + "sink(db.escape(request.args.get('q')))")
    assert SOURCE not in origins(method, stop)
    own = read(head + "def q(a):\n    return shlex.quote(a)\nsink(q(request.args.get('q')))")
    assert SOURCE not in origins(own, stop)
    beside = read(head + "x = request.args.get('q')\nsink(shlex.quote(x) + x)")
    assert SOURCE in origins(beside, stop)


@pytest.mark.proof
@pytest.mark.parametrize(
    "source",
    [
        "x = ''\n" + "x = x + input()\n" * 3_000 + "sink(x)",
        "".join(f"def f{i}(a):\n    return f{(i + 1) % 300}(a)\n" for i in range(300))
        + "sink(f0(input()))",
        "".join(f"def f{i}(a):\n    return f{i + 1}(a) + f{i + 1}(a)\n" for i in range(200))
        + "def f200(a):\n    return a\nsink(f0(input()))",
        "".join(f"a{i} = a{j}\n" for i in range(50) for j in range(50)) + "sink(a0)",
        "x = []\n" + "x.append(x)\nsink(x)\n" * 1_000,
        "class A:\n    def __init__(self, a):\n        self.x = a\n        self.x = self.x\n"
        "a = A(input())\n" + "a = A(a.x)\n" * 1_000 + "sink(a.x)",
        "sink(" + "+".join(["input()"] * 300) + ")",
        "sink(" + "f(" * 90 + "input()" + ")" * 90 + ")",
        "sink(a" + ".b(c)" * 300 + ")",
        "".join(f"def f{i}(a):\n    sink(a)\n    f{i}(a)\n    g(a)\n" for i in range(300))
        + "def g(a):\n    sink(a)\n",
    ],
)
def test_a_knot_is_followed_within_bounds(read: Read, source: str) -> None:
    """However values depend on one another, the question is answered soon."""
    python = read(source)
    begin = time.process_time()
    for call in python.calls[:20]:
        python.origins(call.node)
    assert "param:elsewhere.x" not in origins(python)
    assert time.process_time() - begin < 5


def test_a_small_knot_is_followed_within_bounds(read: Read) -> None:
    """Functions and names that depend on themselves and on one another have an answer."""
    source = "".join(f"def f{i}(a):\n    return f{(i + 1) % 9}(a) + a\n" for i in range(9))
    python = read(source + "x = ''\nfor y in z:\n    x = f0(x) + f1(input())\nsink(x)")
    assert "builtins.input" in origins(python)


def test_what_was_not_followed_is_said(read: Read) -> None:
    """Whoever ties values together until nobody can follow is told on."""
    python = read("".join(f"x{i + 1} = x{i}\n" for i in range(60)) + "sink(x60)")
    python._origins.budget.left = 50  # noqa: SLF001  # as after many questions
    origins(python)
    assert "where values come from" in python.gave_up_because
