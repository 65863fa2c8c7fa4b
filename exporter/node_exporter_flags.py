"""Flags that others start node_exporter with, and that mean something else here, or nothing: pure.

A command line written for node_exporter is to work as it is, or to be refused where it would not.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.errors import InputError

# Names that node_exporter has replaced and still takes.
_OLD = {
    "--collector.diskstats.ignored-devices": "--collector.diskstats.device-exclude",
    "--collector.filesystem.ignored-fs-types": "--collector.filesystem.fs-types-exclude",
    "--collector.filesystem.ignored-mount-points": "--collector.filesystem.mount-points-exclude",
    "--collector.netdev.device-blacklist": "--collector.netdev.device-exclude",
    "--collector.netdev.device-whitelist": "--collector.netdev.device-include",
}
# Collectors that node_exporter has, does not run unless asked to, and that are not here.
_NOT_HERE = frozenset(
    {
        *("buddyinfo", "cgroups", "cpu_vulnerabilities", "drbd", "drm", "ethtool", "interrupts"),
        *("ksmd", "lnstat", "logind", "meminfo_numa", "mountstats", "network_route", "ntp"),
        *("nvmesubsystem", "pcidevice", "perf", "processes", "qdisc", "runit", "slabinfo"),
        *("softirqs", "supervisord", "swap", "sysctl", "systemd", "tcpstat", "wifi", "xfrm"),
        "zoneinfo",
    }
)
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
