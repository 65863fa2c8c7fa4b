"""Which loads a replay has, by what is wanted and what this machine lets it do."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cffi_burn.kernel import Kernel, all_kernels
from perfanalysis.errors import InputError
from perfanalysis.machines.cpus import UsableCpus
from workload.replaying.cpu.load import CpuLoad
from workload.replaying.cpu.metering import (
    CpuMeter,
    GroupMeter,
    MachineMeter,
    OwnMeter,
    group_usage_file,
)
from workload.replaying.disk.device_map import DiskPlace, whole_disks
from workload.replaying.disk.follower import DiskFollower
from workload.replaying.disk.load import DiskLoad
from workload.replaying.disk.target_file import TargetFile, default_reserve
from workload.replaying.load import Load
from workload.replaying.memory.cached_file import CachedFile
from workload.replaying.memory.load import MemoryLimits, MemoryLoad
from workload.replaying.memory.reserve import default_reserve as memory_reserve
from workload.replaying.memory.reserve import read_memory
from workload.replaying.network.load import NetworkLoad
from workload.replaying.network.peer import Peer
from workload.replaying.own_files import OwnFiles
from workload.replaying.recorded_load import RecordedLoad
from workload.replaying.replay import StopRequest

CPU, MEMORY, DISK, NETWORK = "cpu", "memory", "disk", "network"
RESOURCES = (CPU, MEMORY, DISK, NETWORK)
LOOPBACK = "loopback"
CALLS = "system_fault"


@dataclass(frozen=True)
class LoadSettings:
    """What is driven, and how.

    Attributes:
        resources: of ``RESOURCES``.
        usable: the CPUs.
        per_core: whether each follows its own.
        machine: whether all that the machine does counts; False: what replay itself does.
        kernel: of plain work.
        memory_reserve, disk_reserve: bytes; None: the usual one.
        page_cache: the folder of the file whose pages fill the cache; None: it is not driven.
        places: of disks.
        network: ``loopback``, host and port of a peer, or None.
        key: of the peer.
        network_limit: bytes a second, each way.
    """

    resources: frozenset[str]
    usable: UsableCpus
    per_core: bool
    machine: bool
    kernel: str
    memory_reserve: int | None
    disk_reserve: int | None
    page_cache: Path | None
    places: tuple[DiskPlace, ...]
    network: tuple[str, int] | str | None
    key: bytes
    network_limit: float


@dataclass(frozen=True)
class Assembled:
    """The loads, the kernel's quantum of accounting (seconds), and what is to be said of them."""

    loads: tuple[Load, ...]
    quantum: float
    remarks: tuple[str, ...]


def assemble(
    settings: LoadSettings,
    recorded: Sequence[RecordedLoad],
    files: OwnFiles,
    stack: ExitStack,
    stop: StopRequest,
) -> Assembled:
    """Make all loads; files are made and filled.

    Args:
        settings: what is driven.
        recorded: what is to be replayed.
        files: makes files.
        stack: closes what the loads need, such as the peer of the loopback.
        stop: ends the filling.

    Raises:
        PerfAnalysisError: there is no room for a file, or the stop came.
    """
    loads: list[Load] = []
    remarks: list[str] = []
    if NETWORK in settings.resources and settings.network is not None:
        loads.append(_network(settings, settings.network, stack))
    disks = settings.resources & {DISK} and _disks(settings, recorded, files, stop, remarks)
    if disks:
        loads.append(disks)
    if MEMORY in settings.resources:
        loads.append(_memory(settings, files, remarks))
    quantum = 0.0
    if CPU in settings.resources:
        meter = meter_of(settings, remarks)
        kernels = (_kernel(settings.kernel), _kernel(CALLS))
        # The last one: it makes up for the CPU time that the others took.
        loads.append(CpuLoad(settings.usable.cpus, kernels, meter, per_core=settings.per_core))
        quantum = meter.quantum
    return Assembled(tuple(loads), quantum, tuple(remarks))


def _kernel(name: str) -> Kernel:
    kernels = all_kernels()
    if name not in kernels:
        raise InputError("--kernel", "", f"one of {', '.join(kernels)}", name)
    return kernels[name]


def meter_of(settings: LoadSettings, remarks: list[str]) -> CpuMeter:
    """What counts as CPU time: the group's where it has a quota, else the machine's, or our own."""
    usable = settings.usable
    quota = usable.quota
    if quota is not None and quota < len(usable.cpus) and not settings.per_core:
        usage = group_usage_file() if settings.machine else None
        if usage is None:
            remarks.append(f"cpu: shares are of the quota of {quota:g} CPUs, by own CPU time")
            return OwnMeter(quota)
        remarks.append(f"cpu: shares are of the quota of {quota:g} CPUs, by {usage}")
        return GroupMeter(quota, usage)
    if settings.machine or settings.per_core:
        return MachineMeter(usable.cpus, per_core=settings.per_core)
    return OwnMeter(len(usable.cpus))


def _memory(settings: LoadSettings, files: OwnFiles, remarks: list[str]) -> MemoryLoad:
    now = read_memory()
    reserve = settings.memory_reserve
    reserve = memory_reserve(now.total) if reserve is None else reserve
    remarks.append(f"memory: {reserve >> 20} MiB stay available")
    cached = None
    if settings.page_cache is not None:
        cached = CachedFile(files.make(settings.page_cache))
    return MemoryLoad(MemoryLimits(reserve, settings.machine), cached)


def _disks(
    settings: LoadSettings,
    recorded: Sequence[RecordedLoad],
    files: OwnFiles,
    stop: StopRequest,
    remarks: list[str],
) -> DiskLoad | None:
    devices = dict.fromkeys(device for load in recorded for device in load.disks)
    places = whole_disks(settings.places, devices)
    made = []
    for place in places:
        reserve = settings.disk_reserve
        reserve = default_reserve(place.folder) if reserve is None else reserve
        file = TargetFile(files.make(place.folder), place.folder, place.file_bytes, reserve)
        file.fill(stop.check)
        made.append((place, file))
        if not file.direct:
            remarks.append(f"disk {place.device}: {place.folder} has no O_DIRECT: each write waits")
    followers = []
    below = Counter(file.disk.name for _, file in made)
    for place, file in made:
        # Of two files on one disk nobody can tell whose its operations are.
        counted = settings.machine and file.disk.name != "" and below[file.disk.name] == 1
        by = f"by the counters of {file.disk.name}" if counted else "by its own operations"
        remarks.append(f"disk {place.device}: in {place.folder}, {by}")
        followers.append(DiskFollower(place.device, file, machine=counted))
    return DiskLoad(followers) if followers else None


def _network(
    settings: LoadSettings, network: tuple[str, int] | str, stack: ExitStack
) -> NetworkLoad:
    limit = settings.network_limit
    if isinstance(network, str):
        key = secrets.token_bytes(32)
        peer = stack.enter_context(Peer(("127.0.0.1", 0), key, limit))
        return NetworkLoad(peer.address, key, limit, machine=settings.machine)
    return NetworkLoad(network, settings.key, limit, machine=settings.machine)
