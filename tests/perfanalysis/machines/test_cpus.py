from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.machines.cpus import needed, usable


@pytest.mark.parametrize("text", ["", " ", "a", "3-1", "1,,2"])
def test_what_is_no_list_of_cpus_names_the_flag(text: str) -> None:
    with pytest.raises(InputError, match="--cpus: expected a list of CPUs such as 0-3,8, found"):
        usable(text)


def test_a_cpu_that_we_may_not_use_is_refused() -> None:
    with pytest.raises(InputError, match=r"--cpus: expected CPUs of .*, found '4095'"):
        usable("4095")


def test_the_usable_cpus_are_of_the_affinity_mask() -> None:
    found = usable(None)
    assert found.cpus
    assert set(found.cpus) <= os.sched_getaffinity(0)


@pytest.mark.parametrize(
    ("cpus", "quota", "count"),
    [(8, None, 8), (8, 0.1, 1), (8, 1.0, 1), (8, 1.5, 2), (8, 7.5, 8), (2, 64.0, 2)],
)
def test_a_quota_needs_that_many_cpus(cpus: int, quota: float | None, count: int) -> None:
    assert needed(cpus, quota) == count


VERSION_2 = {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}
VERSION_1 = {
    "proc/self/cgroup": "4:cpu,cpuacct:/docker/1\n3:memory:/docker/1\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us": "5000\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us": "10000\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us": "100000\n",
}


@pytest.mark.parametrize(("files", "period"), [(VERSION_2, 0.1), (VERSION_1, 0.01)])
def test_half_a_cpu_is_one_worker_with_a_quota_and_its_period(
    tmp_path: Path, files: dict[str, str], period: float
) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = usable(None, tmp_path)
    assert (len(found.cpus), found.quota, found.period) == (1, 0.5, period)
    # Asked for, more are taken; the quota stays what it is.
    every = ",".join(map(str, os.sched_getaffinity(0)))
    assert len(usable(every, tmp_path).cpus) == len(os.sched_getaffinity(0))


def test_without_a_quota_all_cpus_are_usable(tmp_path: Path) -> None:
    found = usable(None, tmp_path)
    assert set(found.cpus) == os.sched_getaffinity(0)
    assert (found.quota, found.period, found.cores) == (None, None, found.cpus)
