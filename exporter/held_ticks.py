"""CPU times that do not run backwards, as node_exporter holds them (collector/cpu_linux.go)."""

from __future__ import annotations

from itertools import chain
from operator import gt

_IDLE = 3
# An idle time that falls by so much is that of a CPU that was off and counts anew.
RESET_SECONDS = 3.0


class HeldTicks:
    """Remembers each CPU's times; a column that ran backwards is held at what it was.

    The kernel's idle and iowait times, and stolen time on some hypervisors, run backwards at
    times. Prometheus would take that for a counter that began anew, and show a huge rate.

    Args:
        ticks_per_second: of the times.
    """

    def __init__(self, ticks_per_second: int) -> None:
        self._reset = RESET_SECONDS * ticks_per_second
        self._shape: tuple[tuple[bytes, ...], int] = ((), 0)
        self._before: list[int] = []

    def hold(self, cpus: tuple[bytes, ...], rows: list[list[bytes]]) -> list[list[bytes]]:
        """The rows of now, with the columns that ran backwards held.

        Args:
            cpus: numbers of the CPUs.
            rows: times of each in ticks, all of the same length.
        """
        columns = len(rows[0])
        now = list(map(int, chain.from_iterable(rows)))
        if self._shape != (cpus, columns):
            before = self._carry_over(cpus, columns, now)
            self._shape = (cpus, columns)
        else:
            before = self._before
        if any(map(gt, before, now)):
            for start in range(0, len(now), columns):
                end = start + columns
                held = self._held(before[start:end], now[start:end])
                if held != now[start:end]:
                    now[start:end] = held
                    rows[start // columns] = [b"%d" % value for value in held]
        self._before = now
        return rows

    def _held(self, before: list[int], now: list[int]) -> list[int]:
        if before[_IDLE] - now[_IDLE] >= self._reset:
            return now
        return list(map(max, before, now))

    def _carry_over(self, cpus: tuple[bytes, ...], columns: int, now: list[int]) -> list[int]:
        """What was known of these CPUs; those that are new begin with what they have now."""
        old_cpus, old_columns = self._shape
        known = {
            cpu: self._before[i * old_columns : (i + 1) * old_columns]
            for i, cpu in enumerate(old_cpus)
            if old_columns == columns
        }
        before: list[int] = []
        for i, cpu in enumerate(cpus):
            before += known.get(cpu, now[i * columns : (i + 1) * columns])
        return before
