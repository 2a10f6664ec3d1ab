"""What every door that prints needs: where to, in colour or not, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from pytest_selfmod_guard.errors import EXIT_ALLOWED, EXIT_DENIED, EXIT_UNDECIDED, UsageError
from pytest_selfmod_guard.model import Receipt
from pytest_selfmod_guard.reports import formats, render


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether to colour: on a terminal, unless ``NO_COLOR`` is set."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def show(
    receipt: Receipt,
    environ: Mapping[str, str],
    shapes: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> None:
    """
    Write a receipt in every format that was asked for.

    :param shapes: names of formats; none means text
    :param outputs: files, the first for the first format and so on; formats
        beyond them go to standard output
    :raises UsageError: more files than formats, or a file that cannot be written
    """
    shapes = shapes or ("text",)
    if len(outputs) > len(shapes):
        raise UsageError(
            "output-without-format",
            "there are more --output than --format",
            hint=f"give each file its format: --format {formats()[0]} --output {outputs[-1]}",
        )
    for at, shape in enumerate(shapes):
        if at < len(outputs):
            _to_file(render(shape, receipt), outputs[at])
        else:
            _to_stdout(render(shape, receipt, color=wants_color(sys.stdout, environ)))


def _to_stdout(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _to_file(text: str, path: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            "output-unwritable",
            f"the report cannot be written ({error.strerror})",
            context=path,
            hint="name a file in a folder that exists and is writable",
        ) from None


def exit_code(receipt: Receipt) -> int:
    """Map a receipt to the exit code of commands and hooks."""
    if receipt.decision == "undecided":
        return EXIT_UNDECIDED
    denied = receipt.decision == "denied" and receipt.enforced
    return EXIT_DENIED if denied else EXIT_ALLOWED
