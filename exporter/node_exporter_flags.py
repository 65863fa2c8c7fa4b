"""Flags that others start node_exporter with, and that mean something else here, or nothing.

A command line written for node_exporter is to work as it is, or to be refused where it would not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from exporter.registrations import COLLECTORS
from perfanalysis.errors import InputError

# Names that node_exporter has replaced and still takes, and its other words for the help.
_OLD = {
    "--collector.diskstats.ignored-devices": "--collector.diskstats.device-exclude",
    "--collector.filesystem.ignored-fs-types": "--collector.filesystem.fs-types-exclude",
    "--collector.filesystem.ignored-mount-points": "--collector.filesystem.mount-points-exclude",
    "--collector.netdev.device-blacklist": "--collector.netdev.device-exclude",
    "--collector.netdev.device-whitelist": "--collector.netdev.device-include",
    "--collector.qdisk.device-exclude": "--collector.qdisc.device-exclude",
    "--collector.qdisk.device-include": "--collector.qdisc.device-include",
    "--collector.systemd.unit-blacklist": "--collector.systemd.unit-exclude",
    "--collector.systemd.unit-whitelist": "--collector.systemd.unit-include",
    "--help-long": "--help",
    "-h": "--help",
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
# What has no meaning here, with a value behind it: of Go, of a way to read that is not ours, and
# the answers that node_exporter's own tests make up.
_VALUES = (
    *("runtime.gomaxprocs", "collector.filesystem.stat-workers"),
    *("collector.qdisc.fixtures", "collector.wifi.fixtures"),
)
# Whether netlink is asked or a file read: what is shown is the same.
_WAYS = ("collector.arp.netlink", "collector.netclass.netlink", "collector.netdev.netlink")
# What could be shown more, and is not here; it is off anyway.
_MORE = (
    "collector.netclass_rtnl.with-stats",
    "collector.netdev.address-info",
    "collector.netdev.enable-detailed-metrics",
    "collector.netdev.label-ifalias",
)
# Flags of collectors that are not here: with a value behind them, and without one.
_VALUES_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "ntp": (
        *("server", "server-port", "protocol-version", "ip-ttl", "max-distance"),
        "local-offset-tolerance",
    ),
    "runit": ("servicedir",),
    "supervisord": ("url",),
}
_SWITCHES_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "ntp": ("server-is-local",),
}
# A file of arguments may name another one.
_DEEPEST = 8


class Translation(NamedTuple):
    """A command line in our words, and the flags that it is without as they mean nothing here."""

    words: list[str]
    ignored: list[str]


def _flags_of_others(table: dict[str, tuple[str, ...]]) -> set[str]:
    return {
        f"collector.{collector}.{name}"
        for collector, names in table.items()
        if collector in _NOT_HERE
        for name in names
    }


def translated(arguments: Sequence[str]) -> Translation:
    """The arguments in our words: old names replaced, what means nothing left out.

    Raises:
        InputError: something of node_exporter is asked for that is not here.
    """
    values = _flags_of_others(_VALUES_OF_OTHERS).union(_VALUES)
    switches = _flags_of_others(_SWITCHES_OF_OTHERS).union(_WAYS)
    words: list[str] = []
    ignored: list[str] = []
    rest = iter(_expanded(arguments, _DEEPEST))
    for argument in rest:
        name, equals, value = argument.partition("=")
        flag = name.removeprefix("--").removeprefix("no-") if name.startswith("--") else ""
        off = name.startswith("--no-")
        if flag in values and not off:
            ignored.append(name)
            if not equals:
                next(rest, None)
        elif flag in switches:
            ignored.append(name)
        elif off and (flag in _MORE or name.removeprefix(_OFF) in _NOT_HERE):
            continue
        elif flag in _MORE:
            raise InputError(name, "", "a flag of this exporter; what it would show is not here")
        elif name.startswith(_ON) and name.removeprefix(_ON) in _NOT_HERE:
            raise InputError(
                name, "", "a collector of this exporter; node_exporter's of that name is not here"
            )
        else:
            words.append(_OLD.get(name, name) + equals + value)
    return Translation(words, ignored)


def _expanded(arguments: Sequence[str], deeper: int) -> Iterator[str]:
    """The arguments, with those of the files that they name as ``@FILE``, one a line.

    Raises:
        InputError: a file cannot be read.
    """
    for argument in arguments:
        if not argument.startswith("@"):
            yield argument
            continue
        if not deeper:
            raise InputError(argument, "", "files of arguments that do not name each other")
        try:
            lines = Path(argument[1:]).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            expected = f"a readable file of arguments, one a line ({reason})"
            raise InputError(argument, "", expected) from error
        kept = [line for line in lines if line.strip() and not line.startswith("#")]
        yield from _expanded(kept, deeper - 1)
