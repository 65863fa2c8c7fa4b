"""A prediction as a JSON value: what is unknown is absent, and money is text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workload.prediction.band import Band
from workload.prediction.candidate import Floats
from workload.prediction.choice import Recommendation, is_effort
from workload.prediction.findings import MachineResource
from workload.prediction.prediction import Prediction
from workload.prediction.today import TodaysFinding
from workload.prediction.wishes import Wishes

_RESOURCES = {
    MachineResource.CPU: "cpu",
    MachineResource.MEMORY: "memory",
    MachineResource.DISK_THROUGHPUT: "disk_throughput",
    MachineResource.DISK_OPERATIONS: "disk_operations",
    MachineResource.NETWORK: "network",
}


def as_json(
    prediction: Prediction,
    choice: Recommendation,
    finding: TodaysFinding,
    *,
    kind: str = "",
    over_time: bool = False,
) -> dict[str, Any]:
    """All that is known of one machine's work on every candidate.

    Args:
        prediction, choice, finding: of one machine.
        kind: of work, by whose figures the prediction was made; "": by kernels.
        over_time: whether to give utilisation of each candidate for each interval, and what was
            recorded: of the CPUs that the source's curve is of.
    """
    usage, demand = prediction.demand.usage, prediction.demand
    found: dict[str, Any] = {
        "machine": usage.machine,
        "source": prediction.source.name if prediction.source else None,
        "start_seconds": float(usage.starts[0]) if len(usage.starts) else None,
        "end_seconds": float(usage.ends[-1]) if len(usage.ends) else None,
        "interval_seconds": _number(float(usage.seconds.mean())) if len(usage.seconds) else None,
        "known_seconds": demand.cpu.known_seconds,
        "counted_percentile": prediction.counted,
        "demand_is_lower_bound": prediction.is_lower_bound,
        "saturated_ratio": _number(demand.censored),
        "hidden_bursts": _number(demand.hidden),
        "work": _work(prediction, kind),
        "wish": _wish(prediction.wishes),
        "finding": _finding(finding),
        "cheapest": _name(prediction, choice.cheapest),
        "cheapest_divided": _name(prediction, choice.cheapest_divided),
        "currency": choice.currency or None,
        "candidates": [
            _candidate(prediction, choice, index, over_time=over_time)
            for index in range(len(prediction.candidates))
        ],
    }
    if over_time:
        found["starts"] = [float(one) for one in usage.starts]
        found["times"] = [float(one) for one in usage.ends]
        found["recorded"] = {"cpu": _numbers(demand.busy)}
    return _known(found)


def _work(prediction: Prediction, kind: str) -> dict[str, Any] | None:
    """For which work the figures of CPU time hold."""
    if prediction.pairing is None:
        return None
    if kind:
        return {"kind": kind}
    kernels = {"kernels": list(prediction.pairing.table.kernels)}
    return kernels | ({"mix": dict(prediction.wishes.mix)} if prediction.wishes.mix else {})


def _wish(wishes: Wishes) -> dict[str, Any]:
    found = {
        "percentile": wishes.percentile,
        "cpu_headroom": wishes.cpu_headroom,
        "memory_headroom": wishes.memory_headroom,
        "look_back_days": wishes.look_back_days,
        "least": wishes.least,
        "spot": wishes.spot,
        "families": list(wishes.families) or None,
        "providers": list(wishes.providers) or None,
        "regions": list(wishes.regions) or None,
        "architectures": list(wishes.architectures) or None,
    }
    return _known(found)


def _finding(finding: TodaysFinding) -> dict[str, Any]:
    return _known(
        {
            "state": str(finding.state),
            "reasons": finding.reasons,
            "used": {
                _RESOURCES[one]: used
                for one, (_, used) in finding.resources.items()
                if used is not None
            },
        }
    )


def _candidate(
    prediction: Prediction, choice: Recommendation, index: int, *, over_time: bool
) -> dict[str, Any]:
    candidate, refused = prediction.candidates[index], choice.refused[index]
    month, saving = prediction.month(index), prediction.saving(index)
    found: dict[str, Any] = {
        "name": candidate.name,
        "provider": candidate.provider or None,
        "region": candidate.region or None,
        "instance_type": candidate.instance_type or None,
        "architecture": candidate.architecture or None,
        "purchase": candidate.purchase,
        "measured": bool(prediction.measured[index]),
        "machines_measured": len(candidate.measured) or None,
        "busy": _by_percentile(prediction, prediction.busy.at(index)),
        "busy_mean": _number(prediction.mean[index]),
        "head_room": _by_percentile(prediction, prediction.head_room().at(index)),
        "used": _used(prediction, index),
        "one_cpu": _number(prediction.one_cpu[index]),
        "performance_risk": _risks(prediction, index),
        "unknown_limits": [_RESOURCES[one] for one in prediction.unchecked(index)],
        "machines": _band(prediction.machines.at(index)),
        "price_per_hour": None if (hour := prediction.hour(index)) is None else str(hour),
        "price_per_month": None if month is None else str(month),
        "currency": candidate.currency if month is not None else None,
        "saving_per_month": None if saving is None else str(saving),
        "other_architecture": is_effort(prediction, index),
        "not_recommended": None if refused is None else str(refused),
    }
    if over_time:
        found["over_time"] = {
            word: _numbers(prediction.used_over_time(index, resource))
            for resource, word in _RESOURCES.items()
        }
        busy = prediction.busy_over_time(index)
        found["over_time"] |= {
            "cpu_lower": _numbers(busy.lower),
            "cpu_upper": _numbers(busy.upper),
        }
    return _known(found)


def _used(prediction: Prediction, index: int) -> dict[str, Any]:
    return {
        _RESOURCES[resource]: _known(
            {
                _percentile(percent): _number(share)
                for percent, share in zip(prediction.percents, rows[index], strict=True)
            }
        )
        for resource, rows in prediction.used.items()
        if np.isfinite(rows[index]).any()
    }


def _risks(prediction: Prediction, index: int) -> dict[str, Any]:
    found = {_RESOURCES[one]: _band(band.at(index)) for one, band in prediction.risks.items()}
    return _known({"any": _band(prediction.risk.at(index)), **found})


def _by_percentile(prediction: Prediction, band: Band) -> dict[str, Any]:
    bands = {
        _percentile(percent): _band(band.at(place))
        for place, percent in enumerate(prediction.percents)
    }
    return _known(bands)


def _percentile(percent: float) -> str:
    return "max" if percent == 100 else f"p{percent:g}"


def _band(band: Band) -> dict[str, float] | None:
    names = ("value", "lower", "upper")
    found = {name: _number(float(getattr(band, name))) for name in names}
    return None if found["value"] is None else _known(found)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _numbers(values: Floats) -> list[float | None]:
    return [_number(one) for one in values]


def _name(prediction: Prediction, index: int | None) -> str | None:
    return None if index is None else prediction.candidates[index].name


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
