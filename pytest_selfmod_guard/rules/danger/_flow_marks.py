"""What is known of a value: a secret, a place, an address, or the like."""

from __future__ import annotations

import re
from enum import IntFlag, auto
from ipaddress import ip_address


class Mark(IntFlag):
    """One thing that a value may hold, or be made from."""

    ENVIRONMENT = auto()
    """All variables of the environment."""
    POWER = auto()
    """One variable that holds the key to somebody else's house."""
    SECRET = auto()
    """One variable that is named like a secret."""
    STORE = auto()
    """A file of credentials that tools read for their own log-in."""
    KEYS = auto()
    """A file of credentials that nobody but its owner has business with."""
    VAULT = auto()
    """What browsers, wallets and messengers keep."""
    USER = auto()
    HOST = auto()
    MAC = auto()
    FOLDER = auto()
    ADDRESS = auto()
    """The machine's address as others see it."""
    SYSTEM = auto()
    """Which system it is: innocent by itself."""
    CLIPBOARD = auto()
    SCREEN = auto()
    TYPED = auto()
    CAMERA = auto()
    METADATA = auto()
    """The service that hands a cloud machine its credentials."""
    CALLBACK = auto()
    """An address that exists to see who calls."""
    DROP = auto()
    """A place where anybody can leave data without an account."""
    MESSENGER = auto()
    """A messenger's door for programs."""
    BARE = auto()
    """An address of numbers."""
    STARTUP = auto()
    """A file or registry key of what starts by itself."""
    TOOLING = auto()
    """Settings of other programs that run what they are told."""
    FILE = auto()
    """The content of some file."""
    OUTPUT = auto()
    """What a command printed."""
    CLIENT = auto()
    """An object that talks to the network."""
    PROCESS = auto()
    RANDOM = auto()
    CIPHER = auto()
    PACKAGES = auto()
    """Where installed packages are."""
    LISTED = auto()
    """The path of some file that was found."""
    TREE = auto()
    """What lies below a home folder or the root."""
    GIT = auto()
    """Where git says that it keeps its own files."""
    HOOK = auto()
    """A program that git starts by itself."""
    FOREIGN = auto()
    """A file of another package that is installed."""
    PROGRAM = auto()
    """The folder of another program that is installed."""
    NOTHING = 0


IDENTITY = Mark.USER | Mark.HOST | Mark.MAC
SPIED = Mark.CLIPBOARD | Mark.SCREEN | Mark.TYPED | Mark.CAMERA

_VAULT = r"""
    (?:^|/)(?:login\ data|web\ data|local\ state|key[34]\.db|logins\.json|cookies\.sqlite
      |signons\.sqlite|login\ data\ for\ account|keychain-db|login\.keychain(?:-db)?)(?:$|[/.*])
  | /user\ data/[^\n]{0,60}?(?:cookies|history|extension|leveldb|network)
  | (?:google[/-]chrome|brave-?browser|microsoft/edge|opera\ (?:stable|gx)|yandexbrowser|chromium
      |vivaldi|mozilla/firefox)/[^\n]{0,80}?(?:user\ data|default|profiles?|cookies|login)
  | discord(?:canary|ptb)?/[^\n]{0,40}local\ storage
  | local\ storage/leveldb
  | local\ extension\ settings
  | telegram\ desktop/tdata | /tdata(?:/|$)
  | (?:^|/)wallet\.dat$ | \.electrum/wallets | exodus/exodus\.wallet | ethereum/keystore
  | atomic/local\ storage | \.config/solana/id\.json | metamask | nkbihfbeogaeaoehlefnkodbefgpgknn
  | roaming/(?:discord|exodus|electrum|zcash|armory|bytecoin|atomic|guarda|coinomi|telegram)
  | (?:^|/)(?:loginusers|config)\.vdf$ | \.minecraft/launcher_(?:accounts|profiles)
  | (?:^|/)\.?filezilla/(?:recentservers|sitemanager)
"""
_KEYS = r"""
    \.ssh(?:/|$)(?![^\n]*\.pub$) | (?:^|/)id_(?:rsa|dsa|ecdsa|ed25519)$
  | \.aws/credentials | \.aws/?$ | \.git-credentials | \.config/gcloud | \.azure/
  | application_default_credentials | accesstokens\.json | \.kube/config | \.docker/config\.json
  | \.gnupg(?:/|$) | /etc/(?:shadow|passwd|sudoers)\b | \.(?:bash|zsh|python|mysql|psql)_history
  | \.(?:my\.cnf|pgpass)$ | \.config/gh/hosts\.yml | \.vault-token | \.terraform\.d/credentials
  | \.config/rclone | \.password-store | /proc/(?:self|\d+|\*)/environ | \.oci/config
  | /var/run/secrets/kubernetes\.io | \.claude/\.?credentials | \.codex/auth
"""
_STORE = (
    r"(?:^|/)\.git/config$|(?:^|/)\.(?:netrc|_netrc|pypirc|npmrc|yarnrc"
    r"|env(?:\.(?:local|prod\w*))?|cargo/credentials)"
)
_STARTUP = r"""
    (?:^|/)\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin
      |kshrc|tcshrc|cshrc|xinitrc|xprofile|xsession(?:rc)?|inputrc|vimrc|pam_environment)$
  | \.config/(?:autostart|systemd/user|fish/(?:config|conf\.d)|environment\.d|pip/pip\.conf)
  | library/(?:launchagents|launchdaemons)
  | /etc/(?:cron[\w./-]*|crontab|rc\.local|init\.d|profile(?:\.d|$)|bash\.bashrc|environment$
      |systemd/system|xdg/autostart|ld\.so\.preload|ld\.so\.conf|sudoers|hosts$|pam\.d|ssh/sshd_
      |zshenv|zsh/|pip\.conf|passwd$|shadow$|udev/rules|update-motd\.d|apt/(?:apt\.conf|sources))
  | /usr/lib/systemd/system | /lib/systemd/system | /var/spool/cron
  | start\ menu/programs/startup | programs/startup | windows/(?:start\ menu|system32/tasks)
  | system32/drivers/etc/hosts
  | currentversion/(?:run(?:once|services|serviceex)?|policies/explorer/run|winlogon
      |image\ file)(?:$|[/*])
  | currentversion/windows$ | environment/userinitmprlogonscript
  | (?:^|/)authorized_keys2?$ | \.ssh/rc$
  | (?:^|/)(?:site|user)customize(?:\.py|/|$)
  | \.ipython/profile_\w+/startup | \.pythonrc | pip/pip\.(?:conf|ini)$ | \.pip/pip\.conf
  | powershell/(?:microsoft\.powershell_)?profile\.ps1$
"""
_TOOLING = r"""
    (?:^|/)\.git/config$ | \.gitconfig$
  | \.pypirc$ | code/user/(?:tasks|settings)\.json$ | \.condarc$ | \.npmrc$ | \.pdbrc(?:\.py)?$
  | \.ssh/config$
  | \.claude(?:\.json|/(?:settings|hooks)) | \.cursor/
"""
_HOOK = r"""
    (?:^|/)\.git/hooks(?:/|$) | --git-path\ hooks\b
  | (?:^|/)hooks/(?:(?:pre|post)-(?:commit|push|checkout|merge|rebase|receive|rewrite|applypatch)
      |pre-merge-commit|prepare-commit-msg|commit-msg|applypatch-msg|pre-auto-gc|post-update)$
"""
_PROGRAM = r"""
    discord_desktop_core | (?:^|/)app\.asar(?:$|[/.]) | program\ files(?:\ \(x86\))?/
  | %programfiles(?:\(x86\))?%/ | ^/applications/[^/\n]{1,80}\.app/
  | ^(?:~|/|[a-z]:/|%\w{1,30}%)[^\n]{0,300}/resources/app/
"""
_METADATA = (
    r"169\.254\.169\.254 | metadata\.google\.internal | 169\.254\.170\.2 | 100\.100\.100\.200"
)
_CALLBACK = r"""
    \b(?:interact\.sh|interactsh\.com|oast(?:ify)?\.(?:com|fun|live|me|online|pro|site|us)
      |burpcollaborator\.net|webhook\.site|requestbin\.\w+|[\w-]+\.m\.pipedream\.net
      |pipedream\.net|requestcatcher\.com|requestrepo\.com|beeceptor\.com|hookbin\.com|requestinspector\.com
      |canarytokens\.(?:com|org)|dnslog\.(?:cn|link|pw|pp\.ua)|ceye\.io|bxss\.(?:me|in)|xss\.ht
      |ngrok(?:-free)?\.(?:io|app|dev)|ngrok\.io|trycloudflare\.com|serveo\.net|loca\.lt|localhost\.run|bore\.pub
      |grabify\.link|iplogger\.\w+|2no\.co|yip\.su|ezstat\.ru|blasze\.\w+|duckdns\.org|no-ip\.(?:org|biz|com)
      |ddns\.net|hopto\.org|zapto\.org|serveftp\.com|pinggy\.\w+|portmap\.\w+|portmap\.host
      |rbndr\.us|nip\.io|sslip\.io|localtunnel\.me|playit\.gg|ply\.gg)(?![\w-])
  | [a-z2-7]{16,56}\.onion\b
  | discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{5,}/[\w-]{5,}
  | api\.telegram\.org/bot\d{5,}:[\w-]{10,} | ^\d{8,10}:aa[\w-]{20,60}$
  | hooks\.slack\.com/services/t[\w]{6,}/b[\w]{6,}/\w{10,}
"""
_DROP = r"""
    \b(?:pastebin\.com/raw|pastebin\.com/api|paste\.ee|hastebin\.com|rentry\.(?:co|org)|controlc\.com|ghostbin\.\w+
      |dpaste\.\w+|ix\.io|termbin\.com|transfer\.sh|file\.io|gofile\.io|store\d?\.gofile|api\.gofile\.io
      |anonfiles\.com|api\.anonfiles|bayfiles\.com|catbox\.moe|litterbox|0x0\.st|temp\.sh|bashupload\.com|oshi\.at
      |tmpfiles\.org|uguu\.se|pixeldrain\.com|mega\.nz|cdn\.discordapp\.com/attachments|workfupload|ufile\.io
      |bit\.ly|tinyurl\.com|is\.gd|t\.ly|cutt\.ly|shorturl\.at|rb\.gy|tiny\.cc)\b
  | https?://[\w.-]+\.(?:xyz|tk|top|gq|ml|cf|ga|pw|buzz|click|icu|cyou|rest|quest|monster|zip|mov|cam|sbs|su|lol)(?=[:/*?]|$)
"""
_LOOKUP = (
    r"\b(?:api\d*\.ipify\.org|ipinfo\.io|icanhazip\.com|ifconfig\.(?:me|co)|ip-api\.com|ipapi\.co"
    r"|checkip\.\w+|ident\.me|wtfismyip\.com|myip\.\w+|ipecho\.net"
    r"|whatismyip\.\w+|ip\.me|freeipapi\.com"
    r"|geoplugin\.net|geolocation-db\.com|ipwho\.is|httpbin\.org/ip)\b"
)
_SELLING = (
    r"select\s[^\n]{0,200}\bfrom\s+(?:logins|moz_cookies|moz_logins"
    r"|credit_cards|cookies|autofill)\b"
)

_TEXTS = tuple(
    (re.compile(pattern, re.VERBOSE if "\n" in pattern or " | " in pattern else 0), mark)
    for pattern, mark in (
        (_VAULT, Mark.VAULT),
        (_SELLING, Mark.VAULT),
        (_KEYS, Mark.KEYS),
        (_STORE, Mark.STORE),
        (_STARTUP, Mark.STARTUP),
        (_TOOLING, Mark.TOOLING),
        (_HOOK, Mark.HOOK),
        (_PROGRAM, Mark.PROGRAM),
        (r"(?:^|/)(?:site|dist)-packages(?:/|$)", Mark.PACKAGES),
        (_METADATA, Mark.METADATA),
        (_CALLBACK, Mark.CALLBACK),
        (_DROP, Mark.DROP),
        (r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks|api\.telegram\.org", Mark.MESSENGER),
        (_LOOKUP, Mark.ADDRESS),
    )
)
_LONGEST = 2000
_BARE = re.compile(
    r"^(?:[a-z][a-z+]{1,9}://(?:[^/@\s]{0,80}@)?)?(\d{1,3}(?:\.\d{1,"
    r"3}){3}|\[[0-9a-f:]{3,39}\])(?=[:/?]|$)"
)
_VERSION = re.compile(r"^[\d.]{1,20}\.0$")
_KNOWN = frozenset(("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "255.255.255.255"))

SECRET_NAME = re.compile(
    r"(?i)(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PASS|PWD|CREDENTIALS?"
    r"|AUTH|API_?KEY|ACCESS_?KEY|ACCESS_KEY_ID"
    r"|PRIVATE_KEY|SECRET_KEY|DATABASE_URL|DSN|SSH_KEY|SIGNING_KEY)(?:_|$)|APIKEY|_KEY$|^PAT$"
)
"""What an environment variable with a secret is called."""
POWER_NAME = re.compile(
    r"(?i)^(?:AWS_(?:ACCESS_KEY_ID|SECRET\w*|SESSION_TOKEN)|GITHUB_(?:TOKEN"
    r"|PAT)|GH_(?:TOKEN|PAT)|GITLAB_\w*TOKEN|NPM_TOKEN"
    r"|CI_JOB_TOKEN|ACTIONS_\w*TOKEN|PYPI_\w*(?:TOKEN|PASSWORD)|TWINE_PASSWORD"
    r"|POETRY_PYPI_TOKEN\w*|UV_PUBLISH_TOKEN|HF_TOKEN"
    r"|DOCKER_PASSWORD|AZURE_CLIENT_SECRET|GOOGLE_APPLICATION_CREDENTIALS"
    r"|(?:OPENAI|ANTHROPIC|GEMINI|GOOGLE|COHERE|MISTRAL)_API_KEY"
    r"|HUGGING\w*TOKEN|STRIPE_\w*KEY|SLACK_\w*TOKEN|DISCORD_\w*TOKEN"
    r"|VAULT_TOKEN|KUBECONFIG|(?:\w+_)?DATABASE_URL|DB_PASS\w*"
    r"|PG_?PASSWORD|POSTGRES_PASSWORD|MYSQL_\w*PASSWORD|(?:DJANGO_"
    r"|FLASK_|APP_)?SECRET_KEY|JWT_SECRET\w*|(?:\w+_)?PRIVATE_KEY"
    r"|SSH_\w*KEY|SSH_AUTH_SOCK|MNEMONIC|SEED_PHRASE)$"
)
"""Of those, the ones that open more than one service's own door."""


def of_text(text: str) -> Mark:
    """Say what a path, an address or a query is about."""
    plain = text[:_LONGEST].replace("\\", "/").lower()
    while "//" in plain.replace("://", ""):
        plain = re.sub(r"(?<!:)//+", "/", plain)
        break
    found = Mark.NOTHING
    for pattern, mark in _TEXTS:
        if pattern.search(plain):
            found |= mark
    return found | _of_address(plain)


def _of_address(text: str) -> Mark:
    found = _BARE.match(text)
    if found is None or found[1] in _KNOWN:
        return Mark.NOTHING
    try:
        address = ip_address(found[1].strip("[]"))
    except ValueError:
        return Mark.NOTHING
    is_version = _VERSION.match(text) is not None
    inside = address.is_private and not _is_sample(found[1])
    if inside or is_version or address.is_multicast:
        return Mark.NOTHING
    return Mark.BARE


def _is_sample(address: str) -> bool:
    """Tell addresses for documentation, which stand for any address, from private ones."""
    return address.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "[2001:db8:"))


def is_wide(path: str) -> bool:
    """Tell whether a path is a home folder, a disk or the root."""
    return _WIDE.match(path.replace("\\", "/").lower()) is not None


_WIDE = re.compile(
    r"^(?:/{1,2}|[a-z]:/(?:windows|users|program files[^/]{0,8})"
    r"|~|~/(?:documents|desktop|pictures)?|[a-z]:/?|/(?:home|root|etc"
    r"|usr|var|bin|lib|boot|opt|srv|users))[/*]*$"
)
