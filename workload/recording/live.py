"""``workload record``: this machine, here and now, until a signal comes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from exporter.collectors.machine.collector import NAME
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.recordings.writing import RecordingWriter
from workload.recording.collecting import make_scraper, open_sources
from workload.recording.keeping import Keep
from workload.recording.session import RecordedTicks, RecordingSession, TickOutput

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LiveSettings(NamedTuple):
    """What is recorded, and where to.

    Attributes:
        out: a file, or with ``keep`` a folder.
        step: seconds between two ticks.
        keep: how much of it stays; None: all.
        duration: seconds; None: until a signal comes.
        per_cpu: whether the times of every CPU are recorded, too.
    """

    out: Path
    step: float
    keep: Keep | None
    duration: float | None
    per_cpu: bool


def record_live(settings: LiveSettings, flags: Mapping[str, Any]) -> RecordedTicks:
    """Record until it is over; says what was recorded.

    Raises:
        InputError: a flag's value is unusable, or ``out`` is no recording.
        PerfAnalysisError: another process records there, or the last frame cannot be written.
    """
    with closing(open_sources(flags)) as sources, _stop_on_signals() as stop:
        scraper = make_scraper(flags, sources, per_cpu=settings.per_cpu, step=settings.step)
        output = _open(settings, flags[NAME.variable] or os.uname().nodename)
        session = RecordingSession(scraper, output, settings.step)
        try:
            session.run(stop, settings.duration)
        finally:
            _close(output, settings.out)
    return session.tally


def _open(settings: LiveSettings, machine: str) -> TickOutput:
    out, keep = settings.out, settings.keep
    try:
        there, folder = out.exists(), out.is_dir()
    except OSError as error:
        raise InputError(str(out), "", f"a place to write to ({error.strerror})") from error
    if keep is not None:
        if there and not folder:
            raise InputError(str(out), "", "a folder, which --keep fills with files", "a file")
        # It loads dates and temporary files, which one file does not need.
        from workload.recording.pieces import Pieces

        return Pieces(out, machine, settings.step, keep)
    if folder:
        raise InputError(str(out), "", "a file (a folder goes with --keep)", "a folder")
    return RecordingWriter(out, machine, step=settings.step)


def _close(output: TickOutput, out: Path) -> None:
    try:
        output.close()
    except OSError as error:
        raise PerfAnalysisError(f"{out}: the last frame could not be written: {error}") from error


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """An event that the first signal sets; a second one is as it was before."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        del frame
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in _SIGNALS:
        signal.signal(number, heard)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
