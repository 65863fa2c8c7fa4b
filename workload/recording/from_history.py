"""``workload record --prometheus``: the recording that nobody made in advance."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.promql import Engine
from perfanalysis.recordings.writing import RecordingWriter
from workload.recording.history import MachineHistory
from workload.recording.session import RecordedTicks
from workload.recording.targets import find_target

# A sample that is so little early is at its step.
_EARLY = 0.05


@dataclass(frozen=True)
class HistorySettings:
    """What is wanted of a history.

    Attributes:
        out: the file; it must not be there.
        machine: its name.
        start, end: Unix seconds.
        step: samples closer than so many seconds are left out; None: none is.
        matchers: labels of the machine's series.
    """

    out: Path
    machine: str
    start: float
    end: float
    step: float | None = None
    matchers: Mapping[str, str] = field(default_factory=dict)


def record_history(
    engine: Engine, settings: HistorySettings, passed: Callable[[float], None]
) -> RecordedTicks:
    """Write the recording; it is there when it is whole, or not at all.

    Args:
        engine: holds the history.
        settings: what is wanted.
        passed: told how far it is, in Unix seconds.

    Raises:
        InputError: there is no such machine, or ``out`` cannot be made.
        PerfAnalysisError: the engine gives no answer, or the disk is full.
    """
    out = settings.out
    if out.exists():
        raise InputError(str(out), "", "a new file, for a history is written as a whole")
    target = find_target(engine, settings.machine, settings.matchers, settings.start, settings.end)
    part = out.with_name(f".{out.name}.{os.getpid()}")
    history = MachineHistory(engine, target)
    try:
        with RecordingWriter(part, settings.machine, step=settings.step, durable=False) as writer:
            tally = _write(history, settings, writer, passed)
        if not tally.ticks:
            raise InputError("--from", "", f"a time of which there is something of {target}")
        _publish(part, out)
    except OSError as error:
        raise PerfAnalysisError(f"{out}: cannot be written ({error})") from error
    finally:
        part.unlink(missing_ok=True)
    return tally


def _write(
    history: MachineHistory,
    settings: HistorySettings,
    writer: RecordingWriter,
    passed: Callable[[float], None],
) -> RecordedTicks:
    tally = RecordedTicks()
    step = (settings.step or 0.0) * (1 - _EARLY)
    last = -step
    for moment in history.moments(settings.start, settings.end, passed):
        if moment.time - last < step:
            continue
        last = moment.time
        writer.tick(moment.time, moment.series, moment.values)
        tally.ticks += 1
        tally.series = max(tally.series, len(moment.series))
    return tally


def _publish(part: Path, out: Path) -> None:
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(out)
