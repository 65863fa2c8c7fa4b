"""What a check has found, as plain values for people and machines: pure, reads nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from exporter.validation import rules
from exporter.validation.evaluation import Validator


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule on one collector.

    ``violations`` is None when the rule could not be evaluated; ``detail`` says why then, and
    otherwise what the first violation was. ``first`` and ``last`` are the seconds of the first and
    the last violation, on the check's clock.
    """

    collector: str
    rule: str
    evaluations: int
    violations: int | None
    detail: str = ""
    first: float | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at: how often, over how many seconds, and with which collectors.

    ``failed`` are those that had nothing to read or failed at every look.
    """

    looks: int
    seconds: float
    running: Collection[str]
    failed: Collection[str]


def rows(validator: Validator, coverage: Coverage) -> list[RuleVerdict]:
    """All rules, those that were evaluated and those that could not be; by collector and rule."""
    found = list(_evaluated(validator, coverage))
    entries = {(row.collector, row.rule) for row in found}
    for name in coverage.running:
        if (name, rules.MALFORMED) not in entries and name not in coverage.failed:
            found.append(RuleVerdict(name, rules.MALFORMED, coverage.looks, 0))
    for need in rules.needs():
        if (need.collector, need.rule) not in entries:
            why = _why_not(validator.families(need.collector), need, coverage)
            found.append(RuleVerdict(need.collector, need.rule, 0, None, why))
    return sorted(found, key=lambda row: (row.collector, row.rule))


def _evaluated(validator: Validator, coverage: Coverage) -> Iterable[RuleVerdict]:
    for (collector, rule), finding in validator.findings.entries.items():
        if not finding.evaluations:
            continue
        first, last = finding.first, finding.last
        yield RuleVerdict(
            collector,
            rule,
            # Its finding knows only of the looks at which it was violated.
            coverage.looks if rule == rules.MALFORMED else finding.evaluations,
            finding.violations,
            first[1] if first else "",
            first[0] if first else None,
            last[0] if last else None,
        )


def _why_not(families: frozenset[str] | None, need: rules.RuleNeed, coverage: Coverage) -> str:
    if need.collector not in coverage.running:
        return f"the collector {need.collector} does not run"
    if families is None:
        return f"the collector {need.collector} had nothing to read"
    missing = [family for family in need.families if family not in families]
    if missing:
        return f"no samples of {', '.join(missing)}"
    if coverage.looks < need.looks:
        return f"needs {need.looks} looks"
    if coverage.seconds < need.seconds:
        return f"needs {need.seconds:g} s, looked for {coverage.seconds:.3g} s"
    return "its source does not tell"
