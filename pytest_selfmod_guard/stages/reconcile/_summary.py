"""Several judgements of the past as one answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pytest_selfmod_guard.model import Finding, Receipt, Risk

_SHOWN = 5


def passes(receipt: Receipt) -> bool:
    """Tell whether a judgement lets its change be: allowed, or denied where nothing is enforced."""
    return receipt.decision == "allowed" or (receipt.decision == "denied" and not receipt.enforced)


def summary(receipts: Sequence[Receipt]) -> Receipt:
    """Give one receipt for several of them: the worst, with everything that was found."""
    if len(receipts) == 1:
        return receipts[0]
    worst = max(receipts, key=_badness)
    return worst._replace(
        risk=max(told.risk for told in receipts),
        base=receipts[0].base,
        head=receipts[-1].head,
        digest="",
        source=f"--range {receipts[0].base[:10]}..{receipts[-1].head[:10]}",
        files=tuple(sorted({path for told in receipts for path in told.files})),
        findings=_unique(told.findings for told in receipts),
        because=_unique(told.because for told in receipts if _badness(told)),
        notes=tuple(dict.fromkeys(note for told in receipts for note in told.notes)),
        origins=tuple(dict.fromkeys(origin for told in receipts for origin in told.origins)),
    )


def warnings(receipts: Sequence[Receipt]) -> Iterator[str]:
    """Say what would have been denied of an agent, of what passed."""
    passed = [finding for told in receipts if passes(told) for finding in told.findings]
    serious = [finding for finding in passed if finding.risk >= Risk.HIGH]
    for finding in serious[:_SHOWN]:
        path = finding.path or "the whole change"
        where = f"{path}:{finding.line}" if finding.line else path
        by = f" (commit {finding.commit[:10]})" if finding.commit else ""
        yield f"Already committed{by}: {finding.rule} {where} {finding.message}"
    if len(serious) > _SHOWN:
        yield f"Already committed: {len(serious) - _SHOWN} more findings, see the journal."


def _badness(receipt: Receipt) -> int:
    return ("allowed", "denied", "undecided").index(receipt.decision) * (not passes(receipt))


def _unique(findings: Iterable[Sequence[Finding]]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(finding for some in findings for finding in some))
