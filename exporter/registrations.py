"""The collectors that there are, in the order of the page. A new one is added here, by hand.

One that is off by default is ``_deferred`` by its name: its file is loaded for who turns it on.
"""

from __future__ import annotations

from importlib import import_module

from exporter import collectors
from exporter.collecting import Collector, CollectorSpecification, Flags
from exporter.collecting.deferred import DeferredSpecification, Registered
from exporter.collectors import (
    arp,
    bcache,
    bcachefs,
    bonding,
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
    fibrechannel,
    filefd,
    filesystem,
    hwmon,
    infiniband,
    ipvs,
    kernel_hung,
    loadavg,
    loadtest,
    machine,
    mdadm,
    meminfo,
    netclass,
    netdev,
    netstat,
    nfs,
    nfsd,
    nvme,
    os_release,
    powersupplyclass,
    pressure,
    process,
    rapl,
    sampler,
    schedstat,
    selinux,
    sockstat,
    softnet,
    stat,
    tapestats,
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
    zfs,
)
from exporter.sources.files import Sources
from perfanalysis.exposition.catalogue import Catalogue


def _deferred(name: str) -> DeferredSpecification:
    def load() -> CollectorSpecification:
        specification = import_module(f"{collectors.__name__}.{name}").SPECIFICATION
        assert isinstance(specification, CollectorSpecification)
        return specification

    return DeferredSpecification(name, load)


COLLECTORS: tuple[Registered, ...] = (
    arp.SPECIFICATION,
    bcache.SPECIFICATION,
    bcachefs.SPECIFICATION,
    bonding.SPECIFICATION,
    btrfs.SPECIFICATION,
    _deferred("buddyinfo"),
    cgroup.SPECIFICATION,
    _deferred("cgroups"),
    conntrack.SPECIFICATION,
    cpu.SPECIFICATION,
    _deferred("cpu_vulnerabilities"),
    cpufreq.SPECIFICATION,
    custom.SPECIFICATION,
    diskstats.SPECIFICATION,
    dmi.SPECIFICATION,
    dmmultipath.SPECIFICATION,
    _deferred("drbd"),
    _deferred("drm"),
    edac.SPECIFICATION,
    entropy.SPECIFICATION,
    _deferred("ethtool"),
    fibrechannel.SPECIFICATION,
    filefd.SPECIFICATION,
    filesystem.SPECIFICATION,
    hwmon.SPECIFICATION,
    infiniband.SPECIFICATION,
    _deferred("interrupts"),
    ipvs.SPECIFICATION,
    kernel_hung.SPECIFICATION,
    _deferred("ksmd"),
    _deferred("lnstat"),
    loadavg.SPECIFICATION,
    loadtest.SPECIFICATION,
    _deferred("logind"),
    machine.SPECIFICATION,
    mdadm.SPECIFICATION,
    meminfo.SPECIFICATION,
    _deferred("meminfo_numa"),
    _deferred("mountstats"),
    netclass.SPECIFICATION,
    netdev.SPECIFICATION,
    netstat.SPECIFICATION,
    _deferred("network_route"),
    nfs.SPECIFICATION,
    nfsd.SPECIFICATION,
    nvme.SPECIFICATION,
    _deferred("nvmesubsystem"),
    os_release.SPECIFICATION,
    _deferred("pcidevice"),
    _deferred("perf"),
    powersupplyclass.SPECIFICATION,
    pressure.SPECIFICATION,
    process.SPECIFICATION,
    _deferred("processes"),
    _deferred("qdisc"),
    rapl.SPECIFICATION,
    sampler.SPECIFICATION,
    schedstat.SPECIFICATION,
    selinux.SPECIFICATION,
    _deferred("slabinfo"),
    sockstat.SPECIFICATION,
    _deferred("softirqs"),
    softnet.SPECIFICATION,
    stat.SPECIFICATION,
    _deferred("swap"),
    _deferred("sysctl"),
    _deferred("systemd"),
    tapestats.SPECIFICATION,
    _deferred("tcpstat"),
    thermal_zone.SPECIFICATION,
    time.SPECIFICATION,
    timex.SPECIFICATION,
    udp_queues.SPECIFICATION,
    uname.SPECIFICATION,
    vmstat.SPECIFICATION,
    watchdog.SPECIFICATION,
    _deferred("wifi"),
    _deferred("xfrm"),
    xfs.SPECIFICATION,
    zfs.SPECIFICATION,
    _deferred("zoneinfo"),
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
