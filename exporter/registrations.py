"""The collectors that there are, in the order of the page. A new one is added here, by hand.

Those that are off by default stand in ``off_by_default.py``, and those of what few machines have in
``on_few_machines.py``.
"""

from __future__ import annotations

from operator import attrgetter

from exporter.collecting import Collector, CollectorSpecification, Flags
from exporter.collecting.deferred import Registered
from exporter.collectors import (
    arp,
    bcache,
    btrfs,
    cgroup,
    conntrack,
    cpu,
    cpufreq,
    custom,
    diskstats,
    dmi,
    dmmultipath,
    edac,
    entropy,
    filefd,
    filesystem,
    kernel_hung,
    loadavg,
    loadtest,
    machine,
    meminfo,
    netclass,
    netdev,
    netstat,
    os_release,
    powersupplyclass,
    pressure,
    process,
    sampler,
    schedstat,
    selinux,
    sockstat,
    softnet,
    stat,
    textfile,
    thermal_zone,
    time,
    timex,
    udp_queues,
    uname,
    validation,
    vmstat,
    watchdog,
    xfs,
)
from exporter.off_by_default import DEFERRED
from exporter.on_few_machines import AWAITED
from exporter.sources.files import Sources
from perfanalysis.exposition.catalogue import Catalogue

ON_BY_DEFAULT: tuple[CollectorSpecification, ...] = (
    arp.SPECIFICATION,
    bcache.SPECIFICATION,
    btrfs.SPECIFICATION,
    cgroup.SPECIFICATION,
    conntrack.SPECIFICATION,
    cpu.SPECIFICATION,
    cpufreq.SPECIFICATION,
    custom.SPECIFICATION,
    diskstats.SPECIFICATION,
    dmi.SPECIFICATION,
    dmmultipath.SPECIFICATION,
    edac.SPECIFICATION,
    entropy.SPECIFICATION,
    filefd.SPECIFICATION,
    filesystem.SPECIFICATION,
    kernel_hung.SPECIFICATION,
    loadavg.SPECIFICATION,
    loadtest.SPECIFICATION,
    machine.SPECIFICATION,
    meminfo.SPECIFICATION,
    netclass.SPECIFICATION,
    netdev.SPECIFICATION,
    netstat.SPECIFICATION,
    os_release.SPECIFICATION,
    powersupplyclass.SPECIFICATION,
    pressure.SPECIFICATION,
    process.SPECIFICATION,
    sampler.SPECIFICATION,
    schedstat.SPECIFICATION,
    selinux.SPECIFICATION,
    sockstat.SPECIFICATION,
    softnet.SPECIFICATION,
    stat.SPECIFICATION,
    thermal_zone.SPECIFICATION,
    time.SPECIFICATION,
    timex.SPECIFICATION,
    udp_queues.SPECIFICATION,
    uname.SPECIFICATION,
    vmstat.SPECIFICATION,
    watchdog.SPECIFICATION,
    xfs.SPECIFICATION,
)

_BY_NAME: list[Registered] = [*ON_BY_DEFAULT, *AWAITED, *DEFERRED]
COLLECTORS: tuple[Registered, ...] = (
    *sorted(_BY_NAME, key=attrgetter("name")),
    # Others choose its names, and those of the collectors come first.
    textfile.SPECIFICATION,
    # After all others, so that it shows what their samples of this scrape have told.
    validation.SPECIFICATION,
)


def make_collectors(flags: Flags, sources: Sources, catalogue: Catalogue) -> dict[str, Collector]:
    """The collectors that run, by name.

    Args:
        flags: of the command.
        sources: the files that they share.
        catalogue: families whose names nobody may choose.

    Raises:
        InputError: a flag's value is unusable.
    """
    return {
        specification.name: specification.make(sources, flags, catalogue)
        for specification in COLLECTORS
        if specification.is_wanted(flags)
    }
