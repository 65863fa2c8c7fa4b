"""How far single intervals reach beyond a prediction of their mean: noise that passes. Pure.

Two parts: what the speeds of source and candidate do within a run (``passing_noise.py``), and the
step of the counters that the busy ratio was read from. Both are of an interval by itself, and none
of it of percentiles, risks and means, in which it evens out or is counted already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workload.prediction.candidate import Candidate, Floats
from workload.prediction.curve_table import Z

# A counter of /proc/stat goes on by hundredths of a second, for each CPU by itself.
COUNTER_STEP_SECONDS = 0.01


def half_widths(candidate: Candidate, kernels: Sequence[str], seconds: Floats) -> Floats:
    """Half of the 95 % interval of the logarithm of a candidate's work, (intervals,).

    Of several kernels that of the one that varies most, of several machines of a type their mean.
    0 where no run has slices.
    """
    found = np.zeros(len(seconds))
    for kernel in kernels:
        known = [
            noise
            for curve in candidate.curves.get(kernel, ())
            if curve.passing is not None and (noise := curve.passing()) is not None
        ]
        if known:
            found = np.fmax(found, np.mean([noise.half_widths(seconds) for noise in known], axis=0))
    return found


def counted(cpus: Floats, seconds: Floats) -> Floats:
    """Variance of a busy ratio that counters of hundredths of a second tell; (intervals,).

    Both readings of each CPU are rounded down: their difference is off by a triangle of two
    steps, whose variance is a sixth of the step's square.
    """
    found: Floats = COUNTER_STEP_SECONDS**2 / 6 / (np.fmax(cpus, 1.0) * seconds**2)
    return found


def reach(busy: Floats, half: Floats, counting: Floats) -> tuple[Floats, Floats]:
    """How far down and up busy ratios reach by noise that passes; both at least 0.

    Args:
        busy: ratios of the source.
        half: of the 95 % interval of the logarithm of the work of source and candidate together.
        counting: variance of the ratio itself.
    """
    down = np.hypot(busy * -np.expm1(-half), Z * np.sqrt(counting))
    up = np.hypot(busy * np.expm1(half), Z * np.sqrt(counting))
    return np.minimum(down, busy), up
