"""Findings and forecasts of the template ``rightsizing`` as tables of numbers. Pure."""

from __future__ import annotations

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis.forecast_rows import LimitForecast
from reporter.analysis.report_data import ReportData
from reporter.analysis.rightsizing import REPORTED
from reporter.analysis.rightsizing_advice import Advice
from reporter.analysis.rightsizing_risk import SizeRisk
from reporter.analysis.rightsizing_targets import SizeTarget
from reporter.figures.table import Cell, Table

TEMPLATE = "rightsizing"
_MACHINE = (
    *("machine", "instance_type", "finding", "reasons", "known_seconds"),
    *("cpu_ratio", "memory_ratio", "disk_ratio", "network_ratio", "file_system_ratio"),
    *("dollars_a_month", "no_target"),
)
_TARGET = (
    *("", "_machines", "_least_machines", "_need", "_need_lower", "_need_upper", "_busy_ratio"),
    *("_dollars_a_month", "_saving_dollars_a_month", "_risk", "_risk_basis", "_full_ratio"),
)
_FORECAST = (
    *("machine", "resource", "name", "now_ratio", "limit_ratio"),
    *("slope_ratio_a_day", "slope_ratio_a_day_lower", "slope_ratio_a_day_upper"),
    *("reach", "earliest_seconds", "latest_seconds", "forecast_end_seconds"),
)


def findings(data: ReportData) -> Table:
    """What each machine is found to be, its target, and several in its place.

    A saving below 0 is what the target costs more. Of other templates there are no rows.
    """
    rows = [_finding(one) for one in data.sizing.advices] if _asked(data) else []
    kinds = ("target", "several")
    return Table((*_MACHINE, *(f"{kind}{part}" for kind in kinds for part in _TARGET)), rows)


def forecasts(data: ReportData) -> Table:
    """Where daily peaks and file systems lead; times are Unix seconds."""
    rows = [_forecast(one) for one in data.sizing.forecasts] if _asked(data) else []
    return Table(_FORECAST, rows)


def _asked(data: ReportData) -> bool:
    return data.config.template == TEMPLATE


def _finding(advice: Advice) -> tuple[Cell, ...]:
    finding, demand = advice.finding, advice.finding.demand
    return (
        *(advice.machine.name, advice.machine.instance_type or None, str(finding.state)),
        *(" ".join(finding.reasons) or None, demand.seconds),
        *(demand.use(resource).used for resource in REPORTED),
        *(advice.month, str(advice.why_none) if advice.why_none else None),
        *_target(advice, advice.target, advice.risk),
        *_target(advice, advice.several, advice.risk_of_several),
    )


def _target(advice: Advice, target: SizeTarget | None, risk: SizeRisk | None) -> tuple[Cell, ...]:
    if target is None:
        return (None,) * len(_TARGET)
    return (
        *(target.offer.name, target.count, target.least, *_need(target.need), target.busy),
        *(target.month, None if advice.month is None else advice.month - target.month),
        *((str(risk.level), " ".join(risk.basis) or None, risk.full) if risk else (None,) * 3),
    )


def _need(need: Ratio | None) -> tuple[Cell, ...]:
    return (need.value, need.lower, need.upper) if need else (None, None, None)


def _forecast(one: LimitForecast) -> tuple[Cell, ...]:
    trend, reach = one.trend, one.reach
    return (
        *(one.machine.name, str(one.resource), one.name or None, one.now, one.limit),
        *((trend.slope, trend.slope_lower, trend.slope_upper) if trend else (None,) * 3),
        *((str(reach.kind), reach.earliest, reach.latest, reach.end) if reach else (None,) * 4),
    )
