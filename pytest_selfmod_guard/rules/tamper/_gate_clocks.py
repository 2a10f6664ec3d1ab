"""Clocks of scripts that judge: one that is read in nanoseconds tells the same time."""

from __future__ import annotations

import ast
import re

_FINE = re.compile(r"\btime\.(\w+)_ns\(\)")
_COARSE = re.compile(r"\btime\.(perf_counter|monotonic|process_time|time)\(\)")
_SECONDS = re.compile(r"\((?P<spent>[^()]*(?:\(\)[^()]*)*)\) / (?:1000000000(?:\.0)?|10 \*\* 9)")


def clocked(tree: ast.Module) -> ast.Module:
    """Give a script that reads its clock in seconds, if all of it can be written so."""
    text = ast.unparse(tree)
    if not _FINE.search(text) and not _COARSE.search(text):
        return tree
    if _FINE.search(text) and not _COARSE.search(text):
        subtractions = len(re.findall(r"_ns\(\) - ", text))
        text, made = _SECONDS.subn(lambda found: found["spent"], text)
        if made != subtractions:
            return tree
        text = _FINE.sub(r"time.\1()", text)
    clocks = set(_COARSE.findall(text))
    return ast.parse(text if len(clocks) > 1 else _COARSE.sub("time.perf_counter()", text))
