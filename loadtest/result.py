"""From a run's measurements to the result document."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from cffi_burn.kernel import Kernel, compiler, compiler_flags
from cffi_burn.worker import now
from loadtest import document, machine
from loadtest.endurance import Endurance, steal_ratio
from loadtest.levels import Level, others_ratio, pressure_ratio, spoiled_by
from loadtest.passes import seconds_missing, time_reason
from loadtest.run import Measurements, Subject
from loadtest.settings import Settings
from loadtest.statistics import Estimate
from loadtest.steps import MachineSlice, Round


def build_document(
    subject: Subject, settings: Settings, test_id: str, found: Measurements
) -> document.Document:
    """The result document of a run; it follows the schema.

    Raises:
        PerfAnalysisError: a level has too few slices for an interval, or no clock tick was counted.
    """
    cpus = len(subject.usable.cpus)
    levels = [_level(level, found.ended, cpus) for level in found.levels]
    reasons = _reasons(settings, found, cpus)
    single = found.single.estimate()
    result: document.Document = {
        "schema_version": document.SCHEMA_VERSION,
        "test_id": test_id,
        "kernel": subject.kernel.name,
        "kernel_version": subject.kernel.version,
        "profile": settings.profile_name,
        "timestamp_seconds": found.ended,
        "duration_seconds": found.ended - found.started,
        "valid": not reasons,
        "invalid_reasons": reasons,
        "single_units_per_second": single.value,
        "single_interval": {"lower": single.lower, "upper": single.upper},
        "levels": levels,
        "unit": _unit(subject.kernel),
        "machine": machine.facts(subject.identity, subject.usable),
        "memory": _memory(subject, found),
        "build": _build(subject.kernel),
        "software": document.software(),
        "settings": _settings(settings, found),
    }
    if levels[-1]["busy"] == 100:
        result["max_units_per_second"] = levels[-1]["units_per_second"]
    if found.endurance is not None:
        result["until_steady"] = _until_steady(found.endurance, found.ended)
    return result


def _unit(kernel: Kernel) -> dict[str, object]:
    return {
        "name": kernel.name,
        "description": kernel.unit,
        "operations": kernel.operations_per_unit,
        "bytes": kernel.bytes_per_unit,
    }


def _memory(subject: Subject, found: Measurements) -> dict[str, object]:
    sizes: dict[str, object] = {
        "bytes": subject.memory_bytes,
        "worker_bytes": list(subject.worker_bytes),
    }
    if found.huge_page_bytes is not None:
        sizes["huge_page_bytes"] = min(found.huge_page_bytes, subject.memory_bytes)
    return sizes


def _build(kernel: Kernel) -> dict[str, object]:
    return {
        "compiler": compiler(),
        "flags": compiler_flags(),
        "instruction_set": kernel.instruction_sets[0],
    }


def _reasons(settings: Settings, found: Measurements, cpus: int) -> list[str]:
    """What spoiled a run, and how much longer it would have had to go on."""
    plan = settings.plan
    reasons = [reason for level in found.levels for reason in spoiled_by(level, cpus, plan)]
    if settings.profile == "precise":
        missing = seconds_missing(found.levels, plan.goal)
        reasons += time_reason(missing, found.ended - found.started, plan.goal)
    return reasons


def _until_steady(found: Endurance, ended: float) -> dict[str, object]:
    offset = ended - now()
    result: dict[str, object] = {
        "steady": found.step is not None,
        "duration_seconds": found.duration,
        "slices": [_slice(entry, offset) for entry in found.slices],
    }
    if (step := found.step) is None:
        return result | _rate_of("", found.whole(), found.bins)
    seconds = sum(part.duration for part in found.bins[: step.baseline_start])
    return (
        result
        | {"seconds_to_baseline": seconds, "baseline_ratio": step.baseline.value / step.burst.value}
        | _rate_of("burst_", step.burst, found.bins[: step.burst_end])
        | _rate_of("baseline_", step.baseline, found.bins[step.baseline_start :])
    )


def _rate_of(prefix: str, rate: Estimate | None, bins: tuple[Round, ...]) -> dict[str, object]:
    """A rate, its bounds and the steal beside it, where they are known."""
    result: dict[str, object] = {}
    if rate is not None:
        result[f"{prefix}units_per_second"] = rate.value
        result[f"{prefix}lower"], result[f"{prefix}upper"] = rate.lower, rate.upper
    if (steal := steal_ratio(bins)) is not None:
        result[f"{prefix}steal_ratio"] = steal
    return result


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


def _level(level: Level, ended: float, cpus: int) -> dict[str, object]:
    found, use = level.estimate(), level.use
    # From CLOCK_MONOTONIC to seconds since 1970.
    offset = ended - now()
    excluded = Counter(reason for entry in level.slices for reason in entry.excluded)
    result: dict[str, object] = {
        "busy": level.busy,
        "units_per_second": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "busy_ratio": use.busy_ratio,
        "steal_ratio": use.steal_ratio,
        "others_ratio": others_ratio(level, cpus),
        "duration_seconds": level.duration,
        "rounds": len(level.rounds),
        "slices_excluded": len(level.slices) - len(level.clean),
        "excluded_reasons": dict(sorted(excluded.items())),
        "slices": [_slice(entry, offset) for entry in level.slices],
    }
    if (pressure := pressure_ratio(level)) is not None:
        result["pressure_ratio"] = pressure
    return result


def _slice(entry: MachineSlice, offset: float) -> dict[str, object]:
    result: dict[str, object] = {
        "start_seconds": round(entry.start + offset, 6),
        "duration_seconds": entry.duration,
        "units": entry.units,
    }
    if entry.units_per_second < entry.undisturbed_units_per_second:
        result["lost_ratio"] = 1 - entry.units_per_second / entry.undisturbed_units_per_second
    if entry.excluded:
        result["excluded"] = list(entry.excluded)
    return result
