"""The thread that reads, and what it has read."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, thread_time

from exporter.collecting import CollectorError
from exporter.collectors import pressure
from exporter.collectors.sampler.readings import StatReading, between, hold, read_stat
from exporter.collectors.sampler.tallies import Histogram, RecentMaximum

LOG = logging.getLogger(__name__)

WINDOWS = (15, 30, 60)
RESOURCES = ("cpu", "io", "memory")
PRESSURES = (
    ("cpu", b"some"),
    ("io", b"some"),
    ("io", b"full"),
    ("memory", b"some"),
    ("memory", b"full"),
)
BUSY_BOUNDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
STEAL_BOUNDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
RUN_QUEUE_BOUNDS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


class Observations:
    """Everything that was observed of one thing."""

    __slots__ = ("histogram", "recent")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.histogram = Histogram(bounds)
        self.recent = RecentMaximum(WINDOWS[-1])

    def add(self, now: float, value: float) -> None:
        """Take an observation."""
        self.histogram.add(value)
        self.recent.add(now, value)


class Sampler:
    """Reads a procfs in a thread of its own, once it was started.

    ``lock`` is held while the figures change. ``missed`` counts readings that were due when the
    thread did not get to run; ``cpu_seconds`` is what the thread has used; ``error`` is why the
    last reading failed, or "".

    Args:
        procfs: the tree.
        frequency: readings a second.
        own_threads: how many of the runnable threads that it shows are ours.
    """

    def __init__(self, procfs: Path, frequency: float, own_threads: int) -> None:
        self.lock = threading.Lock()
        self.observed: Mapping[str, Observations] = {
            "busy": Observations(BUSY_BOUNDS),
            "steal": Observations(STEAL_BOUNDS),
            "run_queue": Observations(RUN_QUEUE_BOUNDS),
        }
        self.pressures = {key: RecentMaximum(WINDOWS[-1]) for key in PRESSURES}
        self.missed = 0
        self.cpu_seconds = 0.0
        self.error = ""
        self._procfs = procfs
        self._period = 1.0 / frequency
        self._own_threads = own_threads
        self._buffer = bytearray(65536)
        self._before: StatReading | None = None
        self._stalled: dict[tuple[str, bytes], tuple[float, int]] = {}
        self._files: dict[str, int] = {}
        self._resources = list(RESOURCES)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="sampler")

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()
        for descriptor in self._files.values():
            os.close(descriptor)
        self._files.clear()

    def _run(self) -> None:
        due = monotonic()
        while not self._stop.wait(max(0.0, due - monotonic())):
            now = monotonic()
            missed = int((now - due) / self._period)
            due += self._period * (missed + 1)
            error = ""
            try:
                self.read(now)
            except (CollectorError, OSError) as failure:
                error = str(failure)
            with self.lock:
                self.missed += missed
                self.error = error
                self.cpu_seconds = thread_time()

    def read(self, now: float) -> None:
        """One reading at that time, in seconds of a clock that does not jump.

        Raises:
            CollectorError: a file is malformed.
            OSError: a file cannot be read.
        """
        size = self._read("stat")
        self.take(now, read_stat(self._buffer, size))
        for resource in list(self._resources):
            try:
                size = self._read(f"pressure/{resource}")
            except OSError:
                # A kernel without it, or one that has it turned off until it boots again.
                self._resources.remove(resource)
                continue
            for kind, total in pressure.parse(bytes(self._buffer[:size])).items():
                self.take_pressure(now, (resource, kind), int(total))

    def take(self, now: float, reading: StatReading) -> None:
        """Compare a reading with the one before."""
        before = self._before
        if before is not None:
            reading = reading._replace(ticks=hold(before.ticks, reading.ticks))
            found = between(before, reading, self._own_threads)
            if found is not None:
                with self.lock:
                    for name, value in found._asdict().items():
                        self.observed[name].add(now, value)
        self._before = reading

    def take_pressure(self, now: float, key: tuple[str, bytes], microseconds: int) -> None:
        """Compare a total of stall time with the one before."""
        before = self._stalled.get(key)
        self._stalled[key] = (now, microseconds)
        if before is None or key not in self.pressures or now <= before[0]:
            return
        grown = max(0, microseconds - before[1]) / 1e6
        with self.lock:
            # The kernel's sum may be of a little more time than ours.
            self.pressures[key].add(now, min(1.0, grown / (now - before[0])))

    def _read(self, name: str) -> int:
        """Read a file into the buffer: how many bytes it has."""
        descriptor = self._files.get(name)
        if descriptor is None:
            descriptor = os.open(self._procfs / name, os.O_RDONLY | os.O_CLOEXEC)
            self._files[name] = descriptor
        while (size := os.preadv(descriptor, [self._buffer], 0)) == len(self._buffer):
            self._buffer = bytearray(2 * size)
        return size
