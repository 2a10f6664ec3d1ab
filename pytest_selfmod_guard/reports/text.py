"""The receipt as a short answer for a person: why, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import gmtime, strftime

from pytest_selfmod_guard.model import Finding, Receipt, Risk, Waiver, inert
from pytest_selfmod_guard.reports._commits import brought_by, round_the_guard, to_take_back

_COLORS = {"denied": "31;1", "undecided": "33;1", "allowed": "32;1", "dim": "2", "bold": "1"}
_MOST_WARNINGS = 10
_WIDTH = 100
_PASSES_BY_ITSELF = frozenset(("SMG104",))
"""Findings that are mended by time."""


def render(receipt: Receipt, *, color: bool = False) -> str:
    """Show one receipt; a change that passes without a word takes one line."""
    return "\n".join(_lines(receipt, receipt.because, _Pen(color=color))) + "\n"


def summary(receipt: Receipt, *, color: bool = False) -> str:
    """Show all but the findings that deny, for who has shown them one by one."""
    return "\n".join(_lines(receipt, (), _Pen(color=color))) + "\n"


class _Pen:
    """Puts colour on words, or leaves them plain."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if self._color else text


def _lines(receipt: Receipt, shown: tuple[Finding, ...], pen: _Pen) -> Iterator[str]:
    yield _headline(receipt, pen)
    yield from _reason(receipt)
    yield from _preflight(receipt)
    yield from _ungated(receipt, pen)
    for finding in shown:
        yield ""
        yield from _finding(finding, brought_by(finding, receipt), pen)
    yield from _warnings(receipt, pen)
    yield from _waived(receipt)
    for note in receipt.notes:
        yield f"note: {inert(note)}"
    if receipt.because:
        yield ""
        yield from _next_step(receipt, pen)


def _headline(receipt: Receipt, pen: _Pen) -> str:
    decision = receipt.decision
    verdict = pen(decision, decision) + ("" if receipt.enforced else " (not enforced)")
    return f"selfmod-guard: {verdict}, {_subject(receipt)}"


def _subject(receipt: Receipt) -> str:
    if receipt.decision == "undecided":
        if receipt.slug in {result.slug for result in receipt.preflight if not result.allowed}:
            return "nothing may be modified now, so the change was not looked at"
        return "the change could not be judged, which is not a pass"
    if receipt.slug:
        return f"the message of a commit by {_author(receipt)}"
    if not receipt.files:
        return "nothing to judge"
    return f"{_count(len(receipt.files), 'file')} by {_author(receipt)}"


def _author(receipt: Receipt) -> str:
    actor = receipt.actor
    if actor.kind == "unknown":
        return "an unknown author"
    name = f"{actor.kind} {inert(actor.name)}".rstrip()
    return f"{name} ({inert(actor.source)})"


def _reason(receipt: Receipt) -> Iterator[str]:
    if receipt.slug:
        yield from _wrapped("  ", f"{receipt.reason} ({receipt.slug})")
        if receipt.hint:
            yield from _advice(receipt.hint)


def _advice(hint: str) -> Iterator[str]:
    """Give a command at the end that would be broken a line of its own, to be copied."""
    if len(hint) + len("  do next: ") <= _WIDTH:
        yield f"  do next: {inert(hint)}"
        return
    quoted = hint.find(': "')  # which may hold a colon itself
    at = quoted if quoted >= 0 else hint.rfind(": ")
    words, command = (hint[: at + 1], hint[at + 2 :]) if at >= 0 else (hint, "")
    yield from _wrapped("  do next: ", words)
    if command:
        yield f"    {inert(command)}"


def _preflight(receipt: Receipt) -> Iterator[str]:
    """Say what the pre-flight has against it, where that has not decided."""
    for result in receipt.preflight:
        if result.with_caution or (not result.allowed and result.slug != receipt.slug):
            yield from _wrapped("  pre-flight: ", result.message)


def _ungated(receipt: Receipt, pen: _Pen) -> Iterator[str]:
    for at, line in enumerate(round_the_guard(receipt)):
        if at:
            yield line
        else:
            yield ""
            yield pen("undecided", line)


def _finding(finding: Finding, origin: str, pen: _Pen) -> Iterator[str]:
    title = f"{finding.rule} {finding.name}, {finding.risk} risk"
    yield f"{pen('bold', _place(finding))}  {pen('denied', title)}"
    if finding.code:
        yield pen("dim", f"    {inert(finding.code)}")
    if origin:
        yield f"  brought by {origin}"
    yield from _wrapped("  ", finding.message)
    yield from _wrapped("  do instead: ", finding.hint)


def _wrapped(start: str, text: str) -> Iterator[str]:
    """Break a long sentence between words; what is one word, such as a path, stays whole."""
    line = start
    for word in inert(text).split(" "):
        if len(line) + len(word) > _WIDTH and line.strip():
            yield line.rstrip()
            line = "    "
        line += f"{word} "
    yield line.rstrip()


def _place(finding: Finding) -> str:
    path = inert(finding.path) or "the whole change"
    return f"{path}:{finding.line}" if finding.line else path


def _warnings(receipt: Receipt, pen: _Pen) -> Iterator[str]:
    left = [finding for finding in receipt.findings if not finding.waiver]
    warned = [finding for finding in left if finding not in receipt.because]
    shown = [finding for finding in warned if finding.risk >= Risk.MEDIUM]
    if shown:
        yield ""
        yield f"worth a look, not denied for it{_because_of_whom(shown)}:"
    for finding in shown[:_MOST_WARNINGS]:
        risk = pen("dim", str(finding.risk))
        yield f"  {_place(finding)}  {finding.rule} {risk}  {inert(finding.message)}"
    if len(shown) > _MOST_WARNINGS:
        yield f"  and {len(shown) - _MOST_WARNINGS} more, all of them in --format json"
    if low := len(warned) - len(shown):
        yield pen("dim", f"{_count(low, 'low note')}, shown by --format json")


def _waived(receipt: Receipt) -> Iterator[str]:
    """Name what does not count, and who stands for that."""
    waivers = dict.fromkeys(one.waiver for one in receipt.findings if one.waiver)
    for waiver in waivers:
        yield ""
        yield from _wrapped("", f"{_who_waived(waiver)}: {waiver.reason}")
        for finding in receipt.findings:
            if finding.waiver == waiver:
                said = f"{finding.rule} {finding.risk}  {finding.message}"
                yield f"  {_place(finding)}  {inert(said)}"


def _who_waived(waiver: Waiver) -> str:
    until = f" until {_day(waiver.expires)}" if waiver.expires else ""
    if waiver.kind == "approval":
        return f"approved by {waiver.by}{until}"
    return f"suppressed at {waiver.by}{until}"


def _day(seconds: float) -> str:
    return strftime("%Y-%m-%d %H:%M UTC", gmtime(seconds))


def _because_of_whom(shown: Iterable[Finding]) -> str:
    """Say why some of them would be denied to an agent."""
    if any(finding.settled_by for finding in shown):
        return " (agents are held where only a trial or a person can tell)"
    if any(finding.family == "limits" for finding in shown):
        return " (limits bind agents only)"
    return ""


def _next_step(receipt: Receipt, pen: _Pen) -> Iterator[str]:
    count = _count(len(receipt.because), "finding")
    back = to_take_back(receipt)
    if not receipt.enforced:
        yield f"{count} would deny it; the policy only warns"
    elif back:
        them = "that commit" if len(receipt.ungated) == 1 else "those commits"
        yield f"mend {count} and stage that; it is judged together with {them}; then commit"
        yield f"or take back what went round the guard: {back}"
    elif all(finding.rule in _PASSES_BY_ITSELF for finding in receipt.because):
        yield "wait that long and try again; nothing was changed"
    elif receipt.source == "--staged":
        yield f"mend {count}, stage again and commit; nothing was changed"
    else:
        yield f"{count} to mend; nothing was changed"
    ids = sorted({finding.rule for finding in receipt.because if not _is_bandits(finding)})
    if ids:
        yield pen("dim", f"why: selfmod-guard explain {' '.join(ids)}")


def _is_bandits(finding: Finding) -> bool:
    return finding.rule[:1] == "B" and finding.rule[1:].isdigit()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
