"""Flags that others start node_exporter with, and that mean something else here, or nothing: pure.

A command line written for node_exporter is to work as it is, or to be refused where it would not.
"""

from __future__ import annotations

from collections.abc import Sequence

from exporter.registrations import COLLECTORS
from perfanalysis.errors import InputError

# Names that node_exporter has replaced and still takes.
_OLD = {
    "--collector.diskstats.ignored-devices": "--collector.diskstats.device-exclude",
    "--collector.filesystem.ignored-fs-types": "--collector.filesystem.fs-types-exclude",
    "--collector.filesystem.ignored-mount-points": "--collector.filesystem.mount-points-exclude",
    "--collector.netdev.device-blacklist": "--collector.netdev.device-exclude",
    "--collector.netdev.device-whitelist": "--collector.netdev.device-include",
}
# All collectors of node_exporter 1.12 on Linux.
THEIRS = frozenset(
    {
        *("arp", "bcache", "bcachefs", "bonding", "btrfs", "buddyinfo", "cgroups", "conntrack"),
        *("cpu", "cpu_vulnerabilities", "cpufreq", "diskstats", "dmi", "dmmultipath", "drbd"),
        *("drm", "edac", "entropy", "ethtool", "fibrechannel", "filefd", "filesystem", "hwmon"),
        *("infiniband", "interrupts", "ipvs", "kernel_hung", "ksmd", "lnstat", "loadavg"),
        *("logind", "mdadm", "meminfo", "meminfo_numa", "mountstats", "netclass", "netdev"),
        *("netstat", "network_route", "nfs", "nfsd", "ntp", "nvme", "nvmesubsystem", "os"),
        *("pcidevice", "perf", "powersupplyclass", "pressure", "processes", "qdisc", "rapl"),
        *("runit", "schedstat", "selinux", "slabinfo", "sockstat", "softirqs", "softnet", "stat"),
        *("supervisord", "swap", "sysctl", "systemd", "tapestats", "tcpstat", "textfile"),
        *("thermal_zone", "time", "timex", "udp_queues", "uname", "vmstat", "watchdog", "wifi"),
        *("xfrm", "xfs", "zfs", "zoneinfo"),
    }
)
_NOT_HERE = THEIRS.difference(specification.name for specification in COLLECTORS)
_ON, _OFF = "--collector.", "--no-collector."


def translated(arguments: Sequence[str]) -> list[str]:
    """The arguments in our words: old names replaced, what is not here not turned off.

    Raises:
        InputError: a collector of node_exporter is asked for that is not here.
    """
    words = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if name.startswith(_OFF) and name.removeprefix(_OFF) in _NOT_HERE:
            continue
        if name.startswith(_ON) and name.removeprefix(_ON) in _NOT_HERE:
            raise InputError(
                name, "", "a collector of this exporter; node_exporter's of that name is not here"
            )
        words.append(_OLD.get(name, name) + equals + value)
    return words
