"""Where values come from that are not for everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_selfmod_guard.rules.danger._flow_marks import POWER_NAME, SECRET_NAME, Mark
from pytest_selfmod_guard.syntax import Call

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Python

PASSES_NOTHING = frozenset(
    (
        *(f"builtins.{name}" for name in ("len", "bool", "isinstance", "hasattr", "type", "id",
        "hash")),
        *(f"os.path.{name}" for name in ("exists", "isfile", "isdir", "getsize", "getmtime")),
        *("hashlib.sha256", "hashlib.sha1", "hashlib.md5", "hashlib.blake2b", "uuid.uuid5",
        "uuid.uuid3"),
        *("dotenv.load_dotenv", "dotenv.dotenv_values", "logging.getLogger", "hmac.new"),
    )
)  # fmt: skip
"""Calls whose result tells nothing of what they are given, or what is meant to be used."""
ENVIRONMENTS = frozenset(("os.environ", "os.environb", "posix.environ", "nt.environ"))
_GETTERS = frozenset(
    (
        "os.getenv", "os.getenvb", "os.environ.get", "os.environ.pop", "os.environ.setdefault",
        "os.environ.__getitem__", "decouple.config", "os.environb.get", "posix.environ.get",
    )
)  # fmt: skip
_USERS = ("USER", "USERNAME", "LOGNAME", "USERPROFILE", "USERDOMAIN")
_HOSTS = ("HOSTNAME", "COMPUTERNAME", "HOST", "LOGONSERVER")

_CALLS = {
    Mark.USER: (
        "getpass.getuser", "os.getlogin", "pwd.getpwuid", "pwd.getpwnam", "psutil.users",
        "win32api.GetUserName",
        "os.getuid",
    ),
    Mark.HOST: (
        "socket.gethostname", "socket.getfqdn", "platform.node", "platform.uname", "os.uname",
        "win32api.GetComputerName", "socket.gethostbyname_ex",
    ),
    Mark.MAC: (
        "uuid.getnode", "getmac.get_mac_address", "psutil.net_if_addrs", "netifaces.ifaddresses",
    ),
    Mark.FOLDER: ("os.getcwd", "pathlib.Path.cwd", "os.listdir", "psutil.process_iter"),
    Mark.SYSTEM: (
        "platform.platform", "platform.system", "platform.release", "platform.version",
        "platform.machine",
        "platform.processor", "platform.architecture", "sys.getwindowsversion",
        "locale.getdefaultlocale",
    ),
    Mark.CLIPBOARD: (
        "pyperclip.paste", "clipboard.paste", "win32clipboard.GetClipboardData",
        "pandas.read_clipboard",
        "pyperclip.waitForNewPaste", "xerox.paste", "klembord.get_text",
    ),
    Mark.SCREEN: (
        "PIL.ImageGrab.grab", "PIL.ImageGrab.grabclipboard", "pyautogui.screenshot", "mss.mss",
        "pyscreenshot.grab",
        "d3dshot.create", "pyscreeze.screenshot", "mss.tools.to_png",
        "pygetwindow.getActiveWindow", "dxcam.create",
        "ImageGrab.grab", "mss.MSS", "pyscreenshot.grab_to_file",
    ),
    Mark.CAMERA: (
        "cv2.VideoCapture", "sounddevice.rec", "sounddevice.InputStream", "pyaudio.PyAudio",
        "pygame.camera.Camera",
        "picamera.PiCamera", "speech_recognition.Microphone", "sounddevice.RawInputStream",
        "soundcard.default_microphone",
    ),
    Mark.TYPED: (
        "keyboard.record", "keyboard.get_typed_strings", "keyboard.start_recording",
        "keyboard.read_event",
        "keyboard.read_key", "keyboard.stop_recording",
    ),
    Mark.VAULT: (
        *(f"browser_cookie3.{name}" for name in ("chrome", "firefox", "load", "edge", "opera",
        "brave", "safari", "chromium")),
        *("rookiepy.chrome", "rookiepy.load", "rookiepy.firefox", "rookiepy.edge",
        "browsercookie.chrome", "browsercookie.load"),
        *("win32crypt.CryptUnprotectData", "ctypes.windll.crypt32.CryptUnprotectData",
        "browser_cookie3.vivaldi"),
        *("browserhistory.get_browserhistory", "browser_history.get_history",
        "pycookiecheat.chrome_cookies"),
    ),
    Mark.CLIENT: (
        "asyncio.open_connection", "google.cloud.storage.Client",
        "azure.storage.blob.BlobServiceClient",
        "google.cloud.pubsub_v1.PublisherClient", "sentry_sdk.capture_message",
    ),
    Mark.RANDOM: ("os.urandom", "secrets.token_bytes", "random.randbytes", "numpy.random.bytes"),
    Mark.CIPHER: (
        "cryptography.fernet.Fernet", "Crypto.Cipher.AES.new", "Cryptodome.Cipher.AES.new",
        "pyAesCrypt.encryptFile",
        "nacl.secret.SecretBox", "cryptography.hazmat.primitives.ciphers.Cipher",
        "pyaes.AESModeOfOperationCTR",
        "Crypto.Cipher.ChaCha20.new", "Crypto.Cipher.Salsa20.new",
        "Crypto.Cipher.PKCS1_OAEP.new", "gnupg.GPG",
        "cryptography.hazmat.primitives.ciphers.aead.AESGCM", "Crypto.Cipher.Blowfish.new",
        "Crypto.Cipher.ARC4.new",
        "cryptography.hazmat.primitives.ciphers.aead.ChaCha20Poly1305", "pyzipper.AESZipFile",
    ),
    Mark.PACKAGES: (
        "site.getsitepackages", "site.getusersitepackages", "sysconfig.get_path",
        "sysconfig.get_paths",
        "distutils.sysconfig.get_python_lib",
    ),
    Mark.FILE: (
        "configparser.ConfigParser", "configparser.RawConfigParser",
        "configparser.SafeConfigParser",
    ),
    Mark.KEYS: ("spwd.getspall", "spwd.getspnam", "pwd.getpwall"),
}  # fmt: skip
_BY_NAME = {name: mark for mark, names in _CALLS.items() for name in names}
_READERS = frozenset(
    ("builtins.open", "io.open", "codecs.open", "os.open", "zipfile.ZipFile", "os.read")
)
_READING = frozenset(("read_text", "read_bytes", "readlines"))
CLIENTS = frozenset(
    (
        "requests", "httpx", "urllib", "urllib2", "urllib3", "aiohttp", "http", "httplib",
        "httplib2", "socket", "ssl",
        "smtplib", "ftplib", "telnetlib", "websocket", "websockets", "paramiko", "pycurl",
        "treq", "grequests",
        "requests_toolbelt", "requests_html", "cloudscraper", "curl_cffi", "tls_client", "primp",
        "niquests", "discord",
        "discord_webhook", "dhooks", "telegram", "telebot", "aiogram", "pyrogram", "telethon",
        "slack_sdk", "slackclient",
        "pysftp", "scapy", "dns", "aiodns", "boto3", "aioboto3", "dropbox", "pymongo", "paho",
        "firebase_admin", "pyrebase",
        "gspread", "minio", "zmq", "socketio", "pusher", "xmlrpc", "asyncssh", "aiosmtplib",
        "aioftp", "yagmail", "socks",
        "requests_futures", "dweepy", "pysocks", "webdav3", "pysher", "redis", "pika", "nntplib",
        "gofile", "gofilepy", "anonfile", "pastebin", "mechanize", "fsspec", "smbclient",
        "imaplib", "twilio",
    )
)  # fmt: skip
"""Packages whose objects talk to the network."""
SENDING = frozenset(
    (
        "sendall", "sendto", "sendmail", "send_message", "urlopen", "storbinary", "upload_file",
        "put_object", "post", "send_document", "files_upload",
    )
)  # fmt: skip
"""Methods that send, whatever object they are of."""
_NO_CLIENT = (
    "urllib.parse",
    "http.HTTPStatus",
    "http.cookies",
    "socket.gethostname",
    "socket.getfqdn",
    "requests.exceptions",
)
PROCESSES = (
    "subprocess.", "os.system", "os.popen", "os.exec", "os.spawn", "asyncio.create_subprocess",
    "pty.spawn",
    "commands.get", "posix.system", "nt.system", "os.startfile", "os.posix_spawn", "sh.",
    "plumbum.", "invoke.run",
    "win32api.WinExec", "win32api.ShellExecute", "ctypes.windll.shell32.ShellExecute",
)  # fmt: skip
_RECON = {
    Mark.USER: r"\b(?:whoami|id -un|logname|net user|quser|query user)\b|^id$|%username%|\$user\b",
    Mark.HOST: r"\b(?:hostname|uname|systeminfo|hostnamectl|lsb_release)\b|/etc/hostname"
    r"|%computername%",
    Mark.MAC: r"\b(?:ifconfig|ipconfig|ip addr|ip a|getmac|wmic [^\n]{0,40}uuid"
    r"|dmidecode|ioreg|netstat|arp)\b|machine-id",
    Mark.KEYS: r"netsh wlan [^\n]{0,60}key|netsh wlan show|security find-(?:generic"
    r"|internet)-password|cmdkey /list"
    r"|vaultcmd|secretsdump|mimikatz|reg save hklm|lsass|gpg --export-secret"
    r"|pass show|gcloud auth print|gh auth token"
    r"|aws configure (?:get|export)|docker-credential",
    Mark.GIT: r"\bgit\b[^\n]{0,80}\brev-parse\b[^\n]{0,80}"
    r"--(?:absolute-)?git-(?:common-)?(?:dir|path)\b",
    Mark.ENVIRONMENT: r"^(?:env|printenv|set|export -p)$|cmd /c set\b",
    Mark.FOLDER: r"^(?:ls|dir|ps|tasklist|pwd)\b",
}
_RECON_RE = {mark: re.compile(pattern, re.MULTILINE) for mark, pattern in _RECON.items()}


def of_call(names: frozenset[str], text: str) -> Mark:
    """Say what a call gives by itself: by what is called, and with what."""
    mark = of_names(names)
    for name in names:
        if name in _READERS or name.rpartition(".")[2] in _READING:
            mark |= Mark.FILE
        if name.startswith(PROCESSES):
            mark |= Mark.OUTPUT | _of_command(text)
    return mark


def of_names(names: frozenset[str]) -> Mark:
    """Say what a dotted name stands for."""
    mark = Mark.NOTHING
    for name in names:
        mark |= _BY_NAME.get(name, Mark.NOTHING)
        if name in ENVIRONMENTS:
            mark |= Mark.ENVIRONMENT
        if name.partition(".")[0] in CLIENTS and not name.startswith(_NO_CLIENT):
            mark |= Mark.CLIENT
        if name.endswith("CryptUnprotectData"):
            mark |= Mark.VAULT
    return mark


def _of_command(text: str) -> Mark:
    mark, plain = Mark.NOTHING, text.lower()
    for found, pattern in _RECON_RE.items():
        if pattern.search(plain):
            mark |= found
    return mark


def of_environment(
    python: Python, asked: Call | cst.Subscript, names: frozenset[str]
) -> Mark | None:
    """
    Say what one variable of the environment is; None where it is not one that is read.

    :param names: what is called, or what is looked into
    """
    index = _index(python, asked, names)
    if index is None:
        return None
    mark = Mark.NOTHING
    for name in python.folds(index):
        mark |= _of_variable(name) if isinstance(name, str) else Mark.NOTHING
    return mark


def _index(
    python: Python, asked: Call | cst.Subscript, names: frozenset[str]
) -> cst.BaseExpression | None:
    if isinstance(asked, Call):
        return asked.arg(python, 0, "key") if names & _GETTERS else None
    if not names & ENVIRONMENTS:
        return None
    value: cst.BaseExpression | None = getattr(asked.slice[0].slice, "value", None)
    return value


def _of_variable(name: str) -> Mark:
    if name.upper() in _USERS:
        return Mark.USER
    if name.upper() in _HOSTS:
        return Mark.HOST
    if POWER_NAME.search(name):
        return Mark.POWER | Mark.SECRET
    return Mark.SECRET if SECRET_NAME.search(name) else Mark.NOTHING
