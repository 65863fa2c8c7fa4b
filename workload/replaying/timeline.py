"""The ticks of a replay: a part of some recordings, at a speed, once or again and again. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.errors import InputError
from perfanalysis.recordings.recording import Floats
from workload.prediction.candidate import WorkCurve
from workload.prediction.curves import busy_for
from workload.replaying import amounts
from workload.replaying.amounts import Amounts, ReplayTarget
from workload.replaying.recorded_load import RecordedLoad
from workload.replaying.replay_tick import DiskRates, ReplayTick

# The counters are hundredths of a second: what is shorter cannot be told from the next tick.
SHORTEST_TICK = 0.25


@dataclass(frozen=True)
class ReplaySource:
    """A recording to be replayed.

    Attributes:
        load: what it asks for.
        curve: of its machine; None: its utilisation is reproduced.
    """

    load: RecordedLoad
    curve: WorkCurve | None = None


@dataclass(frozen=True)
class Stretch:
    """Which part is replayed, and how.

    Attributes:
        begin, end: seconds from the recording's begin.
        speed: 2: in half the time, at the same levels.
        loops: how often; 0: until it is stopped.
    """

    begin: float = 0.0
    end: float = float("inf")
    speed: float = 1.0
    loops: int = 1


class Timeline:
    """The ticks of a replay.

    Args:
        sources: at least one; their demand is added up, from the begin of each.
        target: where.
        stretch: which part.

    Attributes:
        ticks: of one round.
        recorded_ends: when their ends were by the clock of the first recording, Unix seconds.
        loops: how often all of them; 0: until it is stopped.

    Raises:
        InputError: no tick is in the part, one would be too short, or CPUs do not fit.
    """

    def __init__(
        self, sources: Sequence[ReplaySource], target: ReplayTarget, stretch: Stretch
    ) -> None:
        for source in sources:
            _check_cpus(source, target)
        parts = [amounts.amounts_of(one.load, one.curve, target) for one in sources]
        cut = [part.cut(stretch.begin, stretch.end).at_speed(stretch.speed) for part in parts]
        cut = [part for part in cut if len(part.starts)]
        if not cut:
            raise InputError("--from, --to", "", "a part of the recording that has ticks")
        together = amounts.added(cut)
        self.ticks = _ticks(together, target)
        self.recorded_ends = _first(sources, stretch) + together.ends * stretch.speed
        self.loops = stretch.loops
        shortest = min(tick.seconds for tick in self.ticks)
        if shortest < SHORTEST_TICK:
            fastest = stretch.speed * shortest / SHORTEST_TICK
            raise InputError(
                "--speed", "", f"at most {fastest:.3g}: counters tell nothing of shorter ticks",
                stretch.speed,
            )  # fmt: skip

    @property
    def seconds(self) -> float:
        """How long all of it takes; infinite when it goes on until it is stopped."""
        once = sum(tick.seconds for tick in self.ticks)
        return once * self.loops if self.loops else float("inf")

    def __iter__(self) -> Iterator[ReplayTick]:
        rounds: Iterator[int] = iter(range(self.loops)) if self.loops else itertools.count()
        for _ in rounds:
            yield from self.ticks


def _first(sources: Sequence[ReplaySource], stretch: Stretch) -> float:
    """When the first interval of the stretch begins in the first recording, Unix seconds."""
    load = sources[0].load
    begins = load.starts - load.starts[0]
    middle = (begins + load.ends - load.starts[0]) / 2
    inside = begins[(middle >= stretch.begin) & (middle < stretch.end)]
    return float(load.starts[0] + (inside[0] if len(inside) else 0.0))


def _check_cpus(source: ReplaySource, target: ReplayTarget) -> None:
    recorded = len(source.load.of_cpus)
    if target.per_core and not recorded:
        raise InputError("--per-core", "", "a recording of each CPU", source.load.machine)
    if target.per_core and source.curve is None and recorded > target.cpus:
        expected = f"at most {target.cpus} recorded CPUs where utilisation is reproduced"
        raise InputError("--per-core", "", expected, recorded)


def _ticks(wanted: Amounts, target: ReplayTarget) -> list[ReplayTick]:
    columns = wanted.columns
    unknown = np.full(len(wanted.starts), np.nan)
    busy, system = _busy(wanted, target)
    of_cpus = _busy_of_cpus(wanted, target, busy)
    devices = dict.fromkeys(
        str(name[1]) for name in columns if isinstance(name, tuple) and name[0] == "reads"
    )
    single = [
        columns.get(name, unknown)
        for name in (amounts.MEMORY, amounts.PAGE_CACHE, amounts.RECEIVE, amounts.TRANSMIT)
    ]
    ticks = []
    for index, seconds in enumerate(wanted.ends - wanted.starts):
        memory, cache, receive, transmit = (float(column[index]) for column in single)
        disks = {
            device: DiskRates(
                *(float(columns[field, device][index]) for field in amounts.DISK_FIELDS)
            )
            for device in devices
        }
        each = tuple((float(b[index]), float(s[index])) for b, s in of_cpus)
        ticks.append(
            ReplayTick(
                float(seconds), float(busy[index]), float(system[index]), each,
                memory, cache, disks, receive, transmit,
            )
        )  # fmt: skip
    return ticks


def _busy(wanted: Amounts, target: ReplayTarget) -> tuple[Floats, Floats]:
    work, system = wanted.columns[amounts.CPU], wanted.columns[amounts.CPU_SYSTEM]
    if target.curve is None:
        return work, system
    busy = busy_for(target.curve, work)
    with np.errstate(invalid="ignore", divide="ignore"):
        return busy, busy * np.where(work > 0, system / work, 0.0)


def _busy_of_cpus(
    wanted: Amounts, target: ReplayTarget, busy: Floats
) -> list[tuple[Floats, Floats]]:
    if not target.per_core:
        return []
    work = wanted.columns[amounts.CPU]
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(work > 0, busy * target.cpus / work, 0.0)
    if target.curve is None:
        scale = np.ones_like(work)
    return [
        (
            wanted.columns[amounts.CPU, number] * scale,
            wanted.columns[amounts.CPU_SYSTEM, number] * scale,
        )
        for number in range(target.cpus)
    ]
