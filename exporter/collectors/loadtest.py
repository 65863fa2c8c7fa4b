"""The newest load-test results, and the run in progress, from the state folder.

The documents' schema is loadtest/result.schema.json. Only what is shown is checked here: the
exporter's process holds no schema validator.
"""

from __future__ import annotations

import json
import logging
import math
import re
from pathlib import Path
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, Layout, format_value
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

_KERNEL = re.compile(r"[a-z][a-z0-9_]*")
_OPTIONAL = {"max_units_per_second", "single_units_per_second"}
SCHEMA_VERSIONS = (1, 2)


class Result(NamedTuple):
    """What is shown of one result document; units as in the schema."""

    kernel: str
    info: tuple[str, str, str]
    run: dict[str, float]
    levels: dict[int, dict[str, float]]
    thresholds: dict[str, bool]


class Running(NamedTuple):
    """What is shown of the run in progress; an unknown rate is None."""

    kernel: str
    process: int
    progress_ratio: float
    live_units_per_second: float | None


def parse(data: bytes) -> Result:
    """Read a result document.

    Raises:
        CollectorError: it is no such document; the text names the field.
    """
    document = _object(data)
    if document.get("schema_version") not in SCHEMA_VERSIONS:
        raise CollectorError(f"schema_version: expected one of {SCHEMA_VERSIONS}")
    # An imported curve has no intervals, length or verdict: what is unknown is absent.
    imported = "imported" in document
    needed = {"timestamp_seconds"} if imported else set(RUN) - _OPTIONAL
    run = {
        key: _number(document, key)
        for key in RUN
        if key != "valid" and (key in needed or key in document)
    }
    if "valid" in needed or "valid" in document:
        run["valid"] = _truth(document, "valid")
    levels = document.get("levels")
    if not isinstance(levels, list) or not levels:
        raise CollectorError("levels: expected a list of levels")
    info = (
        _text(document, "kernel_version"),
        _text(document, "test_id"),
        _text(document, "profile"),
    )
    needed = {"units_per_second"} if imported else set(LEVEL) - {"steal_ratio"}
    return Result(_kernel(document), info, run, _levels(levels, needed), _thresholds(document))


def parse_running(data: bytes) -> Running:
    """Read the document of a run in progress.

    Raises:
        CollectorError: it is no such document; the text names the field.
    """
    document = _object(data)
    process = document.get("pid")
    if not isinstance(process, int) or isinstance(process, bool) or process <= 0:
        raise CollectorError("pid: expected a process number")
    progress = _number(document, "progress_ratio")
    live = document.get("live_units_per_second")
    rate = None if live is None else _number(document, "live_units_per_second")
    return Running(_kernel(document), process, progress, rate)


def _object(data: bytes) -> dict[str, object]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CollectorError(f"expected a JSON document ({error})") from error
    if not isinstance(document, dict):
        raise CollectorError("expected a JSON object")
    return document


def _number(document: dict[str, object], key: str) -> float:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise CollectorError(f"{key}: expected a number of at least 0")
    return value


def _truth(document: dict[str, object], key: str) -> int:
    value = document.get(key)
    if not isinstance(value, bool):
        raise CollectorError(f"{key}: expected true or false")
    return int(value)


def _text(document: dict[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise CollectorError(f"{key}: expected text")
    return value


def _kernel(document: dict[str, object]) -> str:
    kernel = _text(document, "kernel")
    if not _KERNEL.fullmatch(kernel):
        raise CollectorError("kernel: expected a name of small letters, digits and _")
    return kernel


def _levels(entries: list[object], needed: set[str]) -> dict[int, dict[str, float]]:
    levels: dict[int, dict[str, float]] = {}
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise CollectorError(f"levels[{i}]: expected an object")
        busy = entry.get("busy")
        if not isinstance(busy, int) or isinstance(busy, bool) or not 1 <= busy <= 100:
            raise CollectorError(f"levels[{i}].busy: expected a whole number from 1 to 100")
        if busy in levels:
            raise CollectorError(f"levels[{i}].busy: expected each level once")
        try:
            levels[busy] = {
                key: _number(entry, key) for key in LEVEL if key in needed or key in entry
            }
        except CollectorError as error:
            raise CollectorError(f"levels[{i}].{error}") from error
    return dict(sorted(levels.items()))


def _thresholds(document: dict[str, object]) -> dict[str, bool]:
    entries = document.get("thresholds", [])
    if not isinstance(entries, list):
        raise CollectorError("thresholds: expected a list")
    verdicts = {}
    for i, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        passed = entry.get("passed") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(passed, bool | None):
            raise CollectorError(f"thresholds[{i}]: expected a name and a verdict")
        if passed is not None:
            verdicts[name] = passed
    return verdicts


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


class _KnownFile(NamedTuple):
    modified: int
    size: int
    result: Result | None


class LoadtestCollector:
    """``perf_loadtest_*``: the newest result of each kernel, and the run in progress."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        named = flags[DIRECTORY.variable]
        self._state = Path(named) if named else state.default_state_directory()
        self._known: dict[str, _KnownFile] = {}
        self._complaint = ""
        self._shown: tuple[dict[str, Result], Running | None] | None = None
        self._block = Block(Layout(()), ())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        newest = self._newest()
        running = self._running()
        if (newest, running) != self._shown:
            pairs = samples_of([newest[kernel] for kernel in sorted(newest)], running)
            self._block = Block(Layout(s for s, _ in pairs), [value for _, value in pairs])
            self._shown = (newest, running)
        return [self._block]

    def _newest(self) -> dict[str, Result]:
        """The newest readable result of each kernel; files that did not change are not re-read."""
        folder = self._state / state.RESULTS
        known: dict[str, _KnownFile] = {}
        try:
            paths = sorted(p for p in folder.iterdir() if p.suffix == ".json" and p.name[0] != ".")
        except FileNotFoundError:
            paths = []
        for path in paths:
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            before = self._known.get(path.name)
            if before and before[:2] == (facts.st_mtime_ns, facts.st_size):
                known[path.name] = before
            else:
                result = self._read(path)
                known[path.name] = _KnownFile(facts.st_mtime_ns, facts.st_size, result)
        self._known = known
        newest: dict[str, Result] = {}
        for _, _, result in known.values():
            if result is not None:
                other = newest.get(result.kernel)
                if not other or result.run["timestamp_seconds"] >= other.run["timestamp_seconds"]:
                    newest[result.kernel] = result
        return newest

    def _read(self, path: Path) -> Result | None:
        try:
            return parse(path.read_bytes())
        except (CollectorError, OSError) as error:
            LOG.warning("result document %s skipped: %s", path, error)
            return None

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
