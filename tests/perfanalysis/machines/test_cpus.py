from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.machines.cpus import (
    cgroup_quota,
    format_list,
    parse_cfs_quota,
    parse_cgroup,
    parse_cpu_max,
    parse_list,
    usable,
)


@pytest.mark.parametrize(
    ("text", "cpus"),
    [("0", (0,)), ("0-3,8", (0, 1, 2, 3, 8)), (" 2 , 1 ", (1, 2)), ("1,1", (1,))],
)
def test_lists_of_cpus(text: str, cpus: tuple[int, ...]) -> None:
    assert parse_list(text, "--cpus") == cpus


@pytest.mark.parametrize("text", ["", "a", "3-1", "1,,2", "-1", "1-", "99999", "\u0661"])
def test_what_is_no_list_of_cpus(text: str) -> None:
    with pytest.raises(InputError, match="--cpus: expected a list of CPUs"):
        parse_list(text, "--cpus")


@given(st.sets(st.integers(0, 300), min_size=1))
def test_a_list_survives_being_written(cpus: set[int]) -> None:
    assert set(parse_list(format_list(cpus), "test")) == cpus


def test_a_cpu_that_we_may_not_use_is_refused() -> None:
    with pytest.raises(InputError, match=r"--cpus: expected CPUs of .*, found '4095'"):
        usable("4095")


def test_the_usable_cpus_are_of_the_affinity_mask() -> None:
    found = usable(None)
    assert found.cpus
    assert set(found.cpus) <= os.sched_getaffinity(0)


@pytest.mark.parametrize(
    ("text", "quota"), [("max 100000\n", None), ("150000 100000\n", 1.5), ("5000 10000\n", 0.5)]
)
def test_quota_of_version_2(text: str, quota: float | None) -> None:
    assert parse_cpu_max(text) == quota


def test_quota_of_version_1() -> None:
    assert parse_cfs_quota("-1\n", "100000\n") is None
    assert parse_cfs_quota("200000\n", "100000\n") == 2.0


def test_paths_of_a_cgroup() -> None:
    text = "4:cpu,cpuacct:/a/b\n1:name=systemd:/c\n0::/user.slice\n"
    assert parse_cgroup(text) == {
        "cpu": "/a/b",
        "cpuacct": "/a/b",
        "name=systemd": "/c",
        "": "/user.slice",
    }


def test_the_tightest_quota_of_all_levels_counts(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("0::/outer/inner\n")
    inner = tmp_path / "fs" / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    (inner.parent / "cpu.max").write_text("250000 100000\n")
    assert cgroup_quota(tmp_path, tmp_path / "fs") == 2.5


def test_version_1_beside_an_empty_version_2(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("3:cpu:/job\n0::/\n")
    job = tmp_path / "fs" / "cpu" / "job"
    job.mkdir(parents=True)
    (tmp_path / "fs" / "unified").mkdir()
    (job / "cpu.cfs_quota_us").write_text("50000\n")
    (job / "cpu.cfs_period_us").write_text("100000\n")
    assert cgroup_quota(tmp_path, tmp_path / "fs") == 0.5


def test_no_cgroup_at_all(tmp_path: Path) -> None:
    assert cgroup_quota(tmp_path, tmp_path) is None
