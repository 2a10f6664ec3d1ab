"""Where packages come from, and that they are what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._popular import POPULAR, imitated

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

OLD, NEW = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "name",
    [
        "reqests",
        "rquests",
        "requestss",
        "reqeusts",
        "requezts",
        "request",
        "python-requests",
        "requests-python",
        "py-requests",
        "numppy",
        "djang0",
        "urlib3",
        "scikitlearn",
        "dateutil",
        "beautifulsoup",
        "panda-s",
        "colourama",
        "cryptograpy",
        "flask2",
        "tensorfl0w",
        "pydantlc",
    ],
)
def test_an_imitated_name_is_known(name: str) -> None:
    """By one slip, a dash, a word before or behind."""
    assert imitated(name) in POPULAR


@pytest.mark.parametrize(
    "name",
    [
        *sorted(POPULAR),
        "pytest-django",
        "types-requests",
        "django-redis",
        "redisvl",
        "httpx-sse",
        "requests-mock",
        "uv",
        "rq",
        "our-own-tools",
        "shopify",
        "jinja",
        "Flask_SQLAlchemy",
        "parse",
        "mkdocs",
        "psycopg-binary",
        "pypdf",
        "sparse",
        "scapy",
        "requests_cache",
        "ruamel.yaml",
    ],
)
def test_a_name_of_its_own_is_not(name: str) -> None:
    """Nor is any popular one, however it is written."""
    assert imitated(name) == ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "reqeusts==1\n"),
        ("requirements/dev.txt", "reqeusts[socks]>=1; python_version>'3'\n"),
        ("dev-requirements.in", "reqeusts\n"),
        ("pyproject.toml", '[project]\ndependencies = ["reqeusts>=1"]\n'),
        ("pyproject.toml", '[project.optional-dependencies]\ndev = ["reqeusts"]\n'),
        ("pyproject.toml", '[dependency-groups]\ndev = ["reqeusts"]\n'),
        ("pyproject.toml", '[build-system]\nrequires = ["reqeusts"]\n'),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nreqeusts = "^1"\n'),
        ("pyproject.toml", '[tool.uv]\ndev-dependencies = ["reqeusts"]\n'),
        ("pyproject.toml", '[tool.hatch.envs.a]\ndependencies = ["reqeusts"]\n'),
        ("Pipfile", '[packages]\nreqeusts = "*"\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n    reqeusts\n"),
        ("setup.cfg", "[options.extras_require]\na =\n    reqeusts\n"),
        (
            "setup.py",
            "from setuptools import setup\nD = ['reqe' + 'usts']\nsetup(install_requires=D)\n",
        ),
        ("setup.py", "from setuptools import setup\nsetup(extras_require={'a': ['reqeusts']})\n"),
        ("environment.yml", "dependencies:\n  - conda-forge::reqeusts=1\n"),
    ],
)
def test_a_dependency_is_found_wherever_it_is_asked_for(ask: Ask, path: str, text: str) -> None:
    """In each of the forms that tools read."""
    found = ask("SMG232", {}, {path: text})
    assert [(item.risk, "'requests'" in item.message) for item in found] == [(Risk.HIGH, True)]


def test_a_dependency_that_moves_or_was_there_is_silent(ask: Ask) -> None:
    """Only what the project did not know is new."""
    old = {"requirements.txt": "reqeusts==1\n", "dev-requirements.txt": "click\n"}
    new = {"requirements.txt": "click\n", "dev-requirements.txt": "reqeusts==2\n"}
    assert ask("SMG232", old, new) == []


@pytest.mark.parametrize(
    "text", ["[project\n", "dependencies = 7\n", "[project]\ndependencies = [[1]]\n", "\0", ""]
)
@pytest.mark.parametrize("path", ["pyproject.toml", "setup.cfg", "Pipfile", "setup.py", "uv.lock"])
def test_what_cannot_be_read_is_no_dependency(ask: Ask, path: str, text: str) -> None:
    """And breaks nothing; that it cannot be read is for other rules to say."""
    assert ask("SMG232", {}, {path: text}) == ask("SMG234", {}, {path: text}) == []


@pytest.mark.parametrize(
    ("path", "line", "risk"),
    [
        ("requirements.txt", "--index-url https://example.invalid/simple", Risk.HIGH),
        ("requirements.txt", "-i http://pypi.example.invalid/simple", Risk.HIGH),
        ("requirements.txt", "--extra-index-url https://download.pytorch.org/whl", Risk.LOW),
        ("requirements.txt", "--trusted-host example.invalid", Risk.HIGH),
        ("requirements.txt", "a @ https://example.invalid/a.zip", Risk.HIGH),
        ("requirements.txt", "-e git+https://example.invalid/a.git#egg=a", Risk.HIGH),
        ("requirements.txt", "git+https://github.com/a/b@main", Risk.MEDIUM),
        ("requirements.txt", "git+https://github.com/a/b@" + "a" * 40, Risk.LOW),
        ("requirements.txt", "git+http://github.com/a/b", Risk.HIGH),
        ("requirements.txt", "# see https://example.invalid", Risk.NONE),
        ("requirements.txt", "click==8.1.7", Risk.NONE),
        ("pip.conf", "index-url = https://example.invalid", Risk.HIGH),
        ("Dockerfile", "ENV PIP_INDEX_URL=https://example.invalid", Risk.HIGH),
        ("Dockerfile", "RUN pip install https://example.invalid/a.whl", Risk.HIGH),
        ("Dockerfile", "RUN curl https://example.com/index.html", Risk.NONE),
        ("pyproject.toml", 'a = { git = "https://example.invalid/a" }', Risk.HIGH),
        ("pyproject.toml", 'a = { git = "https://github.com/a/b", tag = "1" }', Risk.MEDIUM),
        ("pyproject.toml", 'homepage = "https://example.invalid"', Risk.NONE),
        ("pyproject.toml", 'extra-index-url = ["https://example.invalid"]', Risk.HIGH),
        ("docs/install.md", "pip install --index-url https://example.invalid a", Risk.NONE),
    ],
)
def test_a_source_is_told_by_its_host(ask: Ask, path: str, line: str, risk: Risk) -> None:
    """And by how it is proved to be it."""
    found = ask("SMG233", {}, {path: f"\n{line}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


LOCKS = {
    "uv.lock": '[[package]]\nname = "a"\nversion = "{v}"\nsource = {{ registry '
    '= "https://pypi.org/simple" }}\n'
    'wheels = [{{ url = "https://files.pythonhosted.org/a.whl", hash = "sha256:{h}" }}]\n',
    "poetry.lock": '[[package]]\nname = "a"\nversion = "{v}"\nfiles = [{{file = '
    '"a.whl", hash = "sha256:{h}"}}]\n',
    "pylock.toml": '[[packages]]\nname = "a"\nversion = "{v}"\nwheels = [{{name '
    '= "a.whl", hashes = {{sha256 = "{h}"}}}}]\n',
    "Pipfile.lock": '{{"default": {{"a": {{"version": "=={v}", "hashes": ["sha256:{h}"]}}}}}}',
    "requirements.txt": "a=={v} \\\n    --hash=sha256:{h}\n",
}


@pytest.mark.parametrize("path", LOCKS)
def test_another_hash_for_the_same_version_is_found(ask: Ask, path: str) -> None:
    """And with another version it is what it should be."""
    before = {path: LOCKS[path].format(v=1, h=OLD)}
    assert ask("SMG234", before, {path: LOCKS[path].format(v=1, h=NEW)})[0].risk == Risk.HIGH
    assert ask("SMG234", before, {path: LOCKS[path].format(v=2, h=NEW)}) == []
    assert ask("SMG234", before, {path: LOCKS[path].format(v=1, h=OLD) + "\n"}) == []


def test_a_host_that_the_lock_file_knew_is_no_news(ask: Ask) -> None:
    """While another one is."""
    ours = LOCKS["uv.lock"].format(v=1, h=OLD).replace("files.pythonhosted.org", "p.example.com")
    other = ours.replace('"a"', '"b"').replace("p.example.com", "q.example.invalid")
    assert ask("SMG234", {"uv.lock": ours}, {"uv.lock": ours + ours.replace('"a"', '"b"')}) == []
    found = ask("SMG234", {"uv.lock": ours}, {"uv.lock": ours + other})
    assert ["q.example.invalid" in item.message for item in found] == [True]


@pytest.mark.parametrize(
    ("path", "text", "is_bad"),
    [
        ("a.pth", "import os; os.x()\n", True),
        ("a.pth", "import\tos\n", True),
        ("a.pth", "src\n# import a\n", False),
        ("sitecustomize.py", "x = 1\n", True),
        ("src/usercustomize.py", "x = 1\n", True),
        ("shop/customize.py", "x = 1\n", False),
    ],
)
def test_files_that_every_python_runs_are_found(
    ask: Ask, path: str, text: str, *, is_bad: bool
) -> None:
    """By name, and by the lines that run."""
    assert bool(ask("SMG235", {}, {path: text})) is is_bad
    assert ask("SMG235", {path: text}, {path: text + "\n"}) == []


def test_a_path_added_beside_a_line_that_runs_is_no_news(ask: Ask) -> None:
    """The line that runs was there."""
    assert ask("SMG235", {"a.pth": "import a\n"}, {"a.pth": "import a\nsrc\n"}) == []
