"""What both of atop's outputs tell, once it is under common words: counts of an interval.

Source: atop(1), "Parseable output", and what atop 2.8.1 prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.file import MonitorFile
from perfanalysis.exposition.families import Series

# Words of -J; those of -P are put under them.
CPU_MODES = {
    "stime": "system",
    "utime": "user",
    "ntime": "nice",
    "itime": "idle",
    "wtime": "iowait",
    "Itime": "irq",
    "Stime": "softirq",
    "steal": "steal",
}
_MEMORY = {
    "physmem": "MemTotal",
    "freemem": "MemFree",
    # Of versions after 2.8.1.
    "availablemem": "MemAvailable",
    "cachemem": "Cached",
    "buffermem": "Buffers",
    "slabmem": "Slab",
    "cachedrt": "Dirty",
    "slabreclaim": "SReclaimable",
    "shmem": "Shmem",
    "pagetables": "PageTables",
}
_SWAP = {"totswap": "SwapTotal", "freeswap": "SwapFree", "committed": "Committed_AS"}
_PAGING = {
    "swins": "pswpin",
    "swouts": "pswpout",
    # Of -P alone: -J tells pages, and not how large they are.
    "pgins_kib": "pgpgin",
    "pgouts_kib": "pgpgout",
    "oomkills": "oom_kill",
}
_DISK = {
    "io_ms": ("io_time_seconds_total", 1e-3),
    "nread": ("reads_completed_total", 1),
    "nrsect": ("read_bytes_total", names.SECTOR_BYTES),
    "nwrite": ("writes_completed_total", 1),
    "nwsect": ("written_bytes_total", names.SECTOR_BYTES),
    "ndiscrd": ("discards_completed_total", 1),
}
_NETWORK = {
    "rpack": "receive_packets",
    "rbyte": "receive_bytes",
    "spack": "transmit_packets",
    "sbyte": "transmit_bytes",
}
_PRESSURE = {
    "cstot": "cpu_waiting",
    "mstot": "memory_waiting",
    "mftot": "memory_stalled",
    "iostot": "io_waiting",
    "ioftot": "io_stalled",
}
_LOADS = {"lavg1": "1", "lavg5": "5", "lavg15": "15"}

Words = Mapping[str, float]


@dataclass(slots=True)
class AtopSample:
    """One sample: what each of its parts tells, by atop's words; bytes, sectors and milliseconds.

    Attributes:
        in_pages: whether it told memory in pages of unknown size, which was left out.
        cpus: ticks of each CPU by its number, ``all`` for their sum.
        hertz: ticks a second.
        alone: MEM, SWP, CPL, PSI and PAG together.
    """

    time: float
    place: str
    seconds: float
    since_boot: bool
    in_pages: bool = False
    hertz: float = 100.0
    cpus: dict[str, Words] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)
    disks: dict[str, Words] = field(default_factory=dict)
    interfaces: dict[str, Words] = field(default_factory=dict)


def told(sample: AtopSample, file: MonitorFile) -> ToldInterval:
    """The interval of a sample; its counts are dropped where they are since boot."""
    interval = ToldInterval(sample.time, sample.place)
    alone = sample.alone
    for words, make in ((_MEMORY, names.memory), (_SWAP, names.memory), (_LOADS, names.load)):
        interval.values |= {make(n): alone[w] for w, n in words.items() if w in alone}
    if sample.since_boot:
        file.say(f"{file.at(sample.place)}: its counts are since boot, and are dropped")
        return interval
    interval.seconds = sample.seconds
    rises = interval.rises
    rises.update(_cpus(sample))
    rises |= {names.paging(n): alone[w] for w, n in _PAGING.items() if w in alone}
    rises |= {names.stalled(n): alone[w] / 1e6 for w, n in _PRESSURE.items() if w in alone}
    for word, series in (("csw", names.CONTEXT_SWITCHES), ("devint", names.INTERRUPTS)):
        if word in alone:
            rises[series] = alone[word]
    for device, disk in sample.disks.items():
        if names.shows_disk(device):
            rises |= {
                names.disk(n, device): disk[w] * u for w, (n, u) in _DISK.items() if w in disk
            }
    for device, moved in sample.interfaces.items():
        rises |= {names.network(n, device): moved[w] for w, n in _NETWORK.items() if w in moved}
    return interval


def _cpus(sample: AtopSample) -> Iterator[tuple[Series, float]]:
    single = {number: words for number, words in sample.cpus.items() if number != names.ALL}
    for number, words in single.items():
        for word, mode in CPU_MODES.items():
            if word in words:
                yield names.cpu_seconds(number, mode), words[word] / sample.hertz
        if "guest" in words:
            yield names.guest_seconds(number, "user"), words["guest"] / sample.hertz
