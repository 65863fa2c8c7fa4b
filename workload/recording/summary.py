"""What is in a recording, in numbers: its span, gaps, restarts, peaks and size. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from perfanalysis.exposition.families import SeriesIdentity
from perfanalysis.recordings.parsing import FrameColumns
from perfanalysis.recordings.reading import FrameReading, assembled
from perfanalysis.recordings.recording import Floats, Recording
from workload.counters import GAP_STEPS
from workload.prediction.usage import Usage
from workload.usage_of import usage_of

_BOOT = "node_boot_time_seconds"
# What a summary looks into; the other series are counted only.
_SHOWN = (
    "node_cpu_seconds_total",
    "perf_recording_",
    "node_memory_MemTotal_bytes",
    "node_memory_MemAvailable_bytes",
    "node_disk_",
    "perf_disk_physical",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
    "perf_network_physical",
    "perf_machine_info",
    _BOOT,
)
# Kernels before 4.20 move the time of the start by a second, and a clock that is set moves it, too.
_BOOT_MOVES_SECONDS = 5.0
_PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Gap:
    """Two neighbouring ticks, in Unix seconds, between which others are missing."""

    start: float
    end: float


@dataclass(frozen=True)
class Peak:
    """The largest value of something, at which Unix time, and what it was mostly.

    Attributes:
        what: such as ``busy``; unit: of the values.
        percentiles: by their numbers, over the intervals of which it is known.
    """

    what: str
    unit: str
    value: float
    time: float
    percentiles: Mapping[int, float]


@dataclass
class RecordingSummary:
    """What a recording holds.

    Attributes:
        machine: its name; "": unknown.
        labels: of ``perf_machine_info``, as they were last; those that say something.
        cpus, memory_bytes: as they were last; None: unknown.
        start, end: Unix seconds of the first and the last tick.
        ticks: that are in order of time; ``out_of_order`` are those that are not.
        step: seconds between ticks, by the median; ``wanted_step`` as it was asked for.
        gaps: in order of time.
        restarts: Unix times of the machine's starts within the recording.
        continued: how often the recording was begun anew, behind its first begin.
        series, families: how many there are.
        samples: how many there are; ``lines`` of them are written.
        bytes: of the file; ``lost_bytes`` of them are of frames that cannot be read.
        peaks: of what was used.
    """

    machine: str
    labels: Mapping[str, str]
    cpus: float | None
    memory_bytes: float | None
    start: float
    end: float
    ticks: int
    out_of_order: int
    step: float | None
    wanted_step: float | None
    gaps: Sequence[Gap]
    restarts: Sequence[float]
    continued: int
    series: int
    families: int
    samples: int
    lines: int
    bytes: int
    lost_bytes: int
    peaks: Sequence[Peak]

    @property
    def bytes_per_sample(self) -> float:
        """What a sample takes on the disk."""
        return self.bytes / self.samples if self.samples else float("nan")


@dataclass
class _Counts:
    series: set[SeriesIdentity] = field(default_factory=set)
    samples: int = 0
    lines: int = 0
    ticks: int = 0
    continued: int = 0
    step: float | None = None
    last: float = 0.0


@dataclass
class Summed:
    """A summary, and what its chart is drawn from."""

    summary: RecordingSummary
    usage: Usage


def summarise(
    frames: Iterable[FrameColumns], where: str, size: int, reading: FrameReading
) -> Summed:
    """Sum a recording up; one frame is held whole at a time.

    Args:
        frames: in their order.
        where: what they are read from, for messages.
        size: of its files, in bytes.
        reading: of what they are read from, when the last frame was read.

    Raises:
        InputError: the recording has no tick, or is of several machines.
    """
    counts = _Counts()
    kept = [_counted(frame, counts) for frame in frames]
    recording = assembled(kept, where)
    usage = usage_of(recording)
    times = recording.times
    return Summed(
        RecordingSummary(
            recording.machine,
            _labels(recording),
            _last(usage.cpus),
            _last(usage.memory_total_bytes),
            float(times[0]),
            float(times[-1]),
            len(times),
            counts.ticks - len(times),
            recording.step if len(times) > 1 else None,
            counts.step,
            _gaps(times, recording.step),
            _restarts(recording),
            counts.continued,
            len(counts.series),
            len({series.name for series in counts.series}),
            counts.samples,
            counts.lines,
            size,
            reading.bytes_lost,
            _peaks(usage),
        ),
        usage,
    )


def _counted(frame: FrameColumns, counts: _Counts) -> FrameColumns:
    """The frame with those columns only that are looked into."""
    counts.series.update(frame.columns)
    counts.samples += sum(int(np.isfinite(column).sum()) for column in frame.columns.values())
    counts.lines += frame.lines
    counts.ticks += len(frame.times)
    counts.step = frame.step or counts.step
    for number in frame.ticks:
        counts.continued += number <= counts.last
        counts.last = number
    frame.columns = {
        series: column for series, column in frame.columns.items() if series.name.startswith(_SHOWN)
    }
    return frame


def _gaps(times: Floats, step: float) -> list[Gap]:
    at = np.flatnonzero(np.diff(times) > GAP_STEPS * step)
    return [Gap(float(times[one]), float(times[one + 1])) for one in at]


def _restarts(recording: Recording) -> list[float]:
    found: list[float] = []
    for column in recording.of(_BOOT).values():
        known = column[np.isfinite(column)]
        later = known[1:][np.diff(known) > _BOOT_MOVES_SECONDS]
        found += later.tolist()
    return found


def _labels(recording: Recording) -> dict[str, str]:
    found: dict[str, str] = {}
    latest = -1
    for series, column in recording.of("perf_machine_info").items():
        known = np.flatnonzero(np.isfinite(column))
        if len(known) and known[-1] > latest:
            latest = int(known[-1])
            found = {label: value for label, value in series.labels if value}
    return found


def _last(column: Floats) -> float | None:
    known = column[np.isfinite(column)]
    return float(known[-1]) if len(known) else None


def _peaks(usage: Usage) -> list[Peak]:
    shown = (
        ("busy", "ratio", usage.busy),
        ("steal", "ratio", usage.steal),
        ("memory", "bytes", usage.memory_bytes),
        ("disk read", "bytes/s", usage.disk_read_bytes),
        ("disk written", "bytes/s", usage.disk_write_bytes),
        ("disk reads", "1/s", usage.disk_reads),
        ("disk writes", "1/s", usage.disk_writes),
        ("network received", "bytes/s", usage.network_receive_bytes),
        ("network sent", "bytes/s", usage.network_transmit_bytes),
    )
    found = []
    for what, unit, values in shown:
        known = np.isfinite(values)
        if known.any():
            at = int(np.nanargmax(values))
            levels = np.percentile(values[known], _PERCENTILES).tolist()
            percentiles = dict(zip(_PERCENTILES, levels, strict=True))
            found.append(Peak(what, unit, float(values[at]), float(usage.ends[at]), percentiles))
    return found
