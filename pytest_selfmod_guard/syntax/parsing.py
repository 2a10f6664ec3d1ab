"""The way from bytes to :class:`~.python.Python`, safe against hostile files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decoding import decode
from .depth import too_deep
from .marks import too_marked
from .running import no_collection
from .values import Unparsable

if TYPE_CHECKING:
    from .python import Python

MAX_SIZE = 2 * 1024 * 1024
ONLY_AST = 0x400


def parse(path: str, data: bytes) -> Python | Unparsable:
    """
    Parse one version of one file.

    :param path: for the record only; nothing is read from it
    :param data: the file's bytes
    :return: the file, or why it cannot be looked at; never raises for what the
        bytes are
    """
    text = _source(data)
    return text if isinstance(text, Unparsable) else _parse(path, text)


def unparsable(data: bytes) -> Unparsable | None:
    """
    Tell why a file cannot be looked at, as far as that shows without libcst.

    Cheaper than :func:`parse`, which may still find that libcst cannot parse
    what Python can.
    """
    text = _source(data)
    if isinstance(text, Unparsable):
        return text
    refused = _refused_by_python(text)
    if refused is None:
        return None
    return refused if isinstance(_parsed_by_libcst("", text), Unparsable) else None


def _source(data: bytes) -> str | Unparsable:
    if len(data) > MAX_SIZE:
        limit = MAX_SIZE // 1024 // 1024
        return Unparsable(f"It is larger than {limit} MiB.", 0, "too-large")
    text = decode(data)
    if isinstance(text, Unparsable):
        return text
    return too_marked(text) or too_deep(text) or text


def _parse(path: str, text: str) -> Python | Unparsable:
    refused = _refused_by_python(text)
    parsed = _parsed_by_libcst(path, text)
    if not isinstance(parsed, Unparsable) or refused is None:
        return parsed
    return refused


def _refused_by_python(text: str) -> Unparsable | None:
    import warnings  # noqa: PLC0415  # only what is parsed pays for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<source>", "exec", ONLY_AST, dont_inherit=True)
        except SyntaxError as problem:
            return Unparsable(
                f"It is not valid Python: {problem.msg}.", problem.lineno or 0, "syntax"
            )
        except ValueError as problem:
            return Unparsable(f"It is not valid Python: {problem}.", 0, "syntax")
        except (RecursionError, MemoryError):
            return Unparsable("It nests too deep for Python itself.", 0, "too-deep")
    return None


def _parsed_by_libcst(path: str, text: str) -> Python | Unparsable:
    import libcst  # noqa: PLC0415  # a tenth of a second, which most commits need not pay

    from .python import Python  # noqa: PLC0415  # imports libcst
    from .spelling import spell_names  # noqa: PLC0415  # the same

    try:
        with no_collection():
            return Python(path, text, spell_names(libcst.parse_module(text), text))
    except libcst.ParserSyntaxError as problem:
        return _unsupported(problem.message.splitlines()[0], problem.raw_line)
    except Exception as problem:  # noqa: BLE001  # its native code raises a variety, undocumented
        return _unsupported(type(problem).__name__, 0)
    except BaseException as problem:
        # A panic of native code is no Exception; its class cannot be imported.
        if type(problem).__name__ != "PanicException":
            raise
        return _unsupported("its parser gave up", 0)


def _unsupported(why: str, line: int) -> Unparsable:
    return Unparsable(f"libcst cannot parse it: {why}.", line, "unsupported")
