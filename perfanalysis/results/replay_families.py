"""``perf_replay_*``: a replay in progress as series of metrics. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.results.families import Sample
from perfanalysis.results.state import REPLAY

if TYPE_CHECKING:
    from perfanalysis.results.replay_state import ReplayState

_UNITS = "a ratio for cpu, else bytes, or bytes or operations a second"


def _family(name: str, text: str, *labels: str) -> Family:
    return Family(f"perf_replay_{name}", "gauge", text, labels, "", f"STATE/{REPLAY}")


RUNNING = _family("running", "Whether a replay is in progress.")
PROGRESS = _family("progress_ratio", "How much of the replay in progress is done.")
TARGET = _family("target", f"What the newest tick of the recording wants: {_UNITS}.", "resource")
ACTUAL = _family("actual", f"What the counters say of that tick: {_UNITS}.", "resource")
ERROR = _family(
    "mean_absolute_error_ratio",
    "Mean distance of the reached from the wanted over all reachable ticks, over the mean of what "
    "was wanted; of cpu as a share of all CPU time.",
    "resource",
)
BIAS = _family(
    "bias_ratio",
    "Mean of reached less wanted over all reachable ticks, over the mean of what was wanted; of "
    "cpu as a share of all CPU time.",
    "resource",
)
UNREACHABLE = _family(
    "unreachable_ticks", "How many ticks needed more than this machine has.", "resource"
)
FAMILIES = (RUNNING, PROGRESS, TARGET, ACTUAL, ERROR, BIAS, UNREACHABLE)


def samples_of_replay(state: ReplayState) -> list[Sample]:
    """What is shown of a replay in progress, family by family."""
    shown: list[tuple[Series, float | None]] = [
        (Series(RUNNING), 1),
        (Series(PROGRESS), state.progress_ratio),
    ]
    for family, field in (
        (TARGET, "target"),
        (ACTUAL, "actual"),
        (ERROR, "mean_absolute_error_ratio"),
        (BIAS, "bias_ratio"),
        (UNREACHABLE, "unreachable_ticks"),
    ):
        shown += [(Series(family, (one.resource,)), getattr(one, field)) for one in state.resources]
    return [(series, format_value(value)) for series, value in shown if value is not None]
