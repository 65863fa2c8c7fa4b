"""From a run's measurements to the result document."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from cffi_burn.kernel import Kernel, compiler, compiler_flags
from cffi_burn.worker import now
from loadtest.driving.settings import Settings
from loadtest.driving.steps import MachineSlice, Round
from loadtest.endurance import Endurance, steal_ratio
from loadtest.estimation import estimate_levels
from loadtest.levels import Level, others_ratio, pressure_ratio, spoiled_by
from loadtest.passes import seconds_missing, time_reason
from loadtest.run import Measurements, Subject
from perfanalysis.estimates.run_estimates import LevelEstimates, RunEstimates
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.machines.facts import machine
from perfanalysis.results import document

WITHHELD = "the noise lasts too long for this run: its interval would say nothing"


def build_document(
    subject: Subject, settings: Settings, test_id: str, found: Measurements
) -> document.Document:
    """The result document of a run; it follows the schema.

    Raises:
        PerfAnalysisError: a level has too few slices for an interval, or no clock tick was counted.
    """
    cpus = len(subject.usable.cpus)
    estimates = estimate_levels([*found.levels, found.single])
    *levels, single = (
        _level(level, part, found.ended, cpus)
        for level, part in zip([*found.levels, found.single], estimates.levels, strict=True)
    )
    reasons = _reasons(settings, found, estimates, cpus)
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
        "single_units_per_second": single["units_per_second"],
        "single": single,
        "levels": levels,
        "noise": _noise(estimates),
        "unit": _unit(subject.kernel),
        "machine": machine.facts(subject.identity, subject.usable),
        "build": _build(subject.kernel),
        "software": document.software(),
        "settings": _settings(settings, found),
    }
    if "lower" in single:
        result["single_interval"] = {key: single[key] for key in ("lower", "upper")}
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


def _build(kernel: Kernel) -> dict[str, object]:
    return {
        "compiler": compiler(),
        "flags": compiler_flags(),
        "instruction_set": kernel.instruction_sets[0],
    }


def _reasons(
    settings: Settings, found: Measurements, estimates: RunEstimates, cpus: int
) -> list[str]:
    """What spoiled a run, and how much longer it would have had to go on."""
    plan, levels = settings.plan, [*found.levels, found.single]
    reasons = [
        reason
        for level, part in zip(levels, estimates.levels, strict=True)
        for reason in spoiled_by(level, part, cpus, plan)
    ]
    if settings.profile == "precise":
        missing = seconds_missing(levels, plan.goal)
        reasons += time_reason(missing, found.ended - found.started, plan.goal)
    return reasons


def _noise(estimates: RunEstimates) -> dict[str, object]:
    """What changed while the run lasted, and what its intervals are good for."""
    result: dict[str, object] = {
        "covered_seconds": estimates.covered_seconds,
        "correlation_seconds": estimates.correlation_seconds,
    }
    if (modes := estimates.modes) is not None:
        result["bimodal"] = {"slow_ratio": modes.slow_ratio, "slow_share": modes.slow_share}
    return result


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


def _level(level: Level, found: LevelEstimates, ended: float, cpus: int) -> dict[str, object]:
    use = level.use
    # From CLOCK_MONOTONIC to seconds since 1970.
    offset = ended - now()
    excluded = Counter(reason for entry in level.slices for reason in entry.excluded)
    result: dict[str, object] = {
        "busy": level.busy,
        "units_per_second": found.median.value,
        "mean_units_per_second": found.mean.value,
        "busy_ratio": use.busy_ratio,
        "steal_ratio": use.steal_ratio,
        "others_ratio": others_ratio(level, cpus),
        "duration_seconds": level.duration,
        "rounds": len(level.rounds),
        "slices_excluded": len(level.slices) - len(level.clean),
        "excluded_reasons": dict(sorted(excluded.items())),
        "slices": [_slice(entry, offset) for entry in level.slices],
    }
    if found.known:
        result["lower"], result["upper"] = found.median.lower, found.median.upper
        result["mean_lower"], result["mean_upper"] = found.mean.lower, found.mean.upper
    else:
        result["interval_withheld"] = WITHHELD
    if level.workers is not None:
        result["workers"] = level.workers
    if (own := level.own_busy_ratio) is not None:
        result["own_busy_ratio"] = own
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
    if entry.busy_ratio is not None and entry.busy_ratio < 1:
        result["busy_ratio"] = entry.busy_ratio
    if entry.excluded:
        result["excluded"] = list(entry.excluded)
    return result
