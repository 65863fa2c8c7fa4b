"""One run: calibrate, measure each level and the single worker, go on where doubt is large."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cffi_burn.kernel import Kernel
from loadtest import worker_memory
from loadtest.driving.calibration import Calibration, calibrate
from loadtest.driving.crew import Crew
from loadtest.driving.settings import Settings, Target
from loadtest.driving.steps import Order, Round, run_round
from loadtest.endurance import BIN_SECONDS, Endurance, endure, until_steady
from loadtest.levels import Level
from loadtest.passes import measure_levels
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.facts import memory
from perfanalysis.machines.facts.burstable import Credit, credit_of
from perfanalysis.machines.facts.files import text
from perfanalysis.machines.identity import Identity, Price

# Called with the phase's name, the share of the run that is done (0..1) and units per second.
Report = Callable[[str, float, float], None]
# What is left is for the rest of the machine.
MOST_OF_AVAILABLE = 0.75


@dataclass(frozen=True)
class Subject:
    """What is measured: one kernel on some CPUs of this machine.

    Attributes:
        identity: who the machine is.
        kernel: what is run.
        usable: where.
        price: what an hour of the machine costs; None: unknown.
    """

    identity: Identity
    kernel: Kernel
    usable: UsableCpus
    price: Price | None = None

    @cached_property
    def worker_bytes(self) -> tuple[int, ...]:
        """Memory of each worker, in the order of the CPUs."""
        return worker_memory.of_workers(self.kernel, self.usable.cpus)

    @property
    def memory_bytes(self) -> int:
        """Memory of all workers together."""
        return sum(self.worker_bytes)


@dataclass(frozen=True)
class Measurements:
    """What a run found, before it becomes a document; times are seconds since 1970.

    Attributes:
        started, ended: when.
        calibration: of each CPU.
        single: one worker alone, measured in the same passes as the levels.
        levels: ascending.
        ladder: the numbers of workers between one and all, ascending; see driving/ladder.py.
        endurance: full load behind the levels, with ``--until-steady`` or ``--sustained``.
        huge_page_bytes: of the workers' memory; None where the kernel does not say it.
    """

    started: float
    ended: float
    calibration: Calibration
    single: Level
    levels: tuple[Level, ...]
    ladder: tuple[Level, ...] = ()
    endurance: Endurance | None = None
    huge_page_bytes: int | None = None

    @property
    def every(self) -> tuple[Level, ...]:
        """All that was measured in the passes, as they have it: levels, ladder, single worker."""
        return (*self.levels, *self.ladder, self.single)


def check_memory(subject: Subject) -> None:
    """Refuse a run whose memory this machine does not have.

    Raises:
        PerfAnalysisError: less memory is available than the workers need.
    """
    available = memory.available_bytes()
    if available is not None and subject.memory_bytes > MOST_OF_AVAILABLE * available:
        raise PerfAnalysisError(
            f"kernel {subject.kernel.name} needs {subject.memory_bytes} bytes of memory for "
            f"{len(subject.usable.cpus)} workers, more than {MOST_OF_AVAILABLE:.0%} of the "
            f"{available} bytes that are available: use fewer CPUs (--cpus)"
        )


class Measuring:
    """The phases of one run, on workers that are up.

    Args:
        crew: the workers, idle.
        settings: of the run.
        report: called about ten times a second; what it raises ends the run.
        began: when the run began (CLOCK_MONOTONIC, seconds): filling the memory is of its time.
    """

    def __init__(self, crew: Crew, settings: Settings, report: Report, began: float) -> None:
        self._crew = crew
        self._settings = settings
        self._report = report
        self._began = began
        self._total = expected_seconds(settings, time.monotonic() - began)
        self._rounds = 0
        self._bias: dict[int, float] = {}
        self._last_bias: float | None = None

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _at(self, phase: str) -> Callable[[float, float], None]:
        return lambda _, rate: self._report(phase, min(1.0, self._elapsed() / self._total), rate)

    def calibrate(self) -> Calibration:
        """Warm up, and find each CPU's rate."""
        return calibrate(self._crew, self._settings, self._at("calibration"))

    def round(self, target: Target, seconds: float) -> Round:
        """One round of a level; a single worker is on the first CPU, all others are idle."""
        self._rounds += 1
        busy = target.busy
        order = Order(busy, seconds, workers=target.workers, number=self._rounds)
        progress = self._at(_phase(target))
        # What the last level found is the best guess for a new one.
        bias = self._bias.get(busy, self._last_bias)
        found = run_round(self._crew, self._settings, order, progress, bias=bias)
        if busy < 100:
            self._bias[busy] = self._last_bias = found.bias
        return found

    def levels(self) -> tuple[Level, ...]:
        """Each level and the single worker in some passes, and more of them while it is needed."""
        return measure_levels(self._settings, self.round, self._elapsed)

    def endure(self, credit: Credit) -> Endurance:
        """Full load, for some minutes, or until the fall from burst to baseline was seen.

        Args:
            credit: what is known of the machine's.
        """
        until = self._settings.until_steady
        order = Order(100, BIN_SECONDS)
        progress = self._at("until steady" if until else "sustained")

        def run() -> Round:
            return run_round(self._crew, self._settings, order, progress)

        if until:
            left = self._settings.steady_seconds
            return until_steady(run, lambda: left - self._elapsed(), credit)
        # The levels may have taken longer than was foreseen: these minutes are what was asked for.
        end = self._elapsed() + self._settings.sustained_seconds
        return endure(run, lambda: end - self._elapsed(), credit)


def expected_seconds(settings: Settings, filling: float) -> float:
    """How long a run will take, seconds.

    Args:
        settings: of the run.
        filling: how long filling the memory takes, seconds.
    """
    if settings.until_steady:
        return settings.steady_seconds
    levels = max(settings.budget, filling + settings.first_rounds_seconds + 1.0)
    return levels + settings.sustained_seconds


class Filling:
    """Says how far a run is while the workers fill their memory; it begins when it is made.

    Args:
        settings: of the run.
        report: as ``Measuring`` has it.
    """

    def __init__(self, settings: Settings, report: Report) -> None:
        self.began = time.monotonic()
        self._settings = settings
        self._report = report

    def __call__(self, filled: float) -> None:
        """Report what part of the memory is filled (0..1)."""
        gone = time.monotonic() - self.began
        total = expected_seconds(self._settings, gone / max(filled, 0.01))
        self._report("filling memory", min(1.0, gone / total), 0.0)


def measure(subject: Subject, settings: Settings, report: Report) -> Measurements:
    """Run all phases.

    Args:
        subject: what is measured.
        settings: how.
        report: called about ten times a second; what it raises ends the run.

    Raises:
        PerfAnalysisError: memory or a CPU was refused, or a phase failed.
    """
    check_memory(subject)
    started, filling = time.time(), Filling(settings, report)
    crew = Crew(
        subject.kernel,
        subject.usable.cpus,
        cores=subject.usable.cores,
        nice=settings.nice,
        memory=subject.worker_bytes,
        filling=filling,
    )
    with crew:
        huge_pages = memory.huge_page_bytes(
            text(Path("/proc/self/smaps")), [member.memory for member in crew.members]
        )
        measuring = Measuring(crew, settings, report, filling.began)
        calibration = measuring.calibrate()
        *levels, single = measuring.levels()
        count = len(settings.levels)
        endurance = None
        if settings.until_steady or settings.sustained_minutes is not None:
            endurance = measuring.endure(credit_of(subject.identity.instance_type))
    return Measurements(
        started,
        time.time(),
        calibration,
        single,
        tuple(levels[:count]),
        ladder=tuple(levels[count:]),
        endurance=endurance,
        huge_page_bytes=huge_pages,
    )


def _phase(target: Target) -> str:
    """What the progress shows."""
    if target.workers is None:
        return f"{target.busy} %"
    return "one CPU" if target.workers == 1 else f"{target.workers} CPUs"
