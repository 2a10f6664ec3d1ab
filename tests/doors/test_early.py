"""Code of the change that ran before the verdict is seen, however its module looks."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_selfmod_guard.doors._launch.early import judged_late
from pytest_selfmod_guard.model import LAYERS, UNKNOWN_ACTOR, Layer, Receipt, Risk, State

if TYPE_CHECKING:
    from tests.conftest import Repo


@pytest.fixture(autouse=True)
def _users_environment(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git see what it sees in the repository's own commands."""
    for name, value in repo.environ.items():
        monkeypatch.setenv(name, value)


def receipt(repo: Repo, *files: str, decision: str = "allowed") -> Receipt:
    """Make a receipt of a change to files on top of HEAD."""
    return Receipt(
        attempt="a1", at=1.5, seconds=0.25, decision=decision, outcome=decision, enforced=True,
        risk=Risk.NONE, actor=UNKNOWN_ACTOR, source="--selfmod-guard",
        base=repo.git("rev-parse", "HEAD"), head="f" * 40, digest="d" * 64, files=files,
        findings=(), because=(), preflight=(), trial=None,
        layers=tuple(Layer(name, State.NOT_RUN) for name in LAYERS), notes=("First.",),
    )  # fmt: skip


def module(file: object, **more: object) -> ModuleType:
    """Make a module from a file."""
    made = ModuleType("made")
    made.__dict__.update(__file__=str(file) if isinstance(file, Path) else file, **more)
    return made


def judged(told: Receipt, repo: Repo, *modules: object) -> Receipt:
    """Judge again with these modules imported, beside everything that this process has."""
    return judged_late(told, str(repo.path), {str(at): one for at, one in enumerate(modules)})


def test_nothing_of_the_project_changes_nothing(repo: Repo) -> None:
    """The standard library, our own modules and a neighbour whose name begins the same."""
    told = receipt(repo, "app.py")
    neighbour = Path(f"{repo.path}2/app.py")
    assert judged(told, repo, os, pytest, module(neighbour)) == told


def test_a_module_that_the_change_touches_makes_it_undecided(repo: Repo) -> None:
    """Even one whose bytes on disk are the base's, since it may have been put back."""
    late = judged(receipt(repo, "app.py"), repo, module(repo.path / "app.py"))
    assert (late.decision, late.outcome, late.slug) == ("undecided", "undecided", "code-ran-before")
    assert '"app.py"' in late.reason
    assert late.hint.endswith("selfmod-guard pytest")


def test_a_module_that_is_not_the_bases_makes_it_undecided(repo: Repo) -> None:
    """Edited on disk, never committed, gone again, or a folder in the base."""
    repo.write("app.py", "print('other')\n")
    assert judged(receipt(repo), repo, module(repo.path / "app.py")).decision == "undecided"
    for name in ("new.py", "gone.py"):
        repo.write(name, "")
        file = module(repo.path / name)
        (repo.path / "gone.py").unlink(missing_ok=True)
        assert judged(receipt(repo), repo, file).decision == "undecided", name
    repo.write("tests/test_app.py", "")
    repo.commit()
    assert judged(receipt(repo), repo, module(repo.path / "tests")).decision == "undecided"


def test_a_module_of_the_base_is_a_note(repo: Repo) -> None:
    """It was not judged now, and does not have to be."""
    late = judged(receipt(repo, "README.md"), repo, module(repo.path / "app.py"))
    assert late.decision == "allowed"
    assert late.notes == ("First.", 'Code of the base ran before the verdict: "app.py".')


def test_line_ends_of_a_checkout_are_no_difference(repo: Repo) -> None:
    """Git writes others where it is told to, and Python reads them alike."""
    repo.write("app.py", (repo.path / "app.py").read_bytes().replace(b"\n", b"\r\n"))
    assert judged(receipt(repo), repo, module(repo.path / "app.py")).decision == "allowed"


@pytest.mark.parametrize("decision", ["denied", "undecided"])
def test_what_was_no_pass_stays_what_it_was(repo: Repo, decision: str) -> None:
    """With a note, because the code may have bent more than the verdict."""
    told = receipt(repo, "app.py", decision=decision)
    late = judged(told, repo, module(repo.path / "app.py"))
    assert late._replace(notes=()) == told._replace(notes=())
    assert late.notes == ("First.", 'Code of the change ran before the verdict: "app.py".')


def test_at_most_five_are_named(repo: Repo) -> None:
    """Each once, sorted, and the others counted."""
    files = [f"m{at}.py" for at in range(7)]
    modules = [module(repo.path / name) for name in (*files[::-1], *files)]
    reason = judged(receipt(repo, *files), repo, *modules).reason
    assert reason.endswith('"m0.py", "m1.py", "m2.py", "m3.py", "m4.py" and 2 more')


def test_a_compiled_form_that_the_change_brings_counts(repo: Repo) -> None:
    """Python runs it in the place of a source that nobody touched."""
    compiled = "__pycache__/app.cpython-311.pyc"
    app = module(repo.path / "app.py", __cached__=str(repo.path / compiled))
    assert judged(receipt(repo, compiled), repo, app).decision == "undecided"
    assert judged(receipt(repo), repo, app).decision == "allowed"


def test_links_do_not_hide_a_module(repo: Repo, tmp_path: Path) -> None:
    """Neither a link to the repository, nor one out of it."""
    (tmp_path / "elsewhere").symlink_to(repo.path)
    by_link = module(tmp_path / "elsewhere" / "app.py")
    assert judged(receipt(repo, "app.py"), repo, by_link).decision == "undecided"
    outside = tmp_path / "outside.py"
    outside.write_text("")
    repo.link("linked.py", str(outside))
    out_of_it = module(repo.path / "linked.py")
    assert judged(receipt(repo, "linked.py"), repo, out_of_it).decision == "undecided"


def test_a_namespace_package_counts_when_the_change_touches_what_is_in_it(repo: Repo) -> None:
    """It runs no code itself, but something in it was looked for."""
    shop = module(None, __path__=[str(repo.path / "shop")])
    assert judged(receipt(repo, "shop/cart.py"), repo, shop).decision == "undecided"
    assert judged(receipt(repo, "shopping.py"), repo, shop) == receipt(repo, "shopping.py")


def test_a_file_name_that_is_no_text_is_known_again(repo: Repo) -> None:
    """The receipt has it escaped."""
    late = judged(receipt(repo, "caf\\xe9.py"), repo, module(f"{repo.path}/caf\udce9.py"))
    assert late.decision == "undecided"
    assert '"caf\\xe9.py"' in late.reason


def test_an_environment_in_the_project_is_not_the_project(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody committed it; but if somebody did, and the change touches it, it counts."""
    site = repo.path / ".venv" / "site-packages"
    paths = {"purelib": site, "platlib": site, "scripts": repo.path / ".venv" / "bin"}
    real = sysconfig.get_path
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(paths.get(name) or real(name)))
    installed = module(site / "attr.py")
    assert judged(receipt(repo), repo, installed) == receipt(repo)
    beside = module(repo.path / ".venv" / "site-packages-of-mine.py")
    assert judged(receipt(repo), repo, beside).decision == "undecided"
    touched = receipt(repo, ".venv/site-packages/attr.py")
    assert judged(touched, repo, installed).decision == "undecided"


def test_a_project_in_a_folder_of_the_environment_is_still_a_project(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some check out below ``site-packages``."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(repo.path.parent))
    repo.write("new.py", "")
    assert judged(receipt(repo), repo, module(repo.path / "new.py")).decision == "undecided"


class Lies:
    """A module that answers any question with an exception."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


class Breaks:
    """A module whose file is a trap."""

    @property
    def __file__(self) -> str:
        raise RuntimeError


class Interrupts:
    """A module whose places cannot be counted."""

    __file__ = None

    @property
    def __path__(self) -> Iterator[str]:
        yield "/"
        raise RuntimeError


class Name(str):
    """A name that is not what it looks like."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """Deny everything."""
        raise RuntimeError


@pytest.mark.parametrize(
    "odd",
    [
        lambda: None, lambda: 7, object, Lies, Breaks, Interrupts, lambda: module(None),
        lambda: module(b"app.py"), lambda: module(7), lambda: module("a\0b"), lambda: module(""),
        lambda: module(Name("x")), lambda: module(None, __path__=7),
        lambda: module(None, __path__=[None, 7, "a\0b"]), lambda: SimpleNamespace(__file__=[]),
    ],
)  # fmt: skip
def test_an_odd_module_hides_no_other(repo: Repo, odd: Callable[[], object]) -> None:
    """Whatever stands in ``sys.modules``, the one beside it is seen."""
    modules = (odd(), module(repo.path / "app.py"), odd())
    assert judged(receipt(repo), repo, odd()) == receipt(repo)
    assert judged(receipt(repo, "app.py"), repo, *modules).decision == "undecided"


def test_a_lazy_module_is_not_woken(repo: Repo) -> None:
    """To ask it for what it has not would import more of what is not judged yet."""
    lazy = ModuleType("lazy")
    asked: list[str] = []
    lazy.__dict__["__getattr__"] = asked.append
    del lazy.__dict__["__spec__"]
    judged(receipt(repo), repo, lazy)
    assert asked == []


def test_a_base_that_is_not_there_is_the_same_as_nothing(repo: Repo) -> None:
    """What cannot be compared is not known to be the base's."""
    app = module(repo.path / "app.py")
    for base in ("", "e" * 40, "nowhere"):
        assert judged(receipt(repo)._replace(base=base), repo, app).decision == "undecided"
