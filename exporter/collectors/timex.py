"""How well the clock is kept, from adjtimex(2)."""

from __future__ import annotations

import errno
import math
import os
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.native._numbers import ffi, lib
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, Layout, format_value


def _family(name: str, text: str, type_: FamilyType = "gauge") -> Family:
    unit = "seconds" if name.endswith("_seconds") else ""
    return Family(f"node_timex_{name}", type_, text, (), unit, "adjtimex(2)")


FAMILIES = (
    _family("sync_status", "Is clock synchronized to a reliable server (1 = yes, 0 = no)."),
    _family("offset_seconds", "Time offset in between local system and reference clock."),
    _family("frequency_adjustment_ratio", "Local clock frequency adjustment."),
    _family("maxerror_seconds", "Maximum error in seconds."),
    _family("estimated_error_seconds", "Estimated error in seconds."),
    _family("status", "Value of the status array bits."),
    _family("loop_time_constant", "Phase-locked loop time constant."),
    _family("tick_seconds", "Seconds between clock ticks."),
    _family("pps_frequency_hertz", "Pulse per second frequency."),
    _family("pps_jitter_seconds", "Pulse per second jitter."),
    _family("pps_shift_seconds", "Pulse per second interval duration."),
    _family(
        "pps_stability_hertz", "Pulse per second stability, average of recent frequency changes."
    ),
    _family(
        "pps_jitter_total", "Pulse per second count of jitter limit exceeded events.", "counter"
    ),
    _family("pps_calibration_total", "Pulse per second count of calibration intervals.", "counter"),
    _family("pps_error_total", "Pulse per second count of calibration errors.", "counter"),
    _family(
        "pps_stability_exceeded_total",
        "Pulse per second count of stability limit exceeded events.",
        "counter",
    ),
    _family("tai_offset_seconds", "International Atomic Time (TAI) offset."),
)

_TIME_ERROR = 5
_STA_NANO = 0x2000
_PPM = 65536.0 * 1e6


class Timex(NamedTuple):
    """The kernel's structure, in its own units (adjtimex(2)), without the time of day."""

    offset: int
    freq: int
    maxerror: int
    esterror: int
    status: int
    constant: int
    tick: int
    ppsfreq: int
    jitter: int
    shift: int
    stabil: int
    jitcnt: int
    calcnt: int
    errcnt: int
    stbcnt: int
    tai: int


def values(timex: Timex, state: int) -> list[float]:
    """The values of ``FAMILIES``.

    Args:
        timex: the kernel's structure.
        state: what adjtimex(2) returned, TIME_ERROR (5) for a clock that is not synchronised.
    """
    resolution = 1e9 if timex.status & _STA_NANO else 1e6
    return [
        int(state != _TIME_ERROR),
        timex.offset / resolution,
        1 + timex.freq / _PPM,
        timex.maxerror / 1e6,
        timex.esterror / 1e6,
        timex.status,
        timex.constant,
        timex.tick / 1e6,
        timex.ppsfreq / _PPM,
        timex.jitter / resolution,
        timex.shift,
        timex.stabil / _PPM,
        timex.jitcnt,
        timex.calcnt,
        timex.errcnt,
        timex.stbcnt,
        timex.tai,
    ]


class TimexCollector:
    """``node_timex_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources, flags
        self._fields = ffi.new("int64_t[]", lib.CLOCK_FIELDS)
        self._layout = Layout(Series(family) for family in FAMILIES)
        self._seen: tuple[int, list[int]] | None = None
        self._values: list[float] = []
        self._written: tuple[bytes, ...] = ()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        state = lib.read_clock(self._fields)
        if state < 0:
            if -state in (errno.EPERM, errno.EACCES):
                raise NothingToRead
            raise OSError(-state, f"adjtimex: {os.strerror(-state)}")
        seen = (state, ffi.unpack(self._fields, lib.CLOCK_FIELDS))
        if seen != self._seen:
            self._write(values(Timex(*seen[1]), state))
            self._seen = seen
        return [Block(self._layout, self._written)]

    def _write(self, shown: list[float]) -> None:
        """Most of it stays from scrape to scrape, and floats are slow to write."""
        before = self._values or [math.nan] * len(shown)
        written = self._written or (b"",) * len(shown)
        rows = zip(shown, before, written, strict=True)
        texts = [text if new == old else format_value(new) for new, old, text in rows]
        self._written = tuple(texts)
        self._values = shown


SPECIFICATION = CollectorSpecification("timex", FAMILIES, TimexCollector)
