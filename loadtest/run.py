"""One run: calibrate, measure the single worker and each level, and build the document."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from cffi_burn.kernel import Kernel, compiler, compiler_flags
from cffi_burn.worker import now
from loadtest import document, machine, proc_stat, statistics
from loadtest.calibration import CALIBRATION_SECONDS, Calibration, calibrate
from loadtest.cpus import UsableCpus
from loadtest.crew import Crew
from loadtest.settings import SLICE_SECONDS, Settings
from loadtest.steps import MachineSlice, Step, run_step
from perfanalysis.errors import PerfAnalysisError

SINGLE_SECONDS = 0.6
# Steal above this share of a step spoils it; a level missed by more than this share is not the
# level that was asked for.
STEAL_LIMIT = 0.01
BUSY_LIMIT = 0.05

# Called with the phase's name, the share of the run that is done (0..1) and units per second.
Report = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Subject:
    """What is measured: one kernel on some CPUs of this machine.

    Attributes:
        name: the machine's, as in the inventory; empty for the host name.
        kernel: what is run.
        usable: where.
    """

    name: str
    kernel: Kernel
    usable: UsableCpus

    @property
    def memory_bytes(self) -> int:
        """Memory of all workers together."""
        return self.kernel.memory_bytes * len(self.usable.cpus)


@dataclass(frozen=True)
class Measurements:
    """What a run found, before it becomes a document."""

    started: float
    ended: float
    calibration: Calibration
    single: Step
    steps: tuple[Step, ...]


def check_memory(subject: Subject) -> None:
    """Refuse a run whose memory this machine does not have.

    Raises:
        PerfAnalysisError: less memory is available than the workers need.
    """
    available = machine.available_memory_bytes()
    if available is not None and subject.memory_bytes > available // 2:
        raise PerfAnalysisError(
            f"kernel {subject.kernel.name} needs {subject.memory_bytes} bytes of memory for "
            f"{len(subject.usable.cpus)} workers, more than half of the {available} bytes that are "
            "available: use fewer CPUs (--cpus)"
        )


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
    started = time.time()
    total = CALIBRATION_SECONDS + SINGLE_SECONDS + len(settings.levels) * settings.seconds_per_level
    gone = 0.0

    def at(phase: str) -> Callable[[float, float], None]:
        return lambda seconds, rate: report(phase, min(1.0, (gone + seconds) / total), rate)

    with Crew(subject.kernel, subject.usable.cpus) as crew:
        calibration = calibrate(crew, settings, at("calibration"))
        gone += CALIBRATION_SECONDS
        single = run_step(crew, settings, 100, at("one CPU"), seconds=SINGLE_SECONDS, workers=1)
        gone += SINGLE_SECONDS
        steps = []
        for busy in settings.levels:
            steps.append(run_step(crew, settings, busy, at(f"{busy} %")))
            gone += settings.seconds_per_level
    return Measurements(started, time.time(), calibration, single, tuple(steps))


def build_document(
    subject: Subject, settings: Settings, test_id: str, found: Measurements
) -> document.Document:
    """The result document of a run; it follows the schema.

    Raises:
        PerfAnalysisError: a step has too few slices for an interval, or no clock tick was counted.
    """
    levels = [_level(step, found.ended) for step in found.steps]
    reasons = invalid_reasons(levels)
    result: document.Document = {
        "schema_version": document.SCHEMA_VERSION,
        "test_id": test_id,
        "kernel": subject.kernel.name,
        "kernel_version": subject.kernel.version,
        "profile": settings.profile,
        "timestamp_seconds": found.ended,
        "duration_seconds": found.ended - found.started,
        "valid": not reasons,
        "invalid_reasons": reasons,
        "single_units_per_second": _estimate(found.single).value,
        "levels": levels,
        "unit": {
            "name": subject.kernel.name,
            "description": subject.kernel.unit,
            "operations": subject.kernel.operations_per_unit,
            "bytes": subject.kernel.bytes_per_unit,
        },
        "machine": machine.facts(subject.name, subject.usable),
        "build": {
            "compiler": compiler(),
            "flags": compiler_flags(),
            "instruction_set": subject.kernel.instruction_sets[0],
        },
        "software": document.software(),
        "settings": {
            **asdict(settings),
            "levels": list(settings.levels),
            "slice_seconds": SLICE_SECONDS,
            "spread": "all",
            "calibration_units_per_second": list(found.calibration.units_per_second),
        },
    }
    if levels[-1]["busy"] == 100:
        result["max_units_per_second"] = levels[-1]["units_per_second"]
    return result


def invalid_reasons(levels: list[dict[str, object]]) -> list[str]:
    """What spoiled a run, one sentence for each reason and level; empty: nothing did.

    Args:
        levels: of a document.
    """
    reasons = []
    for level in levels:
        busy, reached = level["busy"], level["busy_ratio"]
        steal = level["steal_ratio"]
        assert isinstance(busy, int)
        assert isinstance(reached, float)
        assert isinstance(steal, float)
        if steal > STEAL_LIMIT:
            reasons.append(f"steal: {steal:.1%} of the time was stolen at {busy} % busy")
        if abs(reached - busy / 100) > BUSY_LIMIT:
            reasons.append(f"busy level: {busy} % was asked, {reached:.1%} was reached")
    return reasons


def _estimate(step: Step) -> statistics.Estimate:
    found = statistics.estimate([entry.units_per_second for entry in step.slices])
    if found is None or found.value <= 0:
        raise PerfAnalysisError(
            f"only {len(step.slices)} usable slices at {step.busy} % busy: too few for an interval"
        )
    return found


def _level(step: Step, ended: float) -> dict[str, object]:
    found = _estimate(step)
    use = step.use or _no_ticks(step)
    # From CLOCK_MONOTONIC to seconds since 1970.
    offset = ended - now()
    return {
        "busy": step.busy,
        "units_per_second": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "busy_ratio": use.busy_ratio,
        "steal_ratio": use.steal_ratio,
        "duration_seconds": step.duration,
        "slices_excluded": 0,
        "slices": [_slice(entry, offset) for entry in step.slices],
    }


def _slice(entry: MachineSlice, offset: float) -> dict[str, object]:
    return {
        "start_seconds": round(entry.start + offset, 6),
        "duration_seconds": entry.duration,
        "units": entry.units,
    }


def _no_ticks(step: Step) -> proc_stat.CpuUse:
    raise PerfAnalysisError(f"{proc_stat.PROC_STAT} counted no time during the step {step.busy} %")
