"""CPU time of the whole machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors.cpu.machine_time import MachineTimeSeries, parse

LINE = b"cpu  20 1 10 300 4 2 1 5 7 8\n"
RESET = 300.0


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (LINE, [20, 1, 10, 300, 4, 2, 1, 5]),
        (LINE.rstrip(), [20, 1, 10, 300, 4, 2, 1, 5]),
        # Old kernels, and a file that has CPUs alone.
        (b"cpu 1 2 3 4\ncpu0 1 2 3 4 5 6 7 8\n", []),
        (b"cpu0 1 2 3 4 5 6 7 8\n", []),
        (b"", []),
    ],
)
def test_the_line_of_all_cpus(data: bytes, columns: list[int]) -> None:
    assert parse(data) == columns


@pytest.mark.parametrize("word", [b"-4", b"x", b"4e9", b"1_0"])
def test_what_is_no_number_is_refused(word: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/stat"):
        parse(b"cpu 1 2 3 4 5 6 7 " + word + b"\n")


def shown(series: MachineTimeSeries, data: bytes) -> dict[str, int]:
    (block,) = series.blocks(data)
    names = [one.labels[0] for one in block.layout.series]
    return dict(zip(names, map(int, block.values), strict=True))


def test_four_states_and_their_sum() -> None:
    found = shown(MachineTimeSeries(b"e-2", RESET), LINE)
    assert found == {"busy": 34, "idle": 300, "iowait": 4, "steal": 5}
    assert sum(found.values()) == sum(parse(LINE))


def test_what_runs_backwards_is_held_and_a_restart_is_not() -> None:
    series = MachineTimeSeries(b"e-2", RESET)
    shown(series, b"cpu 10 0 0 1000 50 0 0 0\n")
    assert shown(series, b"cpu 11 0 0 999 40 0 0 0\n") == {
        "busy": 11,
        "idle": 1000,
        "iowait": 50,
        "steal": 0,
    }
    assert shown(series, b"cpu 12 0 0 1001 51 0 0 0\n")["idle"] == 1001
    # A CPU went whose idle time was counted by another clock.
    assert shown(series, b"cpu 13 0 0 600 51 0 0 0\n")["idle"] == 1001
    assert shown(series, b"cpu 1 0 0 20 0 0 0 0\n") == {
        "busy": 1,
        "idle": 20,
        "iowait": 0,
        "steal": 0,
    }


def test_too_few_columns_show_nothing() -> None:
    assert MachineTimeSeries(b"e-2", RESET).blocks(b"cpu 1 2 3 4\ncpu0 1 2 3 4\n") == []


@given(st.lists(st.lists(st.integers(0, 2**60), min_size=8, max_size=8), min_size=1, max_size=6))
def test_counters_fall_only_all_at_once(rows: list[list[int]]) -> None:
    series, before = MachineTimeSeries(b"e-2", RESET), dict[str, int]()
    for row in rows:
        now = shown(series, b"cpu " + " ".join(map(str, row)).encode() + b"\n")
        if before and any(now[state] < before[state] for state in now):
            assert before["idle"] - now["idle"] >= RESET
        before = now


def test_it_is_what_this_machines_cpus_add_up_to() -> None:
    with open("/proc/stat", "rb") as file:  # noqa: PTH123 - one read, as the exporter does
        data = file.read()
    found = shown(MachineTimeSeries(b"e-2", RESET), data)
    rows = [line.split()[1:9] for line in data.splitlines() if line[:3] == b"cpu"][1:]
    own = [sum(int(row[i]) for row in rows) for i in range(8)]
    # Each CPU's ticks are rounded by themselves, and CPUs that are off are in the sum alone.
    assert sum(found.values()) >= sum(own) - 8 * len(rows)
    assert found["idle"] == pytest.approx(own[3], rel=0.01)
