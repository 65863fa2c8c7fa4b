"""Interrupts by CPU, from /proc/interrupts (proc(5)); off by default.

A machine with 256 CPUs has some 80,000 of these series, most of them 0; see docs/exporter.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.tokens import check_counters, cpus_of_heading
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

_SOURCE = "/proc/interrupts"
INTERRUPTS = Family(
    "node_interrupts_total",
    "counter",
    "Interrupt details.",
    ("cpu", "type", "info", "devices"),
    source=_SOURCE,
)
INCLUDE = Flag(
    "collector.interrupts.name-include",
    None,
    "Regular expression of interrupts to show, of 'TYPE;INFO;DEVICES'.",
)
EXCLUDE = Flag(
    "collector.interrupts.name-exclude",
    None,
    "Regular expression of interrupts to leave out, of 'TYPE;INFO;DEVICES'.",
)
ZEROS = Flag("collector.interrupts.include-zeros", True, "Show interrupts that never came, too.")


class Interrupt(NamedTuple):
    """An interrupt: its labels, the word of the text that is its first count, and its words."""

    type: str
    info: str
    devices: str
    first: int
    words: int

    @property
    def name(self) -> str:
        """What the flags' expressions are held against, as in node_exporter."""
        return f"{self.type};{self.info};{self.devices}"


def _labels(name: bytes, details: list[bytes]) -> tuple[str, str, str]:
    # A device's interrupt has a number, and the name of its controller before those of its devices.
    texts = [detail.decode("utf-8", "replace") for detail in details]
    if name.isdigit():
        return name.decode(), texts[0], " ".join(texts[1:])
    return name.decode("utf-8", "replace"), " ".join(texts), ""


def parse(data: bytes) -> tuple[list[str], list[Interrupt]]:
    """The numbers of the CPUs, and the interrupts that are counted for each of them.

    Raises:
        CollectorError: the heading is missing, or an interrupt has something else than counts.
    """
    heading, _, rest = data.partition(b"\n")
    cpus = cpus_of_heading(heading, _SOURCE)
    interrupts = []
    word = len(cpus)
    for line in rest.split(b"\n"):
        name, colon, behind = line.partition(b":")
        words = behind.split()
        # On some machines there is no space between the colon and the first count.
        before = len(line.split()) - len(words)
        if colon and before in (0, 1) and len(words) > len(cpus):
            check_counters(words[: len(cpus)], f"{_SOURCE}: {name.decode('utf-8', 'replace')}")
            labels = _labels(name.strip(), words[len(cpus) :])
            interrupts.append(Interrupt(*labels, word + before, len(words) - len(cpus)))
        word += before + len(words)
    return cpus, interrupts


class InterruptsCollector:
    """``node_interrupts_total``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("interrupts")
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
        self._series = NumberSeries(self._lay_out)
        self._zeros = flags[ZEROS.variable]
        self._seen = b""
        self._all = self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        block = self._series.block(self._file.read())
        return [block if self._zeros else self._without_zeros(block)]

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        cpus, interrupts = parse(texts[0])
        places = []
        for interrupt in interrupts:
            details = interrupt.first + len(cpus)
            # What names an interrupt may look like a number, and is to stay what it is.
            places += [NumberPlace(None, details + word) for word in range(interrupt.words)]
            if self._filter(interrupt.name):
                labels = (interrupt.type, interrupt.info, interrupt.devices)
                places += [
                    NumberPlace(Series(INTERRUPTS, (cpu, *labels)), interrupt.first + column)
                    for column, cpu in enumerate(cpus)
                ]
        return places

    def _without_zeros(self, block: Block) -> Block:
        seen = bytes(value != b"0" for value in block.values)
        if block.layout is not self._all or seen != self._seen:
            self._all, self._seen = block.layout, seen
            self._layout = Layout(compress(block.layout.series, seen))
        return Block(self._layout, list(compress(block.values, seen)))


SPECIFICATION = CollectorSpecification(
    "interrupts",
    (INTERRUPTS,),
    InterruptsCollector,
    flags=(INCLUDE, EXCLUDE, ZEROS),
    enabled=False,
)
