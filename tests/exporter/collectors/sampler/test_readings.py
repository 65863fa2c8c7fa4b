"""What two readings of /proc/stat say; made sequences whose answers can be checked by eye."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.sampler.readings import Between, StatReading, between, hold, read_stat

STAT = (
    b"cpu  10 1 5 100 2 0 1 3 4 0\ncpu0 5 1 2 50 1 0 1 2 4 0\ncpu1 5 0 3 50 1 0 0 1 0 0\n"
    b"intr 9 0\nctxt 5\nbtime 1\nprocesses 7\nprocs_running 3\nprocs_blocked 0\nsoftirq 1 0\n"
)


def test_a_reading_holds_the_machines_ticks_its_queue_and_its_cpus() -> None:
    assert read_stat(STAT, len(STAT)) == StatReading([10, 1, 5, 100, 2, 0, 1, 3], 3, 2)


def test_what_stands_behind_the_content_is_not_read() -> None:
    assert read_stat(bytearray(STAT + b"\nprocs_running 9\n"), len(STAT)).running == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"cpu0 1 2 3 4\nprocs_running 1\n",
        b"cpu  1 2 3 4\n",
        b"cpu  1 x 3 4\nprocs_running 1\n",
        b"cpu  1 2 3 4\nprocs_running many\n",
        b"cpu  1 2\nprocs_running 1\n",
    ],
)
def test_a_malformed_file_is_said(data: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/stat: expected"):
        read_stat(data, len(data))


def reading(user: int, idle: int, iowait: int, steal: int, running: int = 1) -> StatReading:
    return StatReading([user, 0, 0, idle, iowait, 0, 0, steal], running, 2)


@pytest.mark.parametrize(
    ("now", "own", "expected"),
    [
        (reading(120, 100, 10, 0), 1, Between(1.0, 0.0, 0.0)),
        (reading(100, 120, 10, 0), 1, Between(0.0, 0.0, 0.0)),
        (reading(100, 110, 20, 0), 1, Between(0.0, 0.0, 0.0)),
        (reading(105, 110, 10, 5), 1, Between(0.25, 0.25, 0.0)),
        (reading(105, 115, 10, 0, running=5), 1, Between(0.25, 0.0, 2.0)),
        (reading(105, 115, 10, 0, running=5), 0, Between(0.25, 0.0, 2.5)),
        (reading(105, 115, 10, 0, running=0), 1, Between(0.25, 0.0, 0.0)),
    ],
)
def test_busy_is_all_but_idle_iowait_and_steal(
    now: StatReading, own: int, expected: Between
) -> None:
    assert between(reading(100, 100, 10, 0), now, own) == expected


def test_two_readings_of_the_same_tick_say_nothing() -> None:
    assert between(reading(1, 1, 1, 1), reading(1, 1, 1, 1), 1) is None


def test_ticks_that_ran_backwards_are_held() -> None:
    assert hold([5, 5, 5], [6, 4, 5]) == [6, 5, 5]
