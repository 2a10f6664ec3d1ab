"""SMG218: importing, building or installing the project starts something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._moments import Unasked
from pytest_selfmod_guard.rules.danger._processes import WORDS, Process, processes
from pytest_selfmod_guard.rules.danger._wording import said

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Call, Python

_HARMLESS = re.compile(
    r"(?:.*[\\/])?(?:git|hg|svn|bzr|(?:\w+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|ar|strip|nvcc|icc|gfortran)"
    r"|\w*-?config|pkg-config|cmake\d?|c?make|gmake|nmake|ninja|meson|bazel|cargo|rustc|go|swig|cython\d?|protoc"
    r"|autoreconf|autoconf|automake|configure|libtoolize|npm|yarn|pnpm|node|npx|bun|sphinx-build|msgfmt|pybabel"
    r"|xcrun|xcode-select|sw_vers|uname|ldconfig|ldd|lsb_release|nvidia-smi|rocm\w*|hipcc|which|where|brew"
    r"|otool|install_name_tool|lipo|patchelf|auditwheel|mpicc|mpicxx|vswhere|msbuild|dpkg|rpm|apt-cache|tput|stty"
    r"|black|ruff|isort|twine|pyuic\d?|pyrcc\d?|uic|rcc|f2py|nproc|sysctl|locale|getconf|doxygen|java|javac|mvn|gradle|ant)(?:\.exe)?",
    re.IGNORECASE,
)  # fmt: skip
_ATTACKS = re.compile(
    r"(?:.*[\\/])?(?:curl|wget|nc|ncat|netcat|ssh|scp|sftp|ftp|tftp|telnet|socat|powershell|pwsh|mshta|wscript|cscript"
    r"|certutil|bitsadmin|rundll32|regsvr32|msiexec|schtasks|reg|nslookup|dig|host|whoami|hostname|ipconfig|ifconfig"
    r"|crontab|launchctl|systemctl|osascript|xattr|open|explorer|start|pythonw|nohup|setsid|id|systeminfo|tasklist|taskkill)(?:\.exe)?",
    re.IGNORECASE,
)  # fmt: skip
_SHELLS = re.compile(r"(?:.*[\\/])?(?:sh|bash|zsh|dash|cmd)(?:\.exe)?", re.IGNORECASE)
_NETWORK = re.compile(
    r"(?:requests|httpx)\.(?:get|post|put|patch|head|delete|request|Session|Client)|urllib3\.(?:PoolManager|request)"
    r"|(?:six\.moves\.)?urllib\.request\.(?:urlopen|urlretrieve|build_opener)|urllib2\.urlopen|urllib\.(?:urlopen|urlretrieve)"
    r"|socket\.create_connection|http\.client\.HTTPS?Connection|httplib\.HTTPS?Connection|aiohttp\.(?:ClientSession|request)"
    r"|wget\.download|ftplib\.FTP\w*|smtplib\.SMTP\w*|\*\.urlopen|paramiko\.SSHClient|telnetlib\.Telnet|websocket\.create_connection"
    r"|pycurl\.Curl|dns\.resolver\.\w+|socket"
)
_HIDDEN = re.compile(
    r"CREATE_NO_WINDOW|DETACHED_PROCESS|0x0?8000000\b|\b134217728\b|SW_HIDE|startupinfo|STARTUPINFO",
    re.IGNORECASE,
)
_WORDS = (
    *WORDS, b"requests", b"httpx", b"urllib", b"urllib2", b"urllib3", b"urlopen", b"socket",
    b"http", b"httplib", b"aiohttp", b"wget", b"ftplib", b"smtplib", b"paramiko", b"telnetlib",
    b"websocket",
    b"pycurl", b"dns", b"six",
)  # fmt: skip


@python_rule(
    "SMG218",
    risk=Risk.HIGH,
    hint="do it in a command that people call, not while the project is imported, built or "
    "installed; a build may start compilers and git, with constant arguments",
    triggers=_WORDS,
)
def acts_at_install(python: Python) -> Iterable[Sighting]:
    """
    Importing, building or installing the project starts a process or goes online.

    Whoever only installs it has run that, before he could look. In `setup.py`,
    build hooks, install commands and at the top of an `__init__.py` the network
    and tools for it, shells, and processes that hide or outlive the build
    deny; other programs are a warning; compilers, build tools and git are
    silent.

    Flagged: an install command that goes online
        === setup.py
          import urllib.request
          from setuptools import setup
          from setuptools.command.install import install
        + class Install(install):
        +     def run(self):
        +         super().run()
        +         urllib.request.urlopen("https://example.invalid/installed")
        + setup(cmdclass={"install": Install})

    Flagged: a hidden process at import
        === shop/__init__.py
          import os
          import subprocess
        + subprocess.Popen(
        +     [os.path.join(os.path.dirname(__file__), "helper")],
        +     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        + )

    Flagged: some other program [medium]
        === setup.py
          import subprocess
        + subprocess.check_call(["./prepare-data"])

    Allowed: build tools
        === setup.py
          import subprocess
        + version = subprocess.check_output(["git", "describe", "--tags"], text=True)
        + subprocess.check_call(["cmake", "--build", "."])

    Allowed: when somebody calls it
        === shop/__init__.py
          import subprocess
          import urllib.request
        + def rates(url):
        +     return urllib.request.urlopen(url).read()
        + def sync():
        +     return subprocess.run(["rsync", "-a", "a", "b"])
    """
    if paths.zone(python.path) == paths.TEST:
        return
    unasked = Unasked(python)
    for process in processes(python):
        if unasked.runs(process.call.scope, process.call.node):
            yield from _started(python, process)
    for call in python.calls:
        name = min((name for name in call.names if _NETWORK.fullmatch(name)), default="")
        if name and unasked.runs(call.scope, call.node):
            yield Sighting(
                python.line(call.node),
                f"{name} goes online while the project is imported, built or installed",
                python.code(call.node),
                call.scope,
            )


def _started(python: Python, process: Process) -> Iterator[Sighting]:
    words = [said(python, node) for node in process.arguments]
    program = (words[0].split() or [""])[0] if words else ""
    hides = _hides(python, process.call, process.name)
    is_bad = _ATTACKS.fullmatch(program) or (_SHELLS.fullmatch(program) and len(words) > 1)
    if not is_bad and not hides and _HARMLESS.fullmatch(program):
        return
    how = "hides or outlives it" if hides else f"is {program!r}" if is_bad else "is no build tool"
    yield Sighting(
        python.line(process.call.node),
        f"a process is started by importing, building or installing the project, and it {how}",
        python.code(process.call.node),
        process.call.scope,
        risk=Risk.HIGH if is_bad or hides else Risk.MEDIUM,
    )


def _hides(python: Python, call: Call, name: str) -> bool:
    code = python.code(call.node)
    if _HIDDEN.search(code) or "pythonw" in code:
        return True
    if not name.endswith("Popen"):
        return "nohup" in code or code.rstrip("'\") ").endswith(" &")
    session = call.arg(python, None, "start_new_session")
    quiet = [call.arg(python, at, key) for at, key in ((4, "stdout"), (5, "stderr"))]
    is_quiet = all(one is not None and "DEVNULL" in python.code(one) for one in quiet)
    return is_quiet or (session is not None and python.fold(session) is True)
