"""Whether the rules are loaded, and evaluated."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation

NAME = "rules"
WATCHDOG = 'ALERTS{alertname="PerfAnalysisWatchdog"}'
RECORDED = "instance:node_cpu_busy:ratio_rate5m"


def _advice(where: Installation) -> str:
    """What to do where rules are evaluated, and have nothing to record."""
    if where.silent():
        return "rules are evaluated: see to the scrapes first, above"
    return (
        "rules are evaluated: look again in five minutes; then see that the machines' job is that"
        " of prometheus/settings.yml (docs/alerting.md)"
    )


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    advice = "load prometheus/rules, here or where rules are evaluated (docs/alerting.md)"
    found = []
    evaluated = bool(where.count(WATCHDOG))
    if not where.count(RECORDED):
        said = f"nothing is recorded: {RECORDED} has no series"
        found.append(Diagnosis(NAME, Health.WRONG, said, _advice(where) if evaluated else advice))
    if not evaluated:
        said = "the alert that always fires does not: alerts are not evaluated, or elsewhere"
        soon = "look again in three minutes where they were just loaded; else "
        found.append(Diagnosis("alerts", Health.WARNING, said, soon + advice))
    return found or [Diagnosis(NAME, Health.GOOD, "rules are recorded, and alerts evaluated")]
