"""How much work the CPUs do at full load, before anything is measured: this also warms them up."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from loadtest.crew import Crew
from loadtest.settings import SLICE_SECONDS, Settings
from loadtest.steps import Progress, run_step
from perfanalysis.errors import PerfAnalysisError

CALIBRATION_SECONDS = 0.4


@dataclass(frozen=True)
class Calibration:
    """Rates at full load, all workers at once.

    Attributes:
        units_per_second: of each worker, in the order of the crew, in floating point: rounding to
            whole nanoseconds a unit costs percents on quick kernels.
        grain_seconds: the longest time that one grain takes on any CPU; workers stop to within it.
    """

    units_per_second: tuple[float, ...]
    grain_seconds: float


def calibrate(crew: Crew, settings: Settings, progress: Progress) -> Calibration:
    """Run all workers at full load for a moment.

    Raises:
        PerfAnalysisError: a worker did no work, or a grain is so long on this machine that a tick
            cannot be divided.
    """
    run_step(crew, settings, 100, progress, seconds=CALIBRATION_SECONDS)
    rates = []
    for member in crew.members:
        slices = member.slices()
        # The first half warms the caches and the clock up.
        rate = statistics.median(s.units / s.duration for s in slices[len(slices) // 2 :])
        if rate <= 0:
            raise PerfAnalysisError(
                f"the worker on CPU {member.cpu} did no work in {SLICE_SECONDS:g} s"
            )
        rates.append(rate)
    grain_seconds = 1.0 / (min(rates) * crew.kernel.grains_per_unit)
    if grain_seconds > settings.period / 2:
        raise PerfAnalysisError(
            f"one grain of kernel {crew.kernel.name} takes {grain_seconds:.3g} s here, too long "
            f"for ticks of {settings.period:g} s"
        )
    return Calibration(tuple(rates), grain_seconds)
