"""The ratios by kind of work as a table for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from loadtest.by_kind import HOW, ByKind, outcome
from perfanalysis.kinds import shipped
from perfanalysis.kinds.answers import Answer, Refusal
from perfanalysis.results.kernel_figures import SINGLE, kernel_of

# What the interval does not hold, and what the old unit is worth.
NOT_IN_IT = (
    "the intervals of kinds are of what kernels foretell on CPU models that were not learned from; "
    "what runs vary by is not in them"
)
OLD_UNIT = "rmw"
RMW = (
    "what kernel rmw predicts of real work is not known: a kernel of its kind, 16-bit division, "
    "was off by 40 % (median) for a cache server and by 64 % for a web server (docs/kernels.md)"
)


def show(found: ByKind, console: Console, kernel: str = "") -> None:
    """Print what the kinds say of a side against the baseline; of no answer, why.

    Args:
        found: it.
        console: where to.
        kernel: whose ratio stands above; empty: none.
    """
    if found.answers:
        console.print(_table(found))
    for line in [*lines(found), *([RMW] if kernel == OLD_UNIT else [])]:
        console.print(f"- {line}", markup=False, highlight=False)


def lines(found: ByKind) -> list[str]:
    """Sentences below the table: who does more of what, and what is missing."""
    said = [sentence(found)] if found.answers else []
    said += [*_refused(found.refusals), *_doubts(found.answers), *found.remarks]
    return [*said, NOT_IN_IT, f"kinds: {shipped.ATTRIBUTION}"] if found.answers else said


def sentence(found: ByKind) -> str:
    """Which side does more of which kind, as far as it can be told."""
    of_other = [answer.kind for answer in found.answers if answer.faster is True]
    of_first = [answer.kind for answer in found.answers if answer.faster is False]
    untold = [answer.kind for answer in found.answers if answer.faster is None]
    parts = [
        f"for {', '.join(kinds)} {name} does more"
        for kinds, name in ((of_other, found.other), (of_first, found.baseline))
        if kinds
    ]
    if untold:
        parts.append(f"for {', '.join(untold)} cannot tell")
    said = "; ".join(parts)
    return f"kinds of work disagree: {said}" if of_other and of_first else said


def verdict(answer: Answer) -> str:
    """The verdict in words, such as ``more by 31 % (10 % to 55 %)``."""
    if answer.faster is None:
        return f"cannot tell ({answer.lower - 1:+.0%} to {answer.upper - 1:+.0%})"
    if answer.faster:
        return f"more by {answer.ratio - 1:.0%} ({answer.lower - 1:.0%} to {answer.upper - 1:.0%})"
    return f"less by {1 - answer.ratio:.0%} ({1 - answer.upper:.0%} to {1 - answer.lower:.0%})"


def gated(found: ByKind) -> str:
    """What is said of the kinds that a gate is on."""
    said = [f"{one.kind}: {verdict(one)}" for one in found.answers if one.kind in found.gated]
    said += [f"{one.kind}: {one.why}" for one in found.refusals if one.kind in found.gated]
    return ", ".join(said)


def as_json(found: ByKind, percent: float | None) -> dict[str, Any]:
    """What the kinds say of a side.

    Args:
        found: it.
        percent: the slow-down that a gate on kinds asks about; None: there is none.
    """
    made: dict[str, Any] = {"answers": [_answer(answer) for answer in found.answers]}
    if found.answers:
        made["sentence"] = sentence(found)
    if percent is not None and found.gated:
        made["gate"] = {
            "slower_percent": percent,
            "kinds": list(found.gated),
            "outcome": outcome(found, percent).value,
        }
    made["no_answer"] = [
        {"kind": one.kind, "missing": list(one.missing), "why": one.why} for one in found.refusals
    ]
    made["remarks"] = [*_doubts(found.answers), *found.remarks]
    if found.answers:
        made["source"] = shipped.ATTRIBUTION
    return made


def kernels(figures: Sequence[str]) -> str:
    """Names of kernels, each once, of figures."""
    whole = {name for name in figures if not name.endswith(SINGLE)}
    shown = [
        name if name in whole or kernel_of(name) in whole else f"{kernel_of(name)} (one worker)"
        for name in figures
        if kernel_of(name) not in whole or name in whole
    ]
    return ", ".join(dict.fromkeys(shown))


def _table(found: ByKind) -> Table:
    title = f"{found.other} against {found.baseline}: by kind of work"
    table = Table(title=title, title_justify="left")
    table.add_column("kind", overflow="fold")
    table.add_column("ratio", justify="right")
    table.add_column(f"{found.answers[0].level:.0%} interval", justify="right")
    table.add_column("verdict")
    for answer in found.answers:
        table.add_row(
            answer.kind,
            f"{answer.ratio:.3g}",
            f"{answer.lower:.3g} .. {answer.upper:.3g}",
            verdict(answer),
        )
    return table


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "kind": answer.kind,
        "ratio": answer.ratio,
        "lower": answer.lower,
        "upper": answer.upper,
        "level": answer.level,
        "verdict": {True: "more", False: "less", None: "cannot tell"}[answer.faster],
        "text": verdict(answer),
        "method": answer.method,
        "used": list(answer.used),
        "missing": list(answer.missing),
        "outside": list(answer.outside),
        "few": answer.few,
    }


def _refused(refusals: Sequence[Refusal]) -> list[str]:
    """Which kinds have no answer, those of one reason together."""
    by_reason: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        reason = f"not measured on both sides, {HOW}" if refusal.missing else refusal.why
        by_reason.setdefault(reason, []).append(refusal)
    said = []
    for reason, group in by_reason.items():
        missing = tuple(dict.fromkeys(name for one in group for name in one.missing))
        what = f"{kernels(missing)} {reason}" if missing else reason
        said.append(f"for {', '.join(one.kind for one in group)} no answer: {what}")
    return said


def _doubts(answers: Sequence[Answer]) -> list[str]:
    """On what answers stand that is less than the best."""
    said = []
    if missing := tuple(dict.fromkeys(name for one in answers for name in one.missing)):
        kinds = ", ".join(one.kind for one in answers if one.missing)
        said.append(f"of {kinds} a smaller model answers, without {kernels(missing)}")
    if outside := tuple(dict.fromkeys(name for one in answers for name in one.outside)):
        said.append(
            f"outside of all that was learned from, do not trust it far: {kernels(outside)}"
        )
    if few := [one.kind for one in answers if one.few]:
        said.append(f"learned from few machines: {', '.join(few)}")
    return said
