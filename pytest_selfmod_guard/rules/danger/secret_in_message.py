"""SMG267: a secret is put into a text that is printed, logged or sent as a message."""

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

_SECRET = re.compile(
    r"(?i)(?:\w+[._])?(?:passw(?:or)?d|passphrase|secret(?:_?key)?|private_?key|api_?(?:key|secret)"
    r"|(?:access|auth|bearer|bot|refresh|session|api|csrf|reset|id|github|gh|slack)_?token"
    r"|(?:self|cls|settings|config|cfg|app|client|request|user|session|bot|conf|args)[\w.]*\.token"
    r"|credentials?|card_?number|cvv)"
)
_TELLS = re.compile(
    r"(?i)(?:^|[._])(?:print|pprint|debug|info|warn(?:ing)?|error|critical|exception|log|echo|secho"
    r"|notify\w*|send(?:_?message|_text|_mail|_email|_notification)?|sendmail|reply\w*|publish"
    r"|capture_message|set_tag|set_extra|add_breadcrumb|increment|record|track|write|gethostbyname\w*|getaddrinfo|resolve)$"
)
_TEXTS = frozenset(
    (
        "text",
        "body",
        "message",
        "content",
        "subject",
        "caption",
        "msg",
        "html",
        "Body",
        "Message",
        "MessageBody",
        "blocks",
        "embed",
        "description",
    )
)
_WORDS = (b"pass", b"secret", b"private", b"key", b"token", b"credential", b"card", b"cvv")


@python_rule(
    "SMG267",
    risk=Risk.HIGH,
    hint="leave the secret out; say which account or key it was by its name or id, and show at "
    "most that one is set",
)
def secret_in_message(python: Python) -> Iterable[Sighting]:
    """
    A password, key or token is printed, logged, or stands in a message.

    Logs and chats are read by more people than may know it, and kept for long.
    How long it is or whether there is one may be said. Showing a new key to
    whom it belongs is honest, so that a person is to look.

    Flagged: in a log
        === shop/login.py
          def login(name, password):
        +     log.info("login of %s with %s", name, password)
              return known(name, password)

    Flagged: in a message to somebody
        === shop/bot.py
          class Bot:
              async def handle(self, message):
        +         await self.call("send", chat=-100, text=f"{message} {self.token}")

    Flagged: printed
        === shop/start.py
          import os
        + print("starting with", os.environ["API_TOKEN"])

    Allowed: whether there is one
        === shop/login.py
          def login(name, password, parser):
        +     log.info("login of %s, password given: %s", name, bool(password))
        +     log.error("unexpected token %r", parser.token_name)
              return known(name, password)
    """
    text = python.text.lower().encode("utf-8", "replace")
    if paths.zone(python.path) == paths.TEST or not any(word in text for word in _WORDS):
        return
    for call in python.calls:
        for node in _told(python, call):
            said = python.code(node)
            what = f"{said[:60]} is told to whoever reads the message"
            code = python.code(call.node)
            yield Sighting(python.line(call.node), what, code, call.scope, settled_by="review")
            break


def _told(python: Python, call: Call) -> Iterator[cst.BaseExpression]:
    """Give the secrets that stand in what a call tells."""
    tells = _TELLS.search(python.code(call.node.func)) is not None
    for arg in call.node.args:
        name = arg.keyword.value if arg.keyword is not None else ""
        if (tells and not name) or name in _TEXTS:
            yield from _secrets(python, arg.value)


def _secrets(python: Python, value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    from pytest_selfmod_guard.rules.danger._message_parts import parts  # noqa: PLC0415 (libcst)

    for part in parts(value):
        code = python.code(part)
        if _SECRET.fullmatch(code) or _ENVIRONMENT.fullmatch(code):
            yield part


_ENVIRONMENT = re.compile(
    r"os\.(?:environ(?:\.get)?|getenv)[\[(][\"']\w*(?:TOKEN|SECRET|PASSWORD|API_KEY|ACCESS_KEY)\w*[\"']"
    r"(?:, ?[\"']{2})?[\])]"
)
