"""CPU time: what counts, and workers that spend what they are told to."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cffi_burn.kernel import all_kernels
from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.cpu.load import CpuLoad
from workload.replaying.cpu.metering import (
    CpuReading,
    GroupMeter,
    MachineMeter,
    OwnMeter,
    group_usage_file,
    parse_group_usage,
)
from workload.replaying.cpu.workers import CpuWorker
from workload.replaying.owing import CpuShare
from workload.replaying.replay_tick import ReplayTick

CPUS = sorted(os.sched_getaffinity(0))
KERNELS = (all_kernels()["integer"], all_kernels()["system_fault"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n", (1.5, 0.5)),
        ("usage_usec 1500000\n", (1.5, None)),
        ("2500000000\n", (2.5, None)),
    ],
)
def test_what_a_group_used(text: str, expected: tuple[float, float | None]) -> None:
    assert parse_group_usage(text) == expected


def test_what_is_no_count_of_a_group(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="usage_usec"):
        parse_group_usage("nr_periods 5\n")
    with pytest.raises(PerfAnalysisError, match="usage"):
        GroupMeter(1.0, tmp_path / "usage").read()


def made_group(root: Path, *, old: bool) -> Path:
    """A control group with a quota of half a CPU, in which this process is said to be."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("4:cpu:/a\n" if old else "0::/a\n")
    folder = root / ("fs/cpu/a" if old else "fs/a")
    folder.mkdir(parents=True)
    if old:
        (folder / "cpu.cfs_quota_us").write_text("50000\n")
        (folder / "cpu.cfs_period_us").write_text("100000\n")
        (folder / "cpu.stat").write_text("nr_periods 5\n")
        counted = root / "fs/cpuacct/a"
        counted.mkdir(parents=True)
        (counted / "cpuacct.usage").write_text("7000000000\n")
    else:
        (folder / "cpu.max").write_text("50000 100000\n")
        (folder / "cpu.stat").write_text("usage_usec 7000000\nsystem_usec 1000000\n")
    return root


@pytest.mark.parametrize("old", [False, True])
def test_the_group_with_the_quota_is_found_in_both_versions(tmp_path: Path, old: bool) -> None:
    root = made_group(tmp_path, old=old)
    usage = group_usage_file(root / "proc", root / "fs")
    assert usage is not None
    (found,) = GroupMeter(0.5, usage).read()
    assert found.busy == 7.0
    assert old or found.system == 1.0


def test_counters_that_go_back_are_no_time() -> None:
    assert CpuReading(1.0, 0.5, 3.0).since(CpuReading(1.1, 0.5, 1.0)) == (0.0, 0.0, 2.0)


def test_the_machine_in_all_and_by_cpu() -> None:
    (whole,) = MachineMeter(CPUS).read()
    each = MachineMeter(CPUS, per_core=True).read()
    assert len(each) == len(CPUS)
    assert whole.busy > 0
    assert 0 <= whole.system <= whole.busy <= whole.total


def test_a_worker_spends_what_it_is_told_to_and_stops_at_once() -> None:
    worker = CpuWorker(*KERNELS, CPUS[0])
    worker.launch()
    worker.ready.wait()
    try:
        before = worker.spent
        deadline = now() + 60
        while worker.spent - before < 0.02 and now() < deadline:
            at = now()
            worker.order(at, at + 0.2, CpuShare(0.02, 0.02))
            time.sleep(0.3)
        assert worker.spent - before >= 0.02
        worker.order(now(), now() + 30.0, CpuShare(30.0, 0.0, full=True))
    finally:
        begin = now()
        worker.stop()
        worker.join()
    assert now() - begin < 10


def test_no_more_is_used_than_is_wanted_and_some_of_it_in_the_kernel() -> None:
    load = CpuLoad(CPUS[:1], KERNELS, OwnMeter(1.0))
    with load:
        begin = now()
        load.begin(ReplayTick(1.0, busy=0.4, system=0.2), begin)
        while (at := now()) < begin + 1.0:
            load.steer(at, min(at + 0.05, begin + 1.0))
            time.sleep(max(0.0, min(at + 0.05, begin + 1.0) - now()))
        cpu, system = load.finish(now())
    assert (cpu.resource, cpu.target, system.target) == ("cpu", 0.4, 0.2)
    assert 0.01 < cpu.actual < 0.5
    assert 0 < system.actual <= cpu.actual


def test_a_cpu_that_is_not_ours_is_told() -> None:
    with pytest.raises(PerfAnalysisError, match="could not start a worker on CPU 4095"):
        CpuLoad([4095], KERNELS, OwnMeter(1.0)).__enter__()
