"""``selfmod-guard approve``: sign one change, so that its findings no longer deny it."""

from __future__ import annotations

import argparse
import re

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.who import who
from pytest_selfmod_guard.doors._system.words import add_format, say_json, when
from pytest_selfmod_guard.doors._terminal import say
from pytest_selfmod_guard.errors import EXIT_ALLOWED, UsageError
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import Finding, Receipt, Risk, inert
from pytest_selfmod_guard.policy import seconds
from pytest_selfmod_guard.status import Approval
from pytest_selfmod_guard.system import ACTIONS, System, Wanted

_LONGEST = 366 * 86400
_SHOWN = 20  # findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``approve`` understands."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "target",
        nargs="?",
        metavar="COMMIT|A..B|CHANGE",
        help="a commit, a range as one change, or the digest of a change that was judged here",
    )
    what.add_argument("--staged", action="store_true", help="what the next commit would change")
    what.add_argument("--action", choices=ACTIONS, help="let an agent do this")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why it is right")
    parser.add_argument("--key", default="", metavar="FILE", help="the SSH key to sign with")
    parser.add_argument(
        "--expires", default="7d", metavar="TIME", help="how long it holds, such as 12h; 7d"
    )
    add_format(parser)


def main(args: argparse.Namespace, context: Context) -> int:
    """Approve it."""
    wanted = Wanted(
        reason=args.reason,
        seconds=_span(args.expires),
        target=args.target or "",
        staged=args.staged,
        action=args.action or "",
        key=args.key,
    )
    told = System(Guard(context)).approve(wanted, who(context))
    if args.format == "json":
        say_json(told)
    else:
        _show(told)
    return EXIT_ALLOWED


def _span(text: str) -> float:
    found = seconds(text) if re.fullmatch("[0-9]{1,9}(m|h|d)", text) else 0
    if not 0 < found <= _LONGEST:
        raise UsageError(
            "bad-expiry",
            "an approval holds for some minutes, hours or days, and for a year at most",
            context=f'"{text}"',
            hint="write it like this: --expires 7d",
        )
    return found


def _show(told: Approval) -> None:
    say(f"selfmod-guard: {inert(told.what)} is approved by {inert(told.approver)}")
    say(f"  until {when(told.expires)}, with the key {inert(told.key)}")
    if told.receipt:
        _show_findings(told.receipt)
    say("share it: git push origin 'refs/selfmod/approvals/*'")
    say(f"take it back: git update-ref -d {told.ref}")


def _show_findings(receipt: Receipt) -> None:
    found = [one for one in receipt.findings if one.risk >= Risk.MEDIUM]
    if not found:
        say("  nothing was found in it")
        return
    say("  this was found in it, and no longer denies it:")
    for one in found[:_SHOWN]:
        say(f"  {_place(one)}  {one.rule} {one.risk}  {inert(one.message)}")
    if len(found) > _SHOWN:
        say(f"  and {len(found) - _SHOWN} more")


def _place(finding: Finding) -> str:
    path = inert(finding.path) or "the whole change"
    return f"{path}:{finding.line}" if finding.line else path
