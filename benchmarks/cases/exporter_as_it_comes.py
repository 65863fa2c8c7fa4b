"""What a scrape costs as people make it: every now and then, beside other work."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.exporters import Pair, RunningExporter, all_collectors
from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.read_floor import held_open
from benchmarks.told_programs import ToldProgram
from benchmarks.touched_pages import forget_touched, touched_bytes

WALK_SECONDS = 0.2
WALK_BYTES = 96 << 20
IDLE_SECONDS = 1.0
# What a process does behind its answer belongs to the scrape, too.
SETTLE_SECONDS = 0.005
PEER = "node_exporter"
FLOOR = "a C program that reads the same {} files"


@dataclass(frozen=True)
class TurnsPlan:
    """How much is measured; scrapes of each side.

    Args:
        repetitions: how often all processes are started anew.
        walked: turns with the walk before each.
        idle: turns with a pause before each.
        rounds: rounds in a hot loop, with a kept connection and with new ones.
        scrapes: scrapes of one such round.
        warm_up: scrapes before all.
    """

    repetitions: int
    walked: int
    idle: int
    rounds: int
    scrapes: int
    warm_up: int


FULL = TurnsPlan(repetitions=3, walked=30, idle=10, rounds=4, scrapes=100, warm_up=200)
QUICK = TurnsPlan(repetitions=1, walked=3, idle=1, rounds=1, scrapes=10, warm_up=10)

WALKED = "CPU time per scrape, caches walked over before each"
IDLE = f"CPU time per scrape, after a pause of {IDLE_SECONDS:g} s"
KEPT = "CPU time per scrape, hot loop, kept connection"
NEW = "CPU time per scrape, hot loop, a new connection each time"
TOUCHED = "memory that a scrape touches"
RESIDENT = "resident memory"
NAMES = (WALKED, IDLE, KEPT, NEW, TOUCHED, RESIDENT)
GOALS = {
    WALKED: Goal("<= 0.10", 0.1),
    KEPT: Goal("<= 0.08", 0.08),
    NEW: Goal("<= 0.10", 0.1),
    RESIDENT: Goal("<= 0.70", 0.7),
}
FLOOR_GOAL = Goal("<= 2", 2.0)


@dataclass
class TurnsMeasured:
    """One side's values, by the figure's name."""

    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})


@dataclass(frozen=True)
class AskedSide:
    """A process that is asked again and again, and what was measured of it."""

    pid: int
    ask: Callable[[], object]
    measured: TurnsMeasured

    def cost(self, times: int = 1) -> float:
        """CPU time of being asked once, in seconds."""
        before = cpu_seconds(self.pid)
        for _ in range(times):
            self.ask()
        time.sleep(SETTLE_SECONDS)
        return (cpu_seconds(self.pid) - before) / times


def run(settings: Settings) -> Outcome:
    """Ask both exporters, and the C program beside them, in turns."""
    plan = QUICK if settings.quick else FULL
    pair = all_collectors(settings.folder)
    sides = (TurnsMeasured(), TurnsMeasured(), TurnsMeasured())
    files: list[str] = []
    for repetition in range(plan.repetitions):
        settings.say(f"repetition {repetition + 1} of {plan.repetitions}")
        files = _repetition(pair, plan, settings, sides)
    ours, peer, floor = (side.values for side in sides)
    against = FLOOR.format(len(files))
    figures = [Figure(n, _unit(n), ours[n], peer[n], PEER, GOALS.get(n)) for n in NAMES]
    figures[1:1] = [Figure(WALKED, "s", ours[WALKED], floor[WALKED], against, FLOOR_GOAL)]
    return Outcome(pair.versions, figures, pair.facts | {"files_read": files})


def _unit(name: str) -> str:
    return "B" if name in (TOUCHED, RESIDENT) else "s"


def _repetition(
    pair: Pair, plan: TurnsPlan, settings: Settings, measured: tuple[TurnsMeasured, ...]
) -> list[str]:
    """Start all anew, and measure each figure; the files that the C program read."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(RunningExporter(side, settings.folder / f"{number}.log"))
            for number, side in enumerate((pair.ours, pair.peer))
        ]
        for exporter in running:
            for _ in range(plan.warm_up):
                exporter.scraper.get()
        files = [str(path) for path in held_open(running[0].pid)]
        reader = stack.enter_context(ToldProgram("read_files", files, settings.folder))
        walker = stack.enter_context(
            ToldProgram("walk_memory", (WALK_SECONDS, WALK_BYTES), settings.folder)
        )
        sides = [
            AskedSide(one.pid, one.scraper.get, kept)
            for one, kept in zip(running, measured, strict=False)
        ]
        sides.append(AskedSide(reader.pid, reader.do, measured[2]))
        _in_turns(sides, WALKED, plan.walked, walker.do)
        _in_turns(sides[:2], IDLE, plan.idle, lambda: time.sleep(IDLE_SECONDS))
        for side in sides[:2]:
            forget_touched(side.pid)
            side.ask()
            side.measured.values[TOUCHED].append(touched_bytes(side.pid))
        _in_turns(sides[:2], KEPT, plan.rounds, lambda: None, plan.scrapes)
        new = [
            AskedSide(exporter.pid, exporter.scraper.get_anew, side.measured)
            for exporter, side in zip(running, sides, strict=False)
        ]
        _in_turns(new, NEW, plan.rounds, lambda: None, plan.scrapes)
        for side in sides[:2]:
            side.measured.values[RESIDENT].append(resident_bytes(side.pid))
    return files


def _in_turns(
    sides: list[AskedSide], name: str, turns: int, before: Callable[[], object], times: int = 1
) -> None:
    """Ask each side so often in turn; which is first changes from turn to turn."""
    for turn in range(turns):
        for side in sides if turn % 2 else reversed(sides):
            before()
            side.measured.values[name].append(side.cost(times))


CASE = Case(
    name="exporter_as_it_comes",
    what="Scrapes as they come, all default collectors of both, in turns over kept connections: "
    "before each a neighbour walks over 96 MiB on each CPU, 0.2 s altogether, or nothing happens "
    "for a second; and beside it the same in a hot loop.",
    peer="node_exporter",
    goal="CPU time <= 0.10, or twice that of reading alone; memory <= 0.70",
    run=run,
)
