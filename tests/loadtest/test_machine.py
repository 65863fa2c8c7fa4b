from __future__ import annotations

from pathlib import Path

import pytest

from loadtest import machine
from loadtest.cpus import UsableCpus


@pytest.mark.parametrize(
    ("cpuinfo", "model"),
    [
        ("processor\t: 0\nmodel name\t: AMD EPYC  9J14 96-Core\n", "AMD EPYC 9J14 96-Core"),
        ("processor : 0\nBogoMIPS : 50.00\n", None),
        ("", None),
    ],
)
def test_cpu_model(cpuinfo: str, model: str | None) -> None:
    assert machine.cpu_model(cpuinfo) == model


def test_memory() -> None:
    meminfo = "MemTotal:        4004576 kB\nMemAvailable:    1000 kB\n"
    assert machine.memory_bytes(meminfo) == 4004576 * 1024
    assert machine.memory_bytes(meminfo, "MemAvailable") == 1024000
    assert machine.memory_bytes("") is None


@pytest.mark.parametrize(("text", "size"), [("32768K\n", 1 << 25), ("1M", 1 << 20), ("512", 512)])
def test_cache_sizes(text: str, size: int) -> None:
    assert machine.cache_size(text) == size


def test_the_largest_cache_is_the_last(tmp_path: Path) -> None:
    for number, size in enumerate(["48K", "32K", "1024K", "32768K", "nonsense"]):
        (tmp_path / f"index{number}").mkdir()
        (tmp_path / f"index{number}" / "size").write_text(size)
    assert machine.last_cache_bytes(tmp_path) == 1 << 25
    assert machine.last_cache_bytes(tmp_path / "absent") == 0


def test_unknown_facts_are_absent() -> None:
    found = machine.facts("web-1", UsableCpus((0, 2), None))
    assert found["name"] == "web-1"
    assert found["used_cpus"] == [0, 2]
    assert "cgroup_quota_cpus" not in found
    assert None not in found.values()
