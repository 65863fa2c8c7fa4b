from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.driving.proc_stat import CpuTime, CpuUse, parse, parse_each, use

STAT = b"""cpu  300 20 100 5000 50 6 8 30 70 0
cpu0 100 10 40 2500 20 3 4 10 35 0
cpu1 200 10 60 2500 30 3 4 20 35 0
intr 1 2 3
ctxt 5
"""


@pytest.mark.parametrize(
    ("cpus", "expected"),
    [
        ([0], CpuTime(busy=157, steal=10, total=2687, system=47)),
        ([1], CpuTime(busy=277, steal=20, total=2827, system=67)),
        # All CPUs: the sum line, which is cut to whole ticks once.
        ([0, 1], CpuTime(busy=434, steal=30, total=5514, system=114)),
    ],
)
def test_busy_is_all_but_idle_iowait_and_steal(cpus: list[int], expected: CpuTime) -> None:
    assert parse(STAT, cpus) == expected


def test_each_cpu_by_itself_and_in_the_order_asked_for() -> None:
    assert [time.busy for time in parse_each(STAT, [1, 0])] == [277, 157]
    with pytest.raises(ValueError, match="no line for cpu7"):
        parse_each(STAT, [0, 7])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (STAT, "no line for cpu2"),
        (b"", "no line for cpu2"),
        (b"cpu2 1 2 x 4 5 6 7 8\n", "expected counters in the line"),
        (b"cpu2 1 2 3\n", "expected at least five counters"),
        (b"cpu2 1 2 3 4 -5 6 7 8\n", "expected at least five counters"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(data, [2])


def test_a_kernel_without_steal() -> None:
    assert parse(b"cpu0 10 0 5 80 5\n", [0]) == CpuTime(busy=15, steal=0, total=100, system=5)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (CpuTime(100, 0, 1000), CpuTime(150, 10, 1100), CpuUse(0.5, 0.1)),
        (CpuTime(100, 0, 1000), CpuTime(100, 0, 1000), None),
        # idle went back by one tick
        (CpuTime(100, 0, 1000), CpuTime(200, 0, 1099), CpuUse(1.0, 0.0)),
    ],
)
def test_use_between_two_readings(before: CpuTime, after: CpuTime, expected: CpuUse | None) -> None:
    assert use(after - before) == expected


@given(st.lists(st.integers(0, 2**62), min_size=8, max_size=10))
def test_busy_idle_and_steal_add_up(fields: list[int]) -> None:
    found = parse(b"cpu7 " + b" ".join(b"%d" % field for field in fields) + b"\n", [7])
    assert found.busy + fields[3] + fields[4] + found.steal == found.total == sum(fields[:8])
