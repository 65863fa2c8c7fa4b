"""Whether the rules are loaded, and evaluated."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation

NAME = "rules"
WATCHDOG = 'ALERTS{alertname="PerfAnalysisWatchdog"}'
RECORDED = "instance:node_cpu_busy:ratio_rate5m"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    advice = "load prometheus/rules, here or where rules are evaluated (docs/alerting.md)"
    found = []
    if not where.count(RECORDED):
        said = f"nothing is recorded: {RECORDED} has no series"
        found.append(Diagnosis(NAME, Health.WRONG, said, advice))
    if not where.count(WATCHDOG):
        said = "the alert that always fires does not: alerts are not evaluated, or elsewhere"
        found.append(Diagnosis("alerts", Health.WARNING, said, advice))
    return found or [Diagnosis(NAME, Health.GOOD, "rules are recorded, and alerts evaluated")]
