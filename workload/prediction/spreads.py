"""How far the work of a machine may be from its curve's: noise of runs, machines of a type. Pure.

All are variances of logarithms. The next machine of a type of which M were measured, with the
sample variance s2 of their work, lies within t(M-1) s sqrt(1 + 1/M) of their mean (the prediction
interval of one more value; Hahn and Meeker, "Statistical Intervals", 1991, section 4.8). s2 holds
the noise of the runs, too, so that this is no less than what is asked for. With one machine s2 is
unknown.
"""

from __future__ import annotations

import math

import numpy as np

from perfanalysis.estimates import student
from workload.prediction.candidate import Floats
from workload.prediction.curve_table import CurveTable, Z

_TAIL = 0.975


def half_widths(table: CurveTable, parts: Floats, noise: Floats) -> Floats:
    """Half of the 95 % interval of the logarithm of a mix's work: (C, Q).

    Args:
        table: of the machines, (C or 1, K).
        parts: (C, K, Q) each kernel's part of the CPU time, of sum 1; 0 where it has none.
        noise: (C or 1, K, Q) variance of each kernel's run; runs of kernels are independent.
    """
    if parts.shape[1] == 1:
        runs, between = noise[:, 0], _of_next(table.deviations[:, 0], table.machines[:, 0])
    else:
        runs = np.where(parts > 0, parts**2 * noise, 0.0).sum(axis=1)
        between = _between_machines(table, parts.mean(axis=2))
    found: Floats = np.fmax(Z * np.sqrt(runs), between[:, None])
    return found


def _between_machines(table: CurveTable, share: Floats) -> Floats:
    """(C,) of a mix with these shares of kernels, (C, K).

    One machine's kernels are slow or fast together: where as many machines were measured by all
    kernels, the mixes of each machine are compared; else the kernels' widths are added up by
    shares, which is never too narrow.
    """
    fewest = np.where(share > 0, table.machines, np.inf).min(axis=1)
    most = np.where(share > 0, table.machines, 0.0).max(axis=1)
    mixed = np.where(share[..., None] > 0, share[..., None] * table.deviations, 0.0).sum(axis=1)
    each = _of_next(table.deviations, table.machines)
    apart = np.where(share > 0, share * each, 0.0).sum(axis=1)
    return np.where(fewest == most, _of_next(mixed, most), apart)


def _of_next(deviations: Floats, machines: Floats) -> Floats:
    """Half width for one more machine; 0 where one alone was measured.

    Args:
        deviations: (..., M) distances of the machines from their mean; NaN behind the last one.
        machines: (...) how many.
    """
    squares = np.nansum(deviations**2, axis=-1)
    factors = _factors(deviations.shape[-1])[machines.astype(np.intp)]
    found: Floats = np.sqrt(squares) * factors
    return found


def _factors(most: int) -> Floats:
    """By the number of machines: what the root of the sum of squares is multiplied by."""
    several = [
        student.quantile(_TAIL, count - 1) * math.sqrt((1 + 1 / count) / (count - 1))
        for count in range(2, most + 1)
    ]
    return np.array([0.0, 0.0, *several])
