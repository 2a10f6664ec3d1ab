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


def concerns(python: Python, words: Iterable[bytes]) -> bool:
    """Tell whether a file has one of some words, so that a rule may be asked of it alone."""
    return mentions(python.text.encode("utf-8", "surrogatepass"), words)


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode().split())


PROCESS = (
    *_words(
        """
        subprocess system popen asyncio pty startfile sh plumbum invoke shellexecute
        shellexecutew winexec commands getoutput posix nt posix_spawn posix_spawnp
        shellexecutea shellexecuteex shellexecuteexa shellexecuteexw
        """
    ),
    *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
)
"""Where programs are started."""
NETWORK = tuple(sorted({name.lower().encode() for name in (*CLIENTS, *SENDING)}))
"""Where something is sent."""
SENDERS = (*REACHERS, *PROCESS, *NETWORK, b"google", b"azure", b"sentry_sdk")
"""The same, by a command or by another name."""
DECODERS = _words(
    """
    b64decode b32decode b16decode b85decode a85decode fromhex unhexlify decompress chr rot13
    rot_13 maketrans decode
    """
)
"""Where text is hidden."""
VAULTS = _words(
    """
    chrome chromium brave firefox mozilla edge opera vivaldi yandex discord telegram tdata
    leveldb wallet wallets exodus electrum metamask login logins cookies signons keychain key3
    key4 filezilla minecraft vdf solana keystore appdata localappdata cryptunprotectdata
    browser_cookie3 rookiepy browsercookie pycookiecheat browserhistory browser_history
    moz_cookies moz_logins credit_cards autofill extension win32crypt atomic guarda coinomi
    armory bytecoin zcash db
    """
)
"""What other programs keep."""
STARTERS = _words(
    """
    bashrc bash_profile bash_login bash_logout profile zshrc zshenv zprofile zlogin kshrc cshrc
    tcshrc xinitrc xprofile xsession inputrc vimrc pam_environment autostart systemd fish
    launchagents launchdaemons cron crontab rc init sudoers hosts preload ld pam startup winreg
    udev _winreg currentversion winlogon authorized_keys authorized_keys2 sitecustomize
    usercustomize pth site hooks gitconfig git pypirc condarc npmrc pdbrc ssh claude cursor pip
    ipython pythonrc powershell passwd shadow apt motd environment tasks plan systemd_service
    etc code xsessionrc __file__ packages sysconfig find_spec userinitmprlogonscript
    __path__ __cached__ __spec__ getfile getsourcefile getabsfile resources resource_filename
    distribution get_distribution get_loader git_dir common_dir discord_desktop_core asar
    program programfiles applications
    """
)
"""What is started by itself."""
SPOILERS = _words(
    """
    remove unlink rmdir rmtree removedirs send2trash truncate fork kill killpg encrypt urandom
    token_bytes randbytes fernet aes cipher encryptfile encrypt_file encryptor dev
    physicaldrive0 physicaldrive bytes encrypt_and_digest pyaescrypt nacl pyaes gnupg pyzipper
    home expanduser __file__ move
    """
)
"""What destroys files."""
SHELLS = _words(
    """
    bash sh curl wget powershell crontab schtasks xmrig nc reg chmod cmd netcat systemctl
    certutil iex stratum
    """
)
"""What scripts are made of."""
