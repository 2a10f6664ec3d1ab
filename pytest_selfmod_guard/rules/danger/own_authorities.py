"""SMG279: the program trusts certificates of its own making instead of the machine's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule

if TYPE_CHECKING:
    import libcst as cst

    from pytest_selfmod_guard.syntax import Call, Python

_NAMES = re.compile(
    r"REQUESTS_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE|AWS_CA_BUNDLE|GIT_SSL_CAINFO"
    r"|PIP_CERT|NODE_EXTRA_CA_CERTS|HTTPLIB2_CA_CERTS|GRPC_DEFAULT_SSL_ROOTS_FILE_PATH|UV_SYSTEM_CERTS"
)
_CONCERNS = re.compile(
    rf"{_NAMES.pattern}|certifi|DEFAULT_CA_BUNDLE|get_default_verify_paths|CA_CERTS|certs\.where"
)
_SETTERS = re.compile(r"os\.(?:putenv|environ\.(?:setdefault|update|__setitem__)|environb\.\w+)")
_TRUSTED = re.compile(
    r"(?:certifi|truststore|ssl|os\.environ|pip_system_certs|_ssl)(?:\..+)?|os\.getenv"
)
_SYSTEM = re.compile(r"/etc/(?:ssl|pki|ca-certificates)|/usr/(?:local/)?(?:share|etc|ssl)")
_WHERE = frozenset(
    (
        "certifi.where", "certifi.core.where", "certifi.contents", "certifi.core.contents",
        "requests.certs.where", "requests.utils.DEFAULT_CA_BUNDLE_PATH",
        "requests.adapters.DEFAULT_CA_BUNDLE_PATH", "pip._vendor.certifi.where",
        "ssl.get_default_verify_paths", "httplib2.CA_CERTS", "botocore.httpsession.where",
        "httpx._config.certifi.where", "urllib3.util.ssl_.DEFAULT_CA_BUNDLE",
    )
)  # fmt: skip
_WRITES = re.compile(
    r"builtins\.open|io\.open|shutil\.(?:copy\w*|move)|os\.(?:replace|rename|symlink|link)"
    r"|(?:\*|pathlib\.Path)\.(?:write_text|write_bytes|symlink_to|rename|replace|open)"
)
_READING = re.compile(r"^['\"](?:r|rb|rt|br)['\"]$")
_SAID = "certificates of this program's choosing are trusted in place of the machine's"


@python_rule(
    "SMG279",
    risk=Risk.HIGH,
    hint="leave it to who runs the program which authorities are trusted; for one server with a "
    "certificate of its own pass ssl.create_default_context(cafile=...) to that one client",
    triggers=(
        b"certifi", b"requests_ca_bundle", b"ssl_cert_file", b"ssl_cert_dir", b"curl_ca_bundle",
        b"aws_ca_bundle", b"git_ssl_cainfo", b"pip_cert", b"node_extra_ca_certs",
        b"httplib2_ca_certs", b"default_ca_bundle_path", b"get_default_verify_paths",
        b"grpc_default_ssl_roots_file_path", b"certs", b"ca_certs",
    ),
)  # fmt: skip
def own_authorities(python: Python) -> Iterable[Sighting]:
    """
    All of the process comes to trust certificates that the project brings.

    By the environment (`REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE`), by taking the
    place of what certifi answers, or by writing into its file: whoever holds
    the key of such a certificate reads and changes every connection. A person
    is to look. Giving the machine's or certifi's own file is silent, and so is
    what one client is told.

    Flagged: by the environment
        === shop/__init__.py
          import os
        + os.environ["SSL_CERT_FILE"] = os.path.join(os.path.dirname(__file__), "ca.pem")

    Flagged: instead of certifi's
        === shop/__init__.py
          import certifi
        + certifi.where = lambda: "/opt/shop/ca.pem"

    Flagged: written into certifi's
        === shop/setup.py
          import certifi
        + with open(certifi.where(), "a") as file:
        +     file.write(OURS)

    Allowed: certifi's own, and for one client
        === shop/__init__.py
          import os, ssl, certifi
        + os.environ["SSL_CERT_FILE"] = certifi.where()
        + def context(path):
        +     return ssl.create_default_context(cafile=path)
    """
    if paths.zone(python.path) == paths.TEST or not _CONCERNS.search(python.text):
        return
    for node, scope in (*_put(python), *_told(python), *_written(python)):
        yield Sighting(python.line(node), _SAID, python.code(node), scope, settled_by="review")


def _put(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    """Give what is put into the environment, or in the place of what others answer."""
    import libcst as cst  # noqa: PLC0415 (rarely needed)
    from libcst import matchers  # noqa: PLC0415

    for one in matchers.findall(python.module, matchers.Assign()):
        if not isinstance(one, cst.Assign):
            continue
        for target in (each.target for each in one.targets):
            is_one = isinstance(target, cst.Attribute) and bool(python.names(target) & _WHERE)
            if is_one or (isinstance(target, cst.Subscript) and _is_set(python, target, one.value)):
                yield one, python.scope(one)
                break


def _is_set(python: Python, target: cst.Subscript, value: cst.BaseExpression) -> bool:
    if not any(name.startswith("os.environ") for name in python.names(target.value)):
        return False
    key = getattr(target.slice[0].slice, "value", None)
    return key is not None and _is_named(python, key) and _is_own(python, value)


def _is_named(python: Python, key: cst.BaseExpression) -> bool:
    return any(isinstance(one, str) and _NAMES.fullmatch(one) for one in python.folds(key))


def _is_own(python: Python, value: cst.BaseExpression) -> bool:
    """Tell a file that the code names from one that the machine, or a caller, names."""
    if any(_TRUSTED.fullmatch(name) or name.startswith("param:") for name in python.origins(value)):
        return False
    code = python.code(value)
    known = python.fold(value)
    if isinstance(known, str):
        return bool(known) and not _SYSTEM.match(known)
    return "__file__" in code or "pem" in code.lower() or bool(python.origins(value))


def _told(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    for call in python.calls:
        if any(_SETTERS.fullmatch(name) for name in call.names) and _tells(python, call):
            yield call.node, call.scope


def _tells(python: Python, call: Call) -> bool:
    import libcst as cst  # noqa: PLC0415

    args = call.node.args
    if len(args) > 1 and args[0].keyword is None and _is_named(python, args[0].value):
        return _is_own(python, args[1].value)
    named = [arg.value for arg in args if arg.keyword and _NAMES.fullmatch(arg.keyword.value)]
    for arg in args:
        if isinstance(arg.value, cst.Dict):
            pairs = [one for one in arg.value.elements if isinstance(one, cst.DictElement)]
            named += [one.value for one in pairs if _is_named(python, one.key)]
    return any(_is_own(python, value) for value in named)


def _written(python: Python) -> Iterator[tuple[cst.CSTNode, str]]:
    """Give what writes to the file that certifi keeps."""
    if "certifi" not in python.text:
        return
    for call in python.calls:
        name = next((name for name in call.names if _WRITES.fullmatch(name)), "")
        if name and _is_theirs(python, call, name):
            yield call.node, call.scope


def _is_theirs(python: Python, call: Call, name: str) -> bool:
    import libcst as cst  # noqa: PLC0415 (rarely needed)

    function = call.node.func
    owner = function.value if isinstance(function, cst.Attribute) else None
    given = [arg.value for arg in call.node.args]
    if name.endswith("open"):
        at = 1 if name.startswith(("io.", "builtins.")) else 0
        mode = call.arg(python, at, "mode")
        if mode is None or _READING.match(python.code(mode)):
            return False
        target = owner if at == 0 else next(iter(given), None)
    elif name.startswith(("shutil.", "os.")):
        target = given[1] if len(given) > 1 else None
    else:
        target = owner
    return target is not None and "certifi.where" in python.origins(target)
