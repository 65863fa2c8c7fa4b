"""Pressure stall information, from /proc/pressure (kernel document accounting/psi.rst)."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, for_now_unless
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block


def _family(name: str, text: str, resource: str) -> Family:
    return Family(
        f"node_pressure_{name}_seconds_total",
        "counter",
        text,
        unit="seconds",
        source=f"/proc/pressure/{resource}",
    )


_WAITED = "Total time in seconds that processes have waited"
_STALLED = "Total time in seconds no process could make progress due to"
# By resource and kind of line; the CPU's line "full" means nothing for a whole machine.
FAMILIES = {
    ("cpu", b"some"): _family("cpu_waiting", f"{_WAITED} for CPU time", "cpu"),
    ("io", b"some"): _family("io_waiting", f"{_WAITED} due to IO congestion", "io"),
    ("io", b"full"): _family("io_stalled", f"{_STALLED} IO congestion", "io"),
    ("memory", b"some"): _family("memory_waiting", f"{_WAITED} for memory", "memory"),
    ("memory", b"full"): _family("memory_stalled", f"{_STALLED} memory congestion", "memory"),
    ("irq", b"full"): _family("irq_stalled", f"{_STALLED} IRQ congestion", "irq"),
}
RESOURCES = ("cpu", "io", "memory", "irq")
MICROSECONDS = b"e-6"

_LINE = re.compile(rb"(some|full) avg10=[0-9.]+ avg60=[0-9.]+ avg300=[0-9.]+ total=([0-9]+)(?!\S)")
_TOTAL_WORD = 4


def parse(data: bytes) -> dict[bytes, bytes]:
    """The total stall time in microseconds of the lines ``some`` and ``full``.

    Raises:
        CollectorError: a line is not understood, or there is none.
    """
    totals = {}
    for line in data.splitlines():
        match = _LINE.match(line)
        if match is None:
            raise CollectorError(f"/proc/pressure: expected a line of PSI, found {shown(line)}")
        if match[1] in totals:
            raise CollectorError(f"/proc/pressure: {match[1].decode()} comes twice")
        totals[match[1]] = match[2]
    if not totals:
        raise CollectorError("/proc/pressure: expected lines of PSI, found none")
    check_counters(list(totals.values()), "/proc/pressure")
    return totals


class PressureCollector:
    """``node_pressure_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = {name: sources.proc(f"pressure/{name}") for name in RESOURCES}
        self._series = NumberSeries(self._lay_out)
        self._read: list[str] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts = {}
        for resource, file in self._files.items():
            try:
                texts[resource] = file.read()
            except FileNotFoundError:
                continue
            except OSError as error:
                # Compiled in, but turned off at boot.
                if error.errno == errno.EOPNOTSUPP:
                    raise NothingToRead from error
                raise
        if not texts:
            raise NothingToRead
        if self._read != (read := list(texts)):
            # Files of different resources have the same words.
            self._series = NumberSeries(self._lay_out)
            self._read = read
        return [self._series.block(*texts.values())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        files = [self._files[resource] for resource in self._read]
        whole = len(files) == len(self._files)
        return for_now_unless(whole, self._series.steady(*files))

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        places = []
        first = 0
        for resource, text in zip(self._read, texts, strict=True):
            for kind, line in zip(parse(text), text.splitlines(), strict=True):
                if family := FAMILIES.get((resource, kind)):
                    total = first + _TOTAL_WORD
                    places.append(NumberPlace(Series(family, (), MICROSECONDS), total))
                # A later kernel may have more to say.
                first += len(line.split())
        return places


SPECIFICATION = CollectorSpecification("pressure", tuple(FAMILIES.values()), PressureCollector)
