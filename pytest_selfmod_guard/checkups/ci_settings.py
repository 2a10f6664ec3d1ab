"""What of CI is a setting of the service, and cannot be seen from a clone."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from pytest_selfmod_guard.checkups._facts import Facts
from pytest_selfmod_guard.checkups._jobs import GITLAB, jobs_of
from pytest_selfmod_guard.checkups._wall import judges
from pytest_selfmod_guard.status import Line

ORDER = 81
NAME = "CI settings"

_REQUIRED = 'whether "{job}" is required before merging cannot be seen from here'
_OWN = "whether a change may edit the job that judges it cannot be seen from here"
_AT_GITLAB = "see only_allow_merge_if_pipeline_succeeds in: glab api projects/:id"
_SETTINGS = "Settings > Rules > Rulesets"


def ask(facts: Facts) -> Iterator[Line]:
    """Name what is left to see by hand, where there is a job that judges at all."""
    found = facts.pipelines
    jobs = [job for path, tree in found.files.items() for job in jobs_of(path, tree)]
    for job in (job for job in jobs if judges(job)):
        required = _REQUIRED.format(job=job.name)
        if job.path == GITLAB:
            yield Line(NAME, "unknown", required, _AT_GITLAB)
            approvals = "see who has to approve: glab api projects/:id/approval_rules"
            yield Line(NAME, "unknown", _OWN, approvals)
        else:
            yield from _at_github(required, found.branch)


def _at_github(required: str, branch: str) -> Iterator[Line]:
    # gh itself fills in owner and repository.
    rules = quote(f"repos/{{owner}}/{{repo}}/rules/branches/{branch}")
    yield Line(
        NAME, "unknown", required, f"see required_status_checks ({_SETTINGS}): gh api {rules}"
    )
    owners = f"see workflows or require_code_owner_review in: gh api {rules}"
    yield Line(NAME, "unknown", _OWN, owners)
