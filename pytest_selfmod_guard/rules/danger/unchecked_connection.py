"""SMG254: nobody checks who is at the other end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._calls import KINDS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python


@python_rule(
    "SMG254",
    risk=Risk.HIGH,
    hint="leave the check on (it is on by default); for a certificate of your own name its "
         "authority: "
    'verify="ca.pem", ssl.create_default_context(cafile="ca.pem"); for ssh ship a known_hosts file',
    triggers=(
        *REACHERS, b"verify", b"verify_ssl", b"ssl", b"verify_certs", b"check_hostname",
        b"cert_reqs",
        b"disable_ssl_certificate_validation", b"tlsallowinvalidcertificates", b"tlsinsecure",
        b"ssl_verify_peer",
        b"validate_cert", b"validate_certs", b"ssl_cert_reqs", b"ssl_version", b"openssl",
        b"protocol",
        b"set_missing_host_key_policy", b"known_hosts", b"set_verify", b"setopt", b"verify_mode",
        b"minimum_version",
        b"maximum_version", b"pythonhttpsverify", b"node_tls_reject_unauthorized", b"wrap_socket",
        b"_create_unverified_context", b"_create_default_https_context", b"telnetlib", b"ftplib",
        b"subprocess",
        b"system", b"popen", b"asyncio", b"pexpect",
        *(f"{verb}{kind}".encode() for verb in ("exec", "spawn") for kind in KINDS),
    ),
    supersedes=("B501", "B502", "B503", "B504", "B507", "B321", "B312", "B323"),
)  # fmt: skip
def unchecked_connection(python: Python) -> Iterable[Sighting]:
    """
    A connection is made without checking who is at its other end.

    It is encrypted then, but for whom nobody knows: anybody on the way reads
    and changes everything. Old protocols are as good as none; telnet and ftp
    hide nothing at all, which is a warning, and so is anything in tests.

    Flagged: switched off
        === shop/payment.py
          import requests
        + def pay(order):
        +     return requests.post("https://pay.example.invalid", json=order, verify=False)

    Flagged: for a whole session
        === shop/payment.py
          import requests
          session = requests.Session()
        + session.verify = False

    Flagged: in a context
        === shop/payment.py
          import ssl
          context = ssl.create_default_context()
        + context.check_hostname = False
        + context.verify_mode = ssl.CERT_NONE

    Flagged: any host is as good
        === shop/deploy.py
          import paramiko
          client = paramiko.SSHClient()
        + client.set_missing_host_key_policy(paramiko.AutoAddPolicy())

    Flagged: told to another program
        === shop/deploy.py
          import subprocess
        + subprocess.run(["ssh", "-o", "StrictHostKeyChecking=no", host, "uptime"], check=True)

    Flagged: an old protocol
        === shop/server.py
          import ssl
        + context = ssl.SSLContext(ssl.PROTOCOL_TLSv1)

    Flagged: in a test [medium]
        === tests/test_payment.py
          import requests
        + requests.get("https://localhost:8443", verify=False, timeout=5)

    Allowed: an authority of one's own
        === shop/payment.py
          import requests
        + def pay(order):
        +     return requests.post("https://pay.example.invalid", json=order, verify="ca.pem")

    Allowed: the safe default
        === shop/server.py
          import ssl
        + context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        + context.minimum_version = ssl.TLSVersion.TLSv1_2

    Allowed: something else to verify
        === shop/token.py
        + def check(token, key):
        +     return token.decode(key, verify=False)
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_tls import (  # noqa: PLC0415 (imports libcst)
        sightings,
    )

    yield from sightings(python)
