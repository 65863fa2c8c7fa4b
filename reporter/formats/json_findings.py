"""What the report finds in its figures, for programs: the pages' tables as JSON values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.analysis.against_baseline import BaselineDifference
from reporter.analysis.change import Change
from reporter.analysis.fit import WorkloadFit
from reporter.analysis.groups import groups
from reporter.analysis.lost_time import UNITS as LOST_TIME
from reporter.analysis.paired_change import PairedChange
from reporter.analysis.report_data import SATURATED, ReportData
from reporter.analysis.utilisation import Summary
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.formats.json_book import UNITS as BOOK
from reporter.formats.json_book import book
from reporter.formats.json_kinds import UNITS as KINDS
from reporter.formats.json_kinds import kinds
from reporter.formats.json_replayed import UNITS as REPLAYED
from reporter.formats.json_replayed import replayed
from reporter.formats.json_sizing import UNITS as SIZING
from reporter.formats.json_sizing import sizing
from reporter.formats.json_types import conditions, known, ranking, rate, ratio

# Fields of a machine's findings; statistics are of all samples, each a mean over window_seconds.
UNITS: Mapping[str, str] = {
    "cpu_busy": "ratio",
    "memory_used": "ratio",
    "saturated.seconds": "seconds at or above 90 % busy",
    "saturated.longest_seconds": "seconds",
    **LOST_TIME,
    "groups.cpu": "mean busy ratio of all CPUs",
    "groups.month": "USD for 730 hours",
    "groups.idle_month": "USD for 730 hours",
    "between_scrapes.looks_per_second": "looks/s of the exporter's sampler",
    "between_scrapes.above_90_percent": "ratio of the looks that were above 90 % busy",
    "between_scrapes.p95": "busy ratios that it lies between",
    "missing.seconds": "seconds without samples of CPU time",
    "missing.gaps": "Unix seconds",
    "against_baseline": "ratio to the baseline's",
    "ranking.units": "units/s",
    "ranking.units_per_dollar": "units/s per USD/h",
    "ranking.price": "USD/h",
    "ranking.spread": "coefficient of variation between machines, one run of each",
    "ranking.against_best": "ratio of units per dollar to the best one's",
    "fit.mean": "predicted busy ratio",
    "fit.memory": "predicted used ratio",
    "fit.month": "USD for 730 hours",
    "fit.performance_risk": "ratio of the time in which CPUs or memory would be exceeded",
    "observed_finding": "at the 99th percentile, 10 % of CPU time and memory free",
    "at_observed_use.units": "units/s",
    "at_observed_use.units_per_dollar": "units/s per USD/h",
    "unusual": "Unix seconds; the busy ratio that is farthest out",
    **KINDS,
    **SIZING,
    **BOOK,
    **REPLAYED,
}


def findings(data: ReportData) -> dict[str, Any]:
    """Verdict, remarks, and what is said of each machine; what is unknown is absent."""
    found: dict[str, Any] = {
        "verdict": list(data.verdict),
        "remarks": list(data.remarks),
        "baseline": data.baseline.name,
        "pareto_front": sorted(data.ranking.front),
        "conditions": conditions(data),
        "ranking": ranking(data),
        "machines": _machines(data),
    }
    # With the level of full load alone, a curve is only a guess of the others.
    curves = not data.answers.full_load_only
    if curves:
        for own in data.fits:
            found["machines"][own.machine.name] |= _fit(own)
        found |= _observed(data)
    if (by_kind := kinds(data)) is not None:
        found["kinds"] = by_kind
    if data.config.group_by:
        found["groups"] = groups(data)
    if (by_book := book(data)) is not None:
        found["book"] = by_book
    if (by_replay := replayed(data)) is not None:
        found["predicted_replayed"] = by_replay
    if data.config.template == "rightsizing":
        found["rightsizing"] = sizing(data)
    elif data.before:
        found["changes"] = {one.machine.name: _change(one) for one in data.changes}
        found["paired_changes"] = [_paired(one) for one in data.paired]
    return found


def _observed(data: ReportData) -> dict[str, Any]:
    """Whose work is fitted, what it is found to be, and on which machines it was not."""
    return known(
        observed=data.whose_work.name if data.whose_work else None,
        observed_finding=data.fitted.finding,
        smallest_that_fits=data.smallest.machine.name if data.smallest else None,
        left_out_of_fit=[machine.name for machine in data.left_out] or None,
        not_fitted=[machine.name for machine in data.not_fitted] or None,
    )


def _machines(data: ReportData) -> dict[str, Any]:
    differences = {m.name: one for one in data.against.rows for m in one.machines}
    return {m.name: _machine(data, m, differences.get(m.name)) for m in data.machines}


def _machine(data: ReportData, machine: Machine, one: BaselineDifference | None) -> dict[str, Any]:
    rank, mark = data.ranking.ranks.get(machine.name, (None, ""))
    ranked_as = data.ranking.contender(machine)
    found: dict[str, Any] = {
        "rank": rank,
        "conditions": mark or None,
        "ranked_as": ranked_as.name if ranked_as else None,
        "not_ranked": data.ranking.withheld(machine) or None,
    }
    for key, query in (("cpu_busy", CPU_BUSY), ("memory_used", MEMORY_USED)):
        found[key] = _summary(data.summary(query, machine))
    found["lost_time"] = data.lost_time.get(machine.name)
    if times := data.saturated(machine):
        found["saturated"] = {"seconds": times[0], "longest_seconds": times[1]}
    if looks := data.bursts.get(machine.name):
        found["between_scrapes"] = known(
            looks_per_second=looks.a_second,
            above_90_percent=looks.above(SATURATED),
            p95=looks.percentile(95),
            p99=looks.percentile(99),
        )
    if own := data.observed(CPU_BUSY, machine):
        gaps = own.gaps(data.answers.start, data.answers.end)
        found["missing"] = {
            "seconds": sum(end - start for start, end in gaps),
            "gaps": [{"from": start, "to": end} for start, end in gaps],
        }
    if one:
        found["against_baseline"] = known(
            units=ratio(one.units),
            units_per_dollar=ratio(one.per_dollar),
            price=one.price,
            withheld=one.withheld or None,
        )
    found["unusual"] = [
        {"from": one.start, "to": one.end, "cpu_busy": one.peak} for one in data.anomalies(machine)
    ]
    return known(**found)


def _summary(found: Summary | None) -> dict[str, Any] | None:
    if found is None:
        return None
    values = {
        "mean": found.mean,
        "p50": found.p50,
        "p95": found.p95,
        "p99": found.p99,
        "maximum": found.maximum,
        "points": found.points,
        "window_seconds": found.window,
    }
    return {name: value for name, value in values.items() if value is not None}


def _fit(own: WorkloadFit) -> dict[str, Any]:
    use = known(units=own.own_units, units_per_dollar=own.own_per_dollar)
    bounds = own.bounds
    return known(
        fit=known(
            mean=own.mean,
            p95=own.p95,
            p99=own.p99,
            memory=own.memory,
            fits=own.fits,
            machines=own.count,
            month=own.month,
            surely=own.surely,
            p95_bounds=bounds.p95 if bounds else None,
            p99_bounds=bounds.p99 if bounds else None,
            performance_risk=bounds.risk if bounds else None,
            risk_of=dict(bounds.risk_of) if bounds else None,
            machines_at_least=bounds.count[0] if bounds and bounds.count else None,
            machines_at_most=bounds.count[1] if bounds and bounds.count else None,
            not_recommended=(bounds.refused or None) if bounds else None,
        ),
        at_observed_use=use or None,
    )


def _change(one: Change) -> dict[str, Any]:
    return known(
        before=rate(one.before),
        after=rate(one.after),
        ratio=ratio(one.ratio),
        same_run=one.same_run,
        withheld=one.withheld or None,
    )


def _paired(one: PairedChange) -> dict[str, Any]:
    return known(type=one.type or None, machines=list(one.machines), ratio=ratio(one.ratio))
