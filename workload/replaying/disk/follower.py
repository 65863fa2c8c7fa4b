"""One device follows its recording: what is owed at each look becomes operations."""

from __future__ import annotations

import math
import threading

from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.disk.operations import sizes
from workload.replaying.disk.operators import Operation, Operators
from workload.replaying.disk.target_disk import DiskCounters
from workload.replaying.disk.target_file import TargetFile
from workload.replaying.owing import OthersRate, owed
from workload.replaying.replay_tick import DiskRates

LOOK_SECONDS = 0.2
IDLE = DiskRates(0.0, 0.0, 0.0, 0.0)


class DiskFollower:
    """Drives one file.

    Args:
        device: the recorded device.
        file: on the target.
        machine: whether all that the target's disk does counts, where it is counted.
    """

    def __init__(self, device: str, file: TargetFile, *, machine: bool) -> None:
        self.device = device
        self.file = file
        self._operators = Operators(file)
        self._machine = machine and file.disk.read() is not None
        self._rates = IDLE
        self._begin, self._end = 0.0, 0.0
        self._start = DiskCounters(0, 0, 0, 0)
        self._carried = DiskCounters(0, 0, 0, 0)
        self._others = [OthersRate() for _ in self._start]
        self._news = threading.Condition()
        self._stopped = False
        self.given_up = False
        self._failure: PerfAnalysisError | None = None
        self._thread = threading.Thread(target=self._follow, name="replay-disk", daemon=True)

    def launch(self) -> None:
        """Start its threads."""
        self._operators.launch()
        self._thread.start()

    def close(self) -> None:
        """End them."""
        with self._news:
            self._stopped = True
            self._news.notify()
        self._operators.close()
        if self._thread.ident is not None:
            self._thread.join()

    def check(self) -> None:
        """See whether all is well.

        Raises:
            PerfAnalysisError: the file could not be read or written.
        """
        if (error := self._operators.failure) is not None:
            raise PerfAnalysisError(f"the file of {self.device}: {error.strerror}")
        if self._failure is not None:
            raise self._failure

    def begin(self, rates: DiskRates, at: float, seconds: float) -> None:
        """A tick begins; unknown rates are none."""
        known = DiskRates(*(0.0 if math.isnan(rate) else rate for rate in rates))
        counted = self._counters()
        with self._news:
            self._rates, self._begin, self._end = known, at, at + seconds
            self._start = counted
            self._news.notify()

    def finish(self) -> DiskCounters:
        """What was done in this tick; a part of an operation goes on to the next."""
        done = self._counters().since(self._start)
        seconds = self._end - self._begin
        missing = [
            rate * seconds + carried - got
            for rate, carried, got in zip(self._rates, self._carried, done, strict=True)
        ]
        self._carried = DiskCounters(*carried_on(*missing))
        return done

    def _counters(self) -> DiskCounters:
        found = self.file.disk.read() if self._machine else None
        return self._operators.state()[0] if found is None else found

    def _follow(self) -> None:
        while True:
            with self._news:
                if self._stopped:
                    return
                self._look(now())
                self._news.wait(LOOK_SECONDS)

    def _look(self, at: float) -> None:
        until = min(at + LOOK_SECONDS, self._end)
        if self.given_up or until <= at:
            return
        if not self.file.has_room():
            self.given_up = True
            self._operators.order([])
            self.file.give_up()
            return
        counters = self._counters()
        done, under_way = self._operators.state()
        counted = counters.since(self._start)
        # Between two looks of a counter others' single operations are noise: the owed ones count.
        wanted = [
            owed(rate, at - self._begin, until - at, got + busy - more, noise.look(at, now_, own))
            for rate, got, busy, more, noise, now_, own in zip(
                self._rates, counted, under_way, self._carried, self._others, counters, done,
                strict=True,
            )
        ]  # fmt: skip
        read_bytes, write_bytes, reads, writes = wanted
        block, largest = self.file.disk.block, self.file.disk.largest
        plan = [(False, size) for size in sizes(reads, read_bytes, block, largest)]
        plan += [(True, size) for size in sizes(writes, write_bytes, block, largest)]
        self._operators.order(spread(plan, at, until))


def spread(plan: list[tuple[bool, int]], at: float, until: float) -> list[Operation]:
    """Operations evenly over a time, reads and writes each among themselves. Pure."""
    count = {kind: sum(1 for write, _ in plan if write is kind) for kind in (False, True)}
    number = {False: 0, True: 0}
    found = []
    for write, size in plan:
        due = at + (until - at) * number[write] / count[write]
        number[write] += 1
        found.append(Operation(due, write, size))
    return sorted(found)


def carried_on(
    read_bytes: float, write_bytes: float, reads: float, writes: float
) -> tuple[float, float, float, float]:
    """What goes on to the next tick: less than an operation; more was not reached. Pure.

    So a device with an operation in three ticks has one in three ticks.
    """
    kept_bytes, kept = [], []
    for missing_bytes, missing in ((read_bytes, reads), (write_bytes, writes)):
        keep = -1.0 < missing < 1.0
        kept.append(missing if keep else 0.0)
        kept_bytes.append(missing_bytes if keep else 0.0)
    return kept_bytes[0], kept_bytes[1], kept[0], kept[1]
