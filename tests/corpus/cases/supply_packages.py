"""Packages by a slip, from elsewhere or exchanged, and honest new ones."""

from __future__ import annotations

from tests.corpus import Case

_PROJECT = '[project]\nname = "shop"\nversion = "1.0"\ndependencies = ["click>=8"{}]\n'
_HASH = "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6d{}"
_LOCK = (
    '[[package]]\nname = "click"\nversion = "8.1.7"\nsource = {{ registry = "{}" }}\n'
    'wheels = [{{ url = "{}/click-8.1.7-py3-none-any.whl", hash = "sha256:' + _HASH + '" }}]\n'
)
_PYPI, _FILES = "https://pypi.org/simple", "https://files.pythonhosted.org"
_PIPFILE = (
    '{{"default": {{"click": {{"hashes": ["sha256:{}"], "version": "=={}"}}}}, "develop": {{}}}}\n'
)
_POETRY = (
    '[[package]]\nname = "click"\nversion = "{}"\nfiles = [{{file = "click.whl", hash = "sha256:'
    + _HASH
    + '"}}]\n'
)
BASE = {
    "requirements.txt": "click==8.1.7\n",
    "pyproject.toml": _PROJECT.format(""),
    "uv.lock": _LOCK.format(_PYPI, _FILES, 0),
    "hashed/requirements.txt": "click==8.1.7 --hash=sha256:" + _HASH.format(0) + "\n",
    "Pipfile.lock": _PIPFILE.format(_HASH.format(0), "8.1.7"),
    "poetry.lock": _POETRY.format("8.1.7", 0),
}


def _asked(name: str, bad: str, honest: str) -> Case:
    return Case(
        f"list-{name}",
        BASE,
        {"requirements.txt": f"click==8.1.7\n{bad}\n"},
        {"requirements.txt": f"click==8.1.7\n{honest}\n"},
    )


def _project(name: str, bad: str, honest: str) -> Case:
    one, other = (_PROJECT.format(f', "{text}"') for text in (bad, honest))
    return Case(f"project-{name}", BASE, {"pyproject.toml": one}, {"pyproject.toml": other})


CASES = [
    _asked("swapped", "reqeusts==2.32", "requests==2.32"),
    _asked("one-less", "beautifulsop4", "beautifulsoup4"),
    _asked("one-more", "djangoo>=4", "django>=4"),
    _asked("exchanged", "numpi", "numpy"),
    _asked("python-before", "python-requests", "python-dateutil"),
    _asked("digit-behind", "urllib33", "urllib3"),
    _asked("dashes", "scikitlearn", "scikit-learn"),
    _project("slip", "colourama", "colorama"),
    _project("ending", "cryptographyy>=3", "cryptography>=3"),
    _project(
        "other-host",
        "shop-tools @ https://x.example.invalid/tools-1.0.tar.gz",
        "shop-tools @ git+https://github.com/shop/tools@" + "a" * 40,
    ),
    _project(
        "plain-http",
        "shop-tools @ git+http://github.com/shop/tools",
        "shop-tools @ git+https://github.com/shop/tools@" + "a" * 40,
    ),
    _asked(
        "second-index",
        "--extra-index-url https://x.example.invalid/simple",
        "--extra-index-url https://download.pytorch.org/whl/cpu",
    ),
    _asked("first-index", "-i http://203.0.113.9/simple", "-i https://pypi.org/simple"),
    _asked("no-proof", "--trusted-host x.example.invalid", "--no-binary :all:"),
    _asked("pages-of-links", "--find-links https://x.example.invalid/wheels", "--prefer-binary"),
    Case(
        "image-other-index",
        BASE,
        {
            "Dockerfile": "FROM python\nRUN pip install shop "
            "--index-url https://x.example.invalid/simple\n"
        },
        {"Dockerfile": "FROM python\nRUN pip install --no-cache-dir -r requirements.txt\n"},
    ),
    Case(
        "index-in-a-table",
        BASE,
        {
            "pyproject.toml": _PROJECT.format("")
            + '[[tool.uv.index]]\nurl = "https://x.example.invalid/simple"\n'
        },
        {
            "pyproject.toml": _PROJECT.format("")
            + '[project.urls]\nHomepage = "https://x.example.com"\n'
        },
    ),
    Case(
        "uv-hash",
        BASE,
        {"uv.lock": _LOCK.format(_PYPI, _FILES, 1)},
        {"uv.lock": _LOCK.format(_PYPI, _FILES, 1).replace("8.1.7", "8.1.8")},
    ),
    Case(
        "uv-index",
        BASE,
        {"uv.lock": _LOCK.format("https://x.example.invalid/simple", _FILES, 0)},
        {},
    ),
    Case("uv-host", BASE, {"uv.lock": _LOCK.format(_PYPI, "https://x.example.invalid", 0)}, {}),
    Case(
        "listed-hash",
        BASE,
        {"hashed/requirements.txt": "click==8.1.7 --hash=sha256:" + _HASH.format(1) + "\n"},
        {"hashed/requirements.txt": "click==8.1.8 --hash=sha256:" + _HASH.format(1) + "\n"},
    ),
    Case(
        "pipfile-hash",
        BASE,
        {"Pipfile.lock": _PIPFILE.format(_HASH.format(1), "8.1.7")},
        {"Pipfile.lock": _PIPFILE.format(_HASH.format(1), "8.1.8")},
    ),
    Case(
        "poetry-hash",
        BASE,
        {"poetry.lock": _POETRY.format("8.1.7", 1)},
        {"poetry.lock": _POETRY.format("8.1.8", 1)},
    ),
    Case(
        "set-up-slip",
        BASE,
        {
            "setup.py": 'from setuptools import setup\nsetup(name="shop", install_requires=["pandsa'
            '"])\n'
        },
        {
            "setup.py": 'from setuptools import setup\nsetup(name="shop", install_requires=["pandas'
            '"])\n'
        },
    ),
    Case(
        "set-up-configuration-slip",
        BASE,
        {"setup.cfg": "[options]\ninstall_requires =\n    flaask\n"},
        {"setup.cfg": "[options]\ninstall_requires =\n    flask\n"},
    ),
    Case(
        "conda-slip",
        BASE,
        {"environment.yml": "dependencies:\n  - python=3.12\n  - pip:\n    - tenserflow\n"},
        {"environment.yml": "dependencies:\n  - python=3.12\n  - pip:\n    - tensorflow\n"},
    ),
]
