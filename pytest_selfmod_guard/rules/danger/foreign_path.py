"""SMG241: foreign data becomes the path of a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, python_rule
from pytest_selfmod_guard.rules._reaching import REACHERS

if TYPE_CHECKING:
    from pytest_selfmod_guard.syntax import Python

_CLEANERS = frozenset((".name", ".stem", ".suffix", "io.BytesIO", "io.StringIO"))


@python_rule(
    "SMG241",
    risk=Risk.HIGH,
    hint="take only the last part of the name (werkzeug.utils.secure_filename, os.path.basename), "
    "or resolve the path and test that it lies below its folder: "
    "path = (BASE / name).resolve(); if not path.is_relative_to(BASE): abort(404)",
    triggers=(
        *REACHERS, b"open", b"file", b"open_file", b"zipfile", b"load", b"loadtxt", b"pandas",
        b"remove", b"unlink",
        b"rmdir", b"removedirs", b"mkdir", b"makedirs", b"listdir", b"scandir", b"walk", b"chmod",
        b"chown",
        b"truncate", b"mkfifo", b"rename", b"replace", b"renames", b"link", b"symlink", b"shutil",
        b"send_file",
        b"fileresponse", b"file_stream", b"staticfilehandler", b"send_from_directory",
        b"read_text", b"read_bytes",
        b"write_text", b"write_bytes", b"touch", b"iterdir", b"rglob", b"save", b"extract",
        b"extractall",
    ),
    supersedes=("B202",),
)  # fmt: skip
def foreign_path(python: Python) -> Iterable[Sighting]:
    """
    Foreign data becomes the path of a file that is read, written or deleted.

    With `../../etc/passwd`, or simply `/etc/passwd`, a stranger reaches any
    file of the machine. The names inside of a tar archive are such data too:
    without a `filter` it may write anywhere. What was cleaned, looked up, or
    tested before is silent; in tests it is a warning.

    Flagged: a file of the sender's choice is read
        === shop/views.py
          from flask import request
        + def show():
        +     name = request.args["name"]
        +     return open("pages/" + name).read()

    Flagged: an upload keeps its own name
        === shop/views.py
          import os
          from flask import request
        + def upload():
        +     photo = request.files["photo"]
        +     photo.save(os.path.join("uploads", photo.filename))

    Flagged: through a function of the file
        === shop/views.py
          import os
        + def delete(request):
        +     _forget(request.POST.get("file"))
        + def _forget(name):
        +     os.remove(f"data/{name}")

    Flagged: an archive writes where it wants to
        === shop/backup.py
          import tarfile
          def restore(path):
        +     with tarfile.open(path) as archive:
        +         archive.extractall("data")

    Allowed: only the last part of the name
        === shop/views.py
          import os
          from flask import request
          from werkzeug.utils import secure_filename
        + def upload():
        +     photo = request.files["photo"]
        +     photo.save(os.path.join("uploads", secure_filename(photo.filename)))

    Allowed: it was tested
        === shop/views.py
          from flask import abort, request
        + def show():
        +     path = (PAGES / request.args["name"]).resolve()
        +     if not path.is_relative_to(PAGES):
        +         abort(404)
        +     return path.read_text()

    Allowed: an archive that stays in its folder
        === shop/backup.py
          import tarfile
          def restore(path):
        +     with tarfile.open(path) as archive:
        +         archive.extractall("data", filter="data")

    Allowed: a program's own argument
        === shop/tool.py
          import sys
        + print(open(sys.argv[1]).read())
    """
    from pytest_selfmod_guard.rules.danger._vulnerable_archives import (  # noqa: PLC0415 (imports libcst)
        unfiltered,
    )
    from pytest_selfmod_guard.rules.danger._vulnerable_places import PATHS  # noqa: PLC0415
    from pytest_selfmod_guard.rules.danger._vulnerable_sinks import flows  # noqa: PLC0415

    yield from flows(python, PATHS, cleaners=_CLEANERS)
    yield from unfiltered(python)
