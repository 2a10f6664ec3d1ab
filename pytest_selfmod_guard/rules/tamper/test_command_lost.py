"""SMG323: tox, nox, make or a script no longer runs the tests, or lets them fail unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules import Sighting, change_rule
from pytest_selfmod_guard.view import View

_WORDS = (
    b"test",
    b"tox",
    b"nox",
    b"lint",
    b"flake8",
    b"ruff",
    b"mypy",
    b"check",
    b"trial",
    b"ADDOPTS",
)


@change_rule(
    "SMG323",
    risk=Risk.HIGH,
    hint="keep the command as it is, and let its failure end the task; what fails for now is mended"
    " or marked in the test itself",
)
def test_command_lost(view: View) -> Iterable[Sighting]:
    """
    A task that runs the tests runs them no more, in part, or cannot fail.

    Read are `tox.ini`, `noxfile.py`, `tasks.py`, makefiles and justfiles, shell
    scripts, tables of commands in `pyproject.toml` and `package.json`, Docker and
    Jenkins files. A task that stays and no longer runs what it did is denied, as
    are a `-` before the command, `|| true`, `ignore_outcome`, other
    `success_codes`, and options that leave tests out. A task that goes as a whole
    fails loudly where it is called, and is a warning at most.

    Flagged: a dash
        === Makefile
          test:
        - 	pytest
        + 	-pytest

    Flagged: the outcome does not count
        === tox.ini
          [testenv]
        + ignore_outcome = true
          commands = pytest {posargs}

    Flagged: failures are successes
        === noxfile.py
          import nox
          @nox.session
          def tests(session):
        -     session.run("pytest")
        +     session.run("pytest", success_codes=[0, 1])

    Flagged: it is only said
        === scripts/test.sh
          #!/bin/sh
        - python -m pytest tests
        + echo python -m pytest tests

    Flagged: fewer tests
        === pyproject.toml
          [tool.hatch.envs.default.scripts]
        - test = "pytest {args}"
        + test = "pytest -k 'not api and not db' {args}"

    Allowed: another way to run the same
        === tox.ini
          [testenv]
        - commands = pytest {posargs}
        + commands =
        +     coverage run -m pytest -ra {posargs}
        +     - coverage report
        === Makefile
          test:
        - 	python -m pytest
        + 	uv run pytest -n auto
          clean:
        + 	-rm -rf build

    Allowed: one tool in the place of another
        === tox.ini
        - [testenv]
        - commands = pytest
        === noxfile.py
        + import nox
        + @nox.session
        + def tests(session):
        +     session.install(".")
        +     session.run("pytest", *session.posargs)
    """
    if any(_speaks(side.blob.data) for file in view.files for side in (file.old,) if side):
        yield from _compared(view)


def _speaks(data: bytes | None) -> bool:
    return data is not None and any(word in data for word in _WORDS)


def _compared(view: View) -> Iterator[Sighting]:
    from pytest_selfmod_guard.rules.tamper._task_compared import losses  # noqa: PLC0415 (rarely)

    told = set()
    for lost in losses(view):
        if lost.message not in told:
            told.add(lost.message)
            yield Sighting(
                0, lost.message, path=lost.path, risk=lost.risk, settled_by=lost.settled_by
            )
