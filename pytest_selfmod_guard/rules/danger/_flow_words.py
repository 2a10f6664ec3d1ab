"""Words, one of which stands in any code that can do what a rule looks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.rules import mentions
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS
from pytest_selfmod_guard.rules.danger._flow_sources import CLIENTS, SENDING

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

PROCESS = (
    *(b"subprocess", b"system", b"popen", b"asyncio", b"pty", b"startfile", b"sh", b"plumbum"),
    *(b"invoke", b"shellexecute", b"shellexecutew", b"winexec", b"commands", b"getoutput"),
    *(b"posix", b"nt", b"posix_spawn"),
    *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
)
"""Where programs are started."""
NETWORK = tuple(sorted({name.lower().encode() for name in (*CLIENTS, *SENDING)}))
"""Where something is sent; ``google`` and ``azure`` for their clouds."""
SENDERS = (*REACHERS, *PROCESS, *NETWORK, b"google", b"azure", b"sentry_sdk")
DECODERS = (
    *(
        b"b64decode",
        b"b32decode",
        b"b16decode",
        b"b85decode",
        b"a85decode",
        b"fromhex",
        b"unhexlify",
    ),
    *(b"decompress", b"chr", b"rot13", b"rot_13", b"maketrans", b"decode"),
)
"""Where text is hidden."""
VAULTS = (
    *(
        b"chrome",
        b"chromium",
        b"brave",
        b"firefox",
        b"mozilla",
        b"edge",
        b"opera",
        b"vivaldi",
        b"yandex",
    ),
    *(b"discord", b"telegram", b"tdata", b"leveldb", b"wallet", b"wallets", b"exodus", b"electrum"),
    *(
        b"metamask",
        b"login",
        b"logins",
        b"cookies",
        b"signons",
        b"keychain",
        b"key3",
        b"key4",
        b"filezilla",
    ),
    *(
        b"minecraft",
        b"vdf",
        b"solana",
        b"keystore",
        b"appdata",
        b"localappdata",
        b"cryptunprotectdata",
    ),
    *(b"browser_cookie3", b"rookiepy", b"browsercookie", b"pycookiecheat", b"browserhistory"),
    *(
        b"browser_history",
        b"moz_cookies",
        b"moz_logins",
        b"credit_cards",
        b"autofill",
        b"extension",
    ),
    *(b"win32crypt", b"atomic", b"guarda", b"coinomi", b"armory", b"bytecoin", b"zcash", b"db"),
)
"""What other programs keep."""
STARTERS = (
    *(
        b"bashrc",
        b"bash_profile",
        b"bash_login",
        b"bash_logout",
        b"profile",
        b"zshrc",
        b"zshenv",
        b"zprofile",
    ),
    *(
        b"zlogin",
        b"kshrc",
        b"cshrc",
        b"tcshrc",
        b"xinitrc",
        b"xprofile",
        b"xsession",
        b"inputrc",
        b"vimrc",
    ),
    *(
        b"pam_environment",
        b"autostart",
        b"systemd",
        b"fish",
        b"launchagents",
        b"launchdaemons",
        b"cron",
    ),
    *(
        b"crontab",
        b"rc",
        b"init",
        b"sudoers",
        b"hosts",
        b"preload",
        b"ld",
        b"pam",
        b"startup",
        b"winreg",
        b"udev",
    ),
    *(
        b"_winreg",
        b"currentversion",
        b"winlogon",
        b"authorized_keys",
        b"authorized_keys2",
        b"sitecustomize",
    ),
    *(
        b"usercustomize",
        b"pth",
        b"site",
        b"hooks",
        b"gitconfig",
        b"git",
        b"pypirc",
        b"condarc",
        b"npmrc",
    ),
    *(
        b"pdbrc",
        b"ssh",
        b"claude",
        b"cursor",
        b"pip",
        b"ipython",
        b"pythonrc",
        b"powershell",
        b"passwd",
    ),
    *(
        b"shadow",
        b"apt",
        b"motd",
        b"d",
        b"environment",
        b"tasks",
        b"plan",
        b"systemd_service",
        b"etc",
    ),
    *(
        b"code",
        b"xsessionrc",
        b"__file__",
        b"packages",
        b"sysconfig",
        b"find_spec",
        b"userinitmprlogonscript",
    ),
)
"""What is started by itself."""
SPOILERS = (
    *(
        b"remove",
        b"unlink",
        b"rmdir",
        b"rmtree",
        b"removedirs",
        b"send2trash",
        b"truncate",
        b"fork",
        b"kill",
    ),
    *(
        b"killpg",
        b"encrypt",
        b"urandom",
        b"token_bytes",
        b"randbytes",
        b"fernet",
        b"aes",
        b"cipher",
    ),
    *(
        b"encryptfile",
        b"encrypt_file",
        b"encryptor",
        b"dev",
        b"physicaldrive0",
        b"physicaldrive",
        b"bytes",
    ),
    *(
        b"encrypt_and_digest",
        b"pyaescrypt",
        b"nacl",
        b"pyaes",
        b"gnupg",
        b"pyzipper",
        b"home",
        b"expanduser",
        b"__file__",
    ),
)
"""What destroys files."""
SHELLS = (
    *(
        b"bash",
        b"sh",
        b"curl",
        b"wget",
        b"powershell",
        b"crontab",
        b"schtasks",
        b"xmrig",
        b"nc",
        b"reg",
    ),
    *(b"chmod", b"cmd", b"netcat", b"systemctl", b"certutil", b"iex", b"stratum"),
)
"""What scripts are made of."""


def concerns(python: Python, words: Iterable[bytes]) -> bool:
    """Tell whether a file has one of some words, so that a rule may be asked of it alone."""
    return mentions(python.text.encode("utf-8", "surrogatepass"), words)
