"""SMG212: data that can hold code is read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._foreign import (
    ASKED,
    HIDDEN,
    NETWORK,
    REQUEST,
    kinds_of,
    worst,
)
from pytest_selfmod_guard.rules.danger._wording import said
from pytest_selfmod_guard.syntax import Unknown

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_READS = re.compile(
    r"(?:pickle|pickle5|dill(?:\._dill)?|cloudpickle(?:\.cloudpickle)?|six\.moves\.cPickle|pickle\._)\.(?:loads?|Unpickler|_loads?|_Unpickler)"
    r"|(?:joblib|pandas)\.(?:load|read_pickle|io\.pickle\.read_pickle)|pandas\.io\.pickle\.read_pickle"
    r"|jsonpickle\.(?:decode|loads|unpickler\.decode)|shelve\.(?:open|DbfilenameShelf)|marshal\.loads?"
    r"|torch\.load|numpy\.load|yaml\.(?:load|load_all|unsafe_load|unsafe_load_all|full_load|full_load_all)"
    r"|keras\.models\.load_model|tensorflow\.keras\.models\.load_model|sklearn\.externals\.joblib\.load"
    r"|ruamel\.yaml\.(?:load|load_all|unsafe_load)"
)
_ARMED = re.compile(
    r"!!python/(?:object|name|module)|c(?:os|posix|nt|subprocess|builtins|__builtin__|sys|pty)\n"
    r"|\b(?:posix|subprocess|builtins)\b|py/(?:object|reduce|function)"
)
_SAFE_LOADERS = re.compile(r"(?:.*\.)?C?(?:Safe|Base|RoundTrip)Loader")
_TRIGGERS = (
    *REACHERS, b"pickle", b"_pickle", b"cpickle", b"pickle5", b"dill", b"cloudpickle", b"joblib",
    b"pandas", b"jsonpickle", b"shelve", b"marshal", b"torch", b"numpy", b"yaml", b"ruamel",
    b"keras", b"tensorflow", b"__reduce__", b"__reduce_ex__", b"__setstate__",
)  # fmt: skip
_RUNS = re.compile(
    r"os\.(?:system|popen|exec\w+|spawn\w+|remove|unlink|kill)|subprocess\.\w+|pty\.spawn|shutil\.rmtree"
    r"|builtins\.(?:eval|exec|__import__|compile)|importlib\.import_module|runpy\.\w+|socket"
    r"|timeit\.\w+|code\.\w+|asyncio\.\w*subprocess\w*|ctypes\.\w+|commands\.\w+|webbrowser\.open"
)


_ASKS_FOR_IT = re.compile(r"(?:ruamel\.)?yaml\.|jsonpickle\.|dill\.|marshal\.")
"""Where a safe way lies beside the unsafe one, or nothing honest is read so."""
_WEB = re.compile(
    r"(?:http\.server|socketserver|tornado|starlette|fastapi|falcon|aiohttp|sanic)\.[\w.]*"
    r"\.(?:rfile|request|body|stream|files|cookies)(?:\..+)?"
    r"|\*\.(?:receive_bytes|receive_text|get_data|iter_bytes)|werkzeug\.[\w.]*Request\..+"
)
"""What servers call that which strangers send them."""
_READ_OFF = frozenset(("*.read", "*.body", "*.stream", "*.recv", "*.receive"))
_ASKER = re.compile(r"param:[\w.]*\.(?:req|request|websocket|ws|upload\w*|environ|scope)(?:\..+)?")
_BODY = re.compile(
    r"param:[\w.]*\.(?:(?:raw_|request_|http_)?body|raw_request|payload|cookies?|packet|posted"
    r"|upload(?:ed)?\w*|wire(?:_data)?|session_data|from_client)"
)
_SENT_IN = "what, by its name, somebody sent"


@python_rule(
    "SMG212",
    risk=Risk.HIGH,
    hint="keep and send data as JSON (json.loads), YAML with yaml.safe_load, arrays with "
    "numpy.load(allow_pickle=False), weights with torch.load(weights_only=True)",
    triggers=_TRIGGERS,
    supersedes=("B301", "B302", "B506", "B614"),
)
def unsafe_deserialisation(python: Python) -> Iterable[Sighting]:
    """
    Data that can hold code is turned back into objects.

    Who writes a pickle decides what runs when it is read; the like holds for
    marshal, shelve, dill, joblib, jsonpickle, YAML with another loader than
    the safe ones, and arrays or models that hold pickles. It denies where the
    data comes from a request, the network or encoded text, or is given to a
    function by others; data of the program's own files is a warning. A
    `__reduce__` that names a function to run is the other end of it.

    Flagged: a cookie
        === shop/session.py
          import pickle, base64
          from flask import request
        + def session():
        +     return pickle.loads(base64.b64decode(request.cookies["session"]))

    Flagged: the body of a request to a plain server
        === shop/server.py
          import pickle
          from http.server import BaseHTTPRequestHandler
          class Handler(BaseHTTPRequestHandler):
              def do_POST(self):
        +         raw = self.rfile.read(int(self.headers["Content-Length"]))
        +         self.cart = pickle.loads(raw)

    Flagged: an unsafe loader
        === shop/config.py
          import requests, yaml
        + def config(url):
        +     return yaml.load(requests.get(url).text, Loader=yaml.UnsafeLoader)

    Flagged: an object that runs a command when it is read
        === shop/cart.py
          import os
        + class Cart:
        +     def __reduce__(self):
        +         return os.system, ("id",)

    Flagged: a file of its own [medium]
        === shop/cache.py
          import pickle
        + def load():
        +     with open("cache.bin", "rb") as file:
        +         return pickle.load(file)

    Allowed: safe loaders
        === shop/config.py
          import yaml, torch, numpy
        + def config(text):
        +     return yaml.load(text, Loader=yaml.CSafeLoader), yaml.safe_load(text)
        + weights = torch.load("model.pt", weights_only=True)
        + table = numpy.load("table.npy")

    Allowed: what was just written
        === shop/copy.py
          import pickle
        + def copy(thing):
        +     return pickle.loads(pickle.dumps(thing))
    """
    is_test = paths.zone(python.path) == paths.TEST
    for call in python.calls:
        name = min((name for name in call.names if _READS.fullmatch(name)), default="")
        if not name or _is_safe(python, call, name):
            continue
        risk, source = _judged(python, call)
        is_odd = _ASKS_FOR_IT.match(name) or source == _SENT_IN
        settled = "review" if risk == Risk.MEDIUM and is_odd else ""
        risk = Risk.HIGH if settled else risk
        if risk:
            yield Sighting(
                python.line(call.node),
                f"{name} turns {source} into objects, and runs what they say",
                python.code(call.node),
                call.scope,
                risk=min(risk, Risk.MEDIUM) if is_test else risk,
                settled_by=settled if risk == Risk.HIGH else "",
            )
    yield from _reducers(python)


def _is_safe(python: Python, call: Call, name: str) -> bool:
    if name.startswith(("yaml.", "ruamel.")):
        loader = call.arg(python, 1, "Loader")
        names = python.names(loader) if loader is not None else frozenset()
        names = _bases(python, loader) or names
        return bool(names) and all(_SAFE_LOADERS.fullmatch(one) for one in names)
    if name == "numpy.load":
        allowed = call.arg(python, 2, "allow_pickle")
        return allowed is None or python.fold(allowed) is False
    if name == "torch.load":
        only = call.arg(python, None, "weights_only")
        return only is not None and python.fold(only) is True
    if "keras" in name:
        return (
            python.fold(safe) is not False
            if (safe := call.arg(python, None, "safe_mode"))
            else True
        )
    if name.startswith("jsonpickle.") and (safe := call.arg(python, None, "safe")) is not None:
        return python.fold(safe) is True
    return False


def _bases(python: Python, loader: cst.BaseExpression | None) -> frozenset[str]:
    """Give what a loader is made from, where it is a class of the file."""
    name = python.code(loader) if loader is not None else ""
    found = [one for one in python.classes if one.name == name]
    return frozenset(base for one in found for names in one.bases for base in names)


def _judged(python: Python, call: Call) -> tuple[Risk, str]:
    data = _data(python, call)
    if data is None:
        return Risk.MEDIUM, "something"
    origins = python.origins(data)
    kinds = kinds_of(python, data) & {NETWORK, REQUEST, HIDDEN, ASKED}
    if not kinds and not _is_path(call) and not isinstance(python.fold(data), Unknown):
        is_armed = bool(_ARMED.search(said(python, data)))
        return Risk.HIGH if is_armed else Risk.MEDIUM, "a constant"
    if any(".dump" in name for name in origins) and not kinds:
        return Risk.NONE, ""
    origin = worst(kinds - {ASKED} if _is_path(call) else kinds)
    if origin or _is_of_web(python, origins):
        return Risk.HIGH, f"what comes from {origin or REQUEST}"
    if any(_BODY.fullmatch(name) for name in origins):
        return Risk.MEDIUM, _SENT_IN
    return Risk.MEDIUM, "data whose writer is not known"


def _is_of_web(python: Python, origins: frozenset[str]) -> bool:
    """Tell what a server has read off a request, whatever its framework calls it."""
    if any(_WEB.fullmatch(name) for name in origins):
        return True
    if not origins & _READ_OFF:
        return False
    return any(_ASKER.fullmatch(name) for name in origins) or "UploadFile" in python.text


def _is_path(call: Call) -> bool:
    return any(
        name.startswith(("shelve.", "torch.", "numpy.", "joblib.", "pandas."))
        for name in call.names
    )


def _data(python: Python, call: Call) -> cst.BaseExpression | None:
    for keyword in (
        "data",
        "file",
        "stream",
        "string",
        "bytes",
        "filename",
        "f",
        "filepath_or_buffer",
    ):
        if (found := call.arg(python, 0, keyword)) is not None:
            return found
    return None


def _reducers(python: Python) -> Iterator[Sighting]:
    """Give what a ``__reduce__`` names that does something when the object is read."""
    methods = {f.qualname for f in python.functions if f.name in ("__reduce__", "__reduce_ex__")}
    if not methods:
        return
    for reference in python.references:
        hit = min((name for name in reference.names if _RUNS.fullmatch(name)), default="")
        if hit and reference.scope in methods:
            yield Sighting(
                python.line(reference.node),
                f"who reads such an object back runs {hit}",
                f"{hit} in {reference.scope}",
                reference.scope,
                hint="give back the class and its arguments: return Cart, (self.items,)",
            )
