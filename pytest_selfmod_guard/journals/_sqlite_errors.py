"""
What can befall the file of the embedded journal: what happened, and the way out.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_selfmod_guard.errors import JournalError
from pytest_selfmod_guard.journals._holders import holders, name
from pytest_selfmod_guard.journals._patience import is_busy

ELSEWHERE = (
    "use a clone on a local disk, or keep the journal in PostgreSQL, which the policy says by "
    'journal = "postgresql://user@host/database"'
)


@contextmanager
def said(path: str) -> Iterator[None]:
    """
    Turn what SQLite and the system say into an error of ours.

    What is a mistake of whoever asks, such as to go on after a turn, stays as it is.

    :param path: the journal's file
    """
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except (sqlite3.Error, OSError) as error:
        raise _told(error, path) from error


def _told(error: Exception, path: str) -> JournalError:
    if is_busy(error):
        return _busy(path)
    kind: Callable[[str, str], JournalError]
    if isinstance(error, OSError):
        kind = _BY_ERRNO.get(error.errno or 0, _unusable)
    else:
        # An error without a code is Python's own: what it got out is no text, or no number.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        kind = _BY_CODE.get(code) or _BY_CODE.get(code & 0xFF, _unusable)
        if kind is forbidden and not os.path.lexists(path):
            kind = vanished
    return kind(path, str(error))


def _busy(path: str) -> JournalError:
    pids = holders(path)
    named = [f"process {pid} ({name(pid)})" for pid in pids if pid != os.getpid()]
    named += ["this process itself"] if os.getpid() in pids else []
    look = f"ps -fp {','.join(map(str, pids))}" if pids else f"fuser -v {_quoted(path)}"
    return JournalError(
        "journal-busy",
        f"{' and '.join(named) or 'another process'} keeps the journal to itself",
        context=path,
        hint=f"nothing was written; try again when that has ended, and see what it does: {look}",
    )


def damaged(path: str, why: str) -> JournalError:
    """Say that this is no journal, or not all of one."""
    aside = f"{_quoted(os.path.join(os.path.dirname(path), 'damaged'))}-$(date +%s)"
    return JournalError(
        "journal-damaged",
        f"the journal is damaged ({why})",
        context=path,
        hint="it is evidence, so keep it; the next run begins a new one when it is out of the "
        f'way: d={aside} && mkdir "$d" && mv {_quoted(path)}* "$d"',
    )


def forbidden(path: str, why: str) -> JournalError:
    """Say that the system does not let this process at it."""
    folder = os.path.dirname(path)
    return JournalError(
        "journal-forbidden",
        f"this process may not use the journal ({_whose(folder, path) or why})",
        context=path,
        hint=f"let its owner make it writable, or {ELSEWHERE}; "
        f"whose it is: ls -la {_quoted(folder)}",
    )


def _whose(folder: str, path: str) -> str:
    """Say why not, where that can be seen."""
    for what in (folder, path):
        try:
            owner, is_fixed = os.stat(what).st_uid, os.statvfs(what).f_flag & os.ST_RDONLY
        except OSError:
            continue
        if is_fixed:
            return "its file system is mounted read-only"
        if owner != os.geteuid():
            return f"it belongs to user {owner}, and this is user {os.geteuid()}"
        if not os.access(what, os.W_OK, effective_ids=True):
            return f"its {'folder' if what == folder else 'file'} is read-only"
    return ""


def _full(path: str, why: str) -> JournalError:
    return JournalError(
        "journal-full",
        f"there is no room to write the journal ({why})",
        context=path,
        hint="nothing of this attempt was kept, and nothing of others was lost; make room, or "
        f"raise the quota or the limit on a file's size: df -h {_quoted(os.path.dirname(path))}",
    )


def vanished(path: str, why: str) -> JournalError:
    """Say that the journal that was there is there no more."""
    return JournalError(
        "journal-vanished",
        f"the journal was taken away while it was in use ({why})",
        context=path,
        hint="what was being written is not kept; put it back, or run again, which begins a new "
        f"one, and see who did it: ls -la {_quoted(os.path.dirname(path))}",
    )


def misplaced(path: str, why: str) -> JournalError:
    """Say that something else is in its place."""
    folder = os.path.dirname(path)
    what = path if os.path.isdir(folder) else folder
    return JournalError(
        "journal-misplaced",
        f"something else is in the journal's place ({why})",
        context=what,
        hint=f"see what it is, and move it away: mv {_quoted(what)} {_quoted(f'{what}.aside')}",
    )


def _unusable(path: str, why: str) -> JournalError:
    return JournalError(
        "journal-unusable",
        f"the journal cannot be used ({why})",
        context=path,
        hint="see what the system says of its disk: dmesg | tail",
    )


def _quoted(path: str) -> str:
    import shlex  # noqa: PLC0415 (only where something went wrong)

    return shlex.quote(path)


_BY_ERRNO = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), forbidden),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _full),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ELOOP), misplaced),
    errno.ENOENT: vanished,
}
_BY_CODE = {
    # What the tables should hold and do not, or should not and do.
    **dict.fromkeys((sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT), damaged),
    **dict.fromkeys((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB), damaged),
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN), forbidden),
    **dict.fromkeys((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE), _full),
    sqlite3.SQLITE_READONLY_DBMOVED: vanished,
}
