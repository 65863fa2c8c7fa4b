"""CPU times of /proc/stat."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors.cpu.collector import SPECIFICATION, CpuTimes, parse
from tests.exporter.conftest import Collect

STAT = b"""cpu  20 0 10 300 4 0 1 2 0 0
cpu0 15 0 4 100 4 0 1 2 5 6
cpu3 5 0 6 200 0 0 0 0 0 0
intr 123 0 4
"""


def test_parse() -> None:
    assert parse(STAT) == CpuTimes(
        (b"0", b"3"),
        [
            [b"15", b"0", b"4", b"100", b"4", b"0", b"1", b"2", b"5", b"6"],
            [b"5", b"0", b"6", b"200", b"0", b"0", b"0", b"0", b"0", b"0"],
        ],
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"cpu 1 2 3 4\n",
        b"cpu0 1 2 3\n",
        b"cpu0 1 2 3 -4\n",
        b"cpux 1 2 3 4\n",
        b"cpu0 1 2 3 4e9",
    ],
)
def test_parse_refuses(data: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/stat"):
        parse(data)


@given(st.binary())
def test_parse_raises_nothing_else(data: bytes) -> None:
    try:
        times = parse(data)
    except CollectorError:
        return
    assert len(times.cpus) == len(times.ticks) > 0


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), min_size=4, max_size=12), min_size=1))
def test_parse_gives_back_what_was_written(rows: list[list[int]]) -> None:
    text = "".join(f"cpu{i} {' '.join(map(str, row))}\n" for i, row in enumerate(rows))
    assert [[int(t) for t in row] for row in parse(text.encode()).ticks] == rows


def test_samples_are_seconds(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "stat").write_bytes(STAT)
    samples = collect(SPECIFICATION, tmp_path)
    assert samples['node_cpu_seconds_total{cpu="0",mode="user"}'] == 0.15
    assert samples['node_cpu_seconds_total{cpu="3",mode="idle"}'] == 2.0
    assert samples['node_cpu_guest_seconds_total{cpu="0",mode="nice"}'] == 0.06
    assert samples['perf_cpu_seconds_total{state="busy"}'] == 0.31
    assert len(samples) == 2 * 8 + 2 * 2 + 4
    without = collect(SPECIFICATION, tmp_path, "--no-collector.cpu.guest")
    assert len(without) == 2 * 8 + 4


def test_an_old_kernels_missing_columns_are_absent(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "stat").write_bytes(b"cpu 1 2 3 4\ncpu0 1 2 3 4\n")
    samples = collect(SPECIFICATION, tmp_path)
    assert sorted(s.split('mode="')[1][:-2] for s in samples) == ["idle", "nice", "system", "user"]
