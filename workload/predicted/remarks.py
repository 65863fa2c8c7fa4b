"""What a reader has to know of a prediction beside its figures."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workload.prediction.findings import MachineResource
from workload.prediction.hidden_bursts import SECONDS
from workload.prediction.prediction import Prediction

_IN_WORDS = {
    MachineResource.CPU: "CPU time",
    MachineResource.MEMORY: "memory",
    MachineResource.DISK: "disk",
    MachineResource.DISK_THROUGHPUT: "disk bytes a second",
    MachineResource.DISK_OPERATIONS: "disk operations a second",
    MachineResource.NETWORK: "network bytes a second",
    MachineResource.FILE_SYSTEM: "file systems",
}
# A hundredth more is no longer time that anybody waits for.
SLOWER = 1.01


def remarks(prediction: Prediction) -> Iterator[str]:
    """What must be known to read a prediction: sentences."""
    demand, wishes = prediction.demand, prediction.wishes
    if prediction.source is None:
        yield (
            "No candidate is what this machine was measured as, so that its work is unknown:"
            " --source names one."
        )
    if prediction.counted != wishes.percentile:
        yield (
            f"Too few intervals are known for the {wishes.percentile:g}th percentile: the maximum"
            " stands in for it."
        )
    if demand.censored > 0:
        share = f"{demand.censored * 100:.2g} %"
        bound = " All figures are lower bounds." if prediction.is_lower_bound else ""
        yield f"For {share} of the time it had nothing idle: it may have needed more.{bound}"
    yield from _on_bursts(prediction)
    yield from _on_spreads(prediction)
    yield from _on_kinds(prediction)
    yield from _on_one_cpu(prediction)


def _on_bursts(prediction: Prediction) -> Iterator[str]:
    demand = prediction.demand
    step = float(demand.usage.seconds.mean()) if len(demand.usage.seconds) else 0.0
    if demand.usage.bursts is not None:
        return
    if math.isnan(demand.hidden):
        yield f"What its intervals of {step:.0f} s hide of bursts cannot be told."
    elif step > SECONDS:
        yield (
            f"Its intervals of {step:.0f} s hide bursts: upper bounds have"
            f" {demand.hidden * 100:.1f} points of CPU time more for each standard deviation."
        )


def _on_spreads(prediction: Prediction) -> Iterator[str]:
    pairing = prediction.pairing
    if pairing is None:
        return
    told, table = pairing.measured & ~pairing.same, pairing.table
    alone = told & (table.machines == 1).any(axis=1)
    if alone.any():
        yield (
            f"One machine was measured of {_named(prediction, alone)}: what others of the type do"
            " is unknown, and the interval holds for that one."
        )
    source = pairing.source
    bare = told & ((table.machines > 0) & (table.whole == 0)).any(axis=1)
    own = bool(((source.machines > 0) & (source.whole == 0)).any())
    if bare.any() or (own and told.any()):
        yield "Of some curves no interval is known: bounds of figures by them are too narrow."
    unknown = {one for i in range(len(prediction.candidates)) for one in prediction.unchecked(i)}
    if unknown:
        names = ", ".join(_IN_WORDS[one] for one in MachineResource if one in unknown)
        yield (
            f"Not checked, as some candidate's limit is unknown: {names}. `perfanalysis loadtest "
            "disk` and `loadtest network` measure them; a list of types tells them, too."
        )


def _on_kinds(prediction: Prediction) -> Iterator[str]:
    pairing = prediction.pairing
    if pairing is None or prediction.wishes.mix:
        return
    kernels = pairing.table.kernels
    if len(kernels) == 1:
        yield (
            f"Only the kernel {kernels[0]} was measured: the answer holds for work of its kind, and"
            " other work may be off by more than these bounds."
        )
    elif kernels:
        yield (
            f"The kind of work is unknown: bounds are over {len(kernels)} kernels (--mix or --kind"
            " tells it)."
        )


def _on_one_cpu(prediction: Prediction) -> Iterator[str]:
    slower = prediction.one_cpu > max(1.0, SLOWER * _busiest(prediction))
    if slower.any():
        yield (
            f"What the busiest CPU did takes longer on {_named(prediction, slower)}, whose single"
            " CPUs do less: work of one thread cannot be divided."
        )


def _busiest(prediction: Prediction) -> float:
    today = prediction.today
    return 1.0 if today is None else float(np.nan_to_num(prediction.one_cpu[today], nan=1.0))


def _named(prediction: Prediction, which: NDArray[np.bool_]) -> str:
    names = [prediction.candidates[i].name for i in np.flatnonzero(which)]
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
