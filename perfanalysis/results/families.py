"""``perf_loadtest_*``: a result, and the run in progress, as series of metrics. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.results import state

if TYPE_CHECKING:
    # The exporter's process loads what these need only where there are load tests.
    from perfanalysis.results.document import Document
    from perfanalysis.results.running import Running


def _family(name: str, text: str, *labels: str) -> Family:
    unit = "seconds" if name.endswith("_seconds") else ""
    source = f"STATE/{state.RESULTS}/TEST_ID.json"
    return Family(f"perf_loadtest_{name}", "gauge", text, ("kernel", *labels), unit, source)


# Families of one sample a level, by the document's key.
LEVEL = {
    "units_per_second": _family(
        "units_per_second",
        "Work units per second of the whole machine at that target: the median, for comparing.",
        "busy",
    ),
    "lower": _family(
        "units_per_second_lower", "Lower bound of the median's 95 % confidence interval.", "busy"
    ),
    "upper": _family(
        "units_per_second_upper", "Upper bound of the median's 95 % confidence interval.", "busy"
    ),
    "mean_units_per_second": _family(
        "mean_units_per_second",
        "Work units per second of the whole machine at that target: the mean, the work done.",
        "busy",
    ),
    "mean_lower": _family(
        "mean_units_per_second_lower",
        "Lower bound of the mean's 95 % confidence interval.",
        "busy",
    ),
    "mean_upper": _family(
        "mean_units_per_second_upper",
        "Upper bound of the mean's 95 % confidence interval.",
        "busy",
    ),
    "busy_ratio": _family("busy_ratio", "Busy ratio that /proc/stat says was reached.", "busy"),
    "steal_ratio": _family("steal_ratio", "Ratio of stolen time during that level.", "busy"),
}
# Families of one sample a kernel, by the document's key.
RUN = {
    "max_units_per_second": _family(
        "max_units_per_second", "Work units per second at 100 % busy on all CPUs: the median."
    ),
    "single_units_per_second": _family(
        "single_units_per_second", "Work units per second of one worker on one CPU."
    ),
    "duration_seconds": _family("duration_seconds", "How long the run took."),
    "timestamp_seconds": _family("timestamp_seconds", "When the run ended, in unixtime."),
    "valid": _family("valid", "Whether nothing spoiled the run."),
}
LADDER = _family(
    "ladder_units_per_second",
    "Work units per second of so many workers at full load, cores filled first.",
    "workers",
)
# Families of one sample a kernel, there when the run was at two speeds; by the key of ``bimodal``.
# A later run has none: the label tells whose they are.
TWO_SPEEDS = {
    "slow_ratio": _family(
        "slow_speed_ratio",
        "The slow one of two speeds between which the machine went to and fro, over the quick one.",
        "test_id",
    ),
    "slow_share": _family(
        "slow_time_ratio",
        "Ratio of the time that the machine was at the slow one of two speeds.",
        "test_id",
    ),
}
# At full load for minutes: of the newest run under the same conditions that went on for so long.
SUSTAINED = _family("sustained_units_per_second", "Work units per second at full load for minutes.")
SUSTAINED_LOWER = _family(
    "sustained_units_per_second_lower",
    "Lower bound of the 95 % confidence interval of the work at full load for minutes.",
)
SUSTAINED_UPPER = _family(
    "sustained_units_per_second_upper",
    "Upper bound of the 95 % confidence interval of the work at full load for minutes.",
)
SUSTAINED_END = _family(
    "sustained_timestamp_seconds", "When the run with minutes at full load ended, in unixtime."
)
# Of burstable machines alone.
BASELINE = _family(
    "baseline_units_per_second",
    "Work units per second that a burstable machine does for good: measured, or by its type.",
    "source",
)
BASELINE_LOWER = _family(
    "baseline_units_per_second_lower",
    "Lower bound of the 95 % confidence interval of the baseline.",
    "source",
)
BASELINE_UPPER = _family(
    "baseline_units_per_second_upper",
    "Upper bound of the 95 % confidence interval of the baseline.",
    "source",
)
LASTING = (
    SUSTAINED,
    SUSTAINED_LOWER,
    SUSTAINED_UPPER,
    SUSTAINED_END,
    BASELINE,
    BASELINE_LOWER,
    BASELINE_UPPER,
)
FULL_CONDITIONS = _family(
    "full_conditions",
    "Whether the run had all of the machine: all CPUs and levels, at the usual niceness.",
)
NEWEST_VALID = _family(
    "newest_valid", "Whether nothing spoiled the newest run, whose values need not be those shown."
)
INFO = _family("info", "Which run the values are from.", "kernel_version", "test_id", "profile")
# Each run has series of its own, so that history is one of runs, and a run on a part of the machine
# is none of the machine's figures.
ONE_RUN = ("conditions", "full", "valid", "test_id")
RUN_MAX = _family(
    "run_max_units_per_second",
    "Work units per second at 100 % busy in one run, under the conditions of that run.",
    *ONE_RUN,
)
RUN_END = _family("run_timestamp_seconds", "When that run ended, in unixtime.", *ONE_RUN)
THRESHOLD = _family("threshold_passed", "Verdict of each stated threshold.", "threshold")
RUNNING = _family("running", "Whether a run is in progress.")
PROGRESS = _family("progress_ratio", "How much of the run in progress is done.")
LIVE = _family(
    "live_units_per_second",
    "Work units per second of the run in progress, just now, when it loads all of the machine.",
)
FAMILIES = (
    *LEVEL.values(),
    *RUN.values(),
    LADDER,
    *TWO_SPEEDS.values(),
    *LASTING,
    FULL_CONDITIONS,
    NEWEST_VALID,
    INFO,
    RUN_MAX,
    RUN_END,
    THRESHOLD,
    RUNNING,
    PROGRESS,
    LIVE,
)


# The order of a page, in which all samples of a family stand together.
_PLACES = {family.name: place for place, family in enumerate(FAMILIES)}

# A series and its value as both exposition formats take it.
Sample = tuple[Series, bytes]


def samples_of(document: Document) -> list[Sample]:
    """What is shown of a result: the one view of it as series.

    The exporter serves these samples, remote write and import send them. Of a run that had less
    than all of the machine (``conditions.full``) they are those of the run alone, under its id:
    none of the machine's figures is among them.
    """
    # The exporter's process loads it only where there are load tests.
    from perfanalysis.results import conditions

    if conditions.full(document) is False:
        return samples_of_one_run(document)
    kernel = document.kernel
    shown: list[tuple[Series, float | None]] = [
        (Series(family, (kernel, str(level.busy))), getattr(level, key))
        for key, family in LEVEL.items()
        for level in document.levels
    ]
    shown += [(Series(family, (kernel,)), getattr(document, key)) for key, family in RUN.items()]
    shown += [
        (Series(LADDER, (kernel, str(workers))), level.units_per_second)
        for workers, level in document.rungs.items()
    ]
    modes = None if document.noise is None else document.noise.bimodal
    if modes is not None:
        shown += [
            (Series(family, (kernel, document.test_id)), getattr(modes, key))
            for key, family in TWO_SPEEDS.items()
        ]
    shown += _lasting(document)
    shown.append((Series(FULL_CONDITIONS, (kernel,)), conditions.full(document)))
    run = (document.kernel_version, document.test_id, document.profile)
    shown.append((Series(INFO, (kernel, *run)), 1))
    verdicts = {entry.name: entry.passed for entry in document.thresholds or ()}
    shown += [(Series(THRESHOLD, (kernel, name)), passed) for name, passed in verdicts.items()]
    return [*_known(shown), *samples_of_one_run(document)]


def samples_of_one_run(document: Document) -> list[Sample]:
    """What is shown of a run under its own id, whatever it had of the machine.

    There is none of a run without full load, and none of another program's curve, which tells
    neither its conditions nor its verdict.
    """
    from perfanalysis.results import conditions
    from perfanalysis.results.fingerprint import fingerprint

    full, most = conditions.full(document), document.max_units_per_second
    if full is None or document.valid is None or most is None:
        return []
    told = (str(full).lower(), str(document.valid).lower(), document.test_id)
    labels = (document.kernel, fingerprint(document), *told)
    return _known(
        [(Series(RUN_MAX, labels), most), (Series(RUN_END, labels), document.timestamp_seconds)]
    )


def _lasting(document: Document) -> list[tuple[Series, float | None]]:
    from perfanalysis.results import lasting

    of, rate = (document.kernel,), document.sustained_units_per_second
    bounds, baseline = document.sustained_interval, lasting.baseline(document)
    shown: list[tuple[Series, float | None]] = []
    if rate is not None and bounds is not None:
        values = (rate, bounds.lower, bounds.upper, document.timestamp_seconds)
        families = (SUSTAINED, SUSTAINED_LOWER, SUSTAINED_UPPER, SUSTAINED_END)
        shown += [(Series(f, of), value) for f, value in zip(families, values, strict=True)]
    if baseline is not None:
        bounded = (BASELINE, BASELINE_LOWER, BASELINE_UPPER)
        shown += [
            (Series(family, (*of, baseline.source)), value)
            for family, value in zip(bounded, baseline[:3], strict=True)
        ]
    return shown


def samples_of_lasting(document: Document) -> list[Sample]:
    """What is shown of a run's minutes at full load; empty: it had none, or they told nothing."""
    known = document.sustained_units_per_second is not None
    return _known(_lasting(document)) if known else []


def with_lasting(samples: Sequence[Sample], lasting: Sequence[Sample]) -> list[Sample]:
    """The samples of one run with those of another's minutes at full load, in place of its own."""
    named = {series.family.name for series, _ in lasting}
    return [*(one for one in samples if one[0].family.name not in named), *lasting]


def samples_of_newest(kernel: str, *, valid: bool | None) -> list[Sample]:
    """What is shown of a kernel's newest run beside the values of the one that is shown."""
    return _known([(Series(NEWEST_VALID, (kernel,)), valid)])


def samples_of_run(running: Running) -> list[Sample]:
    """What is shown of the run in progress: the rate of one on a part of the machine is not."""
    of = (running.kernel,)
    return _known(
        [
            (Series(RUNNING, of), 1),
            (Series(PROGRESS, of), running.progress_ratio),
            (Series(LIVE, of), None if running.part else running.live_units_per_second),
        ]
    )


def _known(shown: Iterable[tuple[Series, float | None]]) -> list[Sample]:
    return [(series, format_value(value)) for series, value in shown if value is not None]


def in_page_order(parts: Iterable[Sequence[Sample]]) -> list[Sample]:
    """The samples of several results, and of a run in progress, family by family."""
    every = itertools.chain.from_iterable(parts)
    return sorted(every, key=lambda sample: _PLACES[sample[0].family.name])
