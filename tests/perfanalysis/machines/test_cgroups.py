from __future__ import annotations

from pathlib import Path

from perfanalysis.machines.cgroups import cpu_quota, parse_cgroup


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
    assert cpu_quota(tmp_path, tmp_path / "fs") == 2.5


def test_version_1_beside_an_empty_version_2(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("3:cpu:/job\n0::/\n")
    job = tmp_path / "fs" / "cpu" / "job"
    job.mkdir(parents=True)
    (tmp_path / "fs" / "unified").mkdir()
    (job / "cpu.cfs_quota_us").write_text("50000\n")
    (job / "cpu.cfs_period_us").write_text("100000\n")
    assert cpu_quota(tmp_path, tmp_path / "fs") == 0.5


def test_no_cgroup_at_all(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path, tmp_path) is None


def test_a_quota_that_cannot_be_read_is_none_that_we_know_of(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("0::/job\n")
    job = tmp_path / "fs" / "job"
    job.mkdir(parents=True)
    for text in ("", "many 100000\n", "5000 0\n"):
        (job / "cpu.max").write_text(text)
        assert cpu_quota(tmp_path, tmp_path / "fs") is None
