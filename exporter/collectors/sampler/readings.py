"""From two readings of the kernel's counters to what was between them: pure, reads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError

# Columns of the line "cpu" of /proc/stat (proc(5)); guest time is in user and nice already.
_COLUMNS = 8
_IDLE, _IOWAIT, _STEAL = 3, 4, 7
_RUNNING = b"\nprocs_running "


class StatReading(NamedTuple):
    """Of /proc/stat: the machine's ticks by column, its runnable threads, its online CPUs."""

    ticks: list[int]
    running: int
    cpus: int


def read_stat(data: bytes | bytearray, size: int) -> StatReading:
    """Read what a reading needs of /proc/stat, without splitting the rest.

    Args:
        data: holds the file's content.
        size: how many of its bytes are the file's.

    Raises:
        CollectorError: the line ``cpu`` or ``procs_running`` is not there or not understood.
    """
    try:
        line = data[: data.index(b"\n", 0, size)]
        at = data.rindex(_RUNNING, 0, size) + len(_RUNNING)
        name, *ticks = line.split()
        if name != b"cpu" or len(ticks) <= _IDLE:
            raise ValueError(name)
        numbers = list(map(int, ticks[:_COLUMNS]))
        running = int(data[at : data.index(b"\n", at, size)])
    except ValueError as error:
        raise CollectorError("/proc/stat: expected the lines cpu and procs_running") from error
    return StatReading(
        numbers + [0] * (_COLUMNS - len(numbers)), running, max(1, data.count(b"\ncpu", 0, size))
    )


class Between(NamedTuple):
    """Busy and stolen share of all CPU time (0..1), and runnable threads for each online CPU."""

    busy: float
    steal: float
    run_queue: float


def hold(before: Sequence[int], now: list[int]) -> list[int]:
    """The ticks of now, where none has run backwards: those are held at what they were."""
    return list(map(max, before, now))


def between(before: StatReading, now: StatReading, own_threads: int) -> Between | None:
    """What was between two readings; None when the kernel has counted no tick meanwhile.

    Busy is all CPU time but idle, iowait and steal.

    Args:
        before: the earlier one.
        now: the later one; its ticks are not below those of ``before``.
        own_threads: how many of the runnable threads are the exporter's own.
    """
    grown = [after - earlier for earlier, after in zip(before.ticks, now.ticks, strict=True)]
    total = sum(grown)
    if total <= 0:
        return None
    steal = grown[_STEAL]
    busy = total - grown[_IDLE] - grown[_IOWAIT] - steal
    return Between(busy / total, steal / total, max(0, now.running - own_threads) / now.cpus)
