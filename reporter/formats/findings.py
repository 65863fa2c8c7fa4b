"""What the report finds in its figures, for programs: the pages' tables as JSON values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis.change import Change
from reporter.analysis.comparison import Difference, ranked, units_per_dollar
from reporter.analysis.fit import Fit
from reporter.analysis.utilisation import Summary
from reporter.asking.asked import asked_by
from reporter.asking.machines import Machine
from reporter.figures.material import Material

# Fields of a machine's findings; percentiles are of means over a point's window.
UNITS: Mapping[str, str] = {
    "cpu_busy": "ratio",
    "memory_used": "ratio",
    "saturated.seconds": "seconds at or above 90 % busy",
    "saturated.longest_seconds": "seconds",
    "against_baseline": "ratio to the baseline's",
    "fit.mean": "predicted busy ratio",
    "fit.memory": "predicted used ratio",
    "fit.month": "USD for 730 hours",
    "at_observed_use.units": "units/s",
    "at_observed_use.units_per_dollar": "units/s per USD/h",
    "unusual": "Unix seconds; the busy ratio that is farthest out",
}


def findings(material: Material) -> dict[str, Any]:
    """Verdict, remarks, and what is said of each machine; what is unknown is absent."""
    found: dict[str, Any] = {
        "verdict": list(material.verdict),
        "remarks": list(material.remarks),
        "baseline": material.baseline.name,
        "pareto_front": sorted(material.front),
        "machines": _machines(material),
    }
    # With the level of full load alone, a curve is only a guess of the others.
    curves = not asked_by(material.config.template).full_load_only
    if curves:
        for own in material.fits:
            found["machines"][own.machine.name] |= _fit(own)
    if curves and material.observed:
        found["observed"] = material.observed.name
    if curves and material.smallest:
        found["smallest_that_fits"] = material.smallest.machine.name
    if curves and material.left_out:
        found["left_out_of_fit"] = [machine.name for machine in material.left_out]
    if material.before:
        found["changes"] = {one.machine.name: _change(one) for one in material.changes}
    return found


def _machines(material: Material) -> dict[str, Any]:
    best = ranked(material.machines, units_per_dollar)
    ranks = {machine.name: place for place, machine in enumerate(best, 1)}
    differences = {one.machine.name: one for one in material.differences}
    return {
        m.name: _machine(material, m, ranks.get(m.name), differences.get(m.name))
        for m in material.machines
    }


def _machine(
    material: Material, machine: Machine, rank: int | None, one: Difference | None
) -> dict[str, Any]:
    found: dict[str, Any] = {"rank": rank}
    for key, query in (("cpu_busy", "CPU busy"), ("memory_used", "Memory used")):
        found[key] = _summary(material.summary(query, machine))
    if times := material.saturated(machine):
        found["saturated"] = {"seconds": times[0], "longest_seconds": times[1]}
    if one:
        found["against_baseline"] = _known(
            units=_ratio(one.units), units_per_dollar=_ratio(one.per_dollar), price=one.price
        )
    found["unusual"] = [
        {"from": one.start, "to": one.end, "cpu_busy": one.peak}
        for one in material.anomalies(machine)
    ]
    return _known(**found)


def _summary(found: Summary | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "mean": found.mean,
        "p50": found.p50,
        "p95": found.p95,
        "p99": found.p99,
        "maximum": found.maximum,
        "points": found.points,
    }


def _ratio(found: Ratio | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return _known(value=found.value, lower=found.lower, upper=found.upper, verdict=found.verdict)


def _fit(own: Fit) -> dict[str, Any]:
    use = _known(units=own.own_units, units_per_dollar=own.own_per_dollar)
    return _known(
        fit=_known(
            mean=own.mean,
            p95=own.p95,
            p99=own.p99,
            memory=own.memory,
            fits=own.fits,
            machines=own.count,
            month=own.month,
        ),
        at_observed_use=use or None,
    )


def _change(one: Change) -> dict[str, Any]:
    return _known(
        before=one.before, after=one.after, ratio=_ratio(one.ratio), same_run=one.same_run
    )


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
