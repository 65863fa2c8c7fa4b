"""Which of the exporter's collectors a recording is made with, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exporter.collecting import Collector, CollectorSpecification, Flag
from exporter.collecting.paths import FLAGS as PATHS
from exporter.collecting.paths import make_paths
from exporter.collectors import (
    cgroup,
    cpu,
    diskstats,
    loadavg,
    machine,
    meminfo,
    netclass,
    netdev,
    pressure,
    sampler,
    stat,
    vmstat,
)
from exporter.collectors.machine.cloud import CLOUD, ENDPOINT
from exporter.collectors.machine.collector import (
    INSTANCE_TYPE,
    INVENTORY,
    NAME,
    PROVIDER,
    REGION,
    ZONE,
)
from exporter.page.scraping import Scraper
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, Layout
from workload.recording.all_cpus import AllCpusCollector

ALWAYS: tuple[CollectorSpecification, ...] = (
    machine.SPECIFICATION,
    stat.SPECIFICATION,
    loadavg.SPECIFICATION,
    meminfo.SPECIFICATION,
    vmstat.SPECIFICATION,
    diskstats.SPECIFICATION,
    netdev.SPECIFICATION,
    netclass.SPECIFICATION,
    pressure.SPECIFICATION,
    cgroup.SPECIFICATION,
)
# What a recording's command may be told; the words of the exporter.
FLAGS: tuple[Flag, ...] = (
    *PATHS,
    *(NAME, PROVIDER, REGION, ZONE, INSTANCE_TYPE, INVENTORY, CLOUD, ENDPOINT),
)
# The shorter name of one of them, and its variable.
MACHINE_FLAG = ("--machine", NAME.variable)
# Between ticks so far apart, bursts hide: the sampler's histograms have them.
SAMPLED_FROM_SECONDS = 5.0
_SPECIFICATIONS = (*ALWAYS, cpu.SPECIFICATION, sampler.SPECIFICATION)
_DEFAULTS = {flag.variable: flag.default for one in _SPECIFICATIONS for flag in one.flags}


def open_sources(flags: Mapping[str, Any]) -> Sources:
    """The files that the collectors read.

    Raises:
        InputError: a folder is none.
    """
    return Sources(make_paths(flags))


def make_scraper(
    flags: Mapping[str, Any], sources: Sources, *, per_cpu: bool, step: float
) -> Scraper:
    """What reads the machine at each tick.

    Args:
        flags: by the variables of ``FLAGS``.
        sources: the files that are read.
        per_cpu: whether the times of every CPU are read, too.
        step: seconds between two ticks.

    Raises:
        InputError: a flag's value is unusable.
    """
    known = {**_DEFAULTS, **flags}
    wanted = list(ALWAYS)
    if per_cpu:
        wanted.append(cpu.SPECIFICATION)
    if step >= SAMPLED_FROM_SECONDS:
        wanted.append(sampler.SPECIFICATION)
    collectors: dict[str, Collector] = {"all_cpus": AllCpusCollector(sources)}
    collectors |= {one.name: one.create(sources, known) for one in wanted}
    return Scraper(collectors, sources)


class Together:
    """Puts the blocks of a scrape together; the same layouts give the same series again."""

    def __init__(self) -> None:
        self._layouts: list[Layout] = []
        self._series: tuple[Series, ...] = ()

    def of(self, blocks: Sequence[Block]) -> tuple[tuple[Series, ...], list[bytes]]:
        """The series of all blocks, and their values."""
        layouts = [block.layout for block in blocks]
        if layouts != self._layouts:
            self._layouts = layouts
            self._series = tuple(one for layout in layouts for one in _series(layout))
        return self._series, [value for block in blocks for value in block.values]


def _series(layout: Layout) -> Sequence[Series]:
    if layout.series:
        return layout.series
    # Histograms have no series, for they are no numbers of the kernel.
    types: dict[str, tuple[FamilyType, str]] = {}
    for family in layout.families():
        for suffix in ("_bucket", "_sum", "_count"):
            types[family.name + suffix] = family.type, family.help
    return [
        Series(Family(name, *types[name], tuple(k for k, _ in labels)), tuple(v for _, v in labels))
        for name, labels in layout.identities()
    ]
