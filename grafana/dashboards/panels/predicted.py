"""What the machines' work would be elsewhere, by series that `workload predict --metrics` wrote."""

from __future__ import annotations

from grafana.dashboards.links import machine_column
from grafana.dashboards.transformations import arranged, merged, ranked_by
from grafana.dashboards.variables import MOST, machines, of_highest
from grafana.dashboards.words import Panel, Query, Style

_BUSY = "instance_candidate:perf_predicted_busy:ratio"
_NAMES = {
    "instance": "Machine",
    "candidate": "Candidate",
    "Value #A": "Busy now",
    "Value #B": "at least",
    "Value #C": "at most",
    "Value #D": "Risk",
    "Value #E": "Risk at most",
    "Value #F": "Needed",
    "currency": "Currency",
    "Value #G": "Price of an hour",
}
_PERCENT = (("unit", "percentunit"), ("decimals", 1))
_EMPTY = (
    "Empty where no prediction was written by `workload predict --metrics` (docs/prediction.md)."
)


def table() -> Panel:
    """Each candidate of the picked machines: busy now with bounds, risk, number, price."""
    queries = [
        *(
            f"max by (instance, candidate) ({machines(_BUSY, _of(bound))})"
            for bound in ("value", "lower", "upper")
        ),
        *(
            f"max by (instance, candidate) ({machines('perf_predicted_risk_ratio', _of(bound))})"
            for bound in ("value", "upper")
        ),
        f"max by (instance, candidate) ({machines('perf_predicted_machines', _of('upper'))})",
        f"max by (instance, candidate, currency) ({machines('perf_predicted_price_per_hour')})",
    ]
    return Panel(
        title="What it would be elsewhere",
        description=(
            "How busy the work of now would keep each candidate, with its bounds; the share of the "
            "recorded time in which the work exceeded it, of CPU, memory, disks and network as far "
            "as limits are known; how many are surely enough, and what these cost an hour. Good: a "
            "cheaper row with a risk of 0 at most. Bad: above 100 %: so many times what it can do. "
            f"Bursts within 5 minutes are not in it. {_EMPTY}"
        ),
        kind="table",
        unit="short",
        queries=[Query(query, at_end=True) for query in queries],
        width=24,
        height=10,
        transformations=[merged(), *ranked_by("Value #G"), arranged(_NAMES)],
        styles=[
            machine_column(),
            *(Style(_NAMES[f"Value #{letter}"], _PERCENT) for letter in "ABCDE"),
            Style("Price of an hour", (("decimals", 4),)),
        ],
        may_be_empty=True,
    )


def over_time() -> Panel:
    """How busy the candidates would have been with what the picked machines did."""
    busy = f"max by (instance, candidate) ({machines(_BUSY, _of('value'))})"
    return Panel(
        title="Busy elsewhere",
        description=(
            "How busy each candidate would have been with the work of each moment; above 100 %: so "
            "many times what it can do. Good: lines that stay below 80 %. Bad: one above 100 %, "
            f"also for a short time: there the work would have waited. Of more than {MOST} "
            f"machines, the {MOST} with the highest are shown. {_EMPTY}"
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(of_highest(busy), "{{instance}} on {{candidate}}")],
        width=24,
        height=9,
        minimum=0,
        may_be_empty=True,
    )


def _of(bound: str) -> str:
    return f'bound="{bound}"'
