"""Counters of the kernel, held open: an event on a CPU each."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction

from exporter.collecting import NothingToRead
from exporter.collectors.perf.events import Event
from exporter.native._numbers import lib

# What a CPU, a hypervisor or a kernel says that has no such event.
_UNKNOWN = frozenset(
    {errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL, errno.ENODEV, errno.ENOSYS, errno.ENXIO}
)
_REFUSED = frozenset({errno.EACCES, errno.EPERM})
# The count, and for how many nanoseconds it was to be counted and was.
_READING = struct.Struct("=QQQ")


class Scaled:
    """A count that goes on where the CPU counted it for a part of the time only.

    CPUs count a handful of events at once, and take turns with more. What was counted in the time
    between two looks is taken for all of it, in proportion; so the whole never falls, as a total
    that is scaled at each look may.
    """

    __slots__ = ("_last", "_whole")

    def __init__(self) -> None:
        self._last = (0, 0, 0)
        self._whole = Fraction(0)

    def after(self, count: int, wanted: int, counted: int) -> int:
        """The count so far.

        Args:
            count: what the kernel counted since it began.
            wanted: for how many nanoseconds it was to count.
            counted: for how many of them it did.
        """
        more, due, done = (
            now - before for now, before in zip((count, wanted, counted), self._last, strict=True)
        )
        if done > 0:
            self._whole += more if due == done else Fraction(more * due // done)
            self._last = (count, wanted, counted)
        elif more > 0:
            # An event without a clock.
            self._whole += more
            self._last = (count, wanted, counted)
        # Else it had no turn yet, which the next look will make up for.
        return int(self._whole)


class Counters:
    """The counters of some events on some CPUs.

    Args:
        events: that are to be counted; those that the machine does not have are left out.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._open: dict[int, list[tuple[Event, int, Scaled]]] = {}

    def follow(self, cpus: Iterable[int]) -> None:
        """Count on these CPUs, and on no others; those that were counted on go on.

        Raises:
            NothingToRead: it has none of the events.
            OSError: it does not allow it, or has no room for them.
        """
        wanted = set(cpus)
        for cpu in self._open.keys() - wanted:
            self._close(cpu)
        for cpu in sorted(wanted - self._open.keys()):
            self._open[cpu] = []
            try:
                for event in self._events:
                    self._count(cpu, event)
            except BaseException:
                self._close(cpu)
                raise
        if not any(self._open.values()):
            self.close()
            raise NothingToRead

    def _count(self, cpu: int, event: Event) -> None:
        descriptor = lib.open_event(event.type, event.config, cpu)
        if descriptor >= 0:
            self._open[cpu].append((event, descriptor, Scaled()))
        elif -descriptor in _REFUSED:
            raise PermissionError(
                "perf_event_open: expected CAP_PERFMON, or kernel.perf_event_paranoid below 1, and "
                "no sandbox that forbids it; the kernel says: " + os.strerror(-descriptor)
            )
        elif -descriptor not in _UNKNOWN:
            raise OSError(-descriptor, os.strerror(-descriptor), "perf_event_open")

    def read(self) -> list[tuple[Event, int, int]]:
        """Event, CPU and count of now; those of a CPU that just went away are left out.

        Raises:
            OSError: one cannot be read.
        """
        found = []
        for cpu, counters in self._open.items():
            for event, descriptor, scaled in counters:
                data = os.read(descriptor, _READING.size)
                if len(data) == _READING.size:
                    found.append((event, cpu, scaled.after(*_READING.unpack(data))))
        return found

    def _close(self, cpu: int) -> None:
        for _, descriptor, _ in self._open.pop(cpu):
            os.close(descriptor)

    def close(self) -> None:
        """Give all counters back."""
        for cpu in list(self._open):
            self._close(cpu)
