"""What the README shows is what the guard says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Repo

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_denial_in_the_readme_is_a_real_one(repo: Repo) -> None:
    """Word for word, from the verdict to the last line."""
    shown = README[README.index("selfmod-guard: denied") : README.index("why: selfmod-guard")]
    before = "import json\n\n\ndef total(text):\n"
    repo.write("shop/cart.py", before)
    repo.commit()
    line = '    return getattr(__import__("builtins"), "ev" + "al")(text)\n'
    repo.write("shop/cart.py", f"{before}    # faster\n{line}")
    repo.add()
    said = repo.guard("check", "--staged", AI_AGENT="demo-agent").stdout.decode()
    assert said.startswith(shown)


def test_every_command_in_the_readme_exists(repo: Repo) -> None:
    """Each verb that a line or a span of code begins with has a help page."""
    verbs = set(re.findall(r"(?m)(?:^|`)selfmod-guard ([a-z-]+)", README))
    assert {"init", "check", "rules", "explain", "policy"} <= verbs
    for verb in sorted(verbs):
        assert repo.guard(verb, "--help").returncode == 0, verb
