"""Predictions and plans as rows of CSV, in the columns that ``perfanalysis workload`` has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portal.predictions.document_forms import (
    PlannedSet,
    PredictedCandidate,
    PredictedMachine,
    WorkBand,
)

_USED = ("memory", "disk_throughput", "disk_operations", "network")
PREDICTION_COLUMNS = (
    "machine",
    "candidate",
    "instance_type",
    "architecture",
    "measured",
    "percentile",
    "busy",
    "busy_lower",
    "busy_upper",
    "busy_mean",
    *_USED,
    "risk",
    "risk_lower",
    "risk_upper",
    "machines",
    "machines_lower",
    "machines_upper",
    "price_per_hour",
    "price_per_month",
    "currency",
    "saving_per_month",
    "cheapest",
    "not_recommended",
)
PLAN_COLUMNS = (
    "machine",
    "type",
    "price_per_hour",
    "currency",
    "workload",
    "moves_on_failure_to",
)
Cell = str | float | bool | None


def percentile_of(percent: float | None) -> str | None:
    """The word for a percentile in a prediction, such as ``p95``; ``max`` for 100."""
    if percent is None:
        return None
    return "max" if percent == 100 else f"p{percent:g}"


def prediction_rows(machines: Iterable[PredictedMachine]) -> Iterator[tuple[Cell, ...]]:
    """A row for each machine and candidate; what is unknown is None."""
    for one in machines:
        name = percentile_of(one.counted_percentile)
        for candidate in one.candidates:
            yield _row(one, candidate, name)


def plan_rows(plan: PlannedSet) -> Iterator[tuple[Cell, ...]]:
    """A row for each workload, and one for each machine without any."""
    for machine in plan.machines:
        first = (machine.name, machine.type, machine.price_per_hour, plan.currency)
        for workload in machine.workloads or (None,):
            moves = (machine.moves_on_failure or {}).get(workload or "")
            yield (*first, workload, moves)


def _row(
    machine: PredictedMachine, candidate: PredictedCandidate, name: str | None
) -> tuple[Cell, ...]:
    return (
        machine.machine,
        candidate.name,
        candidate.instance_type,
        candidate.architecture,
        candidate.measured,
        name,
        *_bounds(candidate.busy.get(name or "")),
        candidate.busy_mean,
        *(candidate.used.get(one, {}).get(name or "") for one in _USED),
        *_bounds(candidate.performance_risk.get("any")),
        *_bounds(candidate.machines),
        candidate.price_per_hour,
        candidate.price_per_month,
        candidate.currency,
        candidate.saving_per_month,
        candidate.name == machine.cheapest,
        candidate.not_recommended,
    )


def _bounds(band: WorkBand | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if band is None else (band.value, band.lower, band.upper)
