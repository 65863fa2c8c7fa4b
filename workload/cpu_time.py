"""CPU time of a machine from its recording. Pure.

Of a CPU that has all of its modes the rest follows: busy is all but idle, iowait and steal. The
kernel lets idle and iowait fall a little (proc(5)); that is no restart, which sets all modes back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from perfanalysis.recordings.recording import Floats, Recording
from workload.counters import differences, rises, sum_of_known

IDLE = frozenset({"idle", "iowait"})
STEAL = "steal"
SYSTEM = frozenset({"system", "irq", "softirq"})
# Of a machine's own sums; guests are in user.
_STATES = ("busy", "idle", "iowait", "steal")
# The kernel sets these back by itself.
_MAY_FALL = IDLE | {STEAL}
# Seconds; more is a restart, or a CPU that was taken away and came back (as for node_exporter).
SMALL_FALL = 3.0


@dataclass(frozen=True)
class CpuIntervals:
    """Of all CPUs, between ticks: shape (intervals,), NaN where unknown.

    Attributes:
        cpus: that were there at both ends.
        busy, system, steal: shares of all CPU time.
        busiest: busy share of the busiest CPU; None: CPUs were not told apart.
    """

    cpus: Floats
    busy: Floats
    system: Floats
    steal: Floats
    busiest: Floats | None


def cpu_time(recording: Recording) -> CpuIntervals:
    """By CPU and mode where the recording has that, else by the sums of the whole machine."""
    by_cpu = _rises_by_cpu(recording)
    numbered = {name: modes for name, modes in by_cpu.items() if name.isdigit()}
    if numbered:
        return _of_cpus(recording, numbered)
    if recorded := recording.of("perf_recording_cpu_seconds_total"):
        modes = {
            dict(one.labels)["mode"]: rises(recording, column) for one, column in recorded.items()
        }
        return replace(_of_machine(recording, _without_resets(modes), None), cpus=_told(recording))
    sums = {
        state: differences(recording, column)
        for state in _STATES
        for column in recording.of("perf_cpu_seconds_total", state=state).values()
    }
    if sums:
        return _of_machine(recording, sums, sums.get("busy"))
    # Who has only sums of all CPUs names them so, such as "all".
    whole = next(iter(by_cpu.values()), {})
    return _of_machine(recording, whole, None)


def _told(recording: Recording) -> Floats:
    """How many CPUs were online, as a recording of them all together says it at each end."""
    (column,) = recording.of("perf_recording_cpus").values()
    return column[1:]


def _rises_by_cpu(recording: Recording) -> dict[str, dict[str, Floats]]:
    found: dict[str, dict[str, Floats]] = {}
    for series, column in recording.of("node_cpu_seconds_total").items():
        labels = dict(series.labels)
        found.setdefault(labels["cpu"], {})[labels["mode"]] = rises(recording, column)
    return {cpu: _without_resets(modes) for cpu, modes in found.items()}


def _without_resets(modes: dict[str, Floats]) -> dict[str, Floats]:
    """NaN where a CPU's counters were set back, or a mode is missing; else a small fall is none."""
    known = np.logical_and.reduce([np.isfinite(rise) for rise in modes.values()])
    for mode, rise in modes.items():
        known &= ~(rise < (-SMALL_FALL if mode in _MAY_FALL else 0))
    return {mode: np.where(known, np.maximum(rise, 0.0), np.nan) for mode, rise in modes.items()}


def _of_cpus(recording: Recording, cpus: dict[str, dict[str, Floats]]) -> CpuIntervals:
    length = max(len(recording.times) - 1, 0)
    modes: dict[str, list[Floats]] = {}
    busiest = np.full(length, np.nan)
    for rises_of in cpus.values():
        for mode, rise in rises_of.items():
            modes.setdefault(mode, []).append(rise)
        total, busy = _total(rises_of, length)
        busiest = np.fmax(busiest, busy / total)
    by_mode = {mode: sum_of_known(every, length) for mode, every in modes.items()}
    total, busy = _total(by_mode, length)
    counts = _online(recording, length)
    system = sum_of_known((by_mode[one] for one in SYSTEM & by_mode.keys()), length)
    steal = by_mode.get(STEAL, np.full(length, np.nan))
    return CpuIntervals(counts, busy / total, system / total, steal / total, busiest)


def _total(modes: dict[str, Floats], length: int) -> tuple[Floats, Floats]:
    """All CPU time and the busy part of it; NaN where there is none."""
    total = sum_of_known(modes.values(), length)
    idle = sum_of_known((modes[mode] for mode in IDLE & modes.keys()), length)
    steal = np.nan_to_num(modes.get(STEAL, np.zeros(length)))
    total = np.where(total > 0, total, np.nan)
    return total, total - idle - steal


def _online(recording: Recording, length: int) -> Floats:
    """CPUs that have a value at both ends of an interval, whatever it is."""
    there: dict[str, Floats] = {}
    for series, column in recording.of("node_cpu_seconds_total").items():
        cpu = dict(series.labels)["cpu"]
        known = np.isfinite(column)
        there[cpu] = np.fmax(there.get(cpu, np.zeros(length)), (known[:-1] & known[1:]) * 1.0)
    counts = np.sum(list(there.values()), axis=0)
    return np.where(counts > 0, counts, np.nan)


def _of_machine(
    recording: Recording, modes: dict[str, Floats], told: Floats | None
) -> CpuIntervals:
    """By sums of all CPUs; how many there are follows from how much time there is."""
    length = max(len(recording.times) - 1, 0)
    total, busy = _total(modes, length)
    cpus = np.round(total / np.diff(recording.times))
    system = sum_of_known((modes[one] for one in SYSTEM & modes.keys()), length)
    steal = modes.get(STEAL, np.full(length, np.nan))
    busy = busy if told is None else told
    return CpuIntervals(cpus, busy / total, system / total, steal / total, None)
