"""What the README shows is what the guard says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pytest_selfmod_guard.testing import Project

GUARD = (sys.executable, "-I", "-m", "pytest_selfmod_guard")
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_denial_in_the_readme_is_a_real_one() -> None:
    """Word for word, from the verdict to the last line."""
    shown = README[README.index("selfmod-guard: denied") : README.index("why: selfmod-guard")]
    before = "import json\n\n\ndef total(text):\n"
    line = '    return getattr(__import__("builtins"), "ev" + "al")(text)\n'
    shop = Project({"shop/cart.py": before}).commit()
    faster = shop.propose({"shop/cart.py": f"{before}    # faster\n{line}"})
    said = faster.run(*GUARD, "check", "--staged", AI_AGENT="demo-agent").out
    assert said.startswith(shown)


def test_every_command_in_the_readme_exists() -> None:
    """Each verb that a line or a span of code begins with has a help page."""
    verbs = set(re.findall(r"(?m)(?:^|`)selfmod-guard ([a-z-]+)", README))
    assert {"init", "check", "rules", "explain", "policy"} <= verbs
    for verb in sorted(verbs):
        assert Project().run(*GUARD, verb, "--help").code == 0, verb
