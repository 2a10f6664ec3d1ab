"""The checks of task runners' files: tox, make, just, scripts, and tables of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, splitext

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.rules.tamper._checks import OPAQUE
from pytest_selfmod_guard.rules.tamper._running_checks import Running, running, script
from pytest_selfmod_guard.rules.tamper._settings import ini, text_of, toml
from pytest_selfmod_guard.view import Side

_TARGET = re.compile(r"^([\w./%@$(){}-]+(?:[ \t]+[\w./%@-]+)*)[ \t]*(?:[\w=\"' ]*)::?(?!=)(.*)$")
_MAKEFILES = frozenset(("makefile", "gnumakefile"))
_TABLES = frozenset(("scripts", "tasks", "commands", "cmd", "test-command", "shell", "composite",
                     "sequence", "cmds", "command", "run"))  # fmt: skip
_DEEPEST = 40
_LAYER = re.compile(r"^\s*(?:RUN|CMD)\s+(.+(?:\\\n.*)*)", re.MULTILINE)
_SH = re.compile(
    r"\b(?:sh|bat|bash)\s*\(?\s*(?:script\s*:\s*)?('''|\"\"\"|'|\")(.*?)\1(.{0,60})", re.DOTALL
)


def is_task_file(path: str) -> bool:
    """Tell whether a file is one that people run checks by."""
    name = basename(path).lower()
    return (
        name in _MAKEFILES | {"justfile", ".justfile", "tox.ini", "tox.toml", "setup.cfg",
                              "pyproject.toml", "package.json", "jenkinsfile", "pixi.toml",
                              "hatch.toml", "duties.py", "noxfile.py", "tasks.py", "dodo.py"}
        or name.endswith(".mk") or name.startswith(("dockerfile", "containerfile"))
        or (paths.is_shell(path) and splitext(name)[1] in {".sh", ".bash", ".zsh"})
        or ("." not in name and path.startswith((".ci/", "ci/", "scripts/", "script/", "bin/")))
    )  # fmt: skip


def task_checks(side: Side | None) -> tuple[list[Running], set[str]]:
    """Give the checks of one version of a file, and the names of its tasks."""
    text = text_of(side)
    if text is None or side is None:
        return [], set()
    name = basename(side.path).lower()
    if name in _MAKEFILES or name.endswith((".mk", "justfile")):
        return _make(text)
    if name in {"tox.ini", "setup.cfg"}:
        return _tox(text)
    if name.endswith((".toml", ".json")):
        tree = toml(text) if name.endswith(".toml") else _json(text)
        found = list(_tables(tree, "", inside=False))
        return found, {one.place for one in found} | set(_names(tree, ""))
    return _python(side) if side.is_python else (list(_without_tasks(name, text)), {""})


def _without_tasks(name: str, text: str) -> Iterator[Running]:
    """Give the checks of a file that is one task as a whole."""
    if name == "jenkinsfile":
        yield from _jenkins(text)
    elif name.startswith(("dockerfile", "containerfile")):
        for line in _LAYER.findall(text):
            yield from running(line.replace("\\\n", " "), "")
    else:
        yield from script(text, "", strict=re.match(r"#!.*\s-\w*e", text) is not None)


def _make(text: str) -> tuple[list[Running], set[str]]:
    found: list[Running] = []
    names: set[str] = set()
    place = ""
    ignored = re.search(r"^\.IGNORE\s*:|^MAKEFLAGS\s*[+:]?=.*(-i\b|\bi\b|--ignore-errors)", text,
                        re.MULTILINE)  # fmt: skip
    for line in text.replace("\\\n", " ").splitlines():
        target = _TARGET.match(line) if line[:1] not in {"\t", " ", "#"} else None
        if target:
            place = target[1].split()[0]
            names.add(place)
            found += (
                one for name in target[2].split("#")[0].split() for one in _called(name, place)
            )
        elif line[:1] in {"\t", " "} and place:
            told = line.strip()
            prefix = re.match(r"[@+-]*", told)
            muted = "make goes on after '-'" if prefix and "-" in prefix[0] else ""
            muted = muted or ("make is told to go on" if ignored else "")
            found += running(told.lstrip("@+-"), place, muted)
    return found, names


def _called(name: str, place: str) -> Iterator[Running]:
    """Give what a target needs by its name, where that says that it checks something."""
    for one in running(f"make {name}", place) if re.fullmatch(r"[\w-]+", name) else ():
        if one.check.kind != OPAQUE:
            yield one


def _tox(text: str) -> tuple[list[Running], set[str]]:
    found: list[Running] = []
    sections = ini(text)
    listed = sections.get("tox", {})
    for name in re.split(r"[\s,]+(?![^{]*\})", listed.get("envlist", listed.get("env_list", ""))):
        found += running(f"tox -e {name}", "tox") if name else ()
    for name, keys in sections.items():
        if not name.startswith(("testenv", "env", "tox")):
            continue
        muted = ""
        if str(keys.get("ignore_outcome", "")).strip().lower() == "true":
            muted = "'ignore_outcome' keeps its failure from counting"
        lines = re.sub(r"\\\n\s*", " ", keys.get("commands", "")).splitlines()
        for line in lines:
            told = re.sub(r"^[\w{},!.-]+:\s+", "", line.strip())
            mine = "tox goes on after '-'" if re.match(r"-\s*\S", told) else ""
            told = re.sub(r"\{posargs:?([^{}]*)\}|\[\]", r"\1", told.lstrip("- "))
            found += running(told, name, muted or mine)
    return found, set(sections)


def _json(text: str) -> Mapping[str, object]:
    import json  # noqa: PLC0415 (few changes touch such a file)

    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _tables(tree: object, place: str, *, inside: bool) -> Iterator[Running]:
    """Give the commands of tables such as ``tool.hatch.envs.default.scripts``."""
    if place.count(".") > _DEEPEST:
        return
    if isinstance(tree, Mapping):
        muted = _is_ignored(tree)
        for key, part in tree.items():
            here = f"{place}.{key}" if place else str(key)
            for one in _tables(part, here, inside=inside or key in _TABLES):
                yield one._replace(muted=one.muted or muted)
    elif isinstance(tree, list) and inside:
        if tree and all(isinstance(item, str) for item in tree) and _is_one_command(tree):
            yield from running(" ".join(map(str, tree)), place)
        else:
            for at, part in enumerate(tree):
                yield from _tables(
                    part, place if isinstance(part, str) else f"{place}.{at}", inside=True
                )
    elif isinstance(tree, str) and inside:
        muted = "a leading '-' keeps its failure from counting" if tree.startswith("- ") else ""
        yield from running(tree.removeprefix("- "), place, muted)


def _is_ignored(tree: Mapping[str, object]) -> str:
    for key in ("ignore_fail", "ignore_outcome", "continue_on_error", "ignore-fail"):
        if tree.get(key) is True or tree.get(key) == "return_zero":
            return f"{key!r} keeps its failure from counting"
    return ""


def _is_one_command(words: list[object]) -> bool:
    return len(words) > 1 and not any(" " in str(word) for word in words[:1])


def _names(tree: object, place: str) -> Iterator[str]:
    if isinstance(tree, Mapping) and place.count(".") <= _DEEPEST:
        for key, part in tree.items():
            here = f"{place}.{key}" if place else str(key)
            yield here
            yield from _names(part, here)


def _jenkins(text: str) -> Iterator[Running]:
    for match in _SH.finditer(text):
        before = text[: match.start()].splitlines()[-8:]
        muted = ""
        if re.search(r"catchError|warnError", "\n".join(before)):
            muted = "'catchError' keeps its failure from counting"
        elif re.search(r"returnStatus\s*:\s*true", match[3] + "".join(before[-1:])):
            muted = "'returnStatus' keeps its failure from counting"
        yield from script(match[2], "", muted, strict=True)


def _python(side: Side) -> tuple[list[Running], set[str]]:
    from pytest_selfmod_guard.rules.tamper._session_calls import (  # noqa: PLC0415 (libcst)
        session_checks,
    )

    return session_checks(side)
