from __future__ import annotations

import pytest

from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_quota import CpuQuota, parse_cfs_quota, parse_cpu_max


@pytest.mark.parametrize(
    ("data", "limit", "cpus"),
    [
        (b"max 100000\n", CpuQuota(None, 100000), None),
        (b"150000 100000\n", CpuQuota(150000, 100000), 1.5),
        (b"5000 10000", CpuQuota(5000, 10000), 0.5),
        (b"5000 0\n", CpuQuota(5000, 0), None),
        (b"0 10000\n", CpuQuota(0, 10000), None),
    ],
)
def test_quota_of_version_2(data: bytes, limit: CpuQuota, cpus: float | None) -> None:
    assert parse_cpu_max(data) == limit
    assert limit.cpus == cpus


@pytest.mark.parametrize("data", [b"", b"max\n", b"1 max\n", b"1 2 3\n", b"-1 2\n", b"max max"])
def test_what_is_no_quota_of_version_2(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"cpu\.max: expected 'QUOTA PERIOD', found"):
        parse_cpu_max(data)


def test_quota_of_version_1() -> None:
    assert parse_cfs_quota(b"-1\n", b"100000\n") == CpuQuota(None, 100000)
    assert parse_cfs_quota(b"200000\n", b"100000\n").cpus == 2.0


@pytest.mark.parametrize(
    ("quota", "period", "said"),
    [
        (b"-2\n", b"100000\n", r"cpu\.cfs_quota_us: expected -1 or a number, found '-2'"),
        (b"", b"100000\n", r"cpu\.cfs_quota_us: expected"),
        (b"5\n", b"max\n", r"cpu\.cfs_period_us: expected a number, found 'max'"),
    ],
)
def test_what_is_no_quota_of_version_1(quota: bytes, period: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        parse_cfs_quota(quota, period)
