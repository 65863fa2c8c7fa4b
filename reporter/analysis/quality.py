"""What the reader must know of the data before trusting a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reporter.machines import Machine
from reporter.promql import Floats, Series

STEAL_LIMIT = 0.01
BUSY_DISTANCE_LIMIT = 0.05


def remarks(
    machines: Sequence[Machine],
    busy: Mapping[str, Sequence[Series]],
    start: float,
    end: float,
    step: float,
) -> list[str]:
    """Sentences on what is missing or doubtful, machine by machine; empty when all is well.

    Args:
        machines: the reported machines.
        busy: CPU busy series by machine.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points.
    """
    found = []
    for machine in machines:
        found += _of_test(machine)
        if machine.price is None:
            found.append(f"{machine.name}: no price is known, so no units per dollar.")
        elif machine.test and machine.test.max and machine.units_per_dollar is None:
            found.append(
                f"{machine.name}: its load test and price are known, but the recording rule"
                " perf:units_per_dollar:max has no value in the range."
            )
        series = busy.get(machine.name, ())
        if not series:
            found.append(f"{machine.name}: no CPU time in the range.")
            continue
        missing = missing_seconds(series[0].times, start, end, step)
        if missing > 2 * step:
            found.append(f"{machine.name}: CPU time is missing for {missing:,.0f} s of the range.")
    return found


def _of_test(machine: Machine) -> list[str]:
    test = machine.test
    if test is None:
        return [f"{machine.name}: no load test in the range."]
    found = []
    if test.valid is False:
        found.append(
            f"{machine.name}: the load test says that it was disturbed (valid is 0); the reasons"
            " stand in its result document."
        )
    if test.max is None:
        found.append(f"{machine.name}: the load test has no step at 100 % with an interval.")
    for level, steal in zip(test.curve.busy, test.curve.steal, strict=True):
        if steal > STEAL_LIMIT:
            found.append(
                f"{machine.name}: {steal:.1%} of CPU time was stolen during the {level:.0f} % step."
            )
    if not np.isfinite(test.curve.steal).any():
        found.append(f"{machine.name}: whether time was stolen during the load test is unknown.")
    distance = np.abs(test.curve.reached - test.curve.busy / 100)
    if np.isfinite(distance).any() and np.nanmax(distance) > BUSY_DISTANCE_LIMIT:
        worst = int(np.nanargmax(distance))
        found.append(
            f"{machine.name}: {test.curve.reached[worst]:.0%} busy was reached where"
            f" {test.curve.busy[worst]:.0f} % was asked."
        )
    return found


def missing_seconds(times: Floats, start: float, end: float, step: float) -> float:
    """Seconds of a range without points, the lead of a rate's first window left out.

    Args:
        times: points in Unix seconds, ascending.
        start: of the range.
        end: of the range.
        step: seconds between points when none is missing.
    """
    if not len(times):
        return end - start
    inside = np.diff(times) - step
    return float(inside[inside > step / 2].sum() + max(0.0, end - times[-1] - step))


def with_gaps(times: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """The same points with a NaN in each gap, so that no line is drawn across it.

    Args:
        times: seconds, ascending.
        values: of the same length.
        step: seconds between points when none is missing.
    """
    holes = np.flatnonzero(np.diff(times) > 1.5 * step) + 1
    return (
        np.insert(times, holes, times[holes - 1] + step),
        np.insert(values, holes, np.nan),
    )
