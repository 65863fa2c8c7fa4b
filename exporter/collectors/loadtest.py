"""The newest load-test results, and the run in progress, from the state folder.

How the documents are read is in ``exporter/result_documents.py``.
"""

from __future__ import annotations

import logging
from pathlib import Path

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.families import Family, Sample
from exporter.newest_results import NewestResults
from exporter.rendering import Block, Layout, format_value
from exporter.result_documents import Result, Running, parse_running
from exporter.sources import Sources
from perfanalysis import state

LOG = logging.getLogger(__name__)

DIRECTORY = Flag(
    "collector.loadtest.directory", None, "The load test's state folder (its default when absent)."
)


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


def samples_of(results: list[Result], running: Running | None) -> list[tuple[Sample, bytes]]:
    """The series and values of the newest result of each kernel, and of the run in progress."""
    shown: list[tuple[Sample, float]] = []
    for key, family in LEVEL.items():
        for result in results:
            for busy, level in result.levels.items():
                if key in level:
                    shown.append((Sample(family, (result.kernel, str(busy))), level[key]))
    for key, family in RUN.items():
        shown += [(Sample(family, (r.kernel,)), r.run[key]) for r in results if key in r.run]
    shown += [(Sample(INFO, (r.kernel, *r.info)), 1) for r in results]
    for r in results:
        shown += [(Sample(THRESHOLD, (r.kernel, k)), int(v)) for k, v in r.thresholds.items()]
    if running is not None:
        shown.append((Sample(RUNNING, (running.kernel,)), 1))
        shown.append((Sample(PROGRESS, (running.kernel,)), running.progress_ratio))
        if running.live_units_per_second is not None:
            shown.append((Sample(LIVE, (running.kernel,)), running.live_units_per_second))
    return [(sample, format_value(value)) for sample, value in shown]


class LoadtestCollector:
    """``perf_loadtest_*``: the newest result of each kernel, and the run in progress."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        named = flags[DIRECTORY.variable]
        self._state = Path(named) if named else state.default_state_directory()
        self._results = NewestResults(self._state / state.RESULTS)
        self._complaint = ""
        self._shown: tuple[dict[str, Result], Running | None] | None = None
        self._block = Block(Layout(()), ())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        newest = self._results.look()
        running = self._running()
        if (newest, running) != self._shown:
            pairs = samples_of([newest[kernel] for kernel in sorted(newest)], running)
            self._block = Block(Layout(s for s, _ in pairs), [value for _, value in pairs])
            self._shown = (newest, running)
        return [self._block]

    def _running(self) -> Running | None:
        path = self._state / state.RUNNING
        try:
            running = parse_running(path.read_bytes())
        except FileNotFoundError:
            self._complaint = ""
            return None
        except (CollectorError, OSError) as error:
            if self._complaint != str(error):
                self._complaint = str(error)
                LOG.warning("run in progress %s skipped: %s", path, error)
            return None
        self._complaint = ""
        # A run that was killed leaves its file behind.
        return running if Path(f"/proc/{running.process}").exists() else None


SPECIFICATION = CollectorSpecification("loadtest", FAMILIES, LoadtestCollector, flags=(DIRECTORY,))
