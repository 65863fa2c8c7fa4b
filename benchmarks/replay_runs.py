"""Recorded CPU traces followed on a shape of this machine, by replay and by stress-ng.

Each run is a process of its own, confined to the shape: ``python -m benchmarks.replay_runs``. Both
sides read the same counters at the ends of their ticks.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.captured_recordings import recording_of
from benchmarks.load_generators import Program
from cffi_burn.kernel import all_kernels
from cffi_burn.worker import now
from loadtest.driving import proc_stat
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.amounts import ReplayTarget
from workload.replaying.assembly import CALLS
from workload.replaying.cpu.load import CpuLoad
from workload.replaying.cpu.metering import CpuMeter, GroupMeter, MachineMeter, group_usage_file
from workload.replaying.load import ResourceTick
from workload.replaying.outcome.accuracy import ResourceAccuracy, accuracy
from workload.replaying.recorded_load import load_of
from workload.replaying.replay import Conductor, StopRequest
from workload.replaying.timeline import ReplaySource, Stretch, Timeline

GROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000


@dataclass(frozen=True)
class Trace:
    """A part of a capture, in ticks from its begin, at a speed."""

    capture: str
    first: int
    ticks: int
    speed: float = 5.0


@dataclass(frozen=True)
class ReplayShape:
    """A part of this machine.

    Attributes:
        name: in words.
        cpus: their numbers.
        quota: of a control group, in CPUs; None: none.
        grouped: whether it is a control group, whose use is what counts; else /proc/stat is.
    """

    name: str
    cpus: tuple[int, ...]
    quota: float | None = None
    grouped: bool = True


@dataclass(frozen=True)
class Followed:
    """What came of a run: accuracy of cpu, and what others took of the shape's CPUs (0..1)."""

    cpu: ResourceAccuracy
    others: float


def timeline_of(trace: Trace, captures: Path, cpus: int) -> Timeline:
    """The ticks of a trace, as utilisation of so many CPUs."""
    load = load_of(recording_of(captures / trace.capture))
    starts = load.starts - load.starts[0]
    begin, end = starts[trace.first], starts[min(trace.first + trace.ticks, len(starts) - 1)]
    stretch = Stretch(float(begin), float(end), trace.speed)
    return Timeline([ReplaySource(load)], ReplayTarget(cpus, 1.0), stretch)


@contextlib.contextmanager
def control_group(quota: float | None) -> Iterator[list[Path]]:
    """Control groups with that quota (None: without), and a count of use: version 1 or 2.

    Raises:
        PerfAnalysisError: none may be made here.
    """
    old = (GROUPS / "cpu" / "cgroup.procs").exists()
    roots = [GROUPS / "cpu", GROUPS / "cpuacct"] if old else [GROUPS]
    folders = [root / f"perfanalysis-bench-{os.getpid()}" for root in roots]
    try:
        for folder in folders:
            folder.mkdir()
        if quota is None:
            pass
        elif old:
            (folders[0] / "cpu.cfs_period_us").write_text(str(PERIOD))
            (folders[0] / "cpu.cfs_quota_us").write_text(str(round(quota * PERIOD)))
        else:
            (folders[0] / "cpu.max").write_text(f"{round(quota * PERIOD)} {PERIOD}")
        # Before whatever else runs meanwhile, for both sides.
        name, most = ("cpu.shares", "102400") if old else ("cpu.weight", "10000")
        (folders[0] / name).write_text(most)
        yield folders
    except OSError as error:
        raise PerfAnalysisError(f"no control group can be made: {error}") from error
    finally:
        for folder in folders:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.05)


def followed(trace: Trace, captures: Path, shape: ReplayShape, stress: Program | None) -> Followed:
    """Follow a trace on a shape: by replay, or by stress-ng."""
    orders = {
        "trace": vars(trace),
        "captures": str(captures),
        "cpus": list(shape.cpus),
        "quota": shape.quota,
        "grouped": shape.grouped,
        "stress": None if stress is None else str(stress.path),
    }
    with contextlib.ExitStack() as stack:
        groups = stack.enter_context(control_group(shape.quota)) if shape.grouped else []
        command = [sys.executable, "-m", "benchmarks.replay_runs", json.dumps(orders)]
        join = "".join(f'echo $$ > "{group}/cgroup.procs" && ' for group in groups)
        before, own = proc_stat.read(shape.cpus), _children()
        done = subprocess.run(
            ["sh", "-c", f'{join}exec "$@"', "sh", *command],
            capture_output=True,
            text=True,
            check=False,
            env=None if stress is None else stress.environment,
        )
        passed, used = proc_stat.read(shape.cpus) - before, _children() - own
    if done.returncode != 0:
        raise PerfAnalysisError(f"following {trace.capture}: {done.stderr.strip()[-300:]}")
    ticks = [ResourceTick("cpu", target, actual, 1.0) for target, actual in json.loads(done.stdout)]
    others = max(0.0, passed.busy / 100 - used) / (passed.total / 100)
    return Followed(accuracy("cpu", ticks), others)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _meter(cpus: Sequence[int], quota: float | None, *, grouped: bool) -> CpuMeter:
    if not grouped:
        return MachineMeter(cpus)
    usage = group_usage_file()
    if usage is None:
        raise PerfAnalysisError("the group's use is counted nowhere")
    return GroupMeter(float(len(cpus)) if quota is None else quota, usage)


def by_replay(timeline: Timeline, cpus: Sequence[int], meter: CpuMeter) -> list[list[float]]:
    """Target and actual of each tick."""
    kernels = all_kernels()
    load = CpuLoad(cpus, (kernels["integer"], kernels[CALLS]), meter)
    score = Conductor([load], meter.quantum, StopRequest(), lambda _: None).run(timeline)
    return [[tick.target, tick.actual] for tick in score.ticks["cpu"]]


def by_stress_ng(
    timeline: Timeline, cpus: Sequence[int], meter: CpuMeter, program: str
) -> list[list[float]]:
    """The same with a stress-ng of its own for each tick, at the nearest whole percent."""
    found = []
    at = now() + 0.05
    for tick in timeline:
        time.sleep(max(0.0, at - now()))
        before = meter.read()[0]
        at += tick.seconds
        percent = round(100 * min(1.0, tick.busy) * meter.capacity / len(cpus))
        process = None
        if percent > 0:
            command = [program, "--cpu", str(len(cpus)), "--cpu-load", str(percent), "--quiet"]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        time.sleep(max(0.0, at - now()))
        passed = meter.read()[0].since(before)
        found.append([tick.busy, passed.busy / passed.total])
        if process is not None:
            process.terminate()
            process.wait()
    return found


def main(text: str) -> None:
    """Carry out orders, and print targets and actuals as JSON."""
    orders = json.loads(text)
    cpus = orders["cpus"]
    os.sched_setaffinity(0, cpus)
    meter = _meter(cpus, orders["quota"], grouped=orders["grouped"])
    timeline = timeline_of(Trace(**orders["trace"]), Path(orders["captures"]), len(cpus))
    if orders["stress"] is None:
        found = by_replay(timeline, cpus, meter)
    else:
        found = by_stress_ng(timeline, cpus, meter, orders["stress"])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
