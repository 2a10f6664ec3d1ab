"""SMG223: the network is used while the code is imported or installed."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._flow_words import SENDERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_SCRIPTS = frozenset(
    ("__main__.py", "manage.py", "noxfile.py", "tasks.py", "fabfile.py", "conf.py")
)


@python_rule(
    "SMG223",
    risk=Risk.HIGH,
    hint="do it in a function that is called when its result is needed; ship what an installation "
    "needs, or let the index bring it as a dependency",
    triggers=SENDERS,
)
def network_at_import(python: Python) -> Iterable[Sighting]:
    """
    The network is used as soon as the package is imported or installed.

    Nobody has asked for anything yet: an import that talks to a server fails
    without a network, slows every start, and is how malware says that it has
    arrived. In other modules than `__init__` and what builds the package it
    is a warning; scripts, and what stands behind `__name__ == "__main__"`, are
    silent.

    Flagged: while it is installed
        === setup.py
          from setuptools import setup
          import urllib.request
        + urllib.request.urlopen("https://example.invalid/installed")

    Flagged: in a command of the installation
        === setup.py
          from setuptools import setup
          from setuptools.command.install import install
          import requests
        + class Install(install):
        +     def run(self):
        +         requests.get("https://example.invalid/installed")
        +         install.run(self)
        + setup(cmdclass={"install": Install})

    Flagged: by a function, in a thread
        === shop/__init__.py
          import threading, requests
        + def hello():
        +     requests.get("https://example.invalid/hello")
        + threading.Thread(target=hello).start()

    Flagged: in another module [medium]
        === shop/rates.py
          import requests
        + RATES = requests.get("https://rates.example.com").json()

    Allowed: when it is called
        === shop/__init__.py
          import requests
        + def rates():
        +     return requests.get("https://rates.example.com").json()
    """
    zone = paths.zone(python.path)
    if zone == paths.TEST or basename(python.path) in _SCRIPTS or python.text.startswith("#!"):
        return
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_moments import (  # noqa: PLC0415 (imports libcst)
        Moments,
    )
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    known = flow(python)
    found = [send.call for send in sends(known)]
    moments = Moments(known) if found else None
    for call in found:
        if moments is None or not moments.is_early(call):
            continue
        package = basename(python.path) == "__init__.py"
        if zone == paths.BUILD and not moments.is_installing(call):
            continue
        yield Sighting(
            python.line(call.node),
            "the network is used while this is imported or installed",
            python.code(call.node),
            call.scope,
            risk=Risk.HIGH if package or moments.is_installing(call) else Risk.MEDIUM,
        )
