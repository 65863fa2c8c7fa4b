"""What is found about the machines' sizes, for programs: JSON values and rows of CSV. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reporter.analysis.forecast_rows import LimitForecast
from reporter.analysis.report_data import ReportData
from reporter.analysis.rightsizing import SizeFinding
from reporter.analysis.rightsizing_advice import Advice
from reporter.analysis.rightsizing_risk import SizeRisk, is_short
from reporter.analysis.rightsizing_targets import SizeTarget
from reporter.analysis.rightsizing_totals import FleetTotals, PaidPeriod
from reporter.analysis.sizing import Sizing

_MONTH = "USD for 730 hours"
UNITS: Mapping[str, str] = {
    "rightsizing.rules.headroom_percent": "percent",
    "rightsizing.rules.look_back_days": "days",
    "rightsizing.totals.month": _MONTH,
    "rightsizing.totals.saving": _MONTH,
    "rightsizing.totals.by_several": _MONTH,
    "rightsizing.totals.extra": _MONTH,
    "rightsizing.totals.paid": "USD",
    "rightsizing.totals.idle": "USD",
    "rightsizing.totals.idle_month": _MONTH,
    "rightsizing.machines.month": _MONTH,
    "rightsizing.machines.saving": _MONTH,
    "rightsizing.machines.extra": _MONTH,
    "rightsizing.machines.seconds": "seconds of known CPU time",
    "rightsizing.machines.resources.used": "ratio at the percentile; of a file system, at the end",
    "rightsizing.machines.target.busy": "predicted busy ratio of each",
    "rightsizing.machines.target.need": "work over what one of it carries",
    "rightsizing.machines.risk.full": "ratio of the time in which the target would be full",
    "rightsizing.forecasts.slope": "ratio a day",
    "rightsizing.forecasts.earliest": "Unix seconds",
}


def sizing(data: ReportData) -> dict[str, Any]:
    """Rules, totals, machines and forecasts; what is unknown is absent."""
    found = data.sizing
    return {
        "rules": found.rules,
        "totals": _totals(found.totals),
        "machines": {one.machine.name: _advice(one, data) for one in found.advices},
        "forecasts": [_forecast(one) for one in found.forecasts],
    }


def _totals(totals: FleetTotals) -> dict[str, Any]:
    return _known(
        machines=totals.machines,
        priced=totals.priced,
        month=totals.month,
        saving=totals.saving,
        saving_machines=totals.saving_machines,
        by_several=totals.by_several,
        extra=totals.extra,
        findings={str(state): count for state, count in sorted(totals.states.items())},
        now=_period(totals.now),
        last=_period(totals.last),
        now_of_both=_period(totals.now_of_both),
    )


def _period(period: PaidPeriod | None) -> dict[str, Any] | None:
    if period is None:
        return None
    return _known(
        paid=period.paid,
        idle=period.idle,
        idle_month=period.idle_month,
        machines=sorted(period.names),
    )


def _advice(advice: Advice, data: ReportData) -> dict[str, Any]:
    finding = advice.finding
    return _known(
        finding=str(finding.state),
        reasons=finding.reasons,
        seconds=finding.demand.seconds,
        less_than_look_back=is_short(finding, data.sizing.rules) or None,
        resources=_resources(finding),
        month=advice.month,
        target=_target(advice.target, advice.risk),
        no_target=str(advice.why_none) if advice.why_none else None,
        saving=advice.saving,
        saving_share=advice.share,
        extra=advice.extra,
        several=_target(advice.several, advice.risk_of_several),
        saving_of_several=advice.saving_of_several,
    )


def _resources(finding: SizeFinding) -> dict[str, Any]:
    return {
        str(one.resource): _known(
            finding=str(one.state),
            used=one.use.used,
            name=one.use.name or None,
            fills_up=one.use.fills_up or None,
        )
        for one in finding.resources
    }


def _target(target: SizeTarget | None, risk: SizeRisk | None) -> dict[str, Any] | None:
    if target is None:
        return None
    need = target.need
    return _known(
        type=target.offer.name,
        measured_on=target.offer.machine.name,
        machines_measured=target.offer.measured,
        count=target.count,
        least=target.least,
        need=_known(value=need.value, lower=need.lower, upper=need.upper, basis=need.basis)
        if need
        else None,
        busy=target.busy,
        memory=target.memory,
        network=target.network,
        month=target.month,
        risk=_risk(risk),
    )


def _risk(risk: SizeRisk | None) -> dict[str, Any] | None:
    if risk is None:
        return None
    return {"level": str(risk.level), "full": risk.full, "basis": [str(one) for one in risk.basis]}


def _forecast(one: LimitForecast) -> dict[str, Any]:
    trend, reach = one.trend, one.reach
    return _known(
        machine=one.machine.name,
        resource=str(one.resource),
        name=one.name or None,
        now=one.now,
        limit=one.limit,
        slope=trend.slope if trend else None,
        slope_lower=trend.slope_lower if trend else None,
        slope_upper=trend.slope_upper if trend else None,
        reach=str(reach.kind) if reach else None,
        earliest=reach.earliest if reach else None,
        latest=reach.latest if reach else None,
        end=reach.end if reach else None,
    )


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def csv_values(found: Sizing) -> Iterator[tuple[str, str, str, str, float | None]]:
    """Rows of CSV: figure, unit, machine, other labels, value."""
    totals = found.totals
    for name, value in (
        ("cost", totals.month),
        ("possible saving", totals.saving),
        ("further saving by several in the place of one", totals.by_several),
        ("idle money", totals.now.idle_month if totals.now else None),
    ):
        yield f"Fleet: {name}", _MONTH, "", "", value
    for one in found.advices:
        name, finding = one.machine.name, one.finding
        target = one.target or one.several
        labels = {
            "finding": str(finding.state),
            "reasons": " ".join(finding.reasons),
            "risk": str(one.risk.level) if one.risk else "",
            "target": f"{target.count} {target.offer.name}" if target else str(one.why_none or ""),
        }
        said = ";".join(f"{key}={value}" for key, value in sorted(labels.items()) if value)
        yield "Finding", "1", name, said, 1.0
        for resource in finding.resources:
            device = f"resource={resource.resource}"
            yield "Finding: used", "ratio", name, device, resource.use.used
        yield "Finding: cost", _MONTH, name, "", one.month
        yield "Finding: saving", _MONTH, name, "", one.saving
        yield "Finding: extra cost", _MONTH, name, "", one.extra
        yield "Finding: saving of several", _MONTH, name, "", one.saving_of_several
    for forecast in found.forecasts:
        reach = forecast.reach
        said = (
            f"name={forecast.name};reach={reach.kind if reach else ''};resource={forecast.resource}"
        )
        earliest = reach.earliest if reach else None
        yield "LimitForecast: earliest", "Unix seconds", forecast.machine.name, said, earliest
