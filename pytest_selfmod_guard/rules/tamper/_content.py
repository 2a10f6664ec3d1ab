"""With how much less pytest is content by its settings, although it collects the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.tamper._collected import test_files
from pytest_selfmod_guard.rules.tamper._narrowing import Loss
from pytest_selfmod_guard.rules.tamper._settings import Settings
from pytest_selfmod_guard.view import View

_BROAD = re.compile(r"(error|ignore|default|once|always|module)(?:::?:?(?:Warning|Exception)?)?:*")
"""A filter for whatever is warned of; the last one counts."""
_ASYNC = re.compile(r"^[ \t]*async[ \t]+def[ \t]+test", re.MULTILINE)


def contented(old: Settings, new: Settings, view: View) -> Iterator[Loss]:
    """Say what the new settings let by that the old did not."""
    for key in ("xfail_strict", "strict", "strict_xfail"):
        if old.is_on(key) and not new.is_on(key) and not new.is_on("strict"):
            yield Loss(f"{key!r} is off: an expected failure that passes does not show any more")
    if _mode(old) == "auto" and _mode(new) != "auto" and _has_unmarked(old, view):
        yield Loss("asyncio_mode is not 'auto' any more, and tests rely on it", settled_by="trial")
    if _stops_at_warnings(old) and not _stops_at_warnings(new):
        yield Loss("warnings are no errors any more", settled_by="trial")
    flags = set(new.words("doctest_optionflags")) - set(old.words("doctest_optionflags"))
    for flag in sorted(flags & {"SKIP", "IGNORE_EXCEPTION_DETAIL"}):
        yield Loss(f"doctests are told {flag!r}", settled_by="" if flag == "SKIP" else "trial")
    gone = set(_names(old)) - set(_names(new))
    if gone:
        yield Loss(f"the plugin {min(gone)!r} is not required any more", Risk.MEDIUM)
    if str(new.keys.get("collect_imported_tests", "")).lower() == "false" and (
        "collect_imported_tests" not in old.keys
    ):
        yield Loss("tests that are imported are not collected any more", settled_by="trial")


def _mode(found: Settings) -> str:
    for option in found.options:
        if option.kind == "asyncio":
            return option.text
    return str(found.keys.get("asyncio_mode", ""))


def _has_unmarked(settings: Settings, view: View) -> bool:
    texts = (text for _, text in test_files(settings, view))
    return any(_ASYNC.search(text) and "mark.asyncio" not in text for text in texts)


def _stops_at_warnings(found: Settings) -> bool:
    filters = [
        *found.lines("filterwarnings"),
        *(o.text for o in found.options if o.kind == "warning"),
    ]
    broad = [found for found in map(_BROAD.fullmatch, filters) if found]
    return bool(broad) and broad[-1][1] == "error"


def _names(found: Settings) -> list[str]:
    return [re.split(r"[<>=!~ \[]", word)[0] for word in found.words("required_plugins")]
