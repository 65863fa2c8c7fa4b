"""How near memory, disk and network come to what a replay wants, by the machine's counters."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__
from perfanalysis.machines.cpus import usable
from workload.replaying.assembly import DISK, LOOPBACK, MEMORY, NETWORK, LoadSettings, assemble
from workload.replaying.disk.device_map import DiskPlace
from workload.replaying.load import ResourceTick
from workload.replaying.memory.reserve import read_memory
from workload.replaying.own_files import OwnFiles
from workload.replaying.recorded_load import RecordedDisk, RecordedLoad
from workload.replaying.replay import Conductor, StopRequest
from workload.replaying.replay_tick import DiskRates, ReplayTick
from workload.replaying.timeline import Timeline

ROUNDS = 3
TICKS = 12
SECONDS = 1.0
SEED = 1
MEBIBYTE = 1 << 20
DEVICE = "sda"
NOTES = [
    f"{TICKS} ticks of {SECONDS:g} s a round, made up: the recordings that we have hold hardly any "
    "traffic. Memory swings by 600 MiB above what the machine uses; the disk does 5 to 80 reads of "
    "16 KiB and 5 to 60 writes of 32 KiB a second; the loopback carries 0.2 to 10 MB/s.",
    "Errors are the mean distance of a tick, over the memory that the machine has, else over the "
    "mean of what was wanted: memory and network by the counters of all that the machine does, the "
    "disk by its own operations, beside other programs. What the system counts of this process's "
    "bytes (/proc/self/io) is held against all that was wanted of the disk.",
]
GOALS = {
    "memory": Goal("<= 2 % of total", 0.02),
    "disk_read_bytes": Goal("<= 5 %", 0.05),
    "disk_write_bytes": Goal("<= 5 %", 0.05),
    "disk_reads": Goal("<= 10 %", 0.1),
    "disk_writes": Goal("<= 10 %", 0.1),
    "network": Goal("<= 5 %", 0.05),
}


class MadeTimeline(Timeline):
    """Ticks of no recording."""

    def __init__(self, ticks: list[ReplayTick]) -> None:
        self.ticks = ticks
        self.loops = 1


def run(settings: Settings) -> Outcome:
    """Replay made-up ticks, some rounds; one error of each resource a round."""
    rounds = 1 if settings.quick else ROUNDS
    counted: list[float] = []
    total = float(read_memory().total)
    errors: dict[str, list[float]] = {resource: [] for resource in GOALS}
    for number in range(rounds):
        settings.say(f"round {number + 1} of {rounds}")
        ticks_of = partial(_ticks, SEED + number)
        found = _replayed(settings, ticks_of, frozenset({MEMORY, NETWORK}), machine=True)[0]
        disk, bytes_moved = _replayed(settings, ticks_of, frozenset({DISK}), machine=False)
        found |= disk
        wanted = [
            math.fsum(tick.target for tick in disk[resource]) * SECONDS
            for resource in ("disk_read_bytes", "disk_write_bytes")
        ]
        counted.append(max(abs(a - b) / b for a, b in zip(bytes_moved, wanted, strict=True)))
        for resource in GOALS:
            ticks = found[resource]
            distance = math.fsum(abs(tick.actual - tick.target) for tick in ticks) / len(ticks)
            whole = math.fsum(tick.target for tick in ticks) / len(ticks)
            errors[resource].append(distance / (total if resource == "memory" else whole))
    figures = [
        Figure(f"mean distance of a tick: {resource}", "", errors[resource], goal=goal)
        for resource, goal in GOALS.items()
    ]
    name = "disk bytes that the system counts of the process, against all that was wanted"
    figures.append(Figure(name, "", counted, goal=Goal("<= 5 %", 0.05)))
    return Outcome({"perfanalysis": __version__}, figures, {}, NOTES)


def _replayed(
    settings: Settings,
    ticks_of: Callable[[], list[ReplayTick]],
    resources: frozenset[str],
    *,
    machine: bool,
) -> tuple[dict[str, list[ResourceTick]], tuple[int, int]]:
    """The ticks of each resource, and bytes read and written by the system's count."""
    stop = StopRequest()
    with ExitStack() as stack:
        files = stack.enter_context(OwnFiles(settings.folder))
        wanted = LoadSettings(
            resources=resources,
            usable=usable(None),
            per_core=False,
            machine=machine,
            kernel="integer",
            memory_reserve=None,
            disk_reserve=None,
            page_cache=None,
            places=(DiskPlace(DEVICE, settings.folder),),
            network=LOOPBACK,
            key=b"",
            network_limit=125e6,
        )
        loads = assemble(wanted, [_recorded()], files, stack, stop).loads
        before = own_bytes()
        score = Conductor(loads, 0.0, stop, lambda _: None).run(MadeTimeline(ticks_of()))
        after = own_bytes()
    return score.ticks, (after[0] - before[0], after[1] - before[1])


def own_bytes() -> tuple[int, int]:
    """Bytes that this process had read from disks and written to them so far (proc(5))."""
    lines = Path("/proc/self/io").read_text().splitlines()
    found = {name: int(value) for name, _, value in (line.partition(": ") for line in lines)}
    return found["read_bytes"], found["write_bytes"]


def _ticks(seed: int) -> list[ReplayTick]:
    chance, base = random.Random(seed), read_memory().used  # noqa: S311 - made-up load
    return [_tick(number, base, chance) for number in range(TICKS)]


def _recorded() -> RecordedLoad:
    """A recording that has the device, and no more."""
    none = np.zeros(0)
    disks = {DEVICE: RecordedDisk(none, none, none, none)}
    return RecordedLoad("", none, none, none, none, none, {}, none, none, none, disks, none, none)


def _tick(number: int, base: int, chance: random.Random) -> ReplayTick:
    reads, writes = chance.randint(5, 80), chance.randint(5, 60)
    return ReplayTick(
        SECONDS,
        memory_bytes=base + (700 + 300 * math.sin(number / 3)) * MEBIBYTE,
        disks={DEVICE: DiskRates(reads * 16384.0, writes * 32768.0, reads, writes)},
        receive_bytes=chance.uniform(1e5, 5e6),
        transmit_bytes=chance.uniform(1e5, 5e6),
    )


CASE = Case(
    name="replay_resources",
    what="Memory, disk and network of a replay, by the machine's counters.",
    peer="no peer",
    goal="memory 2 %, bytes 5 %, operations 10 %",
    run=run,
)
