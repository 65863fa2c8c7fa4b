"""From a run's measurements to the result document."""

from __future__ import annotations

import datetime
import platform
import secrets
from collections import Counter
from dataclasses import asdict
from importlib import metadata

from cffi_burn.kernel import Kernel, compiler, compiler_flags
from cffi_burn.worker import now
from loadtest.driving.settings import Settings
from loadtest.estimation import estimate_levels
from loadtest.levels import Level
from loadtest.long_load import long_load
from loadtest.passes import seconds_missing, time_reason
from loadtest.run import Measurements, Subject
from loadtest.slice_record import of_slice
from loadtest.spoiled_levels import others_ratio, pressure_ratio, spoiled_by
from perfanalysis import __version__
from perfanalysis.estimates.run_estimates import LevelEstimates, RunEstimates
from perfanalysis.machines.facts import machine
from perfanalysis.results import document
from perfanalysis.results.document import (
    FULL,
    Build,
    Document,
    Interval,
    Memory,
    Modes,
    Noise,
    Unit,
)
from perfanalysis.results.machine import Machine, from_facts

WITHHELD = "the noise lasts too long for this run: its interval would say nothing"


def build_document(
    subject: Subject, settings: Settings, test_id: str, found: Measurements
) -> Document:
    """The result document of a run.

    Raises:
        PerfAnalysisError: a level has too few slices for an interval, or no clock tick was counted.
    """
    cpus = len(subject.usable.cpus)
    estimates = estimate_levels(found.every)
    every = [
        _level(level, part, found.ended, cpus)
        for level, part in zip(found.every, estimates.levels, strict=True)
    ]
    count = len(found.levels)
    levels, ladder, single = every[:count], every[count:-1], every[-1]
    reasons, last = _reasons(settings, found, estimates, cpus), levels[-1]
    return Document(
        test_id=test_id,
        kernel=subject.kernel.name,
        kernel_version=subject.kernel.version,
        profile=settings.profile_name,
        timestamp_seconds=found.ended,
        duration_seconds=found.ended - found.started,
        valid=not reasons,
        invalid_reasons=tuple(reasons),
        single_units_per_second=single.units_per_second,
        single_interval=_interval(single),
        single=single,
        ladder=tuple(ladder) or None,
        levels=tuple(levels),
        noise=_noise(estimates),
        unit=_unit(subject.kernel),
        machine=machine_facts(subject),
        memory=_memory(subject, found),
        build=_build(subject.kernel),
        software=software(subject.kernel),
        settings=_settings(settings, found),
        max_units_per_second=last.units_per_second if last.busy == FULL else None,
        **long_load(found.endurance, found.ended, cpus, until_steady=settings.until_steady),
    )


def machine_facts(subject: Subject) -> Machine:
    """What is known of the machine that a run is on.

    Raises:
        InputError: a fact breaks a rule of documents, which is our own fault.
    """
    facts = machine.facts(subject.identity, subject.price, subject.usable)
    return from_facts(facts, "the facts of this machine")


def _interval(level: document.Level) -> Interval | None:
    if level.lower is None or level.upper is None:
        return None
    return Interval(lower=level.lower, upper=level.upper)


def new_test_id(kernel: str, when: float) -> str:
    """A name for a run, such as ``20261123T201500Z-rmw-1a2b3c4d``.

    Args:
        kernel: the kernel's name.
        when: its start, seconds since 1970.
    """
    moment = datetime.datetime.fromtimestamp(when, datetime.UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{kernel}-{secrets.token_hex(4)}"


def _unit(kernel: Kernel) -> Unit:
    return Unit(
        name=kernel.name,
        description=kernel.unit,
        # 0: nobody knows how many a library does, or there are none.
        operations=kernel.operations_per_unit or None,
        bytes=kernel.bytes_per_unit or None,
    )


def _memory(subject: Subject, found: Measurements) -> Memory:
    huge = found.huge_page_bytes
    return Memory(
        bytes=subject.memory_bytes,
        worker_bytes=subject.worker_bytes,
        huge_page_bytes=None if huge is None else min(huge, subject.memory_bytes),
    )


def _build(kernel: Kernel) -> Build:
    return Build(
        compiler=compiler(),
        flags=compiler_flags(),
        instruction_set=kernel.instruction_sets[0],
    )


def software(kernel: Kernel) -> dict[str, str]:
    """Versions of what took part in the measurement, that of the kernel's library as well."""
    found = {
        "perfanalysis": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libc": " ".join(platform.libc_ver()),
        "cffi": metadata.version("cffi"),
    }
    if kernel.library:
        found[kernel.library] = kernel.library_version
    return {name: version for name, version in found.items() if version.strip()}


def _reasons(
    settings: Settings, found: Measurements, estimates: RunEstimates, cpus: int
) -> list[str]:
    """What spoiled a run, and how much longer it would have had to go on."""
    plan, levels = settings.plan, found.every
    reasons = [
        reason
        for level, part in zip(levels, estimates.levels, strict=True)
        for reason in spoiled_by(level, part, cpus, plan)
    ]
    if settings.profile == "precise":
        missing = seconds_missing(levels, plan.goal)
        reasons += time_reason(missing, found.ended - found.started, plan.goal)
    return reasons


def _noise(estimates: RunEstimates) -> Noise:
    """What changed while the run lasted, and what its intervals are good for."""
    modes = estimates.modes
    return Noise(
        covered_seconds=estimates.covered_seconds,
        correlation_seconds=estimates.correlation_seconds,
        bimodal=None
        if modes is None
        else Modes(slow_ratio=modes.slow_ratio, slow_share=modes.slow_share),
    )


def _settings(settings: Settings, found: Measurements) -> dict[str, object]:
    asked = {key: value for key, value in asdict(settings).items() if value is not None}
    return {
        **asked,
        "levels": list(settings.levels),
        "seconds_per_level": settings.round_seconds(settings.levels[0]),
        "calibration_units_per_second": list(found.calibration.units_per_second),
        "calibration_rounds": found.calibration.rounds,
        "calibration_steady": found.calibration.steady,
    }


def _level(level: Level, found: LevelEstimates, ended: float, cpus: int) -> document.Level:
    use, known = level.use, found.known
    # From CLOCK_MONOTONIC to seconds since 1970.
    offset = ended - now()
    excluded = Counter(reason for entry in level.slices for reason in entry.excluded)
    return document.Level(
        busy=level.busy,
        units_per_second=found.median.value,
        lower=found.median.lower if known else None,
        upper=found.median.upper if known else None,
        mean_units_per_second=found.mean.value,
        mean_lower=found.mean.lower if known else None,
        mean_upper=found.mean.upper if known else None,
        interval_withheld=None if known else WITHHELD,
        workers=level.workers,
        busy_ratio=level.reached_ratio,
        own_busy_ratio=level.own_busy_ratio,
        steal_ratio=use.steal_ratio,
        others_ratio=others_ratio(level, cpus),
        duration_seconds=level.duration,
        rounds=len(level.rounds),
        slices_excluded=len(level.slices) - len(level.clean),
        excluded_reasons=dict(sorted(excluded.items())),
        slices=tuple(of_slice(entry, offset) for entry in level.slices),
        pressure_ratio=pressure_ratio(level),
    )
