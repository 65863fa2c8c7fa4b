"""``perf_loadtest_*``: a result, and the run in progress, as series of metrics. Pure."""

from __future__ import annotations

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.results import state
from perfanalysis.results.result_documents import Result, Running


def _family(name: str, text: str, *labels: str) -> Family:
    unit = "seconds" if name.endswith("_seconds") else ""
    source = f"STATE/{state.RESULTS}/TEST_ID.json"
    return Family(f"perf_loadtest_{name}", "gauge", text, ("kernel", *labels), unit, source)


# Families of one sample a level, by the document's key.
LEVEL = {
    "units_per_second": _family(
        "units_per_second", "Work units per second of the whole machine at that target.", "busy"
    ),
    "lower": _family(
        "units_per_second_lower", "Lower bound of the 95 % confidence interval.", "busy"
    ),
    "upper": _family(
        "units_per_second_upper", "Upper bound of the 95 % confidence interval.", "busy"
    ),
    "busy_ratio": _family("busy_ratio", "Busy ratio that /proc/stat says was reached.", "busy"),
    "steal_ratio": _family("steal_ratio", "Ratio of stolen time during that level.", "busy"),
}
# Families of one sample a kernel, by the document's key.
RUN = {
    "max_units_per_second": _family(
        "max_units_per_second", "Work units per second at 100 % busy on all CPUs."
    ),
    "single_units_per_second": _family(
        "single_units_per_second", "Work units per second of one worker on one CPU."
    ),
    "duration_seconds": _family("duration_seconds", "How long the run took."),
    "timestamp_seconds": _family("timestamp_seconds", "When the run ended, in unixtime."),
    "valid": _family("valid", "Whether nothing spoiled the run."),
}
INFO = _family("info", "Which run the values are from.", "kernel_version", "test_id", "profile")
THRESHOLD = _family("threshold_passed", "Verdict of each stated threshold.", "threshold")
RUNNING = _family("running", "Whether a run is in progress.")
PROGRESS = _family("progress_ratio", "How much of the run in progress is done.")
LIVE = _family("live_units_per_second", "Work units per second of the run in progress, just now.")
FAMILIES = (*LEVEL.values(), *RUN.values(), INFO, THRESHOLD, RUNNING, PROGRESS, LIVE)


def samples_of(results: list[Result], running: Running | None) -> list[tuple[Series, bytes]]:
    """The series and values of the newest result of each kernel, and of the run in progress."""
    shown: list[tuple[Series, float]] = []
    for key, family in LEVEL.items():
        for result in results:
            for busy, level in result.levels.items():
                if key in level:
                    shown.append((Series(family, (result.kernel, str(busy))), level[key]))
    for key, family in RUN.items():
        shown += [(Series(family, (r.kernel,)), r.run[key]) for r in results if key in r.run]
    shown += [(Series(INFO, (r.kernel, *r.info)), 1) for r in results]
    for r in results:
        shown += [(Series(THRESHOLD, (r.kernel, k)), int(v)) for k, v in r.thresholds.items()]
    if running is not None:
        shown.append((Series(RUNNING, (running.kernel,)), 1))
        shown.append((Series(PROGRESS, (running.kernel,)), running.progress_ratio))
        if running.live_units_per_second is not None:
            shown.append((Series(LIVE, (running.kernel,)), running.live_units_per_second))
    return [(sample, format_value(value)) for sample, value in shown]
