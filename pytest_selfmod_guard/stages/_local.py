"""The rules that the base's policy adds to ours."""

from __future__ import annotations

from pytest_selfmod_guard.errors import RuleError
from pytest_selfmod_guard.policy import Policy
from pytest_selfmod_guard.rules import Rule
from pytest_selfmod_guard.surroundings import Surroundings


def local_rules(policy: Policy, base: Surroundings) -> tuple[Rule, ...]:
    """
    Load a project's own rules, as its base has them.

    :raises RuleError: the policy names what is not there, or what is no rule;
        not to ask a rule that should be asked would be a pass
    """
    if not policy.rules.local:
        return ()
    from pytest_selfmod_guard.rules._local import is_rule_file, load  # noqa: PLC0415 (few have any)

    found: dict[str, bytes] = {}
    for folder in policy.rules.local:
        paths = [path for path in base.paths() if is_rule_file(path, [folder])]
        held = {path: base.read(path) for path in paths}
        if not held or None in held.values():
            raise RuleError(
                "rules-unusable",
                f"the policy of the base names rules in {folder!r}, and there are none that"
                " can be read",
                hint="commit them, or take the folder out of `rules.local`",
            )
        found |= {path: data for path, data in held.items() if data is not None}
    return load(found)
