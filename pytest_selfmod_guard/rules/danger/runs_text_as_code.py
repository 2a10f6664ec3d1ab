"""SMG201: text becomes code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, mentions, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import uses
from pytest_selfmod_guard.rules.danger._foreign import kinds_of
from pytest_selfmod_guard.rules.danger._wording import GAP, said
from pytest_selfmod_guard.rules.danger._written import read_from

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

TRIGGERS = (*REACHERS, b"eval", b"exec")
RUNNERS = frozenset(("builtins.eval", "builtins.exec"))


@python_rule(
    "SMG201",
    risk=Risk.HIGH,
    hint="for data use ast.literal_eval or json.loads; to choose between functions use "
    "a dictionary of them; to read an attribute use its name",
    triggers=TRIGGERS,
    supersedes=("SMG213", "B102", "B307"),
)
def runs_text_as_code(python: Python) -> Iterable[Sighting]:
    """
    The code runs text as Python, with `eval` or `exec`.

    Whoever can influence the text runs what he likes, with the program's
    rights, and no reviewer can read what will run. It is found under any
    name: through an alias, through `getattr`, through pieces of a name put
    together. Methods that happen to be called `eval` are silent; plainly
    written in a test it is only a warning, and so is a build script that runs a
    module of the project, for its version: that file is judged by itself.

    Flagged: in plain sight
        === shop/cart.py
          def total(text):
        +     return eval(text)

    Flagged: a name put together from pieces
        === shop/cart.py
          def total(text):
        +     return getattr(__import__("builtins"), "ev" + "al")(text)

    Flagged: handed to somebody else
        === shop/cart.py
        + totals = list(map(eval, texts))

    Flagged: imported under another name, for other files to use
        === shop/tools.py
        + from builtins import eval as evaluate

    Flagged: a second one like the first
        === shop/cart.py
          def total(text):
              return eval(text)
        + def tax(text):
        +     return eval(text)

    Flagged: plainly, in a test [medium]
        === tests/test_cart.py
        + def test_total():
        +     assert eval("1 + 1") == 2

    Flagged: a module of the project, in a build script [medium]
        === setup.py
        + about = {}
        + with open("shop/version.py") as file:
        +     exec(file.read(), about)

    Flagged: in disguise, in a test
        === tests/test_cart.py
        + def test_total():
        +     assert vars(__builtins__)["eval"]("1 + 1") == 2

    Flagged: a file of settings that the caller names [medium]
        === shop/settings.py
        + def load(path, settings):
        +     with open(path) as file:
        +         exec(compile(file.read(), path, "exec"), settings)

    Allowed: it was there before, and moved
        === shop/cart.py
        - def total(text):
        -     return eval(text)
          def rebate(text):
              return 0
        + def total(text):
        +     return eval(text)

    Allowed: literals only
        === shop/cart.py
          import ast
        + def total(text):
        +     return ast.literal_eval(text)

    Allowed: a method of that name
        === shop/model.py
          def score(model, frame):
        +     model.eval()
        +     return frame.eval("a + b")
    """
    for node, name, scope in uses(python, RUNNERS):
        code = python.code(node)
        short = name.removeprefix("builtins.")
        written = python.written(node)  # in look-alike letters perhaps
        is_plain = code.startswith((f"{short}(", f"builtins.{short}(")) and short in written
        what = f"{short}() runs text as code"
        if short not in code:
            what = f"this is {short}() under another name, and it runs text as code"
        is_mild = paths.is_test(python.path) or _runs_its_own(python, node)
        is_mild = is_mild or _runs_a_named_file(python, node)
        risk = Risk.MEDIUM if is_plain and is_mild else Risk.HIGH
        yield Sighting(python.line(node), what, code, scope, risk=risk)
    # Without one of the words nothing can be hidden in what was not followed.
    if python.gave_up and mentions(python.text.encode("utf-8", "backslashreplace"), TRIGGERS):
        yield Sighting(
            0,
            f"the file is too involved to be followed ({python.gave_up_because})",
            "gave up",
            hint="write plainly what is called, without computing names",
        )


def _runs_its_own(python: Python, node: cst.CSTNode) -> bool:
    """Tell whether a build script runs a module of the project."""
    arguments = getattr(node, "args", ())
    if paths.zone(python.path) != paths.BUILD or not arguments:
        return False
    path = read_from(python, arguments[0].value)
    if path is None or kinds_of(python, path):
        return False
    name = said(python, path).strip().split(" ")[-1]
    return name.endswith(".py") and not name.startswith(("/", "~", GAP + ".")) and ".." not in name


def _runs_a_named_file(python: Python, node: cst.CSTNode) -> bool:
    """Tell whether ``compile`` is told the file's name, which only the caller knows."""
    import libcst as cst  # noqa: PLC0415

    arguments = getattr(node, "args", ())
    made = arguments[0].value if arguments else None
    if not isinstance(made, cst.Call) or "builtins.compile" not in python.names(made.func):
        return False
    path = read_from(python, made)
    if path is None or len(made.args) < 2 or kinds_of(python, path):  # noqa: PLR2004 (its name)
        return False
    origins = python.origins(path)
    return bool(origins) and all(one.startswith("param:") for one in origins)
