"""The exporter's series by the words that monitors have for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from exporter.collectors import loadavg, meminfo, netdev, pressure, stat, vmstat
from exporter.collectors.cpu import collector as cpu
from exporter.collectors.diskstats import collector as diskstats
from perfanalysis.exposition.families import Series

KIB = 1024
SECTOR_BYTES = diskstats.SECTOR_BYTES
# The device of what is told of all disks or interfaces together, as with a portal CSV.
ALL = "all"
# Series that are kept, so that they are not made anew for each interval.
_MOST_KEPT = 4096
# Busy of no known mode.
OTHER = "other"
_DISK = {family.name: family for family, _ in diskstats.COLUMNS}
_NETWORK = {family.name: family for family in netdev.FAMILIES}
_LOADS = {family.name: family for family in loadavg.FAMILIES}
_PRESSURE = {family.name: family for family in pressure.FAMILIES.values()}
_HIDDEN_DISK = re.compile(str(diskstats.EXCLUDE.default))

INTERRUPTS = Series(stat.INTERRUPTS)
CONTEXT_SWITCHES = Series(stat.CONTEXT_SWITCHES)
FORKS = Series(stat.FORKS)
RUNNING = Series(stat.RUNNING)
BLOCKED = Series(stat.BLOCKED)


@lru_cache(_MOST_KEPT)
def cpu_seconds(number: str, mode: str) -> Series:
    """``node_cpu_seconds_total`` of a CPU."""
    return Series(cpu.SECONDS, (number, mode))


@lru_cache(_MOST_KEPT)
def guest_seconds(number: str, mode: str) -> Series:
    """``node_cpu_guest_seconds_total`` of a CPU."""
    return Series(cpu.GUEST_SECONDS, (number, mode))


def shares(of_cpu: Mapping[str, Mapping[str, float]], cpus: int | None) -> dict[Series, float]:
    """CPU seconds a second.

    Args:
        of_cpu: shares of each mode (0 to 1), by the number of the CPU, or ``ALL`` for their mean.
        cpus: how many there are; None: unknown.

    Returns:
        Those of each CPU that is told by itself; else those of ``cpus`` CPUs, all of them alike;
        nothing where it is not known how many those are.
    """
    single = {number: modes for number, modes in of_cpu.items() if number != ALL}
    if not single and ALL in of_cpu:
        single = dict.fromkeys(map(str, range(cpus or 0)), of_cpu[ALL])
    return {
        cpu_seconds(number, mode): share
        for number, modes in single.items()
        for mode, share in modes.items()
    }


@lru_cache(_MOST_KEPT)
def disk(name: str, device: str) -> Series:
    """``node_disk_NAME`` of a device."""
    return Series(_DISK[f"node_disk_{name}"], (device,))


def shows_disk(device: str) -> bool:
    """Whether the exporter shows a device by default: no partitions, no loop devices."""
    return not _HIDDEN_DISK.match(device)


@lru_cache(_MOST_KEPT)
def network(name: str, device: str) -> Series:
    """``node_network_NAME_total`` of an interface."""
    return Series(_NETWORK[f"node_network_{name}_total"], (device,))


@lru_cache(_MOST_KEPT)
def memory(name: str) -> Series:
    """``node_memory_NAME_bytes``."""
    return Series(meminfo.BYTES.named(name))


@lru_cache(_MOST_KEPT)
def paging(name: str) -> Series:
    """``node_vmstat_NAME``."""
    return Series(vmstat.FIELD.named(name))


def load(minutes: str) -> Series:
    """``node_loadMINUTES``."""
    return Series(_LOADS[f"node_load{minutes}"])


def stalled(name: str) -> Series:
    """``node_pressure_NAME_seconds_total``."""
    return Series(_PRESSURE[f"node_pressure_{name}_seconds_total"])
