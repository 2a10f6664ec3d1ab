"""``selfmod-guard breaker``: how the circuit breaker stands, and closing it by hand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from pytest_selfmod_guard.context import Context
from pytest_selfmod_guard.doors._system.turned import add_reason, show
from pytest_selfmod_guard.doors._system.who import who
from pytest_selfmod_guard.doors._system.words import add_format, ago, say_json, when
from pytest_selfmod_guard.doors._terminal import Pen, say
from pytest_selfmod_guard.errors import EXIT_ALLOWED
from pytest_selfmod_guard.guard import Guard
from pytest_selfmod_guard.model import inert
from pytest_selfmod_guard.spoken import span
from pytest_selfmod_guard.status import CircuitBreaker
from pytest_selfmod_guard.system import System

_COLORS = {"closed": "green", "half_open": "yellow", "open": "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``breaker`` understands."""
    verbs = parser.add_subparsers(dest="breaker", required=True, metavar="status|reset")
    status = verbs.add_parser("status", help="how it stands, and what it has counted")
    reset = verbs.add_parser("reset", help="close it, which is not for an agent to do")
    add_format(status)
    add_reason(reset)
    add_format(reset)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "".join(verb.format_usage() for verb in (status, reset))


def main(args: argparse.Namespace, context: Context) -> int:
    """Show the circuit breaker, or close it."""
    system = System(Guard(context))
    if args.breaker == "reset":
        return show(system.reset(who(context), args.reason), args.format)
    breaker = system.breaker()
    if args.format == "json":
        say_json(breaker)
    else:
        say("\n".join(_lines(breaker, context.clock(), Pen(context.environ))))
    return EXIT_ALLOWED


def _lines(breaker: CircuitBreaker, now: float, pen: Pen) -> Iterator[str]:
    counted = breaker.metrics
    state = pen(_COLORS[breaker.state], breaker.state.replace("_", "-"))
    yield f"circuit breaker: {state}{_next(breaker)}"
    since = breaker.since
    yield f"  since               {'the start' if since is None else _then(since, now)}"
    rate = "" if counted.success_rate is None else f" ({100 * counted.success_rate:.1f} %)"
    told = f"{counted.total_attempts}, and {counted.total_successes} succeeded{rate}"
    yield f"  attempts            {told}"
    yield f"  failures in a row   {counted.consecutive_failures}"
    for one in breaker.failures:
        outcome, actor = inert(one.outcome), inert(one.actor)
        yield f"    {when(one.at)}  {outcome:12} {actor:17} {inert(one.why)}".rstrip()
    took = counted.time_to_recovery
    yield f"  time to recovery    {'it never opened and closed' if took is None else span(took)}"
    for note in breaker.notes:
        yield f"note: {inert(note)}"


def _next(breaker: CircuitBreaker) -> str:
    if breaker.retry_after is not None:
        return f", it lets probes through in {span(breaker.retry_after)}"
    if breaker.probes_left is not None:
        probes = "probe" if breaker.probes_left == 1 else "probes"
        return f", it lets {breaker.probes_left} more {probes} through"
    return ""


def _then(since: float, now: float) -> str:
    return f"{when(since)}, {ago(now, since)} ago"
